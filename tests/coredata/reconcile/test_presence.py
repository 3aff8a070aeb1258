"""Who is in which source: every line of the two presence tables, and the gates of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from .world import ADA, ALGEBRA, AUTUMN, ENGLISH, JUNE, WINTER, World

pytestmark = pytest.mark.django_db


def lay(world: World, pattern: str, **outcome: Any) -> None:
    """The sources in which the pattern has a 1: A, O, J and V; without J three of them. J's row is coded itself."""
    writes: list[Callable[[], object]] = [
        world.approve,
        world.october,
        partial(world.june, program_code="50"),
        partial(world.reported, **outcome),
    ]
    if len(pattern) == 3:
        del writes[2]
    for present, write in zip(list(pattern), writes, strict=True):
        if present == "1":
            write()


def agree(world: World, *, in_june: bool = False) -> None:
    """Another student's course, of which all sources say the same: an LEA without any coded row is M-76."""
    who = ("0000000050", ENGLISH)
    world.approve(*who)
    world.october(*who)
    world.reported(*who)
    if in_june:
        world.june(*who)


@pytest.mark.parametrize(
    ("pattern", "codes"),
    [
        ("111", []),
        ("110", ["M-03"]),
        ("101", ["M-01"]),
        ("100", ["M-06"]),
        ("011", ["M-07"]),
        ("010", ["M-08"]),
        ("001", ["M-10"]),
    ],
)
@pytest.mark.rule("M-01", "M-03", "M-06", "M-07", "M-08", "M-10")
def test_presence_before_june_opens(pattern: str, codes: list[str]) -> None:
    """A, O, V."""
    world = World()
    lay(world, pattern)
    agree(world)
    assert world.found(WINTER) == [(code, ADA, ALGEBRA, "S1") for code in codes]


@pytest.mark.parametrize(
    ("pattern", "codes"),
    [
        ("1111", []),
        ("1110", ["M-03"]),
        ("1101", ["M-02"]),
        ("1100", ["M-02", "M-03"]),
        ("1011", ["M-01"]),
        ("1010", ["M-01", "M-03"]),
        ("1001", ["M-01", "M-02"]),
        ("1000", ["M-06"]),
        ("0111", ["M-07"]),
        ("0110", ["M-08"]),
        ("0101", ["M-02", "M-07"]),
        ("0100", ["M-02", "M-08"]),
        ("0011", ["M-01", "M-07"]),
        ("0010", ["M-09"]),
        ("0001", ["M-10"]),
    ],
)
@pytest.mark.rule("M-02", "M-09")
def test_presence_after_june_opened(pattern: str, codes: list[str]) -> None:
    """A, O, J, V."""
    world = World()
    agree(world, in_june=True)
    lay(world, pattern, status="completed", final_grade="B", credits_earned="0.5")
    assert world.found(JUNE) == [(code, ADA, ALGEBRA, "S1") for code in codes]


def test_nothing_is_missing_before_it_is_due() -> None:
    world = World()
    world.uncertify(world.lea, "crs_assign", "stu_assign")
    world.approve()
    world.reported()
    assert world.codes(AUTUMN) == []
    assert world.codes(WINTER) == ["M-70"]


@pytest.mark.rule("M-11")
def test_a_course_that_begins_after_october_was_certified_has_two_weeks() -> None:
    world = World()
    (
        world.approve("0000000050", ENGLISH),
        world.october("0000000050", ENGLISH),
        world.reported("0000000050", ENGLISH),
    )
    world.approve(semester="S2", started_on=dt.date(2027, 1, 5))
    world.reported(semester="S2")
    assert world.codes(dt.date(2027, 1, 19)) == []
    assert world.found(dt.date(2027, 1, 20)) == [("M-11", ADA, ALGEBRA, "S2")]


@pytest.mark.rule("M-03")
def test_a_provider_has_thirty_days_to_list_a_student() -> None:
    world = World()
    line = world.approve()
    world.october()
    assert line.started_on is not None
    assert world.codes(line.started_on + dt.timedelta(days=30)) == []
    assert world.codes(line.started_on + dt.timedelta(days=31)) == ["M-03"]
