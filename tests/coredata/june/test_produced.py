"""Whatever October says and whatever happens afterwards: the June file that the list makes has nothing missing, nothing
extra and nothing wrong."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coredata.june.expected import JuneList
from coredata.june.files import june_file
from coredata.models import Problem, ProviderReport, Upload, UploadState
from enrollment.part_time.models import LineState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from tests.coredata.kit import send
from tests.coredata.test_student_courses import file_of, rows
from tests.factories.coredata import ProviderReportFactory

from .kit import certify_october, course_of, csv_of, june_of, registered, reported, send_june

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]

# The MOCAP sections of October's courses, by assignment number: course, semester.
SECTIONS = {"A2": ("115845", "S1"), "A3": ("115845", "S2"), "A5": ("115846", "YL")}
PLAIN = ["A1", "A4"]
LATE = ("115847", "S2")
SAID: list[dict[str, Any]] = [
    {"status": "completed", "final_grade": "B+", "credits_earned": Decimal("0.5")},
    {"status": "completed", "final_grade": "F", "credits_earned": Decimal(0)},
    {"status": "completed", "final_grade": "88"},
    {"status": "withdrawn"},
    {"status": "incomplete"},
    {"status": "active"},
    {"status": "no_start"},
]
CONTINUITY = {"V-70", "V-71", "V-76"}


@dataclass(frozen=True)
class Taken:
    """A course of a student after October: what the provider says of it, and the district's own record."""

    said: dict[str, Any] | None
    line: LineState | None


EVENTS = st.builds(
    Taken,
    said=st.none() | st.sampled_from(SAID),
    line=st.sampled_from([None, None, LineState.ACTIVE, LineState.WITHDRAWN, LineState.COMPLETED]),
)


@dataclass(frozen=True)
class Student:
    """In October: sections, and whether all teachers of a section are listed. Since: the late course, if any."""

    grade: str
    sections: dict[str, Taken]
    plain: frozenset[str]
    lists_all_teachers: bool
    late: Taken | None


STUDENTS = st.builds(
    Student,
    grade=st.sampled_from(["K", "04", "10"]),
    sections=st.dictionaries(st.sampled_from(sorted(SECTIONS)), EVENTS),
    plain=st.frozensets(st.sampled_from(PLAIN)),
    lists_all_teachers=st.booleans(),
    late=st.none() | EVENTS,
)


def mosis_id(number: int) -> str:
    return f"{6_000_000_000 + number}"


def students_file(students: list[Student]) -> bytes:
    """Student Assignment, with the first student of the good file at its end so that it is never empty."""
    by_section: dict[str, list[dict[str, str]]] = {}
    for row in rows("stu"):
        by_section.setdefault(row["AssignNum"], []).append(row)
    made = []
    for number, student in enumerate(students):
        who = {
            "StateID": mosis_id(number),
            "LocalStudentID": str(number),
            "StudentLastName": f"Student{number}",
        }
        for section in sorted({*student.sections, *student.plain}):
            listed = by_section[section] if student.lists_all_teachers else by_section[section][:1]
            made += [row | who | {"StudentGradeLevel": student.grade} for row in listed]
    return file_of("stu", [*made, rows("stu")[0]])


def let_happen(lea: Lea, students: list[Student]) -> set[str]:
    """What follows October; the students whose late course was begun."""
    report, late = ProviderReportFactory.create(accepted=True), set()
    for number, student in enumerate(students):
        who = mosis_id(number)
        for section, taken in student.sections.items():
            _happens(lea, taken, report, who, SECTIONS[section])
        if student.late:
            _happens(lea, student.late, report, who, LATE)
            counts = student.late.said is not None and student.late.said["status"] != "no_start"
            if counts or student.late.line:
                late.add(who)
    return late


def _happens(lea: Lea, taken: Taken, report: ProviderReport, who: str, what: tuple[str, str]) -> None:
    course, semester = what
    if taken.said:
        reported(report=report, mosis_id=who, course_code=course, semester=semester, **taken.said)
    if taken.line:
        registered(lea, who, taken.line, course=course_of(course), term=semester)


def filled(found: JuneList) -> list[dict[str, str]]:
    """The file as a clerk completes it: an outcome where none is known, the teacher, a number for a new section, the
    grade of a student whom only a provider knows."""
    text = "".join(june_file(found.lea, found.year.pk, found.as_filed())).removeprefix("\ufeff")
    completed = []
    for row in csv.DictReader(io.StringIO(text)):
        if not row["GradeEarned"]:
            row |= {"GradeEarned": "A", "CreditsEarned": "0.5"}
        row["AssignNum"] = row["AssignNum"] or "NEW"
        row["StudentGradeLevel"] = row["StudentGradeLevel"] or "10"
        row["ReportingSchoolCode"] = row["ReportingSchoolCode"] or "1050"
        row["EDSSN"] = "500112222"
        completed.append(row)
    return completed


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(students=st.lists(STUDENTS, min_size=1, max_size=5), data=st.data())
def test_the_june_file_has_no_continuity_errors(
    lea: Lea, clerk: Membership, students: list[Student], data: st.DataObject
) -> None:
    # Once outside: what an example adds is taken back, the partitions need not be made again.
    if not Upload.objects.exists():
        certify_october(clerk)
        send_june(clerk)
    with transaction.atomic():
        _check(lea, clerk, students, data)
        transaction.set_rollback(True)


def _check(lea: Lea, clerk: Membership, students: list[Student], data: st.DataObject) -> None:
    october = students_file(students)
    certify_october(clerk, students=october)
    late = let_happen(lea, students)
    produced = filled(june_of(lea))
    coded = {(mosis_id(n), *SECTIONS[s]) for n, student in enumerate(students) for s in student.sections}
    assert sorted((r["StateID"], r["CourseNum"], r["CourseSemester"]) for r in produced) == sorted(
        coded | {(who, *LATE) for who in late}
    )
    if not produced:
        return
    trial = send(csv_of(produced), by=clerk, name="june.csv")
    assert (trial.state, trial.errors) == (UploadState.TRIAL, 0)
    found = june_of(lea, june=trial)
    assert (found.counts.missing, found.counts.open, found.extra()[:]) == (0, 0, [])

    # The portal's own rules see it the same way; what began after October, October is asked to add.
    again = send(october, by=clerk, name="students.csv")
    broken = Problem.objects.filter(upload__in=[trial, again], rule__in=CONTINUITY)
    lines = {
        row["StateID"]: line for line, row in enumerate(produced, start=2) if row["CourseNum"] == "115847"
    }
    assert sorted(broken.values_list("rule", "line")) == sorted(("V-71", lines[who]) for who in late)

    gone = data.draw(st.sampled_from(produced), label="left out")
    rest = [row for row in produced if row is not gone]
    if rest:
        found = june_of(lea, june=send(csv_of(rest), by=clerk, name="june.csv"))
        (missing,) = found.rows("missing")[:]
        assert (missing.mosis_id, missing.course_code) == (gone["StateID"], gone["CourseNum"])
