"""A comparison of a school year, LEA by LEA: what is found is written, once, whoever runs it how often.

Every piece is a transaction of its own that ends with a row for each of its LEAs. A run that was killed goes on with
the LEAs that have none; a run that is over stays as it is.

What happens meanwhile. A file certified or a report accepted while a piece runs is not in it; it is not in the marks of
the run either, so the next minute compares again whom it touches. An LEA that closes is compared while its school year
is: what disagrees in what it certified stays open until a provider, a request or the state office mends it, and is told
to the state office once nobody has a hat there; files whose window opened after it had closed are not missing. A number
of a student that is corrected, or given up in a merge, carries what is open to the new number, with its answers, where
the same disagreement is found there and nothing stands there yet; all else under the old number is resolved, for the
reason that the student has another one (sql/beside.sql).
"""

from __future__ import annotations

import datetime as dt
import math
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Count, Q, Sum
from psycopg.errors import SerializationFailure

from coredata.models import ProviderReport, Upload
from coredata.store import student_courses
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from mocap_portal.foundation.shared import nights
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.locks import held, held_if_free

from .. import digests, newer, unchanged
from ..catalogue import CATALOGUE, Actor
from ..engine import Found, find, lay_beside, literals, run_statements
from ..files import JUNE_OUTCOMES, OCTOBER_COURSES, OCTOBER_STUDENTS, Files, Question
from ..models import OPEN_STATES, LeaRun, Mismatch, Run, RunKind
from ..statements import setup

