"""The pages of attendance letters, from the asking to the notice of cessation."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enrollment.certification.models import (
    Certification,
    CessationTask,
    LetterConsent,
    LetterRequest,
    StatedHours,
)
from enrollment.full_time.models import Program, ScheduledCourse
from enrollment.records.models import Guardian
from mocap_portal.foundation.accounts.models import Membership
from tests.factories.accounts import MembershipFactory
from tests.factories.certification import (
    CertificationFactory,
    CessationTaskFactory,
    LetterConsentFactory,
    StatedHoursFactory,
)
from tests.factories.full_time import ProgramEnrollmentFactory
from tests.sign_in import sign_in

from .kit import GROWN, NOW, TODAY, asked, combined, enrolled, issue, official_of, parent_of, self_of

pytestmark = pytest.mark.django_db

LETTERS = "/attendance-letters/"
SIGNER = {"title": "Manager of counseling services", "phone": "573-555-0177"}


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def client_of(hat: Membership) -> Client:
    return sign_in(Client(), hat)


def page(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def sent(client: Client, address: str, answers: dict[str, Any]) -> str:
    response = client.post(address, answers, follow=True)
    assert response.status_code == 200
    return response.content.decode()


# A family -------------------------------------------------------------------------------------------


def test_a_parent_asks_for_a_child_under_age() -> None:
    enrollment = enrolled()
    client = client_of(parent_of(enrollment.student))
    assert "Ask for a letter" in page(client, LETTERS)
    address = reverse("certification:ask", args=[enrollment.student_id])
    assert "Social Security Administration" in page(client, address)
    assert "The letter is asked for." in sent(client, address, {"recipient": "The county office"})
    request = LetterRequest.objects.get()
    assert (request.recipient, request.enrollment) == ("The county office", enrollment)
    text = page(client, LETTERS)
    assert request.number in text
    assert "With the school" in text


def test_a_family_without_anything_to_certify_is_told() -> None:
    enrollment = ProgramEnrollmentFactory.create()
    client = client_of(parent_of(enrollment.student))
    assert "There is nothing to certify yet" in page(client, LETTERS)
    address = reverse("certification:ask", args=[enrollment.student_id])
    assert "There is nothing to certify:" in sent(client, address, {"recipient": "The county office"})
    assert LetterRequest.objects.count() == 0


@pytest.mark.rule("R-152")
def test_a_student_of_age_agrees_and_the_parent_asks() -> None:
    student = enrolled(application__claim__birth_date=GROWN, application__claim__guardian=False).student
    own, parent = self_of(student), parent_of(student)
    guardian = Guardian.objects.get(user=parent.user)
    guardian.adult_basis, guardian.adult_basis_by, guardian.adult_basis_at = "dependent", own, NOW
    guardian.save()
    ask = reverse("certification:ask", args=[student.pk])
    mother = client_of(parent)
    assert "asks personally" in page(mother, ask)
    assert "asks personally" in sent(mother, ask, {"consent": "1"})
    agree = reverse("certification:consent", args=[student.pk])
    assert "Only the student, at 18 or over" in page(mother, agree)
    answers = {
        "parent": guardian.pk,
        "records": "Schedule",
        "purpose": "Benefit",
        "recipient": "The county office",
        "signed_name": "Robin",
    }
    assert "Only the student, at 18 or over" in sent(mother, agree, answers)
    assert LetterConsent.objects.count() == 0
    assert "Signed." in sent(client_of(own), agree, answers)
    consent = LetterConsent.objects.get()
    text = page(mother, ask)
    assert "The county office" in text
    assert f'value="{consent.pk}"' in text
    assert "The letter is asked for." in sent(mother, ask, {"consent": consent.pk})
    request = LetterRequest.objects.get()
    assert request.consent == consent
    assert "A parent asks. The student agreed" in page(
        client_of(official_of(request)), reverse("certification:issue", args=[request.pk])
    )


@pytest.mark.parametrize("missing", ["parent", "records", "purpose", "recipient", "signed_name"])
@pytest.mark.rule("R-152")
def test_a_consent_without_a_part_is_not_signed(missing: str) -> None:
    consent = LetterConsentFactory.build(parent=None, student=None, signed_by=None)
    student = enrolled(application__claim__birth_date=GROWN, application__claim__guardian=False).student
    answers = {
        "parent": "",
        "records": consent.records,
        "purpose": consent.purpose,
        "recipient": consent.recipient,
        "signed_name": consent.signed_name,
    }
    own = self_of(student)
    if missing != "parent":
        parent = parent_of(student)
        Guardian.objects.filter(user=parent.user).update(
            adult_basis="consent", adult_basis_by=own, adult_basis_at=NOW
        )
        answers["parent"] = str(Guardian.objects.get(user=parent.user).pk)
    client_of(own).post(reverse("certification:consent", args=[student.pk]), answers | {missing: ""})
    assert LetterConsent.objects.count() == 0


def test_a_family_reads_and_saves_its_letter() -> None:
    certification = issue(asked())
    client = client_of(certification.request.asked_by)
    address = reverse("certification:letter", args=[certification.request_id])
    assert f'href="{address}"' in page(client, LETTERS)
    assert "30 hours a week scheduled" in page(client, address)
    response: Any = client.get(reverse("certification:letter_pdf", args=[certification.request_id]))
    assert response.headers["Content-Disposition"] == 'inline; filename="attendance-2027-02-01.pdf"'
    assert b"".join(response.streaming_content).startswith(b"%PDF")


def test_a_letter_that_is_not_issued_is_nowhere() -> None:
    request = asked()
    client = client_of(request.asked_by)
    for name in ("letter", "letter_pdf"):
        page(client, reverse(f"certification:{name}", args=[request.pk]), status=404)


# An official ----------------------------------------------------------------------------------------


def issue_page(request: LetterRequest) -> str:
    return reverse("certification:issue", args=[request.pk])


def carried(text: str) -> str:
    """The digest that the preview sends along."""
    return text.partition('name="seen" value="')[2].partition('"')[0]


@pytest.mark.rule("R-144")
def test_an_official_looks_first_and_then_issues() -> None:
    request = asked()
    client = client_of(official_of(request))
    assert request.number in page(client, f"{LETTERS}requests/")
    text = sent(client, issue_page(request), SIGNER)
    assert "Nothing is issued yet." in text
    assert "Certification of school attendance" in text
    assert Certification.objects.count() == 0
    text = sent(client, issue_page(request), SIGNER | {"seen": carried(text)})
    assert "The letter is issued." in text
    assert Certification.objects.get().official_title == SIGNER["title"]
    assert "No letter fits." in page(client, f"{LETTERS}requests/")
    assert "Issued" in page(client, f"{LETTERS}requests/?state=issued")
    assert "was issued before" in sent(client, issue_page(request), SIGNER)


def test_facts_that_changed_since_the_preview_are_shown_anew() -> None:
    request = asked()
    client = client_of(official_of(request))
    first = carried(sent(client, issue_page(request), SIGNER))
    ScheduledCourse.objects.first().delete()
    text = sent(client, issue_page(request), SIGNER | {"seen": first})
    assert "The facts have changed since you looked." in text
    assert "25 hours a week scheduled" in text
    assert Certification.objects.count() == 0
    assert "The letter is issued." in sent(client, issue_page(request), SIGNER | {"seen": carried(text)})


@pytest.mark.rule("R-149")
def test_a_program_whose_words_name_hours_is_sent_back() -> None:
    request = asked()
    Program.objects.update(attendance_method="Seven hours a day.")
    text = sent(client_of(official_of(request)), issue_page(request), SIGNER)
    assert "Hours come from the schedule alone" in text
    assert 'name="seen"' in text
    assert carried(text) == ""


@pytest.mark.rule("R-149")
def test_combined_study_with_hours_that_others_stated() -> None:
    request = combined()
    client = client_of(official_of(request))
    assert "None are listed yet." in page(client, issue_page(request))
    hours = reverse("certification:state_hours", args=[request.pk])
    day = {"stated_on_month": TODAY.month, "stated_on_day": TODAY.day, "stated_on_year": TODAY.year}
    assert "Type the hours." in sent(client, hours, {"kind": "seated", "stated_by": "Rita", **day})
    text = sent(client, hours, {"kind": "seated", "hours": "12.25", "stated_by": "Rita Registrar", **day})
    assert "735 minutes a week, stated by Rita Registrar" in text
    row = StatedHours.objects.get()
    words = {
        "attendance": "Every day.",
        "interaction": "By video every week.",
        "basis": "yearly",
    }
    assert "Hours come from the schedule alone" in sent(
        client, issue_page(request), SIGNER | words | {"attendance": "Six hours a day."}
    )
    text = sent(client, issue_page(request), SIGNER | words)
    assert "12 hours 15 minutes a week, as stated by Rita Registrar" in text
    sent(client, reverse("certification:forget_hours", args=[row.pk]), {})
    assert StatedHours.objects.count() == 0
    text = sent(client, issue_page(request), SIGNER | words | {"seen": carried(text)})
    assert "The facts have changed since you looked." in text


def test_stated_hours_of_a_full_time_student_have_no_page() -> None:
    request = asked()
    hat = MembershipFactory.create(coordinator=True, lea=request.lea)
    page(client_of(hat), reverse("certification:state_hours", args=[request.pk]), status=404)


def test_after_the_letter_hours_are_not_taken_off() -> None:
    row = StatedHoursFactory.create()
    issue(row.request)
    text = sent(client_of(official_of(row.request)), reverse("certification:forget_hours", args=[row.pk]), {})
    assert "was issued before" in text
    assert StatedHours.objects.count() == 1


# When a student stops -------------------------------------------------------------------------------


@pytest.mark.rule("R-153")
def test_the_host_records_that_the_notice_was_sent(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2027, 3, 30, 15, tzinfo=dt.UTC), tick=False)
    task = CessationTaskFactory.create()
    CertificationFactory.create(request__enrollment=task.enrollment)
    client = client_of(MembershipFactory.create(host_staff=True, lea=task.enrollment.program.host))
    address = reverse("certification:cessation", args=[task.pk])
    assert f'href="{address}"' in page(client, f"{LETTERS}cessations/")
    assert LetterRequest.objects.get().number in page(client, address)
    early = {"sent_on_month": 3, "sent_on_day": 1, "sent_on_year": 2027}
    assert "Check the day." in sent(client, address, early)
    assert "Recorded." in sent(client, address, early | {"sent_on_day": 29})
    assert CessationTask.objects.get().sent_on == dt.date(2027, 3, 29)
    assert "Monday, March 29, 2027</time>, recorded by" in page(client, address)
