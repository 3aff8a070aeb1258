"""The only writers of requests for records: the host asks, the resident district answers (R-48)."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from enrollment.part_time.facts import LETTER_LANGUAGE
from enrollment.records.actions import log_disclosure, refuse_own_child
from enrollment.records.models import Claim, Student
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.explain import explain_days
from mocap_portal.foundation.clocks.models import ClockKind
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import (
    ApplicationPaper,
    ApplicationState,
    EnrollmentState,
    PaperKind,
    ProgramApplication,
    RecordsFile,
    RecordsKind,
    RecordsRequest,
)
from ..notices import records as notices
from ..notices.people import SENDING_ROLES
from .sides import ApplicationOver, locked_application, refuse_over

WHY_IT_IS_SENT = gettext_noop("A full-time program asked for it; the family's application releases it")

# What a record is among the papers of an application.
PAPER_KINDS = {
    RecordsKind.TRANSCRIPT: PaperKind.TRANSCRIPT,
    RecordsKind.SPECIAL_EDUCATION: PaperKind.SPECIAL_EDUCATION,
    RecordsKind.DISCIPLINE: PaperKind.OTHER,
    RecordsKind.IMMUNIZATION: PaperKind.IMMUNIZATION,
}


class OnlyHostAsks(Refusal):
    sentence = _("Only staff of the program's host can ask for records.")


class OnlyDistrictSends(Refusal):
    sentence = _("Only staff of the district that was asked can send records.")


class NothingAskedFor(Refusal):
    sentence = _("Choose at least one kind of record.")


class AskedAlready(Refusal):
    sentence = _(
        "Some of these records are asked for already, and the answer has not come yet. Choose other ones."
    )


class AnsweredAlready(Refusal):
    sentence = _("This request was answered before. Reload the page to see what was sent.")


class SayWhyNot(Refusal):
    sentence = _("Not every record is here. Add the files that are missing, or say why they are not there.")


class StudentNotKnown(Refusal):
    sentence = _("Confirm first who the student is: nothing may be sent about somebody else.")


@transaction.atomic
def ask_for_records(
    application_id: int, *, by: Membership, at: dt.datetime, kinds: Collection[RecordsKind]
) -> RecordsRequest:
    """Ask the resident district for records; its days to answer begin. For a child in foster care they are fewer.

    Raises OnlyHostAsks, OwnChild, ApplicationOver, NothingAskedFor, AskedAlready.
    """
    application = locked_application(application_id)
    if by.role not in HOST_ROLES or by.organization_id != application.program.host_id:
        raise OnlyHostAsks
    refuse_own_child(application.claim_id, by=by)
    _refuse_settled(application)
    if not kinds:
        raise NothingAskedFor
    if RecordsRequest.objects.filter(
        application=application, answered_at__isnull=True, kinds__overlap=list(kinds)
    ).exists():
        raise AskedAlready
    key = LegalKey.FOSTER_ANSWER_DAYS if application.is_in_foster_care else LegalKey.RECORDS_ANSWER_DAYS
    request = RecordsRequest.objects.create(
        application=application,
        kinds=[kind for kind in RecordsKind if kind in kinds],
        asked_at=at,
        asked_by=by,
        clock=clocks.start(
            ClockKind.RECORDS,
            lea_id=application.current_resident_lea.pk,
            at=at,
            business_days=LegalValue.objects.whole(key, on=central_date(at)),
            source="R-48",
        ),
    )
    notices.tell_asked(request, at=at)
    return request


@transaction.atomic
def answer_records(
    request_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    files: Mapping[RecordsKind, "File"],  # type: ignore[type-arg]
    words: str = "",
) -> RecordsRequest:
    """Send the files, or say in words why some or all are not there. Each file is a paper of the application.

    What is sent leaves the district under the family's signed release, and is logged (R-130).
    Raises OnlyDistrictSends, OwnChild, ApplicationOver, AnsweredAlready, SayWhyNot, StudentNotKnown, and what
    `papers.store_document` raises about a file; then nothing is kept.
    """
    application = locked_application(
        RecordsRequest.objects.values_list("application", flat=True).get(pk=request_id)
    )
    request = (
        RecordsRequest.objects.select_for_update(of=("self",))
        .select_related("clock__lea__organization")
        .get(pk=request_id)
    )
    if by.role not in SENDING_ROLES or by.organization_id != request.asked_lea.pk:
        raise OnlyDistrictSends
    refuse_own_child(application.claim_id, by=by)
    request.application = application
    if request.answered_at is not None:
        raise AnsweredAlready
    _refuse_settled(application)
    sent = [kind for kind in RecordsKind if kind in files and kind in request.kinds]
    words = words.strip()
    if not words and len(sent) < len(request.kinds):
        raise SayWhyNot
    if sent:
        _disclose(application, sent, by=by, at=at)
    for kind in sent:
        document = papers.store_document(files[kind], by=by, at=at)
        paper = ApplicationPaper.objects.create(
            application=application, kind=PAPER_KINDS[kind], document=document, added_by=by, added_at=at
        )
        RecordsFile.objects.create(request=request, kind=kind, paper=paper)
    request.answered_at, request.answered_by = at, by
    request.answer = words or _labels(sent)
    request.save()
    if request.clock.stopped_at is None:  # it is, when a refusal was reversed after all
        clocks.stop(request.clock_id, at=at)
    notices.tell_answered(request, at=at)
    return request


@transaction.atomic
def stop_waiting(application_id: int, *, at: dt.datetime) -> None:
    """The application is settled without an admission: nobody waits for its records any more. Twice changes nothing.

    Called by whatever settles it, which has locked the application.
    """
    open_requests = RecordsRequest.objects.filter(
        application=application_id, answered_at__isnull=True, clock__stopped_at__isnull=True
    )
    for request in open_requests.order_by("pk"):
        clocks.stop(request.clock_id, at=at)


def to_ask(today: dt.date) -> Iterator[tuple[ProgramApplication, dt.date]]:
    """Applications for which nothing was asked although the day to ask has come, with that day.

    Counted from the day on which the application came, by the host's closed days.
    """
    applications = ProgramApplication.objects.filter(
        Q(state=ApplicationState.APPLIED) | Q(enrollment__state=EnrollmentState.MOVING),
        submitted_at__isnull=False,
        records_requests__isnull=True,
    )
    for application in applications.select_related("program", "claim").order_by("submitted_at", "pk"):
        assert application.submitted_at is not None  # filtered
        came = central_date(application.submitted_at)
        key = LegalKey.FOSTER_ASK_DAYS if application.is_in_foster_care else LegalKey.RECORDS_ASK_DAYS
        due = explain_days(
            came, LegalValue.objects.whole(key, on=came), lea_id=application.program.host_id
        ).on
        if due is not None and due <= today:
            yield application, due


def _refuse_settled(application: ProgramApplication) -> None:
    """No record goes to a program that did not admit the student. Raises ApplicationOver."""
    refuse_over(application)
    if application.state == ApplicationState.REFUSED:
        raise ApplicationOver(_("The program did not admit the student. No more records are sent."))


def _disclose(
    application: ProgramApplication, sent: Collection[RecordsKind], *, by: Membership, at: dt.datetime
) -> None:
    """Claim and student are locked, so that a merge of students waits until the log names the one who stays."""
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=application.claim_id)
    if claim.student_id is None:
        raise StudentNotKnown
    log_disclosure(
        student=Student.objects.select_for_update(of=("self",)).get(pk=claim.student_id),
        recipient=application.program.host.organization,
        by=by,
        at=at,
        what=_labels(sent),
        why=WHY_IT_IS_SENT,
    )


def _labels(kinds: Collection[RecordsKind]) -> str:
    """The records in words, in the language of the district's records."""
    with translation.override(LETTER_LANGUAGE):
        return ", ".join(str(kind.label) for kind in kinds)
