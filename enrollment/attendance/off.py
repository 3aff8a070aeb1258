"""The days on which a program does not teach: nobody is missed on them (R-55, decision 19)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from mocap_portal.foundation.directory.models import ClosedDay, SchoolYear, TermCode

from .rules import A_YEAR, days_of


def closed_days(lea_id: int, first: dt.date, last: dt.date) -> set[dt.date]:
    """The days between on which this LEA keeps no school, the state's holidays among them."""
    rows = ClosedDay.objects.for_lea(lea_id).filter(date__gte=first, date__lte=last)
    return set(rows.values_list("date", flat=True))


def breaks(first: dt.date, last: dt.date) -> set[dt.date]:
    """The days between that lie outside the semesters of their school year: summer, and the break in winter.

    Of a year whose semesters the state has not entered the whole-year term counts; without it no day is a break.
    """
    years = SchoolYear.objects.filter(starts_on__lte=last, ends_on__gte=first).prefetch_related("terms")
    found: set[dt.date] = set()
    for year in years.order_by("year"):
        terms = {term.code: (term.starts_on, term.ends_on) for term in year.terms.all()}
        spans = [terms[code] for code in (TermCode.S1, TermCode.S2) if code in terms]
        taught = spans or [terms.get(TermCode.YL, (year.starts_on, year.ends_on))]
        found.update(
            day
            for day in days_of(max(first, year.starts_on), min(last, year.ends_on))
            if not any(start <= day <= end for start, end in taught)
        )
    return found


def days_off(lea_id: int, first: dt.date, last: dt.date) -> set[dt.date]:
    """The days between on which this host does not teach; weekends are not among them."""
    return closed_days(lea_id, first, last) | breaks(first, last)


def days_off_of(hosts: Collection[int], first: dt.date, last: dt.date) -> Mapping[int, set[dt.date]]:
    """The same of several hosts, by their keys; in as many queries as of one."""
    closed: dict[int | None, set[dt.date]] = defaultdict(set)
    rows = ClosedDay.objects.filter(date__gte=first, date__lte=last)
    for lea_id, date in rows.values_list("lea", "date"):
        closed[lea_id].add(date)
    everywhere = breaks(first, last) | closed[None]
    return {host: everywhere | closed[host] for host in hosts}


def looked_at_since(day: dt.date) -> dt.date:
    """From when on days without activity are counted: they begin anew with the school year of this day."""
    year = SchoolYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
    return year.starts_on if year else day - A_YEAR
