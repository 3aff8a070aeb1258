"""A mistaken decision replaced by another, with its reason; both letters are kept (R-26)."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils.html import escape

from enrollment.part_time import actions
from enrollment.part_time.models import (
    Basis,
    CourseLine,
    Decision,
    DecisionChannel,
    LineState,
    Outcome,
    RequestState,
    Step,
    StepKind,
)
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.papers.letters import DecisionFacts
from mocap_portal.foundation.papers.models import Letter, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory, LeaPolicyFactory
from tests.factories.records import GuardianFactory
from tests.personal_data import assert_no_personal_data

from .review_kit import (
    APPROVAL,
    NOW,
    SEND,
    client_of,
    denial,
    denial_words,
    line_in,
    main_part,
    page_of,
    staff,
    told,
)

pytestmark = pytest.mark.django_db

LATER = NOW + dt.timedelta(days=3)  # Monday 9 November
REASON = "We mixed up two students with the same name."


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(LATER, tick=False)


def approved(line: CourseLine, by: Membership) -> Decision:
    return actions.approve(line.pk, by=by, at=NOW, in_person_considered=True)


def denied(line: CourseLine, by: Membership) -> Decision:
    return actions.deny(line.pk, by=by, **denial_words())


def to_denial(**changes: Any) -> dict[str, Any]:
    return denial_words(at=LATER) | {"outcome": Outcome.DENIED, "reason": REASON} | changes


def to_approval(**changes: Any) -> dict[str, Any]:
    words = {"at": LATER, "in_person_considered": True, "outcome": Outcome.APPROVED, "reason": REASON}
    return words | changes


def replace_page(decision: Decision) -> str:
    return reverse("part_time:supersede", args=[decision.pk])


@pytest.mark.rule("R-26", "R-25")
def test_an_approval_that_was_a_mistake_becomes_a_denial() -> None:
    line = line_in(lea := LeaFactory.create(), of={"claim__confirmed": True})
    GuardianFactory.create(student=line.request.claim.student)
    LeaPolicyFactory.create(lea=lea)
    counselor = staff(lea)
    first = approved(line, counselor)
    first_html = first.letter.html if first.letter else ""
    Notice.objects.all().delete()
    second = actions.supersede(first.pk, by=counselor, **to_denial())
    line.refresh_from_db()
    assert (line.state, line.decision, line.registration_clock) == (LineState.DENIED, second, None)
    assert (second.supersedes, second.superseding_reason) == (first, REASON)
    assert [clock.stopped_at for clock in Clock.objects.filter(kind="registration")] == [LATER]
    letters = [letter.html for letter in Letter.objects.order_by("written_at")]
    assert letters == [first_html, second.letter.html if second.letter else ""]
    assert (
        "This letter replaces our letter of Friday, November 6, 2026, which approved this course."
        in letters[1]
    )
    assert REASON in letters[1]
    assert "school board" in letters[1]
    kinds = Step.objects.order_by("pk").values_list("kind", "at")
    assert list(kinds) == [
        (StepKind.APPROVED, NOW),
        (StepKind.SUPERSEDED, LATER),
        (StepKind.DENIED, LATER),
    ]
    assert Notice.objects.count() == 2  # both parents, once each
    for notice in Notice.objects.all():
        assert_no_personal_data(notice.subject, notice.body, about=line.request.claim)
    assert line.request.state == RequestState.DECIDED


@pytest.mark.rule("R-26")
def test_a_denial_that_was_a_mistake_becomes_an_approval_with_days_to_register() -> None:
    line = line_in(lea := LeaFactory.create())
    counselor = staff(lea)
    first = denied(line, counselor)
    second = actions.supersede(first.pk, by=counselor, **to_approval())
    line.refresh_from_db()
    assert (line.state, line.decision) == (LineState.APPROVED, second)
    assert line.registration_clock is not None
    # From Monday 9 November: Tuesday, then Veterans Day is skipped, Thursday and Friday.
    assert line.registration_clock.due_on == dt.date(2026, 11, 13)
    assert second.letter is not None
    assert "which did not approve this course" in second.letter.html
    assert "By Friday, November 13, 2026" in second.letter.html


def test_what_the_family_pays_gets_no_days_to_register() -> None:
    line = line_in(lea := LeaFactory.create(), basis=Basis.PRIVATE)
    counselor = staff(lea)
    actions.supersede(denied(line, counselor).pk, by=counselor, **to_approval())
    assert not Clock.objects.filter(kind="registration").exists()


def test_who_pays_above_a_full_load_follows_the_decision_that_holds() -> None:
    line = line_in(lea := LeaFactory.create(), over_full_load=True, basis=Basis.ASKED)
    counselor = staff(lea)
    first = approved(line, counselor)
    line.refresh_from_db()
    assert line.basis == Basis.AGREED
    second = actions.supersede(first.pk, by=counselor, **to_denial())
    line.refresh_from_db()
    assert line.basis == Basis.ASKED
    third = actions.supersede(second.pk, by=counselor, **to_approval(at=LATER + dt.timedelta(hours=1)))
    assert third.letter is not None
    assert "We agreed to pay" in third.letter.html


def test_a_denial_may_get_a_better_letter() -> None:
    line = line_in(lea := LeaFactory.create())
    counselor = staff(lea)
    first = denied(line, counselor)
    second = actions.supersede(first.pk, by=counselor, **to_denial())
    line.refresh_from_db()
    assert (line.state, line.decision) == (LineState.DENIED, second)
    assert Letter.objects.count() == 2


def test_a_decision_on_paper_is_replaced_by_a_letter() -> None:
    line = line_in(lea := LeaFactory.create())
    counselor = staff(lea)
    first = denied(line, counselor)
    Decision.objects.filter(pk=first.pk).update(
        channel=DecisionChannel.PAPER,
        letter=None,
        decided_by_name="Pia Principal",
        paper_reference="Drawer 7",
    )
    second = actions.supersede(first.pk, by=counselor, **to_approval())
    assert second.letter is not None
    assert "This letter replaces our decision of Friday, November 6, 2026" in second.letter.html
    page = main_part(client_of(counselor).get(page_of(line.request)))
    assert "Denied by Pia Principal on" in page
    assert "Drawer 7" in page


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": " "}, actions.NoReason),
        ({"in_person_considered": False}, actions.InPersonNotConsidered),
        ({"factor_ids": []}, actions.NoFactor),
        ({"explanation": "No."}, actions.ExplanationTooShort),
        ({"outcome": Outcome.APPROVED}, actions.SameDecision),
    ],
)
def test_the_same_is_asked_as_of_a_first_decision(changes: dict[str, Any], refusal: type[Exception]) -> None:
    line = line_in(lea := LeaFactory.create())
    counselor = staff(lea)
    first = approved(line, counselor)
    with pytest.raises(refusal):
        actions.supersede(first.pk, by=counselor, **to_denial(**changes))
    line.refresh_from_db()
    assert (line.state, line.decision) == (LineState.APPROVED, first)
    assert Clock.objects.get(kind="registration").stopped_at is None
    assert (Letter.objects.count(), Step.objects.filter(kind=StepKind.SUPERSEDED).count()) == (1, 0)


@pytest.mark.rule("R-19", "R-134")
def test_only_who_may_decide_replaces() -> None:
    line = line_in(lea := LeaFactory.create())
    first = approved(line, staff(lea))
    parent = staff(lea, user=line.request.claim.claimant, counselor=True)
    for hat, refusal, status in (
        (staff(lea, coordinator=True), actions.MayNotDecide, 403),
        (staff(LeaFactory.create()), actions.MayNotDecide, 404),
        (parent, actions.OwnChild, 404),
        (MembershipFactory.create(dese_admin=True), actions.MayNotDecide, 403),
    ):
        with pytest.raises(refusal):
            actions.supersede(first.pk, by=hat, **to_denial())
        assert client_of(hat).get(replace_page(first)).status_code == status
    LeaPolicyFactory.create(lea=lea, reserved=True)
    assert client_of(staff(lea)).get(replace_page(first)).status_code == 403
    assert client_of(staff(lea, decider=True)).get(replace_page(first)).status_code == 200


@pytest.mark.parametrize(
    ("state", "refusal", "sentence"),
    [
        (
            "registered",
            actions.AlreadyRegistered,
            (
                "The provider was already told about this student. Withdraw the student from the course first; then "
                "the family can ask again."
            ),
        ),
        (
            "cancelled",
            actions.NothingToReplace,
            "This course was taken back or has ended. Its decision cannot be replaced any more.",
        ),
    ],
)
def test_what_has_gone_on_is_not_replaced(state: str, refusal: type[Exception], sentence: str) -> None:
    line = line_in(lea := LeaFactory.create())
    counselor = staff(lea)
    first = approved(line, counselor)
    CourseLine.objects.filter(pk=line.pk).update(state=state)
    with pytest.raises(refusal):
        actions.supersede(first.pk, by=counselor, **to_denial())
    client = client_of(counselor)
    assert replace_page(first) not in main_part(client.get(page_of(line.request)))
    response = client.get(replace_page(first), follow=True)
    assert told(response) == [sentence]
    assert response.redirect_chain == [(page_of(line.request), 302)]


def test_the_page_shows_the_letter_before_it_is_sent_and_the_family_finds_both() -> None:
    line = line_in(lea := LeaFactory.create())
    counselor = staff(lea)
    first = approved(line, counselor)
    client = client_of(counselor)
    assert replace_page(first) in main_part(client.get(page_of(line.request)))
    assert "Approve the course" not in main_part(client.get(replace_page(first)))
    preview = client.post(replace_page(first), denial(reason=REASON))
    assert Decision.objects.count() == 1
    assert "This letter replaces our letter of Friday, November 6, 2026" in preview.content.decode()
    response = client.post(replace_page(first), preview.context["form"].data | SEND)
    assert response.headers["Location"] == page_of(line.request)
    second = Decision.objects.get(supersedes=first)
    assert second.letter is not None
    assert second.letter.html in preview.content.decode()
    page = main_part(client.get(page_of(line.request)))
    assert "A decision that no longer holds" in page
    assert escape(f"It replaced the decision before, because: {REASON}") in page
    for decision in (first, second):
        assert reverse("part_time:letter", args=[decision.letter_id]) in page
    old = main_part(client.get(reverse("part_time:letter", args=[first.letter_id])))
    assert "This letter no longer holds." in old
    new = reverse("part_time:letter", args=[second.letter_id])
    assert new in old
    assert reverse("part_time:letter", args=[first.letter_id]) in main_part(client.get(new))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"reason": " "}, "reason"), ({"factors": []}, "factors"), ({"outcome": "approved"}, "outcome")],
)
def test_what_is_missing_is_said_beside_its_question(changes: dict[str, Any], field: str) -> None:
    line = line_in(lea := LeaFactory.create())
    counselor = staff(lea)
    first = approved(line, counselor)
    response = client_of(counselor).post(replace_page(first), denial(reason=REASON) | changes | SEND)
    assert list(response.context["form"].errors) == [field]
    assert Decision.objects.count() == 1


def test_a_double_click_replaces_once() -> None:
    line = line_in(lea := LeaFactory.create())
    counselor = staff(lea)
    first = denied(line, counselor)
    client = client_of(counselor)
    Notice.objects.all().delete()
    for _ in range(2):
        response = client.post(replace_page(first), APPROVAL | {"reason": REASON} | SEND)
        assert response.headers["Location"] == page_of(line.request)
    assert Decision.objects.count() == Letter.objects.count() == 2
    assert Notice.objects.count() == 1


def test_the_second_who_replaces_reads_the_decision_that_holds() -> None:
    line = line_in(lea := LeaFactory.create())
    first = denied(line, staff(lea))
    client_of(staff(lea)).post(replace_page(first), APPROVAL | {"reason": REASON} | SEND)
    second = client_of(staff(lea, decider=True))
    for response, status in (
        (second.get(replace_page(first)), 200),
        (second.post(replace_page(first), APPROVAL | {"reason": REASON} | SEND), 409),
    ):
        assert response.status_code == status
        assert "This was already decided. Nothing was sent a second time." in response.content.decode()


def test_the_facts_of_a_replacing_letter_are_kept_whole() -> None:
    line = line_in(lea := LeaFactory.create())
    counselor = staff(lea)
    second = actions.supersede(denied(line, counselor).pk, by=counselor, **to_approval())
    assert second.letter is not None
    facts = DecisionFacts.from_json(second.letter.facts)
    assert facts.replaced is not None
    assert (facts.replaced.day, facts.replaced.reason) == (dt.date(2026, 11, 6), REASON)
    assert facts.to_json() == second.letter.facts
