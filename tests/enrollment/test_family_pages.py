"""The pages of a family: asking step by step, following, letters, children. Every refusal's sentence is exact."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enrollment.part_time import actions
from enrollment.part_time.models import Basis, CourseLine, CourseRequest, RequestState
from enrollment.part_time.views.asking.rows import born_by
from enrollment.records.models import Claim, Student
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, Lea, Term
from mocap_portal.foundation.papers.models import Letter
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import SchoolFactory, TermFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import CourseFactory
from tests.factories.records import ClaimFactory, DisclosureFactory, GuardianFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)  # a Monday, noon in Missouri
LATER = dt.datetime(2026, 11, 4, 18, tzinfo=dt.UTC)
ALREADY_SENT = "This request was already signed and sent. Nothing was sent twice."


@pytest.fixture(autouse=True)
def _monday_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hat() -> Membership:
    """A parent, signed in as `client`."""
    return MembershipFactory.create()


@pytest.fixture
def client(client: Client, hat: Membership) -> Client:
    client.force_login(hat.user)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"part_time:{name}", args=args)


def sentences(response: Any) -> str:
    """The text of a page as a person reads it."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", main)))


def went_to(response: Any) -> str:
    """The address that the answer leads to."""
    return str(response.headers["Location"])


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def second_semester() -> Term:
    return TermFactory.create()


def child_answers(**changes: str) -> dict[str, str]:
    return {
        "first_name": "Robin",
        "last_name": "Reed",
        "birth_date_month": "3",
        "birth_date_day": "9",
        "birth_date_year": "2011",
        "grade": "10",
        "relationship": "mother",
        "enrollment": "public",
        "missouri_resident": "yes",
        "term_id": str(second_semester().pk),
    } | changes


def draft_of(hat: Membership, **changes: Any) -> CourseRequest:
    return CourseRequestFactory.create(claim__claimant=hat.user, term=second_semester(), **changes)


def ready_draft_of(hat: Membership, **changes: Any) -> CourseRequest:
    """A draft with one course and the number of in-person courses."""
    draft = draft_of(hat, in_person_courses=4, **changes)
    CourseLineFactory.create(request=draft, course__title="Algebra")
    return draft


def student_of(claim: Claim) -> Student:
    """The student behind a confirmed claim."""
    assert claim.student is not None
    return claim.student


def mosis_id_of(student: Student) -> str:
    assert student.mosis_id is not None
    return student.mosis_id


def sent_request_of(hat: Membership, **changes: Any) -> CourseRequest:
    request = CourseRequestFactory.create(submitted=True, claim__claimant=hat.user, **changes)
    CourseLineFactory.create(request=request, course__title="Algebra")
    return request


def signature(**changes: str) -> dict[str, str]:
    boxes = CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=NOW.date())
    return (
        {f"statement_{box.pk}": "on" for box in boxes}
        | {"prior_semester": "attended", "has_iep_or_504": "no", "signed_name": "Pat Parent"}
        | changes
    )


def counselor_of(request: CourseRequest) -> Membership:
    return MembershipFactory.create(
        counselor=True, organization=request.lea.organization, user__name="Cora Secret"
    )


# My requests --------------------------------------------------------------------------------------


def test_without_requests_there_is_one_button(client: Client) -> None:
    response = client.get(url("requests"))
    assert "You have no requests yet." in sentences(response)
    assert response.content.decode().count("usa-button") == 1
    assert f'href="{url("start")}">Ask for a course</a>' in response.content.decode()


def test_each_request_shows_its_state_the_next_step_and_the_due_date(client: Client, hat: Membership) -> None:
    draft_of(hat, claim__first_name="Dana")
    sent_request_of(hat, claim__first_name="Sam")
    text = sentences(client.get(url("requests")))
    assert "Draft: not sent yet" in text
    assert "Next: You choose courses, check your answers and sign." in text
    assert "Waiting for a decision" in text
    assert "Next: The district decides about 1 course, by Tuesday, November 17, 2026 ." in text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("cancelled", "Nothing more happens with this request."),
        ("decided", "Everything is answered. The letters are on the page of the request."),
    ],
)
def test_a_request_that_waits_for_nothing_says_so(
    client: Client, hat: Membership, state: str, words: str
) -> None:
    sent_request_of(hat).lines.update(state="denied" if state == "decided" else state)
    CourseRequest.objects.update(state=state)
    assert words in sentences(client.get(url("requests")))


def test_a_late_answer_is_called_late(client: Client, hat: Membership) -> None:
    sent_request_of(hat)
    with time_machine.travel(dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC), tick=False):
        client.force_login(hat.user)
        assert "Late: the district has not answered yet" in sentences(client.get(url("requests")))


