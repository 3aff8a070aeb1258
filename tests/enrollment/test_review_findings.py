"""What the page of a request tells whoever decides: findings with their source, what the family said, every state."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils.html import escape

from enrollment.part_time import actions
from enrollment.part_time.findings import findings
from enrollment.part_time.models import (
    Amendment,
    Basis,
    CourseLine,
    CourseRequest,
    Decision,
    LineState,
)
from enrollment.part_time.rules import Answer, eligibility
from enrollment.records.models import PriorSemester
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import (
    CodeMeaning,
    CodeSet,
    LegalKey,
    LegalValue,
    RequestWindow,
)
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.models import Letter
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory, LeaPolicyFactory
from tests.factories.part_time import CourseLineFactory

from .review_kit import (
    APPROVAL,
    NOW,
    SEND,
    address_of,
    client_of,
    denial,
    factor,
    line_in,
    main_part,
    page_of,
    request_in,
    staff,
    told,
)

pytestmark = pytest.mark.django_db

POLICY = "One semester in a Missouri public school just before."
QUESTION = "In a Missouri public school in the semester before"


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


# Findings -------------------------------------------------------------------------------------------


def prior_semester(course_request: CourseRequest) -> list[tuple[str, Answer]]:
    return [(row.rule, row.answer) for row in findings(course_request).answers if row.question == QUESTION]


@pytest.mark.rule("R-03", "R-04")
@pytest.mark.parametrize(
    ("said", "rule", "answer", "words"),
    [
        (PriorSemester.ATTENDED, "R-03", Answer.MET, "Met"),
        (PriorSemester.EXCEPTION, "R-04", Answer.EXCEPTION, "Met by exception"),
        (PriorSemester.NOT_ATTENDED, "R-03", Answer.NOT_MET, "This alone denies no course"),
        ("", "R-03", Answer.NOT_ASKED, "The family was not asked. This denies no course."),
    ],
)
def test_the_semester_before_is_told_with_its_source_and_denies_nothing(
    said: str, rule: str, answer: Answer, words: str
) -> None:
    lea = LeaFactory.create()
    LeaPolicyFactory.create(lea=lea, prior_semester_text=POLICY)
    line = line_in(lea, of={"prior_semester": said})
    assert prior_semester(line.request) == [(rule, answer)]
    client = client_of(staff(lea))
    page = main_part(client.get(page_of(line.request)))
    for told_words in (
        words,
        POLICY,
        "Source: RSMo 161.670.3 as enacted by SB 603 (2018); DESE program pages",
        escape("The statute dropped it on 28 August 2022 (HB 1552); the program's pages still print it."),
    ):
        assert told_words in page
    line.refresh_from_db()
    assert line.state == LineState.REQUESTED
    assert client.post(address_of(line), APPROVAL | SEND).status_code == 302
    assert Decision.objects.get().outcome == "approved"


@pytest.mark.rule("R-03")
def test_the_semester_before_is_no_question_of_whether_a_request_is_taken() -> None:
    claim = request_in(LeaFactory.create(), prior_semester=PriorSemester.NOT_ATTENDED).claim
    assert {row.rule for row in eligibility(claim, on=NOW.date())} == {"R-01", "R-02"}


@pytest.mark.rule("R-03")
def test_where_the_state_switched_it_off_nobody_is_told() -> None:
    lea = LeaFactory.create()
    LeaPolicyFactory.create(lea=lea, prior_semester_text=POLICY)
    LegalValue.objects.filter(key=LegalKey.PRIOR_SEMESTER).update(number=0)
    course_request = request_in(lea, prior_semester=PriorSemester.NOT_ATTENDED)
    assert prior_semester(course_request) == []
    page = main_part(client_of(staff(lea)).get(page_of(course_request)))
    assert QUESTION not in page
    assert POLICY not in page


def test_each_finding_names_its_source_and_each_answer_its_word() -> None:
    lea = LeaFactory.create()
    course_request = request_in(
        lea, lines=0, claim__missouri_resident=False, claim__birth_date=dt.date(2005, 1, 1)
    )
    CourseLineFactory.create_batch(2, request=course_request, over_full_load=True, basis=Basis.ASKED)
    assert [(row.rule, row.answer, row.source) for row in findings(course_request).answers][:4] == [
        ("R-01", Answer.NOT_MET, "RSMo 161.670.1"),
        ("R-01", Answer.NOT_MET, "RSMo 161.670.1"),
        ("R-02", Answer.MET, "RSMo 161.670.3(1)(a)"),
        ("R-07", Answer.NOT_MET, "RSMo 161.670.2(4)"),
    ]
    page = main_part(client_of(staff(lea)).get(page_of(course_request)))
    assert "2 courses lie above a full load: the district need not pay for them." in page
    assert "MOCAP courses are for students who live in Missouri." in page


def test_the_districts_dates_are_guidance() -> None:
    lea = LeaFactory.create()
    LeaPolicyFactory.create(lea=lea, window_text="Best two weeks before the term.")
    course_request = request_in(lea)
    RequestWindow.objects.create(
        lea=lea,
        term=course_request.term,
        opens_on=dt.date(2026, 10, 1),
        closes_on=dt.date(2026, 10, 15),
    )
    page = main_part(client_of(staff(lea)).get(page_of(course_request)))
    assert "Best two weeks before the term." in page
    assert "Thursday, October 1, 2026" in page


# What the family said -------------------------------------------------------------------------------


def test_what_the_family_said_about_a_course_is_told() -> None:
    lea = LeaFactory.create()
    reason = CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=NOW.date()).get(code="schedule")
    line = line_in(
        lea,
        of={"note": "She works on Fridays."},
        reason=reason,
        reason_words="Band is in the same hour",
        planned_minutes=300,
        over_full_load=True,
        basis=Basis.ASKED,
    )
    client = client_of(staff(lea))
    page = main_part(client.get(page_of(line.request)))
    for words in (
        escape("It does not fit the student's schedule: Band is in the same hour"),
        "Told to you; never a ground to deny.",
        "5 hours a week",
        "Above a full load: the district is asked whether it pays",
        "She works on Fridays.",
        "The family wrote it here",
    ):
        assert words in page, words
    assert "approving it means that the district pays for it" in main_part(client.get(address_of(line)))


def test_an_odd_time_is_told_in_minutes() -> None:
    lea = LeaFactory.create()
    line = line_in(lea, planned_minutes=90)
    assert "90 minutes a week" in main_part(client_of(staff(lea)).get(page_of(line.request)))


def test_what_the_family_changed_stands_with_before_and_after() -> None:
    lea = LeaFactory.create()
    course_request = request_in(lea)
    family = MembershipFactory.create(user=course_request.claim.claimant)
    Amendment.objects.create(
        request=course_request,
        at=NOW,
        by=family,
        signed_name="Dana Rivera",
        after_opening=True,
        changes=[["Courses in person", "4", "5"], ["Note", "", "Please call."]],
    )
    page = main_part(client_of(staff(lea)).get(page_of(course_request)))
    assert "<del>4</del>" in page
    assert "<ins>5</ins>" in page
    assert "<del>–</del>" in page
    assert "<ins>Please call.</ins>" in page
    assert "The request had been opened before. The due date stays." in page


def test_a_request_that_staff_entered_says_so_and_keeps_its_paper() -> None:
    lea = LeaFactory.create()
    clerk = staff(lea, coordinator=True, user__name="Cora Clerk")
    upload = ContentFile(b"%PDF-1.7 a paper", name="robin.pdf")
    scan = papers.store_document(upload, by=clerk, at=NOW)
    course_request = request_in(lea, channel="paper", entered_by=clerk, signed_by=None, scan=scan)
    address = reverse("part_time:request_scan", args=[course_request.pk])
    client = client_of(staff(lea))
    page = main_part(client.get(page_of(course_request)))
    for words in ("On paper", "Cora Clerk", address):
        assert words in page
    family = MembershipFactory.create(user=course_request.claim.claimant)
    for hat in (staff(lea), MembershipFactory.create(dese_reviewer=True), family):
        response: Any = client_of(hat).get(address)
        assert b"".join(response.streaming_content) == b"%PDF-1.7 a paper"
        assert "robin" not in response.headers["Content-Disposition"]
    assert client_of(staff(LeaFactory.create())).get(address).status_code == 404
    other = reverse("part_time:request_scan", args=[request_in(lea).pk])
    assert client.get(other).status_code == 404


def test_the_paper_of_a_decision_is_the_districts() -> None:
    lea = LeaFactory.create()
    counselor = staff(lea)
    line = line_in(lea)
    decision = actions.approve(line.pk, by=counselor, at=NOW, in_person_considered=True)
    scan = papers.store_document(ContentFile(b"%PDF-1.7 yes", name="x.pdf"), by=counselor, at=NOW)
    Decision.objects.filter(pk=decision.pk).update(
        channel="paper", letter=None, decided_by_name="Pia Principal", scan=scan
    )
    address = reverse("part_time:decision_scan", args=[decision.pk])
    client = client_of(counselor)
    assert address in main_part(client.get(page_of(line.request)))
    response: Any = client.get(address)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 yes"
    assert client_of(staff(LeaFactory.create())).get(address).status_code == 404


@pytest.mark.rule("R-24")
def test_how_earlier_virtual_courses_went_is_told_and_may_be_cited() -> None:
    lea = LeaFactory.create()
    line = line_in(lea, of={"claim__confirmed": True})
    earlier = line_in(
        lea,
        of={"claim__confirmed": True, "claim__student": line.request.claim.student},
        course__title="Latin I",
        state=LineState.COMPLETED,
        started_on=dt.date(2026, 1, 12),
        ended_on=dt.date(2026, 5, 20),
        percent_complete=62,
        final_grade="D",
    )
    line_in(lea, of={"claim__confirmed": True}, course__title="Of another child", state=LineState.REMOVED)
    client = client_of(staff(lea))
    page = main_part(client.get(page_of(line.request)))
    assert f"{earlier.course.title}, {earlier.course.provider}: Completed" in page
    assert "62 %" in page
    assert "grade D" in page
    assert "Of another child" not in page
    client.post(address_of(line), denial(factors=[factor("earlier_virtual_results").pk]) | SEND)
    assert "<li>Earlier virtual courses. How earlier virtual courses went.</li>" in Letter.objects.get().html


def test_what_was_asked_twice_is_marked_in_the_row_and_on_the_page() -> None:
    lea = LeaFactory.create()
    line = line_in(lea)
    twin = line_in(lea, of={"claim": line.request.claim, "term": line.request.term}, course=line.course)
    request_in(lea)
    client = client_of(staff(lea))
    inbox = main_part(client.get("/review/"))
    assert inbox.count("Asked twice") == 2
    page = main_part(client.get(page_of(line.request)))
    assert f"The same course is asked for the same child in {twin.request.number}." in page
    assert f'href="{page_of(twin.request)}"' in page


# Who pays, and the in-person options ----------------------------------------------------------------


@pytest.mark.rule("R-23")
@pytest.mark.parametrize("outcome", ["approved", "denied"])
def test_the_in_person_options_that_were_looked_at_stand_on_page_and_letter(outcome: str) -> None:
    lea = LeaFactory.create()
    line = line_in(lea)
    answer = denial() if outcome == "denied" else APPROVAL
    options = "Astronomy in fourth hour is full."
    client = client_of(staff(lea))
    preview = client.post(address_of(line), answer | {"in_person_options": options})
    client.post(address_of(line), preview.context["form"].data | SEND)
    assert Decision.objects.get().in_person_options == options
    html = Letter.objects.get().html
    assert "We also looked at these ways to take a course like this one in person:" in html
    assert f"<p>{options}</p>" in html
    assert html in preview.content.decode()
    assert f"In-person options looked at: {options}" in main_part(client.get(page_of(line.request)))


def test_a_course_that_the_family_pays_is_approved_without_days_to_register() -> None:
    lea = LeaFactory.create()
    line = line_in(lea, basis=Basis.PRIVATE)
    client = client_of(staff(lea))
    assert "The family pays the provider itself." in main_part(client.get(address_of(line)))
    preview = client.post(address_of(line), APPROVAL)
    client.post(address_of(line), APPROVAL | SEND)
    line.refresh_from_db()
    assert (line.state, line.registration_clock) == (LineState.APPROVED, None)
    assert not Clock.objects.filter(kind="registration").exists()
    html = Letter.objects.get().html
    assert html in preview.content.decode()
    provider = line.course.provider.organization.name
    assert f"You arrange this course with {provider} yourself, and you pay for it." in html
    assert "accepts the credit" in html
    assert "Only the district can do this" not in html
    assert reverse("registration:line", args=[line.pk]) not in main_part(client.get(page_of(line.request)))


@pytest.mark.rule("R-07")
def test_an_approval_above_a_full_load_says_that_the_district_pays() -> None:
    lea = LeaFactory.create()
    line = line_in(lea, over_full_load=True, basis=Basis.ASKED)
    client_of(staff(lea)).post(address_of(line), APPROVAL | SEND)
    line.refresh_from_db()
    assert line.basis == Basis.AGREED
    assert "We agreed to pay: you get no bill for it." in Letter.objects.get().html


# Every state ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", LineState.values)
@pytest.mark.parametrize("trait", ["counselor", "dese_reviewer"])
def test_the_page_opens_in_every_state_of_a_course(state: str, trait: str) -> None:
    lea = LeaFactory.create()
    started = state in {"active", "finished", "completed", "withdrawn", "removed"}
    line = line_in(
        lea,
        state=state,
        started_on=dt.date(2026, 9, 1) if started else None,
        end_reason="It clashed with work." if state in {"cancelled", "withdrawn", "removed"} else "",
    )
    page = main_part(client_of(MembershipFactory.create(**{trait: True}, lea=lea)).get(page_of(line.request)))
    assert str(LineState(state).label) in page
    assert ("It clashed with work." in page) == (state in {"cancelled", "withdrawn", "removed"})
    assert (address_of(line) in page) == (state == "requested" and trait == "counselor")


def test_a_request_that_was_taken_back_says_so_and_asks_nothing() -> None:
    lea = LeaFactory.create()
    line = line_in(lea, of={"clock__stopped": True}, state=LineState.CANCELLED)
    CourseRequest.objects.filter(pk=line.request_id).update(state="cancelled")
    client = client_of(staff(lea))
    page = main_part(client.get(page_of(line.request)))
    assert "The family took the whole request back. Nothing has to be decided." in page
    assert "Make it mine" not in page
    for name, key in (("pause", line.request_id), ("decide", line.pk)):
        assert reverse(f"part_time:{name}", args=[key]) not in page
    assert "Taken back" in main_part(client.get("/review/?state=cancelled"))
    for method in (client.get, client.post):
        response = method(address_of(line), APPROVAL | SEND, follow=True)
        assert told(response) == ["The family took this course back. There is nothing to decide."]
    assert not Decision.objects.exists()


def test_a_course_exchanged_for_another_names_both() -> None:
    lea = LeaFactory.create()
    course_request = request_in(lea, lines=0)
    old = CourseLineFactory.create(request=course_request, course__title="Latin I", state=LineState.CANCELLED)
    CourseLineFactory.create(request=course_request, course__title="Spanish I", replaces=old)
    page = main_part(client_of(staff(lea)).get(page_of(course_request)))
    assert "In exchange for" in page
    assert "Exchanged for" in page
    assert CourseLine.objects.count() == 2
