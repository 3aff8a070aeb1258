"""What does not agree: from the four sources of a school year to mismatches. Reads, and writes temporary tables only.

The same rows, the same day: the same answer, byte for byte. Nothing here knows what was found before.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from coredata.checks.courses import ANY_TIME, TIMES
from coredata.layouts import Cycle, Kind
from coredata.models import (
    ONCE_CERTIFIED,
    CollectionWindow,
    ProviderReport,
    ReportState,
    Upload,
    UploadState,
)
from coredata.reports_due import reports_due
from coredata.store import student_courses
from coredata.store.student_courses import File
from enrollment.part_time.models import APPROVED_LINES
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from providers.models import PROGRAM_CODES

from .catalogue import CATALOGUE, Runs
from .statements import BESIDE, CONCLUSION, HIDINGS, PATTERNS, RULES, SETUP, hide, setup

SCOPE = """
CREATE TEMPORARY TABLE scope (
    lea_id bigint PRIMARY KEY, has_courses boolean NOT NULL, has_students boolean NOT NULL, has_june boolean NOT NULL,
    october_on date, october_opens boolean NOT NULL, june_opens boolean NOT NULL, newer_trial_on date
) ON COMMIT DROP;
CREATE TEMPORARY TABLE core_file (lea_id bigint, upload_id bigint, collection_id bigint) ON COMMIT DROP;
CREATE TEMPORARY TABLE course_file (lea_id bigint, upload_id bigint, collection_id bigint) ON COMMIT DROP;
CREATE TEMPORARY TABLE stay_file (lea_id bigint, upload_id bigint, collection_id bigint) ON COMMIT DROP;
CREATE TEMPORARY TABLE o_before (LIKE coredata_studentcourse INCLUDING DEFAULTS INCLUDING IDENTITY) ON COMMIT DROP;
CREATE TEMPORARY TABLE o_trial (LIKE coredata_studentcourse INCLUDING DEFAULTS INCLUDING IDENTITY) ON COMMIT DROP;
CREATE TEMPORARY TABLE j_trial (LIKE coredata_studentoutcome INCLUDING DEFAULTS INCLUDING IDENTITY) ON COMMIT DROP;
"""
OURS = (
    "scope", "core_file", "course_file", "stay_file", "o_before", "o_trial", "j_trial", "fits", "crosswalk",
    "every_a", "every_v", "pupil", "a", "v", "o", "j", "core", "stay", "a_code", "v_code", "ao", "aj", "av", "ov", "oj",
    "jv", "unit", "person", "found", "result", "old", "now", "renumbered",
)  # fmt: skip
# What stands certified, but of the LEAs whose trials are looked at in its place.
OCTOBER = "(SELECT * FROM coredata_studentcourse WHERE school_year_id = {year} AND lea_id <> ALL(%(tried)s::bigint[])"
OCTOBER += " UNION ALL SELECT * FROM o_trial)"
JUNE = "(SELECT * FROM coredata_studentoutcome WHERE school_year_id = {year} AND lea_id <> ALL(%(tried)s::bigint[])"
JUNE += " UNION ALL SELECT * FROM j_trial)"

OCTOBER_COURSES = (Cycle.OCTOBER, Kind.CRS_ASSIGN)
OCTOBER_STUDENTS = (Cycle.OCTOBER, Kind.STU_ASSIGN)
OCTOBER_CORE = (Cycle.OCTOBER, Kind.STU_CORE)
JUNE_OUTCOMES = (Cycle.JUNE, Kind.STU_CRS_COMP)

Which = tuple[str, str]  # cycle and kind


class NoSuchYear(LookupError):
    """The directory lacks the school year."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to compare. `leas` None: all of them. `is_whole`: also what no LEA can mend.

    `trials`: uploads that are looked at as if they were certified at `tried_at`. `report`: a provider's report looked
    at as if it were accepted.
    """

    year: int
    as_of: dt.date
    leas: tuple[int, ...] | None = None
    is_whole: bool = True
    trials: tuple[int, ...] = ()
    report: int | None = None
    tried_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """What an LEA's answer rests on: by cycle and kind the upload that counts, and the one certified before it."""

    lea_id: int
    now: Mapping[Which, Upload]
    before: Mapping[Which, Upload]
    newer_trial_on: dt.date | None = None

    def has(self, which: Which) -> bool:
        return which in self.now

    def upload(self, which: Which) -> int | None:
        found = self.now.get(which)
        return found.pk if found else None

    @property
    def october_on(self) -> dt.date | None:
        """The day on which the later of the two October files was certified; None while one lacks."""
        pair = [self.now.get(which) for which in (OCTOBER_COURSES, OCTOBER_STUDENTS)]
        days = [central_date(upload.certified_at) for upload in pair if upload and upload.certified_at]
        return max(days) if len(days) == len(pair) else None


