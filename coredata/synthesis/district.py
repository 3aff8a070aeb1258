"""The files of one made-up district.

Everything in them follows from a random generator of the district's own, so that one district alone has the same bytes
as in the whole state. Educators' numbers begin with 9: the Social Security Administration gives out none of these.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from coredata.collection import Collection
from coredata.layouts import Cycle, Kind

from .courses import BANDS, Band, Taught

# fmt: off
FIRST_NAMES = [
    "Ada", "Amir", "Ana", "Ben", "Bella", "Carl", "Chloe", "Dan", "Dora", "Eli", "Emma", "Finn", "Fay", "Gus", "Gina",
    "Hal", "Hana", "Ian", "Iris", "Jack", "Jada", "Kai", "Kira", "Leo", "Lena", "Max", "Mia", "Nils", "Nora", "Omar",
    "Opal", "Pat", "Pia", "Quinn", "Ray", "Rosa", "Sam", "Sara", "Tom", "Tess", "Uma", "Uri", "Vera", "Vic", "Wes",
]
LAST_NAMES = [
    "Abel", "Adams", "Baker", "Banks", "Carter", "Castillo", "Davis", "Diaz", "Ellis", "Flores", "Foster", "Garcia",
    "Grant", "Hall", "Harris", "Irwin", "Jackson", "Jones", "Keller", "King", "Lopez", "Lynn", "Martin", "Moore",
    "Nash", "Nguyen", "Olsen", "Ortiz", "Parker", "Perez", "Reed", "Rivera", "Shaw", "Smith", "Stone", "Taylor",
    "Thomas", "Upton", "Vargas", "Vaughn", "Walker", "Ward", "Xiong", "Yates", "Young", "Zeller", "Zimmer",
]
# fmt: on
GRADES_EARNED = ("A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D", "F")
SCHOOL_SIZE = 900  # students for which a district opens a further school of the same grades
SECTION_SIZE = 24
LEAST_COURSES, MOST_COURSES = 8, 14  # of a student
VIRTUAL_SHARE = 0.025  # of the rows
MOCAP_SHARE = 0.12  # of the virtual rows
MOST_MOCAP = 2  # courses of a student: more need a learning plan
DROPPED_SHARE = 0.01  # of the rows: left before the end, so many systems leave them out in June
TWO_TEACHERS_SHARE = 0.03  # of the sections
KINDERGARTENS = ("K", "KG", "0")
STRIDE = 3_000_000_019  # prime to 10^10, so that no two students of the state share an ID

HEADERS = {
    Kind.CRS_ASSIGN: (
        "CollectionVersion,CurrentSchoolYear,ReportingDistrictCode,ReportingSchoolCode,EDSSN,LastName,FirstName,PosCode,"
        "CTEProgType,AssignNum,LocCourseNum,LocCourseName,CourseNum,CourseSeq,CourseGradeLevel,CourseSemester,"
        "ProgramCode,DeliverySystem,MinutesPerWeek,UnitsOfCredit,ReceivingCollDistCode,SendDistCode,SendSchoolCode"
    ),
    Kind.STU_ASSIGN: (
        "CollectionVersion,CurrentSchoolYear,ReportingDistrictCode,ReportingSchoolCode,StateID,LocalStudentID,"
        "StudentLastName,StudentFirstName,StudentMiddleName,StudentNameSuffix,StudentDateofBirth,StudentGradeLevel,"
        "StudentGender,StudentRaceEthn,AssignNum,DualCreditSite,ReceivingCollDistCode,SendDistCode,SendSchoolCode,EDSSN,"
        "PosCode,CTEProgType,Disadvantaged,IEPDisability,Adult,LocCourseNum,LocCourseName,LocSecNum,CourseNum"
    ),
    Kind.STU_CORE: (
        "CollectionVersion,CurrentSchoolYear,AttendingDistrictCode,AttendingSchoolCode,ReportingDistrictCode,"
        "ReportingSchoolCode,ResidentDistrictCode,ResidentSchoolCode,TeacherName,StateID,LocalStudentID,LastName,"
        "FirstName,MiddleName,Suffix,DateOfBirth,County,StudentGradeLevel,Gender,RaceEthnicity,ResidencyStatus,MemberFTE"
    ),
    Kind.STU_CRS_COMP: (
        "CollectionVersion,CurrentSchoolYear,ReportingDistrictCode,ReportingSchoolCode,ReceivingCollDistCode,SendDistCode,"
        "SendSchoolCode,StateID,LocalStudentID,StudentLastName,StudentFirstName,StudentMiddleName,StudentNameSuffix,"
        "StudentDateOfBirth,StudentGradeLevel,EDSSN,PosCode,CTEProgType,AssignNum,LocCourseNum,LocCourseName,CourseNum,"
        "CourseSemester,GradeEarned,CreditsEarned"
    ),
}
CYCLES = {
    Kind.CRS_ASSIGN: Cycle.OCTOBER,
    Kind.STU_ASSIGN: Cycle.OCTOBER,
    Kind.STU_CORE: Cycle.OCTOBER,
    Kind.STU_CRS_COMP: Cycle.JUNE,
}


@dataclass(frozen=True, slots=True)
class MocapRow:
    """A MOCAP course of a student: the places of its rows in both files, one for each teacher."""

    october: range
    june: range


@dataclass
class District:
    """The rows of each file, without its header, and where the MOCAP courses stand."""

    code: str
    rows: dict[Kind, list[str]] = field(default_factory=lambda: {kind: [] for kind in HEADERS})
    mocap: list[MocapRow] = field(default_factory=list)
    mocap_sections: set[int] = field(default_factory=set)  # places in Course Assignment

    def file(self, kind: Kind) -> str:
        """The name of the file of a kind."""
        return f"{self.code}_{kind}.csv"

    def text(self, kind: Kind) -> str:
        return "\n".join([HEADERS[kind], *self.rows[kind]]) + "\n"


@dataclass(frozen=True, slots=True)
class _Section:
    """A section as it stands in the rows: what follows the student in October and in June, for each teacher."""

    october: tuple[str, ...]
    june_before: str
    june: tuple[str, ...]
    course: Taught
    is_mocap: bool


def make(code: str, students: int, *, first_student: int, year: int, seed: int) -> District:
    """The files of a district. `first_student`: how many students the state has in the districts before it."""
    return _Maker(code, year, random.Random(f"{seed} {code}")).make(students, first_student)  # noqa: S311


class _Maker:
    def __init__(self, code: str, year: int, chance: random.Random) -> None:
        self.code, self.year, self.chance = code, year, chance
        self.district = District(code)
        self.versions = {kind: f"{Collection(year, cycle, kind)},{year}" for kind, cycle in CYCLES.items()}
        self.date_form = chance.choice(("%m/%d/%Y", "%Y-%m-%d"))
        self.kindergarten = chance.choice(KINDERGARTENS)
        self.pads_grades = chance.random() < 0.5
        self.names_itself_sender = chance.random() < 0.4  # some systems export MOCAP rows only so
        self.lists_both_teachers = chance.random() < 0.5
        self.sections: dict[tuple[str, str, str, int], _Section] = {}
        self.in_parallel: dict[str, int] = {}  # sections of a course, by school
        self.people: set[tuple[str, str, str]] = set()

    def make(self, students: int, first_student: int) -> District:
        schools = {
            band: band.schools(max(1, round(students * len(band.grades) / 13 / SCHOOL_SIZE)))
            for band in BANDS
        }
        for band, of_band in schools.items():
            share = students * len(band.grades) / 13 / len(of_band)
            taking = (
                (LEAST_COURSES + MOST_COURSES) / 2 / len(band.courses)
            )  # a course, of a school's students
            self.in_parallel.update(dict.fromkeys(of_band, max(1, round(share * taking / SECTION_SIZE))))
        for number in range(students):
            grade = self.chance.randrange(13)
            band = next(band for band in BANDS if grade in band.grades)
            self._student(first_student + number, number, grade, band, self.chance.choice(schools[band]))
        return self.district

    def _student(self, in_state: int, number: int, grade: int, band: Band, school: str) -> None:
        chance, rows = self.chance, self.district.rows
        mosis_id = f"{(1_234_567 + in_state * STRIDE) % 10**10:010d}"
        born, last, first = self._person(grade)
        level = self.kindergarten if grade == 0 else f"{grade:02d}" if self.pads_grades else str(grade)
        who = f"{mosis_id},{number + 1},{last},{first},,,{born},{level}"
        here = f"{self.code},{school}"
        rows[Kind.STU_CORE].append(
            f"{self.versions[Kind.STU_CORE]},{here},{here},{here},,{mosis_id},{number + 1},{last},{first},,,{born},"
            f"010,{level},F,W,R1,1.0"
        )
        october = f"{self.versions[Kind.STU_ASSIGN]},{here},{who},F,W,"
        june = f"{self.versions[Kind.STU_CRS_COMP]},{here},"
        taken = 0
        for course in chance.sample(band.courses, chance.randint(LEAST_COURSES, MOST_COURSES)):
            kind = self._kind(course, taken)
            section = self._section(school, course, kind)
            in_october = _add(rows[Kind.STU_ASSIGN], [october + rest for rest in section.october])
            is_dropped = chance.random() < DROPPED_SHARE
            if section.is_mocap:
                taken += 1
            elif grade < 6 or is_dropped:
                continue
            outcome = self._outcome(course, is_dropped=is_dropped)
            in_june = _add(
                rows[Kind.STU_CRS_COMP],
                [f"{june}{section.june_before},{who},{rest},{outcome}" for rest in section.june],
            )
            if section.is_mocap:
                self.district.mocap.append(MocapRow(in_october, in_june))

    def _person(self, grade: int) -> tuple[str, str, str]:
        """Birth date and name; nobody else in the district has both."""
        chance = self.chance
        oldest = dt.date(self.year - 7 - grade, 8, 1)
        while True:
            born = (oldest + dt.timedelta(days=chance.randrange(365))).strftime(self.date_form)
            person = (born, chance.choice(LAST_NAMES), chance.choice(FIRST_NAMES))
            if person not in self.people:
                self.people.add(person)
                return person

    def _kind(self, course: Taught, taken: int) -> str:
        if self.chance.random() >= VIRTUAL_SHARE:
            return "room"
        if course.is_mocap and taken < MOST_MOCAP and self.chance.random() < MOCAP_SHARE:
            return "mocap"
        return "virtual"

    def _outcome(self, course: Taught, *, is_dropped: bool) -> str:
        if is_dropped:
            return f"{course.semester},WD,0"
        earned = self.chance.choice(GRADES_EARNED)
        return f"{course.semester},{earned},{0 if earned == 'F' else course.units}"

    def _section(self, school: str, course: Taught, kind: str) -> _Section:
        """One of the sections of the course."""
        parallel = self.in_parallel[school] if kind == "room" else 1
        key = (school, course.code, kind, self.chance.randrange(parallel))
        if key not in self.sections:
            self.sections[key] = self._new_section(school, course, kind)
        return self.sections[key]

    def _new_section(self, school: str, course: Taught, kind: str) -> _Section:
        chance, rows = self.chance, self.district.rows[Kind.CRS_ASSIGN]
        number = f"{school}-{len(self.sections) + 1}"
        program = chance.choice(("50", "50", "52")) if kind == "mocap" else ""
        delivery = "V" if kind != "room" else ""
        sender = f"{self.code},{self.code},{school}" if program and self.names_itself_sender else ",,"
        teachers = [
            f"9{chance.randrange(10**8):08d}" for _ in range(1 + (chance.random() < TWO_TEACHERS_SHARE))
        ]
        local = f"L{course.code[:4]}"
        for teacher in teachers:
            if program:
                self.district.mocap_sections.add(len(rows))
            rows.append(
                f"{self.versions[Kind.CRS_ASSIGN]},{self.code},{school},{teacher},Teacher,Tess,60,,{number},{local},"
                f"{course.title},{course.code},,,{course.semester},{program},{delivery},250,{course.units},{sender}"
            )
        listed = teachers if self.lists_both_teachers else teachers[:1]
        return _Section(
            october=tuple(
                f"{number},,{sender},{teacher},60,,N,,,{local},{course.title},1,{course.code}"
                for teacher in listed
            ),
            june_before=sender,
            june=tuple(f"{teacher},60,,{number},{local},{course.title},{course.code}" for teacher in listed),
            course=course,
            is_mocap=bool(program),
        )


def _add(rows: list[str], more: list[str]) -> range:
    """Add rows; their places."""
    rows.extend(more)
    return range(len(rows) - len(more), len(rows))
