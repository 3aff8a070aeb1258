"""A student with a letter stops: the host is asked to send the notice of cessation, once (R-153)."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from enrollment.full_time.models import EnrollmentState, ProgramEnrollment
from enrollment.records.actions import log_disclosure
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Organization
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import CessationTask

# Not who graduated or grew too old for school; a summer ends no enrollment.
STOPPED = (EnrollmentState.DISENROLLED, EnrollmentState.WITHDRAWN)

FEDERAL_OFFICE = "Social Security Administration"
WHAT_IS_SENT = gettext_noop("Name, birth date and last day of attendance")
WHY_IT_IS_SENT = gettext_noop("Notice of cessation after an attendance letter (SSA-1372-BK)")


class MayNotRecord(Refusal):
    sentence = _("Only staff of the host program can record this.")


class AlreadySent(Refusal):
    sentence = _("It was recorded before that this notice was sent.")


class SentOutside(Refusal):
    sentence = _("The notice is sent after the student's last day and not later than today. Check the day.")


def due_to_open() -> list[int]:
    """Enrollments that ended after a letter was issued and have no task yet, by primary key."""
    ended = ProgramEnrollment.objects.filter(
        state__in=STOPPED,
        cessation_task__isnull=True,
        letter_requests__certification__issued_at__lte=F("ended_at"),
    )
    return list(ended.order_by("pk").values_list("pk", flat=True).distinct())


@transaction.atomic
def open_task(enrollment_id: int, *, at: dt.datetime) -> bool:
    """Opens the task of an enrollment and tells the host. False when there is one already; then nothing changes."""
    enrollment = ProgramEnrollment.objects.select_for_update(of=("self",)).get(pk=enrollment_id)
    task, is_new = CessationTask.objects.get_or_create(enrollment=enrollment, defaults={"opened_at": at})
    if is_new:
        notices.tell_cessation(task, at=at)
    return is_new


@transaction.atomic
def record_sent(task_id: int, *, by: Membership, at: dt.datetime, sent_on: dt.date) -> CessationTask:
    """Records when the host sent the notice, and logs what thereby left the school (R-130).

    Raises MayNotRecord, AlreadySent, SentOutside.
    """
    CessationTask.objects.select_for_update(of=("self",)).get(pk=task_id)
    task = CessationTask.objects.run_by(by).select_related("enrollment__student").filter(pk=task_id).first()
    if task is None:
        raise MayNotRecord
    if task.recorded_at is not None:
        raise AlreadySent
    last_day = task.enrollment.ended_on
    assert last_day is not None  # only ended enrollments have a task
    if not last_day <= sent_on <= central_date(at):
        raise SentOutside
    task.sent_on, task.recorded_at, task.recorded_by = sent_on, at, by
    task.save()
    # The log names organizations; this one has no people here, so nobody but the log knows it.
    recipient, _is_new = Organization.objects.get_or_create(name=FEDERAL_OFFICE)
    log_disclosure(
        student=task.enrollment.student,
        recipient=recipient,
        by=by,
        at=at,
        what=WHAT_IS_SENT,
        why=WHY_IT_IS_SENT,
    )
    return task
