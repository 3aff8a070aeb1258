"""One full-time program with as many students as are wanted, and what a year leaves of each of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from enrollment.attendance.models import AttendanceDay, Flag, FlagReason
from enrollment.full_time.models import (
    ApplicationState,
    EnrollmentState,
    OperatingBasis,
    Program,
    ProgramApplication,
    ProgramEnrollment,
    Schedule,
    ScheduledCourse,
)
from enrollment.progress.models import CourseProgress, ProgressReport, StateAssessment
from enrollment.records.models import Claim, ClaimState, Relationship, Student
from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.directory.models import (
    Lea,
    LeaKind,
    Organization,
    School,
    SchoolYear,
    Term,
    TermCode,
)

from .rows import count_all, execute, insert


@dataclass(frozen=True)
class Places:
    """A program, and where its students come from. `hat`: somebody of the host's staff."""

    program: Program
    term: Term
    resident: Lea
    school: School
    hat: Membership


def lay_program(students: int, courses: int, *, first: dt.date, last: dt.date) -> Places:
    """A program with its students, each with a schedule from `first` to `last`."""
    at = dt.datetime.combine(first, dt.time(13), tzinfo=dt.UTC)
    leas = []
    for code in ("991190", "991191"):
        organization = Organization.objects.create(name=f"Measured {code}")
        leas.append(
            Lea.objects.create(
                organization=organization,
                state_district_id=code,
                kind=LeaKind.DISTRICT,
                active_from=dt.date(2000, 7, 1),
            )
        )
    host, resident = leas
    schools = [
        School.objects.create(
            lea=lea,
            state_school_id="9000",
            name="Measured",
            grades_low=0,
            grades_high=12,
            active_from=lea.active_from,
        )
        for lea in leas
    ]
    user = User.objects.create_user(email="host@measured.example", name="Hanna Host")
    hat = Membership.objects.create(
        user=user, organization=host.organization, role=Role.HOST_STAFF, started_at=at
    )
    program = Program.objects.create(
        host=host,
        name="Measured",
        school=schools[0],
        grades_low=0,
        grades_high=12,
        review_process="–",
        contact_name="–",
        contact_email=user.email,
        contact_phone="–",
        operating_basis=OperatingBasis.YEARLY,
        attendance_method="–",
        interaction="–",
        inactive_days=5,
        active_from=dt.date(2020, 7, 1),
    )
    year = SchoolYear.objects.get(starts_on__lte=first, ends_on__gte=first)
    term, _made = Term.objects.get_or_create(
        school_year=year, code=TermCode.S1, defaults={"starts_on": first, "ends_on": last}
    )
    places = Places(program, term, resident, schools[1], hat)
    _enroll(students, courses, places, first=first, last=last)
    count_all()
    return places


@transaction.atomic
def _enroll(students: int, courses: int, places: Places, *, first: dt.date, last: dt.date) -> None:
    at = dt.datetime.combine(first, dt.time(13), tzinfo=dt.UTC)
    applications = _apply(students, ApplicationState.ADMITTED, places, at=at, due_on=first)
    enrollments = ProgramEnrollment.objects.bulk_create(
        ProgramEnrollment(
            application=application,
            student=application.claim.student,
            program=places.program,
            resident_lea=places.resident,
            resident_school=places.school,
            state=EnrollmentState.ENROLLED,
            admitted_at=at,
            starts_on=first,
            entered_at=at,
            entered_by=places.hat,
        )
        for application in applications
    )
    schedules = Schedule.objects.bulk_create(
        Schedule(
            enrollment=enrollment,
            school_year=places.term.school_year,
            version=1,
            valid_from=first,
            made_at=at,
            made_by=places.hat,
        )
        for enrollment in enrollments
    )
    ScheduledCourse.objects.bulk_create(
        ScheduledCourse(
            schedule=schedule,
            title=f"Measured course {number}",
            credit=Decimal(1),
            starts_on=first,
            ends_on=last,
            minutes=[60, 60, 60, 60, 60, 0, 0],
        )
        for schedule in schedules
        for number in range(courses)
    )


