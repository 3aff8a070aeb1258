"""A small state of the four sources, as plain rows: what the engine reads from the database, without the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

YEAR_STARTS, YEAR_ENDS = dt.date(2026, 7, 1), dt.date(2027, 6, 30)
SEMESTERS = ("Q1", "Q2", "Q3", "Q4", "S1", "S2", "T1", "T2", "T3", "YL")
CODED = ("50", "52")

# What the district has decided in favour of, whatever became of it since (a line's own states).
APPROVED = ("approved", "registered", "confirmed", "active", "finished", "completed", "withdrawn", "removed")
# 2.7: what a grade means. A blank is like an incomplete.
OUTCOMES = {
    **dict.fromkeys(("A", "B", "C", "D", "P", "S"), "pass"),
    **dict.fromkeys(("F", "U", "NC"), "fail"),
    **dict.fromkeys(("I", "IC", ""), "incomplete"),
    "WD": "withdrawn",
    "AU": "audited",
}

Lea = int
Provider = int


@dataclass(eq=False, slots=True)
class Asked:
    """A: a line of a request (PT), or a course of a full-time student's schedule (FT), whose LEA is the host.

    `key`: in the order in which they were made. `number`: what a provider may name, of a line of a request.
    """

    key: int
    type: str
    lea: Lea
    resident: Lea | None
    provider: Provider
    student: str
    has_plan: bool
    born: dt.date
    course: str
    own_code: str
    semester: str
    state: str
    is_private: bool
    program: str
    begins_on: dt.date
    started_on: dt.date | None
    decided_on: dt.date | None = None
    decide_by: dt.date | None = None

    @property
    def number(self) -> str:
        return str(self.key) if self.type == "PT" else ""

    @property
    def is_approved(self) -> bool:
        return self.state in APPROVED

    @property
    def counts(self) -> bool:
        """Decided, on basis mocap, and not ended before its first day."""
        never_began = self.state in {"withdrawn", "removed"} and self.started_on is None
        return self.is_approved and not self.is_private and not never_began

    @property
    def is_withdrawn(self) -> bool:
        """After its start."""
        return self.state in {"withdrawn", "removed"} and self.started_on is not None


@dataclass(eq=False, slots=True)
class October:
    """O: a student in a course, co-teachers taken as one."""

    lea: Lea
    student: str
    course: str
    semester: str
    line: int
    program: str = "50"
    delivery: str = "V"
    units: Decimal | None = Decimal("0.5")
    grade: str = "10"
    born: dt.date | None = None
    sections: int = 1
    school: str = "1050"
    course_line: int = 7
    educators: int = 1  # of its section's rows those that name one
    names_districts: bool = False  # one that sends and one that receives

    @property
    def is_coded(self) -> bool:
        return self.program in CODED


@dataclass(eq=False, slots=True)
class Section:
    """A section of Course Assignment, with a line for each of its teachers; each school numbers its own."""

    lea: Lea
    school: str
    number: str
    course: str
    semester: str
    program: str
    lines: tuple[int, ...]
    educators: int

    @property
    def is_coded(self) -> bool:
        return self.program in CODED


@dataclass(eq=False, slots=True)
class June:
    """J: how a course ended."""

    lea: Lea
    student: str
    course: str
    semester: str
    line: int
    program: str = ""
    grade_earned: str = "B"
    credits: Decimal | None = Decimal("0.5")
    grade: str = "10"
    sections: int = 1

    @property
    def is_coded(self) -> bool:
        return self.program in CODED

    @property
    def outcome(self) -> str:
        return OUTCOMES[self.grade_earned]


@dataclass(eq=False, slots=True)
class Reported:
    """V: an enrollment in a provider's accepted report. `report` and `line`: its place, for what is else alike."""

    provider: Provider
    lea: Lea
    report: int
    line: int
    enrollment: str
    student: str
    born: dt.date
    type: str
    basis: str
    teaches: str
    own_code: str
    course: str
    semester: str
    begins_on: dt.date | None
    ends_on: dt.date | None
    status: str
    credits: Decimal | None = None
    final_grade: str = ""
    approval: str = ""

    @property
    def counts(self) -> bool:
        """Is or was a MOCAP course. Neither one that waits nor one that never began is."""
        return self.basis == "mocap" and self.status in {"active", "completed", "incomplete", "withdrawn"}

    @property
    def is_active(self) -> bool:
        return self.status == "active"

    @property
    def program(self) -> str:
        return {"Y": "50", "N": "52"}.get(self.teaches, "")


@dataclass(frozen=True, slots=True)
class Listed:
    """A course of a provider's catalog."""

    provider: Provider
    own_code: str
    course: str
    grade_low: int
    grade_high: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Courses of this provider are the LEA's own, not MOCAP's."""

    lea: Lea
    provider: Provider
    kind: str


@dataclass(frozen=True, slots=True)
class Gone:
    """An enrollment that an earlier accepted report listed, and the newest one does not."""

    provider: Provider
    lea: Lea
    student: str
    course: str
    semester: str
    basis: str
    status: str
    ends_on: dt.date


@dataclass(slots=True)
class Files:
    """What an LEA has certified, and when."""

    courses_on: dt.date | None = None
    students_on: dt.date | None = None
    june_on: dt.date | None = None
    core: frozenset[str] | None = None  # the students of its Student Core; None: not certified

    @property
    def october_on(self) -> dt.date | None:
        if self.courses_on is None or self.students_on is None:
            return None
        return max(self.courses_on, self.students_on)


@dataclass(slots=True)
class State:
    """All that is known on a day. Files are taken from a day on, and due on another."""

    as_of: dt.date
    october_from: dt.date
    october_due: dt.date
    june_from: dt.date
    june_due: dt.date
    files: Mapping[Lea, Files]
    catalog: Sequence[Listed]
    overdue: frozenset[Provider] = frozenset()
    asked: list[Asked] = field(default_factory=list)
    october: list[October] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    june: list[June] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    hosts: frozenset[Lea] = frozenset()  # with a full-time program
    is_shared: bool = False  # the LEAs have a cooperative agreement
    closed: Mapping[Lea, dt.date] = field(default_factory=dict)  # the last day of each that has closed

    @property
    def known(self) -> set[str]:
        """The students whose every course counts: with an approval, in a full-time program, or reported."""
        asked = {a.student for a in self.asked if a.type == "FT" or (a.is_approved and not a.is_private)}
        return asked | {v.student for v in self.reported}

    def is_compared(self, lea: Lea) -> bool:
        """An LEA that closes is compared while its school year is."""
        return not self._had_closed(lea, YEAR_STARTS)

    def october_is_due(self, lea: Lea) -> bool:
        """Files are not missing that were first taken after it had closed."""
        return self.as_of > self.october_due and not self._had_closed(lea, self.october_from)

    def june_is_due(self, lea: Lea) -> bool:
        return self.as_of > self.june_due and not self._had_closed(lea, self.june_from)

    def october_opens(self, lea: Lea) -> bool:
        """What is missing in October is said once it is certified, or due."""
        return self.files[lea].october_on is not None or self.october_is_due(lea)

    def june_opens(self, lea: Lea) -> bool:
        return self.files[lea].june_on is not None or self.june_is_due(lea)

    def _had_closed(self, lea: Lea, day: dt.date) -> bool:
        return lea in self.closed and self.closed[lea] < day
