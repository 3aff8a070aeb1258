"""The host records that it sent MSHSAA its notice about a student: it decides who may play school sports."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.records.models import Guardian
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import ENDED, EnrollmentState, ProgramEnrollment, SportsNotice
from .entering import AlreadyOver, NotYourStudent


class NotEnteredYet(Refusal):
    sentence = _("The student is not enrolled yet. Enroll the student first, then send the notice.")


class NoticeOutsideEnrollment(Refusal):
    sentence = _("The notice was sent after the admission, and not in the future. Check the day.")


@transaction.atomic
def record_sports_notice(
    enrollment_id: int, *, sent_on: dt.date, by: Membership, at: dt.datetime
) -> SportsNotice:
    """The notice left on this day; the family is told. Also for a family that asked by word of mouth.

    Recorded again, the first record stands. Raises NotYourStudent, NotEnteredYet, AlreadyOver,
    NoticeOutsideEnrollment.
    """
    enrollment = (
        ProgramEnrollment.objects.select_for_update(of=("self",))
        .select_related("program__host__organization", "resident_lea__organization")
        .get(pk=enrollment_id)
    )
    own = Guardian.objects.filter(student=enrollment.student_id, user=by.user_id).exists()
    if by.role not in HOST_ROLES or by.organization_id != enrollment.program.host_id or own:
        raise NotYourStudent
    sent = SportsNotice.objects.filter(enrollment=enrollment).first()
    if sent is not None:
        return sent
    if enrollment.state in ENDED:
        raise AlreadyOver
    if enrollment.state == EnrollmentState.MOVING:
        raise NotEnteredYet
    if not central_date(enrollment.admitted_at) <= sent_on <= central_date(at):
        raise NoticeOutsideEnrollment
    sent = SportsNotice.objects.create(enrollment=enrollment, sent_on=sent_on, recorded_by=by, recorded_at=at)
    notices.tell_sports_notice(sent, at=at)
    return sent
