"""What a schedule says about attendance: hours, weeks, credits, months, and which tests they meet. No database.

Every number comes from the one stored schedule (R-149). A letter names the tests and their outcome; whether somebody
gets a benefit is for the federal office to say (R-150).
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from enrollment.full_time.rules import DAYS_OF_A_WEEK, Planned, minutes_of_week, running_on

MINUTES_OF_AN_HOUR = 60
Span = tuple[dt.date, dt.date]  # first and last day, both count
Month = tuple[int, int]  # year, month


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the schedule of a school year, and the days on which it holds (both count, None: still)."""

    school_year: int
    valid_from: dt.date
    valid_to: dt.date | None
    courses: Sequence[Planned]

    def holds_on(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Standards:
    """The dated numbers of the state's and the federal test."""

    credits: Decimal  # of a school year
    weekly_hours: Decimal
    weeks: int


@dataclass(frozen=True, slots=True)
class MonthRun:
    """Months in a row with the same most minutes planned for a week; never across a month without courses."""

    first: Month
    last: Month
    minutes: int


class Standard(StrEnum):
    """The tests, each with a name of its own, so that a letter can say which one is not met."""

    CREDITS = "credits"  # the state's: six credits per regular term
    WEEKLY_HOURS = "weekly_hours"  # 20 CFR 404.367(c)
    WEEKS = "weeks"  # 20 CFR 404.367(b)
    INTERACTION = "interaction"  # 20 CFR 404.367(b): not correspondence


class Outcome(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    WITH_STATED = "with_stated"  # only with hours that somebody else stated and the school does not certify


Findings = dict[Standard, Outcome]


def courses_on(versions: Iterable[Version], day: dt.date) -> list[Planned]:
    """The courses that run on a day, by the versions that hold on it."""
    return [
        course for version in versions if version.holds_on(day) for course in running_on(version.courses, day)
    ]


def minutes_on(versions: Iterable[Version], day: dt.date) -> int:
    """What is planned for a whole week by what holds and runs on this day."""
    return minutes_of_week(courses_on(versions, day), day)


def week_of(courses: Iterable[Planned]) -> tuple[int, ...]:
    """The minutes of Monday … Sunday of these courses together."""
    days = [course.minutes for course in courses]
    return tuple(sum(minutes[weekday] for minutes in days) for weekday in range(DAYS_OF_A_WEEK))


def reference_day(versions: Sequence[Version], *, entered_on: dt.date, day: dt.date, left: bool) -> dt.date:
    """The day that a letter describes: this one, if a course runs on it.

    Else, for somebody who stays, the next day with courses; else the last one before. Without any, the day itself.
    `day` is the last day of somebody who left.
    """
    if courses_on(versions, day):
        return day
    taught = [span for version in versions for span in _taught(version)]
    if not left:
        coming = [first for first, _last in taught if first > day]
        if coming:
            return min(coming)
    past = [min(last, day) for first, last in taught if first <= day and min(last, day) >= entered_on]
    return max(past, default=day)


def plan_of_year(versions: Iterable[Version], day: dt.date) -> Version | None:
    """The version that says what is taken in the school year of this day: of those that hold, the newest year's."""
    holding = [version for version in versions if version.holds_on(day) and running_on(version.courses, day)]
    return max(holding, key=lambda version: version.school_year, default=None)


def weeks_of_study(courses: Iterable[Planned]) -> int:
    """Whole weeks on which at least one of these courses runs: how long the course of study is.

    Two short courses far from each other do not make a long one.
    """
    days = {
        number
        for course in courses
        for number in range(course.starts_on.toordinal(), course.ends_on.toordinal() + 1)
    }
    return len(days) // DAYS_OF_A_WEEK


def findings(
    standards: Standards,
    *,
    minutes: int,
    stated_minutes: int = 0,
    weeks: int,
    credits_planned: Decimal,
    is_correspondence: bool,
) -> Findings:
    """Each test and its outcome. 20.0 hours meet a test of 20; 19 hours 59 minutes do not (R-145).

    Hours that others stated never meet a test by themselves: the outcome then says that it needs them.
    """
    needed = standards.weekly_hours * MINUTES_OF_AN_HOUR
    if minutes >= needed:
        hours = Outcome.MET
    else:
        hours = Outcome.WITH_STATED if minutes + stated_minutes >= needed else Outcome.NOT_MET
    return {
        Standard.CREDITS: _met(credits_planned >= standards.credits),
        Standard.WEEKLY_HOURS: hours,
        Standard.WEEKS: _met(weeks >= standards.weeks),
        Standard.INTERACTION: _met(not is_correspondence),
    }


def months_between(first: dt.date, last: dt.date) -> list[Month]:
    """Every calendar month from the first to the last day; none when the last comes before the first."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [(number // 12, number % 12 + 1) for number in numbers]


def most_minutes(versions: Sequence[Version], month: Month, *, entered_on: dt.date, last_on: dt.date) -> int:
    """The most that was planned for a week on any day of a month, from entry to the last day.

    A benefit goes on for a month during any part of which the student was in full-time attendance (20 CFR
    404.352(b)(3)), so the best day of the month counts.
    """
    first, last = _span_of(month)
    first, last = max(first, entered_on), min(last, last_on)
    days = {first} | {start for version in versions for start in _changes(version) if first <= start <= last}
    return max((minutes_on(versions, day) for day in days if first <= day <= last), default=0)


def hours_by_month(versions: Sequence[Version], *, entered_on: dt.date, last_on: dt.date) -> dict[Month, int]:
    """Months from entry to the last day, each with the most minutes of a week that were planned in it."""
    return {
        month: most_minutes(versions, month, entered_on=entered_on, last_on=last_on)
        for month in months_between(entered_on, last_on)
    }


def runs_of(hours: dict[Month, int]) -> list[MonthRun]:
    """The same in fewer lines: months in a row with the same minutes, without those that have none."""
    runs: list[MonthRun] = []
    for month, minutes in hours.items():
        if not minutes:
            continue
        if runs and runs[-1].minutes == minutes and _next_month(runs[-1].last) == month:
            runs[-1] = MonthRun(runs[-1].first, month, minutes)
        else:
            runs.append(MonthRun(month, month, minutes))
    return runs


def months_out(
    hours: dict[Month, int], *, weekly_hours: Decimal, regular: Sequence[Span]
) -> tuple[list[Month], list[Month]]:
    """The months without full-time attendance, and those that were a break between school years (R-151).

    `regular`: the spans in which schools teach, first day of the fall to last day of the spring. A month without any
    hours that lies inside no such span as a whole is a break, if the student attended before it: summer is nobody's
    absence. Any other month in which the hours never reached the standard is one of the first list.
    """
    needed = weekly_hours * MINUTES_OF_AN_HOUR
    out: list[Month] = []
    breaks: list[Month] = []
    attends = True
    for month, minutes in hours.items():
        first, last = _span_of(month)
        taught = any(start <= first and last <= end for start, end in regular)
        if minutes >= needed:
            attends = True
        elif minutes or taught or not attends:
            out.append(month)
            attends = False
        else:
            breaks.append(month)
    return out, breaks


def with_stated(hours: dict[Month, int], stated: int) -> dict[Month, int]:
    """The months of combined study: courses together with hours a week that others stated.

    In a month without any of the courses nothing is added: of the other study no month is known.
    """
    return {month: minutes + stated if minutes else 0 for month, minutes in hours.items()}


HOURS_IN_WORDS = re.compile(r"\b(hours?|hrs?|minutes?|mins?)\b", re.IGNORECASE)


def names_hours(text: str) -> bool:
    """Whether a typed sentence speaks of hours: a letter takes them from the schedule alone (R-149)."""
    return HOURS_IN_WORDS.search(text) is not None


def _met(answer: bool) -> Outcome:
    return Outcome.MET if answer else Outcome.NOT_MET


def _taught(version: Version) -> Iterator[Span]:
    """For each course of a version the days on which it runs while the version holds."""
    for course in version.courses:
        first = max(course.starts_on, version.valid_from)
        last = course.ends_on if version.valid_to is None else min(course.ends_on, version.valid_to)
        if first <= last:
            yield first, last


def _changes(version: Version) -> Iterator[dt.date]:
    """The days on which the planned hours may grow: a version begins, a course begins.

    They shrink elsewhere, but the most of a month is reached on its first day or on one of these.
    """
    yield version.valid_from
    for course in version.courses:
        yield course.starts_on


def _span_of(month: Month) -> Span:
    year, number = month
    after = dt.date(*_next_month(month), 1)
    return dt.date(year, number, 1), after - dt.timedelta(days=1)


def _next_month(month: Month) -> Month:
    year, number = month
    return (year + 1, 1) if number == 12 else (year, number + 1)