def _apply(
    count: int, state: ApplicationState, places: Places, *, at: dt.datetime, due_on: dt.date
) -> list[ProgramApplication]:
    """So many applications, each of a student of its own. The resident district has answered those that are decided."""
    host, resident = places.program.host, places.resident
    known = Student.objects.count()
    people = Student.objects.bulk_create(
        Student(
            mosis_id=f"{9_000_000_000 + number}",
            first_name=f"First {number}",
            last_name=f"Last {number}",
            birth_date=dt.date(2011, 3, 9),
            lea=host if state == ApplicationState.ADMITTED else resident,
            school=places.program.school if state == ApplicationState.ADMITTED else places.school,
            grade=9,
        )
        for number in range(known, known + count)
    )
    claims = Claim.objects.bulk_create(
        Claim(
            entered_by=places.hat,
            asker_name="Gloria Grand",
            relationship=Relationship.GUARDIAN,
            first_name=person.first_name,
            last_name=person.last_name,
            birth_date=person.birth_date,
            grade=person.grade,
            school=places.school,
            created_at=at,
            state=ClaimState.CONFIRMED,
            student=person,
            judged_at=at,
            judged_by=places.hat,
        )
        for person in people
    )
    clocks = Clock.objects.bulk_create(
        Clock(
            kind=ClockKind.RESIDENT_INPUT,
            lea=resident,
            started_at=at,
            business_days=10,
            source="R-37",
            first_due_on=due_on,
            due_on=due_on,
            stopped_at=at if state == ApplicationState.ADMITTED else None,
        )
        for _person in people
    )
    return ProgramApplication.objects.bulk_create(
        ProgramApplication(
            claim=claim,
            program=places.program,
            term=places.term,
            resident_lea=resident,
            state=state,
            started_at=at,
            touched_at=at,
            releases_records=True,
            signed_by=places.hat.user,
            signed_name="Gloria Grand",
            submitted_at=at,
            input_clock=clock,
        )
        for claim, clock in zip(claims, clocks, strict=True)
    )


def lay_year(places: Places, *, until: dt.date) -> None:
    """What there is of each student by this day: attendance, flags, progress reports, an assessment; and applications.

    Of a hundred students three did nothing for two weeks and are flagged, a fifth have no first report, every tenth is
    behind in one course; for ten students there is one who has applied since.
    """
    at = dt.datetime.combine(until, dt.time(13), tzinfo=dt.UTC)
    program, hat = places.program, places.hat
    values = {"program": program.pk, "until": until, "quiet": until - dt.timedelta(days=14), "at": at}
    year = SchoolYear.objects.get(starts_on__lte=until, ends_on__gte=until)
    shared = {"written_by": str(hat.pk), "school_year": str(year.pk)}
    with transaction.atomic():
        execute("SET LOCAL session_replication_role = replica")  # nobody reads a history of made-up rows
        insert(
            AttendanceDay,
            f"""(
                SELECT pupil.id, day::date AS day, array_agg(course.id) AS courses, count(*)::integer AS many
                FROM {PUPIL}
                JOIN full_time_schedule AS schedule ON schedule.enrollment_id = pupil.id
                JOIN full_time_scheduledcourse AS course ON course.schedule_id = schedule.id
                CROSS JOIN generate_series(pupil.starts_on, %(until)s::date - 1, interval '1 day') AS day
                WHERE extract(isodow FROM day) < 6 AND (number %% 100 >= 3 OR day < %(quiet)s)
                GROUP BY pupil.id, day
            ) AS done""",
            {
                "enrollment": "done.id",
                "day": "day",
                "courses": "courses",
                "activities": "array_fill('assignment'::text, ARRAY[many])",
                "minutes": "array_fill(55::smallint, ARRAY[many])",
                "total": "55 * many",
                "by": str(hat.pk),
                "at": "day + time '21:00'",
            },
            values,
        )
        insert(
            Flag,
            f"{PUPIL} WHERE number %% 100 < 3",
            {
                "enrollment": "pupil.id",
                "reason": f"'{FlagReason.INACTIVE}'",
                "opened_on": "%(until)s::date - 1",
                "last_active": "%(quiet)s::date - 1",
                "planned": "3000",
                "recorded": "0",
            },
            values,
        )
        insert(
            ProgressReport,
            f"{PUPIL} WHERE number %% 5 <> 0",
            {
                "enrollment": "pupil.id",
                "number": "1",
                "due_on": "%(until)s::date - 30",
                "written_at": "%(at)s",
                **shared,
            },
            values,
        )
        insert(
            CourseProgress,
            f"""{PUPIL} JOIN progress_progressreport AS report ON report.enrollment_id = pupil.id
                CROSS JOIN generate_series(0, 5) AS position""",
            {
                "report": "report.id",
                "position": "position",
                "title": "'Measured course ' || position",
                "percent_complete": "25",
                "current_grade": "'B'",
                "engagement": "'300 minutes'",
                "on_pace": "position <> 0 OR pupil.number %% 10 <> 1",
            },
            values,
        )
        insert(
            StateAssessment,
            PUPIL,
            {
                "enrollment": "pupil.id",
                "school_year": shared["school_year"],
                "name": "'Algebra I'",
                "opens_on": "%(until)s::date - 5",
                "closes_on": "%(until)s::date + 5",
                "place": "'Library'",
                "grades": "'{}'",
                "planned_at": "%(at)s",
                "planned_by": str(hat.pk),
            },
            values,
        )
        execute("SET LOCAL session_replication_role = origin")
    students = ProgramEnrollment.objects.filter(program=program).count()
    _apply(students // 10, ApplicationState.APPLIED, places, at=at, due_on=until)
    count_all()


PUPIL = """(
    SELECT id, starts_on, row_number() OVER (ORDER BY id) AS number
    FROM full_time_programenrollment WHERE program_id = %(program)s
) AS pupil"""
