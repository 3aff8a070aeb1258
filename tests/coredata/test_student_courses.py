"""The relevant student-courses of a district, derived from its two certified October files."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from coredata import actions
from coredata.models import StudentCourse, StudentOutcome
from coredata.store import student_courses
from enrollment.part_time.models import Basis, CourseLine
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from tests.factories.directory import TermFactory
from tests.factories.part_time import CourseLineFactory
from tests.factories.records import ClaimFactory

from .kit import NOW, certify, clerk_of, good, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]


def rows(kind: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(good(kind).decode())))


def file_of(kind: str, changed: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows(kind)[0].keys())
    writer.writeheader()
    writer.writerows(changed)
    return out.getvalue().encode()


def certify_both(clerk: Membership, courses: bytes | None = None, students: bytes | None = None) -> None:
    certify(send(courses or good("crs"), by=clerk), by=clerk)
    certify(send(students or good("stu"), by=clerk), by=clerk)


def stored() -> list[tuple[str, str, str, str, str]]:
    found = StudentCourse.objects.order_by("mosis_id", "course_code", "semester")
    return list(found.values_list("mosis_id", "course_code", "semester", "program_code", "delivery_system"))


def ask(year: int, **how: Any) -> None:
    """Ann asks for a course at another district, where she may have lived."""
    CourseLineFactory.create(
        request__lea=Lea.objects.get(state_district_id="992102"),
        request__term=TermFactory.create(school_year__year=year),
        request__claim=ClaimFactory.create(confirmed=True, student__mosis_id=ANN),
        **how,
    )


ANN, BEN = "0000000042", "0000000043"
BOTH = [
    (ANN, "115845", "S1", "50", "V"),
    (ANN, "115845", "S2", "52", "V"),
    (ANN, "115900", "S1", "", "V"),
    (BEN, "115846", "YL", "50", "V"),
]


def test_coded_and_virtual_courses_are_there_and_teachers_collapse(clerk: Membership) -> None:
    certify(send(good("crs"), by=clerk), by=clerk)
    assert stored() == []
    certify(send(good("stu"), by=clerk), by=clerk)
    assert stored() == BOTH
    first = StudentCourse.objects.get(course_code="115845", semester="S1")
    assert (first.teachers, first.student_line, first.course_line) == (2, 3, 3)
    assert (first.units_of_credit, first.minutes_per_week, first.grade_level) == (Decimal("0.5"), 250, "10")


@pytest.mark.parametrize(
    ("how", "is_there"),
    [({"approved": True}, True), ({}, False), ({"approved": True, "basis": Basis.PRIVATE}, False)],
    ids=["approved", "not decided", "the family pays"],
)
def test_every_course_of_a_student_with_an_approval_is_there(
    clerk: Membership, how: dict[str, Any], is_there: bool
) -> None:
    ask(2027, **how)
    certify_both(clerk)
    plain = [(ANN, "115844", "S1", "", "")] if is_there else []
    assert stored() == [*plain, *BOTH]


def test_another_year_s_approval_is_no_reason(clerk: Membership) -> None:
    ask(2026, approved=True)
    certify_both(clerk)
    assert stored() == BOTH


def test_a_new_version_and_one_taken_back_rebuild_it(clerk: Membership) -> None:
    certify_both(clerk)
    recoded = [row | {"ProgramCode": ""} if row["AssignNum"] == "A5" else row for row in rows("crs")]
    courses = certify(send(file_of("crs", recoded), by=clerk), by=clerk)
    assert stored() == [*BOTH[:-1], (BEN, "115846", "YL", "", "V")]
    actions.withdraw(courses.pk, by=clerk, at=NOW)
    assert stored() == []


def test_each_district_has_its_own(clerk: Membership) -> None:
    certify_both(clerk)
    other = clerk_of(Lea.objects.get(state_district_id="992102"))
    assert StudentCourse.objects.visible_to(clerk).count() == len(BOTH)
    assert not StudentCourse.objects.visible_to(other).exists()
    assert student_courses.rebuild(other.organization_id or 0, 2027) == 0
    assert stored() == BOTH


def test_built_twice_it_is_the_same(lea: Lea, clerk: Membership) -> None:
    certify_both(clerk)
    before = list(StudentCourse.objects.order_by("pk").values())
    assert student_courses.rebuild(lea.pk, 2027) == len(BOTH)
    after = list(StudentCourse.objects.order_by("pk").values())
    assert [row | {"id": 0} for row in before] == [row | {"id": 0} for row in after]


def test_a_student_who_is_known_later_brings_every_course(lea: Lea, clerk: Membership) -> None:
    """Of this student coded courses were there already: some rows are not all rows."""
    certify_both(clerk)
    certify(send(good("jun"), by=clerk), by=clerk)
    assert student_courses.stale([lea.pk], 2027) == []
    ask(2027, approved=True)
    assert stored() == BOTH
    assert student_courses.stale([lea.pk], 2027) == [lea.pk]
    assert student_courses.stale([], 2027) == []
    student_courses.rebuild(lea.pk, 2027)
    assert stored() == [(ANN, "115844", "S1", "", ""), *BOTH]
    assert student_courses.stale([lea.pk], 2027) == []


def test_of_a_student_who_is_known_no_more_only_what_matters_stays(lea: Lea, clerk: Membership) -> None:
    ask(2027, approved=True)
    certify_both(clerk)
    CourseLine.objects.filter(request__claim__student__mosis_id=ANN).update(basis=Basis.PRIVATE)
    assert student_courses.stale([lea.pk], 2027) == [lea.pk]
    student_courses.rebuild(lea.pk, 2027)
    assert stored() == BOTH
    assert student_courses.stale([lea.pk], 2027) == []


def test_of_a_student_whom_nobody_knows_june_gives_no_course_that_october_does_not(clerk: Membership) -> None:
    """Their plain October courses are not there: each of June's would look as if October lacked it."""
    certify_both(clerk)
    certify(send(good("jun"), by=clerk), by=clerk)
    found = StudentOutcome.objects.order_by("mosis_id", "course_code", "semester")
    courses = {(mosis_id, code) for mosis_id, code, *_rest in stored()}
    assert {(one.mosis_id, one.course_code) for one in found} <= courses
    assert found.filter(mosis_id=BEN, course_code="115846").count() == 1


def test_the_command_rebuilds_one_district(clerk: Membership) -> None:
    certify_both(clerk)
    StudentCourse.objects.all().delete()
    out = io.StringIO()
    call_command("rebuild_student_courses", lea="992102", stdout=out)
    call_command("rebuild_student_courses", lea="991101", year=2027, stdout=out)
    assert out.getvalue().splitlines() == [
        "0 student-courses of 0 pairs of files.",
        "4 student-courses of 1 pairs of files.",
    ]
    assert stored() == BOTH


def test_what_comparing_asks_stands_in_one_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'a_student_is_in_a_course_once'")
        ((definition,),) = cursor.fetchall()
    keys = "(school_year_id, lea_id, mosis_id, course_code, semester)"
    assert f"{keys} INCLUDE (program_code, delivery_system, units_of_credit)" in definition
