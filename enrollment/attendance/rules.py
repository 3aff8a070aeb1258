"""School days, and what is planned on them. No database."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from enrollment.full_time.rules import Planned, minutes_of_day

ONE_DAY = dt.timedelta(days=1)
ONE_WEEK = dt.timedelta(days=7)
A_YEAR = dt.timedelta(days=366)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """The courses of a schedule, and the days on which it holds."""

    valid_from: dt.date
    valid_to: dt.date | None
    courses: Sequence[Planned]


def days_of(first: dt.date, last: dt.date) -> list[dt.date]:
    """Each day from the first to the last, both counted; none when they are the wrong way round."""
    return [first + ONE_DAY * number for number in range((last - first).days + 1)]


def is_school_day(day: dt.date, off: Collection[dt.date]) -> bool:
    return day.weekday() < SATURDAY and day not in off


def school_days(first: dt.date, last: dt.date, off: Collection[dt.date]) -> list[dt.date]:
    """The days on which school is kept: no weekend and not off."""
    return [day for day in days_of(first, last) if is_school_day(day, off)]


def last_school_days(
    count: int, *, since: dt.date, until: dt.date, off: Collection[dt.date]
) -> list[dt.date]:
    """So many school days up to a day, in order; fewer when there are fewer from `since` on."""
    found: list[dt.date] = []
    day = until
    while len(found) < count and day >= since:
        if is_school_day(day, off):
            found.append(day)
        day -= ONE_DAY
    return found[::-1]


def weeks_back(count: int, *, since: dt.date, until: dt.date, breaks: Collection[dt.date]) -> dt.date | None:
    """The first of the days of so many weeks up to a day, those of a break not counted among them; None when there
    are fewer from `since` on."""
    days = [day for day in days_of(since, until) if day not in breaks]
    number = len(days) - (ONE_WEEK * count).days
    return days[number] if number >= 0 else None


def monday_of(day: dt.date) -> dt.date:
    return day - ONE_DAY * day.weekday()


def planned_on(day: dt.date, plans: Iterable[Plan]) -> int:
    """The minutes of the schedule that holds on a day; 0 when none does."""
    return sum(
        minutes_of_day(plan.courses, day)
        for plan in plans
        if plan.valid_from <= day and (plan.valid_to is None or day <= plan.valid_to)
    )


def planned_between(first: dt.date, last: dt.date, plans: Sequence[Plan], off: Collection[dt.date]) -> int:
    """What is planned on the days of a span that are not off: what falls on one that is, nobody misses."""
    return sum(planned_on(day, plans) for day in days_of(first, last) if day not in off)


def shares(attended: Sequence[int], session: int) -> list[Fraction]:
    """A student's share of average daily attendance in each semester, at most one over both (R-87, R-88).

    `attended`: minutes that count, by semester in order; `session`: minutes of the whole regular term so far.
    """
    found: list[Fraction] = []
    for minutes in attended:
        share = Fraction(minutes, session) if session else Fraction()
        found.append(min(share, 1 - sum(found, Fraction())))
    return found


def is_behind(recorded: int, planned: int, share: Decimal) -> bool:
    """Whether less than this share of the planned minutes was recorded; of nothing planned nobody is behind."""
    return recorded < share * planned
