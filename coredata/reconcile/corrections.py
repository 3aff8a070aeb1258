"""The row as it should stand: what a district would write into its file so that a mismatch goes away.

Only where the four sources leave no choice. A certified file is never changed: the row goes out to whoever mends it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from psycopg import sql

from coredata.collection import Collection
from coredata.layouts import Cycle, Kind, layout
from coredata.models import ReportRow, Upload, UploadState
from coredata.store import columns, lookup

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
    """

    lea_id: int
    kind: Kind
    line: int | None
    before: Mapping[str, str]
    after: Mapping[str, str]


def corrections(mismatch: Mismatch) -> list[Correction]:
    """The rows to change or to add; none where the data do not tell which."""
    remedy = REMEDIES.get(mismatch.code)
    return remedy(_Case(mismatch)) if remedy else []


class _Case:
    """A mismatch with the rows behind it."""

    def __init__(self, mismatch: Mismatch) -> None:
        self.mismatch = mismatch
        self.facts: Mapping[str, Any] = mismatch.facts

    def fact(self, name: str) -> str:
        return str(self.facts.get(name, ""))

    @cached_property
    def course(self) -> dict[str, Any] | None:
        """The row of Course Assignment."""
        return self._row("october", "course_line", Kind.CRS_ASSIGN)

    @cached_property
    def student(self) -> dict[str, Any] | None:
        """The row of Student Assignment."""
        return self._row("october", "line", Kind.STU_ASSIGN)

    @cached_property
    def june(self) -> dict[str, Any] | None:
        return self._row("june", "line", Kind.STU_CRS_COMP)

    @cached_property
    def reported(self) -> ReportRow | None:
        place = self.facts.get("report")
        return ReportRow.objects.filter(report=place["id"], line=place["line"]).first() if place else None

    def upload(self, lea_id: int, kind: Kind) -> Upload | None:
        cycle = Cycle.JUNE if kind is Kind.STU_CRS_COMP else Cycle.OCTOBER
        return (
            Upload.objects.filter(
                lea=lea_id,
                state=UploadState.CERTIFIED,
                collection__school_year=self.mismatch.school_year_id,
                collection__cycle=cycle,
                collection__kind=kind,
            )
            .select_related("collection")
            .first()
        )

    def _row(self, source: str, line: str, kind: Kind) -> dict[str, Any] | None:
        place = self.facts.get(source)
        upload = self.upload(place["lea"], kind) if place else None
        found = lookup.rows_on(upload, [place[line]]) if place and upload else []
        return found[0] if found else None

    def section(self, **after: str) -> list[Correction]:
        """The section's rows in Course Assignment, one for each of its teachers, with these values."""
        if self.course is None:
            return []
        lea_id = self.facts["october"]["lea"]
        upload = self.upload(lea_id, Kind.CRS_ASSIGN)
        assert upload is not None
        return [
            self._change(lea_id, Kind.CRS_ASSIGN, row, after)
            for row in lookup.rows_on(upload, _lines_of_section(upload, self.course))
        ]

    def october(self, **after: str) -> list[Correction]:
        return self._changes("october", Kind.STU_ASSIGN, self.student, after)

    def in_june(self, **after: str) -> list[Correction]:
        return self._changes("june", Kind.STU_CRS_COMP, self.june, after)

    def _changes(
        self, source: str, kind: Kind, row: dict[str, Any] | None, after: Mapping[str, str]
    ) -> list[Correction]:
        return [self._change(self.facts[source]["lea"], kind, row, after)] if row else []

    def _change(
        self, lea_id: int, kind: Kind, row: Mapping[str, Any], after: Mapping[str, str]
    ) -> Correction:
        kept = layout(kind, self.mismatch.school_year_id)
        changed = {name: value for name, value in after.items() if as_text(row[name]) != value}
        return Correction(
            lea_id,
            kind,
            row["line"],
            {kept.column(name).name: as_text(row[name]) for name in changed},
            {kept.column(name).name: value for name, value in changed.items()},
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
        return [Correction(self.facts["october"]["lea"], Kind.STU_CRS_COMP, None, {}, after)]


def _lines_of_section(upload: Upload, course: Mapping[str, Any]) -> list[int]:
    assert upload.collection is not None
    query = sql.SQL(
        "SELECT line FROM {} WHERE upload_id = %s AND school_code = %s AND assignment_number = %s"
    ).format(sql.Identifier(columns.partition(upload.collection)))
    with connection.cursor() as cursor:
        cursor.execute(
            query.as_string(connection.connection),
            [upload.pk, course["school_code"], course["assignment_number"]],
        )
        return [line for (line,) in cursor.fetchall()]


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
    changed: dict[tuple[int, Kind, int], Correction] = {}
    added = []
    for mismatch in mismatches:
        for one in corrections(mismatch):
            if one.line is None:
                if one not in added:
                    added.append(one)
                continue
            place = (one.lea_id, one.kind, one.line)
            if before := changed.get(place):
                one = Correction(*place, {**one.before, **before.before}, {**before.after, **one.after})  # noqa: PLW2901
            changed[place] = one
    return [*changed.values(), *added]
