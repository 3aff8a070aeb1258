"""The row as it should stand: what a district would write into its file so that a mismatch goes away.

Only where the four sources leave no choice. A certified file is never changed: the row goes out to whoever mends it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from coredata.collection import Collection
from coredata.layouts import Cycle, Kind, layout

from .behind import Behind
from .models import Mismatch

WITHDRAWN = "WD"
DAY = "%m/%d/%Y"
SHARED = (  # what a row of June has from October's two
    "district_code",
    "school_code",
    "mosis_id",
    "local_student_id",
    "last_name",
    "first_name",
    "middle_name",
    "name_suffix",
    "birth_date",
    "grade_level",
    "position_code",
    "cte_program_type",
    "assignment_number",
    "local_course_number",
    "local_course_name",
    "course_code",
    "semester",
    "sending_district_code",
    "sending_school_code",
    "receiving_district_code",
)
SENDING = ("sending_district_code", "sending_school_code", "receiving_district_code")


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of a file: `before` on this `line`, and `after`. Both empty of what stays, by the layout's column names.

    `line` None: the row is added, and `after` is all of it. Educators' numbers are not kept, so none is there.
    `upload`: the certified file; None for a row that is added while none is certified.
    """

    lea_id: int
    kind: Kind
    line: int | None
    before: Mapping[str, str]
    after: Mapping[str, str]
    upload: int | None


def corrections(mismatch: Mismatch, behind: Behind | None = None) -> list[Correction]:
    """The rows to change or to add; none where the data do not tell which, or a newer file is not compared yet.

    Nor where a section would have to change in which others sit as they should. `behind`: of several mismatches, this
    one among them, so that their rows are read together.
    """
    try:
        return _mended(mismatch, behind or Behind([mismatch]))
    except _SharedSection:
        return []


def others_in_the_way(mismatch: Mismatch, behind: Behind) -> int:
    """How many students sit as they should in the section that would have to change; 0 where that is not why."""
    try:
        _mended(mismatch, behind)
    except _SharedSection as shared:
        return shared.others
    return 0


def _mended(mismatch: Mismatch, behind: Behind) -> list[Correction]:
    remedy = REMEDIES.get(mismatch.code)
    if remedy is None or behind.is_newer(mismatch):
        return []
    return remedy(_Case(mismatch, behind))


class _SharedSection(Exception):
    """So many others sit in the section as they should."""

    def __init__(self, others: int) -> None:
        self.others = others


class _Case:
    """A mismatch with the rows behind it."""

    def __init__(self, mismatch: Mismatch, behind: Behind) -> None:
        self.mismatch, self.behind = mismatch, behind
        self.facts: Mapping[str, Any] = mismatch.facts
        self.course = behind.row(mismatch, Kind.CRS_ASSIGN)
        self.student = behind.row(mismatch, Kind.STU_ASSIGN)
        self.june = behind.row(mismatch, Kind.STU_CRS_COMP)
        self.reported = behind.reported(mismatch)

    def fact(self, name: str) -> str:
        return str(self.facts.get(name, ""))

    def section(self, **after: str) -> list[Correction]:
        """The section's rows in Course Assignment, one for each of its teachers, with these values.

        Raises _SharedSection.
        """
        remedy = REMEDIES[self.mismatch.code]
        alike = [code for code, other in REMEDIES.items() if other is remedy]
        if others := self.behind.others_in_section(self.mismatch, alike):
            raise _SharedSection(others)
        rows = self.behind.section(self.mismatch)
        return [self._change(Kind.CRS_ASSIGN, row, after) for row in rows]

    def october(self, **after: str) -> list[Correction]:
        return [self._change(Kind.STU_ASSIGN, self.student, after)] if self.student else []

    def in_june(self, **after: str) -> list[Correction]:
        return [self._change(Kind.STU_CRS_COMP, self.june, after)] if self.june else []

    def _change(self, kind: Kind, row: Mapping[str, Any], after: Mapping[str, str]) -> Correction:
        kept = layout(kind, self.mismatch.school_year_id)
        file = self.behind.file(self.mismatch, kind)
        assert file is not None  # the row is one of it
        changed = {name: value for name, value in after.items() if as_text(row[name]) != value}
        return Correction(
            file.lea_id,
            kind,
            row["line"],
            {kept.column(name).name: as_text(row[name]) for name in changed},
            {kept.column(name).name: value for name, value in changed.items()},
            file.pk,
        )

    def added_to_june(self, grade: str, earned: str) -> list[Correction]:
        """A row of June for what October has."""
        if self.course is None or self.student is None:
            return []
        year = self.mismatch.school_year_id
        kept = layout(Kind.STU_CRS_COMP, year)
        row = {name: as_text(self.student.get(name) or self.course.get(name)) for name in SHARED}
        row |= {
            "collection_version": str(Collection(year, Cycle.JUNE, Kind.STU_CRS_COMP)),
            "school_year": str(year),
            "grade_earned": grade,
            "credits_earned": earned,
        }
        after = {kept.column(name).name: value for name, value in row.items()}
        lea_id, kind = self.facts["october"]["lea"], Kind.STU_CRS_COMP
        return [Correction(lea_id, kind, None, {}, after, self.behind.upload_id(lea_id, year, kind))]


