"""What is wrong with what somebody types on the June list, by the rules of the file it goes into.

The rows are written as that file and judged as it: there is no second copy of a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from mocap_portal.foundation.shared.rules import Severity

from ..checks import Case, stored_case
from ..collection import Collection
from ..judging import Ready, read_files
from ..known import Known
from ..layouts import Cycle, Kind, layout
from ..models import StudentCourse, Upload
from ..reading import LINE
from ..store import lookup
from .expected import JuneList, Key
from .files import as_text, june_file
from .typed import OUTCOME, TYPED, Cells

FIRST_LINE = 2  # of a file, below its header
NO_KEY = b"\0" * 32  # no educator's number is in what is judged here


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What a rule finds in one cell: `field` of the file, a sentence on what is wrong and what to do."""

    field: str
    rule: str
    severity: str
    sentence: str

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR


def problems_of(found: JuneList, typed: Mapping[Key, Cells]) -> dict[Key, list[CellProblem]]:
    """What is wrong with what is typed for these rows of the list; of those that are fine, or not on it, nothing."""
    asked = [key for key, cells in typed.items() if cells != Cells()]
    return problems_in(found, rows_by_key(found, asked), typed) if asked else {}


def rows_by_key(found: JuneList, keys: Sequence[Key]) -> dict[Key, dict[str, Any]]:
    """These rows of the file to take along; none of what is not on the list. Values by field."""
    rows = found.as_filed(keys) if keys else []
    return {Key(row["mosis_id"], row["course_code"], row["semester"]): row for row in rows}


def problems_in(
    found: JuneList, rows: Mapping[Key, Mapping[str, Any]], typed: Mapping[Key, Cells]
) -> dict[Key, list[CellProblem]]:
    """The same of rows that were read already. `rows`: as `rows_by_key` gives them."""
    judged = {key: cells for key, cells in typed.items() if key in rows and cells != Cells()}
    if not judged:
        return {}
    ready = _as_a_file(found, [_filled(rows[key], cells) for key, cells in judged.items()])
    kept = ready.case.layout
    by_line = dict(enumerate(judged, start=FIRST_LINE))
    problems: dict[Key, list[CellProblem]] = {}
    for row in ready.judge_columns(TYPED).iter_rows(named=True):
        key, column = by_line[row[LINE]], kept.named(row["column"])
        assert column is not None
        if _is_typed(column.field, judged[key]):
            sentence = " ".join(filter(None, (row["message"], row["remedy"])))
            problem = CellProblem(column.field, row["rule"], row["severity"], sentence)
            problems.setdefault(key, []).append(problem)
    return problems


def _is_typed(field: str, cells: Cells) -> bool:
    """Whether somebody typed it. Grade and credits go together: the lack of one is due to whoever typed the other."""
    return any(cells.outcome) if field in OUTCOME else bool(getattr(cells, field))


def _filled(row: Mapping[str, Any], cells: Cells) -> dict[str, Any]:
    """The row of the file with what is typed; with what it has anyway where nothing is."""
    if any(cells.outcome):
        return {
            **row,
            **_others(cells),
            "grade_earned": cells.grade_earned,
            "credits_earned": cells.credits_earned,
        }
    return {**row, **_others(cells)}


def _others(cells: Cells) -> dict[str, str]:
    return {name: value for name, value in cells.by_field.items() if value and name not in OUTCOME}


def _as_a_file(found: JuneList, rows: Sequence[Mapping[str, Any]]) -> Ready:
    text = "".join(june_file(found.lea, found.year.pk, rows)).encode()
    (ready,) = read_files(
        [("june.csv", text)],
        district_code=found.lea.state_district_id,
        on=found.on,
        key_of=lambda _year: NO_KEY,
    )
    assert isinstance(ready, Ready)  # it is our own file
    return replace(ready, case=replace(ready.case, others=_october(found, ready.case)))


def _october(found: JuneList, case: Case) -> dict[Kind, Case]:
    """October's rows of these students and their courses: the two files are too large to be read for a page."""
    of_students = StudentCourse.objects.filter(
        lea=found.lea, school_year=found.year, mosis_id__in=case.rows["student"].unique().to_list()
    )
    pairs = list(of_students.order_by("student_line", "pk").values_list("student_line", "course_line"))
    lines = [sorted(set(of_file)) for of_file in zip(*pairs, strict=True)] or [[], []]
    return {
        Kind.STU_ASSIGN: _some(found.students, lines[0], case.known),
        Kind.CRS_ASSIGN: _some(found.courses, lines[1], case.known),
    }


def _some(upload: Upload, lines: Sequence[int], known: Known) -> Case:
    assert upload.collection is not None
    collection = Collection(upload.collection.school_year_id, Cycle.OCTOBER, Kind(upload.collection.kind))
    kept = layout(collection.kind, collection.year)
    schema = {LINE: pl.Int64, **{column.field: pl.String for column in kept.columns}}
    rows = [
        {LINE: row[LINE], **{column.field: as_text(row.get(column.field)) for column in kept.columns}}
        for row in lookup.rows_on(upload, lines)
    ]
    return stored_case(pl.DataFrame(rows, schema=schema), collection, kept, known=known)
