"""What the sources of a made-up school year consist of, one row of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from coredata.collection import Collection
from coredata.layouts import Cycle, Kind

from ..courses import BANDS, Band, Taught
from ..district import CYCLES
from .sheet import Sheet

YOUNG, MIDDLE, HIGH = BANDS
PROVIDERS = ("ALDER", "BIRCH", "CEDAR")
LICENSED, PAUSED, EXPIRED = (
    "LICENSED",
    "PAUSED",
    "EXPIRED",
)  # whose courses are under agreements, or not approved
VIRTUAL_SCHOOL = "1990"  # of a district with a full-time program
WITHDRAWN = "WD"
COUNTED = ("active", "completed", "incomplete", "withdrawn")  # what makes a reported MOCAP course one


class TooSmall(Exception):
    """The state has too few districts or students for what is to be planted. The message says which."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a school year by which everything is dated."""

    year: int

    def day(self, month: int, day: int) -> dt.date:
        """In the first year from July on, in the second one before."""
        return dt.date(self.year - (month >= 7), month, day)

    def term(self, code: str) -> tuple[dt.date, dt.date]:
        autumn, winter = self.day(8, 24), self.day(1, 5)
        christmas, summer = self.day(12, 18), self.day(5, 21)
        return {"S1": (autumn, christmas), "S2": (winter, summer)}.get(code, (autumn, summer))

    @property
    def decided(self) -> dt.date:
        return self.day(8, 10)

    @property
    def october(self) -> dt.date:
        """When October's files are certified."""
        return self.day(10, 26)

    @property
    def june(self) -> dt.date:
        return self.day(6, 20)

    @property
    def reported(self) -> dt.date:
        """For which the providers' last reports are made."""
        return dt.date(self.year, 8, 28)

    @property
    def compared(self) -> dt.date:
        """On which every planted mismatch is to be found: more than 60 days after June was due."""
        return dt.date(self.year, 9, 1)


@dataclass(slots=True)
class Student:
    """As in Student Core. `born` as the district writes it; `core`: the place in that file."""

    lea: str
    school: str
    mosis_id: str
    first: str
    last: str
    born: str
    level: str
    core: int

    @property
    def birth_date(self) -> dt.date:
        if "/" in self.born:
            month, day, year = map(int, self.born.split("/"))
            return dt.date(year, month, day)
        return dt.date.fromisoformat(self.born)

    @property
    def grade(self) -> int:
        return int(self.level) if self.level.isdigit() else 0


@dataclass(slots=True)
class Approval:
    """A decided request for a course, or of a full-time student a course of the schedule (`resident` is set)."""

    number: int
    lea: str
    school: str
    student: Student
    provider: str
    own_code: str
    term: str
    state: str = "completed"
    basis: str = "district"
    decided_on: dt.date | None = None
    decide_by: dt.date | None = None
    started_on: dt.date | None = None
    ended_on: dt.date | None = None
    credit: str = "0.5"
    resident: str = ""
    resident_school: str = ""


@dataclass(slots=True)
class Reported:
    """A row of a provider's report: the columns of the format, by name."""

    provider: str
    cells: dict[str, str]

    def change(self, **cells: str) -> None:
        self.cells.update(cells)


@dataclass(frozen=True, slots=True)
class Offer:
    """A course of a provider's catalog."""

    provider: str
    own_code: str
    code: str
    title: str
    grades: range
    credits: str
    program: str
    valid_to: dt.date | None = None


@dataclass(slots=True)
class Enrollment:
    """A MOCAP course of a student in all four sources: places of its rows, None or no places where it is in none."""

    books: Books
    student: Student
    course: Taught
    offer: Offer
    courses: list[int]
    october: list[int]
    june: list[int]
    approval: Approval | None
    reported: Reported | None

    @property
    def term(self) -> str:
        return self.course.semester

    @property
    def code(self) -> str:
        return self.course.code


@dataclass(slots=True)
class Books:
    """A district's files and its students. `more`: further versions, by the name of the file."""

    code: str
    sheets: dict[Kind, Sheet]
    students: list[Student]
    enrollments: list[Enrollment] = field(default_factory=list)
    more: dict[str, Sheet] = field(default_factory=dict)
    vanished: list[dict[str, str]] = field(
        default_factory=list
    )  # rows of October that the version before had
    left_out: set[Kind] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)  # MOSIS IDs of who has a MOCAP course, or was used otherwise
    section: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def course_sheet(self) -> Sheet:
        return self.sheets[Kind.CRS_ASSIGN]

    @property
    def october(self) -> Sheet:
        return self.sheets[Kind.STU_ASSIGN]

    @property
    def june(self) -> Sheet:
        return self.sheets[Kind.STU_CRS_COMP]

    @property
    def core(self) -> Sheet:
        return self.sheets[Kind.STU_CORE]

    def file(self, kind: Kind, version: str = "") -> str:
        return f"{self.code}_{kind}{version}.csv"

    def version(self, kind: Kind, year: int, cycle: Cycle | None = None) -> dict[str, str]:
        return {
            "CollectionVersion": str(Collection(year, cycle or CYCLES[kind], kind)),
            "CurrentSchoolYear": str(year),
            "ReportingDistrictCode": self.code,
        }


def identity(student: Student, prefix: str = "") -> dict[str, str]:
    return {
        "StateID": student.mosis_id,
        f"{prefix}LastName": student.last,
        f"{prefix}FirstName": student.first,
        "StudentGradeLevel": student.level,
    }


def courses_of(band: Band, term: str = "") -> list[Taught]:
    """What is taught through MOCAP in a band of grades."""
    return [course for course in band.courses if course.is_mocap and term in {"", course.semester}]
