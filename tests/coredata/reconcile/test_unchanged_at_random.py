"""Random states, two nights each: the second leaves what it leaves when it is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from coredata.reconcile import actions
from coredata.reconcile.models import LeaRun, Mismatch, Run, RunKind

from . import laid_out, written
from .laid_out import YEAR, Shared
from .random_states import random_state, setting

pytestmark = pytest.mark.django_db

STATES = 10
# On the morrow of these no day falls on which an answer may change, so that the next night is not asked.
QUIET = [dt.date(2026, 12, 1), dt.date(2027, 4, 22), dt.date(2027, 9, 15)]
# On that of the others one does: on 5 February courses of the second semester are thirty days old.
NIGHTS = [*QUIET, dt.date(2027, 2, 5), dt.date(2027, 7, 5)]


def night(day: dt.date) -> Run:
    at = dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC)
    return actions.compare(YEAR, as_of=day, at=at, kind=RunKind.NIGHT)


def forget() -> None:
    """Let the next night not know what this one read."""
    for run in Run.objects.all():
        Run.objects.filter(pk=run.pk).update(marks={**run.marks, "rows": None})


IDS = {"id", "run_id", "first_run_id", "resolved_run_id"}


def left(run: Run) -> list[Any]:
    """All that a night leaves, but numbers of rows and how long it took."""
    of_leas = LeaRun.objects.filter(run=run).order_by("lea").values()
    one = (
        Run.objects.filter(pk=run.pk)
        .values("leas", "opened", "reopened", "resolved", "open", "by_code")
        .get()
    )
    rows = [*Mismatch.objects.order_by("pk").values(), *of_leas]
    return [one, *({name: value for name, value in row.items() if name not in IDS} for row in rows)]


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Shared]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield laid_out.lay_out(STATES)
        transaction.set_rollback(True)


@pytest.mark.parametrize("days", [1, 30])
@pytest.mark.parametrize("first", NIGHTS, ids=str)
def test_the_next_night_leaves_what_asking_leaves(shared: Shared, first: dt.date, days: int) -> None:
    random = Random(f"{first} {days}")
    setting_of_night = setting(first, shared.providers, shared.catalog, frozenset())
    states = [random_state(random, setting_of_night, pair) for pair in shared.pairs]
    written.write(shared, states)
    night(first)
    told = []
    for is_known in (True, False):
        with transaction.atomic():
            if not is_known:
                forget()
            run = night(first + dt.timedelta(days=days))
            told.append(left(run))
            is_quiet = is_known and days == 1 and first in QUIET
            assert bool(run.seconds_by_code) is not is_quiet
            transaction.set_rollback(True)
    assert told[0] == told[1]
