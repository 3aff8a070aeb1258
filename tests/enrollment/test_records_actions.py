"""A child's identity: claims, second guardians, the same child entered twice, merges."""

import datetime as dt
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from enrollment.records import actions
from enrollment.records.matching import candidates
from enrollment.records.models import (
    IS_GUARDIAN_OF_KEPT,
    OF_AGE,
    Claim,
    ClaimState,
    Guardian,
    Relationship,
    Student,
)
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.directory import LeaFactory, SchoolFactory
from tests.factories.records import ClaimFactory, DisclosureFactory, GuardianFactory, StudentFactory

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 3, 15, tzinfo=dt.UTC)


def clerk_of(claim_or_student: Claim | Student) -> Membership:
    return MembershipFactory.create(counselor=True, organization=claim_or_student.school.lea.organization)


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "relationship": Relationship.MOTHER,
        "first_name": "Robin",
        "last_name": "Reyes",
        "birth_date": dt.date(2011, 3, 9),
        "grade": 10,
        "at": AT,
    } | changes


class TestClaim:
    def test_what_a_family_typed_is_one_row_however_often_it_is_sent(self) -> None:
        parent, school = MembershipFactory.create(), SchoolFactory.create()
        first = actions.add_claim(by=parent, school=school, **typed())
        again = actions.add_claim(by=parent, school=school, **typed(first_name=" Robin "))
        assert first == again
        assert Claim.objects.get() == first

    def test_what_is_typed_later_counts(self) -> None:
        """Grade and school change with the years; who somebody is to the child counts as it was sent."""
        parent, school = MembershipFactory.create(), SchoolFactory.create()
        actions.add_claim(by=parent, school=school, **typed(grade=9))
        mother = {"relationship": Relationship.MOTHER}
        claim = actions.add_claim(by=parent, school=school, **typed(grade=10, **mother))
        assert (claim.grade, claim.relationship) == (10, "mother")
        actions.send_claim(claim)
        father = {"relationship": Relationship.FATHER, "enrollment": "home"}
        actions.add_claim(by=parent, school=school, **typed(grade=11, **father))
        claim = Claim.objects.get()
        assert (claim.grade, claim.enrollment, claim.relationship) == (11, "home", "mother")

    def test_a_student_always_claims_for_themselves(self) -> None:
        student = MembershipFactory.create(adult_student=True)
        claim = actions.add_claim(by=student, school=SchoolFactory.create(), **typed())
        assert claim.relationship == Relationship.SELF

    def test_two_parents_who_enter_the_same_child_have_a_claim_each_and_see_only_their_own(self) -> None:
        mother, father, school = (
            MembershipFactory.create(),
            MembershipFactory.create(),
            SchoolFactory.create(),
        )
        hers = actions.add_claim(by=mother, school=school, **typed())
        his = actions.add_claim(by=father, school=school, **typed(relationship=Relationship.FATHER))
        assert list(Claim.objects.visible_to(mother)) == [hers]
        assert list(Claim.objects.visible_to(father)) == [his]


