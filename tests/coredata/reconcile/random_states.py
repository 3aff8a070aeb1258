"""Random small states: up to four students of two LEAs in the four sources, most of which agree in most things."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from random import Random
from typing import TypeVar

from .plain import Agreement, Asked, Files, Gone, June, Listed, October, Reported, Section, State

ALGEBRA, ENGLISH, ART, UNLISTED = "115845", "054100", "051100", "999999"
TERMS = {
    "S1": (dt.date(2026, 8, 20), dt.date(2026, 12, 20)),
    "S2": (dt.date(2027, 1, 6), dt.date(2027, 5, 22)),
    "YL": (dt.date(2026, 8, 20), dt.date(2027, 5, 22)),
}
OCTOBER_DUE, JUNE_DUE = dt.date(2026, 10, 31), dt.date(2027, 6, 30)
OCTOBER_FROM, JUNE_FROM = dt.date(2026, 9, 1), dt.date(2027, 5, 1)
OCTOBER_STARTS, JUNE_STARTS = dt.date(2026, 10, 5), dt.date(2027, 6, 10)
# Before the school year, in its first days, and around the days from which files are taken.
LAST_DAYS = [
    dt.date(2026, 6, 30), dt.date(2026, 7, 1), dt.date(2026, 8, 31), OCTOBER_FROM, dt.date(2027, 4, 30), JUNE_FROM,
]  # fmt: skip
DAY = dt.timedelta(days=1)

LINES = {
    "active": 7, "approved": 2, "registered": 1, "confirmed": 1, "finished": 1, "completed": 2, "withdrawn": 3,
    "removed": 1, "requested": 2, "denied": 2, "cancelled": 1,
}  # fmt: skip
STARTED = {"active", "finished", "completed", "withdrawn"}
STATUSES = {"active": 8, "completed": 5, "withdrawn": 3, "no_start": 1, "pending": 1, "incomplete": 2}
BASES = {
    "mocap": 14,
    "site_license": 1,
    "partnership": 1,
    "cooperative": 1,
    "private_pay": 1,
    "non_mocap_course": 1,
}
SEMESTERS = {"S1": 6, "S2": 4, "YL": 4, "Q1": 1, "Q3": 1, "T1": 1, "T2": 1, "": 1}
GRADES = {"B": 8, "A": 2, "F": 3, "WD": 3, "I": 2, "P": 1, "NC": 1, "AU": 1, "": 1}
LEVELS = {"10": 12, "12": 2, "07": 1, "04": 2, "K": 1, "PK": 1}
CREDITS = {Decimal("0.5"): 8, Decimal(1): 2, Decimal("0.25"): 1, Decimal(0): 2, None: 1}
UNITS = {Decimal("0.5"): 10, Decimal(1): 3, Decimal(3): 1, Decimal("6.5"): 1, None: 1}
PROGRAMS = {"50": 10, "52": 2, "": 3, "01": 1}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting:
    """What all states of a night share, and what makes their rows distinct."""

    as_of: dt.date
    providers: tuple[int, int]
    catalog: Sequence[Listed]
    overdue: frozenset[int]
    students: Iterator[int]
    keys: Iterator[int]
    lines: Iterator[int]


def setting(
    as_of: dt.date, providers: tuple[int, int], catalog: Sequence[Listed], overdue: frozenset[int]
) -> Setting:
    return Setting(as_of, providers, catalog, overdue, count(1000), count(1), count(2))


def random_state(random: Random, shared: Setting, leas: tuple[int, int]) -> State:
    return _Maker(random, shared, leas).made()


class _Maker:
    """Of one state. `leas`: most students go to the first; the second hosts full-time students."""

    def __init__(self, random: Random, shared: Setting, leas: tuple[int, int]) -> None:
        self.random, self.shared, self.leas = random, shared, leas
        self.agree = False  # whether the sources that have a course say the same of it
        self.state = State(
            as_of=shared.as_of,
            october_from=OCTOBER_FROM,
            october_due=OCTOBER_DUE,
            june_from=JUNE_FROM,
            june_due=JUNE_DUE,
            files={lea: self.files() for lea in leas},
            catalog=shared.catalog,
            overdue=shared.overdue,
            hosts=frozenset(leas[1:]),
            is_shared=self.chance(0.2),
            closed={lea: random.choice(LAST_DAYS) for lea in leas if self.chance(0.12)},
        )

    def of(self, weights: dict[T, int]) -> T:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def files(self) -> Files:
        has = self.of({(True, True): 14, (True, False): 1, (False, True): 1, (False, False): 2})
        day = OCTOBER_STARTS + self.random.randrange(20) * DAY
        june = JUNE_STARTS + self.random.randrange(30) * DAY
        return Files(
            courses_on=day if has[0] and day <= self.shared.as_of else None,
            students_on=day + DAY if has[1] and day < self.shared.as_of else None,
            june_on=june if self.chance(0.7) and june <= self.shared.as_of else None,
            core=frozenset() if self.chance(0.5) else None,
        )

    def made(self) -> State:
        shape = self.of({"few": 36, "many": 2, "block": 3, "strangers": 1})
        if shape == "few":
            for _student in range(self.random.randint(1, 4)):
                self.student(self.random.randint(1, 3))
        elif shape == "strangers":
            # Whom a provider reports under the LEA where they are not.
            for _student in range(self.random.randint(9, 11)):
                self.student(1, only="V", home=self.leas[1], reported=self.leas[0])
        else:
            # Of one source many rows, or a whole block that October lacks, or has without its codes.
            sources = self.random.choice(["V", "O", "AO"])
            if shape == "block":
                self.agree, sources = True, self.random.choice(["AV", "AVU"])
                self.student(1, only="AOV", home=self.leas[0])
            for _student in range(self.random.randint(4, 8)):
                self.student(1, only=sources)
        for lea in self.leas:
            for provider in self.shared.providers:
                if self.chance(0.1):
                    kind = self.random.choice(["partnership", "site_license"])
                    self.state.agreements.append(Agreement(lea, provider, kind))
            if self.state.files[lea].courses_on is not None and self.chance(0.3):
                for _section in range(self.random.randint(1, 2)):
                    self.empty_section(lea)
        return self.state

    def student(
        self, courses: int, *, only: str = "", home: int | None = None, reported: int | None = None
    ) -> None:
        number = next(self.shared.students)
        student = f"{number:010d}"
        old = dt.date(1995 if self.chance(0.03) else 2008, 1, 1)
        born = old + number % 1000 * DAY
        if self.chance(0.02):
            born = dt.date(2006, 1 + number % 12, 1 + number % 28)  # of age on some day of the school year
        self.born, self.has_plan, self.level = born, self.chance(0.3), self.of(LEVELS)
        home = home or (self.leas[0] if self.chance(0.8) else self.leas[1])
        for lea, files in self.state.files.items():
            if files.core is not None and self.chance(0.85 if lea == home else 0.1):
                files.core |= {student}
        is_hosted = self.chance(0.15)
        self.hosted = self.of({"active": 5, "withdrawn": 1})
        self.admitted = dt.date(2026, 7, 20) + self.random.choice([0, 60]) * DAY
        for _course in range(courses):
            self.type = "FT" if is_hosted else "PT"
            # A student of a full-time program who asked for a single course.
            is_single = self.chance(0.1)
            self.course(student, home, is_hosted=is_hosted and not is_single, only=only, reported=reported)

    def course(self, student: str, home: int, *, is_hosted: bool, only: str, reported: int | None) -> None:
        """One course: in each source or not, and now and then not quite the same in it."""
        listed = self.random.choice(self.shared.catalog)
        semester = self.random.choice(["S1", "S1", "S2", "YL"])
        sources = only or "".join(source for source in "AOJV" if self.chance(0.75))
        lea = self.leas[1] if is_hosted and self.chance(0.6) else home
        if "A" in sources:
            for _time in range(2 if self.chance(0.06) else 1):
                self.asked(student, home, listed, self.term(semester), is_hosted=is_hosted)
        for _time in range(2 if self.chance(0.1) else 1):
            if "O" in sources:
                self.october(student, lea, self.code(listed), self.near(semester), self.of(PROGRAMS))
            if "U" in sources:
                self.october(student, lea, UNLISTED, semester, "")
            if "J" in sources:
                self.june(student, lea, self.code(listed), self.near(semester))
            if "V" in sources:
                known_as = f"9{student[1:]}" if self.chance(0.05) else student  # a digit is wrong
                self.reported(known_as, reported or lea, listed, self.near(semester))
        if self.chance(0.06):
            basis, status = self.of(BASES), self.of(STATUSES)
            ends = self.shared.as_of + self.random.choice([-30, -30, 60]) * DAY
            self.state.gone.append(
                Gone(listed.provider, lea, student, listed.course, self.near(semester), basis, status, ends)
            )

    def near(self, semester: str) -> str:
        return self.of(SEMESTERS) if self.chance(0.2) and not self.agree else semester

    def term(self, semester: str) -> str:
        return self.random.choice([*TERMS]) if self.chance(0.1) else semester

    def code(self, listed: Listed) -> str:
        other = self.random.choice([ALGEBRA, ENGLISH, ART, UNLISTED])
        return other if self.chance(0.12) and not self.agree else listed.course

    def lea(self, lea: int) -> int:
        return self.random.choice(self.leas) if self.chance(0.1) else lea

    def asked(self, student: str, home: int, listed: Listed, semester: str, *, is_hosted: bool) -> None:
        state = self.hosted if is_hosted else "active" if self.agree else self.of(LINES)
        starts = TERMS[semester][0]
        started = state in STARTED or (state == "removed" and self.chance(0.6))
        if is_hosted and state == "withdrawn":
            started = self.chance(0.7)
        day = starts + self.random.choice([0, 0, 0, 12, 40, 100]) * DAY
        decided = None
        if state not in {"requested", "cancelled"} and self.chance(0.6):
            decided = starts + self.random.choice([-60, -20, -5, 5, 60]) * DAY
        self.state.asked.append(
            Asked(
                key=next(self.shared.keys),
                type="FT" if is_hosted else "PT",
                lea=self.leas[1] if is_hosted else self.lea(home),
                resident=self.leas[0] if is_hosted else None,
                provider=listed.provider,
                student=student,
                has_plan=self.has_plan,
                born=self.born,
                course=listed.course,
                own_code=listed.own_code,
                semester=semester,
                state=state,
                is_private=not is_hosted and self.chance(0.07),
                program="52" if listed.course == ART else "50",
                begins_on=day if started and not is_hosted else starts,
                started_on=(starts if is_hosted else day) if started else None,
                decided_on=self.admitted if is_hosted else decided,
                decide_by=self.random.choice([None, dt.date(2026, 9, 1), dt.date(2026, 11, 25)]),
            )
        )

    def october(self, student: str, lea: int, course: str, semester: str, program: str) -> None:
        lea = self.lea(lea)
        place = (lea, student, course, semester)
        if self.state.files[lea].october_on is None or any(
            (o.lea, o.student, o.course, o.semester) == place for o in self.state.october
        ):
            return
        section = self.section(lea, course, semester, program)
        sections = 2 if self.chance(0.05) else 1
        if sections > 1:
            self.new_section(lea, course, semester, program)
        self.state.october.append(
            October(
                *place,
                line=next(self.shared.lines),
                program=program,
                delivery="S" if self.chance(0.1) else "V",
                units=self.of(UNITS),
                grade=self.level,
                born=None if self.chance(0.1) else self.born,
                sections=sections,
                school=section.school,
                course_line=self.random.choice(section.lines),
                educators=section.educators,
                names_districts=self.chance(0.3),
            )
        )

    def section(self, lea: int, course: str, semester: str, program: str) -> Section:
        """One that is there, or a new one."""
        like = (lea, course, semester, program)
        there = [
            one for one in self.state.sections if (one.lea, one.course, one.semester, one.program) == like
        ]
        return self.random.choice(there) if there and self.chance(0.6) else self.new_section(*like)

    def new_section(self, lea: int, course: str, semester: str, program: str) -> Section:
        school = self.of({"1050": 4, "2020": 1})
        lines = tuple(next(self.shared.lines) for _teacher in range(2 if self.chance(0.15) else 1))
        section = Section(
            lea=lea,
            school=school,
            number=f"{sum((one.lea, one.school) == (lea, school) for one in self.state.sections)}",
            course=course,
            semester=semester,
            program=program,
            lines=lines,
            educators=0 if self.chance(0.06) else len(lines),
        )
        self.state.sections.append(section)
        return section

    def empty_section(self, lea: int) -> None:
        """Of a course that others have, or of one that nobody has."""
        there = [(one.course, one.semester) for one in self.state.sections if one.lea == lea]
        where = self.random.choice(
            [*there, (self.random.choice([ALGEBRA, ENGLISH, ART]), self.of(SEMESTERS))]
        )
        self.new_section(lea, *where, self.of(PROGRAMS))

    def june(self, student: str, lea: int, course: str, semester: str) -> None:
        lea = self.lea(lea)
        place = (lea, student, course, semester)
        if self.state.files[lea].june_on is None or any(
            (j.lea, j.student, j.course, j.semester) == place for j in self.state.june
        ):
            return
        self.state.june.append(
            June(
                *place,
                line=next(self.shared.lines),
                program=self.of({"": 6, "50": 2, "52": 1, "01": 1}),
                grade_earned=self.of(GRADES),
                credits=self.of(CREDITS),
                grade=self.level,
                sections=2 if self.chance(0.04) else 1,
            )
        )

    def reported(self, student: str, lea: int, listed: Listed, semester: str) -> None:
        status, basis = ("active", "mocap") if self.agree else (self.of(STATUSES), self.of(BASES))
        provider = self.random.choice(self.shared.providers) if self.chance(0.12) else listed.provider
        begins = TERMS.get(semester, TERMS["S1"])[0] + self.random.choice([0, 0, 4, 30, 120]) * DAY
        if self.chance(0.03):
            begins = self.random.choice([dt.date(2026, 6, 1), dt.date(2027, 8, 1)])
        ends = begins + self.random.choice([120, 200, 320, -3]) * DAY
        lines = [a for a in self.state.asked if a.type == "PT"]
        row = Reported(
            provider=provider,
            lea=self.lea(lea),
            report=provider,
            line=next(self.shared.lines),
            enrollment="",
            student=student,
            born=self.born,
            type=self.random.choice(["PT", "FT", ""]) if self.chance(0.1) else self.type,
            basis=basis,
            teaches=self.of({"Y": 10, "N": 3, "": 1}),
            own_code=self.of({f"OWN-{listed.course}": 24, "OWN-NEW": 1, "": 1}),
            course="" if self.chance(0.06) else self.code(listed),
            semester=semester,
            begins_on=None if self.chance(0.04) else begins,
            ends_on=None if self.chance(0.1) else ends,
            status=status,
            credits=self.of(CREDITS) if status == "completed" or self.chance(0.1) else None,
            final_grade=self.of(GRADES) if status == "completed" else "",
            approval=self.random.choice(lines).number if lines and self.chance(0.2) else "",
        )
        self.state.reported.append(replace(row, enrollment=f"E-{row.line:06d}"))