def test_a_list_of_requests_costs_the_same_however_long(
    client: Client, hat: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(3):
        sent_request_of(hat)
    client.get(url("requests"))
    # Session, user, hats; count, requests, lines, pauses.
    with django_assert_num_queries(7):
        client.get(url("requests"))


# Step 1: who and where ----------------------------------------------------------------------------


def test_who_told_of_no_child_starts_with_the_school(client: Client) -> None:
    assert went_to(client.get(url("start"))) == url("school")


def test_a_child_told_of_before_needs_no_school_again(client: Client, hat: Membership) -> None:
    claim = ClaimFactory.create(claimant=hat.user, first_name="Robin", last_name="Reed")
    refused = ClaimFactory.create(
        claimant=hat.user,
        state="refused",
        refusal="Not a student here",
        judged_by=counselor_of(draft_of(MembershipFactory.create())),
        judged_at=NOW,
    )
    response = client.get(url("start"))
    assert "Ask for courses for Robin Reed" in sentences(response)
    assert url("child_again", claim.pk) in response.content.decode()
    assert url("child_again", refused.pk) not in response.content.decode()
    response = client.post(url("child_again", claim.pk), again(second_semester()))
    draft = CourseRequest.objects.get(claim=claim)
    assert went_to(response) == url("courses", draft.pk)


def again(term: Term, **changes: Any) -> dict[str, Any]:
    """What is asked of a child that the family told of before."""
    return {"term_id": term.pk, "grade": "10", "enrollment": "public"} | changes


def test_a_year_later_the_child_is_in_another_grade(client: Client, hat: Membership) -> None:
    """Of a confirmed child, too. What the district keeps of the student is the district's to change."""
    claim = ClaimFactory.create(claimant=hat.user, confirmed=True, grade=9, student__grade=9)
    Claim.objects.update(created_at=NOW - dt.timedelta(days=365))
    form = client.get(url("child_again", claim.pk)).context["form"]
    assert form.initial == {"enrollment": "public"}  # last year's grade is not offered
    client.post(url("child_again", claim.pk), again(second_semester(), grade="10"))
    claim.refresh_from_db()
    assert (claim.grade, claim.student.grade if claim.student else None) == (10, 9)
    assert CourseRequest.objects.get().claim == claim


def test_this_years_grade_is_offered(client: Client, hat: Membership) -> None:
    claim = ClaimFactory.create(claimant=hat.user, grade=10, created_at=NOW)
    assert client.get(url("child_again", claim.pk)).context["form"].initial["grade"] == 10


def test_a_child_that_comes_back_from_home_school_can_ask(client: Client, hat: Membership) -> None:
    claim = ClaimFactory.create(claimant=hat.user, confirmed=True, enrollment="home")
    response = client.post(url("child_again", claim.pk), again(second_semester(), enrollment="home"))
    assert (went_to(response), CourseRequest.objects.count()) == (url("private_pay"), 0)
    client.post(url("child_again", claim.pk), again(second_semester()))
    claim.refresh_from_db()
    assert (claim.enrollment, CourseRequest.objects.get().claim) == ("public", claim)


@pytest.mark.parametrize("words", ["ridge", "pine hi", "4020", "003033", "003033-4020"])
def test_a_school_is_found_by_its_name_its_district_or_a_code(client: Client, words: str) -> None:
    found = SchoolFactory.create(
        name="Ridge High",
        state_school_id="4020",
        lea__organization__name="Pine County R-I",
        lea__state_district_id="003033",
    )
    SchoolFactory.create(name="Elsewhere", lea__organization__name="Oak")
    response = client.get(url("school"), {"q": words})
    assert [school.pk for school, _url in response.context["rows"]] == [found.pk]
    assert "1 school fits." in sentences(response)


def test_a_closed_school_is_not_found_and_its_page_is_not_there(client: Client) -> None:
    closed = SchoolFactory.create(name="Ridge High", active_to=dt.date(2026, 6, 30))
    gone = SchoolFactory.create(name="Ridge Middle", lea__active_to=dt.date(2026, 6, 30))
    assert "No school fits." in sentences(client.get(url("school"), {"q": "ridge"}))
    assert client.get(url("child", closed.pk)).status_code == 404
    assert client.get(url("child", gone.pk)).status_code == 404


def test_while_one_types_only_the_list_comes(client: Client) -> None:
    SchoolFactory.create(name="Ridge High")
    fragment = client.get(url("school"), {"q": "ridge"}, headers={"HX-Request": "true"}).content.decode()
    assert "Ridge High" in fragment
    assert "<html" not in fragment
    page = client.get(
        url("school"), {"q": "ridge"}, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )
    assert "<html" in page.content.decode()


def test_nothing_is_listed_before_something_is_typed(client: Client) -> None:
    SchoolFactory.create(name="Ridge High")
    assert "Ridge High" not in sentences(client.get(url("school")))


# Step 2: the student and the term -----------------------------------------------------------------


def test_telling_of_a_child_starts_a_draft(client: Client, hat: Membership) -> None:
    school = SchoolFactory.create()
    response = client.post(url("child", school.pk), child_answers())
    draft = CourseRequest.objects.get()
    assert went_to(response) == url("courses", draft.pk)
    claim = draft.claim
    assert (
        claim.claimant,
        claim.full_name,
        claim.birth_date,
        claim.grade,
        claim.school,
        claim.relationship,
    ) == (
        hat.user,
        "Robin Reed",
        dt.date(2011, 3, 9),
        10,
        school,
        "mother",
    )
    assert draft.term == second_semester()


def test_telling_twice_is_one_claim_and_one_draft(client: Client) -> None:
    school = SchoolFactory.create()
    first, second = (client.post(url("child", school.pk), child_answers()) for _click in range(2))
    assert went_to(first) == went_to(second)
    assert Claim.objects.count() == CourseRequest.objects.count() == 1


@pytest.mark.parametrize("role", ["adult_student", "student_on_own"])
def test_a_student_is_not_asked_who_they_are(client: Client, hat: Membership, role: str) -> None:
    hat.role = role
    hat.save()
    school = SchoolFactory.create()
    page = client.get(url("child", school.pk))
    assert "Who are you to the student?" not in sentences(page)
    assert "Your first name" in sentences(page)
    client.post(url("child", school.pk), child_answers(relationship="mother", birth_date_year="2008"))
    assert Claim.objects.get().relationship == "self"


@pytest.mark.parametrize(("day", "errors"), [("2", []), ("3", ["birth_date"])], ids=["18 today", "tomorrow"])
def test_a_student_of_18_or_over_is_18(client: Client, hat: Membership, day: str, errors: list[str]) -> None:
    """A younger student under this hat would have the rights that are a parent's."""
    hat.role = Role.ADULT_STUDENT
    hat.save()
    born = {"birth_date_month": "11", "birth_date_day": day, "birth_date_year": "2008"}
    response = client.post(url("child", SchoolFactory.create().pk), child_answers(**born))
    assert (list(response.context["form"].errors) if response.context else []) == errors
    assert Claim.objects.count() == (0 if errors else 1)


def test_on_a_leap_day_a_student_of_18_was_born_by_the_day_before_march() -> None:
    hat = Membership(role=Role.ADULT_STUDENT)
    assert born_by(hat, today=dt.date(2028, 2, 29)) == dt.date(2010, 2, 28)


def test_only_the_grades_of_the_school_can_be_chosen(client: Client) -> None:
    school = SchoolFactory.create(grades_low=0, grades_high=5)
    response = client.post(url("child", school.pk), child_answers(grade="6"))
    assert [value for value, _label in response.context["form"].fields["grade"].choices] == [
        "",
        0,
        1,
        2,
        3,
        4,
        5,
    ]
    assert list(response.context["form"].errors) == ["grade"]
    assert not Claim.objects.exists()


@pytest.mark.rule("R-09")
def test_summer_and_terms_far_ahead_are_not_offered(client: Client) -> None:
    form = client.get(url("child", SchoolFactory.create().pk)).context["form"]
    offered = Term.objects.filter(pk__in=[pk for pk, _label in form.fields["term_id"].choices])
    assert sorted((term.school_year_id, term.code) for term in offered) == [
        (2027, "S1"),
        (2027, "S2"),
        (2027, "YL"),
        (2028, "S1"),
        (2028, "YL"),
    ]


def test_a_child_whose_name_only_looks_new_is_the_child_told_of_before(client: Client) -> None:
    """Signs that nobody sees would make two children of one, each with a request of its own."""
    page = url("child", SchoolFactory.create().pk)
    client.post(page, child_answers())
    client.post(page, child_answers(first_name="Ro\u200bbin\u202e"))
    assert [claim.full_name for claim in Claim.objects.all()] == ["Robin Reed"]


def test_a_birth_date_lies_in_the_past(client: Client) -> None:
    response = client.post(url("child", SchoolFactory.create().pk), child_answers(birth_date_year="2030"))
    assert response.context["form"].errors == {
        "birth_date": ["The date must be Monday, November 2, 2026 or earlier."]
    }


@pytest.mark.rule("R-01")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"birth_date_year": "2005"}, "MOCAP courses are for students under 21 years of age."),
        ({"missouri_resident": "no"}, "MOCAP courses are for students who live in Missouri."),
    ],
)
def test_who_is_not_eligible_reads_why_and_keeps_what_was_typed(
    client: Client, changes: dict[str, str], sentence: str
) -> None:
    school = SchoolFactory.create()
    response = client.post(url("child", school.pk), child_answers(**changes))
    assert sentence in sentences(response)
    assert 'value="Robin"' in response.content.decode()
    assert not Claim.objects.exists()
    # An answer that was a slip can be mended at once.
    assert client.post(url("child", school.pk), child_answers()).status_code == 302


