"""The pages of progress: lists, a student, a report, a file, assessments; each hat sees its own."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.urls import reverse

from enrollment.progress.list_file import COLUMNS
from enrollment.progress.models import ProgressReport, StateAssessment
from enrollment.records.models import Disclosure
from mocap_portal.foundation.accounts.models import Membership
from tests.factories.accounts import MembershipFactory
from tests.factories.progress import ProgressReportFactory, StateAssessmentFactory
from tests.sign_in import sign_in

from . import kit
from .kit import NOW, client_of
from .test_file import file, row

pytestmark = pytest.mark.django_db
LIST = "/progress/"
ANSWER = {
    "course0_percent_complete": "60",
    "course0_current_grade": "B",
    "course0_engagement": "240 minutes a week",
    "course0_on_pace": "no",
    "course0_comment": "Two papers are missing.",
    "seen": "",
}


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def words_of(response: Any) -> str:
    text: str = response.content.decode()
    return text


def listed(hat: Membership, query: str = "") -> list[Any]:
    """The enrollments or roster lines on the list."""
    response = client_of(hat).get(f"{LIST}{query}")
    assert response.status_code == 200
    return [row.record.row for row in response.context["table"].rows]


def write_page(student: Any, number: int = 3) -> str:
    return reverse("progress:write", args=[student.pk, 2027, number])


@pytest.mark.rule("R-51")
def test_a_host_sees_first_what_it_has_to_write() -> None:
    silent = kit.student()
    done = kit.student(program=silent.program)
    slow = kit.student(program=silent.program)
    kit.student()  # of another host
    ProgressReportFactory.create(enrollment=done)
    ProgressReportFactory.create(enrollment=slow, behind=True)
    hat = kit.host(silent)
    assert listed(hat) == [silent]
    assert set(listed(hat, "?which=behind")) == {silent, slow}
    assert set(listed(hat, "?which=all")) == {silent, done, slow}
    page = words_of(client_of(hat).get(LIST))
    assert write_page(silent) in page
    assert "Overdue" in page


@pytest.mark.rule("R-52")
def test_a_provider_sees_its_courses() -> None:
    row = kit.in_course()
    kit.in_course()
    kit.student()
    assert listed(kit.desk(row)) == [row]
    assert listed(kit.desk(row), "?track=full_time") == [row]  # no track of a provider


@pytest.mark.rule("R-51", "R-61")
def test_a_district_sees_who_is_behind_on_both_tracks() -> None:
    silent = kit.student()
    lea = silent.resident_lea
    fine = kit.student(application__claim__school=silent.resident_school)
    ProgressReportFactory.create(enrollment=fine)
    course = kit.in_course(line__request__claim__school=silent.resident_school)
    hat = kit.staff(lea)
    assert listed(hat) == [silent]
    assert set(listed(hat, "?which=all")) == {silent, fine}
    assert listed(hat, "?track=part_time") == [course]
    assert "Write the report" not in words_of(client_of(hat).get(LIST))


def test_the_list_has_pages_and_costs_the_same_however_long_it_is(
    django_assert_max_num_queries: Any,
) -> None:
    first = kit.student()
    for _ in range(27):
        kit.student(program=first.program, courses=())
    client = client_of(kit.host(first))
    client.get(LIST)
    with django_assert_max_num_queries(16):
        response = client.get(LIST)
    assert len(response.context["table"].rows) == 25
    assert len(client.get(f"{LIST}?page=2").context["table"].rows) == 3


def test_the_list_as_a_file_is_logged_for_each_student() -> None:
    student = kit.student()
    ProgressReportFactory.create(enrollment=student, behind=True)
    hat = kit.staff(student.resident_lea)
    response = client_of(hat).post(reverse("progress:download") + "?which=behind")
    header, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert header == [name for name, _meaning in COLUMNS]
    assert rows == [
        [
            student.student.mosis_id,
            str(student.student),
            student.program.name,
            student.program.name,
            str(student.resident_lea),
            "2",
            "1",
            "2027-05-22",
            "0",
            "2027-03-14",
            "behind",
        ]
    ]
    disclosure = Disclosure.objects.get()
    assert (disclosure.student, disclosure.recipient) == (student.student, hat.organization)


def test_the_page_of_a_full_time_student() -> None:
    student = kit.student()
    report = ProgressReportFactory.create(enrollment=student)
    StateAssessmentFactory.create(enrollment=student)
    page = reverse("progress:enrollment", args=[student.pk])
    for hat in (kit.family(student), kit.host(student), kit.staff(student.resident_lea)):
        text = words_of(client_of(hat).get(page))
        assert reverse("progress:report", args=[report.pk]) in text
        assert "End-of-Course English II" in text
        assert (write_page(student, 4) in text) == (hat.role == "host_staff")
        back = reverse("progress:own" if hat.role == "parent" else "progress:students")
        assert f'<a class="usa-link" href="{back}">Progress reports</a>' in text
    for hat in (
        MembershipFactory.create(parent=True),
        MembershipFactory.create(host_staff=True),
        MembershipFactory.create(coordinator=True),
        MembershipFactory.create(provider_staff=True),
    ):
        assert client_of(hat).get(page).status_code == 404


def test_the_page_of_a_part_time_student() -> None:
    row = kit.in_course()
    page = reverse("progress:line", args=[row.pk])
    for hat in (
        kit.family(row),
        kit.desk(row),
        kit.staff(row.lea),
        MembershipFactory.create(dese_reviewer=True),
    ):
        assert client_of(hat).get(page).status_code == 200
    assert client_of(MembershipFactory.create(coordinator=True)).get(page).status_code == 404


def test_a_host_writes_a_report_on_its_page() -> None:
    student = kit.student()
    client = client_of(kit.host(student))
    assert "English II" in words_of(client.get(write_page(student)))
    response = client.post(write_page(student), ANSWER)
    report = ProgressReport.objects.get()
    assert response.url == reverse("progress:report", args=[report.pk])  # type: ignore[attr-defined]
    assert [(course.title, course.on_pace, course.comment) for course in report.courses.all()] == [
        ("English II", False, "Two papers are missing.")
    ]
    # A second click finds it there.
    assert client.post(write_page(student), ANSWER).url == response.url  # type: ignore[attr-defined]
    assert ProgressReport.objects.count() == 1


def test_what_was_typed_stays_when_something_is_wrong() -> None:
    student = kit.student()
    response = client_of(kit.host(student)).post(
        write_page(student), ANSWER | {"course0_percent_complete": "lots", "course0_on_pace": ""}
    )
    text = words_of(response)
    assert response.status_code == 200
    for kept in ("lots", "240 minutes a week", "Two papers are missing."):
        assert kept in text
    assert "Type a number from 0 to 100." in text
    assert not ProgressReport.objects.exists()


def test_a_provider_writes_about_its_course() -> None:
    row = kit.in_course()
    page = reverse("progress:write_line", args=[row.pk, 2027, 3])
    assert client_of(kit.desk(row)).post(page, ANSWER).status_code == 302
    assert ProgressReport.objects.get().roster_line == row
    assert client_of(MembershipFactory.create(provider_staff=True)).get(page).status_code == 404
    assert client_of(kit.staff(row.lea)).get(page).status_code == 403


def test_a_correction_starts_from_what_was_said_and_says_why() -> None:
    student = kit.student()
    client = client_of(kit.host(student))
    client.post(write_page(student), ANSWER)
    first = ProgressReport.objects.get()
    assert "Two papers are missing." in words_of(client.get(write_page(student)))
    better = ANSWER | {"course0_on_pace": "yes", "seen": str(first.pk), "change": ""}
    assert "Say in a sentence why" in words_of(client.post(write_page(student), better))
    client.post(write_page(student), better | {"change": "They were found."})
    second = ProgressReport.objects.current().get()
    assert (second.version, second.change) == (2, "They were found.")
    family = client_of(kit.family(student))
    old = words_of(family.get(reverse("progress:report", args=[first.pk])))
    assert "This version was corrected." in old
    new = words_of(family.get(reverse("progress:report", args=[second.pk])))
    assert "They were found." in new
    assert "This version was corrected." not in new


def test_somebody_elses_report_is_not_written_over() -> None:
    student = kit.student()
    client = client_of(kit.host(student))
    client.post(write_page(student), ANSWER)
    text = words_of(client.post(write_page(student), ANSWER | {"course0_current_grade": "C"}))
    assert "Somebody else wrote this report meanwhile." in text
    assert ProgressReport.objects.get().courses.get().current_grade == "B"


def test_pages_of_reports_that_are_not_owed_are_not_there() -> None:
    student = kit.student()
    client = client_of(kit.host(student))
    for number in (1, 2, 5):
        assert client.get(write_page(student, number)).status_code == 404
    assert client.get(reverse("progress:write", args=[student.pk, 1999, 3])).status_code == 404


def test_without_a_schedule_the_page_says_what_to_do() -> None:
    student = kit.student(courses=())
    assert "Enter the schedule first" in words_of(client_of(kit.host(student)).get(write_page(student)))


def test_a_title_is_no_template_and_no_markup() -> None:
    student = kit.student(courses=("<b>{{ hat }}</b>",))
    text = words_of(client_of(kit.host(student)).get(write_page(student)))
    assert "&lt;b&gt;" in text
    assert "<b>" not in text
    assert "&#123;&#123; hat" in text


def test_a_family_finds_its_reports_and_what_is_to_come() -> None:
    student = kit.student()
    report = ProgressReportFactory.create(enrollment=student)
    ProgressReportFactory.create()
    StateAssessmentFactory.create(enrollment=student)
    response = client_of(kit.family(student)).get(reverse("progress:own"))
    assert [row.record for row in response.context["table"].rows] == [report]
    assert "Library of Sample City" in words_of(response)


def test_a_report_is_a_strangers_404() -> None:
    report = ProgressReportFactory.create()
    page = reverse("progress:report", args=[report.pk])
    for trait in ("parent", "host_staff", "coordinator", "provider_admin"):
        assert client_of(MembershipFactory.create(**{trait: True})).get(page).status_code == 404
    assert client_of(MembershipFactory.create(dese_reviewer=True)).get(page).status_code == 200


def test_a_file_is_stored_whole_or_said_line_by_line() -> None:
    student = kit.student()
    client = client_of(kit.host(student))
    page = reverse("progress:upload")

    def send(data: bytes) -> Any:
        upload = io.BytesIO(data)
        upload.name = "reports.csv"
        return client.post(page, {"file": upload})

    wrong = send(file(row(student), row(student, mosis_id="0000000000")))
    assert [problem.record.row for problem in wrong.context["table"].rows] == [3]
    assert "Nothing of this file was stored." in words_of(wrong)
    assert "The file is empty." in words_of(send(b""))
    assert not ProgressReport.objects.exists()
    assert send(file(row(student))).url == LIST
    assert "New: 1. Corrected: 0. There already: 0." in words_of(client.get(LIST))


def test_a_host_plans_ticks_and_answers_assessments(time_machine: Any) -> None:
    student = kit.student()
    other = kit.student(program=student.program)
    client = client_of(kit.host(student))
    plan = {
        "program": student.program_id,
        "name": "English II",
        "opens_on_month": 4,
        "opens_on_day": 1,
        "opens_on_year": 2027,
        "closes_on_month": 4,
        "closes_on_day": 30,
        "closes_on_year": 2027,
        "place": "Library",
        "grades": ["10"],
    }
    backwards = client.post(reverse("progress:plan_assessment"), plan | {"closes_on_month": 3})
    assert "The last day of the window is before its first day." in words_of(backwards)
    nobody = client.post(reverse("progress:plan_assessment"), plan | {"grades": ["1"]})
    assert "No student of these grades is enrolled" in words_of(nobody)
    client.post(reverse("progress:plan_assessment"), plan)
    first, second = StateAssessment.objects.order_by("enrollment")
    assert [first.enrollment, second.enrollment] == [student, other]

    time_machine.move_to(dt.datetime(2027, 4, 10, 18, tzinfo=dt.UTC), tick=False)
    client = sign_in(client, kit.host(student))
    table = client.get(reverse("progress:assessments")).context["table"]
    assert {row.record for row in table.rows} == {first, second}
    client.post(reverse("progress:took_part"), {"assessment": [first.pk]})
    table = client.get(reverse("progress:assessments")).context["table"]
    assert [row.record for row in table.rows] == [second]
    nothing = client.post(reverse("progress:took_part"), follow=True)
    assert "Tick the students who took part first." in words_of(nothing)

    page = reverse("progress:assessment", args=[second.pk])
    answer = {"taken": "no", "reason": "", "place": "Library"}
    assert "Say why the student did not take part." in words_of(client.post(page, answer))
    client.post(page, answer | {"reason": "Ill."})
    second.refresh_from_db()
    assert (second.taken, second.reason) == (False, "Ill.")
    table = client.get(reverse("progress:assessments") + "?which=missed").context["table"]
    assert [row.record for row in table.rows] == [second]


def test_what_waits_for_writers_and_for_the_district() -> None:
    student = kit.student()
    slow = kit.student(application__claim__school=student.resident_school)
    ProgressReportFactory.create(enrollment=slow, behind=True)
    course = kit.in_course(line__request__claim__school=student.resident_school)
    home = {
        name: words_of(client_of(hat).get("/"))
        for name, hat in {
            "host": kit.host(student),
            "provider": kit.desk(course),
            "district": kit.staff(student.resident_lea),
        }.items()
    }
    assert write_page(student) in home["host"]
    assert reverse("progress:write_line", args=[course.pk, 2027, 3]) in home["provider"]
    for name, pk in (("enrollment", student.pk), ("enrollment", slow.pk), ("line", course.pk)):
        assert reverse(f"progress:{name}", args=[pk]) in home["district"]
