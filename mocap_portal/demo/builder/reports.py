"""Reports of two providers: one accepted of each, one of each that was not: it waits for DESE, or came back.

One of the providers has a program that may send them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator

from coredata import actions
from coredata.layouts import Kind, layout
from coredata.models import ProviderReport
from coredata.store import vault
from enrollment.part_time.models import CourseLine, LineState
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.accounts.actions import make_api_token, note_use, revoke_api_token
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership, Role
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from providers.models import Course

from .catalog import LANTERN, PRAIRIE
from .times import ONE_DAY, noon

FORMAT = "MOCAP-ENR-1.0"
# Days before the demo is built.
BEGAN, FIRST, SECOND = 60 * ONE_DAY, 33 * ONE_DAY, 3 * ONE_DAY
STUDENTS = ("Abel Quist", "Brenna Lowry", "Caleb Tran", "Dora Menges", "Ezra Pohl", "Faye Osei", "Gil Sato")
REASON = "Half of the students of Walnut Fork are missing. Please send all enrollments in one file."
Row = dict[str, str]


def build_reports(at: dt.datetime) -> None:
    """As of days of the last two months, whatever the school year."""
    today = central_date(at)
    office = Membership.objects.active().filter(role=Role.DESE_REVIEWER).order_by("pk")[0]
    lantern, prairie = sender(LANTERN), sender(PRAIRIE)

    first = _send(_rows(LANTERN, today), by=lantern, as_of=today - FIRST)
    actions.accept_report(first.pk, by=office, at=noon(today - FIRST + 2 * ONE_DAY))
    half = _send(_rows(PRAIRIE, today)[:3], by=prairie, as_of=today - FIRST)
    actions.return_report(half.pk, reason=REASON, by=office, at=noon(today - FIRST + 2 * ONE_DAY))
    whole = _send(_rows(PRAIRIE, today), by=prairie, as_of=today - FIRST + 4 * ONE_DAY)
    actions.accept_report(whole.pk, by=office, at=noon(today - FIRST + 6 * ONE_DAY))
    _send(list(_later(_rows(LANTERN, today), today - SECOND)), by=lantern, as_of=today - SECOND)
    _let_programs_in(lantern, at=at)


def _let_programs_in(hat: Membership, *, at: dt.datetime) -> None:
    """A program of the provider's sends by a token; the one before was revoked. Nobody knows their secrets."""
    old, _secret = make_api_token(name="Trial of our system", days=30, by=hat, at=at - BEGAN)
    revoke_api_token(old.pk, by=hat, at=at - FIRST)
    new, _secret = make_api_token(name="Learning platform", days=365, by=hat, at=at - FIRST)
    note_use(new, at=at - SECOND)


def sender(code: str) -> Membership:
    hats = Membership.objects.active().filter(organization__provider__code=code, role__in=PROVIDER_ROLES)
    return hats.select_related("user").order_by("-role", "pk")[0]


def _send(rows: list[Row], *, by: Membership, as_of: dt.date) -> ProviderReport:
    assert by.organization_id is not None
    at = noon(as_of + ONE_DAY)
    data = report_text([row | {"asOfDate": as_of.isoformat()} for row in rows]).encode()
    name = f"enrollments-{as_of}.csv"
    report = actions.receive_report(
        vault.seal([data]), name=name, provider_id=by.organization_id, by=by, at=at
    )
    actions.check_report(report.pk, at=at)
    return actions.submit_report(report.pk, by=by, at=at)


def _rows(code: str, today: dt.date) -> list[Row]:
    """The students of the provider's roster, who was denied, and some whom districts registered elsewhere."""
    year = SchoolYear.objects.get(starts_on__lte=today, ends_on__gte=today).year
    every = {
        "formatVersion": FORMAT,
        "vendorCode": code,
        "schoolYear": str(year),
        "enrollmentType": "PT",
        "basis": "mocap",
        "teacherProvided": "Y",
        "termCode": "S1",
        "beginDate": (today - BEGAN).isoformat(),
        "enrollmentStatus": "active",
        "percentComplete": "40",
    }
    return [every | row for row in (*_registered(code), *_denied(code), *_others(code))]


def _registered(code: str) -> Iterator[Row]:
    lines = RosterLine.objects.filter(provider__code=code)
    for line in lines.select_related("lea", "line__course", "line__request__term").order_by("pk"):
        begins = line.line.started_on or line.line.starts_on or central_date(line.sent_at)
        yield {
            "termCode": line.line.request.term.code,
            "beginDate": begins.isoformat(),
            "enrollmentStatus": "active" if line.line.started_on else "pending",
            "enrollmentId": f"{code[0]}-R{line.pk}",
            "approvalId": str(line.line_id),
            "mosisId": line.mosis_id,
            "birthDate": line.birth_date.isoformat(),
            "familyName": line.last_name,
            "givenName": line.first_name,
            "districtCode": line.lea.state_district_id,
            **_course(line.line.course),
        }


def _denied(code: str) -> Iterator[Row]:
    """Courses that a district denied and the provider opened all the same."""
    lines = CourseLine.objects.filter(
        state=LineState.DENIED, course__provider__code=code, request__claim__student__mosis_id__isnull=False
    )
    for line in lines.order_by("pk").select_related(
        "course", "request__term", "request__lea", "request__claim__student"
    ):
        student = line.request.claim.student
        assert student is not None  # asked for above
        yield {
            "termCode": line.request.term.code,
            "enrollmentId": f"{code[0]}-D{line.pk}",
            "mosisId": student.mosis_id or "",
            "birthDate": student.birth_date.isoformat(),
            "familyName": student.last_name,
            "givenName": student.first_name,
            "districtCode": line.request.lea.state_district_id,
            **_course(line.course),
        }


def _others(code: str) -> Iterator[Row]:
    leas = Lea.objects.filter(active_to=None).order_by("state_district_id")[:3]
    courses = Course.objects.filter(provider__code=code, valid_to=None).order_by("provider_course_code", "pk")
    for number, (name, course) in enumerate(zip(STUDENTS, courses[:: len(STUDENTS)], strict=False)):
        given, family = name.split()
        yield {
            "enrollmentId": f"{code[0]}-{2000 + number}",
            "mosisId": f"9930000{number:03}",
            "birthDate": f"2011-0{number + 1}-1{number}",
            "familyName": family,
            "givenName": given,
            "districtCode": leas[number % len(leas)].state_district_id,
            **_course(course),
        }


def _course(course: Course) -> Row:
    return {
        "vendorCourseCode": course.provider_course_code,
        "stateCourseCode": course.state_course_code,
        "courseTitle": course.title,
        "creditsAttempted": str(course.credits),
    }


def _later(rows: list[Row], day: dt.date) -> Iterator[Row]:
    """A month later: one student has left, one is done, one stands in no row any more."""
    left = {"enrollmentStatus": "withdrawn", "statusDate": day.isoformat(), "withdrawReason": "moved"}
    done = {
        "enrollmentStatus": "completed",
        "statusDate": day.isoformat(),
        "finalGrade": "B",
        "creditsEarned": "0.5",
    }
    for place, row in enumerate(rows[:-1]):
        yield row | {0: left, 1: done}.get(place - len(rows) + 4, {"percentComplete": "70"})


def report_text(rows: list[Row]) -> str:
    header = [column.name for column in layout(Kind.PROVIDER_REPORT, 2099).columns]
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
