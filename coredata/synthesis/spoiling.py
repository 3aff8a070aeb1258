"""Mistakes as people and systems make them, written into a district's files, and the truth about each."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from coredata.layouts import Kind

from .district import HEADERS, District, MocapRow

SEPARATOR = ","  # no made-up value holds one


@dataclass(frozen=True, slots=True)
class Truth:
    """A problem that stands in a file: `row` is its physical line, `column` the layout's name for it."""

    file: str
    row: int
    column: str
    rule: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A way to spoil a row of a kind of file.

    `change` gets the value that stands in `column` and returns the spoiled one, None where it cannot be spoiled so.
    `breaks`: each rule that the row then breaks, with the column that it names.
    """

    kind: Kind
    column: str
    change: Callable[[str], str | None]
    breaks: tuple[tuple[str, str], ...]


def _always(spoiled: str) -> Callable[[str], str | None]:
    return lambda _value: spoiled


def _without_zeros(value: str) -> str | None:
    return value.lstrip("0") if value.startswith("0") else None


def _one(kind: Kind, column: str, change: Callable[[str], str | None], rule: str) -> Mistake:
    return Mistake(kind, column, change, ((rule, column),))


COURSE, STUDENT, CORE, JUNE = Kind.CRS_ASSIGN, Kind.STU_ASSIGN, Kind.STU_CORE, Kind.STU_CRS_COMP
MISTAKES = (
    _one(COURSE, "MinutesPerWeek", _always("9999"), "V-38"),
    _one(COURSE, "UnitsOfCredit", _always("5"), "V-39"),
    _one(COURSE, "CourseSemester", _always("S3"), "V-37"),
    _one(COURSE, "ProgramCode", _always("5"), "V-35"),
    _one(COURSE, "DeliverySystem", _always("7"), "V-36"),
    _one(COURSE, "LocCourseName", _always("=A1"), "V-18"),
    _one(STUDENT, "StateID", _without_zeros, "V-23"),
    _one(STUDENT, "StateID", lambda value: value[:6] + "-X", "V-22"),
    _one(STUDENT, "StudentDateOfBirth", _always("13/45/2010"), "V-25"),
    _one(STUDENT, "StudentGradeLevel", _always("13"), "V-30"),
    _one(STUDENT, "LocSecNum", _always("Section 1 of the first floor"), "V-21"),
    _one(STUDENT, "SendSchoolCode", lambda value: None if value else "1050", "V-43"),
    _one(CORE, "DateOfBirth", _always(""), "V-20"),
    _one(CORE, "ResidencyStatus", _always("RESIDENT"), "V-21"),
    _one(CORE, "StudentGradeLevel", _always("14"), "V-30"),
    _one(JUNE, "GradeEarned", _always(""), "V-72"),
    _one(JUNE, "GradeEarned", _always("Z"), "V-40"),
    _one(JUNE, "CreditsEarned", _always("none"), "V-41"),
)
# Where a rule names a column by another name than the file's header does, or looks at another one.
_NAMED = {"SendSchoolCode": "SendDistCode"}


def spoil(district: District, *, rate: float, chance: random.Random) -> list[Truth]:
    """Spoil so many of the rows, `rate` of each file, and say what is wrong.

    No row is spoiled twice, and none of a MOCAP course, whose rules reach into other files; of those, `rate` are
    left out of June altogether, as systems do that export no dropped course.
    """
    truth = _leave_out(district, rate=rate, chance=chance)
    for kind in HEADERS:
        rows = district.rows[kind]
        spared = _spared(district, kind)
        mistakes = [mistake for mistake in MISTAKES if mistake.kind is kind]
        for place in sorted(chance.sample(range(len(rows)), round(rate * len(rows)))):
            mistake = chance.choice(mistakes)
            spoiled = _spoiled(rows[place], mistake) if place not in spared else None
            if spoiled is not None:
                rows[place] = spoiled
                truth += [
                    Truth(district.file(kind), _line(place), _NAMED.get(column, column), rule)
                    for rule, column in mistake.breaks
                ]
    return truth


def _line(place: int) -> int:
    """The physical line of a row: below the header, counted from one."""
    return place + 2


def _spared(district: District, kind: Kind) -> set[int]:
    if kind is COURSE:
        return district.mocap_sections
    if kind is STUDENT:
        return {place for row in district.mocap for place in row.october}
    if kind is JUNE:
        return {place for row in district.mocap for place in row.june}
    return set()


def _spoiled(row: str, mistake: Mistake) -> str | None:
    header = HEADERS[mistake.kind].casefold().split(SEPARATOR)
    place = header.index(mistake.column.casefold())
    cells = row.split(SEPARATOR)
    changed = mistake.change(cells[place])
    if changed is None:
        return None
    cells[place] = changed
    return SEPARATOR.join(cells)


def _leave_out(district: District, *, rate: float, chance: random.Random) -> list[Truth]:
    """Take MOCAP courses out of June. October's first row of each then has no outcome."""
    left_out: set[int] = set()
    truth, mocap = [], []
    for row in district.mocap:
        gone = 0
        if chance.random() < rate:
            truth.append(
                Truth(district.file(STUDENT), _line(row.october.start), *_without_outcome(district, row))
            )
            gone = len(row.june)
        start = row.june.start - len(left_out)
        left_out.update(row.june[:gone])
        mocap.append(MocapRow(row.october, range(start, start + len(row.june) - gone)))
    rows = district.rows[JUNE]
    district.rows[JUNE] = [text for place, text in enumerate(rows) if place not in left_out]
    district.mocap = mocap
    return truth


def _without_outcome(district: District, row: MocapRow) -> tuple[str, str]:
    """The column and the rule of a MOCAP course without an outcome: an older student has other rows in June."""
    header = HEADERS[STUDENT].split(SEPARATOR)
    grade = district.rows[STUDENT][row.october.start].split(SEPARATOR)[header.index("StudentGradeLevel")]
    is_young = grade in {"K", "KG", "0"} or int(grade) < 6
    return ("StateID", "V-76") if is_young else ("CourseNum", "V-70")
