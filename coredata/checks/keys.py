"""Rules about the rows of one file among themselves: V-60 to V-62, V-66, V-68 and V-69."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mocap_portal.foundation.shared.rules import Rule

from ..layouts import Kind
from ..reading import LINE
from .case import COURSE_KEY, Case, filled, hash_of_row
from .registry import check
from .search import Sought

STUDENT_KEY = (*COURSE_KEY, "student")


@check("V-60", *COURSE_KEY, kinds=[Kind.CRS_ASSIGN], compares=True)
def assignment_once(case: Case, rule: Rule) -> Sought:
    return _once(case, COURSE_KEY)


@check("V-61", *COURSE_KEY, "mosis_id", kinds=[Kind.STU_ASSIGN], compares=True)
def student_in_an_assignment_once(case: Case, rule: Rule) -> Sought:
    return _once(case, STUDENT_KEY)


@check("V-62", *COURSE_KEY, "mosis_id", kinds=[Kind.STU_CRS_COMP], compares=True)
def outcome_once(case: Case, rule: Rule) -> Sought:
    return _once(case, STUDENT_KEY)


def _once(case: Case, key: Sequence[str]) -> Sought:
    """The second and every further row of a key, each with the line of the first. Rows without a part of it pass."""
    rows = case.rows.select(LINE, *key).filter(filled("assignment_number"))
    if "student" in key:
        rows = rows.filter(pl.col("student").is_not_null())
    rows = alike(rows, key[-2:])
    rows = rows.with_columns(first=pl.col(LINE).min().over(key))
    return case.find(
        pl.col(LINE) != pl.col("first"),
        "assignment_number",
        expected=pl.col("first").cast(pl.String),
        rows=rows,
    )


def alike(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The rows that may share their values in these columns with another: few, so that comparing them costs little."""
    return rows.filter(hash_of_row(names).is_duplicated())


def differing(rows: pl.DataFrame, other: str, *, within: Sequence[str]) -> pl.DataFrame:
    """The rows whose value in `other` may differ from that of a row alike `within` these columns, in their order."""
    hashes = rows.select(group=hash_of_row(within), value=pl.col(other).hash())
    several = hashes.unique().filter(pl.col("group").is_duplicated())["group"].unique()
    return rows.filter(hashes["group"].is_in(several.implode()))


@check("V-66", "mosis_id", "birth_date", compares=True)
def one_birth_date(case: Case, rule: Rule) -> Sought:
    rows = differing(_known_students(case, "birth_date"), "born", within=["student"])
    rows = rows.with_columns(first=pl.col("born").first().over("student"))
    return case.find(
        pl.col("born") != pl.col("first"), "birth_date", expected=pl.col("first").dt.to_string(), rows=rows
    )


@check("V-68", "mosis_id", "birth_date", "last_name", "first_name", compares=True)
def one_id_for_a_person(case: Case, rule: Rule) -> Sought:
    person = ["born", "last", "first"]
    rows = _known_students(case, "mosis_id", "last_name", "first_name")
    rows = rows.filter(filled("last_name") & filled("first_name"))
    rows = rows.with_columns(
        last=pl.col("last_name").str.to_lowercase(), first=pl.col("first_name").str.to_lowercase()
    )
    rows = differing(rows, "student", within=person)
    rows = rows.with_columns(other=pl.col("student").first().over(person))
    return case.find(pl.col("student") != pl.col("other"), "mosis_id", expected=pl.col("other"), rows=rows)


@check(
    "V-69",
    "mosis_id",
    "course_code",
    "assignment_number",
    "semester",
    kinds=[Kind.STU_CRS_COMP],
    compares=True,
)
def course_once_in_june(case: Case, rule: Rule) -> Sought:
    return course_once(case, case.rows)


def course_once(case: Case, rows: pl.DataFrame) -> Sought:
    """A course with another assignment number than on its first row. Co-teachers share one."""
    course = ["student", "course_code", "semester"]
    rows = rows.select(LINE, "assignment_number", *course)
    rows = rows.filter(filled("course_code") & pl.col("student").is_not_null())
    rows = differing(rows, "assignment_number", within=course)
    first = pl.col("assignment_number").first().over(course)
    rows = rows.with_columns(first=first)
    return case.find(
        pl.col("assignment_number") != pl.col("first"), "course_code", expected=pl.col("first"), rows=rows
    )


def _known_students(case: Case, *names: str) -> pl.DataFrame:
    """The rows whose student and birth date can be read, with these columns beside them."""
    rows = case.rows.select(LINE, "student", "born", *names)
    return rows.filter(pl.col("student").is_not_null() & pl.col("born").is_not_null())
