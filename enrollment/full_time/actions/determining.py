"""The host decides, in writing with its basis (R-42), and looks again when it is asked to (R-71)."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django_fsm import TransitionNotAllowed

from enrollment.records.actions import identify_applicant, refuse_own_child
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import ClockKind
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.letters import lay_out
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import long_day

from .. import letters, notices
from ..models import (
    ApplicationState,
    Determination,
    EnrollmentState,
    Outcome,
    ProgramApplication,
    ProgramEnrollment,
    ProgramReview,
    ReviewOutcome,
)
from .applying import AlreadyDecided, stop_waiting
from .services_needed import finding_missing, services_missing


class NotYourProgram(Refusal):
    sentence = _("Only staff of the program's host can do this.")


class SurveyMissing(Refusal):
    sentence = _(
        "The family has not answered the survey of reasons yet. The law asks for it before you decide."
    )


class InputStillOpen(Refusal):
    """The resident district's days are not over, and it has said nothing yet (R-38)."""

    def __init__(self, due_on: dt.date) -> None:
        sentence = _(
            "The resident district has until %(day)s to inform you. You can decide when it has, or after that day."
        )
        super().__init__(str(sentence) % {"day": long_day(due_on)})


class ServicesMissing(Refusal):
    """`sentence` names the step about the IEP or 504 plan that comes before the decision (R-41)."""


class BasisTooShort(Refusal):
    def __init__(self, fewest: int) -> None:
        super().__init__(
            ngettext_lazy(
                "Explain the decision in at least %(count)d character: everybody reads this basis.",
                "Explain the decision in at least %(count)d characters: everybody reads this basis.",
                fewest,
            )
            % {"count": fewest}
        )


class NoInPersonOptions(Refusal):
    sentence = _("Say which options in a school building you looked at.")


class NoFirstDay(Refusal):
    sentence = _("Choose the student's first day with you: today or later.")


class InAnotherProgram(Refusal):
    sentence = _("This student is in a full-time program already. That enrollment has to end first.")


class NothingToReview(Refusal):
    sentence = _("Only a refusal can be looked at again, and only once.")


class SamePerson(Refusal):
    sentence = _("You made the decision yourself. A colleague has to look at it again.")


@transaction.atomic
def determine(
    application_id: int,
    *,
    outcome: Outcome,
    basis: str,
    in_person_options: str,
    starts_on: dt.date | None = None,
    by: Membership,
    at: dt.datetime,
) -> Determination:
    """Admits or refuses. Student, parent, host and resident district get one letter in this transaction; an admission
    says who the child is, and begins the move.

    Raises AlreadyDecided, NotYourProgram, OwnChild, SurveyMissing, InputStillOpen, BasisTooShort, NoInPersonOptions,
    ServicesMissing, NoFirstDay, InAnotherProgram, SeveralStudents.
    """
    application = _locked(application_id)
    _refuse_stranger(application, by=by)
    if application.state != ApplicationState.APPLIED:
        raise AlreadyDecided
    why_not = what_is_missing(application, outcome=outcome, on=central_date(at))
    if why_not is not None:
        raise why_not
    return _decide(
        application,
        outcome=outcome,
        basis=basis,
        in_person_options=in_person_options,
        starts_on=starts_on,
        by=by,
        at=at,
    )


def what_is_missing(application: ProgramApplication, *, outcome: Outcome, on: dt.date) -> Refusal | None:
    """What has to happen before the host may decide so on this day; None when it may (R-38, R-39, R-41)."""
    if not hasattr(application, "survey"):
        return SurveyMissing()
    clock = application.input_clock
    assert clock is not None  # it was sent
    assert clock.due_on is not None  # these days never stand still
    if clock.due_on >= on and not application.inputs.exists():
        return InputStillOpen(clock.due_on)
    step = (services_missing if outcome == Outcome.ADMITTED else finding_missing)(application)
    return ServicesMissing(step) if step else None


def preview(
    application: ProgramApplication,
    *,
    outcome: Outcome,
    basis: str,
    in_person_options: str,
    starts_on: dt.date | None,
    by: Membership,
    at: dt.datetime,
) -> str:
    """The letter's HTML as it would be sent now. Stores nothing."""
    facts = letters.facts_of(
        application,
        outcome=outcome,
        basis=basis,
        in_person_options=in_person_options,
        starts_on=starts_on if outcome == Outcome.ADMITTED else None,
        decided_by=by.user.name,
        day=central_date(at),
    )
    return lay_out(letters.write(facts))


@transaction.atomic
def ask_for_review(application_id: int, *, reasons: str, by: Membership, at: dt.datetime) -> ProgramReview:
    """The family asks the host to look at its refusal again. Asked twice it is one review (R-71).

    Raises NothingToReview.
    """
    application = _locked(application_id)
    there = application.reviews.first()
    if there is not None:
        return there
    if application.state != ApplicationState.REFUSED or not reasons.strip():
        raise NothingToReview
    clock = clocks.start(
        ClockKind.PROGRAM_REVIEW,
        lea_id=application.program.host_id,
        at=at,
        business_days=LegalValue.objects.whole(LegalKey.PROGRAM_REVIEW_DAYS, on=central_date(at)),
        source="R-71",
    )
    review = ProgramReview.objects.create(
        application=application, asked_at=at, asked_by=by, reasons=reasons.strip(), clock=clock
    )
    notices.tell_review_asked(review, at=at)
    return review


