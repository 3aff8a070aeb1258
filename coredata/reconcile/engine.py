"""What does not agree: from the four sources of a school year to mismatches. Reads, and writes temporary tables only.

The same rows, the same day: the same answer, byte for byte. Nothing here knows what was found before.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from coredata.checks.courses import ANY_TIME, TIMES
from coredata.layouts import Cycle, Kind
from coredata.models import CollectionWindow
from coredata.reports_due import reports_due
from coredata.store import student_courses
from coredata.store.student_courses import File
from enrollment.part_time.models import APPROVED_LINES
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from providers.models import PROGRAM_CODES

from . import planned
from .catalogue import CATALOGUE, Runs
from .files import (
    JUNE_OUTCOMES,
    OCTOBER_CORE,
    OCTOBER_COURSES,
    OCTOBER_STUDENTS,
    Files,
    Question,
    files_for,
    reports_for,
)
from .statements import (
    BESIDE,
    CONCLUSION,
    EMPTY,
    HIDINGS,
    INDEXES,
    PATTERNS,
    PUPILS,
    RULES,
    SETUP,
    TABLES,
    USUAL,
    counted,
    hide,
    indexed,
    setup,
)

# Asked once more in one transaction, what was filled before goes first. Each table stays the same one: made anew, each
# would be locked until the transaction ends, and the server has room for so many locks only. The indexes go that a
# question about many rows left.
BEGUN = """
SELECT to_regclass('pg_temp.both_of') IS NOT NULL, current_setting('coredata.compared', true) = 'yes',
    (SELECT string_agg('pg_temp.' || relname, ', ') FROM pg_class
        WHERE relname = ANY(%s) AND relnamespace = pg_my_temp_schema()),
    set_config('coredata.compared', 'yes', true)
