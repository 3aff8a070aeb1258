"""How often a quiet year raises a note, and how soon a cluster does: what docs/decisions/0026 states is measured."""

import datetime as dt

import pytest

from concerns.patterns.method import Cell, Counted, NoteKind, Numbers, chance_of, rising
from concerns.patterns.models import Method

from .quiet_years import NUMBERS, RARE, USUAL, a_quiet_year, cluster_found_after

QUIET_SEEDS, CLUSTER_SEEDS = range(5), range(5)


@pytest.mark.parametrize(("a_year", "growth"), [(500, 0.0), (3_000, 0.0), (3_000, 0.5)])
def test_a_quiet_year_raises_one_note_at_most_on_average(a_year: int, growth: float) -> None:
    found = [a_quiet_year(seed=seed, a_year=a_year, growth=growth) for seed in QUIET_SEEDS]
    assert sum(found) <= len(QUIET_SEEDS)
    assert max(found) <= 2


@pytest.mark.parametrize(("cell", "size"), [(RARE, 6), (USUAL, 12)])
def test_a_cluster_of_a_week_is_found_within_a_day(cell: Cell, size: int) -> None:
    found = [
        cluster_found_after(seed=seed, a_year=3_000, size=size, spread=7, cell=cell) for seed in CLUSTER_SEEDS
    ]
    assert [after is not None and after <= 1 for after in found] == [True] * len(found)


@pytest.mark.django_db
def test_what_was_measured_is_what_holds() -> None:
    method = Method.objects.at(dt.date(2026, 11, 27))
    assert (
        Numbers(
            window_days=method.window_days,
            past_days=method.past_days,
            least_count=method.least_count,
            night_budget=float(method.night_budget),
            weight=method.weight,
        )
        == NUMBERS
    )


def counted(recent: int, past: int, others_recent: int = 50, others_past: int = 650) -> Counted:
    return Counted(Cell(NoteKind.RULE, rule="R-15"), recent, past, others_recent, others_past)


def test_the_chance_is_that_of_drawing_so_many_into_the_window() -> None:
    # With one of the others on either side every division of three is as likely: 1/4 for each of 0, 1, 2, 3.
    assert chance_of(3, of=3, recent=1, past=1) == pytest.approx(1 / 4)
    assert chance_of(1, of=3, recent=1, past=1) == pytest.approx(3 / 4)
    assert chance_of(0, of=3, recent=1, past=1) == pytest.approx(1)
    # Of very many others a fixed share remains: the binomial, 13 weeks to one.
    assert chance_of(4, of=4, recent=10**7, past=13 * 10**7) == pytest.approx(14**-4, rel=1e-5)


def test_a_season_that_all_have_is_no_pattern() -> None:
    rise = counted(12, 13)
    assert [one.counted for one in rising([rise], count=100, numbers=NUMBERS)] == [rise]
    assert rising([counted(12, 13, others_recent=600)], count=100, numbers=NUMBERS) == []


def test_without_others_the_calendar_is_what_it_is_compared_with() -> None:
    (rise,) = rising([counted(8, 8, 0, 0)], count=10, numbers=NUMBERS)
    assert rise.expected == pytest.approx(8 / 13)
    assert rise.threshold == 0.005


def test_fewer_than_the_least_count_and_what_falls_raise_nothing() -> None:
    assert rising([counted(3, 0)], count=1, numbers=NUMBERS) == []
    assert rising([counted(4, 200)], count=1, numbers=NUMBERS) == []


def test_many_cells_share_the_budget() -> None:
    assert len(rising([counted(4, 2)], count=10, numbers=NUMBERS)) == 1
    assert rising([counted(4, 2)], count=10_000, numbers=NUMBERS) == []
