"""How an enrollment ends other than by disenrollment: the family withdraws, the student graduates or is too old."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import TransitionNotAllowed

from enrollment.records.age import age_on
from enrollment.records.models import Guardian
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import EnrollmentState, ProgramEnrollment
from .entering import AlreadyOver, NotYourStudent


class NotInTheFuture(Refusal):
    sentence = _("The last day cannot be in the future, nor before the student's first day.")


class NotTooOld(Refusal):
    sentence = _("This student is young enough for a public school on that day.")


class NoReason(Refusal):
    sentence = _("Say why, in a sentence.")


@transaction.atomic
def end(
    enrollment_id: int, *, how: EnrollmentState, on: dt.date, why: str, by: Membership, at: dt.datetime
) -> ProgramEnrollment:
    """`on` is the last day. The host records it; a family may withdraw its own child. The resident district is told in
    this transaction, and so is the family. Ended twice the same way it is ended once. Pages end by
    `transfers.actions.end_enrollment`, which also sends a student who withdraws back to the district of residence.

    `how`: WITHDRAWN, GRADUATED or AGED_OUT. Raises NotYourStudent, AlreadyOver, NotInTheFuture, NotTooOld, NoReason.
    """
    enrollment = (
        ProgramEnrollment.objects.select_for_update(of=("self",))
        .select_related("program__host__organization", "resident_lea__organization", "student")
        .get(pk=enrollment_id)
    )
    _refuse_stranger(enrollment, how=how, by=by)
    if enrollment.state == how:
        return enrollment
    if not why.strip():
        raise NoReason
    never_entered = enrollment.state == EnrollmentState.MOVING
    if on > central_date(at) or (on < enrollment.starts_on and not never_entered):
        raise NotInTheFuture
    too_old = LegalValue.objects.whole(LegalKey.MAXIMUM_AGE, on=on)
    if how == EnrollmentState.AGED_OUT and age_on(enrollment.student.birth_date, on) < too_old:
        raise NotTooOld
    moves = {
        EnrollmentState.WITHDRAWN: enrollment.withdraw,
        EnrollmentState.GRADUATED: enrollment.graduate,
        EnrollmentState.AGED_OUT: enrollment.age_out,
    }
    try:
        moves[how](on=on, by=by, at=at, why=why.strip())
    except TransitionNotAllowed as error:
        raise AlreadyOver from error
    enrollment.save()
    notices.tell_ended(enrollment, at=at)
    return enrollment


def _refuse_stranger(enrollment: ProgramEnrollment, *, how: EnrollmentState, by: Membership) -> None:
    family = Guardian.objects.with_access().filter(student=enrollment.student_id, user=by.user_id).exists()
    if by.is_family:
        if not family or how != EnrollmentState.WITHDRAWN:
            raise NotYourStudent
    elif by.role not in HOST_ROLES or by.organization_id != enrollment.program.host_id or family:
        raise NotYourStudent
