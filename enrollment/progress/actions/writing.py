"""A report is written, or corrected by the next version of it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import ProgramEnrollment, Schedule
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..entries import CourseEntry, entries_of
from ..models import CourseProgress, ProgressReport
from ..points import report_year
from ..rules import DuePoint, owed
from ..standing import Track, own_students, students_of


class NotYourStudent(Refusal):
    sentence = _("This student is not one of yours. Write about the students of your own list.")


class NotOwed(Refusal):
    sentence = _("No report of this quarter is owed for this student. Choose one of the reports of the list.")


class TooEarly(Refusal):
    sentence = _("The quarter of this report has not begun yet. Write it when the one before is over.")


class NoCourses(Refusal):
    sentence = _(
        "The student's schedule names no course in this quarter. Enter the schedule first, then the report."
    )


class CoursesDiffer(Refusal):
    sentence = _(
        "A report says something of each course of the student in its quarter, and of no other course. Compare the "
        "courses with the schedule."
    )


class AlreadyWritten(Refusal):
    sentence = _("Somebody else wrote this report meanwhile. Read it, and correct what is wrong.")


class CorrectionSaysWhy(Refusal):
    sentence = _("Say in a sentence why the report changes: the family reads it.")


@transaction.atomic
def write_report(
    track: Track,
    pk: int,
    *,
    year: SchoolYear,
    number: int,
    entries: Sequence[CourseEntry],
    by: Membership,
    at: dt.datetime,
    seen: int | None = None,
    change: str = "",
) -> ProgressReport:
    """The report of a due point about an enrollment or a roster line; the family is told of it.

    `seen`: the version of the report that the writer had before them, None for none. The same again changes nothing.
    Raises NotYourStudent (also of a child of one's own), NotOwed, TooEarly, NoCourses, CoursesDiffer, AlreadyWritten,
    CorrectionSaysWhy.
    """
    row = _locked(track, pk, year=year, by=by)
    point = _point(row, year, number, on=central_date(at))
    titles = courses_to_report(track, row, point, year)
    if not titles:
        raise NoCourses
    said = {entry.title: entry for entry in entries}
    if len(said) != len(entries) or set(said) != set(titles):
        raise CoursesDiffer
    entries = [said[title] for title in titles]
    reports = ProgressReport.objects.filter(**{track.field: row}, school_year=year, number=number)
    last = reports.current().first()
    if last is not None and entries_of(last) == entries:
        return last
    if (last.pk if last else None) != seen:
        raise AlreadyWritten
    if last is not None and not change:
        raise CorrectionSaysWhy
    report = ProgressReport.objects.create(
        **{track.field: row},
        school_year=year,
        number=number,
        due_on=point.due_on,
        version=last.version + 1 if last else 1,
        replaces=last,
        change=change if last else "",
        written_at=at,
        written_by=by,
    )
    CourseProgress.objects.bulk_create(
        CourseProgress(report=report, position=position, **vars(entry))
        for position, entry in enumerate(entries, start=1)
    )
    if notices.tell_written(report, at=at):
        report.told_at = at
        report.save(update_fields=["told_at"])
    return report


def courses_to_report(track: Track, row: Any, point: DuePoint, year: SchoolYear) -> list[str]:
    """The titles of the courses that a report has to speak of: the line's own, or those of the schedule in the quarter.

    Of two courses of one name in a schedule the report speaks once.
    """
    if track == Track.PART_TIME:
        return [row.line.course.title]
    schedule = (
        Schedule.objects.filter(enrollment=row, school_year=year, valid_from__lte=point.due_on)
        .order_by("-version")
        .first()
    )
    if schedule is None:
        return []
    running = schedule.courses.filter(starts_on__lte=point.due_on, ends_on__gte=point.opens_on)
    return list(dict.fromkeys(running.order_by("pk").values_list("title", flat=True)))


def _locked(track: Track, pk: int, *, year: SchoolYear, by: Membership) -> Any:
    """The row with its two days, locked: two writers of one report come one after the other."""
    model = ProgramEnrollment if track == Track.FULL_TIME else RosterLine
    model.objects.select_for_update(of=("self",)).get(pk=pk)
    if not own_students(by, track).filter(pk=pk).exists():
        raise NotYourStudent
    row = students_of(track, report_year(year)).filter(pk=pk).first()
    if row is None:
        raise NotOwed
    return row


def _point(row: Any, year: SchoolYear, number: int, *, on: dt.date) -> DuePoint:
    points = owed(report_year(year).points, first=row.first_day, last=row.last_day)
    point = next((point for point in points if point.number == number), None)
    if point is None:
        raise NotOwed
    if on < point.opens_on:
        raise TooEarly
    return point