@dataclass(slots=True)
class Found:
    """What a comparison came to. The mismatches are in the temporary table `result` until the transaction ends.

    `reports`: the ids of the reports it rests on. `seconds`: by code, of the time the database took.
    """

    question: Question
    files: dict[int, Files]
    reports: list[int]
    seconds: dict[str, float] = field(default_factory=dict)


def find(question: Question) -> Found:
    """Compare, inside a transaction: temporary tables go with it. Raises NoSuchYear."""
    assert connection.in_atomic_block
    year = SchoolYear.objects.filter(year=question.year).first()
    if year is None:
        raise NoSuchYear(question.year)
    found = Found(question, _files(question), _reports(question))
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
        "tried": _tried(found),
        "trials": list(question.trials),
    }
    with connection.cursor() as cursor:
        # Of tables made a moment ago the planner guesses high, and would compile for longer than it runs.
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
        cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{name}" for name in OURS))
        cursor.execute(SCOPE)
        _lay_scope(cursor, found, october=october, june=june)
        _derive(found)
        for name in SETUP:
            started = time.monotonic()
            text = setup(name).replace("{october}", OCTOBER.format(year=question.year))
            run_statements(cursor, text.replace("{june}", JUNE.format(year=question.year)), values)
            found.seconds[name] = time.monotonic() - started
        for code, query in RULES.items():
            _timed(cursor, found, code, query, values)
        _overdue(cursor, min(question.as_of, year.ends_on), question.report)
        _hide(cursor, RULES.keys() | {"M-72"})
        for code, query in PATTERNS.items():
            _timed(cursor, found, code, query, values)
        _hide(cursor, PATTERNS.keys())
        if not question.is_whole:
            cursor.execute("DELETE FROM found WHERE lea_id IS NULL")
        run_statements(cursor, setup(CONCLUSION), values)
    return found


def lay_beside(found: Found) -> None:
    """Lay what was found before beside it: the temporary tables `old` and `now`, which end with the transaction.

    What was open under a number that its student had before is laid under the number that the student has now.
    """
    question = found.question
    with connection.cursor() as cursor:
        run_statements(cursor, setup(BESIDE), {"year": question.year, "is_whole": question.is_whole})


def rows() -> list[tuple[Any, ...]]:
    """What `find` found, in order: code, LEA, provider, MOSIS ID, course, semester, cause and facts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, lea_id, provider_id, mosis_id, course_code, semester, cause, facts::text FROM result"
            " ORDER BY code, lea_id, mosis_id, course_code, semester, provider_id"
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def run_statements(cursor: CursorWrapper, text: str, values: Mapping[str, Any]) -> None:
    """Statements one after the other: the driver takes one with parameters at a time."""
    for statement in text.split(";\n"):
        if statement.strip():
            cursor.execute(statement, values)


def _hide(cursor: CursorWrapper, codes: Set[str]) -> None:
    """Take away those of these codes that another mismatch explains."""
    for hiding in HIDINGS:
        if hidden := codes & set(hiding.hidden):
            for statement in hide(hiding):
                cursor.execute(statement, [list(hiding.codes), sorted(hidden)])


def _timed(cursor: CursorWrapper, found: Found, code: str, query: str, values: Mapping[str, Any]) -> None:
    kind = CATALOGUE[code]
    if kind.runs is Runs.OFF or (kind.runs is Runs.REHEARSAL and not found.question.trials):
        return
    started = time.monotonic()
    cursor.execute(query, {**values, **kind.numbers})
    found.seconds[code] = time.monotonic() - started


def _files(question: Question) -> dict[int, Files]:
    """The files of each LEA in scope, in the order of the LEAs."""
    wanted = Upload.objects.filter(collection__school_year=question.year).select_related("collection")
    wanted = wanted.order_by("lea", "certified_at", "pk")
    if question.leas is not None:
        wanted = wanted.filter(lea__in=question.leas)
    tried = [_as_certified(upload, question) for upload in wanted.filter(pk__in=question.trials)]
    once = [*wanted.filter(state__in=ONCE_CERTIFIED).exclude(pk__in=question.trials), *tried]
    trials = wanted.filter(state=UploadState.TRIAL).exclude(pk__in=question.trials)
    leas = question.leas if question.leas is not None else _every_lea(question.year)
    now: dict[int, dict[Which, Upload]] = {lea: {} for lea in leas}
    before: dict[int, dict[Which, Upload]] = {lea: {} for lea in leas}
    for upload in once:
        which = _which(upload)
        if upload.lea_id not in now:
            continue
        if current := now[upload.lea_id].pop(which, None):
            before[upload.lea_id][which] = current
        if upload.state == UploadState.CERTIFIED:
            now[upload.lea_id][which] = upload
        else:
            before[upload.lea_id][which] = upload
    newer: dict[int, dt.date] = {}
    for upload in trials:
        if upload.lea_id in now and _which(upload) in now[upload.lea_id]:
            newer[upload.lea_id] = max(central_date(upload.sent_at), newer.get(upload.lea_id, dt.date.min))
    return {lea: Files(lea, now[lea], before[lea], newer.get(lea)) for lea in sorted(leas)}


def _as_certified(upload: Upload, question: Question) -> Upload:
    upload.state, upload.certified_at = UploadState.CERTIFIED, question.tried_at
    return upload


def _which(upload: Upload) -> Which:
    assert upload.collection is not None
    return upload.collection.cycle, upload.collection.kind


def _every_lea(year: int) -> list[int]:
    """Every LEA that was open on a day of the school year."""
    starts = SchoolYear.objects.get(year=year).starts_on
    return list(Lea.objects.exclude(active_to__lt=starts).values_list("pk", flat=True))


def _reports(question: Question) -> list[int]:
    """The accepted reports of the school year; the tried one in the place of its provider's."""
    accepted = ProviderReport.objects.filter(school_year=question.year, state=ReportState.ACCEPTED)
    if question.report is None:
        return sorted(accepted.values_list("pk", flat=True))
    tried = ProviderReport.objects.get(pk=question.report)
    others = accepted.exclude(provider=tried.provider_id).values_list("pk", flat=True)
    return sorted([*others, tried.pk])


