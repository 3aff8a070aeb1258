"""A student with a letter stops: whoever issued it is asked to send the notice of cessation, once (R-153)."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from enrollment.full_time.models import EnrollmentState, ProgramEnrollment
from enrollment.part_time.models import CourseLine, LineState
from enrollment.records.actions import log_disclosure
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Organization
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import CessationTask, LetterRequest

# Not who graduated or grew too old for school; a summer ends no enrollment.
STOPPED = (EnrollmentState.DISENROLLED, EnrollmentState.WITHDRAWN)

# The same of a course: over before its end. And one that has not begun.
ENDED_EARLY = (LineState.WITHDRAWN, LineState.REMOVED)
COMING = (LineState.APPROVED, LineState.REGISTERED, LineState.CONFIRMED)

FEDERAL_OFFICE = "Social Security Administration"
WHAT_IS_SENT = gettext_noop("Name, birth date and last day of attendance")
WHY_IT_IS_SENT = gettext_noop("Notice of cessation after an attendance letter (SSA-1372-BK)")


class MayNotRecord(Refusal):
    sentence = _("Only officials of the school that issued the letter can record this.")


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


def combined_due_to_open() -> list[int]:
    """Newest letters of combined study whose student has stopped and that have no task yet, by primary key.

    Who moves and goes on has not stopped: lines and letters of every LEA count. The task is whose letter is the newest.
    """
    lines = CourseLine.objects.filter(request__claim__student=OuterRef("student"))
    newer = LetterRequest.objects.filter(
        student=OuterRef("student"),
        enrollment__isnull=True,
        certification__issued_at__gt=OuterRef("certification__issued_at"),
    )
    letters = LetterRequest.objects.filter(
        ~Exists(newer),
        ~Exists(lines.filter(state=LineState.ACTIVE)),
        Exists(lines.filter(state__in=ENDED_EARLY)),
        enrollment__isnull=True,
        certification__isnull=False,
        cessation_task__isnull=True,
    ).select_related("certification")
    return [letter.pk for letter in letters.order_by("pk") if stopped_on(letter) is not None]


def stopped_on(letter: LetterRequest) -> dt.date | None:
    """The last day of combined study after this letter; None for who goes on, or whose last course ended as planned.

    Who begins another course in the same term has exchanged one; who is a student of a program studies there.
    """
    lines = list(
        CourseLine.objects.filter(request__claim__student=letter.student_id).select_related("request")
    )
    started = [line for line in lines if line.started_on is not None]
    if not started or any(line.state == LineState.ACTIVE for line in lines):
        return None
    last = max(
        started, key=lambda line: (line.ended_on or line.ends_on or dt.date.min, line.state in ENDED_EARLY)
    )
    if last.state not in ENDED_EARLY or last.ended_on is None:
        return None
    if last.ended_on < central_date(letter.certification.issued_at):
        return None
    if any(line.state in COMING and line.request.term_id == last.request.term_id for line in lines):
        return None
    enrolled = ProgramEnrollment.objects.filter(student=letter.student_id, state=EnrollmentState.ENROLLED)
    return None if enrolled.exists() else last.ended_on


@transaction.atomic
def open_combined_task(request_id: int, *, at: dt.datetime) -> bool:
    """The same for a letter of combined study: the resident district is told. False when there is nothing to open."""
    letter = LetterRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    last_day = stopped_on(letter)
    if last_day is None or CessationTask.objects.filter(request=letter).exists():
        return False
    task = CessationTask.objects.create(request=letter, stopped_on=last_day, opened_at=at)
    notices.tell_combined_cessation(task, at=at)
    return True


@transaction.atomic
def record_sent(task_id: int, *, by: Membership, at: dt.datetime, sent_on: dt.date) -> CessationTask:
    """Records when the school sent the notice, and logs what thereby left the school (R-130).

    Raises MayNotRecord, AlreadySent, SentOutside.
    """
    CessationTask.objects.select_for_update(of=("self",)).get(pk=task_id)
    task = CessationTask.objects.run_by(by).with_people().filter(pk=task_id).first()
    if task is None:
        raise MayNotRecord
    if task.recorded_at is not None:
        raise AlreadySent
    last_day = task.last_day
    assert last_day is not None  # only ended enrollments have a task
    if not last_day <= sent_on <= central_date(at):
        raise SentOutside
    task.sent_on, task.recorded_at, task.recorded_by = sent_on, at, by
    task.save()
    # The log names organizations; this one has no people here, so nobody but the log knows it.
    recipient, _is_new = Organization.objects.get_or_create(name=FEDERAL_OFFICE)
    log_disclosure(
        student=task.student,
        recipient=recipient,
        by=by,
        at=at,
        what=WHAT_IS_SENT,
        why=WHY_IT_IS_SENT,
    )
    return task
