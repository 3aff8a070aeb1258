"""Where mismatches are planted: students and districts to plant them on, and what is then to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from ..courses import BANDS, Band, Taught
from .model import HIGH, MIDDLE, VIRTUAL_SCHOOL, YOUNG, Books, Enrollment, Student, TooSmall, courses_of
from .sources import Sources

OFFERED = frozenset(course.code for band in BANDS for course in courses_of(band))
MOST_IN_A_PROGRAM = 5  # courses of a full-time student: a year and a credit each


@dataclass(frozen=True, slots=True, order=True)
class Planted:
    """A mismatch that is to be found, by its identity; `cause`: the one to be suggested first.

    `lea` is empty for one of a provider, `student`, `course` and `term` for one of a district as a whole.
    """

    code: str
    lea: str
    student: str
    course: str
    term: str
    provider: str
    cause: str


class Garden:
    """The sources of a state, with the districts in which single mismatches are planted, and what was planted.

    `whole`: districts that are left to mismatches of a district as a whole, those with the fewest MOCAP courses first.
    """

    def __init__(self, sources: Sources, *, whole: int) -> None:
        self.sources = sources
        self.expected: list[Planted] = []
        books = sorted(sources.books.values(), key=lambda one: (len(one.enrollments), one.code))
        if len(books) < whole + 4:
            raise TooSmall(f"{whole + 4} districts")
        self._whole = iter(books[:whole])
        self.general = sorted(books[whole:], key=lambda one: -len(one.students))
        self.host = self.general.pop(0)  # the largest: it has a full-time program
        self._turn = cycle(self.general)
        self.waiting: list[str] = []  # districts with a newer trial
        self._only: set[tuple[str, str]] = set()  # LEA and course: of one student alone
        self._courses: dict[tuple[int, str], Iterator[Taught]] = {}
        self._untouched = {
            one.code: {
                band: iter([student for student in one.students if student.grade in band.grades])
                for band in (HIGH, MIDDLE, YOUNG)
            }
            for one in books
        }

    # Whom to plant on --------------------------------------------------------------------------------

    def whole(self) -> Books:
        """A district that has nothing planted yet."""
        return next(self._whole)

    def student(self, band: Band = HIGH, books: Books | None = None) -> Student:
        """Somebody of these grades without a MOCAP course: of this district, or of the next in turn."""
        for one in [books] if books else islice(self._turn, len(self.general)):
            for student in self._untouched[one.code][band]:
                if student.mosis_id not in one.taken:
                    one.taken.add(student.mosis_id)
                    _make_room(one, student)
                    return student
        raise TooSmall("more students")

    def elsewhere(self, *not_in: str) -> Books:
        """Another district, of those in which single mismatches are planted."""
        found = next((one for one in islice(self._turn, len(self.general)) if one.code not in not_in), None)
        if found is None:
            raise TooSmall("more districts")
        return found

    def course(self, band: Band = HIGH, term: str = "") -> Taught:
        """A MOCAP course, each time another one."""
        key = (band.first_school, term)
        if key not in self._courses:
            self._courses[key] = cycle(courses_of(band, term))
        return next(self._courses[key])

    def enrollment(
        self, band: Band = HIGH, term: str = "S1", *, books: Books | None = None, **more: Any
    ) -> Enrollment:
        """A course of somebody, about which all four sources agree."""
        student, course = self.student(band, books), self.course(band, term)
        while (student.lea, course.code) in self._only:
            course = self.course(band, term)
        return self.sources.enroll(student, course, **more)

    def only_one(self) -> Enrollment:
        """The same, of a course that the district has for nobody else."""
        for _district in self.general:
            student = self.student()
            books = self.sources.books[student.lea]
            known = {
                books.course_sheet[place]["CourseNum"]
                for place in books.course_sheet
                if books.course_sheet[place]["ProgramCode"]
            }
            for course in courses_of(HIGH, "S1"):
                if course.code not in known:
                    self._only.add((student.lea, course.code))
                    return self.sources.enroll(student, course)
        raise TooSmall("more districts")

    def full_time(self, number: int = MOST_IN_A_PROGRAM) -> list[Enrollment]:
        """The courses of a student of the host's program, who lives in another district."""
        student, resident = self.student(HIGH, self.host), self.student(HIGH)
        books = self.host
        for sheet in books.october, books.june:
            sheet.remove(sheet.having(student.mosis_id))
        names = ("AttendingSchoolCode", "ReportingSchoolCode", "ResidentSchoolCode")
        books.core.change([student.core], **dict.fromkeys(names, VIRTUAL_SCHOOL))
        student.school = VIRTUAL_SCHOOL
        courses = courses_of(HIGH, "YL")[:number]
        return [self.sources.enroll(student, course, resident=resident) for course in courses]

    # What is to be found -----------------------------------------------------------------------------

    def expect(
        self,
        code: str,
        enrollment: Enrollment | None = None,
        cause: str = "",
        *,
        lea: str | None = None,
        student: str | None = None,
        course: str | None = None,
        term: str | None = None,
        provider: str = "",
    ) -> None:
        """A mismatch of an enrollment as a whole, but for what is named."""
        of = enrollment
        self.expected.append(
            Planted(
                code,
                lea if lea is not None else of.student.lea if of else "",
                student if student is not None else of.student.mosis_id if of else "",
                course if course is not None else of.code if of else "",
                term if term is not None else of.term if of else "",
                provider,
                cause,
            )
        )

    def about_student(self, code: str, student: Student, cause: str, *, lea: str | None = None) -> None:
        """A mismatch that names no course."""
        self.expect(code, None, cause, lea=lea or student.lea, student=student.mosis_id)

    def about_lea(self, code: str, lea: str, cause: str) -> None:
        self.expect(code, None, cause, lea=lea)

    # So that nothing else is found -------------------------------------------------------------------

    def balance(self) -> None:
        """Let courses that agree be added to a district until what was planted there is no pattern of its own."""
        for books in (*self.general, self.host):
            while self._is_pattern(books):
                self.enrollment(books=books)

    def _is_pattern(self, books: Books) -> bool:
        """Whether counts lie far apart (M-77), or most of what is expected is missing (M-05)."""
        coded, told = self.sources.coded(books), self.sources.told(books.code)
        missing = sum(one.code == "M-01" and one.lea == books.code for one in self.expected)
        approved = sum(one.lea == books.code for one in self.sources.approvals)
        apart = abs(coded - told)
        return (apart > 5 and apart * 100 > 20 * max(coded, told)) or (
            missing >= 3 and missing * 2 >= approved
        )


def _make_room(books: Books, student: Student) -> None:
    """Take the student out of every classroom course that might be taken through MOCAP instead."""
    for sheet in books.october, books.june:
        own = sheet.having(student.mosis_id)
        sheet.remove([place for place in own if sheet[place]["CourseNum"] in OFFERED])


Plant = Callable[[Garden], None]


@dataclass(slots=True)
class Kind:
    """How a code is planted: in each of these ways in turn. `whole`: each time on a district of its own."""

    ways: list[Plant]
    whole: bool = False


KINDS: dict[str, Kind] = {}


def plant(*codes: str, whole: bool = False) -> Callable[[Plant], Plant]:
    """Register a way to plant a mismatch; of several codes it makes all."""

    def keep(way: Plant) -> Plant:
        for code in codes:
            KINDS.setdefault(code, Kind([], whole)).ways.append(way)
        return way

    return keep
