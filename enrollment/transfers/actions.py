"""The only writers of moves between LEAs."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_fsm import TransitionNotAllowed

from enrollment.full_time.actions import change_resident, move_applications
from enrollment.full_time.actions import end as end_in_program
from enrollment.full_time.models import EnrollmentState, ProgramEnrollment
from enrollment.records.actions import log_disclosure, move_student
from enrollment.records.models import Student
from enrollment.registration.actions import change_payer
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, School
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from . import notices
from .models import Transfer, TransferState, students_of

WHY_MOVED = gettext_noop("Moved to another district")
WHAT_IS_TOLD = gettext_noop("Name, birth date, grade, and the virtual courses that run")
WHY_IT_IS_TOLD = gettext_noop("The student enrolls there (34 CFR 99.31(a)(2))")


class NotYourStudent(Refusal):
    sentence = _(
        "Only the district of a student can say that the student leaves, and nobody for a child of their own."
    )


class NotYourTransfer(Refusal):
    sentence = _("Only the other district can do this, and nobody for a child of their own.")


class SameDistrict(Refusal):
    sentence = _("The student is in this district already. Choose the one that the student moves to.")


class AnnouncedBefore(Refusal):
    sentence = _("It was said before that this student leaves. Take that back first if it was wrong.")


class AlreadyAnswered(Refusal):
    sentence = _("This was answered or taken back before. Reload the page to see it.")


class NotYourSchool(Refusal):
    sentence = _("Choose a school of your own district.")


class NotThatDay(Refusal):
    sentence = _("The first day lies after the last day in the old district, and not in the future.")


class StudentElsewhere(Refusal):
    sentence = _("The student is not in the district any more that announced the move. Decline it.")


@transaction.atomic
def announce(
    student_id: int, *, to_lea_id: int, leaves_on: dt.date, by: Membership, at: dt.datetime
) -> Transfer:
    """The old LEA says where a student goes; the new one is told, and the disclosure is logged.

    The same again answers what there is. Raises NotYourStudent, SameDistrict, AnnouncedBefore.
    """
    student = students_of(by).select_for_update(of=("self",)).filter(pk=student_id).first()
    if student is None or by.organization_id is None:
        raise NotYourStudent
    if to_lea_id in {by.organization_id, student.lea_id}:
        raise SameDistrict
    waiting = Transfer.objects.filter(student=student, state=TransferState.ANNOUNCED).first()
    if waiting is not None:
        if (waiting.to_lea_id, waiting.leaves_on) == (to_lea_id, leaves_on):
            return waiting
        raise AnnouncedBefore
    lea = Lea.objects.select_related("organization").get(pk=to_lea_id)
    transfer = Transfer.objects.create(
        student=student,
        from_lea_id=by.organization_id,
        to_lea=lea,
        leaves_on=leaves_on,
        announced_at=at,
        announced_by=by,
    )
    log_disclosure(
        student=student, recipient=lea.organization, by=by, at=at, what=WHAT_IS_TOLD, why=WHY_IT_IS_TOLD
    )
    notices.tell_announced(transfer, at=at)
    return transfer


@transaction.atomic
def end_enrollment(
    enrollment_id: int, *, how: EnrollmentState, on: dt.date, why: str, by: Membership, at: dt.datetime
) -> ProgramEnrollment:
    """Ends an enrollment in a program; of a student who withdraws the host says so to the resident district, which
    receives the student (R-44). Ended twice the same way it is ended and announced once.

    Raises what `full_time.actions.end` raises.
    """
    enrollment = end_in_program(enrollment_id, how=how, on=on, why=why, by=by, at=at)
    if how == EnrollmentState.WITHDRAWN and enrollment.ended_at == at:
        _send_home(enrollment, by=by, at=at)
    return enrollment


@transaction.atomic
def receive(
    transfer_id: int, *, school_id: int, starts_on: dt.date, by: Membership, at: dt.datetime
) -> Transfer:
    """The student is the new LEA's from `starts_on`; courses go on and change their payer (R-72).

    A student of a full-time program stays the host's: there the LEA of residence changes, as in what a program has not
    decided yet. Raises NotYourTransfer,
    AlreadyAnswered, NotYourSchool, NotThatDay, StudentElsewhere.
    """
    transfer = _locked(transfer_id, by=by)
    if transfer.to_lea_id != by.organization_id:
        raise NotYourTransfer
    school = School.objects.filter(pk=school_id, lea=transfer.to_lea_id).first()
    if school is None:
        raise NotYourSchool
    if not transfer.leaves_on < starts_on <= central_date(at):
        raise NotThatDay
    student = Student.objects.select_for_update(of=("self",)).get(pk=transfer.student_id)
    try:
        transfer.receive(school=school, on=starts_on, by=by, at=at)
    except TransitionNotAllowed as error:
        raise AlreadyAnswered from error
    transfer.save()
    move_applications(
        student.pk, from_lea_id=transfer.from_lea_id, to_school_id=school.pk, on=starts_on, at=at
    )
    lives_there = change_resident(
        student.pk, from_lea_id=transfer.from_lea_id, to_school_id=school.pk, on=starts_on, by=by, at=at
    )
    if student.lea_id == transfer.from_lea_id:
        move_student(student.pk, to_school_id=school.pk, on=starts_on, why=WHY_MOVED, by=by, at=at)
        change_payer(student.pk, to_lea_id=school.lea_id, on=starts_on, by=by, at=at)
    elif lives_there is None:
        raise StudentElsewhere
    notices.tell_received(transfer, at=at)
    return transfer


@transaction.atomic
def decline(transfer_id: int, *, reason: str, by: Membership, at: dt.datetime) -> Transfer:
    """The new LEA does not take the student in: nothing changes. Raises NotYourTransfer, AlreadyAnswered."""
    transfer = _locked(transfer_id, by=by)
    if transfer.to_lea_id != by.organization_id:
        raise NotYourTransfer
    try:
        transfer.decline(reason=reason, by=by, at=at)
    except TransitionNotAllowed as error:
        raise AlreadyAnswered from error
    transfer.save()
    notices.tell_declined(transfer, at=at)
    return transfer


@transaction.atomic
def take_back(transfer_id: int, *, by: Membership, at: dt.datetime) -> Transfer:
    """The old LEA was wrong: nothing changes. Raises NotYourTransfer, AlreadyAnswered."""
    transfer = _locked(transfer_id, by=by)
    if transfer.from_lea_id != by.organization_id:
        raise NotYourTransfer
    try:
        transfer.take_back(by=by, at=at)
    except TransitionNotAllowed as error:
        raise AlreadyAnswered from error
    transfer.save()
    return transfer


def _send_home(enrollment: ProgramEnrollment, *, by: Membership, at: dt.datetime) -> None:
    """From the host to where the student lives; of a family that is about to move, to where it moves."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=enrollment.student_id)
    host_id = enrollment.program.host_id
    if student.lea_id != host_id:  # never entered, or moved on before
        return
    to_lea = enrollment.resident_lea
    waiting = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("to_lea__organization")
        .filter(student=student, state=TransferState.ANNOUNCED)
        .first()
    )
    if waiting is not None:
        if waiting.from_lea_id == host_id:
            return
        # Announced by the district of residence while the program had the student: now the host lets go.
        waiting.take_back(by=by, at=at)
        waiting.save()
        to_lea = waiting.to_lea
    if to_lea.pk == host_id:  # the family lives with the host: the student stays its own
        return
    assert enrollment.ended_on is not None  # it has just ended
    transfer = Transfer.objects.create(
        student=student,
        from_lea_id=host_id,
        to_lea=to_lea,
        leaves_on=enrollment.ended_on,
        announced_at=at,
        announced_by=by,
    )
    log_disclosure(
        student=student,
        recipient=to_lea.organization,
        by=by,
        at=at,
        what=WHAT_IS_TOLD,
        why=WHY_IT_IS_TOLD,
    )
    notices.tell_announced(transfer, at=at)


def _locked(transfer_id: int, *, by: Membership) -> Transfer:
    transfer = (
        Transfer.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("from_lea__organization", "to_lea__organization")
        .filter(pk=transfer_id)
        .first()
    )
    if transfer is None:
        raise NotYourTransfer
    return transfer
