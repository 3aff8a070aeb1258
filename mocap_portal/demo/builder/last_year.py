"""The school year before: its files and reports are all in, from before requests came through the portal.

Each of the three districts has certified October and June, each student-course was approved on paper, and of one
student each something does not agree. Who compares that school year at its end finds all of it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from coredata import actions
from coredata.layouts import Kind
from coredata.reconcile import actions as reconcile
from coredata.reconcile.models import RunKind
from coredata.store import vault
from coredata.synthesis import State, districts
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.shared import nights
from mocap_portal.foundation.shared.calendar import central_date
from providers.models import Course, Instruction, Structure

from . import core_data
from .catalog import LANTERN, PRAIRIE
from .people import COMPASS_POINT, HARROW_SPRINGS, WALNUT_FORK
from .reports import FORMAT, report_text, sender
from .times import ONE_DAY, noon

STUDENTS = 300  # of three made-up districts, so about 100 each
# How their numbers begin: none of them is a student of another district, or of this year's files.
THEIR_NUMBERS = {WALNUT_FORK: "971", HARROW_SPRINGS: "972", COMPASS_POINT: "973"}
OCTOBER = (Kind.STU_CORE, Kind.CRS_ASSIGN, Kind.STU_ASSIGN)
PROVIDERS = {WALNUT_FORK: LANTERN, HARROW_SPRINGS: LANTERN, COMPASS_POINT: PRAIRIE}
# Whose student stands in another district's October, too: the student moved, and neither took the course out.
MOVED = {WALNUT_FORK: HARROW_SPRINGS, COMPASS_POINT: WALNUT_FORK}
TRIED_AGAIN = (HARROW_SPRINGS, COMPASS_POINT)  # sent June once more, and left it a trial
HIGH_SCHOOL = range(9, 13)
Row = dict[str, str]
Files = dict[Kind, list[Row]]


@dataclass(frozen=True, slots=True)
class Case:
    """A student in a course: what stands in October and June, and what in the report differs from what all agree on."""

    program: str = "50"
    grade: str = "B"
    reported: tuple[tuple[str, str], ...] = ()
    turns_birth_date: bool = False
    is_ahead: bool = False  # in grade 8, in a course of the high school
    moved: bool = False


CASES = (
    Case(),
    Case(turns_birth_date=True),
    Case(program="52"),
    Case(is_ahead=True),
    Case(reported=(("enrollmentStatus", "withdrawn"), ("withdrawReason", "moved"))),
    Case(moved=True),
    Case(reported=(("basis", "private_pay"),)),
    Case(grade="F"),
    Case(reported=(("basis", "partnership"),)),
)


@dataclass(frozen=True, slots=True)
class Seat:
    """A student of a district's files, in one of the provider's courses."""

    case: Case
    place: str
    student: Row  # of Student Core
    course: Course

    @property
    def number(self) -> str:
        """Of the section, which has no other student."""
        return f"MV-{self.student['LocalStudentID']}"


def build_last_year(at: dt.datetime) -> None:
    """The school year before the one whose October is sent. A year's files come on the days on which they are due."""
    year = core_data.october_of(central_date(at)) - 1
    files = {place: _made_up(code, year, place) for place, (code, _role) in core_data.SENDS.items()}
    seats = {place: list(_seats(place, of_place, year)) for place, of_place in files.items()}
    for place, of_place in seats.items():
        for seat in of_place:
            _take(seat, files[place])
            if seat.case.moved and place in MOVED:
                _move(seat, files[MOVED[place]])
    for place, of_place_files in files.items():
        _certify(place, {kind: of_place_files[kind] for kind in OCTOBER}, on=dt.date(year - 1, 10, 12))
    for provider in sorted(set(PROVIDERS.values())):
        _report(
            provider, [seat for place in seats if PROVIDERS[place] == provider for seat in seats[place]], year
        )
    for place, of_place_files in files.items():
        june = of_place_files[Kind.STU_CRS_COMP]
        _certify(place, {Kind.STU_CRS_COMP: june}, on=dt.date(year, 6, 24))
        if place in TRIED_AGAIN:
            when = noon(dt.date(year, 6, 26))
            core_data.receive(_text(june[:-1]).encode(), name="june_again.csv", by=_clerk(place), at=when)
    last_day = dt.date(year, 6, 30)
    reconcile.compare(year, as_of=last_day, at=nights.start_of(last_day), kind=RunKind.HAND)


