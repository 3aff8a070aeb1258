"""What the database knows of a program when a file comes: its students, their courses, the days that are stored."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection
from psycopg import sql

from enrollment.records.models import Guardian

STUDENTS = """
    SELECT enrollment.id AS enrollment, mosis_id, starts_on, ended_on
    FROM full_time_programenrollment AS enrollment JOIN records_student AS student ON student.id = student_id
    WHERE program_id = {program} AND entered_at IS NOT NULL AND mosis_id IS NOT NULL
"""
SCHEDULES = """
    SELECT schedule.id AS schedule, enrollment_id AS enrollment, valid_from, valid_to
    FROM full_time_schedule AS schedule JOIN full_time_programenrollment AS enrollment ON enrollment.id = enrollment_id
    WHERE program_id = {program} AND valid_from <= {last} AND (valid_to IS NULL OR valid_to >= {first})
        AND replaced_at IS NULL
"""
# Looked for by the keys of the schedules: to join three tables would take the database twice as long.
COURSES = """
    SELECT id AS course_id, schedule_id AS schedule, title FROM full_time_scheduledcourse
    WHERE schedule_id = ANY ({schedules}) AND starts_on <= {last} AND ends_on >= {first}
"""
SPANS = """
    SELECT id AS course_id, starts_on, ends_on FROM full_time_scheduledcourse
    WHERE schedule_id = ANY ({schedules}) AND starts_on <= {last} AND ends_on >= {first}
"""
ENTRIES = """
    SELECT enrollment_id AS enrollment, day AS date, course_id, activity AS code, amount
    FROM attendance_attendanceday AS stored CROSS JOIN LATERAL unnest(courses, activities, minutes)
        AS entry (course_id, activity, amount)
    WHERE day BETWEEN {first} AND {last}
        AND enrollment_id IN (SELECT id FROM full_time_programenrollment WHERE program_id = {program})
"""
DAYS = """
    SELECT id, enrollment_id AS enrollment, day AS date FROM attendance_attendanceday
    WHERE day BETWEEN {first} AND {last}
        AND enrollment_id IN (SELECT id FROM full_time_programenrollment WHERE program_id = {program})
"""


@dataclass(frozen=True, slots=True)
class Known:
    """`sender_id`: the user whose own children are not theirs to record."""

    program_id: int
    sender_id: int

    def students(self) -> pl.DataFrame:
        """enrollment, mosis_id, starts_on, ended_on, is_own: everybody who ever entered."""
        found = self._rows(
            STUDENTS,
            {"enrollment": pl.Int64, "mosis_id": pl.String, "starts_on": pl.Date, "ended_on": pl.Date},
        )
        own = Guardian.objects.filter(user=self.sender_id).values_list("student__mosis_id", flat=True)
        return found.with_columns(is_own=pl.col("mosis_id").is_in([mosis_id for mosis_id in own if mosis_id]))

    def courses(self, placed: pl.DataFrame) -> pl.DataFrame:
        """course_id, enrollment, title (small letters), first_day, last_day: what is scheduled for these rows'
        enrollments between their dates."""
        dates = placed["date"]
        schedules = self._rows(
            SCHEDULES,
            {"schedule": pl.Int64, "enrollment": pl.Int64, "valid_from": pl.Date, "valid_to": pl.Date},
            dates,
        ).join(placed.select("enrollment").unique(), on="enrollment", how="semi")
        # Written out by hand: twenty thousand numbers as objects take as long as reading the file.
        keys = sql.SQL("'{{{}}}'::bigint[]").format(
            sql.SQL(",".join(schedules["schedule"].cast(pl.String).to_list()))
        )
        found = self._rows(
            COURSES,
            {"course_id": pl.Int64, "schedule": pl.Int64, "title": pl.String},
            dates,
            schedules=keys,
        ).join(schedules, on="schedule")
        first, last = pl.col("valid_from"), pl.col("valid_to")
        if dates.min() != dates.max():  # of a single day the database has said already that it is inside
            spans = self._rows(
                SPANS,
                {"course_id": pl.Int64, "starts_on": pl.Date, "ends_on": pl.Date},
                dates,
                schedules=keys,
            )
            found = found.join(spans, on="course_id")
            first = pl.max_horizontal(first, "starts_on")
            last = pl.min_horizontal(last, "ends_on")
        return found.select(
            "course_id",
            "enrollment",
            pl.col("title").str.strip_chars().str.to_lowercase(),
            first_day=first,
            last_day=last.fill_null(dates.max()),
        )

    def entries(self, dates: pl.Series) -> pl.DataFrame:
        """enrollment, date, course_id, code, amount: what is stored of these days, and of those between."""
        schema = {
            "enrollment": pl.Int64,
            "date": pl.Date,
            "course_id": pl.Int64,
            "code": pl.String,
            "amount": pl.Int32,
        }
        return self._rows(ENTRIES, schema, dates)

    def days(self, dates: pl.Series) -> pl.DataFrame:
        """id, enrollment, date: the rows that are there, those of days taken back too."""
        return self._rows(DAYS, {"id": pl.Int64, "enrollment": pl.Int64, "date": pl.Date}, dates)

    def _rows(
        self,
        query: str,
        schema: dict[str, type[pl.DataType]],
        dates: pl.Series | None = None,
        **more: sql.Composable,
    ) -> pl.DataFrame:
        """A query's rows in one piece of text: a hundred thousand of them one by one would take longer than all else.

        Tabs and line ends cannot stand in what is asked for; a date comes as a number of days.
        """
        names: dict[str, Any] = {"program": sql.Literal(self.program_id), **more}
        if dates is not None:
            names |= {"first": sql.Literal(dates.min()), "last": sql.Literal(dates.max())}
        cells = [
            f"\"{name}\" - DATE '1970-01-01'" if of == pl.Date else f'"{name}"' for name, of in schema.items()
        ]
        line = ", E'\\t', ".join(cells)
        statement = sql.SQL(f"SELECT string_agg(concat({line}), E'\\n') FROM ({query}) AS found")  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement.format(**names).as_string(connection.connection))
            text = cursor.fetchone()[0]
        if text is None:
            return pl.DataFrame(schema=schema)
        as_numbers = {name: pl.Int32 if of == pl.Date else of for name, of in schema.items()}
        found = pl.read_csv(
            io.BytesIO(text.encode()), has_header=False, separator="\t", quote_char=None, schema=as_numbers
        )
        return found.cast({name: of for name, of in schema.items() if of == pl.Date})
