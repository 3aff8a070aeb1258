"""A report is written once, told once, and corrected by the next version."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from enrollment.progress import actions
from enrollment.progress.models import CourseProgress, ProgressReport
from enrollment.progress.standing import Track
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.foundation.shared.refusals import Refusal
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory
from tests.factories.full_time import ScheduledCourseFactory, ScheduleFactory
from tests.factories.progress import CourseProgressFactory, ProgressReportFactory
from tests.personal_data import assert_no_personal_data
from tests.sign_in import sign_in

from . import kit
from .kit import DUE, NOW, said

pytestmark = pytest.mark.django_db


def write(row: Any, **changes: Any) -> ProgressReport:
    """The third report of a student with one course, by its own writer."""
    track = Track.PART_TIME if hasattr(row, "line") else Track.FULL_TIME
    title = row.line.course.title if track == Track.PART_TIME else "English II"
    by = kit.desk(row) if track == Track.PART_TIME else kit.host(row)
    arguments: dict[str, Any] = {
        "entries": [said(title)],
        "by": by,
        "at": NOW,
        "number": 3,
        "year": kit.school_year(),
    }
    return actions.write_report(track, row.pk, **(arguments | changes))


def told() -> list[tuple[str, str]]:
    return sorted(Notice.objects.values_list("to", "subject"))


@pytest.mark.rule("R-51")
def test_a_full_time_report_has_each_course_and_is_told_to_the_family() -> None:
    student = kit.student(courses=("English II", "Algebra I"))
    entries = [said("Algebra I", on_pace=False, comment="Falls behind in fractions."), said()]
    report = write(student, entries=entries)
    assert (report.enrollment, report.roster_line, report.due_on, report.version) == (
        student,
        None,
        DUE[2],
        1,
    )
    assert (report.written_at, report.told_at, report.change) == (NOW, NOW, "")
    assert list(CourseProgress.objects.order_by("position").values_list("title", "on_pace", "comment")) == [
        ("English II", True, ""),
        ("Algebra I", False, "Falls behind in fractions."),
    ]
    assert told() == [(student.application.claim.claimant.email, "A progress report is here")]
    notice = Notice.objects.get()
    assert f"/progress/reports/{report.pk}/" in notice.body
    assert "March 14, 2027" in notice.body
    assert_no_personal_data(notice.subject, notice.body, about=student.student)


@pytest.mark.rule("R-52")
def test_a_part_time_report_is_told_to_the_family_and_the_districts_coordinators() -> None:
    row = kit.in_course()
    coordinator = kit.staff(row.lea)
    kit.staff(row.lea, "counselor")
    report = write(row)
    assert (report.enrollment, report.roster_line) == (None, row)
    coordinators = [coordinator, row.sent_by]
    people = [row.line.request.claim.claimant.email, *(hat.user.email for hat in coordinators)]
    assert told() == sorted((person, "A progress report is here") for person in people)


@pytest.mark.rule("R-52")
@pytest.mark.rule("R-72")
def test_after_a_move_the_coordinators_of_the_district_that_pays_are_told() -> None:
    row = kit.in_course()
    kit.staff(row.lea)
    row.lea = LeaFactory.create()
    row.save()
    new = kit.staff(row.lea)
    report = write(row)
    people = [row.line.request.claim.claimant.email, new.user.email]
    assert told() == sorted((person, "A progress report is here") for person in people)
    address = reverse("progress:report", args=[report.pk])
    assert sign_in(Client(), new).get(address).status_code == 200


def test_the_same_again_changes_nothing() -> None:
    student = kit.student()
    first = write(student)
    assert write(student) == first
    assert write(student, change="A second click.", seen=first.pk) == first
    assert ProgressReport.objects.count() == 1
    assert Notice.objects.count() == 1


def test_a_correction_is_the_next_version_and_the_earlier_one_stays() -> None:
    student = kit.student()
    first = write(student)
    second = write(
        student, entries=[said(current_grade="A")], seen=first.pk, change="The grade was mistyped."
    )
    assert (second.version, second.replaces, second.change) == (2, first, "The grade was mistyped.")
    assert list(ProgressReport.objects.current()) == [second]
    assert [course.current_grade for course in first.courses.all()] == ["B"]
    assert [subject for _to, subject in told()] == [
        "A progress report is here",
        "A progress report was corrected",
    ]


def test_a_correction_says_why() -> None:
    student = kit.student()
    first = write(student)
    with pytest.raises(actions.CorrectionSaysWhy):
        write(student, entries=[said(current_grade="A")], seen=first.pk)


def test_who_has_not_seen_the_last_version_does_not_write_over_it() -> None:
    student = kit.student()
    first = write(student)
    write(student, entries=[said(current_grade="A")], seen=first.pk, change="Mistyped.")
    for seen in (None, first.pk):
        with pytest.raises(actions.AlreadyWritten):
            write(student, entries=[said(current_grade="C")], seen=seen, change="Mistyped.")
    assert ProgressReport.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"number": 2}, actions.NotOwed),  # due before the first day
        ({"number": 9}, actions.NotOwed),
        ({"number": 4, "at": dt.datetime(2027, 3, 14, 18, tzinfo=dt.UTC)}, actions.TooEarly),
        ({"entries": []}, actions.CoursesDiffer),
        ({"entries": [said(), said("Algebra I")]}, actions.CoursesDiffer),
        ({"entries": [said(), said()]}, actions.CoursesDiffer),
    ],
)
def test_what_is_refused_changes_nothing(changes: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        write(kit.student(), **changes)
    assert ProgressReport.objects.count() == Notice.objects.count() == 0


def test_the_next_report_is_written_from_the_first_day_of_its_quarter_on() -> None:
    report = write(kit.student(), number=4, at=dt.datetime(2027, 3, 15, 18, tzinfo=dt.UTC))
    assert report.due_on == DUE[3]


def test_without_a_schedule_there_is_nothing_to_report() -> None:
    with pytest.raises(actions.NoCourses):
        write(kit.student(courses=()), entries=[])


def test_the_courses_are_those_that_ran_in_the_quarter_by_the_schedule_that_held_then() -> None:
    student = kit.student(courses=("English II",))
    ScheduledCourseFactory.create(
        schedule=student.schedules.get(), title="Over", ends_on=dt.date(2027, 1, 5), starts_on=DUE[0]
    )
    ScheduledCourseFactory.create(
        schedule=student.schedules.get(), title="Later", starts_on=dt.date(2027, 4, 1)
    )
    changed = ScheduleFactory.create(
        enrollment=student, version=2, valid_from=dt.date(2027, 4, 1), change="Dropped English."
    )
    ScheduledCourseFactory.create(schedule=changed, title="Art I")
    third, fourth = kit.year().points[2:]
    arguments = (Track.FULL_TIME, student)
    assert actions.courses_to_report(*arguments, third, kit.school_year()) == ["English II"]
    assert actions.courses_to_report(*arguments, fourth, kit.school_year()) == ["Art I"]


def test_only_the_own_host_or_provider_writes() -> None:
    student, row = kit.student(), kit.in_course()
    for hat in (
        MembershipFactory.create(host_staff=True),
        kit.staff(student.program.host),
        kit.staff(student.resident_lea),
        kit.family(student),
        MembershipFactory.create(dese_admin=True),
        MembershipFactory.create(host_staff=True, lea=student.program.host, user=kit.family(student).user),
    ):
        with pytest.raises(actions.NotYourStudent):
            write(student, by=hat)
    for hat in (MembershipFactory.create(provider_admin=True), kit.staff(row.lea), kit.family(row)):
        with pytest.raises(actions.NotYourStudent):
            write(row, by=hat)
    assert not ProgressReport.objects.exists()


def test_a_family_without_an_account_is_not_told() -> None:
    student = kit.student()
    student.student.guardians.all().delete()
    assert write(student).told_at is None


def test_what_the_tables_refuse() -> None:
    report = ProgressReportFactory.create()
    for name, changes in (
        ("a_progress_report_is_about_a_student_or_a_course", {"enrollment": None}),
        ("a_progress_report_is_about_a_student_or_a_course", {"roster_line": kit.in_course()}),
        ("one_report_of_a_student_per_due_point_and_version", {"enrollment": report.enrollment}),
        ("a_corrected_report_says_why", {"version": 2}),
        ("reports_are_counted_from_one", {"number": 0}),
    ):
        with pytest.raises(IntegrityError, match=name):
            _alone(ProgressReportFactory, **{"written_by": report.written_by} | changes)
    with pytest.raises(IntegrityError, match="a_course_is_complete_up_to_100_percent"):
        _alone(CourseProgressFactory, report=report, percent_complete=101)


def _alone(make: Any, **changes: Any) -> None:
    """In a savepoint, so that the test goes on after what is refused."""
    with transaction.atomic():
        make.create(**changes)
