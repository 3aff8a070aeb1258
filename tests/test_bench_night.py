"""The measurement of the night on a small planted state: what was planted is found, and the state is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from coredata.models import ReportedEnrollment, ReportRow, StudentCourse, StudentOutcome
from coredata.reconcile import actions
from enrollment.part_time.models import CourseLine
from mocap_portal.bench import night
from mocap_portal.bench.command import kept, measurements
from mocap_portal.bench.night import others, planted
from mocap_portal.command.state import Problem

ROWS = 8_000
FIRST = planted.FIRST_LEA + 1

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("planted")]


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, int]]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield planted._plant(ROWS, 1)
        transaction.set_rollback(True)


def test_a_state_is_as_large_as_it_was_asked_for(counts: dict[str, int]) -> None:
    assert counts["october"] == pytest.approx(ROWS, rel=0.05)
    assert counts["june"] == pytest.approx(ROWS * 7.7 / 8, rel=0.05)
    assert counts["approved"] == CourseLine.objects.count() == ROWS * 3 / 160
    assert counts["reported"] == ReportRow.objects.count() == ReportedEnrollment.objects.count() > 100
    assert 0 < StudentCourse.objects.count() < ROWS / 4
    assert StudentOutcome.objects.count() > StudentCourse.objects.count() / 2


def test_a_state_is_filled_once(counts: dict[str, int]) -> None:
    before = CourseLine.objects.count()
    assert planted.planted(ROWS, 1) == counts
    assert CourseLine.objects.count() == before


def test_foreign_keys_of_the_state_hold(counts: dict[str, int]) -> None:
    """They were not looked up while it was filled."""
    connection.check_constraints()


def test_what_was_planted_is_found(counts: dict[str, int]) -> None:
    found = actions.look(planted.YEAR, as_of=night.NIGHT)
    assert found.leas >= planted.leas_of(ROWS)
    assert {"M-01", "M-02", "M-03", "M-23"} <= set(found.by_code)
    assert found.open < counts["approved"] / 2


def test_a_rehearsal_leaves_nothing(counts: dict[str, int]) -> None:
    assert night._rehearse(FIRST) > 0
    assert night._milliseconds(lambda: night._look(FIRST), times=1) > 0
    night._floor()


def test_others_count_the_same_rows(counts: dict[str, int]) -> None:
    found = others.measured()
    assert found["orm_row_by_row"]["rows"] == counts["approved"]
    assert 0 < found["polars_from_parquet"]["rows"] < counts["approved"]
    json.dumps(found)


def test_its_state_is_kept_and_used_by_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert measurements()["night"].keeps_state
    assert not measurements()["pages"].keeps_state
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path))
    options = {"rows": 8_000, "seed": 1}
    with kept("night", options) as state:
        assert state.folder == tmp_path / "kept" / "night-8000-1"
        with pytest.raises(Problem, match="the same measurement is running"), kept("night", options):
            pass
    with kept("night", options) as again:
        assert again.folder.exists()
