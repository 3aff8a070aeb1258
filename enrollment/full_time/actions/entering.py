"""From admission to the first day: the resident district's exit, the schedule, the host's entry (R-43 … R-45)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_fsm import TransitionNotAllowed

from enrollment.records.actions import move_student
from enrollment.records.models import Guardian
from enrollment.registration.actions import change_payer
from enrollment.registration.models import Teacher
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.directory.models import LegalKey, LegalValue, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import (
    ENDED,
    MINUTES_OF_A_DAY,
    WEEKDAYS,
    EnrollmentState,
    ProgramEnrollment,
    Schedule,
    ScheduledCourse,
)
from ..rules import credits_of

A_DAY = dt.timedelta(days=1)


class NotYourStudent(Refusal):
    sentence = _(
        "Only the people of this student's program can do this, and nobody for a child of their own."
    )


class AlreadyOver(Refusal):
    sentence = _("This enrollment has ended. Reload the page to see when and why.")


class AlreadyEntered(Refusal):
    sentence = _("The student is enrolled already. Reload the page to see it.")


class TooEarly(Refusal):
    sentence = _("The student's first day has not come yet.")


class ExitTooLate(Refusal):
    sentence = _("The last day on your roll lies before the first day with the program.")


class NoSchedule(Refusal):
    sentence = _("Make the student's schedule for this school year first.")


class TooFewCredits(Refusal):
    def __init__(self, *, planned: Decimal, needed: int) -> None:
        sentence = _(
            "The courses are worth %(planned)s credits; a full-time schedule has %(needed)d. Add courses, or say why "
            "it has fewer."
        )
        super().__init__(str(sentence) % {"planned": f"{planned.normalize():f}", "needed": needed})


class NoCourses(Refusal):
    sentence = _("Add at least one course.")


class DaysOutsideTheYear(Refusal):
    sentence = _("Each course starts and ends inside the school year, and starts before it ends.")


class TooManyMinutes(Refusal):
    sentence = _("A day has no more than 24 hours. Check the minutes of each weekday.")


class NoChange(Refusal):
    sentence = _("Say why the schedule changes. The earlier version stays on file.")


class GraduatesTooEarly(Refusal):
    sentence = _(
        "The graduation is expected after the first day with the program. Check the day, or leave it empty."
    )


class HoldsTooEarly(Refusal):
    sentence = _(
        "A new version of the schedule holds from a later day than the version before, or from the same day to replace "
        "it."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePlan:
    """One course as the host plans it. `minutes`: Monday … Sunday."""

    title: str
    credit: Decimal
    starts_on: dt.date
    ends_on: dt.date
    minutes: tuple[int, ...]
    course_id: int | None = None
    teacher_id: int | None = None


@transaction.atomic
def record_exit(enrollment_id: int, *, on: dt.date, by: Membership, at: dt.datetime) -> ProgramEnrollment:
    """The resident district takes the student off its roll. There is an enrollment only after admission (R-43).

    Recorded again, the newest day counts. Raises NotYourStudent, AlreadyOver, ExitTooLate.
    """
    enrollment = _locked(enrollment_id)
    if not by.is_lea or by.organization_id != enrollment.resident_lea_id:
        raise NotYourStudent
    _refuse_own(enrollment, by=by)
    if enrollment.state in ENDED:
        raise AlreadyOver
    if on >= enrollment.starts_on:
        raise ExitTooLate
    enrollment.resident_exit_on = on
    enrollment.exit_recorded_by, enrollment.exit_recorded_at = by, at
    enrollment.save()
    notices.tell_exit(enrollment, at=at)
    return enrollment


@transaction.atomic
def make_schedule(
    enrollment_id: int,
    courses: Sequence[CoursePlan],
    *,
    school_year: SchoolYear,
    valid_from: dt.date,
    change: str = "",
    shortfall: str = "",
    expected_graduation: dt.date | None = None,
    by: Membership,
    at: dt.datetime,
) -> Schedule:
    """The first version of a schedule for a school year, or the next one, which ends the one before (R-45). One that
    holds from the same day replaces it: a slip of the pen stays on file, and counts nowhere.

    `expected_graduation`: as far as the host knows; attendance letters print it. It stands at the enrollment.

    The same plan twice is one version, and so is one that changes nothing and gives no reason. Raises NotYourStudent,
    AlreadyOver, GraduatesTooEarly, NoCourses, DaysOutsideTheYear, TooManyMinutes, TooFewCredits, NoChange,
    HoldsTooEarly.
    """
    enrollment = _locked(enrollment_id)
    _refuse_stranger(enrollment, by=by)
    if enrollment.state in ENDED:
        raise AlreadyOver
    if expected_graduation is not None and expected_graduation <= enrollment.starts_on:
        raise GraduatesTooEarly
    if enrollment.expected_graduation != expected_graduation:
        enrollment.expected_graduation = expected_graduation
        enrollment.save()
    _refuse_unfit(courses, school_year=school_year)
    needed = LegalValue.objects.whole(LegalKey.FULL_TIME_CREDITS, on=valid_from)
    planned = credits_of(courses)
    if planned < needed and not shortfall.strip():
        raise TooFewCredits(planned=planned, needed=needed)
    shortfall = shortfall.strip() if planned < needed else ""
    versions = enrollment.schedules.filter(school_year=school_year)
    last = versions.order_by("-version").first()
    if last is not None:
        is_same = _plans_of(last) == sorted(courses, key=_order)
        is_no_change = not change.strip() and last.shortfall == shortfall
        if is_same and (last.valid_from == valid_from or is_no_change):
            return last
        if not change.strip():
            raise NoChange
        if valid_from < last.valid_from:
            raise HoldsTooEarly
        if valid_from == last.valid_from:
            last.replaced_at, last.replaced_by = at, by
        last.valid_to = valid_from - A_DAY
        last.save()
    schedule = Schedule.objects.create(
        enrollment=enrollment,
        school_year=school_year,
        version=(versions.aggregate(newest=Max("version"))["newest"] or 0) + 1,
        valid_from=valid_from,
        made_at=at,
        made_by=by,
        change=change.strip(),
        shortfall=shortfall,
    )
    allowed = set(
        Teacher.objects.filter(
            organization__in=[enrollment.program.host_id, enrollment.program.provider_id]
        ).values_list("pk", flat=True)
    )
    ScheduledCourse.objects.bulk_create(
        ScheduledCourse(
            schedule=schedule,
            course_id=plan.course_id,
            title=plan.title.strip(),
            credit=plan.credit,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            minutes=list(plan.minutes),
            teacher_id=plan.teacher_id if plan.teacher_id in allowed else None,
        )
        for plan in courses
    )
    notices.tell_scheduled(schedule, at=at)
    return schedule


@transaction.atomic
def enter(enrollment_id: int, *, by: Membership, at: dt.datetime) -> ProgramEnrollment:
    """The host puts the student on its roll: from the first day on it is the LEA of record (R-44). A resident district
    that has not recorded the exit holds nothing up.

    Raises NotYourStudent, AlreadyOver, AlreadyEntered, TooEarly, NoSchedule.
    """
    enrollment = _locked(enrollment_id)
    _refuse_stranger(enrollment, by=by)
    if enrollment.state == EnrollmentState.ENROLLED:
        raise AlreadyEntered
    if enrollment.starts_on > central_date(at):
        raise TooEarly
    if not enrollment.schedules.on(enrollment.starts_on).exists():
        raise NoSchedule
    try:
        enrollment.enter(by=by, at=at)
    except TransitionNotAllowed as error:
        raise AlreadyOver from error
    enrollment.save()
    if enrollment.student.school_id != enrollment.program.school_id:
        move_student(
            enrollment.student_id,
            to_school_id=enrollment.program.school_id,
            on=enrollment.starts_on,
            why=gettext_noop("Admitted to a full-time program"),
            by=by,
            at=at,
        )
        change_payer(
            enrollment.student_id, to_lea_id=enrollment.program.host_id, on=enrollment.starts_on, by=by, at=at
        )
    notices.tell_entered(enrollment, at=at)
    return enrollment


# What they share ------------------------------------------------------------------------------------


def _locked(enrollment_id: int) -> ProgramEnrollment:
    return (
        ProgramEnrollment.objects.select_for_update(of=("self",))
        .select_related(
            "program__host__organization", "resident_lea__organization", "student", "application__claim"
        )
        .get(pk=enrollment_id)
    )


def _refuse_stranger(enrollment: ProgramEnrollment, *, by: Membership) -> None:
    if by.role not in HOST_ROLES or by.organization_id != enrollment.program.host_id:
        raise NotYourStudent
    _refuse_own(enrollment, by=by)


def _refuse_own(enrollment: ProgramEnrollment, *, by: Membership) -> None:
    if Guardian.objects.filter(student=enrollment.student_id, user=by.user_id).exists():
        raise NotYourStudent


def _refuse_unfit(courses: Sequence[CoursePlan], *, school_year: SchoolYear) -> None:
    if not courses:
        raise NoCourses
    for plan in courses:
        if not school_year.starts_on <= plan.starts_on <= plan.ends_on <= school_year.ends_on:
            raise DaysOutsideTheYear
    for weekday in range(WEEKDAYS):
        # Courses of one semester lie beside those of the other; a day that holds them all holds each.
        for start in {plan.starts_on for plan in courses}:
            running = [plan for plan in courses if plan.starts_on <= start <= plan.ends_on]
            if sum(plan.minutes[weekday] for plan in running) > MINUTES_OF_A_DAY:
                raise TooManyMinutes


def _order(plan: CoursePlan) -> tuple[str, dt.date, Decimal]:
    return plan.title, plan.starts_on, plan.credit


def _plans_of(schedule: Schedule) -> list[CoursePlan]:
    plans = [
        CoursePlan(
            title=course.title,
            credit=course.credit,
            starts_on=course.starts_on,
            ends_on=course.ends_on,
            minutes=tuple(course.minutes),
            course_id=course.course_id,
            teacher_id=course.teacher_id,
        )
        for course in schedule.courses.all()
    ]
    return sorted(plans, key=_order)
