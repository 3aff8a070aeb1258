"""Many at once, and exactly back again."""

import datetime as dt

import pytest

from concerns import actions
from concerns.models import BulkItem, BulkStep, Concern, ConcernState, Outcome
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import AskedFactory, ConcernFactory

from .kit import AT, kinds, reviewer, stood

pytestmark = pytest.mark.django_db

LATER = AT + dt.timedelta(minutes=5)
WORDS = "It was no concern."


def test_given_together_and_back() -> None:
    by, colleague = reviewer(), reviewer()
    concerns = [ConcernFactory.create(), ConcernFactory.create(assigned=True), ConcernFactory.create()]
    closed = ConcernFactory.create(closed=True)
    before = [stood(concern) for concern in (*concerns, closed)]
    step = actions.assign_many([one.pk for one in (*concerns, closed)], colleague, by=by, at=AT)
    assert set(step.items.values_list("concern", flat=True)) == {one.pk for one in concerns}
    assert [Concern.objects.get(pk=one.pk).assigned_to for one in concerns] == [colleague] * 3
    assert Notice.objects.filter(user=colleague.user).count() == 1
    undone = actions.undo(step.pk, by=by, at=LATER)
    assert (undone.restored, undone.left) == (concerns, [])
    assert [stood(concern) for concern in (*concerns, closed)] == before
    again = actions.undo(step.pk, by=by, at=LATER)
    assert (again.restored, again.left) == ([], [])
    assert kinds(concerns[0]) == ["assigned", "assigned"]


def test_closed_together_and_back() -> None:
    by = reviewer()
    concerns = [ConcernFactory.create(), ConcernFactory.create(responded=True)]
    asked = ConcernFactory.create(awaiting=True)
    AskedFactory.create(concern=asked)
    before = [stood(concern) for concern in (*concerns, asked)]
    step = actions.close_many(
        [one.pk for one in (*concerns, asked)], Outcome.NOT_A_CONCERN, text=WORDS, by=by, at=AT
    )
    assert [Concern.objects.get(pk=one.pk).state for one in (*concerns, asked)] == [
        ConcernState.CLOSED,
        ConcernState.CLOSED,
        ConcernState.AWAITING,
    ]
    undone = actions.undo(step.pk, by=by, at=LATER)
    assert undone.restored == concerns
    assert [stood(concern) for concern in (*concerns, asked)] == before
    assert kinds(concerns[0]) == ["closed", "reopened"]


def test_what_moved_on_is_left_and_named() -> None:
    by = reviewer()
    stays, moved = ConcernFactory.create(), ConcernFactory.create()
    step = actions.close_many([stays.pk, moved.pk], Outcome.SETTLED, text=WORDS, by=by, at=AT)
    actions.reopen(moved.pk, "We were wrong.", by=reviewer(), at=LATER)
    after = stood(moved)
    undone = actions.undo(step.pk, by=by, at=LATER + dt.timedelta(minutes=1))
    assert (undone.restored, undone.left) == ([stays], [moved])
    assert stood(moved) == after


def test_refusals_change_nothing() -> None:
    by = reviewer()
    concern = ConcernFactory.create()
    colleague = MembershipFactory.create(coordinator=True)
    with pytest.raises(actions.NotOfTheOffice):
        actions.assign_many([concern.pk], colleague, by=by, at=AT)
    with pytest.raises(actions.OnlyTheOffice):
        actions.close_many([concern.pk], Outcome.SETTLED, text=WORDS, by=colleague, at=AT)
    with pytest.raises(actions.NoWords):
        actions.close_many([concern.pk], Outcome.SETTLED, text=" ", by=by, at=AT)
    with pytest.raises(actions.TooMany):
        actions.assign_many(range(1, actions.MOST_AT_ONCE + 2), by, by=by, at=AT)
    with pytest.raises(actions.NothingFits):
        actions.close_many([ConcernFactory.create(closed=True).pk], Outcome.SETTLED, text=WORDS, by=by, at=AT)
    assert (kinds(concern), BulkStep.objects.count(), BulkItem.objects.count()) == ([], 0, 0)
