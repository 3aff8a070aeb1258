"""Which LEAs have something newer than the last comparison, a file, a report, an approval, an agreement or a learning
plan; and who shares their students."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import IntegerField, Max, Q, QuerySet
from django.db.models.expressions import RawSQL

from coredata.models import ProviderReport, ReportRow, ReportState, Upload, UploadState
from enrollment.full_time.models import ProgramEnrollment, ScheduledCourse
from enrollment.part_time.models import CourseLine
from enrollment.records.models import LearningPlan, Student
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.directory.models import Lea
from providers.models import Agreement

from .models import Run

# What is approved stands in these tables, with the papers that approvals rest on; their histories say what changed.
# Plans have none: one that is there stays as it is.
TRACKED: tuple[type[Any], ...] = (
    CourseLine,
    RosterLine,
    ProgramEnrollment,
    ScheduledCourse,
    Student,
    Agreement,
    LearningPlan,
)

# LEAs that say something of the same students: they may have to hear of the same change.
SHARING = """
WITH registered AS (
    SELECT roster.lea_id, student.mosis_id FROM registration_rosterline AS roster
    JOIN part_time_courseline AS line ON line.id = roster.line_id
    JOIN part_time_courserequest AS request ON request.id = line.request_id
    JOIN records_claim AS claim ON claim.id = request.claim_id
    JOIN records_student AS student ON student.id = claim.student_id
), pupil AS (
    SELECT mosis_id FROM coredata_studentcourse
        WHERE school_year_id = %(year)s AND lea_id = ANY(%(leas)s) AND program_code <> ''
    UNION SELECT mosis_id FROM reconcile_mismatch
        WHERE school_year_id = %(year)s AND lea_id = ANY(%(leas)s) AND mosis_id <> '' AND state <> 'resolved'
    UNION SELECT mosis_id FROM registered WHERE lea_id = ANY(%(leas)s)
    UNION SELECT reported.mosis_id FROM coredata_reportrow AS reported
        JOIN directory_lea AS lea ON lea.state_district_id = reported.district_code
        JOIN coredata_providerreport AS report ON report.id = reported.report_id
        WHERE report.school_year_id = %(year)s AND report.state = 'accepted'
            AND lea.organization_id = ANY(%(leas)s) AND reported.mosis_id <> ''
)
SELECT lea_id FROM coredata_studentcourse JOIN pupil USING (mosis_id) WHERE school_year_id = %(year)s
UNION SELECT lea_id FROM registered JOIN pupil USING (mosis_id)
UNION SELECT lea.organization_id FROM coredata_reportrow AS reported
    JOIN pupil USING (mosis_id)
    JOIN coredata_providerreport AS report ON report.id = reported.report_id
    JOIN directory_lea AS lea ON lea.state_district_id = reported.district_code
    WHERE report.school_year_id = %(year)s AND report.state = 'accepted'
UNION SELECT enrollment.resident_lea_id FROM full_time_programenrollment AS enrollment
    JOIN records_student AS student ON student.id = enrollment.student_id JOIN pupil USING (mosis_id)
UNION SELECT program.host_id FROM full_time_programenrollment AS enrollment
    JOIN full_time_program AS program ON program.id = enrollment.program_id
    JOIN records_student AS student ON student.id = enrollment.student_id JOIN pupil USING (mosis_id)
"""


# How far back an event is looked for whose number was given early and which was committed late.
LOOK_BACK = 10_000
OLDEST = "3"  # the first transaction that there can be


def marks(year: int) -> dict[str, Any]:
    """What a comparison that begins now will see: the files and reports that count, and how far approvals have come.

    A file is known by its number and not by its moment: one that was certified a moment before may be seen later. So
    may an event of a history, whose number is given before it is committed: `open` is the oldest transaction that is
    not over yet, and of the events that it or a later one wrote those are `seen` that can be seen now.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        (oldest,) = cursor.fetchone()
    certified = Upload.objects.filter(collection__school_year=year, state=UploadState.CERTIFIED)
    accepted = ProviderReport.objects.filter(school_year=year, state=ReportState.ACCEPTED)
    found: dict[str, Any] = {
        "files": sorted(certified.values_list("pk", flat=True)),
        "reports": sorted(accepted.values_list("pk", flat=True)),
    }
    found["open"], found["events"] = oldest, {}
    for model in TRACKED:
        events, number, _whose = _history(model)
        last = events.aggregate(last=Max(number))["last"] or 0
        late = _written_since(events, number, last, oldest)
        found["events"][model.__name__] = {"last": last, "seen": sorted(late.values_list(number, flat=True))}
    return found


