"""Two of the office at the same moment: one is first, the other hears who was, and nothing is done twice."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from concerns import actions
from concerns.models import Concern, Entry, Outcome
from concerns.transitions import NotNow
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.foundation.shared.refusals import Refusal
from tests.factories.concerns import ConcernFactory, RoutingRuleFactory
from tests.processes import PATIENCE

from .kit import AT, kinds, reviewer

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[type[Refusal] | None]:
    """Do all of them at the same moment; returns what refused each, in their order."""
    together = threading.Barrier(len(acts))
    ends: list[type[Refusal] | None] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        together.wait(PATIENCE)
        try:
            act()
        except Refusal as refusal:
            ends[place] = type(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return ends


def test_two_close_and_write_to_one_concern() -> None:
    first, second = reviewer(), reviewer()
    concern = ConcernFactory.create(assigned=True)
    seen = actions.newest(concern)
    ends = at_once(
        lambda: actions.close(concern.pk, Outcome.SETTLED, text="It is right.", by=first, at=AT, seen=seen),
        lambda: actions.write(concern.pk, "We look into it.", by=second, at=AT, seen=seen),
    )
    assert set(ends) in ({None, actions.MovedOn}, {None, NotNow})
    assert len(kinds(concern)) == 1
    assert Notice.objects.filter(to=concern.email).count() == 1


def test_two_sort_what_came_in() -> None:
    RoutingRuleFactory.create()
    for _number in range(4):
        ConcernFactory.create()
    assert at_once(*(lambda: actions.sort_received(at=AT) for _worker in range(3))) == [None] * 3
    actions.sort_received(at=AT)
    assert Entry.objects.filter(kind="assigned").count() == Concern.objects.count() == 4
    assert Notice.objects.count() == 4


def test_two_join_two_with_each_other() -> None:
    by = reviewer()
    one, other = ConcernFactory.create(), ConcernFactory.create()
    ends = at_once(
        lambda: actions.join(one.pk, other.pk, by=by, at=AT),
        lambda: actions.join(other.pk, one.pk, by=by, at=AT),
    )
    assert ends.count(None) == 1
    assert Concern.objects.filter(state="merged").count() == 1
