"""One file as the checks see it: a frame of rows, what the portal knows, and the district's other files beside it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import add

import polars as pl

from mocap_portal.foundation.shared.tabular import plain_name
from providers.models import PROGRAM_CODES, Instruction

from ..collection import Collection
from ..known import Known
from ..layouts import Column, Kind, Layout
from ..reading import LINE, Encoding, Sheet
from .search import FINDINGS, Search, Sought, together

PROVIDER_TEACHES = PROGRAM_CODES[Instruction.PROVIDER]
DISTRICT_TEACHES = PROGRAM_CODES[Instruction.CURRICULUM_ONLY]
DIGITS = r"^[0-9]+$"
NUMBER = r"^[0-9]*\.?[0-9]+$"
ISO, AMERICAN = "%Y-%m-%d", "%m/%d/%Y"
MARKS = "Errors"  # the column that the portal adds to a file it gives back; it may come again
UPPER = (
    "program_code",
    "delivery_system",
    "semester",
    "grade_earned",
    "grade_level",
    "adult",
    "enrollment_type",
    "teacher_provided",
    "final_grade",
)
LOWER = ("basis", "status")
COURSE_KEY = (
    "school_year",
    "district_code",
    "school_code",
    "educator",
    "position_code",
    "cte_program_type",
    "assignment_number",
)


@dataclass(frozen=True)
class Case:
    """A file to judge.

    `rows` has the line and a text column for each column of the layout that the file has, by its field, and beside
    them what the text means: `student` (MOSIS ID with its zeros), `born` (date), `grade`, `minutes`, `units`,
    `credits`, `is_mocap`, `educator_fits`. What cannot be read is null. `educator` is a keyed hash.
    `unread`: header names of columns that no layout has. `ragged`: how many values the rows have that do not fit the
    header, by their line; `width`: how many the header has. `is_windows_1252`: the text was not UTF-8.
    `sha256`: of the file's bytes.
    """

    collection: Collection
    layout: Layout
    rows: pl.DataFrame
    known: Known
    unread: tuple[str, ...] = ()
    ragged: Mapping[int, int] = field(default_factory=dict)
    width: int = 0
    is_windows_1252: bool = False
    sha256: str = ""
    others: Mapping[Kind, Case] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        return self.collection.kind

    def has(self, *fields: str) -> bool:
        return all(name in self.rows.columns for name in fields)

    @property
    def columns(self) -> list[Column]:
        """The columns of the layout that the file has."""
        return [column for column in self.layout.columns if self.has(column.field)]

    def date(self, field: str) -> pl.Expr:
        """The dates of a column; null for what is none."""
        return pl.col("born") if field == "birth_date" else as_date(field)

    @cached_property
    def october(self) -> October:
        """The district's October files together. Raises KeyError unless both are there."""
        students, courses = (
            self if self.kind is kind else self.others[kind] for kind in (Kind.STU_ASSIGN, Kind.CRS_ASSIGN)
        )
        return _october(students, courses)

    def find(
        self,
        bad: pl.Expr,
        on: str | None = None,
        *,
        value: pl.Expr | None = None,
        expected: pl.Expr | str = "",
        severity: str | None = None,
        rows: pl.DataFrame | None = None,
        hint: pl.Expr | None = None,
    ) -> Sought:
        """The rows where `bad` holds, as findings on the column of field `on`. A secret value is not repeated.

        Among the file's rows they are looked for later, together with what other checks look for: unless `hint`, one
        truth about all of them, says that there are none. Among other `rows` at once.
        """
        column = self.layout.column(on) if on else None
        if column and column.is_secret:
            value = None
        elif value is None and on:
            value = pl.col(on)
        search = Search(bad, column.name if column else None, value, expected, severity, hint)
        return (search if rows is None else search.told(rows.filter(bad)),)

    def find_each(
        self,
        bad: Mapping[str, pl.Expr],
        *,
        expected: Mapping[str, str] | None = None,
        hints: Mapping[str, pl.Expr] | None = None,
    ) -> Sought:
        """The same for many columns, by field."""
        return together(
            self.find(expr, name, expected=(expected or {}).get(name, ""), hint=(hints or {}).get(name))
            for name, expr in bad.items()
        )

    def whole_file(
        self, *, column: str | None = None, value: str | None = None, expected: str = ""
    ) -> Sought:
        """One finding about the file."""
        row = {LINE: None, "column": column, "value": value, "expected": expected, "severity": None}
        return (pl.DataFrame([row], schema=FINDINGS),)


@dataclass(frozen=True)
class October:
    """A district's two October files, and for each row of `students` the place of its row in `courses`; null for none.

    Of course rows with one key the first stands for all.
    """

    students: pl.DataFrame
    courses: pl.DataFrame
    place: pl.Series

    def told(self, name: str, default: str | bool | None) -> pl.Series:
        """For each student row what its course row says in this column; `default` where it says nothing or is not."""
        if name not in self.courses.columns:
            return pl.repeat(default, self.students.height, eager=True).alias(name)
        found = self.courses[name].gather(self.place)
        return found if default is None else found.fill_null(default)


