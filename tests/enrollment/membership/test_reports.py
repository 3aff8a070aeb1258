"""Students are counted as they were on the day, sent once, and stay as they were sent."""

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse
from python_calamine import CalamineWorkbook

from enrollment.full_time.models import Program, ProgramEnrollment
from enrollment.membership import actions, counting
from enrollment.membership.files import COLUMNS
from enrollment.membership.models import MembershipReport, MembershipRow, ReportState
from enrollment.records.models import Disclosure
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.foundation.shared.refusals import Refusal
from tests.enrollment.progress.kit import client_of, host, staff, student
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import ProgramFactory, ScheduledCourseFactory
from tests.factories.membership import MembershipReportFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 2, 1, 18, tzinfo=dt.UTC)
DAY = dt.date(2027, 1, 27)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def make(program: Program, **changes: Any) -> MembershipReport:
    arguments: dict[str, Any] = {"count_date": DAY, "by": host(program), "at": NOW}
    return actions.make_report(program.pk, **arguments | changes)


def send(report: MembershipReport, **changes: Any) -> MembershipReport:
    arguments: dict[str, Any] = {"name": "Hanna Host", "by": host(report.program), "at": NOW}
    return actions.send(report.pk, **arguments | changes)


def desk() -> Membership:
    hat: Membership = MembershipFactory.create(dese_reviewer=True)
    return hat


def counted(report: MembershipReport, version: int | None = None) -> list[tuple[Any, ...]]:
    rows = MembershipRow.objects.filter(report=report, version=version or report.version)
    return list(
        rows.order_by("enrollment").values_list("enrollment", "grade", "resident_lea_code", "age", "share")
    )


def with_courses(enrollment: ProgramEnrollment, worth: list[str]) -> ProgramEnrollment:
    for credit in worth:
        ScheduledCourseFactory.create(
            schedule=enrollment.schedules.get(), credit=Decimal(credit), starts_on=dt.date(2026, 9, 1)
        )
    return enrollment


def test_the_rows_of_a_day_are_exact() -> None:
    whole = with_courses(student(), ["1", "1", "1", "1", "1"])  # and one of a semester, which counts twice
    program = whole.program
    same = {"program": program, "application__program": program}
    half = with_courses(student(courses=("English II",), **same, application__claim__grade=9), ["1"])
    nothing = student(courses=(), **same)
    left = student(courses=(), **same, disenrolled=True)  # on 26 March: counted in January
    student(courses=(), **same, starts_on=DAY + dt.timedelta(days=1))
    student(courses=(), **same, enrolled=False)
    student()  # of another program
    report = make(program)
    assert counted(report) == [
        (whole.pk, 10, whole.resident_lea.state_district_id, 15, Decimal(1)),
        (half.pk, 9, half.resident_lea.state_district_id, 15, Decimal("0.5")),
        (nothing.pk, 10, nothing.resident_lea.state_district_id, 15, Decimal(0)),
        (left.pk, 10, left.resident_lea.state_district_id, 15, Decimal(0)),
    ]
    assert (report.state, report.version, report.school_year_id) == (ReportState.DRAFT, 1, 2027)
    assert counting.whole(report, 1) == counting.Total("All", 4, Decimal("1.5"))
    assert [(total.name, total.students, total.share) for total in counting.by_grade(report, 1)] == [
        ("Grade 9", 1, Decimal("0.5")),
        ("Grade 10", 3, Decimal(1)),
    ]
    assert sum(total.students for total in counting.by_district(report, 1)) == 4


@pytest.mark.rule("R-87")
def test_a_student_of_two_programs_on_one_day_is_one_at_most() -> None:
    first = with_courses(student(), ["3"])
    make(first.program)
    moved = with_courses(
        student(
            student=first.student, application__claim=first.application.claim, disenrolled=True, courses=()
        ),
        [],
    )
    schedule = first.schedules.get()
    schedule.pk = None
    schedule.enrollment = moved
    schedule.save()
    with_courses(moved, ["3", "3"])
    report = make(moved.program)
    assert [row[-1] for row in counted(report)] == [Decimal("0.1667")]  # beside 0.8333


def test_counting_costs_the_same_for_one_and_for_ten(django_assert_num_queries: Any) -> None:
    program = student().program
    report = make(program)
    with django_assert_num_queries(5):
        assert len(counting.count(report)) == 1
    for _ in range(9):
        student(program=program, application__program=program)
    with django_assert_num_queries(5):
        assert len(counting.count(report)) == 10


