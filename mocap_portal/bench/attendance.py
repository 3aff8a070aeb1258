"""A day of a full-time program's attendance as one CSV file, from its bytes to the stored days, beside the bare COPY.

Three school days are stored one after the other, as the page and the command do it; the floor is a COPY of the same
entries, one row each with all that is kept of it, as text, into a table without index, trigger or reference, on the
same server in the same run.

rows: lines of a day; floor_s and whole_s: seconds, medians of three, whole_s from the bytes to the commit; ratio:
whole_s by floor_s; as_sent_s: a COPY of the lines as the file has them; again_s: the same file a second time.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from enrollment.attendance import actions
from enrollment.attendance.models import AttendanceFile, FileState
from enrollment.full_time.models import (
    EnrollmentState,
    OperatingBasis,
    Program,
    ProgramApplication,
    ProgramEnrollment,
    Schedule,
    ScheduledCourse,
)
from enrollment.records.models import Claim, ClaimState, Relationship, Student
from mocap_portal.command.state import Problem, say
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

FIRST = dt.date(2026, 8, 24)  # a Monday
DAYS = [FIRST, FIRST + dt.timedelta(days=1), FIRST + dt.timedelta(days=2)]
LAST = dt.date(2027, 5, 21)
PIECE = 1 << 20  # bytes
MOST = 4.0
FLOOR = (
    "enrollment_id bigint, day date, course_id bigint, activity varchar(30), minutes smallint, file_id bigint, "
    "by_id bigint, at timestamptz"
)
AS_SENT = "mosis_id varchar(10), day date, course varchar(120), activity varchar(30), minutes smallint"


def run(*, students: int = 20_000, courses: int = 6) -> dict[str, Any]:
    """Store three days of so many students with so many courses each. Raises Problem."""
    say("making up the program …")
    program, hat = _program(students, courses)
    loads, floors, as_sent = [], [], []
    for day in DAYS:
        text = _day(program, day)
        loads.append(_load(text, program, hat))
        floors.append(_copy(_entries(program, day), FLOOR))
        as_sent.append(_copy(text.partition("\n")[2], AS_SENT))
    again, again_s = _load(text, program, hat)
    if [file.added for file, _seconds in loads] != [students] * len(DAYS) or again.same != students:
        raise Problem("the days were not stored as they were sent.")
    whole, floor = statistics.median(seconds for _file, seconds in loads), statistics.median(floors)
    ratio = whole / floor
    say(f"{ratio:.2f} times the floor (at most {MOST})")
    return {
        "name": "attendance",
        "rows": again.rows,
        "floor_s": round(floor, 3),
        "whole_s": round(whole, 3),
        "ratio": round(ratio, 2),
        "as_sent_s": round(statistics.median(as_sent), 3),
        "again_s": round(again_s, 3),
    }


def _program(students: int, courses: int) -> tuple[Program, Membership]:
    """A program with its students, each with a schedule, and somebody of its host's staff."""
    at = timezone.now()
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
    _enroll(students, courses, program=program, resident=resident, school=schools[1], hat=hat)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return program, hat