def _tried(found: Found) -> list[int]:
    """The LEAs whose student-courses are not those that stand certified."""
    tried = set(found.question.trials)
    return [
        lea for lea, files in found.files.items() if any(upload.pk in tried for upload in files.now.values())
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
    _lay_files(cursor, found, "core_file", [OCTOBER_CORE])
    _lay_files(cursor, found, "course_file", [OCTOBER_COURSES])
    _lay_files(
        cursor, found, "stay_file", [(Cycle.JUNE, Kind.STU_ENRL_ATTND), (Cycle.AUGUST, Kind.STU_ENRL_ATTND)]
    )


def _lay_files(cursor: CursorWrapper, found: Found, table: str, kinds: Iterable[Which]) -> None:
    """The certified files of a kind of every LEA; of those in scope the ones that count in this question."""
    by_lea: dict[int, tuple[int, int | None]] = {}
    for cycle, kind in kinds:
        certified = Upload.objects.filter(
            state=UploadState.CERTIFIED,
            collection__school_year=found.question.year,
            collection__cycle=cycle,
            collection__kind=kind,
        ).exclude(lea__in=found.files)
        others = {
            lea: (pk, collection) for lea, pk, collection in certified.values_list("lea", "pk", "collection")
        }
        own = {
            lea: (upload.pk, upload.collection_id)
            for lea, files in found.files.items()
            if (upload := files.now.get((cycle, kind)))
        }
        by_lea = {**others, **own, **by_lea}
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for lea, (upload_id, collection_id) in by_lea.items():
            copy.write_row((lea, upload_id, collection_id))


def _derive(found: Found) -> None:
    """The student-courses of trials, and those of the versions that were certified before."""
    year, tried = found.question.year, set(_tried(found))
    for lea, files in found.files.items():
        if lea in tried:
            _derive_trial(files, year)
        earlier = {
            which: files.before.get(which, files.now.get(which))
            for which in (OCTOBER_COURSES, OCTOBER_STUDENTS)
        }
        courses, students = earlier[OCTOBER_COURSES], earlier[OCTOBER_STUDENTS]
        if courses and students and earlier.keys() & files.before.keys():
            student_courses.build_october(
                "o_before", lea, year, courses=File.of(courses), students=File.of(students)
            )


def _derive_trial(files: Files, year: int) -> None:
    courses, students = files.now.get(OCTOBER_COURSES), files.now.get(OCTOBER_STUDENTS)
    if courses and students:
        student_courses.build_october(
            "o_trial", files.lea_id, year, courses=File.of(courses), students=File.of(students)
        )
    if june := files.now.get(JUNE_OUTCOMES):
        student_courses.build_june("j_trial", files.lea_id, year, june=File.of(june), october="o_trial")


def _overdue(cursor: CursorWrapper, as_of: dt.date, tried: int | None) -> None:
    """M-72: providers whose report is overdue, or was when the school year ended: later none is asked for.

    Few, and the rule for them stands in reports_due. `tried`: a report that is looked at as if it were accepted.
    """
    late = [due for due in reports_due(as_of, tried=tried) if due.is_overdue]
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


__all__ = [
    "Files",
    "Found",
    "NoSuchYear",
    "Question",
    "answer",
    "find",
    "lay_beside",
    "rows",
    "run_statements",
]
