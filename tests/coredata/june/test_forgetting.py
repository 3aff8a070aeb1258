"""What was typed for June is kept no longer than the core data of its school year."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from coredata.june import actions
from coredata.june.actions import Entry
from coredata.june.expected import Key
from coredata.june.models import Acceptance, Draft, TypedOutcome
from coredata.june.typed import Cells
from coredata.layouts import Cycle, Kind
from coredata.models import StoredCollection
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import SchoolYear
from tests.coredata.kit import NOW
from tests.factories.coredata import StoredCollectionFactory
from tests.factories.directory import SchoolYearFactory
from tests.factories.june import AcceptanceFactory, DraftFactory

from .kit import ANN, certify_october

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
OVER = dt.datetime(2034, 7, 1, 18, tzinfo=dt.UTC)


def left() -> dict[str, int]:
    """How many rows of a draft there are, and how many of their histories."""
    found = {}
    for model in (Draft, Acceptance, TypedOutcome):
        history: Any = model.pgh_event_model
        found[model.__name__] = model._default_manager.count()
        found[f"{model.__name__}, history"] = history.objects.count()
    return found


def typed(clerk: Membership) -> None:
    """One outcome, typed and corrected, and one step that took proposals over."""
    certify_october(clerk)
    lea, year = clerk.organization.lea, SchoolYear.objects.get(year=2027)
    for version, grade in enumerate("AB"):
        entry = Entry(Key(ANN, "115845", "S1"), version, Cells(grade, "0.5"))
        actions.save_outcomes(lea, year, [entry], by=clerk, at=NOW)
    AcceptanceFactory.create(draft=Draft.objects.get())


def remove(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    with time_machine.travel(OVER, tick=False):
        call_command("remove_collections", *arguments, json=True, stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_it_leaves_with_the_collections_and_so_does_its_history(clerk: Membership) -> None:
    typed(clerk)
    another = DraftFactory.create(lea=clerk.organization.lea, school_year=SchoolYearFactory.create(year=2028))
    before = left()
    assert before["TypedOutcome"] == 1
    assert before["TypedOutcome, history"] == 2
    assert remove()["typed_outcomes_removed"] is None
    assert left() == before
    assert remove("--yes")["typed_outcomes_removed"] == 1
    assert Draft.objects.get() == another
    assert left() == {
        "Draft": 1, "Draft, history": 1, "Acceptance": 0, "Acceptance, history": 0, "TypedOutcome": 0,
        "TypedOutcome, history": 0,
    }  # fmt: skip
    assert remove("--yes")["typed_outcomes_removed"] == 0


@pytest.mark.parametrize(
    ("cycle", "kind", "leaves"),
    [
        (Cycle.OCTOBER, Kind.STU_ASSIGN, True),
        (Cycle.JUNE, Kind.STU_CRS_COMP, True),
        (Cycle.OCTOBER, Kind.STU_CORE, False),
        (Cycle.JUNE, Kind.STU_CORE, False),
    ],
)
def test_it_leaves_with_one_of_the_two_that_it_stands_between(cycle: Cycle, kind: Kind, leaves: bool) -> None:
    draft = DraftFactory.create()
    stored = StoredCollectionFactory.create(cycle=cycle, kind=kind)
    actions.forget_drafts()
    assert Draft.objects.get() == draft
    StoredCollection.objects.filter(pk=stored.pk).update(removed_at=OVER)
    actions.forget_drafts()
    assert Draft.objects.exists() is not leaves


def test_it_is_told(clerk: Membership) -> None:
    typed(clerk)
    out = io.StringIO()
    with time_machine.travel(OVER, tick=False):
        call_command("remove_collections", "--yes", stdout=out)
    assert out.getvalue().endswith("1 outcome that was typed for June is removed.\n")
