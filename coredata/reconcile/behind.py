"""The files, rows and reports behind mismatches, read together: as many queries for one as for a hundred of an LEA."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from django.db import connection
from psycopg import sql

from coredata.layouts import Cycle, Kind
from coredata.models import ReportRow, Upload, UploadState
from coredata.store import columns, lookup

from .models import LeaRun, Mismatch, MismatchState

Row = dict[str, Any]  # a kept row: its line, and values by field, None for an empty one
File = tuple[int, int, Kind]  # LEA, school year, kind
Section = tuple[File, str, str]  # its Course Assignment, its school, its number

CYCLES: Mapping[Kind, Cycle] = {
    Kind.CRS_ASSIGN: Cycle.OCTOBER,
    Kind.STU_ASSIGN: Cycle.OCTOBER,
    Kind.STU_CRS_COMP: Cycle.JUNE,
}
# Where the facts of a mismatch name a row: of which source, under which name, in which file.
PLACES: Mapping[Kind, tuple[str, str]] = {
    Kind.CRS_ASSIGN: ("october", "course_line"),
    Kind.STU_ASSIGN: ("october", "line"),
    Kind.STU_CRS_COMP: ("june", "line"),
}


class Behind:
    """What is certified and reported behind these mismatches."""

    def __init__(self, mismatches: Iterable[Mismatch]) -> None:
        self._mismatches = list(mismatches)

    @cached_property
    def uploads(self) -> Mapping[File, Upload]:
        """The certified files by LEA, school year and kind."""
        found = Upload.objects.filter(
            lea__in={lea for mismatch in self._mismatches for lea in _leas(mismatch)},
            state=UploadState.CERTIFIED,
            collection__school_year__in={mismatch.school_year_id for mismatch in self._mismatches},
        ).select_related("collection")
        uploads = {}
        for upload in found:
            assert upload.collection is not None
            kind = Kind(upload.collection.kind)
            if CYCLES.get(kind) == upload.collection.cycle:
                uploads[upload.lea_id, upload.collection.school_year_id, kind] = upload
        return uploads

    def upload_id(self, lea_id: int, year: int, kind: Kind) -> int | None:
        found = self.uploads.get((lea_id, year, kind))
        return found.pk if found else None

    def is_newer(self, mismatch: Mismatch) -> bool:
        """Whether a file came or went since the comparison whose lines the mismatch names."""
        year = mismatch.school_year_id
        return any(
            compared != tuple(self.upload_id(lea, year, kind) for kind in CYCLES)
            for lea in _leas(mismatch)
            if (compared := self._compared.get((lea, year)))
        )

    @cached_property
    def _compared(self) -> Mapping[tuple[int, int], tuple[int | None, ...]]:
        """By LEA and school year, the files of the last comparison, in the order of CYCLES."""
        runs = LeaRun.objects.filter(
            lea__in={lea for mismatch in self._mismatches for lea in _leas(mismatch)},
            run__school_year__in={mismatch.school_year_id for mismatch in self._mismatches},
        )
        last = runs.order_by("lea", "run__school_year", "-finished_at", "-pk").distinct(
            "lea", "run__school_year"
        )
        return {
            (lea, year): tuple(files)
            for lea, year, *files in last.values_list(
                "lea", "run__school_year", "courses", "students", "june"
            )
        }

    def row(self, mismatch: Mismatch, kind: Kind) -> Row | None:
        """The row that the mismatch names in a file of this kind."""
        place = _place(mismatch, kind)
        return self._rows.get(place) if place else None

    def file(self, mismatch: Mismatch, kind: Kind) -> Upload | None:
        """The certified file in which that row stands."""
        place = _place(mismatch, kind)
        return self.uploads.get(place[0]) if place else None

    @cached_property
    def _rows(self) -> Mapping[tuple[File, int], Row]:
        lines: dict[File, set[int]] = {}
        for mismatch in self._mismatches:
            for kind in CYCLES:
                if place := _place(mismatch, kind):
                    lines.setdefault(place[0], set()).add(place[1])
        return {
            (file, row["line"]): row
            for file, of_file in lines.items()
            if (upload := self.uploads.get(file))
            for row in lookup.rows_on(upload, sorted(of_file))
        }

    def section(self, mismatch: Mismatch) -> list[Row]:
        """The rows of its section in Course Assignment: one for each of its teachers."""
        place = self._section(mismatch)
        return self._sections.get(place, []) if place else []

    def others_in_section(self, mismatch: Mismatch, codes: Iterable[str]) -> int:
        """How many other students sit in its section who are there as they should be.

        Not those of whom one of these codes is open with the same value expected: they are mended together.
        """
        place = self._section(mismatch)
        if place is None:
            return 0
        alike = {mosis_id for code in codes for mosis_id in self._open.get(_asks(mismatch, code), ())}
        return len(self._pupils.get(place, set()) - alike - {mismatch.mosis_id})

    def _section(self, mismatch: Mismatch) -> Section | None:
        place, course = _place(mismatch, Kind.CRS_ASSIGN), self.row(mismatch, Kind.CRS_ASSIGN)
        if place is None or course is None:
            return None
        return place[0], course["school_code"], course["assignment_number"]

    @cached_property
    def _wanted(self) -> Mapping[File, list[tuple[str, str]]]:
        """By Course Assignment the schools and numbers of the sections that are asked for."""
        found: dict[File, set[tuple[str, str]]] = {}
        for (file, _line), row in self._rows.items():
            if file[2] is Kind.CRS_ASSIGN:
                found.setdefault(file, set()).add((row["school_code"], row["assignment_number"]))
        return {file: sorted(sections) for file, sections in found.items()}

    @cached_property
    def _sections(self) -> Mapping[Section, list[Row]]:
        found: dict[Section, list[Row]] = {}
        for file, wanted in self._wanted.items():
            upload = self.uploads[file]
            lines = [line for line, *_section in _in_sections(upload, "line", wanted)]
            for row in lookup.rows_on(upload, lines):
                found.setdefault((file, row["school_code"], row["assignment_number"]), []).append(row)
        return found

    @cached_property
    def _pupils(self) -> Mapping[Section, set[str]]:
        """The students in each section, as Student Assignment has them."""
        found: dict[Section, set[str]] = {}
        for file, wanted in self._wanted.items():
            lea, year, _kind = file
            if upload := self.uploads.get((lea, year, Kind.STU_ASSIGN)):
                for mosis_id, school, number in _in_sections(upload, "mosis_id", wanted):
                    found.setdefault((file, school, number), set()).add(mosis_id)
        return found

    @cached_property
    def _open(self) -> Mapping[tuple[Any, ...], set[str]]:
        """By what is asked for, the students in these sections of whom it is open, or is looked at here."""
        there = Mismatch.objects.exclude(state=MismatchState.RESOLVED).filter(
            school_year__in={one.school_year_id for one in self._mismatches},
            mosis_id__in={mosis_id for pupils in self._pupils.values() for mosis_id in pupils},
        )
        found: dict[tuple[Any, ...], set[str]] = {}
        for one in [*self._mismatches, *there]:
            found.setdefault(_asks(one, one.code), set()).add(one.mosis_id)
        return found

    def reported(self, mismatch: Mismatch) -> ReportRow | None:
        """The row of the provider's report."""
        place = mismatch.facts.get("report")
        return self._reported.get((place["id"], place["line"])) if place else None

    @cached_property
    def _reported(self) -> Mapping[tuple[int, int], ReportRow]:
        places = [place for mismatch in self._mismatches if (place := mismatch.facts.get("report"))]
        rows = ReportRow.objects.filter(
            report__in={place["id"] for place in places}, line__in={place["line"] for place in places}
        )
        return {(row.report_id, row.line): row for row in rows}


