"""Shorthands for the tests of attendance: a student in a program on Monday 1 February 2027, and a file of that day."""

import datetime as dt
from typing import Any

from django.test import Client

from enrollment.attendance import actions
from enrollment.attendance.models import AttendanceFile
from enrollment.full_time.models import ProgramEnrollment, ScheduledCourse
from mocap_portal.foundation.accounts.models import Membership
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import ProgramEnrollmentFactory, ScheduledCourseFactory, ScheduleFactory
from tests.sign_in import sign_in

MONDAY = dt.date(2027, 2, 1)
NOW = dt.datetime(2027, 2, 2, 18, tzinfo=dt.UTC)  # the day after
HEADER = "mosis_id,day,course,activity,minutes"


def enrolled(**traits: Any) -> ProgramEnrollment:
    """A student who has been in a program since 6 January 2027, with a MOSIS ID."""
    enrollment: ProgramEnrollment = ProgramEnrollmentFactory.create(enrolled=True, **traits)
    student = enrollment.student
    if student.mosis_id is None:
        student.mosis_id = f"{7_000_000_000 + student.pk}"
        student.save()
    return enrollment


def scheduled(enrollment: ProgramEnrollment, *titles: str, **traits: Any) -> list[ScheduledCourse]:
    """A schedule with these courses, an hour on each school day for every one of them."""
    schedule = ScheduleFactory.create(enrollment=enrollment)
    return [ScheduledCourseFactory.create(schedule=schedule, title=title, **traits) for title in titles]


def staff_of(enrollment: ProgramEnrollment) -> Membership:
    """A hat of the host."""
    assert enrollment.entered_by is not None
    return enrollment.entered_by


def resident_of(enrollment: ProgramEnrollment, **role: bool) -> Membership:
    hat: Membership = MembershipFactory.create(**(role or {"coordinator": True}), lea=enrollment.resident_lea)
    return hat


def parent_of(enrollment: ProgramEnrollment) -> Membership:
    hat: Membership = MembershipFactory.create(parent=True, user=enrollment.application.claim.claimant)
    return hat


def client_of(hat: Membership) -> Client:
    return sign_in(Client(), hat)


def text(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines, ""]).encode()


def send(
    enrollment: ProgramEnrollment, *lines: str, data: bytes = b"", by: Membership | None = None
) -> AttendanceFile:
    """A file comes to the student's program; `{id}` stands for the MOSIS ID."""
    filled = [line.replace("{id}", str(enrollment.student.mosis_id)) for line in lines]
    return actions.receive_file(
        data or text(*filled),
        name="attendance.csv",
        program_id=enrollment.program_id,
        by=by or staff_of(enrollment),
        at=NOW,
    )


def found(file: AttendanceFile) -> list[tuple[int, str, str, str]]:
    """What is wrong in a file: line, column, value, kind."""
    rows = file.found.order_by("line", "pk")
    return [(row.line, row.column, row.value, row.kind) for row in rows]
