"""A whole made-up state, sent as districts and providers send theirs, and the night on it.

What was planted is found with its code and its cause, and nothing is found that was not planted.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from coredata.reconcile.catalogue import CATALOGUE, Runs
from coredata.reconcile.engine import answer
from coredata.reconcile.files import Question
from coredata.reconcile.planting import State, lay, send
from coredata.reconcile.statements import PATTERNS, RULES
from coredata.synthesis.planting import PLANTABLE
from mocap_portal.foundation.directory.models import Lea, Provider

YEAR = 2027
OVERDUE = "M-72"  # the one that is no statement of the engine's
Identity = tuple[str, str, str, str, str, str]  # code, LEA, student, course, term, provider


def written(folder: Path, *more: str, leas: int, students: int) -> State:
    sizes = ["--lea", str(leas), "--students", str(students), "--year", str(YEAR), "--seed", "3"]
    call_command("synthesize", str(folder), *sizes, *more, stderr=io.StringIO())
    return State(folder)


def sent(state: State, settings: Settings, folder: Path) -> None:
    """The state stands in the portal."""
    settings.MEDIA_ROOT = str(folder / "media")
    lay(state)
    send(state)


def found(state: State) -> dict[Identity, str]:
    """What the comparison finds on the day of the truth, with the cause that is suggested first."""
    rows = answer(Question(state.year, state.moment("compared_on").date()))
    leas = dict(Lea.objects.values_list("pk", "state_district_id"))
    providers = dict(Provider.objects.values_list("pk", "code"))
    return {
        (
            code,
            leas.get(lea, ""),
            student,
            course,
            term,
            "" if student else providers.get(provider, ""),
        ): _shown(code, cause)
        for code, lea, provider, student, course, term, cause, _facts in rows
    }


def _shown(code: str, cause: str) -> str:
    """The catalogue's first, where the data say nothing."""
    kind = CATALOGUE[code]
    if not cause:
        return kind.causes[0].id
    assert kind.cause(cause), f"{code} has no cause {cause}"
    return cause


def planted(state: State) -> dict[Identity, str]:
    def identity(one: dict[str, Any]) -> Identity:
        return one["code"], one["lea"], one["student"], one["course"], one["term"], one["provider"]

    return {identity(one): one["cause"] for one in state.truth["mismatches"]}


def codes(of: Iterable[Identity]) -> set[str]:
    return {code for code, *_where in of}


@pytest.mark.django_db
def test_four_sources_that_agree_have_no_mismatch(tmp_path: Path, settings: Settings) -> None:
    state = written(tmp_path, "--plant", ",", leas=6, students=600)
    sent(state, settings, tmp_path)
    assert Lea.objects.count() == 6 and planted(state) == {}
    assert found(state) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "_night", [pytest.param(1, marks=[pytest.mark.rule(code) for code in PLANTABLE], id="night")]
)
def test_the_night_finds_what_was_planted_and_nothing_else(
    tmp_path: Path, settings: Settings, _night: int
) -> None:
    state = written(tmp_path, "--plant", "all", "--plant-times", "1", leas=20, students=3_000)
    sent(state, settings, tmp_path)
    want, got = planted(state), found(state)
    assert sorted(want.keys() - got.keys()) == []
    assert sorted(got.keys() - want.keys()) == []
    assert codes(want) == set(PLANTABLE)
    wrong = {one: (want[one], got[one]) for one in want if want[one] != got[one]}
    assert len(wrong) * 20 <= len(want), wrong


def test_everything_that_the_night_can_find_can_be_planted() -> None:
    night = {code for code, kind in CATALOGUE.items() if kind.runs is Runs.NIGHT}
    assert set(PLANTABLE) == night & {*RULES, *PATTERNS, OVERDUE}


def test_each_code_is_planted_as_often_as_asked(tmp_path: Path) -> None:
    state = written(tmp_path, "--plant", "M-01,M-70", "--plant-times", "5", leas=12, students=1_200)
    counts = [sum(one[0] == code for one in planted(state)) for code in ("M-01", "M-70")]
    assert counts == [5, 5]
    assert codes(planted(state)) == {"M-01", "M-02", "M-42", "M-70"}  # two ways of M-01 come with another


def test_the_same_seed_plants_the_same_bytes(tmp_path: Path) -> None:
    for name in "once", "twice":
        written(tmp_path / name, "--plant", "all", "--plant-times", "1", leas=20, students=3_000)
    once, twice = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("once", "twice")
    )
    assert once == twice and len(once) > 80


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--plant", "M-25"], "M-25 cannot be planted: certified files and accepted reports never show it."),
        (["--plant", "M-01", "--problems", "0.1"], "leave out --problems and --only-district."),
        (["--plant", "M-01", "--only-district", "001101"], "leave out --problems and --only-district."),
        (["--plant", "M-70", "--plant-times", "9"], "give it 13 districts."),
        (["--plant", "M-01", "--plant-times", "999"], "give it more students."),
    ],
)
def test_what_cannot_be_planted_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], sentence: str
) -> None:
    arguments = ["--lea", "8", "--students", "800", "--year", str(YEAR), "--seed", "3", *more]
    with pytest.raises(SystemExit) as left:
        call_command("synthesize", str(tmp_path / "out"), *arguments)
    assert left.value.code == 64
    assert capsys.readouterr().err.strip().endswith(sentence)
    assert not (tmp_path / "out").exists()
