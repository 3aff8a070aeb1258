"""The arithmetic of a schedule: minutes of a week, weeks of a course, credits of a year. No database."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Protocol

DAYS_OF_A_WEEK = 7


class Planned(Protocol):
    """A course of a schedule. `minutes`: seven numbers, Monday first. Both days count."""

    @property
    def starts_on(self) -> dt.date: ...
    @property
    def ends_on(self) -> dt.date: ...
    @property
    def minutes(self) -> Sequence[int]: ...
    @property
    def credit(self) -> Decimal: ...


def running_on(courses: Iterable[Planned], day: dt.date) -> list[Planned]:
    return [course for course in courses if course.starts_on <= day <= course.ends_on]


def minutes_of_day(courses: Iterable[Planned], day: dt.date) -> int:
    """What is planned for one day."""
    return sum(course.minutes[day.weekday()] for course in running_on(courses, day))


def minutes_of_week(courses: Iterable[Planned], day: dt.date) -> int:
    """What is planned for a whole week of the courses that run on this day."""
    return sum(sum(course.minutes) for course in running_on(courses, day))


def weeks(starts_on: dt.date, ends_on: dt.date) -> int:
    """Whole weeks from the first to the last day, both counted."""
    return ((ends_on - starts_on).days + 1) // DAYS_OF_A_WEEK


def credits_of(courses: Iterable[Planned]) -> Decimal:
    """What the courses are worth together, over the school year (D-09)."""
    return sum((course.credit for course in courses), Decimal())