class TestConfirm:
    def test_a_new_student_takes_what_was_typed(self) -> None:
        claim = ClaimFactory.create()
        clerk = clerk_of(claim)
        actions.confirm_claim(claim.pk, by=clerk, at=AT, mosis_id="7123456789")
        student = Student.objects.get()
        assert (student.mosis_id, student.first_name, student.last_name) == (
            "7123456789",
            claim.first_name,
            claim.last_name,
        )
        assert (student.birth_date, student.grade, student.school, student.lea) == (
            claim.birth_date,
            claim.grade,
            claim.school,
            claim.school.lea,
        )
        guardian = Guardian.objects.get()
        assert (guardian.user, guardian.student, guardian.relationship) == (
            claim.claimant,
            student,
            claim.relationship,
        )
        claim.refresh_from_db()
        assert (claim.state, claim.student, claim.judged_by) == (ClaimState.CONFIRMED, student, clerk)

    @pytest.mark.rule("R-133")
    def test_a_second_guardian_is_linked_to_the_same_student_and_both_see_both_claims(self) -> None:
        hers = ClaimFactory.create(confirmed=True)
        his = ClaimFactory.create(school=hers.school, relationship=Relationship.FATHER)
        actions.confirm_claim(his.pk, by=clerk_of(hers), at=AT, student_id=hers.student_id)
        assert Student.objects.count() == 1
        for parent in (hers.claimant, his.claimant):
            hat = MembershipFactory.create(user=parent)
            assert set(Claim.objects.visible_to(hat)) == {hers, his}
            assert list(Student.objects.visible_to(hat)) == [hers.student]

    @pytest.mark.rule("R-133")
    @pytest.mark.parametrize("why", [OF_AGE, IS_GUARDIAN_OF_KEPT])
    def test_rights_that_nobody_took_away_come_with_a_new_claim(self, why: str) -> None:
        former = GuardianFactory.create(ended_on=AT.date(), end_basis=why)
        claim = ClaimFactory.create(school=former.student.school, claimant=former.user)
        actions.confirm_claim(claim.pk, by=clerk_of(claim), at=AT, student_id=former.student_id)
        given = Guardian.objects.active().get()
        assert (given.user, given.given_back_because, given.given_back_by) == (former.user, "", None)

    @pytest.mark.rule("R-133")
    def test_what_was_taken_away_and_given_back_is_not_asked_again(self) -> None:
        former = GuardianFactory.create(ended_on=AT.date(), end_basis="A court document is on file: drawer 2")
        answers: dict[str, Any] = {"by": clerk_of(former.student), "at": AT, "student_id": former.student_id}
        first, second = (
            ClaimFactory.create(school=former.student.school, claimant=former.user) for _time in range(2)
        )
        with pytest.raises(actions.AccessWasEnded):
            actions.confirm_claim(first.pk, **answers)
        actions.confirm_claim(first.pk, **answers, give_back="A later order, drawer 3")
        actions.confirm_claim(second.pk, **answers)
        assert Guardian.objects.active().count() == 1

    def test_a_claim_is_judged_once(self) -> None:
        claim = ClaimFactory.create()
        clerk = clerk_of(claim)
        actions.confirm_claim(claim.pk, by=clerk, at=AT)
        with pytest.raises(actions.AlreadyJudged):
            actions.confirm_claim(claim.pk, by=clerk, at=AT)
        with pytest.raises(actions.AlreadyJudged):
            actions.refuse_claim(claim.pk, by=clerk, at=AT, reason="Not ours")
        assert Student.objects.count() == 1

    def test_a_taken_mosis_id_names_the_student_who_has_it(self) -> None:
        claim = ClaimFactory.create()
        holder = StudentFactory.create(school=claim.school)
        with pytest.raises(actions.MosisIdTaken) as refusal:
            actions.confirm_claim(claim.pk, by=clerk_of(claim), at=AT, mosis_id=holder.mosis_id or "")
        assert refusal.value.student == holder
        claim.refresh_from_db()
        assert claim.state == ClaimState.TYPED

    @pytest.mark.rule("R-134")
    def test_a_mosis_id_of_another_district_tells_nothing_about_that_student(self) -> None:
        claim, elsewhere = ClaimFactory.create(), StudentFactory.create()
        with pytest.raises(actions.StudentElsewhere) as refusal:
            actions.confirm_claim(claim.pk, by=clerk_of(claim), at=AT, mosis_id=elsewhere.mosis_id or "")
        assert elsewhere.last_name not in str(refusal.value)

    @pytest.mark.rule("R-134")
    def test_staff_of_another_district_cannot_judge_or_link(self) -> None:
        claim, stranger = ClaimFactory.create(), MembershipFactory.create(counselor=True)
        with pytest.raises(actions.WrongLea):
            actions.confirm_claim(claim.pk, by=stranger, at=AT)
        elsewhere = StudentFactory.create()
        with pytest.raises(actions.WrongLea):
            actions.confirm_claim(claim.pk, by=clerk_of(claim), at=AT, student_id=elsewhere.pk)

    def test_nobody_confirms_a_child_of_their_own(self) -> None:
        claim = ClaimFactory.create()
        own = MembershipFactory.create(
            counselor=True, user=claim.claimant, organization=claim.school.lea.organization
        )
        with pytest.raises(actions.OwnChild):
            actions.confirm_claim(claim.pk, by=own, at=AT)

    @pytest.mark.parametrize("hers", [{"unsent": True}, {"confirmed": True}], ids=["typed", "family"])
    def test_nobody_answers_what_the_other_parent_typed_about_their_child(
        self, hers: dict[str, bool]
    ) -> None:
        mine = ClaimFactory.create(first_name="Robin", last_name="Reyes", **hers)
        theirs = ClaimFactory.create(first_name="ROBIN", last_name="Reyes", school=mine.school)
        own = MembershipFactory.create(
            counselor=True, user=mine.claimant, organization=mine.school.lea.organization
        )
        with pytest.raises(actions.OwnChild):
            actions.refuse_claim(theirs.pk, by=own, at=AT, reason="Not known here")
        with pytest.raises(actions.OwnChild):
            actions.confirm_claim(theirs.pk, by=own, at=AT)

    def test_a_child_of_the_same_name_born_on_another_day_is_somebody_else(self) -> None:
        mine = ClaimFactory.create(first_name="Robin", last_name="Reyes")
        theirs = ClaimFactory.create(
            first_name="Robin", last_name="Reyes", school=mine.school, birth_date=dt.date(2012, 3, 9)
        )
        assert list(Claim.objects.about_own_child_of(mine.claimant.pk)) == [mine]
        assert theirs not in Claim.objects.about_own_child_of(mine.claimant.pk)

    def test_nobody_makes_a_second_guardian_of_their_own_child(self) -> None:
        hers = ClaimFactory.create(confirmed=True)
        friend = ClaimFactory.create(school=hers.school)
        own = MembershipFactory.create(
            counselor=True, user=hers.claimant, organization=hers.school.lea.organization
        )
        with pytest.raises(actions.OwnChild):
            actions.confirm_claim(friend.pk, by=own, at=AT, student_id=hers.student_id)

    def test_family_is_told_from_many_people_as_from_each_of_them(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        child = {"first_name": "Robin", "last_name": "Reyes"}
        claim = ClaimFactory.create(confirmed=True, **child)
        typed_it = ClaimFactory.create(unsent=True, first_name="ROBIN", last_name="Reyes").claimant
        known = GuardianFactory.create(student__first_name="robin", student__last_name="Reyes").user
        former = GuardianFactory.create(
            student=claim.student, ended_on=AT.date(), end_basis="Court order"
        ).user
        family = {claim.claimant, typed_it, known, former}
        later = ClaimFactory.create(birth_date=dt.date(2012, 3, 9), **child).claimant
        strangers = {UserFactory.create(), later, GuardianFactory.create().user}
        waiting = ClaimFactory.create(**child)  # nobody has said yet who this child is
        everybody = {user.pk for user in (*family, *strangers, waiting.claimant)}
        for row in (claim, waiting):
            with django_assert_num_queries(1):
                found = Claim.objects.family_among(row, everybody)
            assert found == {user.pk for user in (*family, waiting.claimant)}
            assert found == {key for key in everybody if Claim.objects.is_own_child(row.pk, of=key)}
        assert Claim.objects.family_among(claim, [later.pk]) == set()

    def test_a_refused_claim_says_why_and_links_nobody(self) -> None:
        claim = ClaimFactory.create()
        actions.refuse_claim(claim.pk, by=clerk_of(claim), at=AT, reason="No student of this name")
        claim.refresh_from_db()
        assert (claim.state, claim.refusal, claim.student) == (
            ClaimState.REFUSED,
            "No student of this name",
            None,
        )
        assert not Guardian.objects.exists()

    def test_who_entered_a_child_is_told_of_each_answer_without_its_name(self) -> None:
        claim = ClaimFactory.create()
        clerk = clerk_of(claim)
        for hour in (1, 2):
            at = AT + dt.timedelta(hours=hour)
            actions.refuse_claim(claim.pk, by=clerk, at=at, reason="No student of this name")
            actions.reopen_claim(claim.pk, by=clerk, at=at)
            actions.reopen_claim(claim.pk, by=clerk, at=at)
        told = Notice.objects.filter(user=claim.claimant).order_by("pk")
        assert [notice.subject for notice in told] == [
            "The district could not confirm the child that you entered",
            "The district looks again at the child that you entered",
        ] * 2
        assert all(notice.body.endswith("/children/") for notice in told)
        assert [
            word
            for word in (claim.first_name, claim.last_name, "No student of this name")
            if any(word in f"{notice.subject} {notice.body}" for notice in told)
        ] == []

    def test_nobody_is_told_of_a_claim_from_paper(self) -> None:
        claim = ClaimFactory.create(by_staff=True)
        actions.refuse_claim(claim.pk, by=clerk_of(claim), at=AT, reason="No student of this name")
        assert not Notice.objects.exists()


class TestMosisId:
    def test_a_free_mosis_id_is_recorded(self) -> None:
        student = StudentFactory.create(mosis_id=None)
        actions.set_mosis_id(student.pk, by=clerk_of(student), mosis_id="7123456789")
        student.refresh_from_db()
        assert student.mosis_id == "7123456789"

    def test_the_same_mosis_id_again_changes_nothing(self) -> None:
        student = StudentFactory.create()
        assert (
            actions.set_mosis_id(student.pk, by=clerk_of(student), mosis_id=student.mosis_id or "") == student
        )

    def test_a_taken_one_offers_the_other_student(self) -> None:
        holder = StudentFactory.create()
        student = StudentFactory.create(mosis_id=None, school=holder.school)
        with pytest.raises(actions.MosisIdTaken) as refusal:
            actions.set_mosis_id(student.pk, by=clerk_of(student), mosis_id=holder.mosis_id or "")
        assert refusal.value.student == holder


class TestMerge:
    def test_everything_of_the_first_moves_to_the_second(self) -> None:
        kept = StudentFactory.create()
        claim = ClaimFactory.create(confirmed=True, school=kept.school, student__mosis_id=None)
        gone = claim.student
        disclosure = DisclosureFactory.create(student=gone)
        actions.merge_students(gone.pk, into_id=kept.pk, by=clerk_of(kept), at=AT)
        claim.refresh_from_db()
        disclosure.refresh_from_db()
        gone.refresh_from_db()
        assert (claim.student, disclosure.student, gone.merged_into) == (kept, kept, kept)
        assert list(Student.objects.current()) == [kept]
        assert list(kept.guardians.active().values_list("user", flat=True)) == [claim.claimant_id]

    def test_a_mosis_id_that_only_the_first_has_is_kept(self) -> None:
        gone = StudentFactory.create(mosis_id="7123456789")
        kept = StudentFactory.create(mosis_id=None, school=gone.school)
        actions.merge_students(gone.pk, into_id=kept.pk, by=clerk_of(kept), at=AT)
        kept.refresh_from_db()
        gone.refresh_from_db()
        assert (kept.mosis_id, gone.mosis_id) == ("7123456789", None)

    def test_a_person_who_is_guardian_of_both_is_guardian_once(self) -> None:
        parent = UserFactory.create()
        gone = StudentFactory.create(mosis_id=None)
        kept = StudentFactory.create(school=gone.school)
        GuardianFactory.create(student=gone, user=parent)
        stays = GuardianFactory.create(student=kept, user=parent)
        actions.merge_students(gone.pk, into_id=kept.pk, by=clerk_of(kept), at=AT)
        assert list(Guardian.objects.active()) == [stays]

    def test_a_merged_student_is_not_merged_again(self) -> None:
        gone = StudentFactory.create(mosis_id=None)
        kept = StudentFactory.create(school=gone.school)
        clerk = clerk_of(kept)
        actions.merge_students(gone.pk, into_id=kept.pk, by=clerk, at=AT)
        with pytest.raises(actions.SameStudent):
            actions.merge_students(gone.pk, into_id=kept.pk, by=clerk, at=AT)
        with pytest.raises(actions.SameStudent):
            actions.merge_students(kept.pk, into_id=kept.pk, by=clerk, at=AT)

    @pytest.mark.rule("R-134")
    def test_students_of_two_districts_are_not_merged(self) -> None:
        mine, other = StudentFactory.create(), StudentFactory.create()
        with pytest.raises(actions.WrongLea):
            actions.merge_students(other.pk, into_id=mine.pk, by=clerk_of(mine), at=AT)


def test_candidates_share_the_birth_date_or_the_whole_name_and_the_lea() -> None:
    school = SchoolFactory.create()
    claim = ClaimFactory.create(school=school, first_name="Robin", last_name="Reyes")
    same_name = StudentFactory.create(
        school=school, first_name="ROBIN", last_name="reyes", birth_date=dt.date(2012, 1, 1)
    )
    same_birthday = StudentFactory.create(school=school, first_name="Ash", last_name="Zorn")
    StudentFactory.create(school=school, first_name="Robin", birth_date=dt.date(2012, 1, 1))
    StudentFactory.create(first_name="Robin", last_name="Reyes")
    assert list(candidates(claim)) == [same_name, same_birthday]


@pytest.mark.rule("R-134")
def test_staff_see_the_students_and_claims_of_their_own_lea_only() -> None:
    lea = LeaFactory.create()
    mine = StudentFactory.create(school=SchoolFactory.create(lea=lea))
    my_claim = ClaimFactory.create(school=mine.school)
    StudentFactory.create()
    ClaimFactory.create()
    hat = MembershipFactory.create(data_clerk=True, organization=lea.organization)
    assert list(Student.objects.visible_to(hat)) == [mine]
    assert list(Claim.objects.visible_to(hat)) == [my_claim]
    for trait in ("provider_staff", "host_staff", "dese_reviewer"):
        outsider = MembershipFactory.create(**{trait: True})
        assert not Student.objects.visible_to(outsider).exists()
        assert not Claim.objects.visible_to(outsider).exists()


@pytest.mark.rule("R-131")
def test_a_family_reads_the_disclosures_about_its_own_child_only() -> None:
    mine, other = DisclosureFactory.create(), DisclosureFactory.create()
    guardian = GuardianFactory.create(student=mine.student)
    hat = MembershipFactory.create(user=guardian.user)
    assert list(type(mine).objects.visible_to(hat)) == [mine]
    assert other not in type(mine).objects.visible_to(hat)


def test_a_former_guardian_sees_nothing() -> None:
    guardian = GuardianFactory.create(ended_on=dt.date(2026, 10, 1), end_basis="Court order")
    hat = MembershipFactory.create(user=guardian.user)
    assert not Student.objects.visible_to(hat).exists()
