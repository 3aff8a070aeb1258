"""Student Assignment of every district of a made-up state in turn, and then one student across all of it.

Each file is sealed, read, checked and stored as a worker does it, one after the other in one process, once for each
school year; making the files up is not counted.

files, rows, seconds: of one year, the slowest of the years; fixed_ms and ms_per_1000_rows: the line through the files'
times (least squares), what a file costs that has no rows and what each thousand costs; smallest and largest: those two
files; stored_rows: in all years; student_ms: what is stored of one student, the median of many and
the slowest, and how much of the median was spent in the database.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from coredata import actions
from coredata.layouts import Kind
from coredata.models import Upload
from coredata.store import vault
from coredata.store.lookup import of_student
from coredata.synthesis import State, districts
from mocap_portal.command.state import say
from mocap_portal.foundation.accounts.models import Membership

from .coredata import PIECE, district_with_clerk

LAST_YEAR = 2027
MISTAKES = 0.01
ASKED = 200  # students looked up


@dataclass(frozen=True, slots=True)
class _Load:
    rows: int
    seconds: float


def run(*, leas: int = 554, students: int = 80_000, years: int = 1) -> dict[str, Any]:
    """Load a state of so many districts and students, for each of so many school years."""
    clerks: dict[str, Membership] = {}
    of_year: list[list[_Load]] = []
    for year in range(LAST_YEAR, LAST_YEAR - years, -1):
        say(f"loading the files of {leas} districts, school year {year} …")
        loads = []
        for district, _truth in districts(
            State(leas=leas, students=students, year=year, seed=1, problems=MISTAKES)
        ):
            if district.code not in clerks:
                clerks[district.code] = district_with_clerk(district.code)
            loads.append(_load(district.text(Kind.STU_ASSIGN).encode(), clerks[district.code]))
        of_year.append(loads)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the database does by itself soon after
        cursor.execute("SELECT count(*) FROM coredata_stu_assign")
        stored = int(cursor.fetchone()[0])
        cursor.execute("SELECT mosis_id FROM coredata_student_lines ORDER BY random() LIMIT %s", [ASKED])
        asked = [mosis_id for (mosis_id,) in cursor.fetchall()]
    slowest = max(of_year, key=lambda loads: sum(load.seconds for load in loads))
    line = statistics.linear_regression([load.rows for load in slowest], [load.seconds for load in slowest])
    looked_up, in_database = zip(*(_look_up(mosis_id) for mosis_id in asked), strict=True)
    return {
        "name": "state",
        "files": len(slowest),
        "rows": sum(load.rows for load in slowest),
        "seconds": round(sum(load.seconds for load in slowest), 1),
        "fixed_ms": round(line.intercept * 1_000, 1),
        "ms_per_1000_rows": round(line.slope * 1_000_000, 2),
        "smallest": _as_json(min(slowest, key=lambda load: load.rows)),
        "largest": _as_json(max(slowest, key=lambda load: load.rows)),
        "stored_rows": stored,
        "student_ms": {
            "median": round(statistics.median(looked_up), 2),
            "slowest": round(max(looked_up), 2),
            "in_database": round(statistics.median(in_database), 2),
            "asked": len(looked_up),
        },
    }


def _load(data: bytes, clerk: Membership) -> _Load:
    """Seconds from the bytes to the committed trial."""
    assert clerk.organization_id is not None
    started, at = time.perf_counter(), timezone.now()
    pieces = (data[start : start + PIECE] for start in range(0, len(data), PIECE))
    upload = actions.receive(
        vault.seal(pieces), name="state.csv", lea_id=clerk.organization_id, by=clerk, at=at
    )
    upload = actions.check_upload(upload.pk, at=at)
    assert upload.rows_read, upload.refusal
    return _Load(upload.rows_read, time.perf_counter() - started)


def _look_up(mosis_id: str) -> tuple[float, float]:
    """Milliseconds to find what is stored of a student: in all, and waiting for the database."""
    waited = 0.0

    def clock(execute: Callable[..., Any], *question: Any) -> Any:
        nonlocal waited
        asked = time.perf_counter()
        try:
            return execute(*question)
        finally:
            waited += time.perf_counter() - asked

    started = time.perf_counter()
    with connection.execute_wrapper(clock):
        found = of_student(mosis_id, Upload.objects.all())
    assert found
    return (time.perf_counter() - started) * 1_000, waited * 1_000


def _as_json(load: _Load) -> dict[str, float]:
    return {"rows": load.rows, "seconds": round(load.seconds, 3)}
