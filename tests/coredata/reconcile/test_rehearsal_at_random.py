"""Random states in which districts rehearse their trials: the night then finds what was rehearsed, of each its own."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from coredata import actions as sending
from coredata.models import CollectionWindow, Upload, UploadState
from coredata.reconcile import actions
from coredata.reconcile.catalogue import CATALOGUE, Runs
from coredata.reconcile.engine import answer
from coredata.reconcile.files import Question
from coredata.reconcile.models import Mismatch, MismatchState, RunKind
from coredata.reconcile.rehearsal import Change, rehearse, trials_of
from mocap_portal.foundation.directory.models import Lea
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import UploadFactory

from . import laid_out, plain, written
from .filed import store
from .laid_out import YEAR, Shared
from .random_states import random_state, setting

pytestmark = pytest.mark.django_db

STATES = 10  # in one night
NIGHTS = [dt.date(2026, 12, 1), dt.date(2027, 3, 1), dt.date(2027, 7, 15)]

Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Shared]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield laid_out.lay_out(STATES)
        transaction.set_rollback(True)


class Trials:
    """What an LEA of a state says of its courses, in files that wait to be certified; some of it is otherwise now."""

    def __init__(self, random: Random, shared: Shared, state: plain.State, lea: int) -> None:
        self.random, self.shared, self.state, self.lea = random, shared, state, lea
        self.by = MembershipFactory.create(data_clerk=True, lea=Lea.objects.get(pk=lea))
        self.sections = [section for section in state.sections if section.lea == lea]
        self.send("crs_assign", [row for section in self.sections for row in self.section(section)])
        october = [o for o in state.october if o.lea == lea and random.random() < 0.85]
        self.send("stu_assign", [row for o in october for row in self.student(o)])
        if state.files[lea].june_on is not None:
            june = [j for j in state.june if j.lea == lea and random.random() < 0.85]
            self.send("stu_crs_comp", [row for j in june for row in self.outcome(j)])

    def send(self, kind: str, rows: list[dict[str, Any]]) -> None:
        upload = UploadFactory.create(
            trial=True,
            lea_id=self.lea,
            collection=self.shared.stored[kind],
            sent_by=self.by,
        )
        store(upload, *rows, state=UploadState.TRIAL)

    def section(self, section: plain.Section) -> Iterator[dict[str, Any]]:
        changed = self.random.random() < 0.2
        program = self.random.choice(["50", "52", ""]) if changed else section.program
        for place, line in enumerate(section.lines):
            yield {
                **self.key(section, place, line),
                "course_code": section.course,
                "semester": section.semester,
                "program_code": program or None,
                "delivery_system": self.random.choice(["V", "V", "S", None]) if not program else "V",
                "units_of_credit": "0.5",
            }

    def key(self, section: plain.Section, place: int, line: int) -> dict[str, Any]:
        return {
            "school_code": section.school,
            "assignment_number": section.number,
            "position_code": "60",
            "educator": f"e{line}" if place < section.educators else None,
        }

    def student(self, o: plain.October) -> Iterator[dict[str, Any]]:
        own = next(section for section in self.sections if o.course_line in section.lines)
        like = [
            one
            for one in self.sections
            if one is not own and (one.course, one.semester) == (own.course, own.semester)
        ]
        for section in [own, *like[: o.sections - 1]]:
            for place, line in enumerate(section.lines):
                yield {
                    **self.key(section, place, line),
                    "mosis_id": o.student,
                    "birth_date": o.born,
                    "grade_level": o.grade,
                }

    def outcome(self, j: plain.June) -> Iterator[dict[str, Any]]:
        grade = self.random.choice(["A", "F", "WD"]) if self.random.random() < 0.2 else j.grade_earned
        for number in range(j.sections):
            yield {
                "mosis_id": j.student,
                "school_code": "1050",
                "assignment_number": f"{number}",
                "course_code": j.course,
                "semester": j.semester,
                "program_code": j.program or None,
                "grade_earned": grade,
                "credits_earned": j.credits,
                "grade_level": j.grade,
            }

    def certify(self, at: dt.datetime) -> None:
        order = ["crs_assign", "stu_assign", "stu_crs_comp"]
        for trial in sorted(
            trials_of(self.lea, YEAR),
            key=lambda one: order.index(one.collection.kind if one.collection else ""),
        ):
            sending.certify(
                trial.pk,
                by=self.by,
                at=at,
                name="Casey Clerk",
                statement="So it is.",
                acknowledges_warnings=True,
            )


def open_of(lea: int) -> set[Row]:
    rows = Mismatch.objects.filter(lea=lea).exclude(state=MismatchState.RESOLVED)
    return set(rows.values_list("code", "mosis_id", "course_code", "semester"))


@pytest.mark.parametrize("as_of", NIGHTS, ids=str)
def test_what_districts_rehearse_is_what_the_night_finds(shared: Shared, as_of: dt.date) -> None:
    """Byte for byte, facts too; and of what opens, closes and stays each line."""
    random = Random(f"{as_of}")
    of_night = setting(as_of, shared.providers, shared.catalog, frozenset())
    states = [random_state(random, of_night, pair) for pair in shared.pairs]
    written.write(shared, states)
    CollectionWindow.objects.filter(school_year=YEAR).update(closes_on=None)
    day_before, at = (dt.datetime.combine(as_of, dt.time(hour), tzinfo=dt.UTC) for hour in (9, 18))
    actions.compare(YEAR, as_of=as_of, at=day_before, kind=RunKind.HAND)

    sent: dict[int, Trials] = {}
    for state in states:
        ready = [
            lea
            for lea, files in state.files.items()
            if files.october_on is not None
            and lea not in state.closed
            and any(o.lea == lea for o in state.october)
        ]
        for lea in ready[:1]:
            sent[lea] = Trials(random, shared, state, lea)
    tried, told, before = {}, {}, {}
    for lea in sent:
        trials = tuple(trial.pk for trial in trials_of(lea, YEAR))
        tried[lea] = answer(Question(YEAR, as_of, leas=(lea,), is_whole=False, trials=trials, tried_at=at))
        told[lea], before[lea] = rehearse(lea, YEAR, as_of=as_of, at=at), open_of(lea)
        assert open_of(lea) == before[lea]
    for trials_of_lea in sent.values():
        trials_of_lea.certify(at)
    assert not Upload.objects.filter(state=UploadState.TRIAL).exists()
    actions.compare(YEAR, as_of=as_of, at=at, kind=RunKind.NIGHT)

    seen, codes = defaultdict[Change, int](int), set[str]()
    only_rehearsed = {kind.id for kind in CATALOGUE.values() if kind.runs is Runs.REHEARSAL}
    for lea in sent:
        found = answer(Question(YEAR, as_of, leas=(lea,), is_whole=False))
        assert found == [row for row in tried[lea] if row[0] not in only_rehearsed], lea
        now = open_of(lea)
        lines = {
            change: {
                (line.kind.id, line.mosis_id, line.course_code, line.semester)
                for line in told[lea].every
                if line.change == change and line.kind.id not in only_rehearsed
            }
            for change in Change
        }
        assert lines == {
            Change.OPENS: now - before[lea],
            Change.CLOSES: before[lea] - now,
            Change.STAYS: now & before[lea],
        }, lea
        for change in Change:
            seen[change] += len(lines[change])
        codes |= {code for code, *_where in now}
    assert len(sent) > STATES // 2
    assert all(seen[change] for change in Change)
    assert len(codes) > 10
