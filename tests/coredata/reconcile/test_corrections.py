"""Every corrected row that is offered, written into the files of a planted state: the mismatches are gone."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from coredata.layouts import Kind
from coredata.reconcile.corrections import REMEDIES, Correction, corrections, of_many
from coredata.reconcile.engine import answer
from coredata.reconcile.files import Question
from coredata.reconcile.models import Mismatch
from coredata.reconcile.planting import State
from coredata.reconcile.planting.sending import certify
from coredata.synthesis.planting.sheet import Sheet
from mocap_portal.foundation.directory.models import Lea

from .test_planted import sent, written

TIME = dt.timedelta(days=2)
# Of these no source says which row is wrong.
BY_HAND = {("M-80", "october"), ("M-81", "grade_wrong")}
ORDER = [Kind.CRS_ASSIGN, Kind.STU_ASSIGN, Kind.STU_CRS_COMP]


def mismatches(state: State) -> dict[tuple[Any, ...], Mismatch]:
    rows = answer(Question(state.year, state.moment("compared_on").date()))
    return {
        (code, lea, student, course, term): Mismatch(
            school_year_id=state.year,
            code=code,
            lea_id=lea,
            provider_id=provider,
            mosis_id=student,
            course_code=course,
            semester=term,
            cause=cause,
            facts=json.loads(facts),
        )
        for code, lea, provider, student, course, term, cause, facts in rows
    }


def apply(found: list[Correction], state: State) -> set[tuple[int, Kind]]:
    """Write the corrections into the districts' files; which files were changed."""
    codes = dict(Lea.objects.values_list("pk", "state_district_id"))
    changed = {(one.lea_id, one.kind) for one in found}
    for lea_id, kind in changed:
        path = state.folder / f"{codes[lea_id]}_{kind}.csv"
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        sheet = Sheet(header, rows)
        names = {name.casefold(): name for name in sheet.columns}
        for one in found:
            if (one.lea_id, one.kind) == (lea_id, kind):
                _write(sheet, one, names)
        path.write_text(sheet.text(), encoding="utf-8")
    return changed


def _write(sheet: Sheet, one: Correction, names: dict[str, str]) -> None:
    after = {names[name.casefold()]: value for name, value in one.after.items()}
    if one.line is None:
        sheet.add(after)
        return
    place = one.line - 2  # below the header, counted from one
    assert {name: sheet[place][names[name.casefold()]] for name in one.before}.keys() == one.before.keys()
    sheet.change([place], **after)


@pytest.mark.django_db
def test_a_corrected_row_closes_its_mismatch_and_opens_none(tmp_path: Path, settings: Settings) -> None:
    codes = ",".join(sorted(REMEDIES))
    state = written(tmp_path, "--plant", codes, "--plant-times", "1", leas=8, students=1_200)
    sent(state, settings, tmp_path)
    before = mismatches(state)
    mended = {one for one, row in before.items() if corrections(row)}
    assert {code for code, *_where in mended} == set(REMEDIES)

    found = of_many(before[one] for one in sorted(mended))
    assert all(one.after for one in found)
    changed = apply(found, state)
    at = state.moment("june_certified_on") + TIME
    for kind in ORDER:
        for lea in Lea.objects.filter(pk__in=[lea_id for lea_id, of_kind in changed if of_kind is kind]):
            certify(state, lea, kind, at=at)

    after = mismatches(state)
    assert sorted(after.keys() & mended) == []
    assert sorted(map(str, after.keys() - before.keys())) == []


@pytest.mark.django_db
def test_where_the_data_do_not_tell_no_row_is_offered(tmp_path: Path, settings: Settings) -> None:
    state = written(tmp_path, "--plant", "M-01,M-80,M-81", "--plant-times", "1", leas=8, students=800)
    sent(state, settings, tmp_path)
    by_hand = [
        row for row in mismatches(state).values() if row.code == "M-01" or (row.code, row.cause) in BY_HAND
    ]
    assert {row.code for row in by_hand} == {"M-01", "M-80", "M-81"}
    assert of_many(by_hand) == []