@transaction.atomic
def answer_review(
    review_id: int,
    *,
    outcome: ReviewOutcome,
    answer: str,
    starts_on: dt.date | None = None,
    by: Membership,
    at: dt.datetime,
) -> ProgramReview:
    """The host looks at its refusal again; who decided does not. Reversed, the student is admitted by a new letter.

    Raises AlreadyDecided, NotYourProgram, OwnChild, SamePerson, ServicesMissing, BasisTooShort, NoFirstDay,
    InAnotherProgram, SeveralStudents.
    """
    application_id = ProgramReview.objects.values_list("application", flat=True).get(pk=review_id)
    application = _locked(application_id)
    _refuse_stranger(application, by=by)
    review = ProgramReview.objects.select_for_update(of=("self",)).select_related("clock").get(pk=review_id)
    if review.outcome:
        raise AlreadyDecided
    refusal = application.determinations.select_related("decided_by").get(review__isnull=True)
    if refusal.decided_by.user_id == by.user_id:
        raise SamePerson
    if outcome == ReviewOutcome.REVERSED and (step := services_missing(application)):
        raise ServicesMissing(step)
    _refuse_short(answer, at=at)
    review.outcome = outcome
    review.answer = answer.strip()
    review.answered_at, review.answered_by = at, by
    review.save()
    clocks.stop(review.clock_id, at=at)
    if outcome == ReviewOutcome.REVERSED:
        _decide(
            application,
            outcome=Outcome.ADMITTED,
            basis=answer,
            in_person_options=refusal.in_person_options,
            starts_on=starts_on,
            review=review,
            replaces=central_date(refusal.decided_at),
            by=by,
            at=at,
        )
    else:
        notices.tell_upheld(review, at=at)
    return review


# What they share ------------------------------------------------------------------------------------


def _locked(application_id: int) -> ProgramApplication:
    return (
        ProgramApplication.objects.select_for_update(of=("self",))
        .select_related(
            "program__host__organization",
            "resident_lea__organization",
            "term__school_year",
            "claim__school",
            "claim__claimant",
            "input_clock",
            "survey",
        )
        .get(pk=application_id)
    )


def _refuse_stranger(application: ProgramApplication, *, by: Membership) -> None:
    if by.role not in HOST_ROLES or by.organization_id != application.program.host_id:
        raise NotYourProgram
    refuse_own_child(application.claim_id, by=by)


def _refuse_short(words: str, *, at: dt.datetime) -> None:
    fewest = LegalValue.objects.whole(LegalKey.EXPLANATION_LENGTH, on=central_date(at))
    if len(words.strip()) < fewest:
        raise BasisTooShort(fewest)


def _decide(
    application: ProgramApplication,
    *,
    outcome: Outcome,
    basis: str,
    in_person_options: str,
    starts_on: dt.date | None,
    by: Membership,
    at: dt.datetime,
    review: ProgramReview | None = None,
    replaces: dt.date | None = None,
) -> Determination:
    _refuse_short(basis, at=at)
    if not in_person_options.strip():
        raise NoInPersonOptions
    admits = outcome == Outcome.ADMITTED
    if admits and (starts_on is None or starts_on < central_date(at)):
        raise NoFirstDay
    facts = letters.facts_of(
        application,
        outcome=outcome,
        basis=basis,
        in_person_options=in_person_options,
        starts_on=starts_on if admits else None,
        decided_by=by.user.name,
        day=central_date(at),
        replaces=replaces,
    )
    determination = Determination(
        application=application,
        outcome=outcome,
        basis=basis.strip(),
        in_person_options=in_person_options.strip(),
        starts_on=starts_on if admits else None,
        decided_at=at,
        decided_by=by,
        review=review,
    )
    try:
        if admits:
            application.admit()
        else:
            application.refuse()
    except TransitionNotAllowed as error:
        raise AlreadyDecided from error
    application.save()
    if admits:
        assert starts_on is not None  # refused above
        _begin_move(application, starts_on=starts_on, by=by, at=at)
    determination.letter = papers.keep_letter(
        facts.kind, text=letters.write(facts), facts=facts.to_json(), day=facts.day, at=at
    )
    determination.save()
    stop_waiting(application, at=at)
    notices.tell_determined(determination, at=at)
    return determination


def _begin_move(
    application: ProgramApplication, *, starts_on: dt.date, by: Membership, at: dt.datetime
) -> ProgramEnrollment:
    claim = identify_applicant(application.claim_id, by=by, at=at)
    assert claim.student_id is not None  # just identified
    student = (
        Student.objects.select_for_update(of=("self",)).select_related("school").get(pk=claim.student_id)
    )
    application.claim.student = student
    running = ProgramEnrollment.objects.filter(
        student=student, state__in=[EnrollmentState.MOVING, EnrollmentState.ENROLLED]
    )
    if running.exists():
        raise InAnotherProgram
    return ProgramEnrollment.objects.create(
        application=application,
        student=student,
        program=application.program,
        resident_lea=application.resident_lea,
        # The claim names the school from which the family applied; it may have moved since.
        resident_school=student.school
        if student.lea_id == application.resident_lea_id
        else application.claim.school,
        admitted_at=at,
        starts_on=starts_on,
    )
