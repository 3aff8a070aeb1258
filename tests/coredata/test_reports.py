"""A provider's report: sent, checked, decided about; and the snapshot with its history."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from coredata import actions, tasks
from coredata.models import (
    Problem,
    ProviderReport,
    ReportedEnrollment,
    ReportRow,
    ReportState,
    StatusChange,
)
from coredata.store import vault
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers.models import Notice
from tests.factories.directory import ProviderFactory

from .kit import NOW, good
from .report_kit import accept, kept, report_of, reviewer, rules_of, send, staff_of, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june", "lea")]
LATER = NOW + dt.timedelta(hours=1)
DONE = {
    "enrollmentId": "E-1002",
    "enrollmentStatus": "completed",
    "statusDate": "2027-06-01",
    "finalGrade": "A",
    "creditsEarned": "0.5",
}
GONE = {"enrollmentId": "E-1002", "enrollmentStatus": "withdrawn", "statusDate": "2027-06-01"}
JUNE = "2027-06-05"


@pytest.fixture
def staff(lea: Lea) -> Membership:
    return staff_of()


# Checking -----------------------------------------------------------------------------------------


def test_a_report_is_kept_as_typed_rows(staff: Membership) -> None:
    report = send(report_of(), by=staff)
    assert (report.state, report.as_of, report.school_year_id) == (
        ReportState.CHECKED,
        dt.date(2027, 5, 31),
        2027,
    )
    assert (report.rows_read, report.rows_good, report.errors, report.warnings) == (4, 4, 0, 0)
    assert report.not_run == []
    row = ReportRow.objects.get(report=report, enrollment_id="E-1002")
    assert (row.line, row.mosis_id, row.birth_date) == (3, "0000000057", dt.date(2011, 1, 15))
    assert (row.grade_level, row.district_code, row.course_code, row.semester) == (
        "09",
        "991101",
        "115846",
        "S2",
    )
    assert (row.status, row.status_date, row.end_date, row.percent_complete) == ("active", None, None, 80)
    assert ReportedEnrollment.objects.count() == 0


def test_a_report_with_errors_cannot_be_sent(staff: Membership) -> None:
    report = send(report_of({"enrollmentId": "E-1002", "districtCode": "999999"}), by=staff)
    assert (report.state, rules_of(report), report.rows_with_errors) == (ReportState.CHECKED, {"V-83": 1}, 1)
    assert ReportRow.objects.get(report=report, line=3).district_code == ""
    with pytest.raises(actions.ReportHasErrors):
        actions.submit_report(report.pk, by=staff, at=NOW)
    report.refresh_from_db()
    assert report.state == ReportState.CHECKED


def test_a_number_that_looks_like_an_ssn_is_neither_kept_nor_repeated(staff: Membership) -> None:
    report = send(report_of({"enrollmentId": "123-45-6789", "courseTitle": "=123-45-6789"}), by=staff)
    assert rules_of(report) == {"V-89": 2}
    assert set(report.problems.values_list("column", flat=True)) == {"enrollmentId", "courseTitle"}
    assert not Problem.objects.filter(message__contains="6789").exists()
    assert not Problem.objects.filter(value__contains="6789").exists()
    row = ReportRow.objects.get(report=report, line=6)
    assert (row.enrollment_id, row.course_title) == ("", "")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (report_of(vendorCode="EMBER"), "Every row is of provider EMBER, none of LANTERN"),
        (report_of(schoolYear="27"), "No row names a school year"),
        (report_of(schoolYear="2041"), "The portal has no school year that ends in 2041"),
        (good("crs"), "This is a core data file of a district"),
        (b"name,grade\nAda,A\n", "No header with the column formatVersion"),
        (b"", "The file is empty"),
    ],
)
def test_what_is_no_report_of_the_provider_is_refused(staff: Membership, data: bytes, sentence: str) -> None:
    report = send(data, by=staff)
    assert report.state == ReportState.REFUSED
    assert sentence in report.refusal
    assert (report.key, ReportRow.objects.count()) == (b"", 0)


def test_a_district_is_told_that_it_sends_a_report(clerk: Membership) -> None:
    assert clerk.organization_id is not None
    upload = actions.receive(
        vault.seal([report_of()]), name="file.csv", lea_id=clerk.organization_id, by=clerk, at=NOW
    )
    assert "This is a provider's report" in actions.check_upload(upload.pk, at=NOW).refusal


def test_a_newer_file_takes_the_place_of_one_that_was_not_sent(staff: Membership) -> None:
    first = send(report_of(), by=staff)
    second = send(report_of(without=("E-1004",)), by=staff)
    first.refresh_from_db()
    assert (first.state, second.state) == (ReportState.REPLACED, ReportState.CHECKED)
    assert set(ReportRow.objects.values_list("report", flat=True)) == {second.pk}
    assert first.destroyed_at == NOW


def test_the_later_file_counts_whichever_is_checked_first(staff: Membership) -> None:
    assert staff.organization_id is not None
    earlier = actions.receive_report(
        vault.seal([report_of()]), name="a.csv", provider_id=staff.organization_id, by=staff, at=NOW
    )
    later = send(report_of(), by=staff)
    assert actions.check_report(earlier.pk, at=NOW).state == ReportState.REPLACED
    later.refresh_from_db()
    assert later.state == ReportState.CHECKED


def test_checked_twice_it_is_checked_once(staff: Membership) -> None:
    report = send(report_of({"enrollmentId": "E-1002", "districtCode": "999999"}), by=staff)
    actions.check_report(report.pk, at=LATER)
    assert (report.rows.count(), report.problems.count()) == (4, 1)


def test_killed_midway_nothing_is_half_stored(staff: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(actions.reports, "keep_problems", die)
        with pytest.raises(KeyboardInterrupt):
            send(report_of(), by=staff)
    report = ProviderReport.objects.get()
    assert (report.state, ReportRow.objects.count()) == (ReportState.RECEIVED, 0)
    assert actions.long_unchecked_reports(at=NOW + dt.timedelta(minutes=6)) == [report.pk]
    assert actions.check_report(report.pk, at=NOW).state == ReportState.CHECKED


def test_rows_never_change_and_stay_once_they_are_accepted(staff: Membership) -> None:
    report = send(report_of(), by=staff)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        ReportRow.objects.update(status="active")
    actions.submit_report(report.pk, by=staff, at=NOW)
    actions.accept_report(report.pk, by=reviewer(), at=NOW)
    ReportedEnrollment.objects.all().delete()
    with pytest.raises(DatabaseError, match="accepted stay"), transaction.atomic():
        ReportRow.objects.all().delete()


# Comparing with what was accepted -----------------------------------------------------------------


@pytest.mark.rule("V-81")
def test_an_id_of_another_student_or_course_is_an_error(staff: Membership) -> None:
    accept(report_of(), by=staff)
    slip = {"enrollmentId": "E-1001", "mosisId": "0000000043"}
    assert rules_of(send(report_of(slip), by=staff)) == {}
    other = slip | {"birthDate": "2010-05-05"}
    assert rules_of(send(report_of(other), by=staff)) == {"V-81": 1}
    course = {"enrollmentId": "E-1001", "vendorCourseCode": "GEO-A", "stateCourseCode": "115847"}
    assert rules_of(send(report_of(course), by=staff)) == {"V-81": 1}
    last_year = report_of(schoolYear="2026")
    assert rules_of(send(last_year, by=staff))["V-81"] == 4


@pytest.mark.rule("V-87")
def test_a_report_is_not_older_than_the_accepted_one(staff: Membership) -> None:
    accept(report_of(), by=staff)
    assert rules_of(send(report_of(), by=staff)) == {}
    older = report_of(asOfDate="2027-05-30")
    assert rules_of(send(older, by=staff)) == {"V-87": 4}


@pytest.mark.rule("V-88")
def test_an_enrollment_that_is_gone_is_named(staff: Membership) -> None:
    accept(report_of(), by=staff)
    report = send(report_of(without=("E-1003",)), by=staff)
    assert rules_of(report) == {"V-88": 1}
    assert "E-1003" in report.problems.get().message
    assert (report.errors, report.warnings, report.rows_good) == (0, 1, 3)


@pytest.mark.rule("V-91")
def test_half_as_many_rows_are_a_warning(staff: Membership) -> None:
    accept(report_of(), by=staff)
    assert "V-91" not in rules_of(send(report_of(without=("E-1003", "E-1004")), by=staff))
    assert rules_of(send(report_of(without=("E-1002", "E-1003", "E-1004")), by=staff))["V-91"] == 1


# Deciding -----------------------------------------------------------------------------------------


def test_the_snapshot_has_first_and_last_seen_and_every_change(staff: Membership) -> None:
    first = accept(report_of(), by=staff)
    second = accept(
        report_of(DONE, {"enrollmentId": "E-2001"}, without=("E-1003",), asOfDate=JUNE), by=staff, at=LATER
    )
    first.refresh_from_db()
    assert (first.state, second.state, second.before_id) == (
        ReportState.SUPERSEDED,
        ReportState.ACCEPTED,
        first.pk,
    )
    seen = ReportedEnrollment.objects.order_by("enrollment_id")
    assert list(seen.values_list("enrollment_id", "first_report", "last_report", "is_present", "status")) == [
        ("E-1001", first.pk, second.pk, True, "completed"),
        ("E-1002", first.pk, second.pk, True, "completed"),
        ("E-1003", first.pk, first.pk, False, "withdrawn"),
        ("E-1004", first.pk, second.pk, True, "no_start"),
        ("E-2001", second.pk, second.pk, True, "completed"),
    ]
    changes = StatusChange.objects.filter(enrollment__enrollment_id="E-1002").order_by("pk")
    assert list(changes.values_list("report", "from_status", "to_status", "status_date")) == [
        (first.pk, "", "active", None),
        (second.pk, "active", "completed", dt.date(2027, 6, 1)),
    ]
    assert StatusChange.objects.count() == 6


def test_a_retracted_report_leaves_no_trace_in_the_snapshot(staff: Membership) -> None:
    first = accept(report_of(without=("E-1004",)), by=staff)
    accept(report_of(DONE, without=("E-1003",), asOfDate="2027-06-03"), by=staff, at=LATER)
    before = kept()
    third = accept(
        report_of(GONE, {"enrollmentId": "E-2001"}, without=("E-1001",), asOfDate=JUNE),
        by=staff,
        at=LATER + dt.timedelta(hours=1),
    )
    assert kept() != before
    actions.retract_report(third.pk, reason="It was of another day.", by=reviewer(), at=LATER)
    assert kept() == before
    second = ProviderReport.objects.get(state=ReportState.ACCEPTED)
    assert (second.before_id, second.ended_at) == (first.pk, None)
    actions.retract_report(second.pk, reason="And this one.", by=reviewer(), at=LATER)
    actions.retract_report(first.pk, reason="And this one.", by=reviewer(), at=LATER)
    assert kept() == ([], [])


def test_what_came_back_after_a_gap_is_undone_exactly(staff: Membership) -> None:
    accept(report_of(), by=staff)
    accept(report_of(without=("E-1002",), asOfDate="2027-06-03"), by=staff, at=LATER)
    before = kept()
    back = accept(report_of(DONE, asOfDate=JUNE), by=staff, at=LATER + dt.timedelta(hours=1))
    assert ReportedEnrollment.objects.get(enrollment_id="E-1002").is_present
    actions.retract_report(back.pk, reason="Wrong file.", by=reviewer(), at=LATER)
    assert kept() == before


def test_only_what_waits_is_decided(
    staff: Membership, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    dese = reviewer()
    report = submit(report_of(), by=staff)
    with django_capture_on_commit_callbacks(execute=True):
        actions.return_report(report.pk, reason="Half of it is missing.", by=dese, at=LATER)
    with pytest.raises(actions.NotWaiting):
        actions.accept_report(report.pk, by=dese, at=LATER)
    with pytest.raises(actions.NotWaiting):
        actions.return_report(report.pk, reason="Again.", by=dese, at=LATER)
    with pytest.raises(actions.NotAccepted):
        actions.retract_report(report.pk, reason="No.", by=dese, at=LATER)
    report.refresh_from_db()
    assert (report.state, report.reason, report.rows.count()) == (
        ReportState.RETURNED,
        "Half of it is missing.",
        4,
    )
    assert ReportedEnrollment.objects.count() == 0
    notice = Notice.objects.get()
    assert "Half" not in notice.body and "Okafor" not in notice.body


def test_sent_to_the_office_twice_it_waits_once(staff: Membership) -> None:
    report = submit(report_of(), by=staff)
    again = actions.submit_report(report.pk, by=staff, at=LATER)
    assert (again.state, again.submitted_at) == (ReportState.WAITING, NOW)


def test_a_newer_report_takes_the_place_of_one_that_waits(staff: Membership) -> None:
    first = submit(report_of(), by=staff)
    second = submit(report_of(), by=staff)
    first.refresh_from_db()
    assert (first.state, second.state) == (ReportState.REPLACED, ReportState.WAITING)


def test_what_was_checked_before_another_was_accepted_is_sent_again(staff: Membership) -> None:
    waiting = submit(report_of(), by=staff)
    stale = send(report_of(), by=staff)
    actions.accept_report(waiting.pk, by=reviewer(), at=LATER)
    with pytest.raises(actions.AcceptedSince):
        actions.submit_report(stale.pk, by=staff, at=LATER)


def test_an_id_of_two_school_years_is_not_accepted(staff: Membership) -> None:
    other_year = submit(report_of(schoolYear="2026"), by=staff)
    accept(report_of(), by=staff)
    before = kept()
    with pytest.raises(actions.EnrollmentOfAnotherYear):
        actions.accept_report(other_year.pk, by=reviewer(), at=LATER)
    assert kept() == before


def test_a_clean_report_is_accepted_by_itself_where_that_is_set(
    staff: Membership, settings: Settings
) -> None:
    settings.PROVIDER_REPORTS_ACCEPT_CLEAN = True
    first = submit(report_of(), by=staff)
    assert (first.state, first.accepted_by) == (ReportState.ACCEPTED, None)
    assert submit(report_of(without=("E-1003",)), by=staff).state == ReportState.WAITING


def test_another_provider_s_enrollments_stay_as_they_are(staff: Membership) -> None:
    ProviderFactory.create(code="EMBER")
    accept(report_of(vendorCode="EMBER"), by=staff_of("EMBER"))
    before = kept()
    report = accept(report_of(without=("E-1001",)), by=staff)
    actions.retract_report(report.pk, reason="Wrong file.", by=reviewer(), at=LATER)
    assert kept() == before


def test_accepting_takes_as_many_queries_whatever_the_rows(staff: Membership) -> None:
    dese, counts = reviewer(), []
    for place, more in enumerate((5, 50)):
        added = [{"enrollmentId": f"F-{number}"} for number in range(more)]
        report = submit(report_of(*added, asOfDate=f"2027-06-0{place + 1}"), by=staff, at=NOW)
        with CaptureQueriesContext(connection) as queries:
            actions.accept_report(report.pk, by=dese, at=NOW + dt.timedelta(minutes=place))
        counts.append(len(queries) - place)  # the first has none before it to supersede
    assert counts[0] == counts[1]
    assert ReportedEnrollment.objects.count() == 54


def test_who_left_the_page_is_told(
    staff: Membership, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert staff.organization_id is not None
    report = actions.receive_report(
        vault.seal([report_of()]),
        name="report.csv",
        provider_id=staff.organization_id,
        by=staff,
        at=NOW - dt.timedelta(minutes=2),
    )
    tasks.check_report(report.pk)
    tasks.check_report(report.pk)
    assert Notice.objects.get().subject == "Your report is checked"
