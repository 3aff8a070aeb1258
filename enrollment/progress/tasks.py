"""Writers hear of overdue reports, once for each due point; who enters late is planned for. Each may run twice, and be
killed in between."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from celery import shared_task
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import ngettext

from enrollment.full_time.models import Program
from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.shared.calendar import central_date

from . import actions, notices
from .models import StateAssessment
from .points import ReportYear, report_year_on
from .rules import ONE_DAY, DuePoint
from .standing import Track, missing, students_of


@shared_task
def chase_reports(day: str | None = None) -> int:
    """Puts reports whose last day is over into the digests of hosts and providers. Returns how many it told of.

    `day` is an ISO date; today in Central time when left out. What is told stands under the day after the last one, so
    that the nights that follow find it there and add nothing.
    """
    today = dt.date.fromisoformat(day) if day else central_date(timezone.now())
    year = report_year_on(today)
    return sum(_tell_of(point, year) for point in year.passed(today))


@shared_task
def plan_latecomers(day: str | None = None) -> int:
    """Plans state assessments for students who entered after they were planned, while the window has not ended.
    Returns how many it planned.

    `day` is an ISO date; today in Central time when left out. Each plan is a transaction of its own.
    """
    now = timezone.now()
    today = dt.date.fromisoformat(day) if day else central_date(now)
    plan = ("enrollment__program", "school_year", "name", "opens_on", "closes_on", "grades")
    newest = (
        StateAssessment.objects.planned_until(today).order_by(*plan, "-planned_at", "-pk").distinct(*plan)
    )
    # Of two plans for one grade the newer says where.
    plans = sorted(newest.values_list("planned_at", "pk"), reverse=True)
    return sum(actions.plan_latecomers(key, on=today, at=now) for _planned_at, key in plans)


def _tell_of(point: DuePoint, year: ReportYear) -> int:
    """Tell every writer who has not written all reports of this due point; how many reports."""
    only = ReportYear(year.school_year, [point])
    told = 0
    for track, column in ((Track.FULL_TIME, "program"), (Track.PART_TIME, "provider")):
        rows = missing(students_of(track, only), track, only, until=point.due_on)
        numbers = Counter(rows.values_list(column, flat=True))
        for key, number in sorted(numbers.items()):
            people = _writers(track, key)
            _remind(people, point, number, key=f"progress:{year.school_year.pk}:{point.number}:{track}:{key}")
        told += sum(numbers.values())
    return told


def _writers(track: Track, key: int) -> list[User]:
    if track == Track.FULL_TIME:
        return notices.writers_of_program(Program.objects.get(pk=key).host_id)
    return notices.writers_of_provider(Provider.objects.get(pk=key).pk)


def _remind(people: Sequence[User], point: DuePoint, number: int, *, key: str) -> None:
    for user in people:
        with translation.override(user.language):
            sentence = ngettext(
                "%(number)d progress report was due on %(due)s and is not written.",
                "%(number)d progress reports were due on %(due)s and are not written.",
                number,
            )
            digest.add(
                user,
                day=point.due_on + ONE_DAY,
                key=key,
                sentence=sentence % {"number": number, "due": date_format(point.due_on, "DATE_FORMAT")},
                path=reverse("progress:students"),
                urgent=True,
            )
