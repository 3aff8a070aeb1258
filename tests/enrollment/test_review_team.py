"""The IEP or 504 team: the pause, what it found, and the way of its own that a denial prints."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from enrollment.part_time import actions
from enrollment.part_time.findings import newest_team_review
from enrollment.part_time.models import Step, StepKind, TeamOutcome, TeamReview
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, NoLegalValue
from mocap_portal.foundation.papers.models import Letter, Notice
from tests.factories.clocks import ClockFactory
from tests.factories.directory import LeaFactory, LeaPolicyFactory

from .review_kit import (
    NOW,
    SEND,
    address_of,
    client_of,
    denial,
    denial_words,
    line_in,
    main_part,
    page_of,
    request_in,
    staff,
    told,
)

pytestmark = pytest.mark.django_db

LATER = NOW + dt.timedelta(days=10)  # Monday 16 November
TEAM_ROLES = ["special_education", "coordinator"]


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def finding(**changes: Any) -> dict[str, Any]:
    return {
        "met_on_month": "11",
        "met_on_day": "13",
        "met_on_year": "2026",
        "outcome": "suits_with_help",
        "words": "A reader sits beside the student twice a week.",
    } | changes


@pytest.mark.rule("R-17")
@pytest.mark.parametrize("pauses", ["special_education", "counselor", "coordinator"])
@pytest.mark.parametrize("resumes", TEAM_ROLES)
def test_the_clock_is_paused_for_the_team_and_runs_on_with_the_days_that_were_left(
    pauses: str, resumes: str, time_machine: Any
) -> None:
    lea = LeaFactory.create()
    course_request = request_in(lea)
    client = client_of(staff(lea, **{pauses: True}))
    reason = "The 504 team meets to look at the plan."
    client.post(reverse("part_time:pause", args=[course_request.pk]), {"reason": reason})
    clock = Clock.objects.get()
    assert clock.due_on is None
    assert reason in main_part(client.get(page_of(course_request)))
    time_machine.move_to(LATER, tick=False)
    speaker = staff(lea, **{resumes: True})
    response = client_of(speaker).post(reverse("part_time:resume", args=[course_request.pk]), finding())
    assert response.headers["Location"] == page_of(course_request)
    clock.refresh_from_db()
    # Tuesday to Thursday counted; the Friday of the pause did not. Seven days from Monday 16 on.
    assert clock.due_on == dt.date(2026, 11, 24)
    kinds = Step.objects.order_by("at", "pk").values_list("kind", flat=True)
    assert list(kinds) == [StepKind.PAUSED, StepKind.OPENED, StepKind.RESUMED]
    rows = TeamReview.objects.values_list("request", "at", "by", "met_on", "outcome", "words")
    assert list(rows) == [
        (
            course_request.pk,
            LATER,
            speaker.pk,
            dt.date(2026, 11, 13),
            TeamOutcome.SUITS_WITH_HELP,
            "A reader sits beside the student twice a week.",
        )
    ]


@pytest.mark.rule("R-17")
def test_the_counselors_days_stand_still_and_run_again_with_the_legal_clock() -> None:
    lea = LeaFactory.create()
    team = staff(lea, special_education=True)
    review_clock = ClockFactory.create(
        lea=lea,
        kind="counselor_review",
        business_days=5,
        first_due_on=dt.date(2026, 11, 9),
        due_on=dt.date(2026, 11, 9),
    )
    course_request = request_in(lea, review_clock=review_clock)
    actions.pause_for_team(course_request.pk, by=team, at=NOW, reason="The team meets.")
    assert set(Clock.objects.values_list("due_on", flat=True)) == {None}
    actions.resume_after_team(
        course_request.pk, by=team, at=LATER, met_on=LATER.date(), outcome=TeamOutcome.SUITS
    )
    course_request.refresh_from_db()
    assert course_request.clock is not None
    assert course_request.clock.due_on == dt.date(2026, 11, 24)
    review_clock.refresh_from_db()
    assert review_clock.due_on == dt.date(2026, 11, 17)


def test_counselors_days_that_are_over_stay_over_through_a_pause() -> None:
    lea = LeaFactory.create()
    team = staff(lea, special_education=True)
    review_clock = ClockFactory.create(lea=lea, kind="counselor_review", due_on=dt.date(2026, 11, 5))
    course_request = request_in(lea, review_clock=review_clock)
    actions.pause_for_team(course_request.pk, by=team, at=NOW, reason="The team meets.")
    actions.resume_after_team(
        course_request.pk, by=team, at=LATER, met_on=LATER.date(), outcome=TeamOutcome.SUITS
    )
    review_clock.refresh_from_db()
    assert review_clock.due_on == dt.date(2026, 11, 5)


@pytest.mark.parametrize(
    ("name", "trait"), [("pause", "decider"), ("resume", "decider"), ("resume", "counselor")]
)
def test_others_do_not_speak_for_the_team(name: str, trait: str) -> None:
    lea = LeaFactory.create()
    address = reverse(f"part_time:{name}", args=[request_in(lea, clock__paused=True).pk])
    assert client_of(staff(lea, **{trait: True})).post(address, finding(reason="x")).status_code == 403
    assert not TeamReview.objects.exists()


@pytest.mark.parametrize("name", ["pause", "resume"])
def test_a_stranger_finds_nothing(name: str) -> None:
    address = reverse(f"part_time:{name}", args=[request_in(LeaFactory.create(), clock__paused=True).pk])
    assert client_of(staff(LeaFactory.create(), coordinator=True)).post(address, finding()).status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"clock__paused": True}, "The clock of this request is paused already."),
        (
            {"clock__due_on": dt.date(2026, 11, 5)},
            "This request is past its due date. A clock that has run out cannot be paused.",
        ),
    ],
)
def test_a_pause_is_refused_with_its_sentence(changes: dict[str, Any], sentence: str) -> None:
    lea = LeaFactory.create()
    course_request = request_in(lea, **changes)
    address = reverse("part_time:pause", args=[course_request.pk])
    client = client_of(staff(lea))
    assert sentence in client.post(address, {"reason": "The team meets."}).content.decode()
    page = client.post(address, {"reason": " "}).content.decode()
    assert "Say what the team is working on. The family has to know why it waits." in page
    assert not Step.objects.exists()


def test_a_clock_that_is_not_paused_cannot_run_on() -> None:
    lea = LeaFactory.create()
    address = reverse("part_time:resume", args=[request_in(lea).pk])
    answer = finding(met_on_day="6")
    response = client_of(staff(lea, coordinator=True)).post(address, answer, follow=True)
    assert told(response) == ["The clock of this request is not paused."]
    assert not TeamReview.objects.exists()


def test_a_double_click_keeps_one_finding_and_tells_the_family_once() -> None:
    lea = LeaFactory.create()
    course_request = request_in(lea, clock__paused=True)
    address = reverse("part_time:resume", args=[course_request.pk])
    client = client_of(staff(lea, coordinator=True))
    for _ in range(2):
        response = client.post(address, finding(met_on_day="6"))
        assert response.headers["Location"] == page_of(course_request)
    assert TeamReview.objects.count() == 1
    assert [notice.user for notice in Notice.objects.all()] == [course_request.claim.claimant]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"met_on_day": "1"}, "met_on", "The date must be Monday, November 2, 2026 or later."),
        ({"met_on_day": "7"}, "met_on", "The date must be Friday, November 6, 2026 or earlier."),
        ({"outcome": ""}, "outcome", "Choose what the team found."),
        (
            {"outcome": "does_not_suit", "words": " "},
            "words",
            "Say in words what the team found: which help is needed, or why the course does not suit.",
        ),
    ],
)
def test_what_the_team_found_is_asked_beside_the_question(
    changes: dict[str, str], field: str, sentence: str
) -> None:
    lea = LeaFactory.create()
    address = reverse("part_time:resume", args=[request_in(lea, clock__paused=True).pk])
    response = client_of(staff(lea, coordinator=True)).post(address, finding(met_on_day="6") | changes)
    assert response.context["form"].errors == {field: [sentence]}
    assert not TeamReview.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"met_on": dt.date(2026, 11, 1)}, actions.NotTheTeamsDay),
        ({"met_on": dt.date(2026, 11, 7)}, actions.NotTheTeamsDay),
        ({"outcome": TeamOutcome.DOES_NOT_SUIT, "words": "  "}, actions.NoTeamWords),
    ],
)
def test_the_action_refuses_the_same(changes: dict[str, Any], refusal: type[Exception]) -> None:
    lea = LeaFactory.create()
    course_request = request_in(lea, clock__paused=True)
    arguments: dict[str, Any] = {"met_on": NOW.date(), "outcome": TeamOutcome.SUITS} | changes
    with pytest.raises(refusal):
        actions.resume_after_team(course_request.pk, by=staff(lea, coordinator=True), at=NOW, **arguments)
    assert Clock.objects.get().due_on is None


def test_whoever_decides_reads_what_the_team_found_last() -> None:
    lea = LeaFactory.create()
    team = staff(lea, special_education=True)
    line = line_in(lea, of={"clock__paused": True, "has_iep_or_504": True})
    request = line.request
    for minutes, words in ((0, "First thoughts"), (2, "Last word")):
        at = NOW + dt.timedelta(minutes=minutes)
        actions.resume_after_team(
            request.pk,
            by=team,
            at=at,
            met_on=NOW.date(),
            outcome=TeamOutcome.SUITS_WITH_HELP,
            words=words,
        )
        actions.pause_for_team(request.pk, by=team, at=at, reason="Once more")
    review = newest_team_review(request)
    assert review is not None
    assert review.words == "Last word"
    client = client_of(staff(lea))
    for address in (page_of(request), address_of(line)):
        page = main_part(client.get(address))
        assert "Last word" in page
        assert "It can, with the help that the team describes" in page
        assert "First thoughts" not in page


@pytest.mark.rule("R-27", "R-62")
def test_a_denial_prints_the_way_of_special_education_and_not_the_board() -> None:
    lea = LeaFactory.create()
    LeaPolicyFactory.create(lea=lea)
    line = line_in(lea, of={"has_iep_or_504": True})
    client = client_of(staff(lea))
    preview = client.post(address_of(line), denial())
    client.post(address_of(line), preview.context["form"].data | SEND)
    letter = Letter.objects.get()
    assert letter.html in preview.content.decode()
    assert "If you disagree" in letter.html
    assert "Disagreements about special education have a way of their own." in letter.html
    assert "<li>Ask the school for a meeting of the IEP or 504 team" in letter.html
    assert "due process hearing" in letter.html
    for words in ("school board", "How to appeal", "how you can appeal", "100 Main Street"):
        assert words not in letter.html


@pytest.mark.rule("R-27")
def test_without_a_way_of_special_education_no_other_way_is_printed() -> None:
    lea = LeaFactory.create()
    CodeMeaning.objects.filter(code_set=CodeSet.DISPUTE_ROUTE).delete()
    line = line_in(lea, of={"has_iep_or_504": True})
    with pytest.raises(NoLegalValue):
        actions.deny(line.pk, by=staff(lea), **denial_words())
    assert not Letter.objects.exists()
