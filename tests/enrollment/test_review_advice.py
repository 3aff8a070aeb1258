"""A counselor's advice: consultation, shown to whoever decides; the counselors' days end with it."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils.html import escape

from enrollment.part_time import actions
from enrollment.part_time.models import (
    Advice,
    CourseLine,
    Decision,
    LineState,
    Recommendation,
    Step,
    StepKind,
)
from enrollment.part_time.tasks import chase_requests
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers.models import DigestItem
from tests.factories.accounts import MembershipFactory
from tests.factories.clocks import ClockFactory
from tests.factories.directory import LeaFactory, LeaPolicyFactory
from tests.factories.providers import CourseFactory

from .review_kit import (
    APPROVAL,
    NOW,
    SEND,
    address_of,
    client_of,
    line_in,
    main_part,
    page_of,
    request_in,
    staff,
    told,
)

pytestmark = pytest.mark.django_db

WORDS = "The student needs this credit to graduate and did well in Spanish I online."


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def advise_page(line: CourseLine) -> str:
    return reverse("part_time:advise", args=[line.pk])


def reserved_lea() -> Lea:
    """A district whose principal decides."""
    lea: Lea = LeaFactory.create()
    LeaPolicyFactory.create(lea=lea, reserved=True)
    return lea


def counselors_clock(lea: Lea) -> Clock:
    """Five business days from 2 November."""
    clock: Clock = ClockFactory.create(
        lea=lea,
        kind="counselor_review",
        business_days=5,
        first_due_on=dt.date(2026, 11, 9),
        due_on=dt.date(2026, 11, 9),
    )
    return clock


@pytest.mark.rule("R-20")
@pytest.mark.parametrize("is_reserved", [True, False])
def test_advice_is_kept_and_shown_to_the_decider_as_consultation(is_reserved: bool) -> None:
    lea = reserved_lea() if is_reserved else LeaFactory.create()
    line = line_in(lea, of={"review_clock": counselors_clock(lea)})
    counselor = staff(lea)
    client = client_of(counselor)
    assert advise_page(line) in main_part(client.get(page_of(line.request)))
    response = client.post(advise_page(line), {"advice": "for", "words": WORDS})
    assert response.headers["Location"] == page_of(line.request)
    rows = Recommendation.objects.values_list("line", "at", "by", "advice", "words")
    assert list(rows) == [(line.pk, NOW, counselor.pk, Advice.FOR, WORDS)]
    assert Step.objects.get(kind=StepKind.RECOMMENDED).line == line
    assert Clock.objects.get(kind="counselor_review").stopped_at == NOW
    assert Clock.objects.get(kind="part_time_decision").stopped_at is None
    decider = client_of(staff(lea, decider=True))
    for address in (address_of(line), page_of(line.request)):
        page = main_part(decider.get(address))
        assert escape(WORDS) in page
        assert "Advice is consultation: it decides nothing, and no decision has to wait for it." in page
    line.refresh_from_db()
    assert line.state == LineState.REQUESTED


@pytest.mark.rule("R-20")
def test_no_decision_waits_for_advice_and_the_decision_ends_the_counselors_days() -> None:
    lea = reserved_lea()
    line = line_in(lea, of={"review_clock": counselors_clock(lea)})
    response = client_of(staff(lea, decider=True)).post(address_of(line), APPROVAL | SEND)
    assert response.status_code == 302
    assert Decision.objects.get().line == line
    assert set(Clock.objects.exclude(kind="registration").values_list("stopped_at", flat=True)) == {NOW}


def test_of_each_counselor_the_last_word_counts() -> None:
    lea = reserved_lea()
    line = line_in(lea)
    first, second = staff(lea), staff(lea)
    for minutes, counselor, advice, words in (
        (0, first, Advice.AGAINST, "Too early"),
        (1, second, Advice.OPEN, "Hard to say"),
        (2, first, Advice.FOR, "On second thought"),
    ):
        at = NOW + dt.timedelta(minutes=minutes)
        actions.recommend(line.pk, by=counselor, at=at, advice=advice, words=words)
    decider = client_of(staff(lea, decider=True))
    response = decider.get(address_of(line))
    assert [given.words for given in response.context["advice"]] == ["On second thought", "Hard to say"]
    [card] = decider.get(page_of(line.request)).context["cards"]
    assert [given.words for given in card.advice] == ["On second thought", "Hard to say"]
    assert Recommendation.objects.count() == 3


def test_advice_about_a_course_that_the_family_exchanged_counts_no_more() -> None:
    lea = reserved_lea()
    line = line_in(lea)
    counselor, decider = staff(lea), client_of(staff(lea, decider=True))
    actions.recommend(line.pk, by=counselor, at=NOW, advice=Advice.FOR, words=WORDS)
    first, line.course = line.course, CourseFactory.create()
    line.save()
    assert decider.get(address_of(line)).context["advice"] == []
    assert decider.get(page_of(line.request)).context["cards"][0].advice == []
    inbox = client_of(counselor).get("/review/?kind=no_advice")
    assert [row.record for row in inbox.context["table"].paginated_rows] == [line.request]
    actions.recommend(line.pk, by=counselor, at=NOW + dt.timedelta(hours=1), advice=Advice.FOR, words=WORDS)
    assert [given.course for given in decider.get(address_of(line)).context["advice"]] == [line.course]
    assert [given.course for given in Recommendation.objects.order_by("at")] == [first, line.course]


def test_the_same_advice_sent_twice_is_kept_once() -> None:
    lea = reserved_lea()
    line = line_in(lea)
    counselor = staff(lea)
    for minutes in (0, 1):
        at = NOW + dt.timedelta(minutes=minutes)
        actions.recommend(line.pk, by=counselor, at=at, advice=Advice.FOR, words=WORDS)
    assert Recommendation.objects.count() == 1
    assert Step.objects.count() == 1


@pytest.mark.parametrize(
    ("answer", "errors"),
    [
        (
            {"advice": "", "words": WORDS},
            {"advice": ["Choose one. “No view either way” is an answer too."]},
        ),
        (
            {"advice": "for", "words": " "},
            {"words": ["Say in words what your advice rests on. The person who decides reads it."]},
        ),
    ],
)
def test_advice_needs_a_side_and_words(answer: dict[str, str], errors: dict[str, list[str]]) -> None:
    lea = LeaFactory.create()
    response = client_of(staff(lea)).post(advise_page(line_in(lea)), answer)
    assert response.context["form"].errors == errors
    assert not Recommendation.objects.exists()


@pytest.mark.parametrize("trait", ["decider", "coordinator", "special_education", "dese_reviewer"])
def test_only_counselors_advise(trait: str) -> None:
    lea = LeaFactory.create()
    line = line_in(lea)
    hat = MembershipFactory.create(**{trait: True}, lea=lea)
    assert client_of(hat).post(advise_page(line), {"advice": "for", "words": WORDS}).status_code == 403
    with pytest.raises(actions.MayNotAdvise):
        actions.recommend(line.pk, by=hat, at=NOW, advice=Advice.FOR, words=WORDS)


@pytest.mark.rule("R-134")
def test_nobody_advises_about_a_stranger_or_a_child_of_their_own() -> None:
    lea = LeaFactory.create()
    line = line_in(lea)
    stranger = staff(LeaFactory.create())
    parent = staff(lea, user=line.request.claim.claimant, counselor=True)
    for hat, refusal in ((stranger, actions.MayNotAdvise), (parent, actions.OwnChild)):
        assert client_of(hat).get(advise_page(line)).status_code == 404
        with pytest.raises(refusal):
            actions.recommend(line.pk, by=hat, at=NOW, advice=Advice.FOR, words=WORDS)
    assert not Recommendation.objects.exists()


def test_a_decided_course_needs_no_advice() -> None:
    lea = LeaFactory.create()
    line = line_in(lea)
    counselor = staff(lea)
    actions.approve(line.pk, by=counselor, at=NOW, in_person_considered=True)
    response = client_of(counselor).get(advise_page(line), follow=True)
    assert told(response) == ["This course needs no advice any more: it was decided or taken back."]
    with pytest.raises(actions.AlreadyDecided):
        actions.recommend(line.pk, by=counselor, at=NOW, advice=Advice.FOR, words=WORDS)


def test_where_the_decision_is_reserved_the_inbox_finds_what_lacks_advice() -> None:
    lea = reserved_lea()
    lacking, advised = request_in(lea), request_in(lea)
    counselor = staff(lea)
    actions.recommend(advised.lines.get().pk, by=counselor, at=NOW, advice=Advice.FOR, words=WORDS)
    response = client_of(counselor).get("/review/?kind=no_advice")
    assert [row.record for row in response.context["table"].paginated_rows] == [lacking]


@pytest.mark.rule("R-18", "R-20")
@pytest.mark.parametrize(
    ("day", "sentence", "urgent"),
    [
        ("2026-11-06", "Advise about request {number} by Nov. 9, 2026: the principal decides.", False),
        ("2026-11-10", "Your advice about request {number} was asked for by Nov. 9, 2026.", True),
    ],
)
def test_only_counselors_are_reminded_of_their_days(day: str, sentence: str, urgent: bool) -> None:
    lea = reserved_lea()
    course_request = request_in(lea, review_clock=counselors_clock(lea), clock__stopped=True)
    counselor = staff(lea)
    staff(lea, decider=True)
    staff(lea, coordinator=True)
    MembershipFactory.create(dese_reviewer=True)
    staff(lea, user=course_request.claim.claimant, counselor=True)  # family stays away
    assert chase_requests(day) == 1
    assert chase_requests(day) == 0
    items = DigestItem.objects.values_list("user", "sentence", "urgent")
    assert list(items) == [(counselor.user_id, sentence.format(number=course_request.number), urgent)]
