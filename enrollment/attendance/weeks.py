"""A student's weeks: what was planned and what was recorded, side by side."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from enrollment.full_time.models import ProgramEnrollment, Schedule, ScheduledCourse
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet

from .models import AttendanceDay
from .off import days_off
from .rules import ONE_DAY, ONE_WEEK, Plan, days_of, monday_of, planned_on


@dataclass(frozen=True)
class Line:
    """An entry as it is read: under which course, of which kind, how many minutes."""

    course: str
    activity: str
    minutes: int


@dataclass(frozen=True)
class Day:
    """A day with what was planned and recorded. `record` is None where nothing was ever said."""

    date: dt.date
    planned: int
    lines: Sequence[Line]
    record: AttendanceDay | None

    @property
    def recorded(self) -> int:
        return self.record.total if self.record else 0


@dataclass(frozen=True)
class Week:
    """Monday to Sunday, as far as the student was enrolled and the day has come."""

    monday: dt.date
    days: Sequence[Day]

    @property
    def planned(self) -> int:
        return sum(day.planned for day in self.days)

    @property
    def recorded(self) -> int:
        return sum(day.recorded for day in self.days)

    @property
    def shown(self) -> Sequence[Day]:
        """Days on which something was planned or done."""
        return [day for day in self.days if day.planned or day.record]


def plans_of(enrollment_id: int) -> list[Plan]:
    """Every version of a student's schedule with its courses, in two queries."""
    schedules = (
        Schedule.objects.counting()
        .filter(enrollment=enrollment_id)
        .prefetch_related("courses")
        .order_by("pk")
    )
    return [
        Plan(schedule.valid_from, schedule.valid_to, list(schedule.courses.all())) for schedule in schedules
    ]


def mondays(enrollment: ProgramEnrollment, today: dt.date) -> list[dt.date]:
    """The weeks of an enrollment up to today, the newest first."""
    last = min(today, enrollment.ended_on or today)
    first, newest = monday_of(enrollment.starts_on), monday_of(last)
    return [newest - ONE_WEEK * number for number in range((newest - first).days // 7 + 1)]


def weeks(enrollment: ProgramEnrollment, asked: Sequence[dt.date], *, today: dt.date) -> list[Week]:
    """These weeks, by their Mondays, in their order; in as many queries for one as for ten."""
    if not asked:
        return []
    first = max(min(asked), enrollment.starts_on)
    last = min(max(asked) + ONE_DAY * 6, enrollment.ended_on or today, today)
    plans = plans_of(enrollment.pk)
    off = days_off(enrollment.program.host_id, first, last)
    rows = AttendanceDay.objects.filter(enrollment=enrollment, day__gte=first, day__lte=last)
    records = {row.day: row for row in rows.select_related("by__user", "file")}
    titles = _titles(records.values())
    kinds = {kind.code: kind.local_label for kind in CodeMeaning.objects.of(CodeSet.ACTIVITY, on=last)}
    by_week: dict[dt.date, list[Day]] = defaultdict(list)
    for date in days_of(first, last):
        record = records.get(date)
        lines = [
            Line(
                titles.get(entry.course_id, "") if entry.course_id else _("No course"),
                kinds.get(entry.activity, entry.activity),
                entry.minutes,
            )
            for entry in (record.entries if record else [])
        ]
        planned = 0 if date in off else planned_on(date, plans)
        by_week[monday_of(date)].append(Day(date, planned, lines, record))
    return [Week(monday, by_week[monday]) for monday in asked]


def _titles(records: Iterable[AttendanceDay]) -> dict[int, str]:
    keys = {key for record in records for key in record.courses if key}
    return dict(ScheduledCourse.objects.filter(pk__in=keys).values_list("pk", "title"))
