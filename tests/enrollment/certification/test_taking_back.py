"""A request is taken back while it waits, and given again; a student of age withdraws a consent (R-152)."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from enrollment.certification import actions
from enrollment.certification.models import Certification, LetterConsent, LetterRequest
from enrollment.records.models import Guardian, Student
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.home import waiting
from tests.factories.accounts import MembershipFactory
from tests.factories.certification import LetterRequestFactory
from tests.personal_data import assert_no_personal_data
from tests.sign_in import sign_in

from .kit import GROWN, NOW, OFFICIAL, TODAY, asked, enrolled, issue, official_of, parent_of, seen, self_of

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)
READER = "The county office"


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)  # who may read a record depends on the day


def grown() -> Student:
    student: Student = enrolled(
        application__claim__birth_date=GROWN, application__claim__guardian=False
    ).student
    return student


def with_basis(student: Student) -> Membership:
    """A parent who may read the record of a student of age."""
    parent = parent_of(student)
    recorder = MembershipFactory.create(coordinator=True, lea=student.lea)
    Guardian.objects.filter(user=parent.user).update(
        adult_basis="dependent", adult_basis_by=recorder, adult_basis_at=NOW
    )
    return parent


def agreed(student: Student, own: Membership, parent: Membership) -> LetterConsent:
    guardian = Guardian.objects.get(user=parent.user, student=student)
    return actions.give_consent(
        student.pk,
        by=own,
        at=NOW,
        parent_id=guardian.pk,
        records="Schedule",
        purpose="Benefit",
        recipient=READER,
        signed_name="Robin",
    )


def under_consent() -> tuple[LetterRequest, Membership, Membership]:
    """A request of a parent of a student of age; the student's hat, and the parent's."""
    student = grown()
    own, parent = self_of(student), with_basis(student)
    consent = agreed(student, own, parent)
    request = actions.ask(student.pk, by=parent, at=NOW, recipient="", consent_id=consent.pk)
    Notice.objects.all().delete()
    return request, own, parent


def mails(user: Any) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("subject", flat=True))


class TestTakingBack:
    def test_nobody_issues_it_any_more_and_its_officials_are_told(self) -> None:
        request = asked()
        host, family = official_of(request), request.asked_by
        row = actions.take_back(request.pk, by=family, at=NOW)
        assert (row.taken_back_at, row.taken_back_by) == (NOW, family)
        assert mails(host.user) == [f"Attendance letter {request.number} is not asked for any more"]
        for notice in Notice.objects.all():
            assert_no_personal_data(notice.subject, notice.body, about=request.student)
        with pytest.raises(actions.TakenBack):
            issue(request, by=host)
        assert not Certification.objects.exists()
        assert list(LetterRequest.objects.waiting()) == []

    def test_twice_is_once(self) -> None:
        request = asked()
        host = official_of(request)
        for at in (NOW, LATER):
            actions.take_back(request.pk, by=request.asked_by, at=at)
        request.refresh_from_db()
        assert request.taken_back_at == NOW
        assert len(mails(host.user)) == 1

    def test_what_is_issued_stays(self) -> None:
        request = asked()
        issue(request)
        with pytest.raises(actions.LetterIsIssued):
            actions.take_back(request.pk, by=request.asked_by, at=LATER)
        request.refresh_from_db()
        assert request.taken_back_at is None

    def test_given_again_it_waits_again_once(self) -> None:
        request = asked()
        host = official_of(request)
        actions.take_back(request.pk, by=request.asked_by, at=NOW)
        for _click in range(2):
            row = actions.ask_again(request.pk, by=request.asked_by, at=LATER)
            assert (row.taken_back_at, row.taken_back_by) == (None, None)
        assert mails(host.user)[1:] == [f"Attendance letter {request.number} is asked for again"]
        assert issue(request, by=host).request == request

    def test_taken_back_and_given_again_twice_everybody_hears_each_time(self) -> None:
        request = asked()
        host = official_of(request)
        for hours in (0, 2):
            actions.take_back(request.pk, by=request.asked_by, at=NOW + dt.timedelta(hours=hours))
            actions.ask_again(request.pk, by=request.asked_by, at=NOW + dt.timedelta(hours=hours + 1))
        assert len(mails(host.user)) == 4

    def test_a_new_request_may_stand_in_its_place_and_then_the_old_one_stays_back(self) -> None:
        request = asked()
        family = request.asked_by
        actions.take_back(request.pk, by=family, at=NOW)
        newer = actions.ask(request.student_id, by=family, at=NOW, recipient=request.recipient)
        assert newer != request
        with pytest.raises(actions.AlreadyAsked):
            actions.ask_again(request.pk, by=family, at=LATER)

    def test_strangers_other_parents_and_officials_leave_it_alone(self) -> None:
        request = asked()
        hats = (
            MembershipFactory.create(parent=True),
            parent_of(request.student),
            official_of(request),
            MembershipFactory.create(dese_admin=True),
        )
        for hat in hats:
            with pytest.raises(actions.NotYourRequest):
                actions.take_back(request.pk, by=hat, at=NOW)
            with pytest.raises(actions.NotYourRequest):
                actions.ask_again(request.pk, by=hat, at=NOW)

    @pytest.mark.rule("R-152")
    def test_a_student_takes_back_what_a_parent_asked(self) -> None:
        request, own, _parent = under_consent()
        assert actions.take_back(request.pk, by=own, at=LATER).taken_back_by == own

    @pytest.mark.rule("R-152")
    def test_a_parent_gives_it_again_under_the_same_consent(self) -> None:
        request, _own, parent = under_consent()
        actions.take_back(request.pk, by=parent, at=NOW)
        assert actions.ask_again(request.pk, by=parent, at=LATER).consent == request.consent

    @pytest.mark.rule("R-152")
    def test_a_parent_whose_child_is_of_age_now_gives_nothing_again_without_consent(self) -> None:
        student = grown()
        parent = with_basis(student)
        request = LetterRequestFactory.create(
            enrollment=student.program_enrollments.get(),
            asked_by=parent,
            taken_back_at=NOW,
            taken_back_by=parent,
        )
        with pytest.raises(actions.ConsentMissing):
            actions.ask_again(request.pk, by=parent, at=LATER)

    def test_a_row_says_when_and_by_whom(self) -> None:
        with pytest.raises(IntegrityError, match="a_letter_taken_back_says_when_and_by_whom"):
            LetterRequestFactory.create(taken_back_at=NOW)


@pytest.mark.rule("R-152")
class TestWithdrawingAConsent:
    def test_nobody_asks_under_it_from_then_on(self) -> None:
        student = grown()
        own, parent = self_of(student), with_basis(student)
        consent = agreed(student, own, parent)
        withdrawn = actions.withdraw_consent(consent.pk, by=own, at=LATER)
        assert (withdrawn.withdrawn_at, withdrawn.withdrawn_by) == (LATER, own)
        assert mails(parent.user)[-1] == "A consent to an attendance letter was withdrawn"
        with pytest.raises(actions.ConsentMissing):
            actions.ask(student.pk, by=parent, at=LATER, recipient="", consent_id=consent.pk)

    def test_what_was_asked_under_it_is_taken_back_and_not_given_again(self) -> None:
        request, own, parent = under_consent()
        assert request.consent is not None
        host = official_of(request)
        actions.withdraw_consent(request.consent.pk, by=own, at=LATER)
        assert mails(host.user) == [f"Attendance letter {request.number} is not asked for any more"]
        with pytest.raises(actions.TakenBack):
            issue(request, by=host)
        with pytest.raises(actions.ConsentMissing):
            actions.ask_again(request.pk, by=parent, at=LATER)
        assert actions.ask_again(request.pk, by=own, at=LATER).taken_back_at is None  # the student asks now

    def test_twice_is_once(self) -> None:
        request, own, parent = under_consent()
        assert request.consent is not None
        for at in (NOW, LATER):
            actions.withdraw_consent(request.consent.pk, by=own, at=at)
        request.consent.refresh_from_db()
        assert request.consent.withdrawn_at == NOW
        assert len(mails(parent.user)) == 1

    def test_a_letter_that_is_issued_stays(self) -> None:
        request, own, _parent = under_consent()
        assert request.consent is not None
        issue(request)
        with pytest.raises(actions.LetterIsIssued):
            actions.withdraw_consent(request.consent.pk, by=own, at=LATER)
        assert list(LetterConsent.objects.standing()) == []

    def test_only_the_student_withdraws(self) -> None:
        request, _own, parent = under_consent()
        assert request.consent is not None
        for hat in (parent, official_of(request), MembershipFactory.create(adult_student=True)):
            with pytest.raises(actions.OnlyTheStudentAgrees):
                actions.withdraw_consent(request.consent.pk, by=hat, at=LATER)

    def test_a_row_says_when_and_by_whom(self) -> None:
        request, _own, _parent = under_consent()
        with pytest.raises(IntegrityError, match="a_withdrawn_consent_says_when_and_by_whom"):
            LetterConsent.objects.filter(request=request).update(withdrawn_at=NOW)


class TestPages:
    def client(self, hat: Membership) -> Client:
        return sign_in(Client(), hat)

    def letters(self, hat: Membership) -> str:
        return self.client(hat).get(reverse("certification:letters")).content.decode()

    def test_a_family_takes_back_and_asks_again(self) -> None:
        request = asked()
        client = self.client(request.asked_by)
        address = reverse("certification:take_back", args=[request.pk])
        again = reverse("certification:ask_again", args=[request.pk])
        assert address in self.letters(request.asked_by)
        assert f"Take back letter {request.number}?" in client.get(address).content.decode()
        request.refresh_from_db()
        assert request.taken_back_at is None  # looking changes nothing
        for _click in range(2):
            assert client.post(address)["Location"] == reverse("certification:letters")
        text = self.letters(request.asked_by)
        assert "Taken back" in text
        assert again in text
        assert client.get(again).status_code == 405
        for _click in range(2):
            assert client.post(again)["Location"] == reverse("certification:letters")
        request.refresh_from_db()
        assert request.taken_back_at is None

    def test_the_other_parent_finds_no_way_to_take_it_back(self) -> None:
        request = asked()
        other = parent_of(request.student)
        address = reverse("certification:take_back", args=[request.pk])
        assert request.number in self.letters(other)
        assert address not in self.letters(other)
        assert self.client(other).get(address).status_code == 404
        assert self.client(other).post(address).status_code == 404

    def test_for_the_official_it_waits_no_more_and_stands_among_those_taken_back(self) -> None:
        request = asked()
        host = official_of(request)
        digest = seen(request).digest
        actions.take_back(request.pk, by=request.asked_by, at=NOW)
        client = self.client(host)
        requests = reverse("certification:requests")
        assert request.number not in client.get(requests).content.decode()
        assert request.number in client.get(requests, {"state": "taken_back"}).content.decode()
        assert "Attendance letters to issue" not in {
            str(block.title) for block in waiting.blocks(host, today=TODAY)
        }
        address = reverse("certification:issue", args=[request.pk])
        assert client.get(address)["Location"] == requests
        answers = {"title": OFFICIAL.title, "phone": OFFICIAL.phone, "seen": digest}
        assert client.post(address, answers)["Location"] == requests
        assert not Certification.objects.exists()

    def test_the_student_sees_what_it_agreed_to_and_withdraws_it(self) -> None:
        request, own, parent = under_consent()
        assert request.consent is not None
        address = reverse("certification:withdraw_consent", args=[request.consent.pk])
        assert address in self.letters(own)
        assert address not in self.letters(parent)
        client = self.client(own)
        assert "Withdraw your consent?" in client.get(address).content.decode()
        for _click in range(2):
            assert client.post(address)["Location"] == reverse("certification:letters")
        assert address not in self.letters(own)
        request.refresh_from_db()
        assert request.taken_back_at == NOW

    def test_a_parent_who_finds_the_address_withdraws_nothing(self) -> None:
        request, _own, parent = under_consent()
        assert request.consent is not None
        address = reverse("certification:withdraw_consent", args=[request.consent.pk])
        text = self.client(parent).post(address, follow=True).content.decode()
        assert "Only the student, at 18 or over" in text
        assert LetterConsent.objects.get().withdrawn_at is None
