"""A day of a full-time program's attendance as one CSV file, from its bytes to the stored days, beside the bare COPY.

Three school days are stored one after the other, as the page and the command do it; the floor is a COPY of the same
entries, one row each with all that is kept of it, as text, into a table without index, trigger or reference, on the
same server in the same run.

rows: lines of a day; floor_s and whole_s: seconds, medians of three, whole_s from the bytes to the commit; ratio:
whole_s by floor_s; as_sent_s: a COPY of the lines as the file has them; again_s: the same file a second time.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from enrollment.attendance import actions
from enrollment.attendance.models import AttendanceFile, FileState
from enrollment.full_time.models import Program
from mocap_portal.bench.filling.program import lay_program
from mocap_portal.command.state import Problem, say
from mocap_portal.foundation.accounts.models import Membership

FIRST = dt.date(2026, 8, 24)  # a Monday
DAYS = [FIRST, FIRST + dt.timedelta(days=1), FIRST + dt.timedelta(days=2)]
LAST = dt.date(2027, 5, 21)
PIECE = 1 << 20  # bytes
MOST = 4.0
FLOOR = (
    "enrollment_id bigint, day date, course_id bigint, activity varchar(30), minutes smallint, file_id bigint, "
    "by_id bigint, at timestamptz"
)
AS_SENT = "mosis_id varchar(10), day date, course varchar(120), activity varchar(30), minutes smallint"


def run(*, students: int = 20_000, courses: int = 6) -> dict[str, Any]:
    """Store three days of so many students with so many courses each. Raises Problem."""
    say("making up the program …")
    places = lay_program(students, courses, first=FIRST, last=LAST)
    program, hat = places.program, places.hat
    loads, floors, as_sent = [], [], []
    for day in DAYS:
        text = _day(program, day)
        loads.append(_load(text, program, hat))
        floors.append(_copy(_entries(program, day), FLOOR))
        as_sent.append(_copy(text.partition("\n")[2], AS_SENT))
    again, again_s = _load(text, program, hat)
    if [file.added for file, _seconds in loads] != [students] * len(DAYS) or again.same != students:
        raise Problem("the days were not stored as they were sent.")
    whole, floor = statistics.median(seconds for _file, seconds in loads), statistics.median(floors)
    ratio = whole / floor
    say(f"{ratio:.2f} times the floor (at most {MOST})")
    return {
        "name": "attendance",
        "rows": again.rows,
        "floor_s": round(floor, 3),
        "whole_s": round(whole, 3),
        "ratio": round(ratio, 2),
        "as_sent_s": round(statistics.median(as_sent), 3),
        "again_s": round(again_s, 3),
    }


def _day(program: Program, day: dt.date) -> str:
    """The file of a day: an assignment in each course of each student."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT student.mosis_id, course.title, 40 + course.id %% 30 FROM full_time_scheduledcourse AS course "
            "JOIN full_time_schedule AS schedule ON schedule.id = course.schedule_id "
            "JOIN full_time_programenrollment AS enrollment ON enrollment.id = schedule.enrollment_id "
            "JOIN records_student AS student ON student.id = enrollment.student_id "
            "WHERE enrollment.program_id = %s ORDER BY student.mosis_id, course.id",
            [program.pk],
        )
        lines = [f"{mosis_id},{day},{title},assignment,{minutes}" for mosis_id, title, minutes in cursor]
    return "\n".join(["mosis_id,day,course,activity,minutes", *lines, ""])


def _load(text: str, program: Program, hat: Membership) -> tuple[AttendanceFile, float]:
    """What became of the file, and the seconds from its bytes to the commit. Raises Problem."""
    data = text.encode()
    started = time.perf_counter()
    received = actions.receive_file(
        data,
        name="day.csv",
        program_id=program.pk,
        by=hat,
        at=dt.datetime.combine(LAST, dt.time(18), tzinfo=dt.UTC),
    )
    seconds = time.perf_counter() - started
    if received.state != FileState.STORED:
        raise Problem(f"the file was not stored: {received.refusal} {received.found.first()}")
    return received, seconds


def _entries(program: Program, day: dt.date) -> str:
    """The stored entries of a day as CSV, one a line."""
    query = sql.SQL(
        "COPY (SELECT enrollment_id, day, course_id, activity, amount, file_id, by_id, at "
        "FROM attendance_attendanceday CROSS JOIN LATERAL unnest(courses, activities, minutes) "
        "AS entry (course_id, activity, amount) WHERE day = {} AND enrollment_id IN "
        "(SELECT id FROM full_time_programenrollment WHERE program_id = {})) TO STDOUT (FORMAT csv)"
    ).format(sql.Literal(day), sql.Literal(program.pk))
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        return b"".join(bytes(piece) for piece in copy).decode()


def _copy(text: str, columns: str) -> float:
    """Seconds to copy these lines into an empty table of these columns, committed."""
    data = text.encode()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor")
        cursor.execute(f"CREATE TABLE floor ({columns})")
    started = time.perf_counter()
    query = "COPY floor FROM STDIN (FORMAT csv)"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(query) as copy:
        for start in range(0, len(data), PIECE):
            copy.write(data[start : start + PIECE])
    return time.perf_counter() - started
