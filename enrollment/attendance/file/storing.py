"""Entries into the table of days, whole files at a time: by COPY."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
from django.db import connection

from ..models import AttendanceDay
from .judging import DAY, KEY, long_days
from .known import Known

TABLE = AttendanceDay._meta.db_table  # noqa: SLF001 - documented by Django
LISTS = ["courses", "activities", "minutes"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many student-days are new, have other entries now, and stood there already."""

    added: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`days`: enrollment, date, the three lists, total, id of the row that is there (null: none), is_same."""

    days: pl.DataFrame
    problems: pl.DataFrame


def plan(entries: pl.DataFrame, known: Known) -> Plan:
    """What the table would hold: an entry of the file takes the place of one of the same student, day, course and
    activity; every other entry stays; one of 0 minutes goes."""
    dates = entries["date"]
    there = known.days(dates)
    touched = entries.select(DAY).unique()
    coming = entries.select(*KEY, "amount")
    before = coming.clear()
    if not there.is_empty():
        before = known.entries(dates).select(coming.columns).join(touched, on=DAY, how="semi")
        kept = before.join(coming, on=KEY, how="anti", nulls_equal=True)
        coming = pl.concat([kept, coming])
    days = touched.join(_by_day(coming.filter(pl.col("amount") > 0)), on=DAY, how="left").with_columns(
        pl.col("total").fill_null(0), *(pl.col(name).fill_null("") for name in LISTS)
    )
    days = days.join(there, on=DAY, how="left")
    old = _by_day(before).select(*DAY, pl.struct(LISTS).alias("old"))
    days = days.join(old, on=DAY, how="left").with_columns(
        is_same=pl.col("id").is_not_null()
        & pl.col("old").eq_missing(pl.struct(LISTS)).or_(pl.col("old").is_null() & (pl.col("total") == 0))
    )
    # Nothing is taken back where nothing is.
    days = days.filter(pl.col("id").is_not_null() | (pl.col("total") > 0)).sort(DAY)
    return Plan(days.drop("old"), long_days(entries, days))


def store(planned: Plan, *, file_id: int, by_id: int, at: dt.datetime) -> Counts:
    """Write what differs. Runs inside the transaction of the file."""
    days = planned.days
    is_new = pl.col("id").is_null()
    added, changed = days.filter(is_new), days.filter(~is_new & ~pl.col("is_same"))
    lists = {name: "{" + pl.col(name) + "}" for name in LISTS}
    if added.height:
        stamp = {"file_id": pl.lit(file_id), "by_id": pl.lit(by_id), "at": pl.lit(at.isoformat())}
        _copy(TABLE, added.select("total", enrollment_id="enrollment", day="date", **lists, **stamp))
    if changed.height:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE coming (id bigint, courses bigint[], activities varchar[], minutes smallint[], "
                "total smallint) ON COMMIT DROP"
            )
            _copy("coming", changed.select("id", "total", **lists))
            cursor.execute(
                "UPDATE attendance_attendanceday AS stored SET courses = coming.courses, "
                "activities = coming.activities, minutes = coming.minutes, total = coming.total, "
                "file_id = %s, by_id = %s, at = %s FROM coming WHERE coming.id = stored.id",
                [file_id, by_id, at],
            )
            cursor.execute("DROP TABLE coming")
    return Counts(added.height, changed.height, days.height - added.height - changed.height)


def _by_day(entries: pl.DataFrame) -> pl.DataFrame:
    """enrollment, date, the lists as PostgreSQL writes them inside its braces, total."""
    in_order = entries.sort(*DAY, "course_id", "code", nulls_last=True).with_columns(
        courses=pl.col("course_id").cast(pl.String).fill_null("NULL"),
        activities='"' + pl.col("code") + '"',
        minutes=pl.col("amount").cast(pl.String),
    )
    grouped = in_order.group_by(DAY, maintain_order=True).agg(*LISTS, pl.col("amount").sum().alias("total"))
    # The lists are written out at once: within a group it would be done for each of them alone.
    return grouped.with_columns(pl.col(LISTS).list.join(","))


def _copy(table: str, rows: pl.DataFrame) -> None:
    names = ", ".join(f'"{name}"' for name in rows.columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(rows.write_csv(include_header=False))
