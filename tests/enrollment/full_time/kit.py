"""Shorthands for the tests of applications and enrollments."""

import datetime as dt
from typing import Any

from django.core.files.base import ContentFile
from django.test import Client

from enrollment.full_time import actions
from enrollment.full_time.models import (
    Determination,
    Outcome,
    Program,
    ProgramApplication,
    ProgramEnrollment,
    ProgramReview,
    Whose,
)
from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, Term, TermCode
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import ProgramApplicationFactory, ProgramFactory
from tests.factories.papers import PDF
from tests.factories.records import ClaimFactory
from tests.sign_in import sign_in

NOW = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)  # Monday noon; ten business days end on 17 November
TODAY = dt.date(2026, 11, 2)
DUE = dt.date(2026, 11, 17)
LATER = dt.datetime(2026, 11, 18, 18, tzinfo=dt.UTC)
FIRST_DAY = dt.date(2027, 1, 6)
BASIS = "The student works alone and on time, and has a quiet place to learn at home."
OPTIONS = "A smaller class in the building was looked at."


def second_term() -> Term:
    return Term.objects.get(school_year=2027, code=TermCode.S2)


def draft(**changes: Any) -> ProgramApplication:
    """A draft with its questions answered."""
    application: ProgramApplication = ProgramApplicationFactory.create(
        **{
            "claim__unsent": True,
            "term": second_term(),
            "has_iep_or_504": False,
            "prior_semester": "attended",
        }
        | changes
    )
    return application


def family_of(application: ProgramApplication) -> Membership:
    hat: Membership = MembershipFactory.create(parent=True, user=application.claim.claimant)
    return hat


def host_of(row: ProgramApplication | ProgramEnrollment | Program) -> Membership:
    """Somebody of the host's staff: a new person each time."""
    program = row if isinstance(row, Program) else row.program
    hat: Membership = MembershipFactory.create(host_staff=True, lea=program.host)
    return hat


def resident_of(row: ProgramApplication | ProgramEnrollment, role: Role = Role.COORDINATOR) -> Membership:
    hat: Membership = MembershipFactory.create(role=role, organization=row.resident_lea.organization)
    return hat


def sent(**changes: Any) -> ProgramApplication:
    """Signed and sent at NOW."""
    application = draft(**changes)
    return actions.submit(
        application.pk, by=family_of(application), signed_name="Pat Parent", releases_records=True, at=NOW
    )


def reasons(count: int = 2) -> list[int]:
    codes = CodeMeaning.objects.of(CodeSet.SURVEY_REASON, on=TODAY)
    return list(codes.values_list("pk", flat=True)[:count])


def surveyed(application: ProgramApplication) -> ProgramApplication:
    """The same application, its survey answered."""
    actions.answer_survey(
        application.pk,
        **{whose.value: reasons() for whose in Whose},
        words="",
        by=family_of(application),
        at=NOW,
    )
    return again(application)


def decided(
    application: ProgramApplication, outcome: Outcome = Outcome.ADMITTED, **changes: Any
) -> Determination:
    """Decided at LATER, when the resident district's days are over."""
    answers = {
        "basis": BASIS,
        "in_person_options": OPTIONS,
        "starts_on": FIRST_DAY if outcome == Outcome.ADMITTED else None,
        "at": LATER,
    } | changes
    by = answers.pop("by", None) or host_of(application)
    return actions.determine(application.pk, outcome=outcome, by=by, **answers)


def admitted(**changes: Any) -> ProgramEnrollment:
    """A student who was admitted and has not entered."""
    determination = decided(surveyed(sent(**changes)))
    return ProgramEnrollment.objects.get(application=determination.application_id)


def again(application: ProgramApplication) -> ProgramApplication:
    """The application as it stands in the database."""
    return ProgramApplication.objects.get(pk=application.pk)


def scan() -> Any:
    return ContentFile(PDF, name="paper.pdf")


def another_program() -> Program:
    program: Program = ProgramFactory.create()
    return program


def sibling(application: ProgramApplication) -> Any:
    """A claim of the same person about another child of the same school."""
    return ClaimFactory.create(
        unsent=True, claimant=application.claim.claimant, school=application.claim.school
    )


def told() -> set[User]:
    """Whom the outbox holds mails for."""
    return {notice.user for notice in Notice.objects.select_related("user") if notice.user}


def client_of(hat: Membership) -> Client:
    return sign_in(Client(), hat)


def day(name: str, value: dt.date) -> dict[str, Any]:
    """The three boxes of a date."""
    return {f"{name}_month": value.month, f"{name}_day": value.day, f"{name}_year": value.year}


def asked_again() -> tuple[ProgramReview, Membership]:
    """A family that asks the program, at LATER, to look at its refusal again, and who decided."""
    refusal = decided(surveyed(sent()), Outcome.REFUSED)
    family = family_of(refusal.application)
    review = actions.ask_for_review(
        refusal.application_id, reasons="The report card was a year old.", by=family, at=LATER
    )
    return review, refusal.decided_by
