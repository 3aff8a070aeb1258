"""A night that need not be asked: its data are those of the night before, and no day fell that changes an answer.

What a night reads is known row by row: which transaction wrote the version of a row that stands where. Nobody has to
tell that something changed. Which tables count, the statements say themselves. What depends on the day is told below
for each statement that has the day in it; a test looks whether one was forgotten.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from coredata.models import CollectionWindow
from coredata.reports_due import reports_due
from coredata.store import student_courses
from mocap_portal.foundation.directory.models import SchoolYear

from .catalogue import CATALOGUE, Runs
from .models import Run, RunKind
from .statements import BESIDE, CONCLUSION, FOLDER, OURS, PATTERNS, PUPILS, RULES, SETUP, setup

# Rows of files, which never change once certified: which files those are, the uploads say. What is wrong in a trial.
OF_FILES = {
    "coredata_stu_core",
    "coredata_stu_enrl_attnd",
    "coredata_stu_assign",
    "coredata_crs_assign",
    "coredata_stu_crs_comp",
    "coredata_student_lines",
    "coredata_problem",
}
# What is read outside the statements: by the engine, and to say whose report is overdue.
READ_BESIDE = {
    "coredata_collectionwindow",
    "coredata_providerreport",
    "coredata_storedcollection",
    "coredata_studentcourse",
    "coredata_studentoutcome",
    "coredata_upload",
    "directory_lea",
    "directory_legalvalue",
    "directory_schoolyear",
}
STATEMENTS = {name: setup(name) for name in (PUPILS, *SETUP, CONCLUSION, BESIDE)} | {
    code: query for code, query in {**RULES, **PATTERNS}.items() if CATALOGUE[code].runs is Runs.NIGHT
}
TABLES = sorted(
    (
        READ_BESIDE
        | {name for text in STATEMENTS.values() for name in OURS.findall(text)}
        | set(OURS.findall(student_courses.KNOWN))
    )
    - OF_FILES
)
# Of each table how many rows, and a sum over which transaction wrote what stands in which place.
ROWS = "SELECT '{0}', count(*), coalesce(sum(hashtidextended(ctid, xmin::text::bigint)), 0)::text FROM {0}"

# The days in a statement's rows on whose eve, day or morrow it may find something else, each as a query for dates.
# Rather a day too many than one too few.
BEGINS = """
SELECT begin_date + {days} FROM coredata_reportrow
UNION ALL SELECT coalesce(line.started_on, line.starts_on, term.starts_on) + {days} FROM part_time_courseline AS line
    JOIN part_time_courserequest AS request ON request.id = line.request_id
    JOIN directory_term AS term ON term.id = request.term_id
UNION ALL SELECT starts_on + {days} FROM full_time_scheduledcourse
"""
DECIDED = """
SELECT (decided_at AT TIME ZONE 'America/Chicago')::date + {days} FROM part_time_decision
UNION ALL SELECT (admitted_at AT TIME ZONE 'America/Chicago')::date + {days} FROM full_time_programenrollment
"""
GRADES = (
    "SELECT unnest(ARRAY[valid_from, valid_to]) FROM directory_codemeaning WHERE code_set = 'grade_earned'"
)
LISTINGS = "SELECT unnest(ARRAY[valid_from, valid_to]) FROM providers_course"
AGREEMENTS = "SELECT unnest(ARRAY[valid_from, valid_to]) FROM providers_agreement"
ENDS = "SELECT end_date FROM coredata_reportrow"
DAYS: dict[str, tuple[str, ...]] = {
    "sources": ("SELECT valid_from FROM full_time_schedule", GRADES),
    "M-03": (BEGINS,),
    "M-04": (ENDS,),
    "M-06": (BEGINS, DECIDED),
    "M-11": (BEGINS,),
    "M-38": (LISTINGS,),
    "M-44": ("SELECT due_on FROM clocks_clock WHERE kind = 'part_time_decision'",),
    "M-51": (ENDS,),
    "M-53": (),  # counted from a window
    "M-54": (AGREEMENTS,),
    "M-58": (BEGINS.format(days=0),),
    "M-78": (GRADES,),
    "M-79": (GRADES,),
    "M-81": (GRADES,),
    "M-88": (AGREEMENTS,),
}
WAIVED = "SELECT waived_until FROM reconcile_mismatch WHERE state = 'waived' AND waived_until IS NOT NULL"
# Mismatches that say how many days something has lasted.
COUNT_DAYS = ("M-03", "M-06")

KEPT = """
UPDATE reconcile_mismatch
SET facts = facts || jsonb_build_object('number', (facts ->> 'number')::integer + %(days)s), changed_at = %(at)s
WHERE school_year_id = %(year)s AND code = ANY(%(count_days)s) AND state <> 'resolved' AND facts ? 'number';
INSERT INTO reconcile_learun (
    run_id, lea_id, courses_id, students_id, june_id, reports, finished_at, opened, reopened, resolved, open
)
SELECT %(run)s, last.lea_id, last.courses_id, last.students_id, last.june_id, last.reports, %(at)s, 0, 0, 0,
    coalesce(mismatch.open, 0)
