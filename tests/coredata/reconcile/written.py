"""Random states in the database: whole nights of them in few statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection, models

from coredata.models import (
    ProviderReport,
    ReportRow,
    StudentCourse,
    StudentOutcome,
    Upload,
    UploadState,
)
from enrollment.full_time.models import (
    ProgramEnrollment,
)
from enrollment.part_time.models import CourseRequest
from enrollment.records.models import Claim
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import Lea

from .laid_out import DAY, FULL_TIME_SINCE, HAS_ROWS, YEAR, Shared, noon
from .plain import Asked, Gone, Section, State
from .random_states import TERMS

M = TypeVar("M", bound=models.Model)


def copied(row: M, **changes: Any) -> M:
    """The same row once more, unsaved, with other values."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    values.pop(row._meta.pk.attname)
    made = type(row)(**values)
    for name, value in changes.items():
        # A state machine's column refuses to be set but as its row is made.
        made.__dict__[name] = value
    return made


def kept(rows: Iterable[M]) -> list[M]:
    rows = list(rows)
    return type(rows[0])._default_manager.bulk_create(rows) if rows else []


def write(
    shared: Shared, states: Sequence[State], *, order: Callable[[list[Any]], None] | None = None
) -> tuple[dict[int, int], dict[int, int]]:
    """The states as rows. `order` brings the rows of each source into another order, so that their ids differ.

    Returns which approval the id of a line stands for, and which provider that of a report.
    """
    writing = _Writing(shared, states, order or (lambda _rows: None))
    return writing.lines, writing.reported_by


