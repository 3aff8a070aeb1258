"""The district says who a child is: claims, students, MOSIS IDs, two records that are one student."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from enrollment.records import actions
from enrollment.records.models import Claim, ClaimState, Disclosure, Guardian, Student
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.directory import LeaFactory, SchoolFactory
from tests.factories.part_time import CourseRequestFactory
from tests.factories.records import (
    ClaimFactory,
    DisclosureFactory,
    GuardianFactory,
    LearningPlanFactory,
    StudentFactory,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 6, 18, tzinfo=dt.UTC)
TODAY = NOW.date()
KEEPERS = ["counselor", "decider", "coordinator", "data_clerk", "lea_admin"]
SHUT_OUT = ["parent", "provider_staff", "provider_admin", "host_staff", "dese_reviewer", "dese_admin"]
ELSEWHERE = (
    "This MOSIS ID belongs to a student of another district. Check the number. If it is right, ask that district to "
    "announce that the student moves to yours, on the student's page there. You then receive the student under "
    "“Students”, “Students who move”."
)
CLAIMS = "/students/claims/"
STUDENTS = "/students/"


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def staff(lea: Lea, trait: str = "data_clerk", **changes: Any) -> Membership:
    hat: Membership = MembershipFactory.create(**{trait: True}, lea=lea, **changes)
    return hat


def client_of(hat: Membership) -> Client:
    return sign_in(Client(), hat)


def claim_in(lea: Lea, **changes: Any) -> Claim:
    claim: Claim = ClaimFactory.create(**{"school__lea": lea} | changes)
    return claim


def student_in(lea: Lea, **changes: Any) -> Student:
    student: Student = StudentFactory.create(**{"school__lea": lea} | changes)
    return student


def address(name: str, *keys: int) -> str:
    return reverse(f"records:{name}", args=keys)


def listed(response: Any) -> list[Any]:
    return [row.record for row in response.context["table"].paginated_rows]


def words_of(response: Any) -> str:
    page: str = response.content.decode()
    return page


# Who opens what -----------------------------------------------------------------------------------


@pytest.mark.parametrize("trait", SHUT_OUT)
def test_pages_are_closed_to_other_hats(trait: str) -> None:
    lea = LeaFactory.create()
    claim, student, other = claim_in(lea), student_in(lea), student_in(lea)
    client = client_of(staff(lea, trait))
    for name, keys in (
        ("claims", ()),
        ("claim", (claim.pk,)),
        ("refuse_claim", (claim.pk,)),
        ("students", ()),
        ("student", (student.pk,)),
        ("mosis_id", (student.pk,)),
        ("merge", (student.pk, other.pk)),
    ):
        response = client.get(address(name, *keys))
        assert response.status_code == 403, name
        assert student.last_name not in words_of(response)


@pytest.mark.rule("R-134")
def test_another_districts_rows_are_not_found() -> None:
    lea = LeaFactory.create()
    claim, student, other = claim_in(lea), student_in(lea), student_in(lea)
    stranger = LeaFactory.create()
    client = client_of(staff(stranger))
    own = student_in(stranger)
    for name, keys in (
        ("claim", (claim.pk,)),
        ("refuse_claim", (claim.pk,)),
        ("mosis_id", (student.pk,)),
        ("merge", (student.pk, other.pk)),
        ("merge", (student.pk, own.pk)),
        ("merge", (own.pk, student.pk)),
    ):
        assert client.get(address(name, *keys)).status_code == 404
        answer = {"student": "new", "reason": "x", "mosis_id": "1234567890"}
        assert client.post(address(name, *keys), answer).status_code == 404
    assert client.get(address("student", student.pk)).status_code == 404
    assert listed(client.get(CLAIMS)) == []
    assert listed(client.post(STUDENTS, {"words": student.last_name})) == []
    assert Claim.objects.get().state == ClaimState.TYPED


def test_the_special_education_team_reads_and_changes_nothing() -> None:
    lea = LeaFactory.create()
    claim, student = claim_in(lea), student_in(lea)
    client = client_of(staff(lea, "special_education"))
    for name, keys in (("claims", ()), ("claim", (claim.pk,)), ("students", ()), ("student", (student.pk,))):
        assert client.get(address(name, *keys)).status_code == 200
    response = client.post(address("claim", claim.pk), {"student": "new"})
    assert response.status_code == 403
    assert "You can read this page. Your colleagues confirm who a child is." in words_of(response)
    for name in ("refuse_claim", "mosis_id"):
        assert client.get(address(name, claim.pk)).status_code == 403
    assert not Guardian.objects.exists()


# Claims -------------------------------------------------------------------------------------------


def test_claims_that_wait_are_listed_oldest_first_without_ones_own_child() -> None:
    lea = LeaFactory.create()
    hat = staff(lea)
    newer = claim_in(lea, created_at=NOW)
    older = claim_in(lea)
    claim_in(lea, confirmed=True)
    claim_in(lea, claimant=hat.user)
    claim_in(LeaFactory.create())
    client = client_of(hat)
    assert listed(client.get(CLAIMS)) == [older, newer]
    assert listed(client.get(f"{CLAIMS}?school={newer.school_id}")) == [newer]


@pytest.mark.parametrize("rows", [1, 25])
def test_claims_cost_the_same_for_any_number(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lea = LeaFactory.create()
    school = SchoolFactory.create(lea=lea)
    for _ in range(rows):
        claim_in(lea, school=school)
    client = client_of(staff(lea))
    client.get(CLAIMS)
    with django_assert_num_queries(6):
        client.get(CLAIMS)


def test_a_claim_stands_beside_the_students_it_may_be_with_differences_in_words() -> None:
    lea = LeaFactory.create()
    claim = claim_in(lea, first_name="Robin", last_name="Rivera", grade=10)
    namesake = student_in(
        lea,
        first_name="ROBIN",
        last_name="rivera",
        grade=9,
        birth_date=dt.date(2012, 1, 1),
        school=claim.school,
    )
    twin = student_in(lea, first_name="Alex", last_name="Rivera", mosis_id=None, school=claim.school)
    same = student_in(lea, first_name="Robin", last_name="Rivera", school=claim.school)
    student_in(LeaFactory.create(), first_name="Robin", last_name="Rivera")
    GuardianFactory.create(student=same, user__name="Dana Rivera")
    GuardianFactory.create(student=same, user__name="Gone Person", ended_on=TODAY, end_basis="Court order")
    response = client_of(staff(lea)).get(address("claim", claim.pk))
    assert [(row.name, row.difference) for row in listed(response)] == [
        ("Robin Rivera", ""),
        ("ROBIN rivera", "Different: birth date, grade"),
        ("Robin Rivera", "All the same"),
        ("Alex Rivera", "Different: first name"),
    ]
    page = words_of(response)
    assert f"Robin Rivera, MOSIS ID {same.mosis_id}" in page
    assert "Alex Rivera, MOSIS ID not known yet" in page
    assert "Dana Rivera (Mother)" in page
    assert "Gone Person" not in page
    assert [value for value, _label in response.context["form"].fields["student"].choices] == [
        str(namesake.pk),
        str(same.pk),
        str(twin.pk),
        "new",
    ]


@pytest.mark.parametrize("trait", KEEPERS)
def test_a_claim_is_confirmed_as_a_new_student(trait: str) -> None:
    lea = LeaFactory.create()
    claim = claim_in(lea)
    hat = staff(lea, trait)
    response = client_of(hat).post(address("claim", claim.pk), {"student": "new", "mosis_id": " 0123456789 "})
    student = Student.objects.get()
    assert response.headers["Location"] == address("student", student.pk)
    assert (student.mosis_id, str(student), student.lea) == ("0123456789", claim.full_name, lea)
    claim.refresh_from_db()
    assert (claim.state, claim.student, claim.judged_by, claim.judged_at) == (
        ClaimState.CONFIRMED,
        student,
        hat,
        NOW,
    )
    assert [(one.user, one.relationship) for one in Guardian.objects.all()] == [(claim.claimant, "mother")]


@pytest.mark.rule("R-133")
def test_a_second_parents_claim_goes_to_the_same_student_and_both_are_shown() -> None:
    lea = LeaFactory.create()
    first = claim_in(lea, confirmed=True, claimant__name="Dana Rivera")
    second = claim_in(
        lea,
        first_name=first.first_name,
        last_name=first.last_name,
        school=first.school,
        relationship="father",
        claimant__name="Luis Rivera",
    )
    client = client_of(staff(lea))
    client.post(address("claim", second.pk), {"student": first.student_id})
    page = words_of(client.get(address("student", first.student_id or 0)))
    for words in ("Typed by Dana Rivera, Mother", "Typed by Luis Rivera, Father"):
        assert words in page
    assert sorted(Guardian.objects.values_list("student", "user__name")) == [
        (first.student_id, "Dana Rivera"),
        (first.student_id, "Luis Rivera"),
    ]
    assert Student.objects.count() == 1


def test_a_taken_mosis_id_offers_the_student_who_has_it() -> None:
    lea = LeaFactory.create()
    claim = claim_in(lea, birth_date=dt.date(2010, 5, 5))
    holder = student_in(lea, mosis_id="0123456789")
    client = client_of(staff(lea))
    response = client.post(address("claim", claim.pk), {"student": "new", "mosis_id": "0123456789"})
    assert "Another student of your district already has this MOSIS ID." in words_of(response)
    assert response.context["form"]["student"].value() == str(holder.pk)
    assert not Claim.objects.exclude(state=ClaimState.TYPED).exists()
    client.post(address("claim", claim.pk), {"student": holder.pk})
    assert Claim.objects.get().student == holder


@pytest.mark.parametrize(
    ("answer", "field", "sentence"),
    [
        ({}, "student", "Choose one of the students, or “a new student”."),
        ({"student": "STRANGER"}, "student", "Choose one of the students, or “a new student”."),
        (
            {"student": "new", "mosis_id": "123"},
            "mosis_id",
            "A MOSIS ID has ten digits, leading zeros included.",
        ),
        (
            {"student": "KNOWN", "mosis_id": "1234567890"},
            "mosis_id",
            "This student is known already. Set the MOSIS ID on the student's page.",
        ),
        (
            {"student": "new", "mosis_id": "5555555555"},
            "__all__",
            ELSEWHERE,
        ),
    ],
)
def test_a_confirmation_is_refused_with_its_sentence(
    answer: dict[str, str], field: str, sentence: str
) -> None:
    lea = LeaFactory.create()
    claim = claim_in(lea)
    known = student_in(lea)
    stranger = student_in(LeaFactory.create(), mosis_id="5555555555")
    keys = {"KNOWN": str(known.pk), "STRANGER": str(stranger.pk)}
    answer = {name: keys.get(value, value) for name, value in answer.items()}
    response = client_of(staff(lea)).post(address("claim", claim.pk), answer)
    assert response.context["form"].errors == {field: [sentence]}
    assert Claim.objects.get().state == ClaimState.TYPED
    assert Student.objects.count() == 2


@pytest.mark.rule("R-133")
def test_access_that_was_ended_is_shown_and_given_back_only_with_a_reason() -> None:
    lea = LeaFactory.create()
    student, clerk = student_in(lea), staff(lea, user__name="Cleo Clerk")
    father = GuardianFactory.create(student=student, relationship="father", user__name="Fred Former")
    actions.end_guardianship(
        father.pk,
        reason="A court document is on file: drawer 2",
        by=staff(lea, user__name="Kim Keeper"),
        at=NOW,
    )
    named = {"first_name": student.first_name.upper(), "last_name": student.last_name}
    claim = claim_in(lea, claimant=father.user, birth_date=student.birth_date, **named)
    client, page = client_of(clerk), address("claim", claim.pk)
    shown = (
        f"The access of Fred Former to the record of {student} ended on Friday, November 6, 2026. A court document is "
        "on file: drawer 2. By Kim Keeper."
    )
    assert shown in words_of(client.get(page))
    refused = client.post(page, {"student": student.pk, "give_back": " "})
    assert list(refused.context["form"].errors) == ["give_back"]
    assert escape(str(actions.AccessWasEnded.sentence)) in words_of(refused)
    assert shown in words_of(refused)
    claim.refresh_from_db()
    assert (claim.state, Guardian.objects.active().count()) == (ClaimState.TYPED, 0)
    client.post(page, {"student": student.pk, "give_back": "Order of November 5, drawer 3"})
    given = Guardian.objects.active().get()
    assert (given.user, given.student, given.started_on) == (father.user, student, TODAY)
    assert (given.given_back_because, given.given_back_by) == ("Order of November 5, drawer 3", clerk)
    assert "Given back: Order of November 5, drawer 3" in words_of(client.get(address("student", student.pk)))


@pytest.mark.rule("R-133")
def test_another_persons_claim_says_nothing_of_access_that_was_ended() -> None:
    lea = LeaFactory.create()
    student, clerk = student_in(lea), staff(lea)
    father = GuardianFactory.create(student=student, user__name="Fred Former")
    actions.end_guardianship(father.pk, reason="A court document is on file: drawer 2", by=clerk, at=NOW)
    claim = claim_in(lea, first_name=student.first_name, last_name=student.last_name)
    response = client_of(staff(lea)).get(address("claim", claim.pk))
    assert "give_back" not in response.context["form"].fields
    assert "Fred Former" not in words_of(response)


def test_a_claim_is_judged_once() -> None:
    lea = LeaFactory.create()
    claim = claim_in(lea)
    client = client_of(staff(lea))
    client.post(address("claim", claim.pk), {"student": "new"})
    response = client.post(address("claim", claim.pk), {"student": "new"})
    sentence = "This was already answered. Reload the page to see the answer."
    assert response.context["form"].errors == {"__all__": [sentence]}
    response = client.post(address("refuse_claim", claim.pk), {"reason": "Not ours."})
    assert response.context["form"].errors == {"__all__": [sentence]}
    assert (Student.objects.count(), Claim.objects.get().state) == (1, ClaimState.CONFIRMED)


def test_nobody_confirms_a_child_of_their_own() -> None:
    lea = LeaFactory.create()
    hat = staff(lea)
    own = claim_in(lea, claimant=hat.user)
    client = client_of(hat)
    sentence = "This is about a child of your own. A colleague has to do it."
    assert sentence in words_of(client.get(address("claim", own.pk)))
    assert sentence in words_of(client.post(address("claim", own.pk), {"student": "new"}))
    response = client.post(address("refuse_claim", own.pk), {"reason": "x"})
    assert sentence in words_of(response)
    student = student_in(lea)
    GuardianFactory.create(student=student, user=hat.user)
    other = claim_in(lea)
    response = client.post(address("claim", other.pk), {"student": student.pk})
    assert response.context["form"].errors == {"__all__": [sentence]}
    assert not Claim.objects.exclude(state=ClaimState.TYPED).exists()


def test_a_child_is_not_confirmed_with_a_reason() -> None:
    lea = LeaFactory.create()
    claim = claim_in(lea)
    hat = staff(lea)
    client = client_of(hat)
    page = words_of(client.post(address("refuse_claim", claim.pk), {"reason": " "}))
    assert "Say why. The family has to know what to do." in page
    client.post(address("refuse_claim", claim.pk), {"reason": "We know no such student. Call the office."})
    claim.refresh_from_db()
    assert (claim.state, claim.refusal, claim.judged_by) == (
        ClaimState.REFUSED,
        "We know no such student. Call the office.",
        hat,
    )
    assert "We know no such student. Call the office." in words_of(client.get(address("claim", claim.pk)))


def test_a_refusal_is_taken_back_and_the_child_confirmed() -> None:
    lea = LeaFactory.create()
    claim = claim_in(lea)
    client = client_of(staff(lea))
    take_back = f'action="{address("reopen_claim", claim.pk)}"'
    assert take_back not in words_of(client.get(address("claim", claim.pk)))
    client.post(address("refuse_claim", claim.pk), {"reason": "We know no such student."})
    assert take_back in words_of(client.get(address("claim", claim.pk)))
    for _click in range(2):
        page = words_of(client.post(address("reopen_claim", claim.pk), follow=True))
        assert "The answer is taken back. The child waits to be confirmed." in page
        claim.refresh_from_db()
        assert (claim.state, claim.refusal, claim.judged_by, claim.judged_at) == (
            ClaimState.TYPED,
            "",
            None,
            None,
        )
    client.post(address("claim", claim.pk), {"student": "new"})
    page = words_of(client.post(address("reopen_claim", claim.pk), follow=True))
    assert "This was already answered. Reload the page to see the answer." in page
    claim.refresh_from_db()
    assert claim.state == ClaimState.CONFIRMED


def test_nobody_takes_back_an_answer_about_a_child_of_their_own() -> None:
    lea = LeaFactory.create()
    claim = claim_in(lea)
    client_of(staff(lea)).post(address("refuse_claim", claim.pk), {"reason": "We know no such student."})
    own = client_of(staff(lea, user=claim.claimant))
    assert address("reopen_claim", claim.pk) not in words_of(own.get(address("claim", claim.pk)))
    page = words_of(own.post(address("reopen_claim", claim.pk), follow=True))
    assert "This is about a child of your own. A colleague has to do it." in page
    claim.refresh_from_db()
    assert claim.state == ClaimState.REFUSED


# Students -----------------------------------------------------------------------------------------


@pytest.mark.rule("R-31")
def test_students_are_looked_up_by_post_and_never_in_the_address() -> None:
    lea = LeaFactory.create()
    robin = student_in(lea, first_name="Robin", last_name="O'Hara", mosis_id="0123456789")
    student_in(lea, first_name="Robin", last_name="Smith")
    client = client_of(staff(lea))
    for words in ("0123456789", " 0123456789 ", "o'hara", "hara rob"):
        response = client.post(STUDENTS, {"words": words})
        assert listed(response) == [robin]
        assert f'href="{address("student", robin.pk)}">Robin O&#x27;Hara</a>' in words_of(response)
        assert 'method="post"' in words_of(response)
    response = client.post(STUDENTS, {"words": "012345678"})
    assert listed(response) == []
    assert "No student of your district has this name or MOSIS ID." in words_of(response)
    assert "table" not in client.get(f"{STUDENTS}?words=Robin").context
    assert "Type a name or a MOSIS ID." in words_of(client.post(STUDENTS, {"words": ""}))


def test_too_many_students_are_said() -> None:
    lea = LeaFactory.create()
    school = SchoolFactory.create(lea=lea)
    StudentFactory.create_batch(26, school=school)
    response = client_of(staff(lea)).post(STUDENTS, {"words": "robin"})
    assert len(listed(response)) == 25
    assert "Only the first students are shown. Add a word to find fewer." in words_of(response)


@pytest.mark.rule("R-130")
def test_a_students_page_shows_family_claims_requests_and_disclosures() -> None:
    lea = LeaFactory.create()
    claim = claim_in(lea, confirmed=True)
    sent = CourseRequestFactory.create(claim=claim, submitted=True)
    draft = CourseRequestFactory.create(claim=claim)
    disclosure = DisclosureFactory.create(student=claim.student, recipient__name="Gateway Online")
    student_key = claim.student_id or 0
    page = words_of(client_of(staff(lea, "counselor")).get(address("student", student_key)))
    assert escape(claim.claimant.name) in page
    assert sent.number in page
    assert reverse("part_time:review", args=[sent.pk]) in page
    assert draft.number not in page
    assert "Gateway Online" in page
    assert disclosure.what in page
    page = words_of(client_of(staff(lea)).get(address("student", student_key)))
    assert sent.number in page
    assert reverse("part_time:review", args=[sent.pk]) not in page


@pytest.mark.parametrize("rows", [1, 10])
def test_a_students_page_costs_the_same_for_any_family(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lea = LeaFactory.create()
    student = student_in(lea)
    for _ in range(rows):
        claim = claim_in(
            lea,
            state=ClaimState.CONFIRMED,
            student=student,
            judged_at=NOW,
            judged_by=staff(lea),
            school=student.school,
        )
        CourseRequestFactory.create(claim=claim, submitted=True)
        DisclosureFactory.create(student=student)
        LearningPlanFactory.create(student=student)
    client = client_of(staff(lea))
    client.get(address("student", student.pk))
    with django_assert_num_queries(9):
        client.get(address("student", student.pk))


def test_a_mosis_id_is_entered_and_corrected() -> None:
    lea = LeaFactory.create()
    student = student_in(lea, mosis_id=None)
    client = client_of(staff(lea))
    for number in ("0123456789", "0123456780"):
        response = client.post(address("mosis_id", student.pk), {"mosis_id": number})
        assert response.headers["Location"] == address("student", student.pk)
        assert Student.objects.get().mosis_id == number


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("", "Type the MOSIS ID."),
        ("12345678901", "A MOSIS ID has ten digits, leading zeros included."),
        (
            "5555555555",
            ELSEWHERE,
        ),
    ],
)
def test_a_mosis_id_is_refused_with_its_sentence(number: str, sentence: str) -> None:
    lea = LeaFactory.create()
    student = student_in(lea, mosis_id=None)
    student_in(LeaFactory.create(), mosis_id="5555555555")
    response = client_of(staff(lea)).post(address("mosis_id", student.pk), {"mosis_id": number})
    assert response.context["form"].errors == {"mosis_id": [sentence]}
    student.refresh_from_db()
    assert student.mosis_id is None


def test_a_mosis_id_of_another_record_offers_to_make_the_two_one_and_every_row_moves() -> None:
    lea = LeaFactory.create()
    gone, kept = student_in(lea, mosis_id=None), student_in(lea, mosis_id="0123456789")
    both, only_gone = UserFactory.create(), UserFactory.create()
    for student, user in ((gone, both), (kept, both), (gone, only_gone)):
        GuardianFactory.create(student=student, user=user)
    claim = claim_in(lea, state=ClaimState.CONFIRMED, student=gone, judged_at=NOW, judged_by=staff(lea))
    course_request = CourseRequestFactory.create(claim=claim, submitted=True)
    disclosure = DisclosureFactory.create(student=gone)
    client = client_of(staff(lea))
    response = client.post(address("mosis_id", gone.pk), {"mosis_id": "0123456789"})
    assert response.context["form"].errors == {
        "mosis_id": ["Another student of your district already has this MOSIS ID."]
    }
    assert address("merge", gone.pk, kept.pk) in words_of(response)
    response = client.get(address("merge", gone.pk, kept.pk))
    assert [(row.mosis_id, row.difference) for row in listed(response)] == [
        ("0123456789", ""),
        ("Not known yet", "Different: last name, school"),
    ]
    response = client.post(address("merge", gone.pk, kept.pk))
    assert response.headers["Location"] == address("student", kept.pk)
    gone.refresh_from_db()
    assert gone.merged_into == kept
    assert [one.student for one in Claim.objects.all()] == [kept]
    assert [one.student for one in Disclosure.objects.all()] == [kept]
    active = Guardian.objects.active().values_list("student", "user")
    assert set(active) == {(kept.pk, user) for user in (both.pk, only_gone.pk, claim.claimant_id)}
    page = words_of(client.get(address("student", kept.pk)))
    assert course_request.number in page
    assert disclosure.what in page
    assert client.get(address("student", gone.pk)).status_code == 404
    assert client.post(address("merge", gone.pk, kept.pk)).status_code == 404


def test_a_record_is_not_merged_with_itself_nor_with_ones_own_child() -> None:
    lea = LeaFactory.create()
    hat = staff(lea)
    student, own = student_in(lea), student_in(lea)
    GuardianFactory.create(student=own, user=hat.user)
    client = client_of(hat)
    page = words_of(client.post(address("merge", student.pk, student.pk)))
    assert "These two records already are one student." in page
    page = words_of(client.post(address("merge", student.pk, own.pk)))
    assert "This is about a child of your own. A colleague has to do it." in page
    assert not Student.objects.filter(merged_into__isnull=False).exists()


def test_no_address_of_a_student_holds_a_name_a_mosis_id_or_a_birth_date() -> None:
    lea = LeaFactory.create()
    claim = claim_in(lea, confirmed=True, last_name="Quillfeather")
    client = client_of(staff(lea))
    student = Student.objects.get()
    for response in (
        client.get(CLAIMS),
        client.post(STUDENTS, {"words": "Quillfeather"}),
        client.get(address("claim", claim.pk)),
        client.get(address("student", student.pk)),
    ):
        addresses = [part.partition('"')[0] for part in words_of(response).split('href="')[1:]]
        secrets = ("quillfeather", student.mosis_id or "", "2011-03-09")
        assert [url for url in addresses if any(secret in url.lower() for secret in secrets)] == []