"""
KNOWN = "SELECT mosis_id FROM known_student"
CAUSES = [f"{kind.id} {cause.id}" for kind in CATALOGUE.values() for cause in kind.causes]
FEW = 20  # LEAs
MANY = 1_000  # students, from whom on it pays to count what was laid before going on
SAMPLE = 20  # how finely: the tables differ by orders of magnitude, and no value in them is common
LAID = "ANALYZE scope, core_file, course_file, stay_file, pupil"
CERTIFIED_OCTOBER = "(SELECT * FROM coredata_studentcourse WHERE school_year_id = %(year)s)"
CERTIFIED_JUNE = "(SELECT * FROM coredata_studentoutcome WHERE school_year_id = %(year)s)"
# What stands certified, but of the LEAs whose trials are looked at in its place. All is asked of both together: for a
# condition on one of them the server would read it whole.
TRIED = (
    "(SELECT * FROM (TABLE {certified} UNION ALL TABLE {trial}) AS both_of WHERE school_year_id = %(year)s"
)
TRIED += " AND (id < 0 OR lea_id <> ALL(%(tried)s::bigint[])))"

# The certified files of some kinds; of an LEA with more than one the first of them counts. Tells their collections.
LAY_FILES = """
WITH laid AS (INSERT INTO {table}
SELECT DISTINCT ON (lea_id) lea_id, id, collection_id FROM (
    SELECT upload.lea_id, upload.id, upload.collection_id,
        array_position(%(cycles)s::text[], stored.cycle::text) AS place
    FROM coredata_upload AS upload JOIN coredata_storedcollection AS stored ON stored.id = upload.collection_id
    WHERE upload.state = 'certified' AND stored.school_year_id = %(year)s AND stored.kind = %(kind)s
        AND stored.cycle = ANY(%(cycles)s) AND upload.lea_id NOT IN (SELECT lea_id FROM scope)
    UNION ALL
    SELECT * FROM unnest(%(leas)s::bigint[], %(uploads)s::bigint[], %(collections)s::bigint[], %(places)s::int[])
) AS told
ORDER BY lea_id, place
RETURNING collection_id) SELECT coalesce(array_agg(DISTINCT collection_id), '{{}}') FROM laid
"""
FILES = {
    "core_file": [OCTOBER_CORE],
    "course_file": [OCTOBER_COURSES],
    "stay_file": [(Cycle.JUNE, Kind.STU_ENRL_ATTND), (Cycle.AUGUST, Kind.STU_ENRL_ATTND)],
}


class NoSuchYear(LookupError):
    """The directory lacks the school year."""


@dataclass(slots=True)
class Found:
    """What a comparison came to. The mismatches are in the temporary table `result` until the transaction ends.

    `reports`: the ids of the reports it rests on. `tried`: the LEAs whose student-courses are not those that stand
    certified, but those of trials, or with the students of a report that is tried. `seconds`: by code, of the time the
    database took. `is_large`: about so many students that the planner has to know how many rows each table got.
    `is_planned`: about so few LEAs that what the connection has planned before is run; else all is planned for this
    question.
    """

    question: Question
    files: dict[int, Files]
    reports: list[int]
    tried: list[int]
    seconds: dict[str, float] = field(default_factory=dict)
    is_large: bool = False
    is_planned: bool = False


def find(question: Question) -> Found:
    """Compare, inside a transaction: temporary tables go with it. Raises NoSuchYear."""
    assert connection.in_atomic_block
    year = SchoolYear.objects.filter(year=question.year).first()
    if year is None:
        raise NoSuchYear(question.year)
    files, reports = files_for(question), reports_for(question)
    found = Found(question, files, reports, _tried(question, files, reports))
    windows = {
        (window.cycle, window.kind): window for window in CollectionWindow.objects.filter(school_year=year)
    }
    october, june = windows.get(OCTOBER_STUDENTS), windows.get(JUNE_OUTCOMES)
    values = {
        "year": year.year,
        "year_starts": year.starts_on,
        "year_ends": year.ends_on,
        "as_of": question.as_of,
        "october_due": october.due_on if october else dt.date.max,
        "june_due": june.due_on if june else dt.date.max - dt.timedelta(days=365),
        "programs": list(PROGRAM_CODES.values()),
        "approved": [state.value for state in APPROVED_LINES],
        "semesters": list(TIMES),
        "times": list(TIMES.values()),
        "any_time": ANY_TIME,
        "reports": found.reports,
        "tried": found.tried,
        "trials": list(question.trials),
        "causes": CAUSES,
    }
    with connection.cursor() as cursor:
        # Of tables filled a moment ago the planner guesses high, and would compile for longer than it runs.
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
        if len(found.files) <= FEW:
            # The order in which they are written is good; to look for a better one takes longer than they run.
            cursor.execute(
                "SET LOCAL join_collapse_limit = 1; SET LOCAL plan_cache_mode = force_generic_plan"
            )
            found.is_planned = True
        _empty_tables(cursor, found)
        _lay_scope(cursor, found, october=october, june=june)
        values |= _lay_files(cursor, found)
        _derive(found)
        given = literals(values)
        _fill(cursor, found, PUPILS, given)
        cursor.execute("SELECT count(*) > %s FROM pupil", [MANY])
        (found.is_large,) = cursor.fetchone()
        if found.is_large:
            cursor.execute(f"SET LOCAL default_statistics_target = {SAMPLE}; {LAID}")
            found.is_planned = False
        for name in SETUP:
            _fill(cursor, found, name, given)
        _ask(cursor, found, RULES, given)
        _overdue(cursor, question, min(question.as_of, year.ends_on))
        _hide(cursor, RULES.keys() | {"M-72"})
        _ask(cursor, found, PATTERNS, given)
        _hide(cursor, PATTERNS.keys())
        if not question.is_whole:
            cursor.execute("DELETE FROM found WHERE lea_id IS NULL")
        run_statements(cursor, found, setup(CONCLUSION), given)
        cursor.execute("SET LOCAL join_collapse_limit = DEFAULT")
    return found


def lay_beside(found: Found) -> None:
    """Lay what was found before beside it: the temporary tables `old` and `now`, which end with the transaction.

    What was open under a number that its student had before is laid under the number that the student has now.
    """
    question = found.question
    with connection.cursor() as cursor:
        values = {"year": question.year, "is_whole": question.is_whole}
        run_statements(cursor, found, setup(BESIDE), literals(values))


def rows() -> list[tuple[Any, ...]]:
    """What `find` found, in order: code, LEA, provider, MOSIS ID, course, semester, cause and facts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, lea_id, provider_id, mosis_id, course_code, semester, cause, facts::text FROM result"
            " ORDER BY code, lea_id, mosis_id, course_code, semester, provider_id"
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def literals(values: Mapping[str, Any]) -> dict[str, str]:
    """The values as they stand in a statement: they are the same in a hundred of them."""
    return {name: sql.Literal(value).as_string(connection.connection) for name, value in values.items()}