@transaction.atomic
def _enroll(
    students: int, courses: int, *, program: Program, resident: Lea, school: School, hat: Membership
) -> None:
    at = dt.datetime.combine(FIRST, dt.time(13), tzinfo=dt.UTC)
    year = SchoolYear.objects.get(year=2027)
    term, _made = Term.objects.get_or_create(
        school_year=year, code=TermCode.S1, defaults={"starts_on": FIRST, "ends_on": dt.date(2026, 12, 18)}
    )
    people = Student.objects.bulk_create(
        Student(
            mosis_id=f"{9_000_000_000 + number}",
            first_name=f"First {number}",
            last_name=f"Last {number}",
            birth_date=dt.date(2011, 3, 9),
            lea=program.host,
            school=program.school,
            grade=9,
        )
        for number in range(students)
    )
    claims = Claim.objects.bulk_create(
        Claim(
            entered_by=hat,
            asker_name="Gloria Grand",
            relationship=Relationship.GUARDIAN,
            first_name=person.first_name,
            last_name=person.last_name,
            birth_date=person.birth_date,
            grade=person.grade,
            school=school,
            created_at=at,
            state=ClaimState.CONFIRMED,
            student=person,
            judged_at=at,
            judged_by=hat,
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
            first_due_on=FIRST,
            due_on=FIRST,
            stopped_at=at,
        )
        for _person in people
    )
    applications = ProgramApplication.objects.bulk_create(
        ProgramApplication(
            claim=claim,
            program=program,
            term=term,
            resident_lea=resident,
            state="admitted",
            started_at=at,
            touched_at=at,
            releases_records=True,
            signed_by=hat.user,
            signed_name="Gloria Grand",
            submitted_at=at,
            input_clock=clock,
        )
        for claim, clock in zip(claims, clocks, strict=True)
    )
    enrollments = ProgramEnrollment.objects.bulk_create(
        ProgramEnrollment(
            application=application,
            student=person,
            program=program,
            resident_lea=resident,
            resident_school=school,
            state=EnrollmentState.ENROLLED,
            admitted_at=at,
            starts_on=FIRST,
            entered_at=at,
            entered_by=hat,
        )
        for application, person in zip(applications, people, strict=True)
    )
    schedules = Schedule.objects.bulk_create(
        Schedule(
            enrollment=enrollment, school_year=year, version=1, valid_from=FIRST, made_at=at, made_by=hat
        )
        for enrollment in enrollments
    )
    ScheduledCourse.objects.bulk_create(
        ScheduledCourse(
            schedule=schedule,
            title=f"Measured course {number}",
            credit=Decimal(1),
            starts_on=FIRST,
            ends_on=LAST,
            minutes=[60, 60, 60, 60, 60, 0, 0],
        )
        for schedule in schedules
        for number in range(courses)
    )


def _day(program: Program, day: dt.date) -> str:
    """The file of a day: an assignment in each course of each student."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT student.mosis_id, course.title, 40 + course.id %% 30 FROM full_time_scheduledcourse AS course "
            "JOIN full_time_schedule AS schedule ON schedule.id = course.schedule_id "
            "JOIN full_time_programenrollment AS enrollment ON enrollment.id = schedule.enrollment_id "
            "JOIN records_student AS student ON student.id = enrollment.student_id "
            "WHERE enrollment.program_id = %s ORDER BY student.mosis_id, course.id",
            [program.pk],
        )
        lines = [f"{mosis_id},{day},{title},assignment,{minutes}" for mosis_id, title, minutes in cursor]
    return "\n".join(["mosis_id,day,course,activity,minutes", *lines, ""])


def _load(text: str, program: Program, hat: Membership) -> tuple[AttendanceFile, float]:
    """What became of the file, and the seconds from its bytes to the commit. Raises Problem."""
    data = text.encode()
    started = time.perf_counter()
    received = actions.receive_file(
        data,
        name="day.csv",
        program_id=program.pk,
        by=hat,
        at=dt.datetime.combine(LAST, dt.time(18), tzinfo=dt.UTC),
    )
    seconds = time.perf_counter() - started
    if received.state != FileState.STORED:
        raise Problem(f"the file was not stored: {received.refusal} {received.found.first()}")
    return received, seconds


def _entries(program: Program, day: dt.date) -> str:
    """The stored entries of a day as CSV, one a line."""
    query = sql.SQL(
        "COPY (SELECT enrollment_id, day, course_id, activity, amount, file_id, by_id, at "
        "FROM attendance_attendanceday CROSS JOIN LATERAL unnest(courses, activities, minutes) "
        "AS entry (course_id, activity, amount) WHERE day = {} AND enrollment_id IN "
        "(SELECT id FROM full_time_programenrollment WHERE program_id = {})) TO STDOUT (FORMAT csv)"
    ).format(sql.Literal(day), sql.Literal(program.pk))
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        return b"".join(bytes(piece) for piece in copy).decode()


def _copy(text: str, columns: str) -> float:
    """Seconds to copy these lines into an empty table of these columns, committed."""
    data = text.encode()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor")
        cursor.execute(f"CREATE TABLE floor ({columns})")
    started = time.perf_counter()
    query = "COPY floor FROM STDIN (FORMAT csv)"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(query) as copy:
        for start in range(0, len(data), PIECE):
            copy.write(data[start : start + PIECE])
    return time.perf_counter() - started
