"""The days on which a program does not teach: nobody is missed on them (R-55, decision 19)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

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
    return {day for year in years.order_by("year") for day in _breaks_of(year, first, last)}


def _breaks_of(year: SchoolYear, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    terms = {term.code: (term.starts_on, term.ends_on) for term in year.terms.all()}
    spans = [terms[code] for code in (TermCode.S1, TermCode.S2) if code in terms]
    taught = spans or [terms.get(TermCode.YL, (year.starts_on, year.ends_on))]
    for day in days_of(max(first, year.starts_on), min(last, year.ends_on)):
        if not any(start <= day <= end for start, end in taught):
            yield day


def days_off(lea_id: int, first: dt.date, last: dt.date) -> set[dt.date]:
    """The days between on which this host does not teach; weekends are not among them."""
    return closed_days(lea_id, first, last) | breaks(first, last)


class YearSoFar:
    """The school year of a day up to that day: on its days of teaching somebody is missed, and no earlier ones count.

    What it needs to know it asks for when that is first needed, and once for all hosts.
    """

    def __init__(self, until: dt.date) -> None:
        self.until = until

    @cached_property
    def _year(self) -> SchoolYear | None:
        years = SchoolYear.objects.filter(starts_on__lte=self.until, ends_on__gte=self.until)
        return years.prefetch_related("terms").first()

    @property
    def since(self) -> dt.date:
        return self._year.starts_on if self._year else self.until - A_YEAR

    @cached_property
    def breaks(self) -> set[dt.date]:
        """As `breaks` says."""
        if self._year is None:
            return breaks(self.since, self.until)
        return set(_breaks_of(self._year, self.since, self.until))

    @cached_property
    def _closed(self) -> Mapping[int | None, set[dt.date]]:
        found: dict[int | None, set[dt.date]] = defaultdict(set)
        rows = ClosedDay.objects.filter(date__gte=self.since, date__lte=self.until)
        for lea_id, date in rows.values_list("lea", "date"):
            found[lea_id].add(date)
        return found

    def off(self, host_id: int) -> set[dt.date]:
        """The days on which this host does not teach; weekends are not among them."""
        nowhere: set[dt.date] = set()
        closed = self._closed.get(host_id, nowhere) | self._closed.get(None, nowhere)
        return self.breaks | closed