def test_a_child_that_the_district_did_not_confirm_is_refused_in_words(
    client: Client, hat: Membership
) -> None:
    school = SchoolFactory.create()
    claim = ClaimFactory.create(
        claimant=hat.user, first_name="Robin", last_name="Reed", birth_date=dt.date(2011, 3, 9), school=school
    )
    judge = MembershipFactory.create(counselor=True, organization=school.lea.organization)
    Claim.objects.filter(pk=claim.pk).update(
        state="refused", refusal="Unknown", judged_at=NOW, judged_by=judge
    )
    response = client.post(url("child", school.pk), child_answers())
    assert "The district did not confirm this child." in sentences(response)
    assert not CourseRequest.objects.exists()


def test_a_strangers_child_is_not_there(client: Client) -> None:
    assert client.get(url("child_again", ClaimFactory.create().pk)).status_code == 404


# Step 3: courses ----------------------------------------------------------------------------------


def test_a_course_is_added_and_removed_and_the_search_stays(client: Client, hat: Membership) -> None:
    draft = draft_of(hat)
    course = CourseFactory.create(title="Algebra", subject="Math")
    response = client.post(url("courses", draft.pk) + "?q=alg&subject=Math&page=1", {"add": course.pk})
    assert went_to(response) == url("courses", draft.pk) + f"?q=alg&subject=Math&page=1#course-{course.pk}"
    assert [line.course for line in draft.lines.all()] == [course]
    response = client.post(url("courses", draft.pk), {"remove": course.pk})
    assert went_to(response) == url("courses", draft.pk) + "?#your-courses"
    assert not draft.lines.exists()


