"""The facts of an attendance letter, gathered from enrollment, schedule and course lines as they stand on a day."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Max, Min, Q

from enrollment.full_time.models import ProgramEnrollment
from enrollment.full_time.rules import DAYS_OF_A_WEEK, credits_of
from enrollment.part_time.models import ENDED_LINES, CourseLine, LineState
from enrollment.part_time.rules import planned_minutes
from enrollment.records.models import Move
from enrollment.registration.models import PayerChange, RosterLine, looked_after_by
from mocap_portal.foundation.directory.models import Lea, LegalKey, LegalValue, School, SchoolYear, TermCode

from . import rules
from .models import LetterRequest, StatedHours


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A course that runs on the day the letter describes. `minutes` in a week; both days count."""

    title: str
    minutes: int
    starts_on: dt.date
    ends_on: dt.date
    teacher: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """Hours that somebody else stated: never certified. `minutes` in a week."""

    kind: str
    minutes: int
    stated_by: str
    stated_on: dt.date


@dataclass(frozen=True, slots=True)
class CombinedWords:
    """What no program's page says about combined study: the official of the resident district types it."""

    attendance: str
    interaction: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceFacts:
    """What an attendance letter states. `day`: the letter's own. `as_of`: the day that hours and courses describe.

    Minutes are those of a week; `week` Monday first, empty for combined study, whose courses name no days. `last_on`
    is None while the student attends. `runs`, `out`, `breaks`: the months since entry (rules.py).
    """

    day: dt.date
    as_of: dt.date
    student: str
    birth_date: dt.date
    school: str
    issuer: str
    issuer_kind: str
    code: str
    program: str
    is_combined: bool
    entered_on: dt.date
    last_on: dt.date | None
    end: str
    minutes: int
    week: tuple[int, ...]
    weeks: int
    credits: Decimal
    shortfall: str
    courses: tuple[CourseFacts, ...]
    runs: tuple[rules.MonthRun, ...]
    out: tuple[rules.Month, ...]
    breaks: tuple[rules.Month, ...]
    interaction: str
    attendance: str
    basis: str
    is_correspondence: bool
    expected_graduation: dt.date | None
    stated: tuple[Stated, ...]
    standards: rules.Standards

    @property
    def stated_minutes(self) -> int:
        return sum(stated.minutes for stated in self.stated)

    @property
    def findings(self) -> rules.Findings:
        return rules.findings(
            self.standards,
            minutes=self.minutes,
            stated_minutes=self.stated_minutes,
            weeks=self.weeks,
            credits_planned=self.credits,
            is_correspondence=self.is_correspondence,
        )

    @property
    def typed(self) -> tuple[str, ...]:
        """Sentences that people typed and the letter prints."""
        return (self.attendance, self.interaction)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as Certification.facts keeps them, the findings among them."""
        values = asdict(self) | {"findings": self.findings}
        plain: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
        return plain

    @property
    def digest(self) -> str:
        """The same for the same facts: what somebody saw in a preview is what is issued."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _LinePlan:
    """A course line as `full_time.rules.Planned`. Lines name no weekdays: the whole week stands on the first."""

    title: str
    starts_on: dt.date
    ends_on: dt.date
    minutes: tuple[int, ...]
    credit: Decimal
    teacher: str


def gather(request: LetterRequest, *, on: dt.date, words: CombinedWords | None = None) -> AttendanceFacts:
    """The facts as the rows say them now, for a letter of this day. `words`: for combined study only.

    Raises NoLegalValue when the state office has entered no standard for the day.
    """
    if request.enrollment is not None:
        return _of_enrollment(request, request.enrollment, on=on)
    return _of_lines(request, on=on, words=words or CombinedWords("", "", ""))


def standards_on(day: dt.date) -> rules.Standards:
    values = LegalValue.objects
    return rules.Standards(
        credits=values.number(LegalKey.FULL_TIME_CREDITS, on=day).normalize(),
        weekly_hours=values.number(LegalKey.FEDERAL_WEEKLY_HOURS, on=day).normalize(),
        weeks=values.whole(LegalKey.FEDERAL_WEEKS, on=day),
    )


def running_lines(student_id: int) -> list[CourseLine]:
    """The student's part-time courses that run, the newest first: what combined study is computed from (R-144)."""
    lines = CourseLine.objects.filter(request__claim__student=student_id, state=LineState.ACTIVE)
    return list(lines.select_related("request__lea", "roster_line__lea").order_by("-started_on", "-pk"))


