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

from .models import LeaRun, Mismatch

Row = dict[str, Any]  # a kept row: its line, and values by field, None for an empty one
File = tuple[int, int, Kind]  # LEA, school year, kind

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
        place, course = _place(mismatch, Kind.CRS_ASSIGN), self.row(mismatch, Kind.CRS_ASSIGN)
        if place is None or course is None:
            return []
        return self._sections.get((place[0], course["school_code"], course["assignment_number"]), [])

    @cached_property
    def _sections(self) -> Mapping[tuple[File, str, str], list[Row]]:
        found: dict[tuple[File, str, str], list[Row]] = {}
        for file, upload in self.uploads.items():
            wanted = sorted(
                {
                    (row["school_code"], row["assignment_number"])
                    for (of_file, _line), row in self._rows.items()
                    if of_file == file and file[2] is Kind.CRS_ASSIGN
                }
            )
            if wanted:
                for row in lookup.rows_on(upload, _lines_of_sections(upload, wanted)):
                    key = (file, row["school_code"], row["assignment_number"])
                    found.setdefault(key, []).append(row)
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


def _lines_of_sections(upload: Upload, wanted: list[tuple[str, str]]) -> list[int]:
    """`wanted`: schools and assignment numbers."""
    assert upload.collection is not None
    query = sql.SQL(
        "SELECT line FROM {} WHERE upload_id = %s AND (school_code, assignment_number) IN"
        " (SELECT * FROM unnest(%s::text[], %s::text[]))"
    ).format(sql.Identifier(columns.partition(upload.collection)))
    with connection.cursor() as cursor:
        cursor.execute(
            query.as_string(connection.connection),
            [upload.pk, [school for school, _number in wanted], [number for _school, number in wanted]],
        )
        return [line for (line,) in cursor.fetchall()]
