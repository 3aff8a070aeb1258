"""The pages on which staff enter a request for a family and record what was decided on paper."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enrollment.part_time import actions
from enrollment.part_time.models import (
    Channel,
    CourseLine,
    CourseRequest,
    Decision,
    LineState,
    RequestState,
    Unfinished,
)
from enrollment.records.models import Claim, ClaimState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, School
from mocap_portal.foundation.papers.models import Document
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.directory import LeaPolicyFactory, SchoolFactory, TermFactory
from tests.factories.papers import PDF, DocumentFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import CourseFactory
from tests.factories.records import GuardianFactory, StudentFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 20, 16, tzinfo=dt.UTC)  # a Friday
EXPLANATION = "The student has failed two virtual courses in a row and asks for a teacher in the room."


@pytest.fixture(autouse=True)
def _now(time_machine: Any, settings: Any, tmp_path: Path) -> None:
    time_machine.move_to(NOW, tick=False)
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def school() -> School:
    school: School = SchoolFactory.create()
    TermFactory.create()
    return school


@pytest.fixture
def counselor(school: School) -> Membership:
    hat: Membership = MembershipFactory.create(counselor=True, lea=school.lea)
    return hat


@pytest.fixture
def client(counselor: Membership) -> Client:
    return sign_in(Client(), counselor)


def url(name: str, *keys: int) -> str:
    return reverse(f"part_time:{name}", args=keys)


def day(name: str, date: dt.date) -> dict[str, str]:
    parts = {"month": date.month, "day": date.day, "year": date.year}
    return {f"{name}_{part}": str(number) for part, number in parts.items()}


def family(school: School, **changes: Any) -> dict[str, Any]:
    """The first page: a grandmother called on 2 November about a child that is not known."""
    return {
        "first_name": "Robin",
        "last_name": "Rivers",
        **day("birth_date", dt.date(2011, 3, 9)),
        "school": school.pk,
        "grade": 10,
        "enrollment": "public",
        "missouri_resident": "yes",
        "prior_semester": "attended",
        "has_iep_or_504": "no",
        "asker_name": "Gloria Grand",
        "relationship": "guardian",
        "phone": "573-555-0123",
        "channel": "phone",
        **day("came_on", dt.date(2026, 11, 2)),
        "term_id": TermFactory.create().pk,
    } | changes


def signature(**changes: Any) -> dict[str, Any]:
    statements = CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=dt.date(2026, 11, 2))
    boxes = {f"statement_{statement.pk}": "on" for statement in statements}
    return {**boxes, "signed_name": "Gloria Grand", "note": ""} | changes


def begin(client: Client, school: School, *, courses: int = 1, **changes: Any) -> int:
    """An entry with its family and courses; its key."""
    started = client.post(url("enter_start"))
    entry = Unfinished.objects.latest("pk")
    assert started.headers["Location"] == url("enter_family", entry.pk)
    response = client.post(url("enter_family", entry.pk), family(school, **changes))
    assert response.headers["Location"] == url("enter_courses", entry.pk)
    for course in CourseFactory.create_batch(courses):
        client.post(url("enter_courses", entry.pk), lines_of(entry.pk) | {"add": course.pk})
    on = client.post(url("enter_courses", entry.pk), lines_of(entry.pk) | {"in_person_courses": 4})
    assert on.headers["Location"] == url("enter_sign", entry.pk)
    return entry.pk


def lines_of(entry: int) -> dict[str, str]:
    """The boxes of the courses chosen so far, as the page sends them."""
    kept = Unfinished.objects.get(pk=entry).answers.get("courses", [])
    return {f"course-{one['course_id']}-basis": "district" for one in kept}


def scan(content: bytes = PDF, name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def problems(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["form"].errors)


# Entering -----------------------------------------------------------------------------------------


@pytest.mark.rule("R-12", "R-13")
def test_a_call_is_entered_page_by_page(client: Client, school: School, counselor: Membership) -> None:
    entry = begin(client, school, courses=2)
    page = client.get(url("enter_sign", entry)).content.decode()
    assert "This request was due by" in page and "November 17, 2026" in page
    response = client.post(url("enter_sign", entry), signature(signed_name="Gloria Grand Rivers"))
    request = CourseRequest.objects.get()
    assert response.headers["Location"] == url("entry_receipt", request.pk)
    assert (request.channel, request.signed_name, request.entered_by) == (
        Channel.PHONE,
        "Gloria Grand Rivers",
        counselor,
    )
    assert (request.lines.count(), request.in_person_courses, request.has_iep_or_504) == (2, 4, False)
    receipt = client.get(url("entry_receipt", request.pk)).content.decode()
    for told in (request.number, "Gloria Grand", "November 17, 2026", "November 2, 2026"):
        assert told in receipt
    review = client.get(url("review", request.pk)).content.decode()
    assert f"Entered by {counselor.user.name} for the family; it came in by phone on" in review
    assert "Not signed on paper" in review


def test_a_known_student_is_chosen_by_name(client: Client, school: School) -> None:
    student = StudentFactory.create(school=school, first_name="Rowan")
    StudentFactory.create(first_name="Rowan")  # of another district
    response = client.post(url("enter"), {"words": "Rowan"})
    assert response.context["students"] == [student]
    client.post(url("enter_start"), {"student": student.pk})
    entry = Unfinished.objects.get()
    page = client.get(url("enter_family", entry.pk))
    assert page.context["form"].initial == {"school": school.pk, "grade": student.grade}
    assert {"first_name", "last_name", "birth_date"}.isdisjoint(page.context["form"].fields)


@pytest.mark.parametrize("key", ["0", "x", "9" * 50])
def test_a_student_of_nobody_is_not_found(key: str, client: Client) -> None:
    assert client.post(url("enter_start"), {"student": key}).status_code == 404
    assert not Unfinished.objects.exists()


def test_nobody_begins_for_a_child_of_their_own(
    client: Client, school: School, counselor: Membership
) -> None:
    own = StudentFactory.create(school=school, first_name="Rowan")
    GuardianFactory.create(student=own, user=counselor.user)
    assert client.post(url("enter"), {"words": "Rowan"}).context["students"] == []
    assert client.post(url("enter_start"), {"student": own.pk}).headers["Location"] == url("enter")
    assert not Unfinished.objects.exists()


def test_what_was_begun_is_found_again(client: Client, school: School) -> None:
    entry = begin(client, school)
    assert [row["name"] for row in client.get(url("enter")).context["begun"]] == ["Robin Rivers"]
    form = client.get(url("enter_family", entry)).context["form"]
    assert form["asker_name"].value() == "Gloria Grand"
    client.post(url("enter_discard", entry))
    assert client.get(url("enter_family", entry)).status_code == 404
    assert client.get(url("enter")).context["begun"] == []


def test_a_colleague_does_not_see_what_was_begun(client: Client, school: School) -> None:
    entry = begin(client, school)
    colleague = sign_in(Client(), MembershipFactory.create(coordinator=True, lea=school.lea))
    assert colleague.get(url("enter_sign", entry)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"phone": ""}, {"phone": ["Enter an e-mail address, a phone number or a postal address."]}),
        ({"email": "gloria"}, {"email": ["This is not an e-mail address."]}),
        (
            day("came_on", dt.date(2026, 11, 21)),
            {"came_on": ["The date must be Friday, November 20, 2026 or earlier."]},
        ),
        (day("came_on", dt.date(2025, 11, 2)), {"term_id": [str(actions.TermNotOpen.sentence)]}),
        (
            {"enrollment": "home"},
            {
                "__all__": [
                    (
                        "A district pays only for students who are enrolled full time in a public or charter school. "
                        "Families of home and private schools may buy courses from a provider directly."
                    )
                ]
            },
        ),
    ],
)
def test_the_first_page_says_what_to_mend(
    changes: dict[str, Any], errors: dict[str, list[str]], client: Client, school: School
) -> None:
    client.post(url("enter_start"))
    entry = Unfinished.objects.get()
    response = client.post(url("enter_family", entry.pk), family(school, **changes))
    assert problems(response) == errors
    assert response.context["form"]["asker_name"].value() == "Gloria Grand"


def test_a_course_is_taken_off_and_needs_no_second_place(client: Client, school: School) -> None:
    entry = begin(client, school, courses=2)
    first, second = (one["course_id"] for one in Unfinished.objects.get().answers["courses"])
    again = client.post(url("enter_courses", entry), lines_of(entry) | {"add": first})
    assert again.headers["Location"].endswith(f"#course-{first}")
    off = {f"course-{first}-remove": "on", "in_person_courses": 4}
    client.post(url("enter_courses", entry), lines_of(entry) | off)
    assert [one["course_id"] for one in Unfinished.objects.get().answers["courses"]] == [second]
    none_left = {f"course-{second}-remove": "on", "in_person_courses": 4}
    response = client.post(url("enter_courses", entry), lines_of(entry) | none_left)
    assert list(problems(response)) == ["__all__"]


def test_pages_follow_each_other(client: Client, school: School) -> None:
    client.post(url("enter_start"))
    entry = Unfinished.objects.get().pk
    for name in ("enter_courses", "enter_sign"):
        assert client.get(url(name, entry)).headers["Location"] == url("enter_family", entry)
    client.post(url("enter_family", entry), family(school))
    assert client.get(url("enter_sign", entry)).headers["Location"] == url("enter_courses", entry)


@pytest.mark.rule("R-12")
def test_a_paper_is_asked_for_and_kept_while_other_answers_are_mended(
    client: Client, school: School, counselor: Membership
) -> None:
    entry = begin(client, school, channel="paper")
    response = client.post(url("enter_sign", entry), signature())
    assert problems(response) == {"scan": [str(actions.PaperMissing.sentence)]}
    wrong = client.post(url("enter_sign", entry), signature(scan=scan(b"<html>"), note="Please call."))
    assert list(problems(wrong)) == ["scan"]
    assert wrong.context["form"]["note"].value() == "Please call."
    unsigned = client.post(url("enter_sign", entry), signature(scan=scan(), signed_name=""))
    assert list(problems(unsigned)) == ["signed_name"]
    document = Document.objects.get()
    page = unsigned.content.decode()
    assert f'value="{document.pk}"' in page and "Your file is kept: scan.pdf" in page
    client.post(url("enter_sign", entry), signature(kept=str(document.pk)))
    assert CourseRequest.objects.get().scan == document


def test_a_better_scan_takes_the_place_of_the_first(
    client: Client, school: School, counselor: Membership
) -> None:
    entry = begin(client, school, channel="paper")
    client.post(url("enter_sign", entry), signature(scan=scan(), signed_name=""))
    first = Document.objects.get()
    client.post(url("enter_sign", entry), signature(scan=scan(PDF + b"2"), kept=str(first.pk)))
    assert Document.objects.get() == CourseRequest.objects.get().scan != first


@pytest.mark.parametrize("whose", ["a colleague's", "of a request"])
def test_a_file_of_somebody_else_is_not_taken(
    whose: str, client: Client, school: School, counselor: Membership
) -> None:
    document = DocumentFactory.create(**({"uploaded_by": counselor} if whose == "of a request" else {}))
    if whose == "of a request":
        CourseRequestFactory.create(scan=document)
    entry = begin(client, school, channel="paper")
    response = client.post(url("enter_sign", entry), signature(kept=str(document.pk)))
    assert list(problems(response)) == ["scan"]


def test_sent_twice_is_entered_once(client: Client, school: School) -> None:
    entry = begin(client, school)
    answers = [client.post(url("enter_sign", entry), signature()) for _ in range(2)]
    receipt = url("entry_receipt", CourseRequest.objects.get().pk)
    assert [answer.headers["Location"] for answer in answers] == [receipt, receipt]
    for name in ("enter_family", "enter_courses", "enter_sign", "enter_discard"):  # the back button
        assert client.get(url(name, entry)).headers["Location"] == receipt


def test_the_same_paper_by_a_colleague_leads_to_the_first(client: Client, school: School) -> None:
    course = CourseFactory.create()
    colleague = sign_in(Client(), MembershipFactory.create(coordinator=True, lea=school.lea))
    for person in (client, colleague):
        person.post(url("enter_start"))
        entry = Unfinished.objects.latest("pk").pk
        person.post(url("enter_family", entry), family(school))
        person.post(url("enter_courses", entry), {"add": course.pk})
        person.post(url("enter_courses", entry), lines_of(entry) | {"in_person_courses": 4})
        response = person.post(url("enter_sign", entry), signature())
    assert response.headers["Location"] == url("entry_receipt", CourseRequest.objects.get().pk)


def test_an_account_with_the_same_address_is_named_and_not_linked(client: Client, school: School) -> None:
    UserFactory.create(email="gloria@example.org")
    entry = begin(client, school, email="Gloria@example.org")
    told = "A person with this e-mail address has an account."
    assert told in client.get(url("enter_sign", entry)).content.decode()
    client.post(url("enter_sign", entry), signature())
    claim = Claim.objects.get()
    assert (claim.claimant, claim.state) == (None, ClaimState.TYPED)
    assert told in client.get(url("entry_receipt", CourseRequest.objects.get().pk)).content.decode()


def test_an_unverified_address_is_no_account(client: Client, school: School) -> None:
    UserFactory.create(email="gloria@example.org", verified=False)
    entry = begin(client, school, email="gloria@example.org")
    page = client.get(url("enter_sign", entry)).content.decode()
    assert "has an account" not in page


def test_what_a_family_sent_itself_has_no_receipt_here(client: Client, school: School) -> None:
    request = CourseRequestFactory.create(submitted=True, claim__school=school)
    assert client.get(url("entry_receipt", request.pk)).status_code == 404


@pytest.mark.parametrize("courses", [1, 12])
def test_pages_ask_the_database_as_often_for_many_courses(
    courses: int, client: Client, school: School, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    entry = begin(client, school, courses=courses)
    with django_assert_num_queries(COURSES_QUERIES):
        client.get(url("enter_courses", entry))
    with django_assert_num_queries(SIGN_QUERIES):
        client.get(url("enter_sign", entry))


COURSES_QUERIES, SIGN_QUERIES = 16, 15


@pytest.mark.parametrize("students", [1, 20])
def test_the_search_asks_as_often_for_many_students(
    students: int, client: Client, school: School, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for student in StudentFactory.create_batch(students, school=school, first_name="Rowan"):
        client.post(url("enter_start"), {"student": student.pk})
    with django_assert_num_queries(SEARCH_QUERIES):
        client.post(url("enter"), {"words": "Rowan"})


SEARCH_QUERIES = 6


# Recording a decision -----------------------------------------------------------------------------


def waiting(school: School, lines: int = 2) -> CourseRequest:
    request: CourseRequest = CourseRequestFactory.create(submitted=True, claim__school=school)
    CourseLineFactory.create_batch(lines, request=request)
    return request


def decision(request: CourseRequest, *outcomes: str, **changes: Any) -> dict[str, Any]:
    """What is sent about the lines of a request, in their order, decided on 10 November."""
    said: dict[str, Any] = {
        **day("decided_on", dt.date(2026, 11, 10)),
        "decided_by": "Dana Dean",
        "role": "principal",
        "reference": "Drawer 4",
    }
    for line, outcome in zip(request.lines.order_by("position"), outcomes, strict=False):
        said[f"line-{line.pk}-outcome"] = outcome
        said[f"line-{line.pk}-explanation"] = EXPLANATION if outcome == "denied" else ""
    return said | changes


def test_a_paper_is_recorded_and_marked(client: Client, school: School, counselor: Membership) -> None:
    request = waiting(school)
    review = url("review", request.pk)
    assert url("record_paper", request.pk) in client.get(review).content.decode()
    response = client.post(
        url("record_paper", request.pk),
        decision(request, "approved", "denied", reference="", scan=scan(), in_person_considered="on"),
    )
    assert response.headers["Location"] == review
    request.refresh_from_db()
    assert request.state == RequestState.DECIDED
    approved, denied = Decision.objects.order_by("pk")
    assert (approved.outcome, denied.outcome, denied.explanation) == ("approved", "denied", EXPLANATION)
    assert approved.scan == denied.scan == Document.objects.get()
    assert approved.decided_by_name == "Dana Dean, principal"
    page = client.get(review).content.decode()
    for told in (
        "Decided on paper",
        "Approved by Dana Dean, principal on",
        f"Recorded here by {counselor.user.name}",
    ):
        assert told in page
    parent = sign_in(Client(), MembershipFactory.create(user=request.claim.claimant))
    status = parent.get(url("status", request.pk)).content.decode()
    assert EXPLANATION in status and url("decision_scan", denied.pk) in status
    assert "Recorded here by" not in status
    file: Any = parent.get(url("decision_scan", denied.pk))
    assert b"".join(file.streaming_content) == PDF
    stranger = sign_in(Client(), MembershipFactory.create())
    assert stranger.get(url("decision_scan", denied.pk)).status_code == 404


def test_a_decision_without_a_scan_says_where_its_paper_is(client: Client, school: School) -> None:
    request = waiting(school, 1)
    client.post(url("record_paper", request.pk), decision(request, "approved"))
    row = Decision.objects.get()
    assert "Where the paper is kept: Drawer 4" in client.get(url("review", request.pk)).content.decode()
    assert client.get(url("decision_scan", row.pk)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"reference": ""}, {"reference": [str(actions.PaperNotFound.sentence)]}),
        ({"decided_by": ""}, {"decided_by": ["Enter the name of whoever decided."]}),
        (
            day("decided_on", dt.date(2026, 11, 1)),
            {"decided_on": ["The date must be Monday, November 2, 2026 or later."]},
        ),
    ],
)
def test_the_paper_says_what_to_mend(
    changes: dict[str, Any], errors: dict[str, list[str]], client: Client, school: School
) -> None:
    request = waiting(school, 1)
    response = client.post(url("record_paper", request.pk), decision(request, "approved", **changes))
    assert problems(response) == errors
    assert CourseLine.objects.get().state == LineState.REQUESTED


def test_a_good_scan_is_kept_while_the_explanation_is_mended(client: Client, school: School) -> None:
    request = waiting(school, 1)
    line = request.lines.get()
    short = {f"line-{line.pk}-explanation": "No.", "scan": scan(), "reference": ""}
    response = client.post(url("record_paper", request.pk), decision(request, "denied", **short))
    assert list(response.context["outcomes"][0].errors) == ["explanation"]
    document = Document.objects.get()
    assert f'value="{document.pk}"' in response.content.decode()
    client.post(
        url("record_paper", request.pk), decision(request, "denied", reference="", kept=str(document.pk))
    )
    assert Decision.objects.get().scan == document


def test_a_paper_that_says_nothing(client: Client, school: School) -> None:
    request = waiting(school, 1)
    response = client.post(url("record_paper", request.pk), decision(request, ""))
    assert problems(response) == {"__all__": [str(actions.NothingDecided.sentence)]}


def test_recorded_twice_leads_to_what_is_there(client: Client, school: School) -> None:
    request = waiting(school, 1)
    sent = decision(request, "approved")
    answers = [client.post(url("record_paper", request.pk), sent) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {url("review", request.pk)}
    assert Decision.objects.count() == 1


@pytest.mark.rule("R-19")
def test_a_counselor_of_a_reserved_district_records_nothing(client: Client, school: School) -> None:
    LeaPolicyFactory.create(lea=school.lea, reserved=True)
    request = waiting(school, 1)
    assert client.get(url("record_paper", request.pk)).status_code == 403
    assert url("record_paper", request.pk) not in client.get(url("review", request.pk)).content.decode()
    coordinator = sign_in(Client(), MembershipFactory.create(coordinator=True, lea=school.lea))
    assert coordinator.post(url("record_paper", request.pk), decision(request, "approved")).status_code == 302
    assert Decision.objects.count() == 1


@pytest.mark.rule("R-29")
def test_what_was_approved_on_paper_is_registered_as_always(school: School) -> None:
    """Also a course that has started: the days to register ran from the day of the decision, and are over."""
    request = waiting(school, 1)
    coordinator = sign_in(Client(), MembershipFactory.create(coordinator=True, lea=school.lea))
    coordinator.post(url("record_paper", request.pk), decision(request, "approved"))
    page = coordinator.get(reverse("registration:line", args=[request.lines.get().pk]))
    assert page.status_code == 200
    parent = sign_in(Client(), MembershipFactory.create(user=request.claim.claimant))
    assert parent.post(reverse("registration:line", args=[request.lines.get().pk])).status_code == 403


def test_inbox_offers_the_ways_in(client: Client, school: School) -> None:
    page = client.get(url("inbox")).content.decode()
    assert url("enter") in page and url("import_papers") not in page
    coordinator = sign_in(Client(), MembershipFactory.create(coordinator=True, lea=school.lea))
    assert url("import_papers") in coordinator.get(url("inbox")).content.decode()