def payer_of(line: CourseLine) -> Lea:
    """The LEA that looks after a course: after a move the one that pays for it, whoever approved it (R-72)."""
    roster_line: RosterLine | None = getattr(line, "roster_line", None)
    return line.request.lea if roster_line is None else roster_line.lea


def _of_enrollment(request: LetterRequest, enrollment: ProgramEnrollment, *, on: dt.date) -> AttendanceFacts:
    program = enrollment.program
    last_on = enrollment.ended_on
    day = on if last_on is None else min(on, last_on)
    schedules = list(
        enrollment.schedules.counting().prefetch_related("courses__teacher").order_by("valid_from", "pk")
    )
    versions = [
        rules.Version(row.school_year_id, row.valid_from, row.valid_to, list(row.courses.all()))
        for row in schedules
    ]
    entered_on = enrollment.starts_on
    as_of = rules.reference_day(versions, entered_on=entered_on, day=day, left=last_on is not None)
    plan = rules.plan_of_year(versions, as_of)
    running = rules.courses_on(versions, as_of)
    standards = standards_on(on)
    hours = rules.hours_by_month(versions, entered_on=entered_on, last_on=day)
    out, breaks = rules.months_out(
        hours, weekly_hours=standards.weekly_hours, regular=_regular_spans(entered_on, day)
    )
    courses = [
        CourseFacts(
            course.title,
            sum(course.minutes),
            course.starts_on,
            course.ends_on,
            course.teacher.name if course.teacher else "",
        )
        for row in schedules
        for course in row.courses.all()
        if course in running
    ]
    shortfall = next(
        (row.shortfall for row, version in zip(schedules, versions, strict=True) if version is plan), ""
    )
    return AttendanceFacts(
        **_people(request, program.school, program.host),
        day=on,
        as_of=as_of,
        program=program.name,
        is_combined=False,
        entered_on=entered_on,
        last_on=last_on,
        end="" if last_on is None else enrollment.state,
        minutes=rules.minutes_on(versions, as_of),
        week=rules.week_of(running),
        weeks=rules.weeks_of_study(plan.courses if plan else ()),
        credits=credits_of(plan.courses if plan else ()),
        shortfall="" if rules.names_hours(shortfall) else shortfall,
        courses=tuple(sorted(courses, key=lambda course: course.title)),
        runs=tuple(rules.runs_of(hours)),
        out=tuple(out),
        breaks=tuple(breaks),
        interaction=program.interaction,
        attendance=program.attendance_method,
        basis=program.operating_basis,
        is_correspondence=program.is_correspondence,
        expected_graduation=enrollment.expected_graduation,
        stated=(),
        standards=standards,
    )


def _of_lines(request: LetterRequest, *, on: dt.date, words: CombinedWords) -> AttendanceFacts:
    gone = _days_of_leaving(request)
    # A letter of before the move knows nothing of it.
    left = {key: day for key, day in gone.items() if day < on}
    lines = list(
        CourseLine.objects.started()
        .filter(looked_after_by(request.lea_id) | Q(pk__in=gone), request__claim__student=request.student_id)
        .select_related("course", "request__term")
        .order_by("request__term__school_year", "started_on", "pk")
    )
    versions = [
        rules.Version(year, min(plan.starts_on for plan in plans), None, plans)
        for year, group in groupby(lines, key=lambda line: line.request.term.school_year_id)
        if (plans := [_plan_of(line, on=on, left_on=left.get(line.pk)) for line in group])
    ]
    attends = any(line.state == LineState.ACTIVE and line.pk not in left for line in lines)
    planned = [plan for version in versions for plan in version.courses]
    entered_on = min((plan.starts_on for plan in planned), default=on)
    last_on = None if attends or not planned else max(plan.ends_on for plan in planned)
    day = on if last_on is None else min(on, last_on)
    as_of = rules.reference_day(versions, entered_on=entered_on, day=day, left=last_on is not None)
    plan = rules.plan_of_year(versions, as_of)
    running = [course for course in rules.courses_on(versions, as_of) if isinstance(course, _LinePlan)]
    standards, stated = standards_on(on), _stated(request.stated_hours.order_by("pk"))
    hours = rules.hours_by_month(versions, entered_on=entered_on, last_on=day)
    out, breaks = rules.months_out(
        rules.with_stated(hours, sum(row.minutes for row in stated)),
        weekly_hours=standards.weekly_hours,
        regular=_regular_spans(entered_on, day),
    )
    return AttendanceFacts(
        **_people(request, _school_in(request), request.lea),
        day=on,
        as_of=as_of,
        program="",
        is_combined=True,
        entered_on=entered_on,
        last_on=last_on,
        end="",
        minutes=rules.minutes_on(versions, as_of),
        week=(),
        weeks=rules.weeks_of_study(plan.courses if plan else ()),
        credits=credits_of(plan.courses if plan else ()),
        shortfall="",
        courses=tuple(
            CourseFacts(course.title, sum(course.minutes), course.starts_on, course.ends_on, course.teacher)
            for course in sorted(running, key=lambda course: course.title)
        ),
        runs=tuple(rules.runs_of(hours)),
        out=tuple(out),
        breaks=tuple(breaks),
        interaction=words.interaction,
        attendance=words.attendance,
        basis=words.basis,
        is_correspondence=False,
        expected_graduation=None,
        stated=stated,
        standards=standards,
    )


