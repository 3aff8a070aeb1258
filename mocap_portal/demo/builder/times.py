"""Days and moments around the one at which the demo is built."""

import datetime as dt
from collections.abc import Container

from mocap_portal.foundation.directory.models import ClosedDay, Term, TermCode
from mocap_portal.foundation.shared.calendar import CENTRAL

ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5


def closed_days(lea_id: int) -> set[dt.date]:
    """The days on which nothing counts in this LEA, besides weekends."""
    return set(ClosedDay.objects.for_lea(lea_id).values_list("date", flat=True))


def business_day(start: dt.date, count: int, closed: Container[dt.date]) -> dt.date:
    """The business day that is `count` business days after `start`, or before it for a negative count."""
    day, left = start, abs(count)
    while left:
        day += ONE_DAY if count > 0 else -ONE_DAY
        if day.weekday() < SATURDAY and day not in closed:
            left -= 1
    return day


def noon(day: dt.date) -> dt.datetime:
    """Twelve o'clock in Missouri."""
    return dt.datetime.combine(day, dt.time(12), tzinfo=CENTRAL)


def term_to_ask_for(day: dt.date) -> Term:
    """The semester that a family asks for on this day: one that still runs for a month, or the next."""
    semesters = Term.objects.filter(code__in=[TermCode.S1, TermCode.S2], ends_on__gt=day + 30 * ONE_DAY)
    return semesters.order_by("starts_on")[0]
