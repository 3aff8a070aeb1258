"""The four sources of a made-up school year, which agree about every MOCAP course until something is planted.

A district's October and June, what it approved, what providers report, and what the directory says beside them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from coredata.layouts import Kind

from ..courses import BANDS, Taught
from ..district import HEADERS, District, MocapRow
from .model import (
    COUNTED,
    PROVIDERS,
    WITHDRAWN,
    Approval,
    Books,
    Days,
    Enrollment,
    Offer,
    Reported,
    Student,
    identity,
)
from .sheet import Sheet


class Sources:
    """Everything that a made-up state says of its MOCAP courses."""

    def __init__(self, year: int, districts: Sequence[District]) -> None:
        self.days = Days(year)
        self.year = year
        self.offers: dict[tuple[str, str], Offer] = {}
        self.approvals: list[Approval] = []
        self.reports: list[Reported] = []
        self.earlier_reports: list[Reported] = []
        self.agreements: list[tuple[str, str, str]] = []  # kind, LEA, provider or partner
        self.closed_schools: list[tuple[str, str]] = []
        self.late: list[str] = []  # providers whose last report is of April
        self.numbers = count(1)
        self.books = {district.code: _books(district) for district in districts}
        for district, books in zip(districts, self.books.values(), strict=True):
            sections = _sections(books.course_sheet)
            students = {student.mosis_id: student for student in books.students}
            for row in district.mocap:
                self._of_file(books, row, sections, students)

    # Courses that agree ------------------------------------------------------------------------------

    def _of_file(
        self,
        books: Books,
        row: MocapRow,
        sections: Mapping[str, list[int]],
        students: Mapping[str, Student],
    ) -> None:
        """A MOCAP course that the district's files have: approve and report it."""
        october, june = books.october[row.october.start], books.june[row.june.start]
        places = sections[october["AssignNum"]]
        section = books.course_sheet[places[0]]
        course = Taught(
            section["CourseNum"],
            section["LocCourseName"],
            section["CourseSemester"],
            section["UnitsOfCredit"],
            is_mocap=True,
        )
        student = students[october["StateID"]]
        provider = PROVIDERS[int(student.mosis_id) % len(PROVIDERS)]
        offer = self.offer(provider, course, section["ProgramCode"])
        enrollment = Enrollment(
            books, student, course, offer, list(places), list(row.october), list(row.june), None, None
        )
        self._tell(enrollment, grade=june["GradeEarned"], earned=june["CreditsEarned"])

    def enroll(
        self,
        student: Student,
        course: Taught,
        *,
        program: str = "50",
        provider: str = "",
        term: str = "",
        school: str = "",
        units: str = "",
        grade: str = "B",
        resident: Student | None = None,
    ) -> Enrollment:
        """Put a further MOCAP course of a student into all four sources, in a section of its own."""
        books = self.books[student.lea]
        course = replace(course, semester=term or course.semester, units=units or course.units)
        offer = self.offer(provider or PROVIDERS[int(student.mosis_id) % len(PROVIDERS)], course, program)
        section, june = self.section(books, student, course, program=program, school=school or student.school)
        enrollment = Enrollment(
            books,
            student,
            course,
            offer,
            [section],
            [self.attend(books, student, section)],
            [books.june.add({**june, "GradeEarned": grade, "CreditsEarned": course.units})],
            None,
            None,
        )
        self._tell(enrollment, grade=grade, earned=course.units, resident=resident)
        return enrollment

    def section(
        self, books: Books, student: Student, course: Taught, *, program: str, school: str
    ) -> tuple[int, dict[str, str]]:
        """A new section: its place in Course Assignment, and a row of June for the student without an outcome."""
        number = f"P-{next(books.section)}"
        same = {
            "ReportingSchoolCode": school,
            "EDSSN": f"9{int(student.mosis_id) % 10**8:08d}",
            "PosCode": "60",
            "AssignNum": number,
            "LocCourseNum": f"L{course.code[:4]}",
            "LocCourseName": course.title,
            "CourseNum": course.code,
        }
        place = books.course_sheet.add(
            {
                **books.version(Kind.CRS_ASSIGN, self.year),
                **same,
                "LastName": "Teacher",
                "FirstName": "Tess",
                "CourseSemester": course.semester,
                "ProgramCode": program,
                "DeliverySystem": "V",
                "MinutesPerWeek": "250",
                "UnitsOfCredit": course.units,
            }
        )
        june = {
            **books.version(Kind.STU_CRS_COMP, self.year),
            **same,
            **identity(student, "Student"),
            "StudentDateOfBirth": student.born,
            "CourseSemester": course.semester,
        }
        return place, june

    def attend(self, books: Books, student: Student, section: int) -> int:
        """Write a student into a section; the place in Student Assignment."""
        of_section = books.course_sheet[section]
        shared = (
            "ReportingSchoolCode",
            "EDSSN",
            "PosCode",
            "AssignNum",
            "LocCourseNum",
            "LocCourseName",
            "CourseNum",
        )
        return books.october.add(
            {
                **books.version(Kind.STU_ASSIGN, self.year),
                **{name: of_section[name] for name in shared},
                **identity(student, "Student"),
                "StudentDateofBirth": student.born,
                "StudentGender": "F",
                "StudentRaceEthn": "W",
                "Disadvantaged": "N",
                "LocSecNum": "1",
            }
        )

    def offer(self, provider: str, course: Taught, program: str = "50", **more: dt.date) -> Offer:
        """The course in the provider's catalog, put there when it is not."""
        own_code = f"{provider}-{course.code}" + ("-C" if program == "52" else "") + ("-OLD" if more else "")
        if (provider, own_code) not in self.offers:
            self.offers[provider, own_code] = Offer(
                provider,
                own_code,
                course.code,
                course.title,
                _grades(course.code),
                course.units,
                program,
                **more,
            )
        return self.offers[provider, own_code]

    def _tell(
        self, enrollment: Enrollment, *, grade: str, earned: str, resident: Student | None = None
    ) -> None:
        """Approve and report a course as it ended."""
        enrollment.approval = self.approve(enrollment, resident=resident)
        enrollment.reported = self.report(enrollment, grade=grade, earned=earned)
        if grade == WITHDRAWN:
            self.withdraw(enrollment)
        enrollment.books.enrollments.append(enrollment)
        enrollment.books.taken.add(enrollment.student.mosis_id)

    def approve(self, enrollment: Enrollment, *, resident: Student | None = None) -> Approval:
        student, term = enrollment.student, self.days.term(enrollment.term)
        approval = Approval(
            number=next(self.numbers),
            lea=student.lea,
            school=student.school,
            student=student,
            provider=enrollment.offer.provider,
            own_code=enrollment.offer.own_code,
            term=enrollment.term,
            decided_on=self.days.decided,
            started_on=term[0],
            ended_on=term[1],
            credit=enrollment.course.units,
        )
        if resident:
            approval.resident, approval.resident_school = resident.lea, resident.school
        self.approvals.append(approval)
        return approval

    def report(self, enrollment: Enrollment, *, grade: str = "B", earned: str = "") -> Reported:
        """What the enrollment's provider says of it: completed."""
        student, offer = enrollment.student, enrollment.offer
        begins, ends = self.days.term(enrollment.term)
        approval = enrollment.approval
        reported = Reported(
            offer.provider,
            {
                "formatVersion": "MOCAP-ENR-1.0",
                "vendorCode": offer.provider,
                "asOfDate": self.days.reported.isoformat(),
                "schoolYear": str(self.year),
                "enrollmentId": f"{offer.provider}-{next(self.numbers)}",
                "approvalId": str(approval.number) if approval and not approval.resident else "",
                "mosisId": student.mosis_id,
                "birthDate": student.birth_date.isoformat(),
                "familyName": student.last,
                "givenName": student.first,
                "gradeLevel": f"{student.grade:02d}" if student.grade else "K",
                "districtCode": student.lea,
                "enrollmentType": "FT" if approval and approval.resident else "PT",
                "basis": "mocap",
                "teacherProvided": "N" if offer.program == "52" else "Y",
                "vendorCourseCode": offer.own_code,
                "stateCourseCode": offer.code,
                "courseTitle": offer.title,
                "termCode": enrollment.term,
                "beginDate": begins.isoformat(),
                "endDate": ends.isoformat(),
                "enrollmentStatus": "completed",
                "statusDate": ends.isoformat(),
                "creditsAttempted": offer.credits,
                "creditsEarned": earned or enrollment.course.units,
                "finalGrade": grade,
            },
        )
        self.reports.append(reported)
        return reported

    def withdraw(self, enrollment: Enrollment) -> None:
        """The student stopped a month after the first day, as the request and the report say."""
        assert enrollment.approval and enrollment.reported
        stopped = self.days.term(enrollment.term)[0] + dt.timedelta(days=30)
        enrollment.approval.state, enrollment.approval.ended_on = "withdrawn", stopped
        enrollment.reported.change(
            enrollmentStatus="withdrawn", statusDate=stopped.isoformat(), creditsEarned="", finalGrade=""
        )

    # Taken out again ---------------------------------------------------------------------------------

    def unapprove(self, enrollment: Enrollment) -> None:
        assert enrollment.approval
        self.approvals.remove(enrollment.approval)
        enrollment.approval = None
        if enrollment.reported:
            enrollment.reported.change(approvalId="")

    def unreport(self, enrollment: Enrollment) -> None:
        assert enrollment.reported
        self.reports.remove(enrollment.reported)
        enrollment.reported = None

    def leave_october(self, enrollment: Enrollment) -> None:
        """Take the student out of the section; a section of one goes with it."""
        books = enrollment.books
        number = books.course_sheet[enrollment.courses[0]]["AssignNum"]
        books.october.remove(enrollment.october)
        if not books.october.having(number):
            books.course_sheet.remove(enrollment.courses)
        enrollment.october, enrollment.courses = [], []

    def leave_june(self, enrollment: Enrollment) -> None:
        enrollment.books.june.remove(enrollment.june)
        enrollment.june = []

    # How much there is -------------------------------------------------------------------------------

    def coded(self, books: Books) -> int:
        """How many MOCAP courses of students the district's October has."""
        sheet = books.course_sheet
        mocap = {
            row["AssignNum"]: row
            for row in map(sheet.__getitem__, sheet)
            if row["ProgramCode"] in {"50", "52"}
        }
        rows = (row for row in map(books.october.__getitem__, books.october) if row["AssignNum"] in mocap)
        return len(
            {(row["StateID"], row["CourseNum"], mocap[row["AssignNum"]]["CourseSemester"]) for row in rows}
        )

    def told(self, code: str) -> int:
        """How many running or ended MOCAP courses providers report under a district."""
        return sum(
            row.cells["districtCode"] == code
            and row.cells["basis"] == "mocap"
            and row.cells["enrollmentStatus"] in COUNTED
            for row in self.reports
        )


def _grades(code: str) -> range:
    """The grades in which a course is taught, in one band or several."""
    taught = [band.grades for band in BANDS if any(course.code == code for course in band.courses)]
    return range(taught[0].start, taught[-1].stop)


def _books(district: District) -> Books:
    sheets = {kind: Sheet(HEADERS[kind], rows) for kind, rows in district.rows.items()}
    core = sheets[Kind.STU_CORE]
    students = []
    for place in core:
        row = core[place]
        students.append(
            Student(
                district.code,
                row["ReportingSchoolCode"],
                row["StateID"],
                row["FirstName"],
                row["LastName"],
                row["DateOfBirth"],
                row["StudentGradeLevel"],
                place,
            )
        )
    return Books(district.code, sheets, students)


def _sections(sheet: Sheet) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place in sheet:
        found.setdefault(sheet[place]["AssignNum"], []).append(place)
    return found
