"""The night over a whole planted state, one LEA alone and a rehearsal, beside reading the same rows through the index.

The state is 555 LEAs with `rows` October rows (fewer LEAs below a thousand rows each), and in proportion June's rows,
approvals and provider reports: to 8 million 7.7 million, 150,000 and 150,000. It is filled once and kept in the state
folder, by size and seed.

rows: of each source, and those of October and June that can matter (the student-courses that certifying derives);
floor_s: to read these, the approvals and the reports through their indexes, median of three; whole_s: the first night,
which finds everything and writes it; ratio: whole_s by floor_s; second_night_s: the next night over the same rows;
lea_median_ms, lea_largest_ms: to compare one LEA alone, of middle size and the largest, medians; rehearsal_ms: a trial
of all its October rows, of the same two; peak_mb: the most memory of the process that ran a night; found: mismatches;
others: what other ways need to lay the four sources side by side by their key and to count what differs.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from coredata.layouts import Kind
from coredata.models import Upload, UploadState
from coredata.reconcile import actions
from coredata.reconcile.rehearsal import rehearse
from coredata.store import columns
from mocap_portal.command.state import Problem, say
from mocap_portal.foundation import embedded

from . import others, planted
from .planted import FIRST_LEA, YEAR, leas_of, upload_key

KEEPS_STATE = True
NIGHT = dt.date(2027, 7, 5)  # everything is certified and due
AIM, MOST = 15, 30
TIMES = 7

# Row by row through an index, with what comparing asks of the row: what no index holds.
FLOOR = [
    "SELECT count(*), max(birth_date), max(student_line) FROM coredata_studentcourse WHERE school_year_id = %(year)s",
    "SELECT count(*), max(birth_date), max(grade_earned) FROM coredata_studentoutcome WHERE school_year_id = %(year)s",
    "SELECT count(*), max(birth_date), max(status) FROM coredata_reportrow WHERE report_id > 0",
    "SELECT count(*), max(state), max(started_on) FROM part_time_courseline WHERE request_id > 0",
]
LEFT_BY_NIGHTS = (
    "reconcile_mismatch, reconcile_mismatchevent, reconcile_learun, reconcile_run, papers_digestitem"
)


def run(*, rows: int = 8_000_000, seed: int = 1) -> dict[str, Any]:
    """Measure on a state of so many October rows. Raises Problem."""
    counts = planted.planted(rows, seed)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {LEFT_BY_NIGHTS} CASCADE")  # what the last measurement left
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM coredata_studentcourse")
        counts["october_that_matter"] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM coredata_studentoutcome")
        counts["june_that_matter"] = cursor.fetchone()[0]
    floor = statistics.median(_seconds(_floor) for _time in range(3))
    say("the first night …")
    first = _night(NIGHT)
    say("the second night …")
    second = _night(NIGHT + dt.timedelta(days=1))
    whole = first["seconds"]
    say(f"{whole:.1f} s, {whole / floor:.0f} times the floor (aim {AIM} s, at most {MOST} s and 100 times)")
    say("one LEA, and rehearsals …")
    middle, largest = FIRST_LEA + leas_of(rows) // 2 + 1, FIRST_LEA + 1  # the largest comes first
    return {
        "name": "night",
        "rows": counts,
        "floor_s": round(floor, 3),
        "whole_s": round(whole, 2),
        "ratio": round(whole / floor, 1),
        "second_night_s": round(second["seconds"], 2),
        "lea_median_ms": _milliseconds(lambda: _look(middle)),
        "lea_largest_ms": _milliseconds(lambda: _look(largest)),
        "rehearsal_ms": {
            "median": _milliseconds(lambda: _rehearse(middle), times=3),
            "largest": _milliseconds(lambda: _rehearse(largest), times=3),
        },
        "peak_mb": max(first["peak_mb"], second["peak_mb"]),
        "found": first["found"],
        "others": others.measured(),
    }


def _seconds(what: Callable[[], object]) -> float:
    started = time.perf_counter()
    what()
    return time.perf_counter() - started


def _milliseconds(what: Callable[[], float | None], *, times: int = TIMES) -> float:
    """The median of so many times, after one more. What it returns, if anything, are the seconds that count."""
    taken = []
    for _time in range(times + 1):
        started = time.perf_counter()
        counted = what()
        taken.append(time.perf_counter() - started if counted is None else counted)
    return round(statistics.median(taken[1:]) * 1_000, 1)


@transaction.atomic
def _floor() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        for query in FLOOR:
            cursor.execute(query, {"year": YEAR} if "%(year)s" in query else None)
            cursor.fetchall()


def _night(day: dt.date) -> dict[str, Any]:
    """In a process of its own, as a worker runs it: its seconds, the most memory it had, and what is open."""
    done = subprocess.run(
        [sys.executable, "-m", "mocap_portal.bench.one_night", day.isoformat()],
        capture_output=True,
        preexec_fn=embedded.die_with_parent(),
        check=False,
    )
    if done.returncode:
        raise Problem(f"the night failed: {done.stderr.decode()}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _look(lea: int) -> None:
    actions.look(YEAR, as_of=NIGHT, leas=[lea])


@transaction.atomic
def _rehearse(lea: int) -> float:
    """Seconds of a rehearsal of the LEA's October rows, sent once more as a trial, of which nothing stays."""
    of = Upload.objects.get(pk=upload_key(Kind.STU_ASSIGN) + lea - FIRST_LEA)
    trial = Upload.objects.create(
        lea_id=lea,
        name="again.csv",
        size=of.size,
        sha256=of.sha256,
        sent_by=of.sent_by,
        sent_at=timezone.now(),
        state=UploadState.PARSED,
        collection=of.collection,
    )
    kept = [name for name in columns.types(Kind.STU_ASSIGN, YEAR) if name != "upload_id"]
    names, table = ", ".join(kept), columns.table(Kind.STU_ASSIGN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('coredata.loading', %s, true)", [str(trial.pk)])
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE collection_id = %s AND upload_id = %s",
            [of.collection_id, of.pk],
        )
        cursor.execute(
            f"INSERT INTO {columns.LINES} (collection_id, mosis_id, lines) SELECT collection_id, mosis_id, lines"
            f" FROM {columns.LINES} WHERE collection_id = %s AND upload_id = %s",
            [of.collection_id, of.pk],
        )
    Upload.objects.filter(pk=trial.pk).update(state=UploadState.TRIAL)
    taken = _seconds(lambda: rehearse(lea, YEAR, as_of=NIGHT, at=timezone.now()))
    transaction.set_rollback(True)
    return taken