def run_statements(cursor: CursorWrapper, found: Found, text: str, given: Mapping[str, str]) -> None:
    """Run them with these literals in their places. Only of many rows the planner is told (`{analyze}`)."""
    if found.is_planned:
        planned.run(cursor, text, given)
    else:
        cursor.execute(counted(text, is_large=found.is_large) % given)


def _fill(cursor: CursorWrapper, found: Found, name: str, given: Mapping[str, str]) -> None:
    started = time.monotonic()
    text = setup(name)
    for place, source in _sources(found).items():
        text = text.replace(place, source)
    run_statements(cursor, found, text, given)
    found.seconds[name] = time.monotonic() - started


def _ask(cursor: CursorWrapper, found: Found, queries: Mapping[str, str], given: Mapping[str, str]) -> None:
    """Each code's query: one after the other, with its time; about one LEA all in one go."""
    kinds = [CATALOGUE[code] for code in queries]
    asked = {
        kind.id: _with_numbers(kind.id, queries[kind.id])
        for kind in kinds
        if kind.runs is Runs.NIGHT or (kind.runs is Runs.REHEARSAL and found.question.trials)
    }
    if len(found.files) == 1 and not found.is_large:
        asked = {f"{min(asked)}…": ";\n".join(asked.values())} if asked else {}
    for code, query in asked.items():
        started = time.monotonic()
        run_statements(cursor, found, query, given)
        found.seconds[code] = time.monotonic() - started


@cache
def _with_numbers(code: str, query: str) -> str:
    """A code's query with the portal's own limits in their places."""
    for name, number in CATALOGUE[code].numbers.items():
        query = query.replace(f"%({name})s", str(number))
    return query


def _empty_tables(cursor: CursorWrapper, found: Found) -> None:
    cursor.execute(BEGUN, [list(INDEXES)])
    are_there, were_filled, indexes, _ = cursor.fetchone()
    if not are_there:
        cursor.execute(TABLES)
    if were_filled:
        cursor.execute(EMPTY)
    if indexes:
        cursor.execute(f"DROP INDEX {indexes}")
    if found.is_planned and (not are_there or were_filled or indexes):
        cursor.execute(setup(USUAL))


def _sources(found: Found) -> dict[str, str]:
    """The tables in which October's and June's rows are: what is certified, and trials in its place."""
    if not found.tried:
        return {"{october}": CERTIFIED_OCTOBER, "{june}": CERTIFIED_JUNE}
    return {
        "{october}": TRIED.format(certified="coredata_studentcourse", trial="o_trial"),
        "{june}": TRIED.format(certified="coredata_studentoutcome", trial="j_trial"),
    }


def _hide(cursor: CursorWrapper, codes: Set[str]) -> None:
    """Take away those of these codes that another mismatch explains."""
    cursor.execute("SELECT DISTINCT code FROM found")
    there = {code for (code,) in cursor.fetchall()}
    for hiding in HIDINGS:
        hidden = codes & there & set(hiding.hidden)
        if hidden and there & set(hiding.codes):
            for statement in hide(hiding):
                cursor.execute(statement, [list(hiding.codes), sorted(hidden)])


def _tried(question: Question, files: Mapping[int, Files], reports: Sequence[int]) -> list[int]:
    if question.report is not None:
        return student_courses.stale(list(files), question.year, reports=reports)
    trials = set(question.trials)
    return [
        lea for lea, of_lea in files.items() if any(upload.pk in trials for upload in of_lea.now.values())
    ]


def _lay_scope(
    cursor: CursorWrapper, found: Found, *, october: CollectionWindow | None, june: CollectionWindow | None
) -> None:
    closed = dict(Lea.objects.filter(pk__in=found.files).values_list("pk", "active_to"))
    as_of = found.question.as_of

    def is_due(window: CollectionWindow | None, lea: int) -> bool:
        """Of an LEA that was closed before the window opened nothing is due, as on the board of collections."""
        closed_on = closed[lea]
        return (
            window is not None and as_of > window.due_on and (not closed_on or closed_on >= window.opens_on)
        )

    with cursor.copy("COPY scope FROM STDIN") as copy:
        for files in found.files.values():
            copy.write_row(
                (
                    files.lea_id,
                    files.has(OCTOBER_COURSES),
                    files.has(OCTOBER_STUDENTS),
                    files.has(JUNE_OUTCOMES),
                    files.october_on,
                    files.october_on is not None or is_due(october, files.lea_id),
                    files.has(JUNE_OUTCOMES) or is_due(june, files.lea_id),
                    files.newer_trial_on,
                )
            )


