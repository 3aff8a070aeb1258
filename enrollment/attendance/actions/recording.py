"""A person types what a student did on a day, or corrects it."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import MINUTES_OF_A_DAY, ProgramEnrollment, Schedule, ScheduledCourse
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import AttendanceDay, Entry
from .locking import locked_enrollment, locked_program


class DayAhead(Refusal):
    sentence = _("This day is still to come. Enter it when it is over.")


class NotEnrolledThen(Refusal):
    sentence = _("The student was not enrolled in the program on this day. Choose another day.")


class NotAnActivity(Refusal):
    sentence = _("This is none of the activities that the law counts. Choose one of the list.")


class NotOnTheSchedule(Refusal):
    sentence = _("This course is not on the student's schedule on this day. Choose one of the list.")


class EntryTwice(Refusal):
    sentence = _("The same activity of the same course stands there twice. Put both into one line.")


class DayTooLong(Refusal):
    sentence = _("The activities of this day come to more than 24 hours. Correct their minutes.")


@transaction.atomic
def record_day(
    enrollment_id: int, day: dt.date, entries: Sequence[Entry], *, by: Membership, at: dt.datetime
) -> AttendanceDay:
    """These entries are the whole of the student's day; what stood there stays in the history. The same again changes
    nothing. None at all takes the day back.

    Raises NotYourStudent, DayAhead, NotEnrolledThen, NotAnActivity, NotOnTheSchedule, EntryTwice, DayTooLong.
    """
    enrollment = locked_enrollment(enrollment_id, by=by)
    locked_program(enrollment.program_id, by=by)
    _refuse_days(enrollment, day, today=central_date(at))
    _refuse_entries(enrollment, day, entries)
    in_order = sorted(
        entries, key=lambda entry: (entry.course_id is None, entry.course_id or 0, entry.activity)
    )
    record = AttendanceDay.objects.filter(enrollment=enrollment, day=day).first()
    if record is None:
        record = AttendanceDay(enrollment=enrollment, day=day)
    elif record.entries == in_order:
        return record
    record.courses = [entry.course_id for entry in in_order]
    record.activities = [entry.activity for entry in in_order]
    record.minutes = [entry.minutes for entry in in_order]
    record.total = sum(record.minutes)
    record.file, record.by, record.at = None, by, at
    record.save()
    return record


def courses_on(enrollment_id: int, day: dt.date) -> list[ScheduledCourse]:
    """What is on the student's schedule on a day, by title."""
    schedules = Schedule.objects.on(day).filter(enrollment=enrollment_id)
    courses = ScheduledCourse.objects.filter(schedule__in=schedules, starts_on__lte=day, ends_on__gte=day)
    return list(courses.order_by("title", "pk"))


def _refuse_days(enrollment: ProgramEnrollment, day: dt.date, *, today: dt.date) -> None:
    if day > today:
        raise DayAhead
    if not ProgramEnrollment.objects.enrolled_on(day).filter(pk=enrollment.pk).exists():
        raise NotEnrolledThen


def _refuse_entries(enrollment: ProgramEnrollment, day: dt.date, entries: Sequence[Entry]) -> None:
    known = set(CodeMeaning.objects.of(CodeSet.ACTIVITY, on=day).values_list("code", flat=True))
    if not {entry.activity for entry in entries} <= known:
        raise NotAnActivity
    scheduled = {course.pk for course in courses_on(enrollment.pk, day)}
    if not {entry.course_id for entry in entries if entry.course_id is not None} <= scheduled:
        raise NotOnTheSchedule
    if len({(entry.course_id, entry.activity) for entry in entries}) < len(entries):
        raise EntryTwice
    if sum(entry.minutes for entry in entries) > MINUTES_OF_A_DAY:
        raise DayTooLong
