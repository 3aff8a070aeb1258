"""A letter asked for on paper: who has to sign, the scan that is kept, and who may read it (R-152)."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from enrollment.certification import actions
from enrollment.certification.models import Certification, LetterRequest, PaperConsent, Signer
from enrollment.full_time.models import ProgramEnrollment
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Document, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.certification import PaperConsentFactory
from tests.factories.full_time import ProgramEnrollmentFactory
from tests.factories.papers import PDF
from tests.sign_in import sign_in

from .kit import (
    GROWN,
    NOW,
    OFFICIAL,
    TODAY,
    YOUNG,
    asked,
    enrolled,
    issue,
    official_of,
    parent_of,
    seen,
    self_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-152")]
READER = "Social Security Administration"
FRIDAY = dt.date(2027, 1, 29)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)  # who may read a record depends on the day


def student_of(day: dt.date, **more: Any) -> ProgramEnrollment:
    """Whose family has no account with access."""
    return enrolled(application__claim__birth_date=day, application__claim__guardian=False, **more)


def host_of(enrollment: ProgramEnrollment) -> Membership:
    hat: Membership = MembershipFactory.create(host_staff=True, lea=enrollment.program.host)
    return hat


def record(enrollment: ProgramEnrollment, *, by: Membership | None = None, **changes: Any) -> LetterRequest:
    answers: dict[str, Any] = {
        "upload": ContentFile(PDF, name="signed.pdf"),
        "signer": Signer.PARENT,
        "signed_name": "Pat Parent",
        "signed_on": FRIDAY,
        "recipient": READER,
    } | changes
    return actions.record_paper(enrollment.pk, by=by or host_of(enrollment), at=NOW, **answers)


class TestRecording:
    def test_a_letter_is_issued_without_an_account(self) -> None:
        enrollment = student_of(YOUNG)
        hat = host_of(enrollment)
        request = record(enrollment, by=hat)
        paper = request.paper
        assert (paper.signer, paper.signed_name, paper.signed_on) == (Signer.PARENT, "Pat Parent", FRIDAY)
        assert (request.asked_by, request.asked_at, request.enrollment, request.lea) == (
            hat,
            NOW,
            enrollment,
            enrollment.program.host,
        )
        with paper.scan.file.open("rb") as file:
            assert file.read() == PDF
        Notice.objects.all().delete()
        assert issue(request, by=hat).request == request
        assert not Notice.objects.exists()  # nobody has an account to be told in

    def test_from_18_on_the_student_signs(self) -> None:
        enrollment = student_of(GROWN)
        with pytest.raises(actions.StudentSigns):
            record(enrollment)
        assert record(enrollment, signer=Signer.STUDENT).paper.signer == Signer.STUDENT

    def test_before_that_a_parent_does(self) -> None:
        with pytest.raises(actions.ParentSigns):
            record(student_of(YOUNG), signer=Signer.STUDENT)
        alone = student_of(YOUNG, application__is_homeless=True)
        assert record(alone, signer=Signer.STUDENT).paper.signer == Signer.STUDENT

    def test_recorded_twice_it_waits_once_and_no_second_scan_is_kept(self) -> None:
        enrollment = student_of(YOUNG)
        first = record(enrollment)
        with pytest.raises(actions.AlreadyAsked):
            record(enrollment, recipient=READER.upper())
        assert list(LetterRequest.objects.all()) == [first]
        assert Document.objects.count() == 1

    def test_a_family_that_asked_in_the_portal_needs_no_paper(self) -> None:
        request = asked(student_of(YOUNG))
        assert request.enrollment is not None
        with pytest.raises(actions.AlreadyAsked):
            record(request.enrollment)

    def test_not_signed_in_the_future(self) -> None:
        with pytest.raises(actions.SignedInTheFuture):
            record(student_of(YOUNG), signed_on=TODAY + dt.timedelta(days=1))

    def test_not_before_the_student_has_entered(self) -> None:
        admitted: ProgramEnrollment = ProgramEnrollmentFactory.create()
        with pytest.raises(actions.NothingToCertify):
            record(admitted)

    def test_only_by_the_host_and_nobody_for_an_own_child(self) -> None:
        enrollment = student_of(YOUNG)
        parent = parent_of(enrollment.student)
        hats = (
            parent,
            MembershipFactory.create(host_staff=True),
            MembershipFactory.create(coordinator=True, lea=enrollment.program.host),
            MembershipFactory.create(host_staff=True, lea=enrollment.program.host, user=parent.user),
        )
        for hat in hats:
            with pytest.raises(actions.NotYourPaper):
                record(enrollment, by=hat)
        assert not LetterRequest.objects.exists()

    def test_a_paper_is_signed(self) -> None:
        with pytest.raises(IntegrityError, match="a_consent_on_paper_is_signed"):
            PaperConsentFactory.create(signed_name="")


class TestAfterwards:
    def test_a_parent_with_an_account_is_told_of_the_letter(self) -> None:
        enrollment = student_of(YOUNG)
        parent = parent_of(enrollment.student)
        request = record(enrollment)
        issue(request)
        assert [notice.user for notice in Notice.objects.all()] == [parent.user]

    def test_of_a_student_of_age_only_the_student_is_told(self) -> None:
        enrollment = student_of(GROWN)
        own = self_of(enrollment.student)
        request = record(enrollment, signer=Signer.STUDENT)
        issue(request)
        assert [notice.user for notice in Notice.objects.all()] == [own.user]

    def test_the_host_takes_back_what_was_recorded_by_mistake(self) -> None:
        request = record(student_of(GROWN), signer=Signer.STUDENT)
        colleague = official_of(request)
        assert actions.take_back(request.pk, by=colleague, at=NOW).taken_back_by == colleague
        assert actions.ask_again(request.pk, by=colleague, at=NOW).taken_back_at is None

    def test_a_parents_paper_does_not_outlive_the_18th_birthday(self) -> None:
        enrollment = student_of(YOUNG)
        request = record(enrollment)
        actions.take_back(request.pk, by=official_of(request), at=NOW)
        enrollment.student.birth_date = GROWN
        enrollment.student.save()
        with pytest.raises(actions.ConsentMissing):
            actions.ask_again(request.pk, by=official_of(request), at=NOW)

    def test_a_parent_takes_back_what_was_signed_on_paper_and_a_stranger_does_not(self) -> None:
        enrollment = student_of(YOUNG)
        parent = parent_of(enrollment.student)
        request = record(enrollment)
        with pytest.raises(actions.NotYourRequest):
            actions.take_back(request.pk, by=MembershipFactory.create(parent=True), at=NOW)
        assert actions.take_back(request.pk, by=parent, at=NOW).taken_back_by == parent


class TestPages:
    def answers(self, **changes: Any) -> dict[str, Any]:
        return {
            "signer": "parent",
            "signed_name": "Pat Parent",
            "signed_on_month": "1",
            "signed_on_day": "29",
            "signed_on_year": "2027",
            "recipient": READER,
            "scan": SimpleUploadedFile("signed.pdf", PDF),
        } | changes

    def address(self, enrollment: ProgramEnrollment) -> str:
        return reverse("certification:record_paper", args=[enrollment.pk])

    def test_from_the_students_page_to_the_issued_letter(self) -> None:
        enrollment = student_of(YOUNG)
        client = sign_in(Client(), host_of(enrollment))
        page = client.get(reverse("full_time:enrollment", args=[enrollment.pk])).content.decode()
        assert self.address(enrollment) in page
        response = client.post(self.address(enrollment), self.answers())
        request = LetterRequest.objects.get()
        issuing = reverse("certification:issue", args=[request.pk])
        assert response["Location"] == issuing
        page = client.get(issuing).content.decode()
        assert "signed by Pat Parent (A parent or guardian) on" in page
        assert "Friday, January 29, 2027" in page
        assert reverse("certification:paper_scan", args=[request.pk]) in page
        signing = {"title": OFFICIAL.title, "phone": OFFICIAL.phone, "seen": seen(request).digest}
        text = client.post(issuing, signing, follow=True).content.decode()
        assert "hand it to who signed the paper" in text
        assert Certification.objects.get().request == request

    @pytest.mark.parametrize("missing", ["signer", "signed_name", "signed_on_year", "recipient", "scan"])
    def test_a_paper_without_a_part_is_not_recorded(self, missing: str) -> None:
        enrollment = student_of(YOUNG)
        client = sign_in(Client(), host_of(enrollment))
        assert client.post(self.address(enrollment), self.answers(**{missing: ""})).status_code == 200
        assert not LetterRequest.objects.exists()

    def test_a_forged_file_and_a_wrong_signer_are_said_and_nothing_is_kept(self) -> None:
        enrollment = student_of(YOUNG)
        client = sign_in(Client(), host_of(enrollment))
        for changes, words in (
            ({"scan": SimpleUploadedFile("signed.pdf", b"MZ not a scan")}, "PDF"),
            ({"signer": "student"}, "This student is not of age yet"),
        ):
            text = client.post(self.address(enrollment), self.answers(**changes)).content.decode()
            assert words in text
        assert (LetterRequest.objects.count(), Document.objects.count()) == (0, 0)

    def test_who_opens_the_scan(self) -> None:
        enrollment = student_of(YOUNG)
        parent = parent_of(enrollment.student)
        request = record(enrollment)
        address = reverse("certification:paper_scan", args=[request.pk])
        for hat, status in (
            (official_of(request), 200),
            (parent, 200),
            (MembershipFactory.create(parent=True), 404),
            (MembershipFactory.create(host_staff=True), 404),
            (MembershipFactory.create(coordinator=True, lea=enrollment.program.host), 403),
        ):
            response: Any = sign_in(Client(), hat).get(address)
            assert response.status_code == status
            if status == 200:
                assert response.getvalue() == PDF

    def test_a_request_without_a_paper_has_no_scan(self) -> None:
        request = asked(student_of(YOUNG))
        client = sign_in(Client(), official_of(request))
        assert client.get(reverse("certification:paper_scan", args=[request.pk])).status_code == 404

    def test_a_list_of_papers_takes_no_more_queries(self, django_assert_max_num_queries: Any) -> None:
        first = record(student_of(YOUNG))
        client = sign_in(Client(), official_of(first))
        program = ProgramEnrollment.objects.get().program
        for number in range(3):
            if number:
                record(student_of(YOUNG, application__program=program))
            with django_assert_max_num_queries(12):
                page = client.get(reverse("certification:requests")).content.decode()
            assert page.count("Signed paper") == number + 1
        assert PaperConsent.objects.count() == 3