def _leas(mismatch: Mismatch) -> Iterator[int]:
    """The LEAs whose files it speaks of."""
    named = [mismatch.facts.get(source) for source in ("october", "june")]
    yield from {lea for lea in (mismatch.lea_id, *(place.get("lea") for place in named if place)) if lea}


def _place(mismatch: Mismatch, kind: Kind) -> tuple[File, int] | None:
    source, name = PLACES[kind]
    place = mismatch.facts.get(source) or {}
    if place.get("lea") is None or place.get(name) is None:
        return None
    return (place["lea"], mismatch.school_year_id, kind), place[name]


def _asks(mismatch: Mismatch, code: str) -> tuple[Any, ...]:
    """Of which file's section this code asks which value."""
    facts = mismatch.facts
    lea = (facts.get("october") or {}).get("lea")
    return mismatch.school_year_id, lea, code, facts.get("expected"), facts.get("approved")


def _in_sections(upload: Upload, column: str, wanted: list[tuple[str, str]]) -> list[tuple[Any, str, str]]:
    """A column of a file's rows in these sections, with school and assignment number, of which `wanted` has pairs."""
    assert upload.collection is not None
    query = sql.SQL(
        "SELECT {}, school_code, assignment_number FROM {}"
        " WHERE upload_id = %s AND {} IS NOT NULL AND (school_code, assignment_number) IN"
        " (SELECT * FROM unnest(%s::text[], %s::text[]))"
    ).format(
        sql.Identifier(column),
        sql.Identifier(columns.partition(upload.collection)),
        sql.Identifier(column),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            query.as_string(connection.connection),
            [upload.pk, [school for school, _number in wanted], [number for _school, number in wanted]],
        )
        found: list[tuple[Any, str, str]] = cursor.fetchall()
    return found