def test_a_course_added_twice_is_one_line(client: Client, hat: Membership) -> None:
    draft = draft_of(hat)
    course = CourseFactory.create()
    for _click in range(2):
        client.post(url("courses", draft.pk), {"add": course.pk})
    assert draft.lines.count() == 1


def test_adding_keeps_the_number_typed_and_removing_keeps_the_number_stored(
    client: Client, hat: Membership
) -> None:
    draft = draft_of(hat)
    first, second = CourseFactory.create(), CourseFactory.create()
    client.post(url("courses", draft.pk), {"add": first.pk})
    assert CourseRequest.objects.get().in_person_courses is None
    client.post(url("courses", draft.pk), {"add": second.pk, "in_person_courses": "5"})
    client.post(url("courses", draft.pk), {"remove": first.pk})
    assert CourseRequest.objects.get().in_person_courses == 5


@pytest.mark.rule("R-10")
def test_the_catalog_holds_what_fits_the_grade_the_term_and_an_authorized_provider(
    client: Client, hat: Membership
) -> None:
    draft = draft_of(hat)
    CourseFactory.create(title="Fits")
    CourseFactory.create(title="Too early", grade_low=11)
    CourseFactory.create(title="Whole year", full_year=True)
    CourseFactory.create(title="No longer listed", valid_to=dt.date(2026, 12, 1))
    CourseFactory.create(title="Not authorized", authorized=False)
    response = client.get(url("courses", draft.pk))
    assert [course.title for course in response.context["page"]] == ["Fits"]


def test_courses_are_found_by_words_and_subject(client: Client, hat: Membership) -> None:
    draft = draft_of(hat)
    CourseFactory.create(title="Algebra I", subject="Math", provider__organization__name="Gateway")
    CourseFactory.create(title="Algebra II", subject="Math", provider__organization__name="Ozark")
    CourseFactory.create(title="Art", subject="Fine arts", provider__organization__name="Gateway two")

    def found(**asked: str) -> list[str]:
        page = client.get(url("courses", draft.pk), asked).context["page"]
        return [course.title for course in page]

    assert found(q="alg") == ["Algebra I", "Algebra II"]
    assert found(q="gateway") == ["Algebra I", "Art"]
    assert found(q="gateway alg") == ["Algebra I"]
    assert found(subject="Fine arts") == ["Art"]
    assert found(subject="no such", q="alg") == ["Algebra I", "Algebra II", "Art"]


def test_pages_of_the_catalog_keep_the_list(client: Client, hat: Membership) -> None:
    draft = draft_of(hat)
    courses = [CourseFactory.create(title=f"Course {n:02}") for n in range(12)]
    client.post(url("courses", draft.pk), {"add": courses[0].pk})
    response = client.get(url("courses", draft.pk), {"page": "2"})
    assert [course.title for course in response.context["page"]] == ["Course 10", "Course 11"]
    assert [line.course.title for line in response.context["lines"]] == ["Course 00"]
    assert f'formaction="?page=2" name="add" value="{courses[11].pk}"' in response.content.decode()


@pytest.mark.rule("R-07")
def test_over_a_full_load_is_said_before_anything_is_sent(client: Client, hat: Membership) -> None:
    draft = draft_of(hat)
    for title in ["Algebra", "Biology"]:
        course = CourseFactory.create(title=title)
        client.post(url("courses", draft.pk), {"add": course.pk, "in_person_courses": "5"})
    response = client.get(url("courses", draft.pk))
    assert [(line.course.title, line.over_full_load) for line in response.context["lines"]] == [
        ("Algebra", False),
        ("Biology", True),
    ]
    assert (
        "Together with 5 courses in person this is more than 6 courses at once, a full load. The district does not "
        "have to pay for the courses marked “over a full load”."
    ) in sentences(response)
    # Nobody can sign before it is said who pays.
    response = client.post(url("courses", draft.pk), {"in_person_courses": "5"})
    assert went_to(response) == f"{url('courses', draft.pk)}#your-courses"
    assert went_to(client.get(url("sign", draft.pk))) == url("courses", draft.pk)
    answers = {f"reason_{course.pk}": "", f"basis_{course.pk}": "asked", "in_person_courses": "5"}
    assert went_to(client.post(url("courses", draft.pk), answers)) == url("sign", draft.pk)
    assert (
        "Biology (over a full load: Above a full load: the district is asked whether it pays)"
        in sentences(client.get(url("sign", draft.pk)))
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"in_person_courses": ""}, "Enter a number. If the student takes no course in person, enter 0."),
        (
            {"in_person_courses": "4"},
            "Choose at least one course. Press “Add” at a course in the list below.",
        ),
        ({"in_person_courses": "many"}, "Enter a whole number from 0 to 12."),
        ({"in_person_courses": "13"}, "Enter a whole number from 0 to 12."),
        ({"add": "999999"}, "A course you chose is no longer in the catalog for this term."),
    ],
)
def test_going_on_needs_a_course_and_a_number(
    client: Client, hat: Membership, data: dict[str, str], sentence: str
) -> None:
    draft = draft_of(hat)
    assert sentence in sentences(client.post(url("courses", draft.pk), data))