Seconds = Mapping[str, float]  # by code
LOCK = "coredata.reconcile"
TRIES = 3  # of a piece that somebody's answer came between
# What a provider mends by its next report.
OF_PROVIDERS = sorted(code for code, kind in CATALOGUE.items() if kind.acts == (Actor.PROVIDER,))
# What would come and go: identities that are in one of the two and not in the other.
IDENTITY = "lea, code, mosis_id, course_code, semester, whole"
COMPARED = f"""
WITH now AS (SELECT {IDENTITY} FROM now), old AS (SELECT {IDENTITY} FROM old WHERE state <> 'resolved')
SELECT (SELECT count(*) FROM (TABLE now EXCEPT TABLE old) AS opened),
    (SELECT count(*) FROM (TABLE old EXCEPT TABLE now) AS resolved)
"""  # noqa: S608 # from a constant


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a comparison came to. `by_code`: what is open, by code. `run` is None where nothing was kept."""

    run: int | None
    as_of: dt.date
    leas: int
    opened: int
    resolved: int
    open: int
    by_code: Mapping[str, int]
    seconds: float

    @classmethod
    def of(cls, run: Run, *, seconds: float) -> Outcome:
        opened = run.opened + run.reopened
        return cls(run.pk, run.as_of, run.leas, opened, run.resolved, run.open, run.by_code, seconds)

    def to_json(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "as_of": self.as_of.isoformat(),
            "leas": self.leas,
            "opened": self.opened,
            "resolved": self.resolved,
            "open": self.open,
            "by_code": dict(self.by_code),
            "seconds": round(self.seconds, 3),
        }


def sum_up(outcomes: Sequence[Outcome]) -> Outcome:
    """What the comparisons of several school years on one day came to together; the run is that of the newest year."""
    newest = outcomes[-1]
    by_code: Counter[str] = Counter()
    for outcome in outcomes:
        by_code.update(outcome.by_code)
    return Outcome(
        newest.run,
        newest.as_of,
        newest.leas,
        sum(outcome.opened for outcome in outcomes),
        sum(outcome.resolved for outcome in outcomes),
        sum(outcome.open for outcome in outcomes),
        dict(sorted(by_code.items())),
        sum(outcome.seconds for outcome in outcomes),
    )


def years_to_compare(day: dt.date) -> list[SchoolYear]:
    """The school years whose data may still be mended on this day, the older first."""
    after = dt.timedelta(days=settings.RECONCILE_DAYS_AFTER_YEAR)
    return list(SchoolYear.objects.filter(starts_on__lte=day, ends_on__gte=day - after).order_by("year"))


def compare(
    year: int,
    *,
    as_of: dt.date,
    at: dt.datetime,
    kind: RunKind,
    leas: Sequence[int] | None = None,
    marks: Mapping[str, Any] | None = None,
) -> Run:
    """Compare all LEAs of a school year, or these, and keep what is found. A night that is over stays as it is.

    `as_of`: what is due by this day is due. `marks`: where these LEAs are all that had something newer, the marks by
    which they were chosen (`newer`). Whoever else compares waits. Raises NoSuchYear.
    """
    with held(LOCK):
        if marks is None:
            # After a run of some LEAs others may still have something newer: it leaves no marks.
            marks = newer.marks(year) if leas is None else {}
        run = _begin(year, as_of=as_of, at=at, kind=kind, marks=marks)
        if run.finished_at is not None:
            return run
        is_whole = leas is None
        try:
            done = set(run.of_leas.values_list("lea", flat=True))
            all_of_them = leas_of(year) if leas is None else sorted(leas)
            if is_whole and not done and _stays_as_it_was(run, all_of_them, at=at):
                return _finish(run, at=at, is_whole=is_whole)
            wanted = [lea for lea in all_of_them if lea not in done]
            _several(
                run,
                [
                    partial(_piece, run, Question(year, as_of, leas=piece, is_whole=False), at=at)
                    for piece in _pieces(wanted)
                ],
            )
            if is_whole:
                _several(run, [partial(_piece, run, Question(year, as_of, leas=(), is_whole=True), at=at)])
            return _finish(run, at=at, is_whole=is_whole)
        except Exception as error:
            # Its text may quote a row: only its kind is kept.
            Run.objects.filter(pk=run.pk).update(failed_at=at, failure=type(error).__name__)
            if kind == RunKind.NIGHT:
                digests.tell_of_failure(run)
            raise


def compare_night(*, at: dt.datetime) -> list[Run]:
    """Run the night that has begun by this moment, for each school year that is compared, unless it is done.

    Nothing while somebody else compares: it is looked for again.
    """
    night = nights.latest(at)
    with held_if_free(LOCK) as is_free:
        done = Run.objects.filter(kind=RunKind.NIGHT, as_of=night, finished_at__isnull=False)
        years = set(done.values_list("school_year", flat=True))

        def of_year(year: int) -> Run | None:
            return None if year in years else compare(year, as_of=night, at=at, kind=RunKind.NIGHT)

        return _each(years_to_compare(night) if is_free else [], of_year)


def compare_newer(*, at: dt.datetime) -> list[Run]:
    """Compare the LEAs that have something newer than the last comparison; no run where there is nothing.

    Nothing while somebody else compares: what came in meanwhile is still newer a minute later.
    """
    today = central_date(at)
    with held_if_free(LOCK) as is_free:

        def of_year(year: int) -> Run | None:
            marks = newer.marks(year)
            leas = newer.leas_with_newer(year, marks)
            if not leas:
                return None
            return compare(year, as_of=today, at=at, kind=RunKind.NEWER, leas=leas, marks=marks)

        return _each(years_to_compare(today) if is_free else [], of_year)


def _each(years: Sequence[SchoolYear], of_year: Callable[[int], Run | None]) -> list[Run]:
    """The runs of these school years. Where one fails the others are run before its error is raised."""
    runs, errors = [], []
    for year in years:
        try:
            run = of_year(year.year)
        except Exception as error:
            errors.append(error)
        else:
            if run is not None:
                runs.append(run)
    if len(errors) > 1:
        raise ExceptionGroup("several school years", errors)
    if errors:
        raise errors[0]
    return runs


@transaction.atomic
def look(year: int, *, as_of: dt.date, leas: Sequence[int] | None = None) -> Outcome:
    """What a comparison would come to now. Nothing is kept, nobody is told. Raises NoSuchYear."""
    started = time.monotonic()
    wanted = tuple(leas) if leas is not None else tuple(leas_of(year))
    found = find(Question(year, as_of, leas=wanted, is_whole=leas is None))
    lay_beside(found)
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, count(*) FROM result GROUP BY code ORDER BY code")
        by_code = dict(cursor.fetchall())
        cursor.execute(COMPARED)
        opened, resolved = cursor.fetchone()
    seconds = time.monotonic() - started
    return Outcome(None, as_of, len(found.files), opened, resolved, sum(by_code.values()), by_code, seconds)


def leas_of(year: int) -> list[int]:
    """Every LEA that was open on a day of the school year, and what is closed but has something open."""
    starts = SchoolYear.objects.get(year=year).starts_on
    left = Mismatch.objects.filter(school_year=year, lea__isnull=False).still_open().values("lea")
    wanted = Q(active_to__isnull=True) | Q(active_to__gte=starts) | Q(pk__in=left)
    return sorted(Lea.objects.filter(wanted).values_list("pk", flat=True))


def _begin(year: int, *, as_of: dt.date, at: dt.datetime, kind: RunKind, marks: Mapping[str, Any]) -> Run:
    if kind == RunKind.NIGHT:
        night = {"school_year_id": year, "as_of": as_of, "kind": kind}
        if (run := Run.objects.filter(**night).first()) is None:
            marks = {**marks, "rows": unchanged.rows_read()}
            run, _is_new = Run.objects.get_or_create(**night, defaults={"started_at": at, "marks": marks})
        return run
    return Run.objects.create(school_year_id=year, as_of=as_of, kind=kind, started_at=at, marks=marks)


@transaction.atomic
def _stays_as_it_was(run: Run, leas: Sequence[int], *, at: dt.datetime) -> bool:
    """Whether this night finds what the one before it found, which is then written without asking again."""
    last = unchanged.night_before(run)
    if last is None or set(last.of_leas.values_list("lea", flat=True)) != set(leas):
        return False
    values = {
        "year": run.school_year_id,
        "run": run.pk,
        "last": last.pk,
        "at": at,
        "days": (run.as_of - last.as_of).days,
        "count_days": list(unchanged.COUNT_DAYS),
        "open_states": [state.value for state in OPEN_STATES],
    }
    with connection.cursor() as cursor:
        cursor.execute(unchanged.KEPT % literals(values))
    return True


def _pieces(leas: Sequence[int]) -> list[tuple[int, ...]]:
    """As many as are done at once, or some times so many. Neighbours go apart: large LEAs may stand together."""
    together = settings.RECONCILE_PIECES_AT_ONCE
    pieces = together * math.ceil(len(leas) / (settings.RECONCILE_LEAS_AT_ONCE * together))
    return [piece for first in range(pieces) if (piece := tuple(leas[first::pieces]))]


def _several(run: Run, pieces: Sequence[Callable[[], Seconds]]) -> None:
    """Do them all, some at once on connections of their own: a piece reads and writes nothing of another one.

    Where one fails those that have begun end, the others are left out, and its error is raised. In a transaction of
    the caller's they are done one after the other: no other connection sees what it has written. The seconds are added
    up last: a piece refers to the run as it was when the piece began.
    """
    seconds = Counter[str](run.seconds_by_code)
    at_once = min(len(pieces), settings.RECONCILE_PIECES_AT_ONCE)
    if at_once < 2 or connection.in_atomic_block:
        for piece in pieces:
            seconds.update(piece())
    else:
        left = deque(pieces)
        with ThreadPoolExecutor(at_once) as threads:
            begun = [threads.submit(_on_its_own_connection, left) for _thread in range(at_once)]
            try:
                for done in as_completed(begun):
                    seconds.update(done.result())
            except BaseException:
                left.clear()
                raise
    run.seconds_by_code = {code: round(taken, 4) for code, taken in seconds.items()}
    Run.objects.filter(pk=run.pk).update(seconds_by_code=run.seconds_by_code)


def _on_its_own_connection(left: deque[Callable[[], Seconds]]) -> Seconds:
    """Do what is left until nothing is: one connection for all, which has made and planned what each of them needs."""
    seconds = Counter[str]()
    try:
        while piece := _taken(left):
            seconds.update(piece())
    finally:
        connection.close()
    return seconds


def _taken(left: deque[Callable[[], Seconds]]) -> Callable[[], Seconds] | None:
    try:
        return left.popleft()
    except IndexError:
        return None


def _piece(run: Run, question: Question, *, at: dt.datetime) -> Seconds:
    """One piece, and again where somebody's answer came between. Returns the seconds of each code."""
    for _time in range(TRIES - 1):
        try:
            return _try_piece(run, question, at=at)
        except OperationalError as error:
            if not isinstance(error.__cause__, SerializationFailure):
                raise
    return _try_piece(run, question, at=at)