def _october(students: Case, courses: Case) -> October:
    """Join by hashes of the key, 128 bits of them: several checks need it, and joining by texts is slow."""
    key = [name for name in COURSE_KEY if students.has(name) and courses.has(name)]
    hashes = {"key": hash_of_row(key), "other": hash_of_row(key, seed=len(key))}
    of_courses = courses.rows.select(**hashes).with_row_index("place").unique("key", keep="first")
    joined = students.rows.select(**hashes).join(of_courses, on="key", how="left", maintain_order="left")
    is_same = pl.col("other") == pl.col("other_right")
    return October(students.rows, courses.rows, joined.select(pl.when(is_same).then("place"))["place"])


def hash_of_row(names: Sequence[str], *, seed: int = 0) -> pl.Expr:
    """A number for what stands in these columns: rows with different numbers differ, others most likely do not."""
    hashes = [pl.col(name).hash(seed + place) for place, name in enumerate(names)]
    return reduce(add, hashes)


def filled(name: str) -> pl.Expr:
    return pl.col(name) != ""


def prepare(
    sheet: Sheet, collection: Collection, layout: Layout, *, known: Known, key: bytes, sha256: str
) -> Case:
    """The rows of a sheet under the layout's fields, an educator's number already hashed with `key`."""
    header = sheet.records.header
    places = {column.field: str(place) for place, name in enumerate(header) if (column := layout.named(name))}
    rows = sheet.records.rows.select(LINE, *(pl.col(place).alias(name) for name, place in places.items()))
    unread = tuple(name for name in header if name and not _is_expected(name, layout))
    rows = rows.with_columns(pl.col(name).str.to_uppercase() for name in UPPER if name in places)
    rows = rows.with_columns(pl.col(name).str.to_lowercase() for name in LOWER if name in places)
    return Case(
        collection,
        layout,
        _with_meanings(_hashed(rows, key)),
        known,
        unread=unread,
        ragged={line: len(cells) for line, cells in sheet.records.ragged.items()},
        width=len(header),
        is_windows_1252=sheet.encoding is Encoding.WINDOWS_1252,
        sha256=sha256,
    )


def stored_case(rows: pl.DataFrame, collection: Collection, layout: Layout, *, known: Known) -> Case:
    """A file that the portal has, for others to be judged beside: its kept rows as texts by field, with their line."""
    year = pl.lit(str(collection.year)).alias("school_year")
    return Case(collection, layout, _with_meanings(rows.with_columns(year)), known)


def _is_expected(name: str, layout: Layout) -> bool:
    return layout.named(name) is not None or layout.drops(name) or plain_name(name) == plain_name(MARKS)


def _hashed(rows: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """The same rows, educators' numbers as hashes. Numbers are few, so each is hashed once."""
    if "educator" not in rows.columns:
        return rows
    numbers = rows["educator"].unique().to_list()
    hashes = {number: hash_of(number, key) for number in numbers}
    fits = pl.col("educator").str.contains("^[0-9]{9}$") | (pl.col("educator") == "")
    return rows.with_columns(
        educator_fits=fits, educator=pl.col("educator").replace_strict(hashes, return_dtype=pl.String)
    )


def hash_of(number: str, key: bytes) -> str:
    """A number as 32 hexadecimal digits that only the holder of the key can make again; empty for none."""
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:32] if number else ""


def _with_meanings(rows: pl.DataFrame) -> pl.DataFrame:
    meanings = {
        "mosis_id": {"student": padded("mosis_id", 10)},
        "birth_date": {"born": as_date("birth_date")},
        "grade_level": {"grade": grade("grade_level")},
        "minutes_per_week": {"minutes": as_number("minutes_per_week", DIGITS)},
        "units_of_credit": {"units": as_number("units_of_credit", NUMBER)},
        "credits_earned": {"credits": as_number("credits_earned", NUMBER)},
        "program_code": {"is_mocap": pl.col("program_code").is_in([PROVIDER_TEACHES, DISTRICT_TEACHES])},
    }
    present = [meaning for name, meaning in meanings.items() if name in rows.columns]
    return rows.with_columns(**{name: expr for meaning in present for name, expr in meaning.items()})


def padded(name: str, width: int) -> pl.Expr:
    """Digits with the zeros that a spreadsheet took away; null for anything else."""
    return pl.when(pl.col(name).str.contains(rf"^[0-9]{{1,{width}}}$")).then(pl.col(name).str.zfill(width))


def as_date(name: str) -> pl.Expr:
    """The date in either of the two ways to write one; null for anything else."""
    return pl.coalesce(
        pl.col(name).str.to_date(ISO, strict=False, exact=True),
        pl.col(name).str.to_date(AMERICAN, strict=False, exact=True),
    )


def as_number(name: str, form: str) -> pl.Expr:
    return pl.when(pl.col(name).str.contains(form)).then(pl.col(name).cast(pl.Float64, strict=False))


def grade(name: str) -> pl.Expr:
    """K for KG, 0 and 00; two digits for the others."""
    kindergarten = pl.col(name).is_in(["KG", "0", "00"])
    return (
        pl.when(kindergarten)
        .then(pl.lit("K"))
        .when(pl.col(name).str.contains(DIGITS))
        .then(pl.col(name).str.zfill(2))
        .otherwise(pl.col(name))
    )
