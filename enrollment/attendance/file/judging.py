"""What is wrong with the rows of a file, and what they mean: students, days, courses, minutes.

Each check is one expression over all rows. What is spelled the same is looked at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from enrollment.full_time.models import MINUTES_OF_A_DAY
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet

from ..models import ProblemKind
from .known import Known
from .reading import LINE, Records

KEY = ["enrollment", "date", "course_id", "code"]
DAY = ["enrollment", "date"]


@dataclass(frozen=True, slots=True)
class Judged:
    """`entries`: enrollment, date, course_id (null: none), code, amount (minutes), one row for each line; empty when
    there are problems. `problems`: line, column, value, kind, in the order of lines."""

    entries: pl.DataFrame
    problems: pl.DataFrame


def judge(records: Records, known: Known, *, today: dt.date) -> Judged:
    """Judge the rows of a file against what is known of its program."""
    rows = _meant(records.rows)
    problems = [_ragged(records.ragged)]

    def note(wrong: pl.DataFrame, kind: ProblemKind, column: str) -> None:
        value = pl.col(column).str.slice(0, 60) if column else pl.lit("")
        problems.append(
            wrong.select(pl.col(LINE), column=pl.lit(column), value=value, kind=pl.lit(kind.value))
        )

    note(rows.filter(pl.col("date").is_null()), ProblemKind.DAY, "day")
    note(rows.filter(pl.col("date") > today), ProblemKind.FUTURE, "day")
    note(rows.filter(pl.col("amount").is_null()), ProblemKind.MINUTES, "minutes")
    note(_no_activities(rows), ProblemKind.ACTIVITY, "activity")
    students = known.students()
    own, others = students.filter("is_own"), students.filter(~pl.col("is_own"))
    if own.height:
        note(rows.join(own, on="mosis_id", how="semi"), ProblemKind.OWN_CHILD, "mosis_id")
    placed = rows.join(others, on="mosis_id", maintain_order="left").filter(_covers("starts_on", "ended_on"))
    if placed.height < rows.height:
        strays = rows.join(placed, on=LINE, how="anti")
        note(strays.join(students, on="mosis_id", how="anti"), ProblemKind.UNKNOWN_STUDENT, "mosis_id")
        dated = strays.filter(pl.col("date").is_not_null())
        note(dated.join(others, on="mosis_id", how="semi"), ProblemKind.NOT_ENROLLED, "day")
    placed, unscheduled, several = _with_courses(placed, known)
    note(unscheduled, ProblemKind.NOT_SCHEDULED, "course")
    note(several, ProblemKind.SEVERAL_COURSES, "course")
    note(placed.filter(~pl.struct(KEY).is_first_distinct()), ProblemKind.TWICE, "")
    found = pl.concat(problems).sort(LINE, "column", maintain_order=True)
    entries = placed.select(LINE, *KEY, "amount")
    return Judged(entries.clear() if found.height else entries, found)


def long_days(entries: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """The problems of days that come to more than 24 hours, told at the first line of each.

    `totals`: enrollment, date and total of the days as they would be stored.
    """
    long = totals.filter(pl.col("total") > MINUTES_OF_A_DAY)
    first = entries.group_by(DAY).agg(pl.col(LINE).min())
    return (
        long.join(first, on=DAY)
        .select(
            LINE,
            column=pl.lit("minutes"),
            value=pl.col("total").cast(pl.String),
            kind=pl.lit(ProblemKind.LONG_DAY.value),
        )
        .sort(LINE)
    )


def _meant(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with what their texts mean: date, amount and code; null where they mean nothing."""
    return rows.with_columns(
        _each(rows["day"], _date, pl.Date).alias("date"),
        _each(rows["minutes"], _minutes, pl.Int32).alias("amount"),
        code=pl.col("activity").str.to_lowercase(),
    )


def _each(texts: pl.Series, meaning: Callable[[str], object], of: type[pl.DataType]) -> pl.Series:
    """What each text means, asked once for each that differs."""
    spelled = texts.unique()
    means = pl.Series([meaning(text) for text in spelled], dtype=of)
    return texts.replace_strict(spelled, means, return_dtype=of)


def _date(text: str) -> dt.date | None:
    """
    >>> [_date(text) for text in ("2027-02-01", "2/1/2027", "2027-02-30", "1.2.2027")]
    [datetime.date(2027, 2, 1), datetime.date(2027, 2, 1), None, None]
    """
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII):
        year, month, day = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text, re.ASCII):
        month, day, year = map(int, found.groups())
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _minutes(text: str) -> int | None:
    if re.fullmatch(r"\d{1,4}", text, re.ASCII) and int(text) <= MINUTES_OF_A_DAY:
        return int(text)
    return None


def _no_activities(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows whose activity is none that the law counts on their day (R-54); a day that is none is judged alone."""
    said = rows.select("date", "code").unique().drop_nulls()
    known = {
        day: set(CodeMeaning.objects.of(CodeSet.ACTIVITY, on=day).values_list("code", flat=True))
        for day in said["date"].unique()
    }
    wrong = said.filter(
        pl.Series([code not in known[day] for day, code in said.iter_rows()], dtype=pl.Boolean)
    )
    return rows.join(wrong, on=["date", "code"], how="semi") if wrong.height else rows.clear()


def _covers(first: str, last: str) -> pl.Expr:
    return (pl.col(first) <= pl.col("date")) & (pl.col(last).is_null() | (pl.col(last) >= pl.col("date")))


def _with_courses(placed: pl.DataFrame, known: Known) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The rows with the scheduled course of each; those whose course is not found; those with more than one."""
    without = placed.filter(pl.col("course") == "").with_columns(course_id=pl.lit(None, pl.Int64))
    named = placed.filter(pl.col("course") != "").with_columns(title=pl.col("course").str.to_lowercase())
    if named.is_empty():
        return without, named, named
    courses = known.courses(named)
    columns = [*placed.columns, "course_id"]
    holds = (pl.col("first_day") <= pl.col("date")) & (pl.col("date") <= pl.col("last_day"))
    found = named.join(courses, on=["enrollment", "title"], maintain_order="left").filter(holds)
    if (
        found.height == named.height and found[LINE].n_unique() == named.height
    ):  # every title names one course
        found = found.select(columns)
        return (
            (found if without.is_empty() else pl.concat([without, found]).sort(LINE)),
            named.clear(),
            named.clear(),
        )
    numbered = (
        named.join(found, on=LINE, how="anti")
        .with_columns(course_id=pl.col("course").cast(pl.Int64, strict=False))
        .join(courses.drop("title"), on=["enrollment", "course_id"])
        .filter(holds)
    )
    found = pl.concat([found.select(columns), numbered.select(columns)])
    is_alone = ~pl.col(LINE).is_duplicated()
    several = found.filter(~is_alone).unique(LINE, keep="first", maintain_order=True)
    return (
        pl.concat([without, found.filter(is_alone)]).sort(LINE),
        named.join(found, on=LINE, how="anti"),
        several,
    )


def _ragged(lines: list[int]) -> pl.DataFrame:
    return pl.DataFrame({LINE: lines}, schema={LINE: pl.UInt32}).with_columns(
        column=pl.lit(""), value=pl.lit(""), kind=pl.lit(ProblemKind.RAGGED.value)
    )