def leas_with_newer(year: int, now: Mapping[str, Any]) -> list[int]:
    """The LEAs that have something else than when the last comparison of the school year began, in their order.

    `now`: the marks of this moment, which are then those of the run: what comes in while it begins is newer than it.
    None before there was a comparison: the night begins.
    """
    last = _last_of_all(year)
    if last is None:
        return []
    same_files = all(now[name] == last.marks.get(name) for name in ("files", "reports"))
    if same_files and not any(_since(model, last.marks).exists() for model in TRACKED):
        return []
    own = {
        *_by_files(set(now["files"]) ^ set(last.marks["files"])),
        *_by_reports(set(now["reports"]) ^ set(last.marks["reports"])),
        *_by_approvals(last.marks),
    }
    if not own:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SHARING, {"year": year, "leas": sorted(own)})
        return sorted(own | {lea for (lea,) in cursor.fetchall()})


def _last_of_all(year: int) -> Run | None:
    """The last run after which every LEA is compared with what its marks say.

    One that failed or was killed is not: what it did not come to is newer still. Nor is one of some LEAs by hand, which
    has no marks.
    """
    done = Run.objects.filter(school_year=year, finished_at__isnull=False).exclude(marks={})
    return done.order_by("-started_at", "-pk").first()


def _by_files(changed: Iterable[int]) -> Iterable[int]:
    return set(Upload.objects.filter(pk__in=changed).values_list("lea", flat=True))


def _by_reports(changed: Iterable[int]) -> Iterable[int]:
    """The LEAs named in reports that came or went: what the report before said counts, too."""
    codes = ReportRow.objects.filter(report__in=changed).values("district_code")
    return set(Lea.objects.filter(state_district_id__in=codes).values_list("pk", flat=True))


def _by_approvals(since: Mapping[str, Any]) -> Iterable[int]:
    # A number or birth date was corrected, or two records were joined: the one that is kept may be as it was.
    students = (
        Q(pk__in=_changed(Student, since))
        | Q(merged_from__in=_changed(Student, since))
        | Q(learning_plans__in=_changed(LearningPlan, since))
    )
    changed = Student.objects.filter(students).values("pk")
    lines = CourseLine.objects.filter(
        Q(pk__in=_changed(CourseLine, since))
        | Q(roster_line__in=_changed(RosterLine, since))
        | Q(request__claim__student__in=changed)
    )
    enrollments = ProgramEnrollment.objects.filter(
        Q(pk__in=_changed(ProgramEnrollment, since))
        | Q(schedules__courses__in=_changed(ScheduledCourse, since))
        | Q(student__in=changed)
    )
    pairs = [
        *lines.values_list("request__lea", "roster_line__lea"),
        *enrollments.values_list("resident_lea", "program__host"),
    ]
    # An LEA that paid until now stands in the history only; that of agreements has both LEAs of each.
    pairs += _since(RosterLine, since).values_list("lea", "lea")
    pairs += _since(Agreement, since).values_list("lea", "partner_lea")
    return {lea for pair in pairs for lea in pair if lea}


def _history(model: type[Any]) -> tuple[QuerySet[Any], str, str]:
    """The events of a model, what numbers them, and which row each is of."""
    history: Any = getattr(model, "pgh_event_model", None)
    if history is None:
        return model._default_manager.order_by(), "pk", "pk"  # noqa: SLF001 – Django's own name for it
    return history.objects.order_by(), "pgh_id", "pgh_obj"


def _since(model: type[Any], since: Mapping[str, Any]) -> QuerySet[Any]:
    """The events that could not be seen when these marks were taken."""
    events, number, _whose = _history(model)
    mark = since.get("events", {}).get(model.__name__, {"last": 0, "seen": []})
    late = _written_since(events, number, mark["last"], since.get("open", OLDEST))
    return late.exclude(**{f"{number}__in": mark["seen"]})


def _written_since(events: QuerySet[Any], number: str, last: int, oldest: str) -> QuerySet[Any]:
    """The events that this transaction or a later one wrote, down to LOOK_BACK numbers before the last.

    Which transactions could be seen the server does not tell of those within another one (savepoints): they are later
    than the one around them. So what can be seen is kept by its number.
    """
    age = RawSQL("age(xmin)", [], output_field=IntegerField())
    since = RawSQL("age(%s::xid8::xid)", [oldest], output_field=IntegerField())
    written: QuerySet[Any] = events.alias(written=age).filter(
        **{f"{number}__gt": last - LOOK_BACK}, written__lte=since
    )
    return written


def _changed(model: type[Any], since: Mapping[str, Any]) -> QuerySet[Any]:
    """The ids of what has changed."""
    _events, _number, whose = _history(model)
    return _since(model, since).values(whose)
