"""Reports from a file: the whole file or nothing, and the same file twice changes nothing."""

from typing import Any

import pytest

from enrollment.full_time.models import ProgramEnrollment
from enrollment.progress import actions
from enrollment.progress.models import ProgressReport
from enrollment.progress.report_file import COLUMNS, MOST_ROWS
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.foundation.shared.tabular import UnreadableFile, write_csv

from . import kit
from .kit import NOW

pytestmark = pytest.mark.django_db
NAMES = [name for name, _meaning in COLUMNS]


def row(student: Any, **changes: str) -> dict[str, str]:
    """A row about a full-time student, or about a roster line."""
    is_full_time = isinstance(student, ProgramEnrollment)
    return {
        "mosis_id": student.student.mosis_id if is_full_time else student.mosis_id,
        "due_on": "2027-03-14",
        "course": "English II" if is_full_time else student.line.course.provider_course_code,
        "percent_complete": "60",
        "current_grade": "B",
        "engagement": "240 minutes a week",
        "on_pace": "yes",
        "comment": "",
    } | changes


def file(*rows: dict[str, str]) -> bytes:
    return write_csv(NAMES, [[one[name] for name in NAMES] for one in rows]).encode()


def send(data: bytes, by: Membership) -> actions.Imported:
    return actions.import_reports(data, by=by, at=NOW)


def refused(data: bytes, by: Membership) -> list[tuple[int | None, str | None]]:
    """Line and column of each problem; nothing is stored."""
    with pytest.raises(actions.FileRefused) as caught:
        send(data, by)
    assert ProgressReport.objects.count() == Notice.objects.count() == 0
    return [(problem.row, problem.column) for problem in caught.value.problems]


@pytest.mark.rule("R-51")
def test_a_host_sends_the_reports_of_its_students() -> None:
    both = kit.student(courses=("English II", "Algebra I"))
    one = kit.student(program=both.program, application__program=both.program)
    data = file(row(both), row(one, on_pace="No"), row(both, course="Algebra I", comment="Well done."))
    assert send(data, kit.host(both)) == actions.Imported(new=2)
    reports = ProgressReport.objects.order_by("enrollment")
    assert [report.enrollment for report in reports] == [both, one]
    assert [report.courses.count() for report in reports] == [2, 1]
    assert [report.is_behind for report in reports] == [False, True]
    assert Notice.objects.count() == 2


@pytest.mark.rule("R-52")
def test_a_provider_sends_the_reports_of_its_courses_by_its_own_code() -> None:
    line = kit.in_course()
    assert send(file(row(line)), kit.desk(line)) == actions.Imported(new=1)
    report = ProgressReport.objects.get()
    assert report.roster_line == line
    assert [course.title for course in report.courses.all()] == ["Latin I"]


def test_the_same_file_twice_changes_nothing() -> None:
    student = kit.student()
    data = file(row(student))
    send(data, kit.host(student))
    assert send(data, kit.host(student)) == actions.Imported(same=1)
    assert ProgressReport.objects.count() == Notice.objects.count() == 1


def test_other_values_correct_the_report() -> None:
    student = kit.student()
    send(file(row(student)), kit.host(student))
    assert send(file(row(student, current_grade="A")), kit.host(student)) == actions.Imported(corrected=1)
    assert ProgressReport.objects.current().get().change == "Corrected by a file of its writer."


def test_one_wrong_row_and_nothing_is_stored() -> None:
    student, stranger = kit.student(), kit.student()
    line = kit.in_course()
    by = kit.host(student)
    good = row(student)
    for wrong, column in (
        (row(stranger), "mosis_id"),
        (row(line), "mosis_id"),
        (row(student, mosis_id="0000000000"), "mosis_id"),
        (row(student, due_on="2027-03-15"), "due_on"),
        (row(student, due_on="03/14/2027"), "due_on"),
        (row(student, due_on="1999-03-14"), "due_on"),
        (row(student, percent_complete="101"), "percent_complete"),
        (row(student, percent_complete="9" * 5000), "percent_complete"),
        (row(student, on_pace="maybe"), "on_pace"),
        (row(student, engagement=""), "engagement"),
        (row(student, current_grade="much too long"), "current_grade"),
        (row(student, comment="123-45-6789"), "comment"),
    ):
        assert refused(file(good, wrong), by) == [(3, column)], wrong


def test_what_only_the_action_knows_is_said_with_the_line_too() -> None:
    student = kit.student(courses=("English II", "Algebra I"))
    assert refused(file(row(student)), kit.host(student)) == [(2, None)]  # a course is missing
    assert refused(file(row(student, due_on="2026-12-20")), kit.host(student)) == [(2, None)]  # not owed
    line = kit.in_course()
    assert refused(file(row(line, course="NO-SUCH")), kit.desk(line)) == [(2, "course")]


def test_a_number_that_looks_like_an_ssn_is_not_repeated() -> None:
    student = kit.student()
    with pytest.raises(actions.FileRefused) as caught:
        send(file(row(student, engagement="SSN 123-45-6789")), kit.host(student))
    [problem] = caught.value.problems
    assert problem.value is None


def test_a_course_taken_twice_is_written_on_the_page() -> None:
    first = kit.in_course("S2")
    kit.in_course("YL", line__course=first.line.course, provider=first.provider, mosis_id=first.mosis_id)
    assert refused(file(row(first)), kit.desk(first)) == [(2, "course")]


def test_formulas_come_back_as_they_were() -> None:
    student = kit.student()
    send(file(row(student, comment="=1+1 is taught")), kit.host(student))
    [course] = ProgressReport.objects.get().courses.all()
    assert course.comment == "=1+1 is taught"


@pytest.mark.parametrize("data", [b"", b"mosis_id,course\n1,2\n", b"\xff\xfe"])
def test_what_cannot_be_read_is_said(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        send(data, kit.host(kit.student()))


def test_a_file_has_a_most_of_rows() -> None:
    student = kit.student()
    with pytest.raises(UnreadableFile):
        send(file(*[row(student)] * (MOST_ROWS + 1)), kit.host(student))
