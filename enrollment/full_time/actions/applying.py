"""The family's part: a draft, its papers, the survey, the signature; and taking it back."""

import datetime as dt
from collections.abc import Collection

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import forget_unsent, send_claim
from enrollment.records.models import Claim
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import ClockKind
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue, Term
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..eligibility import questions
from ..models import (
    FAMILY_POLICIES,
    ApplicationPaper,
    ApplicationState,
    PaperKind,
    PolicyKind,
    PolicyReceipt,
    Program,
    ProgramApplication,
    ProgramPolicy,
    Survey,
    SurveyReason,
    Whose,
)
from . import records

# What a family is sent: what its rights and duties in this program are.
SENT_POLICIES = (PolicyKind.ENROLLMENT, *FAMILY_POLICIES, PolicyKind.EXPECTATIONS)


class NotOpen(Refusal):
    sentence = _("This program takes no applications now. Look at the list of programs for another one.")


class NotTaken(Refusal):
    """`sentence` is that of the question that is not met."""


class TermOver(Refusal):
    sentence = _("This term cannot be chosen any more. Choose another term.")


class AlreadySent(Refusal):
    sentence = _("This application was already signed and sent. Nothing was sent twice.")


class NotYetComplete(Refusal):
    sentence = _(
        "Something is still missing: an answer, your name, or your consent to the release of records."
    )


class NotYours(Refusal):
    sentence = _("Only the student, or a parent or guardian who applied, can do this.")


class AlreadyDecided(Refusal):
    sentence = _("The program has decided. Reload the page to see the letter.")


class NoReason(Refusal):
    sentence = _("Choose at least one reason for each of you.")


@transaction.atomic
def start_application(
    claim_id: int, *, program_id: int, term_id: int, by: Membership, at: dt.datetime
) -> ProgramApplication:
    """A draft for this child, program and term; a second click gets the one that is open already.

    Raises NotOpen, TermOver, NotTaken.
    """
    claim = Claim.objects.select_related("school").select_for_update(of=("self",)).get(pk=claim_id)
    today = central_date(at)
    program = Program.objects.open_on(today).filter(pk=program_id).first()
    if program is None:
        raise NotOpen
    term = Term.objects.open_to_requests(today).select_related("school_year").filter(pk=term_id).first()
    if term is None:
        raise TermOver
    same = ProgramApplication.objects.filter(claim=claim, program=program, term=term)
    there = same.filter(state__in=[ApplicationState.DRAFT, ApplicationState.APPLIED]).first()
    if there is not None:
        return there
    _refuse_not_taken(claim, program, term, on=today)
    return ProgramApplication.objects.create(
        claim=claim,
        program=program,
        term=term,
        resident_lea_id=claim.school.lea_id,
        started_at=at,
        touched_at=at,
    )


@transaction.atomic
def answer_draft(
    application_id: int,
    *,
    is_homeless: bool,
    is_in_foster_care: bool,
    has_iep_or_504: bool | None,
    prior_semester: str,
    in_person_courses: str,
    asks_for_sports: bool,
    note: str,
    at: dt.datetime,
) -> ProgramApplication:
    """Keeps the family's answers. Raises AlreadySent."""
    application = _draft(application_id)
    application.is_homeless = is_homeless
    application.is_in_foster_care = is_in_foster_care
    application.has_iep_or_504 = has_iep_or_504
    application.prior_semester = prior_semester
    application.in_person_courses = in_person_courses.strip()
    application.asks_for_sports = asks_for_sports
    application.note = note.strip()
    application.touched_at = at
    application.save()
    return application


@transaction.atomic
def add_paper(
    application_id: int,
    upload: File,  # type: ignore[type-arg]
    *,
    kind: PaperKind,
    by: Membership,
    at: dt.datetime,
) -> ApplicationPaper:
    """Adds a document before or after the application is sent, until the program has decided. The same bytes of the
    same kind twice are one paper.

    Raises AlreadyDecided, and what papers.store_document raises: FileEmpty, FileTooLarge, WrongKindOfFile.
    """
    application = _locked(application_id)
    if application.state not in {ApplicationState.DRAFT, ApplicationState.APPLIED}:
        raise AlreadyDecided
    document = papers.store_document(upload, by=by, at=at)
    same = application.papers.filter(kind=kind, document__sha256=document.sha256).first()
    if same is not None:
        papers.forget_document(document.pk)
        return same
    application.touched_at = at
    application.save()
    return ApplicationPaper.objects.create(
        application=application, kind=kind, document=document, added_by=by, added_at=at
    )


@transaction.atomic
def remove_paper(paper_id: int, *, at: dt.datetime) -> None:
    """Takes a paper out of a draft. Raises AlreadySent: what was sent stays."""
    paper = ApplicationPaper.objects.select_related("document").get(pk=paper_id)
    application = _draft(paper.application_id)
    application.touched_at = at
    application.save()
    paper.delete()
    papers.forget_document(paper.document_id)