FROM reconcile_learun AS last
LEFT JOIN (
    SELECT lea_id, count(*) AS open FROM reconcile_mismatch
    WHERE school_year_id = %(year)s AND state = ANY(%(open_states)s) GROUP BY lea_id
) AS mismatch USING (lea_id)
WHERE last.run_id = %(last)s
"""


def rows_read() -> dict[str, Any]:
    """What a night reads, told by the rows' versions; and the statements that read it."""
    found: dict[str, Any] = {"code": _code()}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(ROWS.format(table) for table in TABLES))
        for table, count, versions in cursor.fetchall():
            found[table] = [count, versions]
    return found


@cache
def _code() -> str:
    """What reads them: other statements, numbers or words find something else in the same rows."""
    files = [
        *FOLDER.glob("*.py"),
        *FOLDER.glob("*.toml"),
        *FOLDER.glob("sql/*.sql"),
        Path(student_courses.__file__),
    ]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def night_before(run: Run) -> Run | None:
    """The night before this one of the same school year, if nothing has happened since; else None."""
    others = Run.objects.filter(school_year=run.school_year_id).exclude(pk=run.pk)
    last = others.order_by("-started_at", "-pk").first()
    if (
        last is None
        or last.kind != RunKind.NIGHT
        or last.finished_at is None
        or last.as_of >= run.as_of
        or last.marks.get("rows") != run.marks.get("rows")
    ):
        return None
    return None if _a_day_fell(run.school_year, last.as_of, run.as_of) else last


def _a_day_fell(year: SchoolYear, before: dt.date, after: dt.date) -> bool:
    """Whether a day on which an answer may change lies between these two, or is one of them."""
    windows = CollectionWindow.objects.filter(school_year=year).values_list("due_on", flat=True)
    waits = dt.timedelta(days=int(CATALOGUE["M-53"].numbers["days"]))
    days = {year.ends_on, *windows, *(due + waits for due in windows)}
    if any(before <= day <= after for day in days):
        return True
    queries = {WAIVED} | {
        query.format(days=CATALOGUE[code].numbers["days"]) if "{days}" in query else query
        for code, told in DAYS.items()
        for query in told
    }
    union = " UNION ALL ".join(queries)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM ({union}) AS told(day) WHERE day BETWEEN %s AND %s)",  # noqa: S608
            [before, after],
        )
        if cursor.fetchone()[0]:
            return True
    return _overdue(min(before, year.ends_on)) != _overdue(min(after, year.ends_on))


def _overdue(day: dt.date) -> list[tuple[int, dt.date, dt.date | None]]:
    """Whose report is overdue, as M-72 tells it."""
    return [(due.provider.pk, due.due_on, due.last_as_of) for due in reports_due(day) if due.is_overdue]
