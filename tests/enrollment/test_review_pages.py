"""The district's pages: the inbox, one request, the decision on a course."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from enrollment.part_time import actions
from enrollment.part_time.models import (
    Advice,
    CourseLine,
    CourseRequest,
    Decision,
    LineState,
    Outcome,
    Step,
    StepKind,
)
from enrollment.records.models import Guardian
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.papers.models import Letter, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory, LeaPolicyFactory, SchoolFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.records import ClaimFactory, GuardianFactory
from tests.processes import PATIENCE

from .review_kit import (
    APPROVAL,
    EXPLANATION,
    NOW,
    SEND,
    address_of,
    client_of,
    denial,
    denial_words,
    factor,
    main_part,
    request_in,
    staff,
)

pytestmark = pytest.mark.django_db

INBOX = "/review/"


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def due(day: int, **changes: Any) -> dict[str, Any]:
    return {"clock__due_on": dt.date(2026, 11, day), **changes}


def listed(response: Any) -> list[CourseRequest]:
    return [row.record for row in response.context["table"].paginated_rows]


# The inbox ----------------------------------------------------------------------------------------


def test_inbox_lists_what_waits_in_the_district_due_soonest_first() -> None:
    lea = LeaFactory.create()
    later = request_in(lea, **due(20))
    paused = request_in(lea, clock__paused=True)
    overdue = request_in(lea, **due(5))
    today = request_in(lea, **due(6))
    decided = request_in(lea)
    CourseRequest.objects.filter(pk=decided.pk).update(state="decided")
    request_in(LeaFactory.create())
    CourseRequestFactory.create(claim__school__lea=lea)  # a draft
    response = client_of(staff(lea)).get(INBOX)
    assert listed(response) == [overdue, today, later, paused]
    page = response.content.decode()
    assert page.count("portal-status--bad") == 1
    assert page.count("Overdue") == 2  # the row, and the choice of the filter
    assert page.count("Due today") == 1
    assert page.count(escape(overdue.claim.full_name)) == 2  # its cell, and the words of its box
    assert {kind["kind"]: kind["number"] for kind in response.context["counts"]} == {
        "waiting": 4,
        "overdue": 1,
        "paused": 1,
        "mine": 0,
        "unassigned": 4,
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["mine", "hers", "overdue", "paused"]),
        ("whose=mine", ["mine"]),
        ("whose=unassigned", ["overdue", "paused"]),
        ("state=overdue", ["overdue"]),
        ("state=paused", ["paused"]),
        ("state=decided", ["decided"]),
        ("state=cancelled", ["cancelled"]),
        ("state=all", ["mine", "hers", "overdue", "paused", "decided", "cancelled"]),
        ("whose=unassigned&state=overdue", ["overdue"]),
        ("school=SCHOOL", ["hers"]),
        ("grade=8", ["overdue"]),
        ("kind=plan", ["paused"]),
        ("kind=staff", ["mine"]),
        ("kind=no_advice", ["mine", "hers", "overdue", "paused"]),  # not to be chosen where counselors decide
    ],
)
def test_inbox_filters_stand_in_the_address(query: str, expected: list[str]) -> None:
    lea = LeaFactory.create()
    me, she = staff(lea), staff(lea)
    school = SchoolFactory.create(lea=lea)
    requests = {
        "mine": request_in(lea, assigned_to=me, channel="phone", entered_by=me, signed_by=None),
        "hers": request_in(lea, assigned_to=she, claim__school=school),
        "overdue": request_in(lea, claim__grade=8, **due(4)),
        "paused": request_in(lea, clock__paused=True, has_iep_or_504=True),
        "decided": request_in(lea, assigned_to=she),
        "cancelled": request_in(lea),
    }
    for state in ("decided", "cancelled"):
        CourseRequest.objects.filter(pk=requests[state].pk).update(state=state)
    response = client_of(me).get(f"{INBOX}?{query.replace('SCHOOL', str(school.pk))}")
    names = {course_request.pk: name for name, course_request in requests.items()}
    assert {names[row.pk] for row in listed(response)} == set(expected)


def test_a_number_or_a_name_is_looked_up_by_post_and_never_stands_in_the_address() -> None:
    lea = LeaFactory.create()
    robin = request_in(lea, claim__first_name="Robin", claim__last_name="O'Hara")
    request_in(lea, claim__first_name="Robin", claim__last_name="Smith")
    elsewhere = request_in(LeaFactory.create(), claim__first_name="Robin", claim__last_name="O'Hara")
    client = client_of(staff(lea))
    for words in ("o'hara ROB", robin.number, f"{robin.pk}", robin.number.lower()):
        response = client.post(INBOX, {"words": words})
        assert listed(response) == [robin]
    response = client.post(INBOX, {"words": elsewhere.number})
    assert listed(response) == []
    assert "No request has this number or this student&#x27;s name." in response.content.decode()
    assert listed(client.get(f"{INBOX}?words=Robin&whose=mine")) == []


def test_looking_for_nothing_is_said() -> None:
    response = client_of(staff(LeaFactory.create())).post(INBOX, {"words": " "})
    assert "Type a request number or a name." in response.content.decode()


def test_an_empty_inbox_says_so() -> None:
    page = client_of(staff(LeaFactory.create())).get(INBOX).content.decode()
    assert "No request fits. When a family sends one, it appears here." in page


def test_inbox_has_25_rows_a_page() -> None:
    lea = LeaFactory.create()
    for _ in range(26):
        request_in(lea)
    client = client_of(staff(lea))
    assert len(listed(client.get(INBOX))) == 25
    assert len(listed(client.get(f"{INBOX}?page=2"))) == 1


def test_inbox_leaves_out_ones_own_child() -> None:
    lea = LeaFactory.create()
    hat = staff(lea)
    request_in(lea, claim__claimant=hat.user)
    other_parents = request_in(lea, claim__confirmed=True)
    GuardianFactory.create(student=other_parents.claim.student, user=hat.user)
    assert listed(client_of(hat).get(INBOX)) == []


@pytest.mark.parametrize("trait", ["dese_reviewer", "dese_admin"])
def test_the_state_office_reads_all_districts(trait: str) -> None:
    first = request_in(LeaFactory.create(), **due(12))
    second = request_in(LeaFactory.create(), **due(13))
    client = client_of(MembershipFactory.create(**{trait: True}))
    assert listed(client.get(INBOX)) == [first, second]
    assert listed(client.get(f"{INBOX}?lea={second.lea_id}")) == [second]


@pytest.mark.parametrize("rows", [1, 30])
def test_inbox_costs_the_same_for_any_number_of_rows(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lea = LeaFactory.create()
    hat = staff(lea)
    for _ in range(rows):
        request_in(lea, lines=2, assigned_to=hat)
    client = client_of(hat)
    client.get(INBOX)
    with django_assert_num_queries(14):
        client.get(INBOX)


REVIEWERS = ["counselor", "decider", "coordinator", "special_education"]
SHUT_OUT = ["parent", "data_clerk", "lea_admin", "provider_staff", "provider_admin", "host_staff"]


@pytest.mark.parametrize("trait", SHUT_OUT)
def test_pages_are_closed_to_other_hats(trait: str) -> None:
    lea = LeaFactory.create()
    line = request_in(lea).lines.get()
    client = client_of(staff(lea, **{trait: True}))
    assert client.get(INBOX).status_code == 403
    assert client.get(reverse("part_time:review", args=[line.request_id])).status_code == 403
    for name, pk in (
        ("assign", line.request_id),
        ("pause", line.request_id),
        ("resume", line.request_id),
        ("decide", line.pk),
        ("advise", line.pk),
    ):
        assert client.post(reverse(f"part_time:{name}", args=[pk]), APPROVAL | SEND).status_code == 403
    assert not Decision.objects.exists()


@pytest.mark.rule("R-134")
def test_a_strangers_request_is_not_found() -> None:
    line = request_in(LeaFactory.create()).lines.get()
    client = client_of(staff(LeaFactory.create()))
    assert client.get(reverse("part_time:review", args=[line.request_id])).status_code == 404
    for name, pk in (
        ("assign", line.request_id),
        ("pause", line.request_id),
        ("decide", line.pk),
        ("advise", line.pk),
    ):
        assert client.post(reverse(f"part_time:{name}", args=[pk]), APPROVAL | SEND).status_code == 404
    assert not Step.objects.exists()


def test_ones_own_child_is_not_found() -> None:
    lea = LeaFactory.create()
    hat = staff(lea)
    line = request_in(lea, claim__claimant=hat.user).lines.get()
    client = client_of(hat)
    assert client.get(reverse("part_time:review", args=[line.request_id])).status_code == 404
    assert client.post(reverse("part_time:decide", args=[line.pk]), APPROVAL | SEND).status_code == 404
    assert not Decision.objects.exists()


def test_what_the_other_parent_asks_for_ones_own_child_is_not_found_nor_handed_over() -> None:
    lea = LeaFactory.create()
    parent, colleague = staff(lea), staff(lea)
    course_request = request_in(lea, claim__first_name="Robin", claim__last_name="Rivera")
    ClaimFactory.create(
        claimant=parent.user, first_name="Robin", last_name="Rivera", school=course_request.claim.school
    )
    page = reverse("part_time:review", args=[course_request.pk])
    assert client_of(parent).get(page).status_code == 404

    response = client_of(colleague).post(
        reverse("part_time:assign", args=[course_request.pk]), {"to": parent.pk}, follow=True
    )
    assert "This person cannot review the request." in response.content.decode()
    course_request.refresh_from_db()
    assert course_request.assigned_to is None


# One request --------------------------------------------------------------------------------------


def test_review_shows_everything_about_a_request() -> None:
    lea = LeaFactory.create()
    course_request = request_in(
        lea,
        lines=0,
        has_iep_or_504=True,
        in_person_courses=6,
        claim__first_name="Robin",
        claim__last_name="Rivera",
        claim__claimant__name="Dana Rivera",
    )
    line = CourseLineFactory.create(request=course_request, over_full_load=True, course__title="Astronomy")
    actions.mark_opened(course_request.pk, by=staff(lea, coordinator=True), at=NOW)
    page = client_of(staff(lea)).get(reverse("part_time:review", args=[course_request.pk])).content.decode()
    for words in (
        course_request.number,
        "Robin Rivera",
        "Wednesday, March 9, 2011",
        "Grade 10",
        "Dana Rivera, Mother",
        "Tuesday, November 17, 2026",
        "Astronomy",
        line.course.provider.organization.name,
        line.course.state_course_code,
        "Above a full load",
        "Source: RSMo 161.670.2(4)",
        "1 course lies above a full load: the district need not pay for it.",
        "Lives in Missouri (R-01)",
        "Young enough (R-01)",
        "Full time in a public or charter school (R-02)",
        "Opened by the district",
        reverse("part_time:decide", args=[line.pk]),
        reverse("records:claim", args=[course_request.claim_id]),
    ):
        assert words in page, words
    assert "$" not in page  # no price: a decision may not rest on it


@pytest.mark.parametrize("trait", REVIEWERS)
def test_the_first_look_of_the_district_is_a_step(trait: str) -> None:
    lea = LeaFactory.create()
    course_request = request_in(lea)
    hat = staff(lea, **{trait: True})
    address = reverse("part_time:review", args=[course_request.pk])
    for _ in range(2):
        assert client_of(hat).get(address).status_code == 200
    assert [(step.kind, step.by, step.at) for step in Step.objects.all()] == [(StepKind.OPENED, hat, NOW)]


def test_the_state_office_reads_and_leaves_no_trace() -> None:
    course_request = request_in(LeaFactory.create())
    client = client_of(MembershipFactory.create(dese_reviewer=True))
    page = main_part(client.get(reverse("part_time:review", args=[course_request.pk])))
    assert not Step.objects.exists()
    assert "<form" not in page
    assert reverse("part_time:decide", args=[course_request.lines.get().pk]) not in page
    for name in ("assign", "pause", "resume"):
        assert client.post(reverse(f"part_time:{name}", args=[course_request.pk])).status_code == 403


def test_decided_courses_show_their_decision_and_letter() -> None:
    lea = LeaFactory.create()
    course_request = request_in(lea)
    decider = staff(lea, decider=True)
    decision = actions.approve(course_request.lines.get().pk, by=decider, at=NOW, in_person_considered=True)
    page = client_of(staff(lea)).get(reverse("part_time:review", args=[course_request.pk])).content.decode()
    assert reverse("part_time:letter", args=[decision.letter_id]) in page
    assert f"by {escape(decider.user.name)} (Principal or designee)" in page
    assert reverse("registration:line", args=[decision.line_id]) in page


@pytest.mark.parametrize("lines", [1, 10])
def test_review_costs_the_same_for_any_number_of_courses(
    lines: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lea = LeaFactory.create()
    course_request = request_in(lea, lines=lines)
    hat = staff(lea)
    for line in course_request.lines.all():
        actions.recommend(line.pk, by=hat, at=NOW, advice=Advice.FOR, words="It fits.")
        mistake = actions.approve(line.pk, by=hat, at=NOW, in_person_considered=True)
        later = NOW + dt.timedelta(minutes=1)
        words = denial_words(at=later) | {"reason": "A slip.", "outcome": Outcome.DENIED}
        actions.supersede(mistake.pk, by=hat, **words)
    client = client_of(hat)
    address = reverse("part_time:review", args=[course_request.pk])
    client.get(address)
    with django_assert_num_queries(24):
        client.get(address)


# Whose it is --------------------------------------------------------------------------------------


def test_a_request_is_made_mine_given_to_a_colleague_and_laid_back() -> None:
    lea = LeaFactory.create()
    me, she = staff(lea), staff(lea, coordinator=True, user__name="Cora Coordinator")
    course_request = request_in(lea)
    client = client_of(me)
    address = reverse("part_time:assign", args=[course_request.pk])
    for to, expected in ((me.pk, me), (she.pk, she), ("", None)):
        response = client.post(address, {"to": to})
        assert response.headers["Location"] == reverse("part_time:review", args=[course_request.pk])
        assert CourseRequest.objects.get().assigned_to == expected


def test_a_request_goes_to_no_stranger_and_to_no_parent_of_the_child() -> None:
    lea = LeaFactory.create()
    course_request = request_in(lea, claim__confirmed=True)
    father, mother = staff(lea), staff(lea, user=course_request.claim.claimant, counselor=True)
    GuardianFactory.create(student=course_request.claim.student, user=father.user)
    client = client_of(staff(lea))
    for hat in (
        father,
        mother,
        staff(LeaFactory.create()),
        staff(lea, data_clerk=True),
        staff(lea, counselor=True, ended=True),
    ):
        address = reverse("part_time:assign", args=[course_request.pk])
        page = client.post(address, {"to": hat.pk}, follow=True).content.decode()
        assert "Choose one of the colleagues on the list." in page
    assert CourseRequest.objects.get().assigned_to is None


# The decision -------------------------------------------------------------------------------------


@pytest.mark.rule("R-06")
@pytest.mark.rule("R-23")
def test_each_course_gets_its_own_decision() -> None:
    lea = LeaFactory.create()
    first, second = request_in(lea, lines=2).lines.order_by("position")
    counselor, principal = staff(lea), staff(lea, decider=True)
    response = client_of(counselor).post(address_of(first), APPROVAL | SEND)
    assert response.headers["Location"] == address_of(second)
    response = client_of(principal).post(address_of(second), denial() | SEND)
    assert response.headers["Location"] == reverse("part_time:review", args=[second.request_id])
    rows = Decision.objects.order_by("line__position").values_list(
        "line", "outcome", "decided_by", "in_person_considered", "explanation"
    )
    assert list(rows) == [
        (first.pk, Outcome.APPROVED, counselor.pk, True, ""),
        (second.pk, Outcome.DENIED, principal.pk, True, EXPLANATION),
    ]
    assert [choice.factor for choice in Decision.objects.get(line=second).factors.all()] == [factor()]


@pytest.mark.rule("R-25")
def test_the_letter_is_read_before_it_is_sent_and_kept_as_it_was_read() -> None:
    lea = LeaFactory.create()
    line = request_in(lea).lines.get()
    LeaPolicyFactory.create(lea=lea)
    client = client_of(staff(lea))
    preview = client.post(address_of(line), denial())
    assert not Decision.objects.exists()
    page = preview.content.decode()
    assert page.count(escape(EXPLANATION)) == 2  # in the letter, and in the box that goes along unseen
    assert "<li>Time management. Planning work and meeting dates without reminders.</li>" in page
    assert "Write to the superintendent, 100 Main Street." in page
    client.post(address_of(line), preview.context["form"].data | SEND)
    assert Letter.objects.get().html in page


def test_something_can_be_changed_after_the_preview() -> None:
    lea = LeaFactory.create()
    line = request_in(lea).lines.get()
    page = client_of(staff(lea)).post(address_of(line), denial() | {"change": "1"}).content.decode()
    assert "Preview letter" in page
    assert page.count(escape(EXPLANATION)) == 1
    assert not Decision.objects.exists()


@pytest.mark.rule("R-21")
@pytest.mark.rule("R-23")
@pytest.mark.parametrize("step", [{}, SEND])
@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"outcome": ""}, "outcome", "Choose “approve” or “deny”."),
        (
            {"in_person_considered": ""},
            "in_person_considered",
            "Say that in-person options were considered. Every decision needs it.",
        ),
        (
            {"factors": []},
            "factors",
            "Choose at least one factor. If none fits, choose “another reason” and say it in words.",
        ),
        (
            {"explanation": "   No.   "},
            "explanation",
            "Explain in at least 40 characters why this course is not in the student's best educational interest.",
        ),
    ],
)
def test_a_decision_is_refused_beside_the_question(
    step: dict[str, str], changes: dict[str, Any], field: str, sentence: str
) -> None:
    lea = LeaFactory.create()
    line = request_in(lea).lines.get()
    response = client_of(staff(lea)).post(address_of(line), denial(**changes) | step)
    assert response.context["form"].errors == {field: [sentence]}
    assert not Decision.objects.exists()
    assert not Letter.objects.exists()


def test_the_other_reason_needs_words() -> None:
    lea = LeaFactory.create()
    line = request_in(lea).lines.get()
    client = client_of(staff(lea))
    answer = denial(factors=[factor("other").pk])
    response = client.post(address_of(line), answer | SEND)
    assert response.context["form"].errors == {"other_factor": ["Say in words what the other reason is."]}
    client.post(address_of(line), answer | {"other_factor": "A long stay in hospital"} | SEND)
    assert "A long stay in hospital" in Letter.objects.get().html


@pytest.mark.rule("R-22")
def test_price_vendor_and_local_program_do_not_exist() -> None:
    lea = LeaFactory.create()
    line = request_in(lea).lines.get()
    page = main_part(client_of(staff(lea)).get(address_of(line))).lower()
    assert [
        word for word in ("price", "cost", "$", "vendor", "contract", "local program") if word in page
    ] == []
    other_set = CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=NOW.date())[0]
    response = client_of(staff(lea)).post(address_of(line), denial(factors=[other_set.pk]) | SEND)
    assert list(response.context["form"].errors) == ["factors"]


@pytest.mark.rule("R-19")
def test_where_the_policy_reserves_the_decision_a_counselor_gets_403() -> None:
    lea = LeaFactory.create()
    LeaPolicyFactory.create(lea=lea, reserved=True)
    line = request_in(lea).lines.get()
    counselor = client_of(staff(lea))
    for response in (counselor.get(address_of(line)), counselor.post(address_of(line), APPROVAL | SEND)):
        assert response.status_code == 403
        assert (
            "In your district the principal or a designee decides. You can recommend."
            in response.content.decode()
        )
    assert (
        address_of(line)
        not in counselor.get(reverse("part_time:review", args=[line.request_id])).content.decode()
    )
    assert not Decision.objects.exists()
    assert client_of(staff(lea, decider=True)).post(address_of(line), APPROVAL | SEND).status_code == 302


@pytest.mark.parametrize("trait", ["coordinator", "special_education", "dese_admin"])
def test_others_who_review_do_not_decide(trait: str) -> None:
    lea = LeaFactory.create()
    line = request_in(lea).lines.get()
    client = client_of(MembershipFactory.create(**{trait: True}, lea=lea))
    assert client.get(address_of(line)).status_code == 403
    assert client.post(address_of(line), APPROVAL | SEND).status_code == 403


def test_a_double_click_is_one_decision() -> None:
    lea = LeaFactory.create()
    line = request_in(lea).lines.get()
    client = client_of(staff(lea))
    answers = [client.post(address_of(line), APPROVAL | SEND) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [
        reverse("part_time:review", args=[line.request_id])
    ] * 2
    assert (Decision.objects.count(), Letter.objects.count()) == (1, 1)


def test_the_second_decider_reads_the_decision() -> None:
    lea = LeaFactory.create()
    line = request_in(lea).lines.get()
    client_of(staff(lea)).post(address_of(line), APPROVAL | SEND)
    second = client_of(staff(lea, decider=True))
    for response, status in (
        (second.get(address_of(line)), 200),
        (second.post(address_of(line), denial() | SEND), 409),
    ):
        assert response.status_code == status
        page = response.content.decode()
        assert "This was already decided. Nothing was sent a second time." in page
        assert reverse("part_time:letter", args=[Letter.objects.get().pk]) in page
    assert Decision.objects.get().outcome == Outcome.APPROVED


@pytest.mark.django_db(transaction=True)
def test_two_deciders_at_once_make_one_decision_one_letter_and_one_mail_per_person() -> None:
    lea = LeaFactory.create()
    line = request_in(lea, claim__confirmed=True).lines.get()
    GuardianFactory.create(student=line.request.claim.student)
    barrier = threading.Barrier(2)
    statuses: list[int] = []

    def click(hat: Membership, answer: dict[str, Any]) -> None:
        try:
            client = client_of(hat)
            barrier.wait(PATIENCE)
            statuses.append(client.post(address_of(line), answer | SEND).status_code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=click, args=(staff(lea), APPROVAL)),
        threading.Thread(target=click, args=(staff(lea, decider=True), denial())),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(statuses) == [302, 409]
    assert (Decision.objects.count(), Letter.objects.count()) == (1, 1)
    assert Step.objects.filter(kind__in=[StepKind.APPROVED, StepKind.DENIED]).count() == 1
    family = set(Guardian.objects.values_list("user", flat=True))
    told = Notice.objects.filter(key__contains=":decided:").values_list("user", flat=True)
    assert sorted(told) == sorted(family)
    assert len(family) == 2
    assert CourseLine.objects.get().state in {LineState.APPROVED, LineState.DENIED}