@transaction.atomic
def answer_survey(
    application_id: int,
    *,
    student: Collection[int],
    parent: Collection[int],
    words: str,
    by: Membership,
    at: dt.datetime,
) -> Survey:
    """Why the student and the parent choose the program: keys of CodeSet.SURVEY_REASON (R-39). Answered again, the
    newest counts, until the program decides.

    A homeless student alone answers for themselves only (R-40). Raises AlreadyDecided, NoReason.
    """
    application = _locked(application_id)
    if application.state not in {ApplicationState.DRAFT, ApplicationState.APPLIED}:
        raise AlreadyDecided
    reasons = set(
        CodeMeaning.objects.of(CodeSet.SURVEY_REASON, on=central_date(at)).values_list("pk", flat=True)
    )
    given = {Whose.STUDENT: reasons & set(student), Whose.PARENT: reasons & set(parent)}
    asked = [Whose.STUDENT] if application.is_homeless else list(Whose)
    if not all(given[whose] for whose in asked):
        raise NoReason
    survey, _is_new = Survey.objects.update_or_create(
        application=application,
        defaults={"answered_at": at, "answered_by": by, "words": words.strip()},
    )
    survey.reasons.all().delete()
    SurveyReason.objects.bulk_create(
        SurveyReason(survey=survey, whose=whose, reason_id=reason)
        for whose in asked
        for reason in sorted(given[whose])
    )
    return survey


@transaction.atomic
def submit(
    application_id: int, *, by: Membership, signed_name: str, releases_records: bool, at: dt.datetime
) -> ProgramApplication:
    """Signs and sends a draft. In one transaction the family gets a receipt and the policies, the program a task, and
    the resident district its notice and ten business days to inform the program (R-37).

    Raises AlreadySent, NotOpen, TermOver, NotTaken, NotYetComplete.
    """
    application = _draft(application_id)
    today = central_date(at)
    if not Program.objects.open_on(today).filter(pk=application.program_id).exists():
        raise NotOpen
    if not Term.objects.open_to_requests(today).filter(pk=application.term_id).exists():
        raise TermOver
    claim = (
        Claim.objects.select_related("school").select_for_update(of=("self",)).get(pk=application.claim_id)
    )
    application.claim = claim
    _refuse_not_taken(claim, application.program, application.term, on=today)
    if application.has_iep_or_504 is None or not signed_name.strip() or not releases_records:
        raise NotYetComplete
    clock = clocks.start(
        ClockKind.RESIDENT_INPUT,
        lea_id=application.resident_lea_id,
        at=at,
        business_days=LegalValue.objects.whole(LegalKey.RESIDENT_INPUT_DAYS, on=today),
        source="R-37",
    )
    send_claim(claim)
    application.touched_at = at
    application.submit(by=by.user, name=signed_name.strip(), at=at, clock=clock)
    application.save()
    _send_policies(application, at=at)
    notices.tell_applied(application, at=at)
    return application


@transaction.atomic
def note_reading(application_id: int, *, by: Membership, at: dt.datetime) -> int:
    """The family says that it has read the policies it was sent. Returns how many it had not said so of before."""
    application = _locked(application_id)
    return PolicyReceipt.objects.filter(application=application, read_at__isnull=True).update(
        read_at=at, read_by=by.user
    )


@transaction.atomic
def cancel(application_id: int, *, at: dt.datetime) -> ProgramApplication:
    """The family takes an application back before the program decides. Twice changes nothing. Raises AlreadyDecided."""
    application = _locked(application_id)
    if application.state == ApplicationState.CANCELLED:
        return application
    if application.state != ApplicationState.APPLIED:
        raise AlreadyDecided
    application.cancel(at=at)
    application.save()
    stop_waiting(application, at=at)
    notices.tell_cancelled(application, at=at)
    return application


@transaction.atomic
def discard_draft(application_id: int) -> None:
    """Throws a draft away with its papers, and with the last one what was typed about the child. Raises AlreadySent."""
    application = _draft(application_id)
    claim = Claim.objects.select_for_update().get(pk=application.claim_id)
    documents = [paper.document_id for paper in application.papers.all()]
    application.delete()
    for document_id in documents:
        papers.forget_document(document_id)
    if not claim.applications.exists() and not claim.requests.exists():
        forget_unsent(claim)


def stop_waiting(application: ProgramApplication, *, at: dt.datetime) -> None:
    """It is settled: the days to inform end. Records are waited for on when the student is admitted."""
    clock = application.input_clock
    assert clock is not None  # it was sent
    clock.refresh_from_db()
    if clock.stopped_at is None:
        clocks.stop(clock.pk, at=at)
    if application.state != ApplicationState.ADMITTED:
        records.stop_waiting(application.pk, at=at)


def _send_policies(application: ProgramApplication, *, at: dt.datetime) -> None:
    policies = ProgramPolicy.objects.on(central_date(at)).filter(
        program=application.program_id, kind__in=SENT_POLICIES
    )
    PolicyReceipt.objects.bulk_create(
        PolicyReceipt(application=application, policy=policy, sent_at=at) for policy in policies
    )


def _refuse_not_taken(claim: Claim, program: Program, term: Term, *, on: dt.date) -> None:
    for finding in questions(claim, program, term, on=on):
        if not finding.met:
            raise NotTaken(finding.sentence)


def _locked(application_id: int) -> ProgramApplication:
    return (
        ProgramApplication.objects.select_for_update(of=("self",))
        .select_related(
            "program__host__organization", "resident_lea__organization", "term__school_year", "input_clock"
        )
        .get(pk=application_id)
    )


def _draft(application_id: int) -> ProgramApplication:
    application = _locked(application_id)
    if application.state != ApplicationState.DRAFT:
        raise AlreadySent
    return application
