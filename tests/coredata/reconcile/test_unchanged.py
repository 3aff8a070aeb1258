"""A night over the data of the night before: not asked again, and the same as if it had been."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection, transaction

from coredata.models import CollectionWindow
from coredata.reconcile import actions, unchanged
from coredata.reconcile.engine import find
from coredata.reconcile.files import Question
from coredata.reconcile.models import Mismatch, MismatchState, Run, RunKind
from tests.factories.registration import RosterLineFactory

from .world import WINTER, YEAR, World

pytestmark = pytest.mark.django_db

ONE_DAY = dt.timedelta(days=1)


def night(day: dt.date) -> Run:
    at = dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC)
    return actions.compare(YEAR, as_of=day, at=at, kind=RunKind.NIGHT)


def was_asked(run: Run) -> bool:
    return bool(run.seconds_by_code)


def test_a_quiet_night_is_not_asked_and_counts_the_days() -> None:
    world = World()
    world.approve()
    world.october()
    assert was_asked(night(WINTER))
    before = Mismatch.objects.get()
    second = night(WINTER + 3 * ONE_DAY)
    after = Mismatch.objects.get()
    assert not was_asked(second)
    assert (second.opened, second.resolved, second.open, second.by_code) == (0, 0, 1, {"M-03": 1})
    assert second.of_leas.count() == second.leas > 1
    assert (after.code, after.facts["number"]) == ("M-03", before.facts["number"] + 3)


# When it is asked ------------------------------------------------------------------------------------------


def test_a_night_is_asked_after_anything_it_reads_was_touched() -> None:
    world = World()
    RosterLineFactory.create(line=world.approve())
    world.enroll("0000000044")
    world.october()
    world.june()
    world.reported()
    before = unchanged.rows_read()
    assert unchanged.rows_read() == before
    touched = set()
    for table in unchanged.TABLES:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # some refuse every change
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                " AND is_generated = 'NEVER' AND is_identity = 'NO' LIMIT 1",
                [table],
            )
            (column,) = cursor.fetchone()
            cursor.execute(f'UPDATE {table} SET "{column}" = "{column}"')
            if cursor.rowcount:
                touched.add(table)
                changed = {name for name, rows in unchanged.rows_read().items() if rows != before[name]}
                assert changed == {table}
            transaction.set_rollback(True)
    assert {
        "coredata_studentcourse", "coredata_studentoutcome", "coredata_reportrow", "coredata_upload",
        "part_time_courseline", "registration_rosterline", "records_student", "full_time_scheduledcourse",
        "providers_course", "directory_codemeaning", "coredata_collectionwindow",
    } <= touched  # fmt: skip


def test_what_came_in_between_is_found() -> None:
    world = World()
    world.approve()
    world.october()
    night(WINTER)
    world.reported()
    second = night(WINTER + ONE_DAY)
    assert was_asked(second)
    assert (second.resolved, second.open) == (1, 0)


def test_another_comparison_in_between_has_it_asked() -> None:
    world = World()
    world.approve()
    world.october()
    night(WINTER)
    at = dt.datetime.combine(WINTER, dt.time(18), tzinfo=dt.UTC)
    actions.compare(YEAR, as_of=WINTER, at=at, kind=RunKind.HAND)
    assert was_asked(night(WINTER + ONE_DAY))


@pytest.mark.parametrize("days_before", [0, 1])
def test_a_day_that_falls_has_it_asked(days_before: int) -> None:
    world = World()
    world.approve()
    world.october()
    night(WINTER)
    assert not was_asked(night(WINTER + ONE_DAY))
    CollectionWindow.objects.filter(school_year=YEAR, cycle="Oct").update(
        due_on=WINTER + (3 - days_before) * ONE_DAY
    )
    night(WINTER + 2 * ONE_DAY)
    assert was_asked(night(WINTER + 3 * ONE_DAY))


def test_a_waiver_that_ends_has_it_asked() -> None:
    world = World()
    world.approve()
    world.october()
    night(WINTER)
    Mismatch.objects.update(state=MismatchState.WAIVED, waived_until=WINTER + ONE_DAY)
    assert night(WINTER + ONE_DAY).open == 0
    second = night(WINTER + 2 * ONE_DAY)
    assert (was_asked(second), second.open) == (True, 1)


# Nothing is forgotten --------------------------------------------------------------------------------------


def test_every_statement_with_the_day_in_it_says_which_days_matter() -> None:
    with_day = {name for name, text in unchanged.STATEMENTS.items() if "%(as_of)s" in text}
    assert with_day == set(unchanged.DAYS)


def test_every_mismatch_that_counts_days_is_known() -> None:
    counting = {
        name for name, text in unchanged.STATEMENTS.items() if re.search(r"%\(as_of\)s::date\s+-", text)
    }
    assert counting == set(unchanged.COUNT_DAYS)


# One connection, many questions -----------------------------------------------------------------------------


def test_asking_often_in_one_transaction_locks_no_more() -> None:
    world = World()
    world.approve()
    locks = []
    for _time in range(3):
        find(Question(YEAR, WINTER, leas=(world.lea.pk,), is_whole=False))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()")
            locks.append(cursor.fetchone()[0])
    assert locks[1] == locks[2]