def _people(request: LetterRequest, school: School, issuer: Lea) -> dict[str, Any]:
    return {
        "student": str(request.student),
        "birth_date": request.student.birth_date,
        "school": school.name,
        "issuer": issuer.organization.name,
        "issuer_kind": issuer.kind,
        "code": f"{issuer.state_district_id}-{school.state_school_id}",
    }


def _days_of_leaving(request: LetterRequest) -> dict[int, dt.date]:
    """The student's courses that ran in the LEA of a letter and went along to another one, each with its last day here.

    A letter of before the move can so be checked, and one of after it says until when the student was here.
    """
    changes = (
        PayerChange.objects.filter(from_lea=request.lea_id, line__request__claim__student=request.student_id)
        .filter(line__started_on__lt=F("pays_from"))
        .exclude(line__roster_line__lea=request.lea_id)
    )
    return {
        line: pays_from - dt.timedelta(days=1)
        for line, pays_from in changes.order_by("pk").values_list("line", "pays_from")
    }


def _school_in(request: LetterRequest) -> School:
    """The student's school; of who has left the LEA of the letter, the last one there."""
    school = request.student.school
    if school.lea_id == request.lea_id:
        return school
    moves = Move.objects.filter(student=request.student_id, from_lea=request.lea_id)
    last = moves.select_related("from_school").order_by("moved_on", "pk").last()
    return last.from_school if last else school


def _plan_of(line: CourseLine, *, on: dt.date, left_on: dt.date | None = None) -> _LinePlan:
    """A line that was withdrawn or finished ran until then; another until the day that its provider named.

    `left_on`: the last day in the LEA of the letter, of who left it. What ended early earns no credit.
    """
    assert line.started_on is not None  # `started()` gives no other
    last = line.ended_on or line.ends_on or line.request.term.ends_on
    if left_on is not None:
        last = min(last, left_on)
    minutes = line.planned_minutes or planned_minutes(line.course, on=on)
    return _LinePlan(
        title=line.course.title,
        starts_on=line.started_on,
        ends_on=max(last, line.started_on),
        minutes=(minutes, *[0] * (DAYS_OF_A_WEEK - 1)),
        credit=Decimal() if line.state in ENDED_LINES else line.course.credits,
        teacher=line.teacher_name,
    )


def _stated(rows: Iterable[StatedHours]) -> tuple[Stated, ...]:
    return tuple(Stated(row.kind, row.minutes, row.stated_by, row.stated_on) for row in rows)


def _regular_spans(first: dt.date, last: dt.date) -> Sequence[rules.Span]:
    """For each school year of the span the days in which schools teach; of a year without terms the whole year."""
    years = SchoolYear.objects.filter(starts_on__lte=last, ends_on__gte=first)
    taught = {
        year: (start, end)
        for year, start, end in years.filter(terms__code__in=[TermCode.S1, TermCode.S2, TermCode.YL])
        .annotate(start=Min("terms__starts_on"), end=Max("terms__ends_on"))
        .values_list("year", "start", "end")
    }
    return [taught.get(year.year, (year.starts_on, year.ends_on)) for year in years.order_by("year")]