def test_with_courses_and_a_number_it_goes_on_to_sign(client: Client, hat: Membership) -> None:
    draft = ready_draft_of(hat)
    response = client.post(url("courses", draft.pk), {"in_person_courses": "3"})
    assert went_to(response) == url("sign", draft.pk)
    assert CourseRequest.objects.get().in_person_courses == 3


def test_a_course_that_left_the_catalog_leaves_the_list_and_the_family_is_told(
    client: Client, hat: Membership
) -> None:
    draft = ready_draft_of(hat)
    line = draft.lines.get()
    line.course.valid_to = dt.date(2026, 11, 1)
    line.course.save()
    other = CourseFactory.create(title="Biology")
    response = client.post(url("courses", draft.pk), {"add": other.pk})
    assert told(response) == [
        "We took “Algebra” off your list. It is no longer in the catalog for this term. Choose another course."
    ]
    assert [line.course for line in draft.lines.all()] == [other]


def test_the_page_of_courses_costs_the_same_however_many(
    client: Client, hat: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    draft = ready_draft_of(hat)
    for _each in range(5):
        CourseFactory.create()
    client.get(url("courses", draft.pk))
    # Session, user, hats; request, lines, reasons, subjects, count, page of courses, full load.
    with django_assert_num_queries(10):
        client.get(url("courses", draft.pk))


# Step 4: check and sign ---------------------------------------------------------------------------


@pytest.mark.rule("R-12", "R-13")
def test_signing_sends_the_request_and_shows_the_receipt(client: Client, hat: Membership) -> None:
    draft = ready_draft_of(hat)
    page = client.get(url("sign", draft.pk))
    for box in CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=NOW.date()):
        assert box.meaning in sentences(page)
    response = client.post(url("sign", draft.pk), signature(), follow=True)
    assert response.redirect_chain == [(url("receipt", draft.pk), 302)]
    text = sentences(response)
    assert draft.number in text
    assert "November 2, 2026 at 12:00 p.m. Central time" in text or "November 2, 2026 at noon" in text
    assert "Tuesday, November 17, 2026" in text
    assert "Why this date?" in text
    request = CourseRequest.objects.get()
    assert (request.state, request.signed_name, request.has_iep_or_504) == ("submitted", "Pat Parent", False)


def test_signing_twice_is_one_request_and_says_so(client: Client, hat: Membership) -> None:
    draft = ready_draft_of(hat)
    client.post(url("sign", draft.pk), signature())
    response = client.post(url("sign", draft.pk), signature(), follow=True)
    assert response.redirect_chain == [(url("receipt", draft.pk), 302)]
    assert ALREADY_SENT in sentences(response)
    request = CourseRequest.objects.get()
    assert request.state == RequestState.SUBMITTED
    assert request.steps.count() == 1
    assert request.acknowledgements.count() == 6


def test_every_box_the_plan_and_the_name_are_needed(client: Client, hat: Membership) -> None:
    draft = ready_draft_of(hat)
    response = client.post(url("sign", draft.pk), {"signed_name": "  "})
    form = response.context["form"]
    boxes = [name for name in form.errors if name.startswith("statement_")]
    assert len(boxes) == 6
    assert form.errors[boxes[0]] == ["Check this box."]
    assert list(form.errors)[-3:] == ["prior_semester", "has_iep_or_504", "signed_name"]
    assert CourseRequest.objects.get().state == RequestState.DRAFT


@pytest.mark.parametrize(
    ("hurt", "sentence"),
    [
        (
            lambda draft: draft.lines.get().course.provider.authorizations.all().delete(),
            "“Algebra”: It is no longer in the catalog for this term. Choose another course.",
        ),
        (
            lambda draft: Claim.objects.update(missouri_resident=False),
            "MOCAP courses are for students who live in Missouri.",
        ),
        (
            lambda draft: CourseRequest.objects.update(term=Term.objects.get(school_year=2026, code="S2")),
            "This term cannot be chosen any more. Choose another term.",
        ),
    ],
)
def test_what_changed_since_is_refused_in_words(
    client: Client, hat: Membership, hurt: Callable[[CourseRequest], object], sentence: str
) -> None:
    draft = ready_draft_of(hat)
    hurt(draft)
    response = client.post(url("sign", draft.pk), signature())
    assert sentence in sentences(response)
    assert 'value="Pat Parent"' in response.content.decode()
    assert CourseRequest.objects.get().state == RequestState.DRAFT


def test_a_draft_without_courses_cannot_be_signed_yet(client: Client, hat: Membership) -> None:
    draft = draft_of(hat)
    response = client.get(url("sign", draft.pk))
    assert went_to(response) == url("courses", draft.pk)
    assert told(response) == [
        "Something is still missing: courses, the number of in-person courses, or a statement."
    ]


