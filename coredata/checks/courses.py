"""Who takes which course, put together from a district's files; and when two semesters mean the same time."""

from __future__ import annotations

import polars as pl

from ..layouts import Kind
from ..reading import LINE
from .case import COURSE_KEY, Case

# The quarters and trimesters that a semester covers, a bit for each. What is not in the table may be any time.
# Core data 2.5: YL covers every other, a semester its two quarters, trimesters only themselves.
ANY_TIME = 0b1111111
TIMES = {
    "Q1": 0b0000001,
    "Q2": 0b0000010,
    "Q3": 0b0000100,
    "Q4": 0b0001000,
    "S1": 0b0000011,
    "S2": 0b0001100,
    "T1": 0b0010000,
    "T2": 0b0100000,
    "T3": 0b1000000,
    "YL": ANY_TIME,
}


def time_of(semester: str) -> pl.Expr:
    return pl.col(semester).replace_strict(TIMES, default=ANY_TIME, return_dtype=pl.Int32)


def october_courses(case: Case, *, only_mocap: bool = False) -> pl.DataFrame:
    """Each student's courses by the two October files, those of co-teachers once; `only_mocap`: the few of MOCAP.

    Columns: line (in Student Assignment), student, course_code, semester, units, grade, is_mocap. `case`: any file of
    the district and year that has both beside it, or is one of them.
    """
    students, courses = _file(case, Kind.STU_ASSIGN).rows, _file(case, Kind.CRS_ASSIGN).rows
    key = [name for name in COURSE_KEY if name in students.columns and name in courses.columns]
    told = _filled_up(courses, semester="", units=None, is_mocap=False, course_code="")
    told = told.filter("is_mocap") if only_mocap else told
    told = told.unique(key, keep="first")
    joined = _filled_up(students, student=None, course_code="", grade="").join(
        told.select(
            *key, "semester", "units", "is_mocap", pl.col("course_code").alias("course_code_of_course")
        ),
        on=key,
        how="inner",
    )
    code = (
        pl.when(pl.col("course_code_of_course") != "").then("course_code_of_course").otherwise("course_code")
    )
    return (
        joined.filter(pl.col("student").is_not_null())
        .select(LINE, "student", code.alias("course_code"), "semester", "units", "grade", "is_mocap")
        .unique(["student", "course_code", "semester"], keep="first", maintain_order=True)
    )


def _file(case: Case, kind: Kind) -> Case:
    return case if case.kind is kind else case.others[kind]


def _filled_up(rows: pl.DataFrame, **defaults: object) -> pl.DataFrame:
    """The rows with these columns, whether the file has them or not."""
    types = {"units": pl.Float64, "is_mocap": pl.Boolean}
    absent = {name: value for name, value in defaults.items() if name not in rows.columns}
    return rows.with_columns(
        pl.lit(value, dtype=types.get(name, pl.String)).alias(name) for name, value in absent.items()
    )
