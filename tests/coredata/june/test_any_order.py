"""Typing, taking over, undoing and a new October in whatever order: what stands is what a small model says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coredata.june import actions
from coredata.june.actions import Entry
from coredata.june.expected import Key
from coredata.june.models import TypedOutcome
from coredata.june.typed import Cells
from coredata.models import Upload
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from tests.coredata.kit import NOW, clerk_of
from tests.coredata.test_student_courses import file_of, rows

from .kit import ANN, BEN, all_of, certify_october, june_of, reported, send_june

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]

# Each course of October with its section, and what the provider says of it.
SECTIONS = {Key(ANN, "115845", "S1"): "A2", Key(ANN, "115845", "S2"): "A3", Key(BEN, "115846", "YL"): "A5"}
KEYS = list(SECTIONS)
PROPOSED = {KEYS[0]: ("B", "0.5"), KEYS[1]: ("WD", "0")}
TYPED = [("", ""), ("A", "0.5"), ("C", "0.5"), ("F", "0"), ("A", "much")]  # the last is an error
CLERKS = (0, 1)


@dataclass(frozen=True)
class Type:
    """A clerk saves the whole page as they have seen it last, or see it now, but for these rows."""

    clerk: int
    is_fresh: bool
    cells: dict[Key, tuple[str, str]]


@dataclass(frozen=True)
class Accept:
    clerk: int


@dataclass(frozen=True)
class Undo:
    number: int  # of all steps, counted from the last


@dataclass(frozen=True)
class October:
    """October is certified again; these sections are coded as MOCAP courses."""

    coded: frozenset[Key]


TYPING = st.builds(
    Type,
    st.sampled_from(CLERKS),
    st.booleans(),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(TYPED), min_size=1),
)
ACCEPTING, UNDOING = (
    st.builds(Accept, st.sampled_from(CLERKS)),
    st.builds(Undo, st.sampled_from([0, 0, 1, 2])),
)
CERTIFYING = st.builds(October, st.frozensets(st.sampled_from(KEYS)))
# October takes long to certify, so it happens seldom.
STEPS = st.sampled_from([TYPING, TYPING, TYPING, ACCEPTING, ACCEPTING, UNDOING, UNDOING, CERTIFYING]).flatmap(
    lambda kind: kind
)


@dataclass(frozen=True)
class Cell:
    """What stands in a row: the outcome, and the step that put it there."""

    outcome: tuple[str, str] = ("", "")
    version: int = 0
    step: int | None = None


@dataclass
class Model:
    """What the portal has to do, in a few lines."""

    rows: dict[Key, Cell] = field(default_factory=lambda: dict.fromkeys(KEYS, Cell()))
    expected: frozenset[Key] = frozenset(KEYS)
    seen: list[dict[Key, Cell]] = field(default_factory=list)
    undone: list[bool] = field(default_factory=list)  # of each step

    def type(self, step: Type) -> set[Key]:
        """The rows about which the clerk is asked."""
        asked = set()
        if step.is_fresh:
            self.seen[step.clerk] = dict(self.rows)
        for key, was in self.seen[step.clerk].items():
            outcome, now = step.cells.get(key, was.outcome), self.rows[key]
            is_touched = was.version == now.version or outcome != was.outcome
            if outcome == now.outcome or not is_touched:
                continue
            if key not in self.expected:
                continue
            if was.version != now.version:
                asked.add(key)
            elif outcome[1] != "much":
                self.rows[key] = Cell(outcome, now.version + 1)
        return asked

    def accept(self) -> None:
        taken = [key for key in PROPOSED if key in self.expected and not self.rows[key].outcome[0]]
        if taken:
            for key in taken:
                self.rows[key] = Cell(PROPOSED[key], self.rows[key].version + 1, len(self.undone))
            self.undone.append(False)

    def undo(self, number: int) -> None:
        if not self.undone[number]:
            self.undone[number] = True
            for key, cell in self.rows.items():
                if cell.step == number:
                    self.rows[key] = Cell(("", ""), cell.version + 1)

    @property
    def file(self) -> dict[Key, str]:
        return {
            key: self.rows[key].outcome[0] or PROPOSED.get(key, ("", ""))[0]
            for key in KEYS
            if key in self.expected
        }


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=10))
def test_whatever_the_order_it_ends_as_the_model_says(lea: Lea, clerk: Membership, steps: list[Any]) -> None:
    # Once outside: what an example adds is taken back, the partitions need not be made again.
    if not Upload.objects.exists():
        certify_october(clerk)
        send_june(clerk)
        Upload.objects.filter(collection__kind="stu_crs_comp").update(state="withdrawn")
        # A site license says how a course ended and makes no course one of June.
        reported(status="completed", final_grade="B", credits_earned="0.5", basis="site_license")
        reported(semester="S2", status="withdrawn", basis="site_license")
    with transaction.atomic():
        _walk(lea, [clerk, clerk_of(lea)], steps)
        transaction.set_rollback(True)


def _walk(lea: Lea, clerks: list[Membership], steps: list[Any]) -> None:
    year, model = SchoolYear.objects.get(year=2027), Model()
    model.seen = [dict(model.rows) for _clerk in clerks]
    taken: list[int] = []
    for step in steps:
        match step:
            case Type(clerk):
                asked = model.type(step)
                entries = [
                    Entry(key, was.version, Cells(*step.cells.get(key, was.outcome)))
                    for key, was in model.seen[clerk].items()
                ]
                for again in range(2):  # sent twice
                    saved = actions.save_outcomes(lea, year, entries, by=clerks[clerk], at=NOW)
                    assert again or set(saved.conflicts) == asked
            case Accept(clerk):
                seen = actions.fingerprint(june_of(lea).proposals())
                before = len(model.undone)
                model.accept()
                for _again in range(2 if len(model.undone) > before else 0):
                    done = actions.accept_proposals(lea, year, "", seen=seen, by=clerks[clerk], at=NOW)
                taken += [done.pk] if len(model.undone) > before else []
            case Undo(number) if number < len(taken):
                model.undo(len(taken) - 1 - number)
                for _again in range(2):
                    actions.undo_acceptance(taken[-1 - number], by=clerks[0], at=NOW)
            case October(coded):
                model.expected = coded
                plain = {SECTIONS[key] for key in KEYS if key not in coded}
                certify_october(
                    clerks[0],
                    courses=file_of(
                        "crs",
                        [
                            row | ({"ProgramCode": ""} if row["AssignNum"] in plain else {})
                            for row in rows("crs")
                        ],
                    ),
                )
        _compare(lea, model)


def _compare(lea: Lea, model: Model) -> None:
    stands = {
        Key(row.mosis_id, row.course_code, row.semester): (
            (row.grade_earned, row.credits_earned),
            row.version,
        )
        for row in TypedOutcome.objects.all()
    }
    assert stands == {key: (cell.outcome, cell.version) for key, cell in model.rows.items() if cell.version}
    assert {row.key: row.grade for row in all_of(lea)} == model.file
    apart = {key for key in KEYS if key not in model.expected and model.rows[key].outcome[0]}
    assert {Key(row.mosis_id, row.course_code, row.semester) for row in june_of(lea).unexpected()} == apart