# Files -------------------------------------------------------------------------------------------------


def _made_up(code: str, year: int, place: str) -> Files:
    """Each kind's rows, as rows of our own."""
    return {
        kind: [dict(row) for row in csv.DictReader(io.StringIO(text))]
        for kind, text in _texts(code, year, place)
    }


@cache
def _texts(code: str, year: int, place: str) -> tuple[tuple[Kind, str], ...]:
    state = State(leas=len(core_data.SENDS), students=STUDENTS, year=year, seed=1)
    ((district, _truth),) = districts(state, only=code)
    texts = []
    for kind in (*OCTOBER, Kind.STU_CRS_COMP):
        rows = list(csv.DictReader(io.StringIO(core_data.in_own_schools(district.text(kind), code, place))))
        for row in rows:
            row.update({"ProgramCode": ""} if "ProgramCode" in row else {})  # the MOCAP courses are our own
            if "StateID" in row:
                row["StateID"] = THEIR_NUMBERS[place] + row["StateID"][3:]
        texts.append((kind, _text(rows)))
    return tuple(texts)


def _text(rows: Sequence[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _seats(place: str, files: Files, year: int) -> Iterator[Seat]:
    """A student for each case, nobody twice, each in a course of their own."""
    older = [row for row in files[Kind.STU_CORE] if _grade(row) in HIGH_SCHOOL]
    younger = [row for row in files[Kind.STU_CORE] if _grade(row) == HIGH_SCHOOL[0] - 1]
    known = {row["CourseNum"] for row in files[Kind.CRS_ASSIGN]}
    courses = (
        Course.objects.filter(
            provider__code=PROVIDERS[place],
            valid_to=None,
            structure=Structure.A,
            instruction=Instruction.PROVIDER,
            grade_low=HIGH_SCHOOL[0],
            grade_high__gte=HIGH_SCHOOL[-1],
        )
        .exclude(state_course_code__in=known)
        .order_by("state_course_code", "provider_course_code", "pk")
        .distinct("state_course_code")
    )
    for case, course in zip(CASES, courses[: len(CASES)], strict=True):
        yield Seat(case, place, (younger if case.is_ahead else older).pop(0), course)


def _grade(row: Row) -> int:
    return int(row["StudentGradeLevel"]) if row["StudentGradeLevel"].isdigit() else 0


def _take(seat: Seat, files: Files) -> None:
    """The section, the student in it, and how it ended; everything else is as in the first row of the file."""
    student, course = seat.student, seat.course
    here = {name: student[name] for name in ("ReportingDistrictCode", "ReportingSchoolCode")}
    section = {
        "AssignNum": seat.number,
        "LocCourseNum": course.provider_course_code,
        "LocCourseName": course.title[:30].replace(",", ""),
        "CourseNum": course.state_course_code,
        "CourseSemester": "S1",
        "ProgramCode": seat.case.program,
        "DeliverySystem": "V",
        "UnitsOfCredit": "0.5",
    }
    who = {
        "StateID": student["StateID"],
        "LocalStudentID": student["LocalStudentID"],
        "StudentLastName": student["LastName"],
        "StudentFirstName": student["FirstName"],
        "StudentDateofBirth": student["DateOfBirth"],
        "StudentDateOfBirth": student["DateOfBirth"],
        "StudentGradeLevel": student["StudentGradeLevel"],
    }
    ended = {"GradeEarned": seat.case.grade, "CreditsEarned": "0" if seat.case.grade == "F" else "0.5"}
    nobody = dict.fromkeys(("ReceivingCollDistCode", "SendDistCode", "SendSchoolCode"), "")
    for kind in (Kind.CRS_ASSIGN, Kind.STU_ASSIGN, Kind.STU_CRS_COMP):
        first = files[kind][0]
        values = here | nobody | section | who | ended
        files[kind].append({name: values.get(name, value) for name, value in first.items()})


def _move(seat: Seat, files: Files) -> None:
    """The student stands in the other district's October, too: in the school of its first student of that grade."""
    like = next(row for row in files[Kind.STU_CORE] if _grade(row) in HIGH_SCHOOL)
    born = core_data.date_of(seat.student["DateOfBirth"])
    theirs = {name: seat.student[name] for name in ("StateID", "LastName", "FirstName", "StudentGradeLevel")}
    moved = like | theirs | {"LocalStudentID": "9001", "DateOfBirth": _like(born, like["DateOfBirth"])}
    files[Kind.STU_CORE].append(moved)
    _take(Seat(Case(), seat.place, moved, seat.course), files)


def _like(day: dt.date, text: str) -> str:
    return f"{day:%m/%d/%Y}" if "/" in text else day.isoformat()


def _certify(place: str, files: Files, *, on: dt.date) -> None:
    for kind, rows in files.items():
        name = f"{on:%B}_{kind}.csv".lower()
        core_data.send_and_certify(_text(rows).encode(), name=name, by=_clerk(place), at=noon(on))


def _clerk(place: str) -> Membership:
    _code, role = core_data.SENDS[place]
    return Membership.objects.active().get(organization__name=place, role=role)


# Reports -----------------------------------------------------------------------------------------------


def _report(provider: str, seats: list[Seat], year: int) -> None:
    day = dt.date(year, 6, 18)
    office = Membership.objects.active().filter(role=Role.DESE_REVIEWER).order_by("pk")[0]
    by = sender(provider)
    assert by.organization_id is not None
    rows = [_reported(provider, number, seat, day, year) for number, seat in enumerate(seats)]
    at = noon(day + ONE_DAY)
    data = vault.seal([report_text(rows).encode()])
    report = actions.receive_report(
        data, name=f"enrollments-{day}.csv", provider_id=by.organization_id, by=by, at=at
    )
    actions.check_report(report.pk, at=at)
    actions.submit_report(report.pk, by=by, at=at)
    actions.accept_report(report.pk, by=office, at=at + ONE_DAY)


def _reported(provider: str, number: int, seat: Seat, day: dt.date, year: int) -> Row:
    born = core_data.date_of(seat.student["DateOfBirth"])
    if seat.case.turns_birth_date:
        born = born.replace(day=born.day % 28 + 1)
    return {
        "formatVersion": FORMAT,
        "vendorCode": provider,
        "asOfDate": day.isoformat(),
        "schoolYear": str(year),
        "enrollmentId": f"{provider[0]}-{year}{number:03}",
        "mosisId": seat.student["StateID"],
        "birthDate": born.isoformat(),
        "familyName": seat.student["LastName"],
        "givenName": seat.student["FirstName"],
        "districtCode": seat.student["ReportingDistrictCode"],
        "enrollmentType": "PT",
        "basis": "mocap",
        "teacherProvided": "Y",
        "vendorCourseCode": seat.course.provider_course_code,
        "stateCourseCode": seat.course.state_course_code,
        "courseTitle": seat.course.title,
        "termCode": "S1",
        "beginDate": dt.date(year - 1, 9, 2).isoformat(),
        "endDate": dt.date(year - 1, 12, 18).isoformat(),
        "enrollmentStatus": "completed",
        "statusDate": dt.date(year - 1, 12, 18).isoformat(),
        "creditsAttempted": "0.5",
        "creditsEarned": "0.5",
        "finalGrade": "B",
        "percentComplete": "100",
    } | dict(seat.case.reported)