def as_text(value: Any) -> str:
    """A kept value as a district's file has it."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.strftime(DAY)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


# How each is mended -----------------------------------------------------------------------------------------------


def _code_as_expected(case: _Case) -> list[Correction]:
    """50 and 52 go with V or S only (V-50)."""
    delivery = as_text(case.course["delivery_system"]) if case.course else ""
    return case.section(
        program_code=case.fact("expected"), delivery_system=delivery if delivery in {"V", "S"} else "V"
    )


def _no_code(case: _Case) -> list[Correction]:
    return case.section(program_code="")


def _virtual(case: _Case) -> list[Correction]:
    return case.section(delivery_system="V")


def _course_as_approved(case: _Case) -> list[Correction]:
    """Only where it is the district that has another course."""
    if "found" not in case.facts:
        return []
    code = case.fact("approved")
    return [*case.section(course_code=code), *case.october(course_code=code), *case.in_june(course_code=code)]


def _semester_as_approved(case: _Case) -> list[Correction]:
    if "found" not in case.facts:
        return []
    semester = case.fact("approved")
    return [*case.section(semester=semester), *case.in_june(semester=semester)]


def _sent_as_in_october(case: _Case) -> list[Correction]:
    if case.student is None or case.course is None:
        return []
    return case.in_june(
        **{name: as_text(case.student.get(name) or case.course.get(name)) for name in SENDING}
    )


def _outcome_as_reported(case: _Case) -> list[Correction]:
    """The row that June lacks, once the provider has said how the course ended."""
    if case.june is not None or case.reported is None:
        return []
    if case.reported.status == "withdrawn":
        return case.added_to_june(WITHDRAWN, "0")
    if case.reported.status == "completed" and case.reported.final_grade:
        return case.added_to_june(case.reported.final_grade, as_text(case.reported.credits_earned))
    return []


def _grade_as_reported(case: _Case) -> list[Correction]:
    row = case.reported
    if row is None or not row.final_grade or row.credits_earned is None:
        return []
    return case.in_june(grade_earned=row.final_grade, credits_earned=as_text(row.credits_earned))


def _credits_as_reported(case: _Case) -> list[Correction]:
    if case.mismatch.cause != "provider" or case.reported is None or case.reported.credits_earned is None:
        return []
    return case.in_june(credits_earned=as_text(case.reported.credits_earned))


def _no_credit(case: _Case) -> list[Correction]:
    return case.in_june(credits_earned="0") if case.mismatch.cause != "grade_wrong" else []


def _credits_as_offered(case: _Case) -> list[Correction]:
    if case.mismatch.cause != "credits_wrong" or case.course is None:
        return []
    return case.in_june(credits_earned=as_text(case.course["units_of_credit"]))


Remedy = Callable[[_Case], list[Correction]]
REMEDIES: Mapping[str, Remedy] = {
    "M-02": _outcome_as_reported,
    "M-20": _code_as_expected,
    "M-21": _no_code,
    "M-22": _code_as_expected,
    "M-23": _code_as_expected,
    "M-24": _code_as_expected,
    "M-27": _virtual,
    "M-30": _course_as_approved,
    "M-36": _semester_as_approved,
    "M-47": _outcome_as_reported,
    "M-49": _grade_as_reported,
    "M-63": _sent_as_in_october,
    "M-68": _no_code,
    "M-80": _credits_as_reported,
    "M-81": _no_credit,
    "M-83": _credits_as_offered,
    "M-84": _outcome_as_reported,
}


def of_many(mismatches: Iterable[Mismatch]) -> list[Correction]:
    """The corrections of several, each row once: what two of them change about a row is changed together."""
    asked = list(mismatches)
    behind = Behind(asked)
    changed: dict[tuple[int, Kind, int], Correction] = {}
    added = []
    for one in (one for mismatch in asked for one in corrections(mismatch, behind)):
        if one.line is None:
            if one not in added:
                added.append(one)
            continue
        place = (one.lea_id, one.kind, one.line)
        changed[place] = merged(changed[place], one) if place in changed else one
    return [*changed.values(), *added]


def merged(first: Correction, second: Correction) -> Correction:
    """Two corrections of one row together. Where they differ about a column the second says it: see `clashes`."""
    return replace(first, before={**second.before, **first.before}, after={**first.after, **second.after})


def clashes(first: Correction, second: Correction) -> list[str]:
    """The columns for which two corrections of one row say different values."""
    return [name for name in first.after if second.after.get(name, first.after[name]) != first.after[name]]
