"""Which share of a full-time student somebody is on a day. No database."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, Decimal

from enrollment.full_time.rules import Planned, running_on

WHOLE = Decimal(1)
PLACES = Decimal("0.0001")


def credits_at_once(
    courses: Iterable[Planned], day: dt.date, halves: Sequence[tuple[dt.date, dt.date]]
) -> Decimal:
    """What the courses that run on this day would be worth over a whole school year (D-09).

    `halves`: first and last day of each semester, in their order. A course that does not reach from one semester into
    the next counts as often as there are semesters: half a credit in half a year is a credit a year.
    """
    total = Decimal()
    for course in running_on(courses, day):
        touched = [half for half in halves if course.starts_on <= half[1] and course.ends_on >= half[0]]
        total += course.credit * max(len(halves), 1) / max(len(touched), 1)
    return total


def share(at_once: Decimal, *, full: Decimal, elsewhere: Decimal = Decimal()) -> Decimal:
    """The share of a full-time student, to four places, from nothing to one.

    `full`: credits of a school year that make a whole student. `elsewhere`: what other reports of the day count of the
    same student: all together are one at most (R-87).

    >>> share(Decimal(6), full=Decimal(6)), share(Decimal(1), full=Decimal(6)), share(Decimal(9), full=Decimal(6))
    (Decimal('1.0000'), Decimal('0.1666'), Decimal('1.0000'))
    """
    left = max(WHOLE - elsewhere, Decimal())
    return min(at_once / full, left).quantize(PLACES, rounding=ROUND_DOWN)
