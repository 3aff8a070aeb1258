"""Two clerks press at the same moment: real threads, real locks, and nobody's value is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coredata.june import actions
from coredata.june.models import Acceptance, Draft
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from mocap_portal.foundation.shared.refusals import Refusal
from tests.coredata.kit import NOW, clerk_of
from tests.test_exactly_once import at_once

from .kit import ANN, certify_october, june_of, reported
from .test_filling import FIRST, SECOND, YEAR, entry, save, stands

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_in_june")]


@pytest.fixture
def draft(lea: Lea, clerk: Membership) -> Draft:
    certify_october(clerk)
    reported(status="withdrawn")
    save(clerk, entry(YEAR, "A", "1"))
    return Draft.objects.get()


def tried(action: Callable[[], object]) -> Callable[[], object]:
    """What an action answers, or the name of its refusal."""

    def click() -> object:
        try:
            return action()
        except Refusal as refusal:
            return type(refusal).__name__

    return click


def test_of_two_who_save_the_same_row_one_is_asked(lea: Lea, clerk: Membership, draft: Draft) -> None:
    other = clerk_of(lea)
    answers = at_once(
        draft,
        lambda: save(clerk, entry(FIRST, "A", "0.5"), entry(SECOND, "A", "0.5")),
        lambda: save(other, entry(FIRST, "C", "0.5")),
    )
    assert sorted(len(answer.conflicts) for answer in answers) == [0, 1]
    (asked,) = [answer for answer in answers if answer.conflicts]
    kept, _credits, version = stands()[ANN, "S1"]
    assert (asked.conflicts[FIRST].grade_earned, version) == (kept, 1)
    assert stands()[ANN, "S2"] == ("A", "0.5", 1)


def test_of_two_who_take_over_the_proposals_both_have_taken_the_same_step(
    lea: Lea, clerk: Membership, draft: Draft
) -> None:
    seen, year = actions.fingerprint(june_of(lea).proposals()), SchoolYear.objects.get(year=2027)
    clicks = [
        tried(lambda hat=hat: actions.accept_proposals(lea, year, "", seen=seen, by=hat, at=NOW).pk)  # type: ignore[misc]
        for hat in (clerk, clerk_of(lea))
    ]
    one, other = at_once(draft, *clicks)
    assert one == other == Acceptance.objects.get().pk
    assert stands()[ANN, "S1"] == ("WD", "0", 1)


def test_who_types_while_another_takes_over_wins_or_is_asked(
    lea: Lea, clerk: Membership, draft: Draft
) -> None:
    seen, year = actions.fingerprint(june_of(lea).proposals()), SchoolYear.objects.get(year=2027)
    typed, taken = at_once(
        draft,
        lambda: save(clerk, entry(FIRST, "A", "0.5")),
        tried(lambda: actions.accept_proposals(lea, year, "", seen=seen, by=clerk_of(lea), at=NOW)),
    )
    if taken == "ChangedSince":
        assert stands()[ANN, "S1"] == ("A", "0.5", 1)
    else:
        assert (list(typed.conflicts), stands()[ANN, "S1"]) == ([FIRST], ("WD", "0", 1))