def test_what_was_typed_about_the_child_can_be_changed_before_sending(
    client: Client, hat: Membership
) -> None:
    draft = ready_draft_of(hat, claim__first_name="Robbin", claim__unsent=True)
    assert url("child_correct", draft.pk) in client.get(url("sign", draft.pk)).content.decode()
    page = client.get(url("child_correct", draft.pk))
    assert 'value="Robbin"' in page.content.decode()
    response = client.post(url("child_correct", draft.pk), child_answers(grade="9"))
    assert went_to(response) == url("sign", draft.pk)
    claim = Claim.objects.get()
    assert (claim.full_name, claim.grade) == ("Robin Reed", 9)


def test_a_confirmed_child_has_no_change_links(client: Client, hat: Membership) -> None:
    draft = ready_draft_of(hat, claim__confirmed=True)
    assert url("child_correct", draft.pk) not in client.get(url("sign", draft.pk)).content.decode()
    response = client.post(url("child_correct", draft.pk), child_answers())
    assert went_to(response) == url("sign", draft.pk)
    assert told(response) == ["The district has this student's data already. Ask it to correct them."]
    assert Claim.objects.get().last_name != "Reed"


def test_throwing_a_draft_away_asks_first(client: Client, hat: Membership) -> None:
    draft = ready_draft_of(hat)
    assert "Throw this draft away?" in sentences(client.get(url("discard", draft.pk)))
    assert CourseRequest.objects.count() == 1
    response = client.post(url("discard", draft.pk))
    assert went_to(response) == url("requests")
    assert told(response) == ["The draft is gone."]
    assert not CourseRequest.objects.exists()


@pytest.mark.parametrize("name", ["courses", "sign", "child_correct", "discard"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_was_sent_cannot_be_changed_any_more(
    client: Client, hat: Membership, name: str, method: str
) -> None:
    request = sent_request_of(hat)
    response = getattr(client, method)(url(name, request.pk))
    assert went_to(response) == url("receipt", request.pk)
    assert told(response) == [ALREADY_SENT]
    assert CourseLine.objects.count() == 1


@pytest.mark.parametrize("told", [[], ["policy"], ["guidance"], ["policy", "guidance"]])
def test_the_districts_rules_are_linked_where_a_family_agrees_to_them(
    client: Client, hat: Membership, told: list[str]
) -> None:
    draft = ready_draft_of(hat)
    policy, guidance = (
        f"https://district.example/{name}" if name in told else "" for name in ("policy", "guidance")
    )
    Lea.objects.filter(pk=draft.lea_id).update(policy_part_time_url=policy, guidance_url=guidance)
    page = client.get(url("sign", draft.pk)).content.decode()
    assert re.findall(r"https://district.example/(\w+)\"[^>]*>Read the district's (\w+)", page) == [
        (name, name) for name in told
    ]


def test_a_draft_has_no_receipt_yet(client: Client, hat: Membership) -> None:
    assert client.get(url("receipt", ready_draft_of(hat).pk)).status_code == 302


@pytest.mark.rule("R-07")
@pytest.mark.parametrize(("paid", "district", "family"), [("none", 1, 0), ("one", 1, 1), ("all", 0, 1)])
def test_a_receipt_says_who_registers_for_what(
    client: Client, hat: Membership, paid: str, district: int, family: int
) -> None:
    request = sent_request_of(hat)
    if paid != "none":
        CourseLineFactory.create(request=request, basis=Basis.PRIVATE)
    if paid == "all":
        request.lines.update(basis=Basis.PRIVATE)
    words = sentences(client.get(url("receipt", request.pk)))
    assert words.count("the district registers the student") == district
    assert words.count("you register with the provider yourself") == family
    assert words.count("(you pay for it yourself)") == request.lines.filter(basis=Basis.PRIVATE).count()


# Following ----------------------------------------------------------------------------------------


def test_the_status_shows_each_course_with_its_letter_and_no_name_of_staff(
    client: Client, hat: Membership
) -> None:
    request = sent_request_of(hat)
    denied = CourseLineFactory.create(request=request, course__title="Biology", position=99)
    by = counselor_of(request)
    factor = CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=NOW.date()).get(code="prerequisite")
    decision = actions.deny(
        denied.pk,
        by=by,
        at=LATER,
        factor_ids=[factor.pk],
        explanation="Algebra has to come first, and the student has not taken it so far.",
        would_make_it_a_yes="Algebra.",
        in_person_considered=True,
    )
    response = client.get(url("status", request.pk))
    text = sentences(response)
    assert "Algebra Waiting for a decision" in text
    assert "Biology Denied" in text
    assert url("letter", decision.letter_id) in response.content.decode()
    assert "Cora Secret" not in text
    assert "Why this date?" in text


def test_the_status_of_a_draft_leads_on(client: Client, hat: Membership) -> None:
    draft = draft_of(hat)
    response = client.get(url("status", draft.pk))
    assert "This is a draft. The district has not got it yet." in sentences(response)
    assert url("courses", draft.pk) in response.content.decode()


def test_a_late_status_says_what_silence_means(client: Client, hat: Membership) -> None:
    request = sent_request_of(hat)
    with time_machine.travel(dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC), tick=False):
        client.force_login(hat.user)
        text = sentences(client.get(url("status", request.pk)))
    assert "Silence neither approves nor denies a course" in text