class _Writing:
    def __init__(self, shared: Shared, states: Sequence[State], order: Callable[[list[Any]], None]) -> None:
        self.shared, self.order = shared, order
        self.uploads: dict[tuple[int, str], Upload] = {}
        self.lines: dict[int, int] = {}
        self.reported_by: dict[int, int] = {}
        self.closed({lea: day for state in states for lea, day in state.closed.items()})
        self.files(states)
        self.students(self.ordered(a for state in states for a in state.asked))
        self.october(states)
        self.reports(states)
        kept(
            copied(shared.agreements[one.kind], lea_id=one.lea, provider_id=one.provider)
            for state in states
            for one in state.agreements
        )
        kept(
            copied(shared.agreements["cooperative"], lea_id=one, partner_lea_id=two)
            for one, two in (tuple(state.files) for state in states if state.is_shared)
        )

    def ordered(self, rows: Iterable[Any]) -> list[Any]:
        found = list(rows)
        self.order(found)
        return found

    def closed(self, last_days: dict[int, dt.date]) -> None:
        for last in set(last_days.values()):
            leas = [lea for lea, day in last_days.items() if day == last]
            Lea.objects.filter(pk__in=leas).update(active_to=last)

    # Files -------------------------------------------------------------------------------------------

    def files(self, states: Sequence[State]) -> None:
        wanted = [
            (lea, kind, day)
            for state in states
            for lea, files in state.files.items()
            for kind, day in {
                "crs_assign": files.courses_on,
                "stu_assign": files.students_on,
                "stu_crs_comp": files.june_on,
                "stu_core": None if files.core is None else FULL_TIME_SINCE,
            }.items()
            if day is not None
        ]
        self.order(wanted)
        made = kept(
            copied(
                self.shared.upload,
                lea_id=lea,
                collection_id=self.shared.stored[kind].pk,
                state=UploadState.PARSED if kind in HAS_ROWS else UploadState.CERTIFIED,
                certified_at=noon(day),
            )
            for lea, kind, day in wanted
        )
        self.uploads = {(lea, kind): upload for (lea, kind, _day), upload in zip(wanted, made, strict=True)}
        born = {a.student: a.born for state in states for a in state.asked}
        born |= {v.student: v.born for state in states for v in state.reported}
        self.cores({lea: files.core for state in states for lea, files in state.files.items()}, born)
        self.sections([section for state in states for section in state.sections])
        Upload.objects.filter(state=UploadState.PARSED).update(state=UploadState.CERTIFIED)

    def cores(self, cores: dict[int, frozenset[str] | None], born: dict[str, dt.date]) -> None:
        stored = self.shared.stored["stu_core"].pk
        with connection.cursor() as cursor:
            for lea, students in cores.items():
                if students is None:
                    continue
                upload = self.uploads[lea, "stu_core"].pk
                cursor.execute("SELECT set_config('coredata.loading', %s, true)", [str(upload)])
                lines = list(enumerate(self.ordered(sorted(students)), start=2))
                cursor.executemany(
                    "INSERT INTO coredata_stu_core (collection_id, line, mosis_id, birth_date, first_name, last_name)"
                    " VALUES (%s, %s, %s, %s, %s, 'Okafor')",
                    [(stored, line, student, born.get(student), f"Ada {student}") for line, student in lines],
                )
                cursor.executemany(
                    "INSERT INTO coredata_student_lines (collection_id, upload_id, mosis_id, lines)"
                    " VALUES (%s, %s, %s, %s)",
                    [(stored, upload, student, [line]) for line, student in lines],
                )

    def sections(self, sections: list[Section]) -> None:
        """All in one statement, of which the guard of rows asks for one file that is being checked."""
        rows = self.ordered((section, line) for section in sections for line in section.lines)
        values = [
            (
                self.shared.stored["crs_assign"].pk, self.uploads[section.lea, "crs_assign"].pk, line,
                section.school, section.number, section.course, section.semester, section.program or None,
            )
            for section, line in rows
        ]  # fmt: skip
        with connection.cursor() as cursor:
            for upload in values[:1]:
                cursor.execute("SELECT set_config('coredata.loading', %s, true)", [str(upload[1])])
            cursor.executemany(
                "INSERT INTO coredata_crs_assign (collection_id, upload_id, line, school_code, assignment_number,"
                " course_code, semester, program_code) VALUES (%s, %s, %s, %s, %s, %s, nullif(%s, ''), %s)",
                values,
            )

    # A -----------------------------------------------------------------------------------------------

    def students(self, asked: list[Asked]) -> None:
        request = self.shared.line.request
        claim = request.claim
        assert claim.student is not None
        school = self.shared.schools[next(iter(self.shared.schools))]
        whole = {a.student: a for a in asked}
        students = kept(
            copied(
                claim.student,
                mosis_id=a.student,
                birth_date=a.born,
                first_name=f"Ada {a.student}",
                last_name="Okafor",
                school_id=school.pk,
                lea_id=school.lea_id,
            )
            for a in whole.values()
        )
        claims = kept(
            copied(claim, student_id=student.pk, birth_date=student.birth_date, first_name=student.first_name)
            for student in students
        )
        by_student = dict(zip(whole, claims, strict=True))
        kept(
            copied(self.shared.plan, student_id=by_student[a.student].student_id)
            for a in whole.values()
            if a.has_plan
        )
        self.part_time([a for a in asked if a.type == "PT"], by_student)
        self.full_time([a for a in asked if a.type == "FT"], by_student)

    @property
    def clock(self) -> Clock:
        clock = self.shared.line.request.clock
        assert clock is not None
        return clock

    def part_time(self, asked: list[Asked], claims: dict[str, Claim]) -> None:
        line = self.shared.line
        clocks = kept(copied(self.clock, lea_id=a.lea, due_on=a.decide_by) for a in asked)
        requests: list[CourseRequest] = kept(
            copied(
                line.request,
                claim_id=claims[a.student].pk,
                lea_id=a.lea,
                clock_id=clock.pk,
                term_id=self.shared.terms[a.semester].pk,
            )
            for a, clock in zip(asked, clocks, strict=True)
        )
        lines = kept(
            copied(
                line,
                request_id=request.pk,
                course_id=self.shared.courses[a.provider, a.course].pk,
                state=a.state,
                basis="private" if a.is_private else "district",
                started_on=a.started_on,
                ended_on=a.started_on if a.state in {"withdrawn", "removed"} else None,
            )
            for a, request in zip(asked, requests, strict=True)
        )
        self.lines = {made.pk: a.key for a, made in zip(asked, lines, strict=True)}
        kept(
            copied(self.shared.decision, line_id=made.pk, decided_at=noon(a.decided_on))
            for a, made in zip(asked, lines, strict=True)
            if a.decided_on
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE part_time_courseline AS line SET decision_id = decision.id"
                " FROM part_time_decision AS decision WHERE decision.line_id = line.id AND line.id = ANY(%s)",
                [list(self.lines)],
            )

    def full_time(self, asked: list[Asked], claims: dict[str, Claim]) -> None:
        """One enrollment for all courses of a student who is there, one for each of a student who has left."""
        enrollments: dict[object, Asked] = {(a.student if a.state == "active" else a): a for a in asked}
        scheduled, ended = self.shared.scheduled, self.shared.ended
        enrolled = scheduled.schedule.enrollment
        clocks = kept(copied(self.clock, lea_id=a.resident) for a in enrollments.values())
        applications = kept(
            copied(
                enrolled.application,
                claim_id=claims[a.student].pk,
                program_id=self.shared.programs[a.lea].pk,
                input_clock_id=clock.pk,
            )
            for a, clock in zip(enrollments.values(), clocks, strict=True)
        )
        made: list[ProgramEnrollment] = kept(
            copied(
                enrolled if a.state == "active" else ended,
                application_id=application.pk,
                student_id=claims[a.student].student_id,
                program_id=self.shared.programs[a.lea].pk,
                resident_lea_id=a.resident,
                admitted_at=noon(a.decided_on or FULL_TIME_SINCE),
                starts_on=FULL_TIME_SINCE,
                ended_on=_ended_on(a),
            )
            for a, application in zip(enrollments.values(), applications, strict=True)
        )
        schedules = kept(
            copied(scheduled.schedule, enrollment_id=one.pk, valid_from=FULL_TIME_SINCE) for one in made
        )
        of = dict(zip(enrollments, schedules, strict=True))
        kept(
            copied(
                scheduled,
                schedule_id=of[a.student if a.state == "active" else a].pk,
                course_id=self.shared.courses[a.provider, a.course].pk,
                starts_on=TERMS[a.semester][0],
                ends_on=TERMS[a.semester][1],
            )
            for a in asked
        )

    # O, J and V --------------------------------------------------------------------------------------

    def october(self, states: Sequence[State]) -> None:
        known = {student for state in states for student in state.known}
        kept(
            StudentCourse(
                lea_id=o.lea, school_year_id=YEAR, mosis_id=o.student, course_code=o.course, semester=o.semester,
                school_code=o.school, program_code=o.program, delivery_system=o.delivery, units_of_credit=o.units,
                grade_level=o.grade, birth_date=o.born, teachers=1, educators=o.educators, sections=o.sections,
                student_line=o.line, course_line=o.course_line, student_upload=self.uploads[o.lea, "stu_assign"],
                course_upload=self.uploads[o.lea, "crs_assign"],
                sending_district_code="991101" if o.names_districts else "",
                receiving_district_code="991101" if o.names_districts else "",
            )
            for o in self.ordered(o for state in states for o in state.october)
        )  # fmt: skip
        kept(
            StudentOutcome(
                lea_id=j.lea, school_year_id=YEAR, mosis_id=j.student, course_code=j.course, semester=j.semester,
                school_code="1050", program_code=j.program, grade_earned=j.grade_earned, credits_earned=j.credits,
                grade_level=j.grade, sections=j.sections, line=j.line, upload=self.uploads[j.lea, "stu_crs_comp"],
                every_course=j.student in known,
            )
            for j in self.ordered(j for state in states for j in state.june)
        )  # fmt: skip

    def reports(self, states: Sequence[State]) -> None:
        """A report of each provider, and for one that is overdue an old one, with something in it."""
        as_of, overdue = states[0].as_of, states[0].overdue
        reports = {
            provider: copied(
                self.shared.report,
                provider_id=provider,
                as_of=as_of - (200 if provider in overdue else 1) * DAY,
            )
            for provider in self.shared.providers
        }
        self.reported_by = {made.pk: made.provider_id for made in kept(reports.values())}
        numbers = {key: pk for pk, key in self.lines.items()}
        kept(
            ReportRow(
                report=reports[v.provider], line=v.line, enrollment_id=v.enrollment,
                approval_id=str(numbers[int(v.approval)]) if v.approval else "", mosis_id=v.student, birth_date=v.born,
                last_name="Okafor", first_name=f"Ada {v.student}", district_code=self.shared.district_codes[v.lea],
                enrollment_type=v.type, basis=v.basis, teacher_provided=v.teaches, provider_course_code=v.own_code,
                course_code=v.course, semester=v.semester, begin_date=v.begins_on, end_date=v.ends_on,
                status=v.status, credits_earned=v.credits, final_grade=v.final_grade,
            )
            for v in self.ordered(v for state in states for v in state.reported)
        )  # fmt: skip
        earlier = {
            provider: copied(report, state="superseded", as_of=FULL_TIME_SINCE)
            for provider, report in reports.items()
        }
        kept(earlier.values())
        gone = self.ordered(one for state in states for one in state.gone)
        listed = kept(
            self.listed_earlier(earlier[one.provider], line, one) for line, one in enumerate(gone, start=2)
        )
        seen = [(row, False, one.status) for row, one in zip(listed, gone, strict=True)]
        first = {
            row.report_id: row
            for row in ReportRow.objects.filter(report__in=reports.values()).order_by("-line")
        }
        seen += [(row, True, "active") for row in first.values()]
        kept(
            copied(
                self.shared.reported,
                provider_id=row.report.provider_id,
                enrollment_id=row.enrollment_id,
                first_report_id=row.report_id,
                last_report_id=row.report_id,
                row_id=row.pk,
                is_present=is_present,
                status=status,
            )
            for row, is_present, status in seen
        )

    def listed_earlier(self, report: ProviderReport, line: int, one: Gone) -> ReportRow:
        return ReportRow(
            report=report, line=line, enrollment_id=f"G-{line}", mosis_id=one.student,
            district_code=self.shared.district_codes[one.lea], basis=one.basis, course_code=one.course,
            semester=one.semester, status=one.status, end_date=one.ends_on,
        )  # fmt: skip


def _ended_on(a: Asked) -> dt.date | None:
    """Of a full-time student who left: some weeks after the course began, or before it did."""
    if a.state == "active":
        return None
    return a.started_on + 30 * DAY if a.started_on else TERMS[a.semester][0] - DAY