@transaction.atomic
def _try_piece(run: Run, question: Question, *, at: dt.datetime) -> Seconds:
    _as_of_one_moment()
    return _write(run, question, at=at)


def _as_of_one_moment() -> None:
    """Let the whole piece see the data as they were when it began: a file may be certified meanwhile."""
    if not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _write(run: Run, question: Question, *, at: dt.datetime) -> Seconds:
    for lea in student_courses.stale(question.leas or (), question.year):
        student_courses.rebuild(lea, question.year)
    found = find(question)
    lay_beside(found)
    values = {
        "year": question.year,
        "as_of": question.as_of,
        "at": at,
        "run": run.pk,
        "is_whole": question.is_whole,
        "of_providers": OF_PROVIDERS,
        "open_states": [state.value for state in OPEN_STATES],
    }
    since = list(_newer(run, found))  # asked before the COPY below takes the connection
    with connection.cursor() as cursor:
        with cursor.copy("COPY file FROM STDIN") as copy:
            for files in found.files.values():
                copy.write_row((files.lea_id, *_places(files)))
        with cursor.copy("COPY newer FROM STDIN") as copy:
            for row in since:
                copy.write_row(row)
        run_statements(cursor, found, setup("life"), literals(values))
    if run.kind == RunKind.NIGHT:
        digests.tell_leas_of_new(run, question.leas or ())
    return found.seconds