def test_a_draft_is_counted_again_in_place() -> None:
    program = student(courses=()).program
    first = make(program)
    student(courses=(), program=program, application__program=program)
    assert make(program) == first
    assert MembershipReport.objects.count() == 1
    assert len(counted(first)) == 2


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"count_date": dt.date(2027, 2, 2)}, actions.CountDateAhead),
        ({"count_date": dt.date(1990, 2, 2)}, actions.NoSchoolYear),
    ],
)
def test_days_that_cannot_be_counted(changes: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        make(ProgramFactory.create(), **changes)


def test_sent_twice_is_one() -> None:
    enrollment = student()
    office = desk()
    report = send(make(enrollment.program))
    assert (report.state, report.sent_at, report.signed_name) == (ReportState.SENT, NOW, "Hanna Host")
    with pytest.raises(actions.AlreadySent):
        send(report, name="Somebody Else")
    report.refresh_from_db()
    assert report.signed_name == "Hanna Host"
    assert list(Notice.objects.values_list("to", "subject")) == [
        (office.user.email, "A membership report is here")
    ]
    assert [disclosure.student for disclosure in Disclosure.objects.all()] == [enrollment.student]


def test_what_comes_after_changes_nothing_in_a_sent_report() -> None:
    enrollment = student()
    report = send(make(enrollment.program))
    before = counted(report)
    enrollment.withdraw(on=dt.date(2027, 1, 20), by=enrollment.entered_by, at=NOW, why="Moved away.")
    enrollment.save()
    enrollment.student.grade = 12
    enrollment.student.save()
    with pytest.raises(actions.AlreadySent):
        make(enrollment.program)
    assert counted(report) == before
    report = actions.accept(report.pk, by=desk(), at=NOW)
    with pytest.raises(actions.AlreadySent):
        make(enrollment.program)
    assert counted(report) == before


def test_a_withdrawal_after_the_count_date_changes_nothing_in_a_new_count_either() -> None:
    enrollment = student()
    before = counted(make(enrollment.program))
    enrollment.withdraw(on=DAY, by=enrollment.entered_by, at=NOW, why="Moved away.")
    enrollment.save()
    assert counted(make(enrollment.program)) == before


def test_a_returned_report_is_counted_anew_beside_what_was_sent() -> None:
    stays = student(courses=())
    program = stays.program
    goes = student(courses=(), program=program, application__program=program)
    report = send(make(program))
    report = actions.give_back(report.pk, reason="One left before the day.", by=desk(), at=NOW)
    assert (report.state, report.reason) == (ReportState.RETURNED, "One left before the day.")
    with pytest.raises(actions.NotCounted):
        send(report)
    goes.withdraw(on=DAY - dt.timedelta(days=1), by=goes.entered_by, at=NOW, why="Moved away.")
    goes.save()
    stays.student.grade = 11
    stays.student.save()
    comes = student(courses=(), program=program, application__program=program)
    report = make(program)
    assert (report.state, report.version, report.sent_version) == (ReportState.DRAFT, 2, 1)
    assert [row[0] for row in counted(report, 1)] == [stays.pk, goes.pk]
    assert [row[0] for row in counted(report, 2)] == [stays.pk, comes.pk]
    changed = [(change.row.enrollment_id, change.words) for change in counting.changes(report, 2)]
    assert changed == [
        (stays.pk, "grade: 10, now 11"),
        (goes.pk, "No longer counted"),
        (comes.pk, "New"),
    ]
    report = send(report)
    assert (report.state, report.version) == (ReportState.SENT, 2)
    assert actions.accept(report.pk, by=desk(), at=NOW).reason == ""


def test_dese_answers_once_and_only_dese() -> None:
    report = send(make(student().program))
    with pytest.raises(actions.OnlyDeseAnswers):
        actions.accept(report.pk, by=host(report.program), at=NOW)
    with pytest.raises(actions.ReasonMissing):
        actions.give_back(report.pk, reason="", by=desk(), at=NOW)
    actions.accept(report.pk, by=desk(), at=NOW)
    with pytest.raises(actions.NothingToAnswer):
        actions.accept(report.pk, by=desk(), at=NOW)
    with pytest.raises(actions.NothingToAnswer):
        actions.give_back(report.pk, reason="Late.", by=desk(), at=NOW)
    assert Notice.objects.filter(subject="DESE accepted your membership report").count() == (
        Membership.objects.filter(role="host_staff", organization=report.program.host_id).count()
    )


def test_only_the_host_counts_and_sends() -> None:
    report = make(student().program)
    for hat in (MembershipFactory.create(host_staff=True), staff(report.program.host), desk()):
        with pytest.raises(actions.NotYourProgram):
            make(report.program, by=hat)
        with pytest.raises(actions.NotYourProgram):
            send(report, by=hat)


def test_who_sees_a_report() -> None:
    draft = MembershipReportFactory.create()
    sent = MembershipReportFactory.create(sent=True)
    returned = MembershipReportFactory.create(returned=True)
    for report in (draft, sent, returned):
        assert list(MembershipReport.objects.visible_to(host(report.program))) == [report]
        assert list(MembershipReport.objects.visible_to(staff(report.program.host))) == []
    assert set(MembershipReport.objects.visible_to(desk())) == {sent, returned}
    for trait in ("parent", "coordinator", "provider_admin", "host_staff"):
        assert list(MembershipReport.objects.visible_to(MembershipFactory.create(**{trait: True}))) == []


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("sent_membership_reports_are_signed", {"sent": True, "signed_name": ""}),
        ("sent_membership_reports_are_signed", {"signed_name": "Hanna Host"}),
        ("returned_membership_reports_say_why", {"returned": True, "reason": ""}),
        ("answered_membership_reports_say_who", {"returned": True, "answered_at": None}),
    ],
)
def test_what_the_table_refuses(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        MembershipReportFactory.create(**changes)


# Pages --------------------------------------------------------------------------------------------


def test_a_host_counts_looks_and_sends_and_dese_answers() -> None:
    enrollment = student(courses=())
    program = enrollment.program
    client, office = client_of(host(program)), client_of(desk())
    day = {"count_date_month": 1, "count_date_day": 27, "count_date_year": 2027}
    client.post(reverse("membership:reports"), day | {"program": program.pk})
    report = MembershipReport.objects.get()
    page = reverse("membership:report", args=[report.pk])
    text = client.get(page).content.decode()
    assert str(enrollment.student.mosis_id) in text
    assert "1 student has no course in a schedule on this day" in text
    assert office.get(page).status_code == 404

    assert client.post(page, {"name": ""}).status_code == 200
    client.post(page, {"name": "Hanna Host", "is_true": "on"})
    client.post(page, {"name": "Hanna Host", "is_true": "on"})
    report.refresh_from_db()
    assert report.state == ReportState.SENT
    table = office.get(reverse("membership:queue")).context["table"]
    assert [row.record for row in table.rows] == [report]
    assert page in office.get("/").content.decode()

    back = reverse("membership:give_back", args=[report.pk])
    assert office.post(back, {"reason": ""}).status_code == 200
    office.post(back, {"reason": "A schedule is missing."})
    assert "A schedule is missing." in client.get("/").content.decode()
    client.post(reverse("membership:count_again", args=[report.pk]))
    assert "Nothing is different." in client.get(page).content.decode()
    client.post(page, {"name": "Hanna Host", "is_true": "on"})
    office.post(reverse("membership:accept", args=[report.pk]))
    report.refresh_from_db()
    assert (report.state, report.version) == (ReportState.ACCEPTED, 2)


def test_dese_reads_what_was_sent_while_the_host_counts_anew() -> None:
    enrollment = student(courses=())
    report = send(make(enrollment.program))
    actions.give_back(report.pk, reason="Check.", by=desk(), at=NOW)
    student(courses=(), program=enrollment.program, application__program=enrollment.program)
    make(enrollment.program)
    page = reverse("membership:report", args=[report.pk])
    assert client_of(desk()).get(page).context["whole"].students == 1
    assert client_of(host(report.program)).get(page).context["whole"].students == 2


def test_both_files_hold_the_rows_with_their_zeros() -> None:
    enrollment = with_courses(student(application__claim__grade=9), ["1", "1"])
    report = send(make(enrollment.program))
    program = report.program
    expected = [
        COLUMNS,
        [
            "2026-27",
            "2027-01-27",
            program.host.state_district_id,
            program.school.state_school_id,
            program.name,
            "1",
            enrollment.student.mosis_id,
            "09",
            "15",
            enrollment.resident_lea.state_district_id,
            str(enrollment.resident_lea),
            "0.6666",
        ],
    ]
    for client in (client_of(host(program)), client_of(desk())):
        response: Any = client.get(reverse("membership:report_csv", args=[report.pk]))
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        assert list(csv.reader(io.StringIO(text))) == expected
        response = client.get(reverse("membership:report_xlsx", args=[report.pk]))
        book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
        assert book.get_sheet_by_index(0).to_python() == expected