def test_a_status_costs_the_same_however_many_courses(
    client: Client, hat: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = sent_request_of(hat)
    for _each in range(3):
        CourseLineFactory.create(request=request)
    client.get(url("status", request.pk))
    # Session, user, hats; request, lines, pauses, amendments; steps, policy, moves; why: pauses, moves, closed
    # days, moves.
    with django_assert_num_queries(14):
        client.get(url("status", request.pk))


@pytest.mark.rule("R-133")
def test_the_other_guardian_sees_what_was_sent_and_no_draft(client: Client, hat: Membership) -> None:
    first = MembershipFactory.create()
    request = sent_request_of(first, claim__confirmed=True)
    GuardianFactory.create(student=request.claim.student, user=hat.user)
    draft = CourseRequestFactory.create(
        claim=request.claim, term=Term.objects.get(school_year=2027, code="YL")
    )
    assert client.get(url("status", request.pk)).status_code == 200
    assert client.get(url("receipt", request.pk)).status_code == 200
    for name in ["status", "courses", "sign", "receipt", "child_correct", "discard"]:
        assert client.get(url(name, draft.pk)).status_code == 404
    text = sentences(client.get(url("requests")))
    assert request.number in text
    assert draft.number not in text


@pytest.mark.rule("R-134")
@pytest.mark.parametrize("name", ["status", "courses", "sign", "receipt", "child_correct", "discard"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_strangers_request_is_not_there(client: Client, name: str, method: str) -> None:
    other = MembershipFactory.create()
    draft, request = ready_draft_of(other), sent_request_of(other)
    for row in [draft, request]:
        response = getattr(client, method)(url(name, row.pk), signature() if name == "sign" else None)
        assert response.status_code == 404
        assert row.claim.last_name not in response.content.decode()
    assert CourseRequest.objects.get(pk=draft.pk).state == RequestState.DRAFT


@pytest.mark.parametrize(
    "name", ["part_time:requests", "part_time:start", "part_time:school", "records:children"]
)
def test_the_pages_are_for_families(client: Client, name: str) -> None:
    sign_in(client, MembershipFactory.create(counselor=True))
    assert client.get(reverse(name)).status_code == 403


# Letters ------------------------------------------------------------------------------------------


@pytest.fixture
def letter(hat: Membership) -> Letter:
    request = sent_request_of(hat, claim__first_name="Robin")
    line = request.lines.get()
    decision = actions.approve(line.pk, by=counselor_of(request), at=LATER, in_person_considered=True)
    assert decision.letter
    return decision.letter


def test_the_family_reads_the_letter_as_it_was_sent(client: Client, letter: Letter) -> None:
    response = client.get(url("letter", letter.pk))
    assert letter.html in response.content.decode()
    pdf = client.get(url("letter_pdf", letter.pk))
    assert pdf.getvalue().startswith(b"%PDF-")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert "Robin" not in pdf.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["letter", "letter_pdf"])
def test_staff_read_the_letters_of_their_own_district_only(client: Client, letter: Letter, name: str) -> None:
    lea = CourseRequest.objects.get().lea
    for organization, status in [(lea.organization, 200), (SchoolFactory.create().lea.organization, 404)]:
        sign_in(client, MembershipFactory.create(counselor=True, organization=organization))
        response = client.get(url(name, letter.pk))
        response.getvalue()  # a file that is not read to its end stays open
        assert response.status_code == status


@pytest.mark.rule("R-134")
@pytest.mark.parametrize("name", ["letter", "letter_pdf"])
def test_a_strangers_letter_is_not_there(client: Client, letter: Letter, name: str) -> None:
    client.force_login(MembershipFactory.create().user)
    assert client.get(url(name, letter.pk)).status_code == 404


# Children -----------------------------------------------------------------------------------------


def test_children_show_what_the_district_answered(client: Client, hat: Membership) -> None:
    ClaimFactory.create(claimant=hat.user, first_name="Ann")
    confirmed = ClaimFactory.create(claimant=hat.user, first_name="Ben", confirmed=True)
    judge = MembershipFactory.create(counselor=True)
    refused = ClaimFactory.create(
        claimant=hat.user,
        first_name="Cat",
        state="refused",
        refusal="This child goes to another school.",
        judged_by=judge,
        judged_at=NOW,
    )
    response = client.get(reverse("records:children"))
    text = sentences(response)
    assert [(child.name.split()[0], child.state) for child in response.context["children"]] == [
        ("Ann", "typed"),
        ("Ben", "confirmed"),
        ("Cat", "refused"),
    ]
    assert "Waiting for the district" in text
    assert "What the district wrote: This child goes to another school." in text
    assert f"If you think this is wrong, ask {refused.school.lea.contact}." in text
    assert reverse("records:disclosures", args=[confirmed.student_id]) in response.content.decode()
    assert mosis_id_of(student_of(confirmed)) not in response.content.decode()


def test_a_second_guardian_asks_the_district_without_a_request(client: Client, hat: Membership) -> None:
    claim = ClaimFactory.create(claimant=hat.user, unsent=True)
    reviewer = MembershipFactory.create(counselor=True, organization=claim.school.lea.organization)
    assert list(Claim.objects.visible_to(reviewer)) == []
    address = reverse("records:ask_to_confirm", args=[claim.pk])
    assert address in client.get(reverse("records:children")).content.decode()
    for _click in range(2):
        response = client.post(address)
        assert went_to(response) == reverse("records:children")
    assert told(response)[-1] == "The district was asked to confirm this. You see its answer here."
    assert list(Claim.objects.visible_to(reviewer)) == [claim]
    assert Claim.objects.get().state == "typed"
    assert address not in client.get(reverse("records:children")).content.decode()


def test_the_other_parents_claim_is_not_sent(client: Client, hat: Membership) -> None:
    claim = ClaimFactory.create(unsent=True)
    assert client.post(reverse("records:ask_to_confirm", args=[claim.pk])).status_code == 404
    assert Claim.objects.get().state == "unsent"


def test_a_confirmed_child_keeps_what_this_family_typed(client: Client, hat: Membership) -> None:
    claim = ClaimFactory.create(claimant=hat.user, first_name="Robin", last_name="Reed", confirmed=True)
    student = student_of(claim)
    student.first_name = "Roberta"
    student.save()
    assert "Roberta" not in sentences(client.get(reverse("records:children")))


def test_a_guardian_without_a_claim_sees_name_grade_and_school(client: Client, hat: Membership) -> None:
    guardian = GuardianFactory.create(user=hat.user, student__first_name="Dee", student__last_name="Doe")
    text = sentences(client.get(reverse("records:children")))
    assert "Dee Doe Grade 10, " + guardian.student.school.name in text
    assert mosis_id_of(guardian.student) not in text


def test_children_cost_the_same_however_many(
    client: Client, hat: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(3):
        ClaimFactory.create(claimant=hat.user, confirmed=True)
    client.get(reverse("records:children"))
    # Session, user, hats; students, claims.
    with django_assert_num_queries(5):
        client.get(reverse("records:children"))


@pytest.mark.rule("R-131")
def test_the_log_of_disclosures_says_when_to_whom_what_and_why(client: Client, hat: Membership) -> None:
    guardian = GuardianFactory.create(user=hat.user)
    DisclosureFactory.create(student=guardian.student, recipient__name="Gateway Online")
    DisclosureFactory.create(recipient__name="Somebody else")
    text = sentences(client.get(reverse("records:disclosures", args=[guardian.student_id])))
    assert (
        "Gateway Online When November 5, 2026 at 9:00 a.m. Central time What Name, MOSIS ID, birth date, grade "
        "Why Registration in an approved course"
    ) in text or ("Gateway Online When November 5, 2026 at 9 a.m. Central time What") in text
    assert "Somebody else" not in text


def test_an_empty_log_says_so(client: Client, hat: Membership) -> None:
    guardian = GuardianFactory.create(user=hat.user)
    text = sentences(client.get(reverse("records:disclosures", args=[guardian.student_id])))
    assert "Nobody outside the district was told anything." in text


@pytest.mark.rule("R-134")
def test_a_strangers_log_is_not_there(client: Client) -> None:
    student = GuardianFactory.create().student
    assert client.get(reverse("records:disclosures", args=[student.pk])).status_code == 404


@pytest.mark.parametrize(
    ("name", "queries"),
    # Session, user, hats come first.
    [
        ("part_time:start", 4),  # children
        ("part_time:school", 3),
        ("part_time:child", 6),  # school, terms, what was kept
        ("part_time:child_again", 5),  # child, terms
        ("part_time:child_correct", 4),  # request
        # request, lines, policy, statements, whether the semester before is asked, the usual time: two
        ("part_time:sign", 10),
        ("part_time:discard", 4),  # request
        ("part_time:receipt", 10),  # request, lines, pauses; why this date: four
        ("part_time:letter", 4),  # line with its letter
    ],
)
def test_every_other_page_costs_what_it_says(
    client: Client,
    hat: Membership,
    django_assert_num_queries: DjangoAssertNumQueries,
    name: str,
    queries: int,
) -> None:
    claim = ClaimFactory.create(claimant=hat.user)
    draft = ready_draft_of(hat, claim__unsent=True)
    sent = sent_request_of(hat)
    decision = actions.approve(
        sent.lines.get().pk, by=counselor_of(sent), at=LATER, in_person_considered=True
    )
    rows: dict[str, list[Any]] = {
        "part_time:start": [],
        "part_time:school": [],
        "part_time:child": [claim.school_id],
        "part_time:child_again": [claim.pk],
        "part_time:receipt": [sent.pk],
        "part_time:letter": [decision.letter_id],
    }
    address = reverse(name, args=rows.get(name, [draft.pk]))
    client.get(address)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


# What a family never sees -------------------------------------------------------------------------


def test_no_page_shows_a_mosis_id(client: Client, hat: Membership) -> None:
    claim = ClaimFactory.create(claimant=hat.user, confirmed=True)
    request = sent_request_of(hat, claim=claim)
    draft = CourseRequestFactory.create(claim=claim, term=Term.objects.get(school_year=2027, code="YL"))
    pages = [
        url("requests"),
        url("start"),
        url("child_again", claim.pk),
        url("status", request.pk),
        url("receipt", request.pk),
        url("courses", draft.pk),
        reverse("records:children"),
        reverse("records:disclosures", args=[claim.student_id]),
    ]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert mosis_id_of(student_of(claim)) not in response.content.decode(), page
