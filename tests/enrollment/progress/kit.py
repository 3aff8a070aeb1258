"""Shorthands for the tests of progress reports. The school year is 2026-27; its third report was due on 14 March."""

import datetime as dt
from typing import Any

from django.test import Client

from enrollment.full_time.models import Program, ProgramEnrollment
from enrollment.progress.entries import CourseEntry
from enrollment.progress.points import ReportYear, report_year
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, SchoolYear, Term
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import ProgramEnrollmentFactory, ScheduledCourseFactory, ScheduleFactory
from tests.factories.registration import RosterLineFactory
from tests.sign_in import sign_in

NOW = dt.datetime(2027, 3, 20, 18, tzinfo=dt.UTC)
TODAY = dt.date(2027, 3, 20)
DUE = [dt.date(2026, 10, 19), dt.date(2026, 12, 20), dt.date(2027, 3, 14), dt.date(2027, 5, 22)]


def school_year() -> SchoolYear:
    return SchoolYear.objects.get(year=2027)


def year() -> ReportYear:
    return report_year(school_year())


def term(code: str) -> Term:
    return Term.objects.get(school_year=2027, code=code)


def student(*, courses: tuple[str, ...] = ("English II",), **traits: Any) -> ProgramEnrollment:
    """A full-time student from 6 January 2027 on, with a schedule of these courses."""
    enrollment: ProgramEnrollment = ProgramEnrollmentFactory.create(**({"enrolled": True} | traits))
    if courses:
        schedule = ScheduleFactory.create(enrollment=enrollment)
        for title in courses:
            ScheduledCourseFactory.create(schedule=schedule, title=title)
    return enrollment


def in_course(code: str = "S2", **traits: Any) -> RosterLine:
    """A part-time student whose course runs from the first day of its term on."""
    first = term(code).starts_on
    row: RosterLine = RosterLineFactory.create(
        **{
            "running": True,
            "line__request__term": term(code),
            "line__starts_on": first,
            "line__started_on": first,
            "line__ends_on": term(code).ends_on,
            "line__course__title": "Latin I",
        }
        | traits
    )
    return row


def host(of: ProgramEnrollment | Program) -> Membership:
    program = of if isinstance(of, Program) else of.program
    hat: Membership = MembershipFactory.create(host_staff=True, lea=program.host)
    return hat


def desk(row: RosterLine) -> Membership:
    hat: Membership = MembershipFactory.create(provider_staff=True, provider=row.provider)
    return hat


def staff(lea: Lea, trait: str = "coordinator") -> Membership:
    hat: Membership = MembershipFactory.create(**{trait: True}, lea=lea)
    return hat


def family(of: ProgramEnrollment | RosterLine) -> Membership:
    claim = of.application.claim if isinstance(of, ProgramEnrollment) else of.line.request.claim
    hat: Membership = MembershipFactory.create(parent=True, user=claim.claimant)
    return hat


def said(title: str = "English II", *, on_pace: bool = True, **changes: Any) -> CourseEntry:
    usual: dict[str, Any] = {
        "title": title,
        "percent_complete": 60,
        "current_grade": "B",
        "engagement": "240 minutes a week",
        "on_pace": on_pace,
    }
    return CourseEntry(**usual | changes)


def client_of(hat: Membership) -> Client:
    return sign_in(Client(), hat)
