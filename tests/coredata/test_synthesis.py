"""A made-up state is clean but for the mistakes that its truth names."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from coredata.checks.case import hash_of
from coredata.judging import judge
from coredata.layouts import DISTRICT_KINDS, Kind
from coredata.synthesis import State, districts
from coredata.synthesis.sizes import LARGEST, sizes

STATE = State(leas=3, students=1_500, year=2027, seed=7)
SPOILED = State(leas=3, students=3_000, year=2027, seed=7, problems=0.1)
JUNE = dt.date(2027, 6, 10)


def problems_of(
    state: State, *, only: str | None = None
) -> tuple[set[tuple[object, ...]], set[tuple[object, ...]]]:
    """What checking finds in the files of each district, and what the truth says of them."""
    found: set[tuple[object, ...]] = set()
    true: set[tuple[object, ...]] = set()
    for district, truth in districts(state, only=only):
        files = [(district.file(kind), district.text(kind).encode()) for kind in district.rows]
        for judgement in judge(files, district_code=district.code, on=JUNE, key_of=lambda year: b"x" * 32):
            assert judgement.rows_read == len(district.rows[judgement.collection.kind])
            found |= {
                (judgement.name, row["line"], row["column"], row["rule"])
                for row in judgement.problems.iter_rows(named=True)
            }
        true |= {(one.file, one.row, one.column, one.rule) for one in truth}
    return found, true


@pytest.mark.django_db
def test_a_state_without_mistakes_is_clean() -> None:
    assert problems_of(STATE) == (set(), set())


@pytest.mark.django_db
def test_checking_finds_every_mistake_and_nothing_else() -> None:
    found, true = problems_of(SPOILED)
    assert found == true
    assert {rule for _file, _row, _column, rule in true} >= {
        "V-22",
        "V-23",
        "V-25",
        "V-38",
        "V-43",
        "V-70",
        "V-72",
    }


def written(folder: Path, *more: str) -> dict[str, bytes]:
    arguments = ["--lea", "3", "--students", "300", "--year", "2027", "--seed", "5", "--problems", "0.02"]
    call_command("synthesize", str(folder), *arguments, *more, stderr=io.StringIO())
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    once = written(tmp_path / "once")
    assert once == written(tmp_path / "twice")
    assert set(once) == {
        "truth.json",
        *(
            f"{code}_{kind}.csv"
            for code in ("001101", "002101", "003101")
            for kind in DISTRICT_KINDS
            if kind is not Kind.STU_ENRL_ATTND
        ),
    }
    assert json.loads(once["truth.json"])["problems"] != []


def test_one_district_alone_has_the_bytes_it_has_in_the_state(tmp_path: Path) -> None:
    state = written(tmp_path / "state")
    alone = written(tmp_path / "alone", "--only-district", "002101")
    truth = json.loads(alone.pop("truth.json"))["problems"]
    assert alone == {name: data for name, data in state.items() if name.startswith("002101")}
    assert truth == [
        problem
        for problem in json.loads(state["truth.json"])["problems"]
        if problem["file"].startswith("002101")
    ]


def test_a_district_of_the_directory_may_take_the_place_of_a_made_up_one(tmp_path: Path) -> None:
    alone = written(tmp_path / "alone", "--only-district", "991101")
    assert b",991101," in alone["991101_stu_assign.csv"]


@given(st.integers(1, 600), st.integers(0, 1_000_000))
def test_every_student_is_in_one_district(leas: int, more: int) -> None:
    students = leas + more
    found = sizes(leas, students)
    assert sum(found) == students and len(found) == leas
    assert found == sorted(found, reverse=True)
    assert min(found) >= 1
    if students <= leas * LARGEST:
        assert max(found) <= LARGEST


def test_a_state_as_large_as_missouri_has_districts_as_there() -> None:
    found = sizes(554, 870_000)
    assert max(found) <= LARGEST and 60 <= min(found) < 1_000


def test_an_educators_hash_needs_its_key() -> None:
    number = "900000001"
    assert hash_of(number, b"a" * 32) != hash_of(number, b"b" * 32)
    assert hash_of(number, b"a" * 32) == hash_of(number, b"a" * 32)
    assert len(hash_of(number, b"a" * 32)) == 32 and hash_of("", b"a" * 32) == ""