def _lay_files(cursor: CursorWrapper, found: Found) -> dict[str, list[int]]:
    """The certified files of a kind of every LEA; of those in scope the ones that count in this question.

    Returns the collections they are in.
    """
    collections = {}
    for table, kinds in FILES.items():
        own = [
            (files.lea_id, upload.pk, upload.collection_id, place)
            for place, which in enumerate(kinds)
            for files in found.files.values()
            if (upload := files.now.get(which))
        ]
        cycles, kind = [cycle.value for cycle, _kind in kinds], kinds[0][1].value
        values: dict[str, Any] = {"year": found.question.year, "cycles": cycles, "kind": kind}
        columns = [list(column) for column in zip(*own, strict=True)] or [[], [], [], []]
        names = ("leas", "uploads", "collections", "places")
        values |= dict(zip(names, columns, strict=True))
        cursor.execute(LAY_FILES.format(table=table), values)
        (collections[f"{table.removesuffix('_file')}_collections"],) = cursor.fetchone()
    return collections


def _derive(found: Found) -> None:
    """The student-courses of trials or with a tried report's students, and those of the versions certified before."""
    year, tried = found.question.year, set(found.tried)
    earlier = {lea: pair for lea, files in found.files.items() if (pair := _earlier(files))}
    if not tried and not earlier:
        return
    files = [
        File.of(upload) for lea in tried for upload in found.files[lea].now.values() if upload.collection_id
    ]
    files += [students for _courses, students in earlier.values()]
    reports = None if found.question.report is None else found.reports
    student_courses.lay_known("known_student", year, files=files, reports=reports)
    for lea in sorted(tried):
        _derive_trial(found.files[lea], year)
    if tried:
        with connection.cursor() as cursor:
            cursor.execute(indexed("o_trial", "j_trial"))
    for lea, (courses, students) in earlier.items():
        student_courses.build_october("o_before", lea, year, courses=courses, students=students, known=KNOWN)


def _earlier(files: Files) -> tuple[File, File] | None:
    """What October's two files were before the last of them changed."""
    courses, students = (
        files.before.get(which, files.now.get(which)) for which in (OCTOBER_COURSES, OCTOBER_STUDENTS)
    )
    if courses and students and files.before.keys() & {OCTOBER_COURSES, OCTOBER_STUDENTS}:
        return File.of(courses), File.of(students)
    return None


def _derive_trial(files: Files, year: int) -> None:
    courses, students = files.now.get(OCTOBER_COURSES), files.now.get(OCTOBER_STUDENTS)
    if courses and students:
        both = {"courses": File.of(courses), "students": File.of(students)}
        student_courses.build_october("o_trial", files.lea_id, year, **both, known=KNOWN)
    if june := files.now.get(JUNE_OUTCOMES):
        student_courses.build_june(
            "j_trial", files.lea_id, year, june=File.of(june), october="o_trial", known=KNOWN
        )


def _overdue(cursor: CursorWrapper, question: Question, as_of: dt.date) -> None:
    """M-72: providers whose report is overdue, or was when the school year ended: later none is asked for.

    Few, and the rule for them stands in reports_due. Of some LEAs only those count that explain what was found.
    A report that is tried is looked at as if it were accepted.
    """
    providers = None
    if not question.is_whole:
        explained = sorted({code for one in HIDINGS if "M-72" in one.codes for code in one.hidden})
        cursor.execute("SELECT DISTINCT provider_id FROM found WHERE code = ANY(%s)", [explained])
        if not (providers := [pk for (pk,) in cursor.fetchall() if pk is not None]):
            return
    late = reports_due(as_of, providers=providers, tried=question.report, only_overdue=True)
    cursor.execute(
        "INSERT INTO found (code, provider_id, mosis_id, course_code, semester, facts)"
        " SELECT 'M-72', provider, '', '', '', jsonb_build_object('date', due_on, 'reported', last)"
        " FROM unnest(%s::bigint[], %s::date[], %s::date[]) AS late(provider, due_on, last)",
        [
            [due.provider.pk for due in late],
            [due.due_on for due in late],
            [due.last_as_of for due in late],
        ],
    )


@transaction.atomic
def answer(question: Question) -> list[tuple[Any, ...]]:
    """What `find` finds, as rows."""
    find(question)
    return rows()
