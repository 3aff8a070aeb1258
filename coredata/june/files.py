"""The June list as a file in the layout of Student Course Completion, and what is missing and extra in a June file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any

from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.tabular import stream_csv

from ..collection import Collection
from ..layouts import Cycle, Kind, layout
from .expected import Expected, Extra

DIFFERENCES = [
    "what", "june_line", "october_line", "mosis_id", "last_name", "first_name", "course_code", "course", "semester",
    "program_code", "grade_earned",
]  # fmt: skip


def june_file(lea: Lea, year: int, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of the file: DESE's names of the columns, the outcome blank where it is to be filled in.

    `rows`: values by field, as `JuneList.as_filed` gives them. An educator's number is blank in each row, because the
    portal keeps none.
    """
    columns = layout(Kind.STU_CRS_COMP, year).columns
    every = {
        "collection_version": str(Collection(year, Cycle.JUNE, Kind.STU_CRS_COMP)),
        "school_year": str(year),
        "district_code": lea.state_district_id,
    }
    lines = ([as_text({**row, **every}.get(column.field)) for column in columns] for row in rows)
    return chain(["\ufeff"], stream_csv([column.name for column in columns], lines))


def differences(missing: Iterable[Expected], extra: Iterable[Extra]) -> Iterator[str]:
    """A line for each student-course that the June file lacks, and for each MOCAP row that it has too many."""
    lacking = (_line("missing", row, "", as_text(row.student_line), row.proposed_grade) for row in missing)
    too_many = (_line("extra", row, str(row.line), "", row.grade) for row in extra)
    return chain(["\ufeff"], stream_csv(DIFFERENCES, chain(lacking, too_many)))


def _line(what: str, row: Expected | Extra, june_line: str, october_line: str, grade: str) -> list[str]:
    who = [row.mosis_id, row.last_name, row.first_name]
    course = [row.course_code, row.title, row.semester, row.program_code]
    return [what, june_line, october_line, *who, *course, grade]


def as_text(value: Any) -> str:
    """A value as files have it; nothing as an empty text."""
    match value:
        case None:
            return ""
        case dt.date():
            return value.strftime("%m/%d/%Y")
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)
