"""October certified, and what may come after it: approvals, reports, a June file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

from coredata.june.expected import Expected, JuneList, expected_june
from coredata.models import ReportRow, Upload
from enrollment.part_time.models import LineState
from enrollment.records.models import Student
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from providers.models import Course
from tests.coredata.kit import DAY, certify, good, send
from tests.factories.coredata import ProviderReportFactory, ReportRowFactory
from tests.factories.directory import TermFactory
from tests.factories.providers import CourseFactory
from tests.factories.records import ClaimFactory
from tests.factories.registration import RosterLineFactory

ANN, BEN, CARL = "0000000042", "0000000043", "0000000044"
OCTOBER = [(ANN, "115845", "S1"), (ANN, "115845", "S2"), (BEN, "115846", "YL")]
STARTED = dt.date(2027, 1, 11)


def certify_october(clerk: Membership, courses: bytes | None = None, students: bytes | None = None) -> None:
    certify(send(courses or good("crs"), by=clerk), by=clerk)
    certify(send(students or good("stu"), by=clerk), by=clerk)


def june_of(lea: Lea, **more: Any) -> JuneList:
    found = expected_june(lea, SchoolYear.objects.get(year=2027), on=more.pop("on", DAY), **more)
    assert found is not None
    return found


def all_of(lea: Lea, shown: str = "", **more: Any) -> list[Expected]:
    """The list in the order of student, course and semester."""
    found = june_of(lea, **more).rows(shown)
    return sorted(found[:], key=lambda row: (row.mosis_id, row.course_code, row.semester))


def keys(rows: Iterable[Expected]) -> list[tuple[str, str, str]]:
    return [(row.mosis_id, row.course_code, row.semester) for row in rows]


def one(lea: Lea, mosis_id: str, course: str, semester: str) -> Expected:
    (row,) = [row for row in all_of(lea) if keys([row]) == [(mosis_id, course, semester)]]
    return row


def reported(**values: Any) -> ReportRow:
    """A row of an accepted report: Ann, 115845, S1, unless it says otherwise."""
    row: ReportRow = ReportRowFactory.create(**values)
    return row


def returned(**values: Any) -> ReportRow:
    return reported(report=ProviderReportFactory.create(waiting=True), **values)


def registered(
    lea: Lea, mosis_id: str = CARL, state: LineState = LineState.ACTIVE, **more: Any
) -> RosterLine:
    """A course that the LEA pays for; it has started unless the state says that it has not."""
    course = more.pop("course", None) or course_of("115847")
    has_started = state not in {LineState.REGISTERED, LineState.CONFIRMED, LineState.CANCELLED}
    term = TermFactory.create(school_year__year=more.pop("year", 2027), code=more.pop("term", "S2"))
    school = lea.schools.earliest("state_school_id")
    known = Student.objects.filter(mosis_id=mosis_id).first()
    of_student = {"student": known} if known else {"student__mosis_id": mosis_id, "student__school": school}
    claim = ClaimFactory.create(confirmed=True, **of_student)
    line: RosterLine = RosterLineFactory.create(
        lea=lea,
        line__request__claim=claim,
        line__request__term=term,
        line__course=course,
        line__state=state,
        line__started_on=STARTED if has_started else None,
        **more,
    )
    return line


def course_of(code: str, **more: Any) -> Course:
    found = Course.objects.filter(state_course_code=code).first() if not more else None
    course: Course = found or CourseFactory.create(state_course_code=code, **more)
    return course


def send_june(clerk: Membership, data: bytes | None = None) -> Upload:
    return send(data or good("jun"), by=clerk, name="june.csv")


def june_rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(good("jun").decode())))


def csv_of(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