def _places(files: Files) -> tuple[int | None, int | None, int | None]:
    return files.upload(OCTOBER_COURSES), files.upload(OCTOBER_STUDENTS), files.upload(JUNE_OUTCOMES)


def _newer(run: Run, found: Found) -> Iterator[tuple[int | None, int | None, int | None, int | None]]:
    """What counts now and did not when these LEAs were compared last: LEA, provider, upload, report."""
    runs = LeaRun.objects.filter(lea__in=found.files, run__school_year=run.school_year_id)
    before = {last.lea_id: last for last in runs.order_by("lea", "-finished_at", "-pk").distinct("lea")}
    reports = ProviderReport.objects.in_bulk(found.reports)
    for lea, files in found.files.items():
        if (last := before.get(lea)) is None:
            continue
        known = {last.courses_id, last.students_id, last.june_id}
        new = [upload for upload in files.now.values() if _matters(upload) and upload.pk not in known]
        if new:
            yield lea, None, max(new, key=lambda upload: (upload.certified_at, upload.pk)).pk, None
        for report in reports.values():
            if report.accepted_at and report.accepted_at > last.finished_at:
                yield lea, report.provider_id, None, report.pk
    if found.question.is_whole:
        for report in reports.values():
            yield None, report.provider_id, None, report.pk


def _matters(upload: Upload) -> bool:
    assert upload.collection is not None
    which = upload.collection.cycle, upload.collection.kind
    return which in {OCTOBER_COURSES, OCTOBER_STUDENTS, JUNE_OUTCOMES}


@transaction.atomic
def _finish(run: Run, *, at: dt.datetime, is_whole: bool) -> Run:
    """Sum up, and close. Providers are told here: an LEA's piece does not know what others found."""
    run = Run.objects.select_for_update().get(pk=run.pk)
    sums = run.of_leas.aggregate(
        leas=Count("pk"), opened=Sum("opened"), reopened=Sum("reopened"), resolved=Sum("resolved")
    )
    of_year = Mismatch.objects.filter(school_year=run.school_year_id).order_by()
    by_code = dict(of_year.still_open().values_list("code").annotate(count=Count("pk")))
    nobodys = of_year.filter(lea__isnull=True)
    run.leas = sums["leas"]
    run.opened = (sums["opened"] or 0) + nobodys.filter(first_run=run).count()
    run.reopened = sums["reopened"] or 0
    run.resolved = (sums["resolved"] or 0) + nobodys.filter(resolved_run=run).count()
    run.open, run.by_code = sum(by_code.values()), dict(sorted(by_code.items()))
    run.finished_at, run.failed_at, run.failure = at, None, ""
    run.save()
    if run.kind == RunKind.NIGHT and is_whole:
        digests.tell_providers_of_new(run)
    return run
