"""Whose a student's record is: at 18 the student's (34 CFR 99.5), before that both parents' (99.4)."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from enrollment.part_time.models import CourseLine, CourseRequest
from enrollment.part_time.notices import family_of, reviewers_of
from enrollment.records import actions
from enrollment.records.age import age_on
from enrollment.records.models import OF_AGE, AdultBasis, Claim, Guardian, Relationship, Student
from enrollment.records.tasks import end_outgrown
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.factories.accounts import MembershipFactory
from tests.factories.part_time import CourseLineFactory
from tests.factories.records import ClaimFactory, DisclosureFactory, GuardianFactory
from tests.personal_data import assert_no_personal_data
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

BORN = dt.date(2009, 3, 9)
BIRTHDAY = dt.date(2027, 3, 9)
EVE = BIRTHDAY - dt.timedelta(days=1)
NOW = dt.datetime(2027, 3, 9, 15, tzinfo=dt.UTC)


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), CENTRAL)


@pytest.fixture
def line() -> CourseLine:
    """A course that a mother asked for, for a child whom the district knows."""
    return CourseLineFactory.create(
        request__claim__confirmed=True,
        request__claim__birth_date=BORN,
        request__claim__first_name="Quillon",
        request__claim__last_name="Zephyrine",
    )


@pytest.fixture
def claim(line: CourseLine) -> Claim:
    return line.request.claim


@pytest.fixture
def student(claim: Claim) -> Student:
    assert claim.student is not None
    DisclosureFactory.create(student=claim.student)
    return claim.student


@pytest.fixture
def mother(student: Student) -> Guardian:
    return student.guardians.get()


@pytest.fixture
def clerk(student: Student) -> Membership:
    return MembershipFactory.create(data_clerk=True, organization=student.lea.organization)


def hat_of(guardian: Guardian) -> Membership:
    role = Role.ADULT_STUDENT if guardian.relationship == Relationship.SELF else Role.PARENT
    return MembershipFactory.create(role=role, user=guardian.user)


def sees(hat: Membership, *, at: dt.date | dt.datetime) -> list[int]:
    """How many students, claims, requests and disclosures this hat sees at a moment."""
    moment = at if isinstance(at, dt.datetime) else noon(at)
    with time_machine.travel(moment, tick=False):
        return [
            Student.objects.visible_to(hat).count(),
            Claim.objects.visible_to(hat).count(),
            CourseRequest.objects.visible_to(hat).count(),
            sum(student.disclosures.count() for student in Student.objects.visible_to(hat)),
        ]


EVERYTHING, NOTHING = [1, 1, 1, 1], [0, 0, 0, 0]


# The day itself -----------------------------------------------------------------------------------


@pytest.mark.rule("R-132")
class TestTheDay:
    def test_a_parents_access_stops_on_the_birthday_before_any_night_has_run(self, mother: Guardian) -> None:
        hat = hat_of(mother)
        assert sees(hat, at=EVE) == EVERYTHING
        assert sees(hat, at=BIRTHDAY) == NOTHING
        mother.refresh_from_db()
        assert mother.ended_on is None

    def test_the_day_begins_at_midnight_in_missouri(self, mother: Guardian) -> None:
        midnight = dt.datetime.combine(BIRTHDAY, dt.time(), CENTRAL)
        assert sees(hat_of(mother), at=midnight - dt.timedelta(seconds=1)) == EVERYTHING
        assert sees(hat_of(mother), at=midnight) == NOTHING

    @pytest.mark.parametrize("day", [EVE, BIRTHDAY, dt.date(2030, 1, 1)])
    def test_the_student_keeps_it(self, student: Student, day: dt.date) -> None:
        own = GuardianFactory.create(student=student, relationship=Relationship.SELF)
        assert sees(hat_of(own), at=day) == EVERYTHING

    @pytest.mark.parametrize("basis", list(AdultBasis))
    def test_a_recorded_basis_keeps_it_open(
        self, mother: Guardian, clerk: Membership, basis: AdultBasis
    ) -> None:
        actions.record_adult_basis(mother.pk, basis=basis, by=clerk, at=NOW)
        assert sees(hat_of(mother), at=BIRTHDAY) == EVERYTHING

    def test_a_basis_of_the_one_parent_is_not_the_others(
        self, mother: Guardian, student: Student, clerk: Membership
    ) -> None:
        father = GuardianFactory.create(student=student, relationship=Relationship.FATHER)
        actions.record_adult_basis(mother.pk, basis=AdultBasis.CONSENT, by=clerk, at=NOW)
        assert sees(hat_of(father), at=EVE) == EVERYTHING
        assert sees(hat_of(father), at=BIRTHDAY) == NOTHING

    def test_a_basis_that_is_taken_back_ends_it(self, mother: Guardian, clerk: Membership) -> None:
        for basis in (AdultBasis.CONSENT, ""):
            actions.record_adult_basis(mother.pk, basis=basis, by=clerk, at=NOW)
        assert sees(hat_of(mother), at=BIRTHDAY) == NOTHING

    def test_who_is_born_on_the_29th_of_february_comes_of_age_on_the_first_of_march(
        self, student: Student, mother: Guardian
    ) -> None:
        Student.objects.filter(pk=student.pk).update(birth_date=dt.date(2008, 2, 29))
        assert sees(hat_of(mother), at=dt.date(2026, 2, 28)) == EVERYTHING
        assert sees(hat_of(mother), at=dt.date(2026, 3, 1)) == NOTHING

    @pytest.mark.parametrize("born", [dt.date(2008, 2, 28), dt.date(2008, 2, 29), dt.date(2008, 3, 1), BORN])
    def test_the_database_and_python_count_the_same_years(self, student: Student, born: dt.date) -> None:
        Student.objects.filter(pk=student.pk).update(birth_date=born)
        first = dt.date(2026, 2, 26)
        for number in range(5):
            day = first + dt.timedelta(days=number)
            is_open = Guardian.objects.with_access(on=day).exists()
            assert is_open == (age_on(born, day) < 18), day

    def test_the_state_sets_the_age_and_a_gap_opens_nothing(self, mother: Guardian) -> None:
        LegalValue.objects.filter(key=LegalKey.ADULT_AGE).update(number=19)
        assert sees(hat_of(mother), at=BIRTHDAY) == EVERYTHING
        LegalValue.objects.filter(key=LegalKey.ADULT_AGE).delete()
        assert sees(hat_of(mother), at=EVE) == NOTHING

    def test_what_a_parent_typed_and_nobody_confirmed_goes_too(self) -> None:
        for extra in ({"unsent": True}, {}):
            claim = ClaimFactory.create(birth_date=BORN, **extra)
            hat = MembershipFactory.create(parent=True, user=claim.claimant)
            assert sees(hat, at=EVE)[1] == 1
            assert sees(hat, at=BIRTHDAY)[1] == 0
        own = ClaimFactory.create(birth_date=BORN, relationship=Relationship.SELF)
        assert sees(MembershipFactory.create(adult_student=True, user=own.claimant), at=BIRTHDAY)[1] == 1

    def test_the_pages_answer_404_on_the_day(
        self, client: Client, line: CourseLine, mother: Guardian
    ) -> None:
        addresses = [
            reverse("part_time:status", args=[line.request_id]),
            reverse("part_time:receipt", args=[line.request_id]),
            reverse("records:disclosures", args=[mother.student_id]),
        ]
        hat = hat_of(mother)
        for day, status in ((EVE, 200), (BIRTHDAY, 404)):
            with time_machine.travel(noon(day), tick=False):
                sign_in(client, hat)
                assert [client.get(address).status_code for address in addresses] == [status] * 3
        for day, is_told in ((EVE, True), (BIRTHDAY, False)):
            with time_machine.travel(noon(day), tick=False):
                pages = [
                    client.get(reverse(name)) for name in ("home", "records:children", "part_time:requests")
                ]
            assert ["Zephyrine" in page.content.decode() for page in pages] == [is_told] * 3

    def test_mails_go_to_who_may_read_the_request(self, line: CourseLine, mother: Guardian) -> None:
        own = GuardianFactory.create(student=mother.student, relationship=Relationship.SELF)
        for day, people in ((EVE, [mother.user, own.user]), (BIRTHDAY, [own.user])):
            with time_machine.travel(noon(day), tick=False):
                assert set(family_of(line.request)) == set(people)


# Asking for somebody of age -----------------------------------------------------------------------


def tell_of(by: Membership, claim: Claim, **changes: Any) -> Claim:
    answers: dict[str, Any] = {
        "relationship": Relationship.MOTHER,
        "first_name": claim.first_name,
        "last_name": claim.last_name,
        "birth_date": claim.birth_date,
        "grade": 12,
        "school": claim.school,
        "at": NOW,
    }
    return actions.add_claim(by=by, **(answers | changes))


@pytest.mark.rule("R-132")
class TestAsking:
    def test_a_parent_does_not_ask_for_a_student_of_age(self, claim: Claim) -> None:
        stranger = MembershipFactory.create(parent=True)
        with pytest.raises(actions.GrownUp):
            tell_of(stranger, claim)
        with pytest.raises(actions.GrownUp):
            tell_of(stranger, claim, relationship=Relationship.SELF)
        assert tell_of(stranger, claim, at=noon(EVE)).claimant == stranger.user

    @pytest.mark.parametrize("role", [Role.ADULT_STUDENT, Role.STUDENT_ON_OWN])
    def test_the_student_does(self, claim: Claim, role: Role) -> None:
        hat = MembershipFactory.create(**{role: True})
        assert tell_of(hat, claim).relationship == Relationship.SELF

    def test_a_parent_with_a_basis_does_and_sees_it(
        self, claim: Claim, mother: Guardian, clerk: Membership
    ) -> None:
        actions.record_adult_basis(mother.pk, basis=AdultBasis.DEPENDENT, by=clerk, at=NOW)
        hat = hat_of(mother)
        other_school = ClaimFactory.create().school
        new = tell_of(hat, claim, school=other_school, first_name="quillon")
        with time_machine.travel(NOW, tick=False):
            assert set(Claim.objects.visible_to(hat)) == {claim, new}

    def test_the_form_says_it(self, client: Client, claim: Claim) -> None:
        hat = MembershipFactory.create(parent=True)
        with time_machine.travel(NOW, tick=False):
            page = reverse("part_time:child", args=[claim.school_id])
            terms = sign_in(client, hat).get(page).context["form"].fields["term_id"].choices
            response = client.post(
                page,
                {
                    "first_name": "Quillon",
                    "last_name": "Zephyrine",
                    "birth_date_month": "3",
                    "birth_date_day": "9",
                    "birth_date_year": "2009",
                    "grade": "12",
                    "relationship": "mother",
                    "enrollment": "public",
                    "missouri_resident": "yes",
                    "term_id": str(next(iter(terms))[0]),
                },
            )
        assert response.status_code == 200
        assert response.context["form"].non_field_errors() == [str(actions.GrownUp.sentence)]


# The night ----------------------------------------------------------------------------------------


@pytest.mark.rule("R-132")
class TestTheNight:
    def test_it_ends_rights_once_and_tells_both_without_a_name(
        self, mother: Guardian, student: Student
    ) -> None:
        own = GuardianFactory.create(student=student, relationship=Relationship.SELF)
        with time_machine.travel(NOW, tick=False):
            assert [end_outgrown(), end_outgrown()] == [1, 0]
        mother.refresh_from_db()
        assert (mother.ended_on, mother.end_basis, mother.ended_by) == (BIRTHDAY, OF_AGE, None)
        own.refresh_from_db()
        assert own.ended_on is None
        notices = Notice.objects.order_by("key")
        assert [(notice.key, notice.user) for notice in notices] == [
            (f"of-age:{mother.pk}:{mother.user_id}", mother.user),
            (f"own-rights:{student.pk}:{own.user_id}", own.user),
        ]
        for notice in notices:
            assert_no_personal_data(notice.subject, notice.body, about=student)

    def test_a_night_that_was_missed_is_made_up_for(self, mother: Guardian) -> None:
        assert end_outgrown(EVE.isoformat()) == 0
        assert end_outgrown("2027-03-12") == 1
        mother.refresh_from_db()
        assert mother.ended_on == dt.date(2027, 3, 12)

    def test_both_parents_and_the_student_is_told_once(self, mother: Guardian, student: Student) -> None:
        GuardianFactory.create(student=student, relationship=Relationship.FATHER)
        GuardianFactory.create(student=student, relationship=Relationship.SELF)
        assert end_outgrown(BIRTHDAY.isoformat()) == 2
        assert Notice.objects.filter(key__startswith="own-rights").count() == 1

    def test_not_with_a_basis(self, mother: Guardian, clerk: Membership) -> None:
        actions.record_adult_basis(mother.pk, basis=AdultBasis.CONSENT, by=clerk, at=NOW)
        assert end_outgrown(BIRTHDAY.isoformat()) == 0
        assert not Notice.objects.exists()

    def test_a_basis_that_is_recorded_while_the_task_runs_counts(
        self, mother: Guardian, clerk: Membership
    ) -> None:
        actions.record_adult_basis(mother.pk, basis=AdultBasis.CONSENT, by=clerk, at=NOW)
        assert actions.end_outgrown(mother.pk, on=BIRTHDAY, at=NOW) is False

    def test_rights_come_back_with_a_basis_and_the_ended_ones_stay(
        self, mother: Guardian, clerk: Membership
    ) -> None:
        end_outgrown(BIRTHDAY.isoformat())
        actions.record_adult_basis(mother.pk, basis=AdultBasis.CONSENT, by=clerk, at=NOW)
        with pytest.raises(actions.GuardianshipEnded):  # this row stays ended; the new one is another
            actions.record_adult_basis(mother.pk, basis=AdultBasis.CONSENT, by=clerk, at=NOW)
        rows = Guardian.objects.filter(user=mother.user).order_by("pk")
        assert list(rows.values_list("ended_on", "adult_basis", "started_on")) == [
            (BIRTHDAY, "", mother.started_on),
            (None, AdultBasis.CONSENT, BIRTHDAY),
        ]
        assert sees(hat_of(mother), at=BIRTHDAY) == EVERYTHING
        assert end_outgrown(BIRTHDAY.isoformat()) == 0


# The district says who ------------------------------------------------------------------------------


class TestRecordingABasis:
    @pytest.mark.rule("R-132")
    def test_who_recorded_it_and_when(self, mother: Guardian, clerk: Membership) -> None:
        guardian = actions.record_adult_basis(mother.pk, basis=AdultBasis.CONSENT, by=clerk, at=NOW)
        assert guardian == mother
        assert (guardian.adult_basis_by, guardian.adult_basis_at) == (clerk, NOW)

    def test_the_database_refuses_a_basis_without_who(self, mother: Guardian) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Guardian.objects.filter(pk=mother.pk).update(adult_basis=AdultBasis.CONSENT)

    def test_the_student_needs_none(self, student: Student, clerk: Membership) -> None:
        own = GuardianFactory.create(student=student, relationship=Relationship.SELF)
        with pytest.raises(actions.NotAParent):
            actions.record_adult_basis(own.pk, basis=AdultBasis.CONSENT, by=clerk, at=NOW)

    @pytest.mark.rule("R-133")
    def test_what_a_court_has_ended_does_not_come_back(self, mother: Guardian, clerk: Membership) -> None:
        actions.end_guardianship(mother.pk, reason="A court document is on file: drawer 7", by=clerk, at=NOW)
        with pytest.raises(actions.GuardianshipEnded):
            actions.record_adult_basis(mother.pk, basis=AdultBasis.CONSENT, by=clerk, at=NOW)

    @pytest.mark.rule("R-134")
    def test_neither_by_another_district_nor_by_the_family_itself(
        self, mother: Guardian, clerk: Membership
    ) -> None:
        stranger = MembershipFactory.create(data_clerk=True)
        GuardianFactory.create(student=mother.student, user=clerk.user, relationship=Relationship.FATHER)
        for by, refusal in ((stranger, actions.WrongLea), (clerk, actions.OwnChild)):
            with pytest.raises(refusal):
                actions.record_adult_basis(mother.pk, basis=AdultBasis.CONSENT, by=by, at=NOW)
            with pytest.raises(refusal):
                actions.end_guardianship(mother.pk, reason="Court", by=by, at=NOW)


@pytest.mark.rule("R-133")
class TestACourtDocument:
    def test_access_ends_at_once_and_only_for_this_parent(
        self, mother: Guardian, student: Student, clerk: Membership
    ) -> None:
        father = GuardianFactory.create(student=student, relationship=Relationship.FATHER)
        assert sees(hat_of(father), at=EVE) == sees(hat_of(mother), at=EVE) == EVERYTHING
        actions.end_guardianship(
            mother.pk, reason="A court document is on file: drawer 7", by=clerk, at=noon(EVE)
        )
        mother.refresh_from_db()
        assert (mother.ended_on, mother.ended_by) == (EVE, clerk)
        assert sees(hat_of(mother), at=EVE) == NOTHING
        assert sees(hat_of(father), at=EVE) == EVERYTHING

    def test_it_is_told_once_without_a_name(self, mother: Guardian, clerk: Membership) -> None:
        actions.end_guardianship(mother.pk, reason="Court", by=clerk, at=NOW)
        with pytest.raises(actions.GuardianshipEnded):
            actions.end_guardianship(mother.pk, reason="Court", by=clerk, at=NOW)
        notice = Notice.objects.get()
        assert notice.user == mother.user
        assert_no_personal_data(notice.subject, notice.body, about=mother.student)


# The pages ----------------------------------------------------------------------------------------


class TestThePages:
    def send(self, clerk: Membership, name: str, guardian: Guardian, **data: str) -> Any:
        client = sign_in(Client(), clerk)
        return client.post(reverse(f"records:{name}", args=[guardian.student_id, guardian.pk]), data)

    @pytest.mark.rule("R-132")
    @pytest.mark.parametrize(("answer", "basis"), [("consent", "consent"), ("none", "")])
    def test_recording_a_basis(self, mother: Guardian, clerk: Membership, answer: str, basis: str) -> None:
        response = self.send(clerk, "adult_basis", mother, basis=answer)
        assert response.headers["Location"] == reverse("records:student", args=[mother.student_id])
        mother.refresh_from_db()
        assert (mother.adult_basis, mother.adult_basis_by) == (basis, clerk)

    @pytest.mark.rule("R-133")
    def test_ending_needs_a_document_that_can_be_found(self, mother: Guardian, clerk: Membership) -> None:
        response = self.send(clerk, "end_guardianship", mother, why="court", where="")
        assert response.context["form"].errors == {
            "where": ["Say which document it is and where it is kept, or what was the mistake."]
        }
        self.send(clerk, "end_guardianship", mother, why="court", where="Order of March 2, in the file")
        mother.refresh_from_db()
        assert mother.end_basis == "A court document is on file: Order of March 2, in the file"
        text = (
            sign_in(Client(), clerk)
            .get(reverse("records:student", args=[mother.student_id]))
            .content.decode()
        )
        assert mother.end_basis in text
        assert reverse("records:end_guardianship", args=[mother.student_id, mother.pk]) not in text

    @pytest.mark.rule("R-133")
    def test_giving_back_shows_who_ended_it_and_needs_a_reason(
        self, mother: Guardian, clerk: Membership
    ) -> None:
        actions.end_guardianship(mother.pk, reason="A court document is on file: drawer 7", by=clerk, at=NOW)
        address = reverse("records:give_back", args=[mother.student_id, mother.pk])
        client, student_page = sign_in(Client(), clerk), reverse("records:student", args=[mother.student_id])
        assert address in client.get(student_page).content.decode()
        page = client.get(address).content.decode()
        assert "A court document is on file: drawer 7. By " + clerk.user.name in page
        response = self.send(clerk, "give_back", mother, reason="")
        assert list(response.context["form"].errors) == ["reason"]
        assert not Guardian.objects.active().exists()
        self.send(clerk, "give_back", mother, reason="A later order, drawer 9")
        given = Guardian.objects.active().get()
        assert (given.user, given.given_back_because, given.given_back_by) == (
            mother.user,
            "A later order, drawer 9",
            clerk,
        )
        assert sees(hat_of(given), at=EVE) == EVERYTHING
        assert address not in client.get(student_page).content.decode()
        again = client.get(address, follow=True).content.decode()
        assert escape(str(actions.NothingToGiveBack.sentence)) in again
        with pytest.raises(actions.NothingToGiveBack):
            actions.give_back(mother.pk, reason="Twice.", by=clerk, at=NOW)

    @pytest.mark.rule("R-134")
    def test_nobody_gives_back_in_another_district_or_for_a_child_of_their_own(
        self, mother: Guardian, clerk: Membership
    ) -> None:
        actions.end_guardianship(mother.pk, reason="Court", by=clerk, at=NOW)
        stranger = MembershipFactory.create(data_clerk=True)
        GuardianFactory.create(student=mother.student, user=clerk.user, relationship=Relationship.FATHER)
        for by, refusal in ((stranger, actions.WrongLea), (clerk, actions.OwnChild)):
            with pytest.raises(refusal):
                actions.give_back(mother.pk, reason="Mine.", by=by, at=NOW)
        assert self.send(stranger, "give_back", mother, reason="Mine.").status_code == 404

    def test_ending_twice_says_so(self, mother: Guardian, clerk: Membership) -> None:
        for _twice in range(2):
            response = self.send(clerk, "end_guardianship", mother, why="mistake", where="A namesake")
        assert response.context["form"].non_field_errors() == [str(actions.GuardianshipEnded.sentence)]

    def test_the_students_own_access_has_no_basis_page(self, student: Student, clerk: Membership) -> None:
        own = GuardianFactory.create(student=student, relationship=Relationship.SELF)
        assert self.send(clerk, "adult_basis", own, basis="consent").status_code == 404

    @pytest.mark.rule("R-134")
    def test_a_guardian_of_another_student_is_not_there(self, mother: Guardian, clerk: Membership) -> None:
        other = GuardianFactory.create()
        address = reverse("records:adult_basis", args=[mother.student_id, other.pk])
        assert sign_in(Client(), clerk).get(address).status_code == 404

    def test_the_special_education_team_reads_and_changes_nothing(
        self, mother: Guardian, student: Student, clerk: Membership
    ) -> None:
        hat = MembershipFactory.create(special_education=True, organization=student.lea.organization)
        page = reverse("records:student", args=[student.pk])
        shown = [sign_in(Client(), who).get(page).content.decode() for who in (clerk, hat)]
        assert ["End the access" in text for text in shown] == [True, False]


@pytest.mark.rule("R-134", "R-132")
def test_a_parent_whose_access_has_ended_is_still_no_reviewer_of_the_child(
    line: CourseLine, mother: Guardian, clerk: Membership
) -> None:
    """A mother who works for the district is told of no request for her own child, of age or not."""
    colleague = MembershipFactory.create(counselor=True, organization=line.request.lea.organization)
    MembershipFactory.create(counselor=True, organization=line.request.lea.organization, user=mother.user)
    actions.end_guardianship(mother.pk, reason="Court", by=clerk, at=NOW)
    reviewers = reviewers_of(line.request, on=BIRTHDAY)
    assert set(reviewers) == {colleague.user, line.request.claim.judged_by.user}  # and not the mother
