"""Who takes which course, put together from a district's files; and when two semesters mean the same time."""

from __future__ import annotations

import polars as pl

from ..reading import LINE
from .case import Case

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
    october = case.october
    is_mocap = october.told("is_mocap", default=False)
    is_there = is_mocap if only_mocap else october.place.is_not_null()
    code = october.told("course_code", "")
    rows = _filled_up(october.students, student=None, course_code="", grade="").with_columns(
        october.told("semester", "").alias("semester"),
        october.told("units", None).cast(pl.Float64).alias("units"),
        is_mocap.alias("is_mocap"),
        pl.when(code != "").then(code).otherwise(pl.col("course_code")).alias("course_code"),
    )
    return (
        rows.filter(is_there & pl.col("student").is_not_null())
        .select(LINE, "student", "course_code", "semester", "units", "grade", "is_mocap")
        .unique(["student", "course_code", "semester"], keep="first", maintain_order=True)
    )


def _filled_up(rows: pl.DataFrame, **defaults: object) -> pl.DataFrame:
    """The rows with these columns, whether the file has them or not."""
    absent = {name: value for name, value in defaults.items() if name not in rows.columns}
    return rows.with_columns(pl.lit(value, dtype=pl.String).alias(name) for name, value in absent.items())
