"""A provider sends a report and passes it on, the state office decides, a district reads of its students."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from coredata import actions, tasks
from coredata.models import ProviderReport, ReportedEnrollment, ReportReminder, ReportState
from coredata.reports_due import reports_due
from coredata.store import vault
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, LegalKey, LegalValue, Provider
from mocap_portal.foundation.papers.models import Notice
from tests.factories.coredata import ProviderReportFactory, ReportedEnrollmentFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.registration import RosterLineFactory
from tests.sign_in import sign_in

from .kit import NOW, clerk_of
from .report_kit import accept, report_of, reviewer, send, staff_of, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
JUNE = "2027-06-05"


@pytest.fixture
def staff(lea: Lea) -> Membership:
    return staff_of()


@pytest.fixture
def client(staff: Membership) -> Client:
    return sign_in(Client(), staff)


@pytest.fixture
def office(lea: Lea) -> Client:
    return sign_in(Client(), reviewer())


def page(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"coredata:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def press(client: Client, name: str, report: ProviderReport, **data: str) -> str:
    response = client.post(reverse(f"coredata:{name}", args=[report.pk]), data, follow=True)
    return response.content.decode()


# A provider ---------------------------------------------------------------------------------------


def test_a_sent_report_is_sealed_and_a_worker_is_asked(
    client: Client,
    staff: Membership,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.check_report, "delay", asked.append)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            reverse("coredata:reports"), {"file": SimpleUploadedFile("may.csv", report_of())}
        )
    report = ProviderReport.objects.get()
    assert response["Location"] == reverse("coredata:report", args=[report.pk])
    assert asked == [report.pk]
    assert (report.provider_id, report.sent_by, report.state) == (
        staff.organization_id,
        staff,
        ReportState.RECEIVED,
    )
    assert vault.opened(report.stored_as, bytes(report.key)) == report_of()
    assert "This page says so by itself" in page(client, "report", report.pk)


def test_problems_are_read_by_rule_and_taken_along(client: Client, staff: Membership) -> None:
    report = send(report_of({"enrollmentId": "E-1002", "districtCode": "999999"}), by=staff)
    text = page(client, "report", report.pk)
    assert "Correct the errors and send the file again." in text
    assert reverse("coredata:submit_report", args=[report.pk]) not in text
    assert "999999" in page(client, "report_problems", report.pk, "V-83")
    assert client.get(reverse("coredata:report_problems", args=[report.pk, "V-84"])).status_code == 302
    response = client.get(reverse("coredata:report_problems_csv", args=[report.pk]))
    lines = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert [(line["line"], line["column"], line["rule"]) for line in lines] == [("3", "districtCode", "V-83")]


def test_a_clean_report_is_passed_on_once(client: Client, staff: Membership) -> None:
    report = send(report_of(), by=staff)
    assert "Send it to the state office" in page(client, "report", report.pk)
    assert "Your report is sent." in press(client, "submit_report", report)
    press(client, "submit_report", report)
    report.refresh_from_db()
    assert (report.state, report.submitted_by) == (ReportState.WAITING, staff)


def test_the_same_bytes_are_named(client: Client, staff: Membership) -> None:
    accept(report_of(), by=staff, name="may.csv")
    again = send(report_of(), by=staff)
    assert "byte for byte, as may.csv" in page(client, "report", again.pk)


def test_the_template_has_the_thirty_columns(client: Client) -> None:
    response = client.get(reverse("coredata:report_template"))
    (header,) = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (len(header), header[0], header[-1]) == (30, "formatVersion", "lastActivityDate")


def test_another_provider_s_report_is_not_there(client: Client) -> None:
    other = ProviderReportFactory.create(checked=True)
    for name in ("report", "report_problems_csv", "submit_report"):
        assert client.get(reverse(f"coredata:{name}", args=[other.pk])).status_code == 404
    assert other.name not in page(client, "reports")


def test_the_list_takes_as_many_queries_whatever_was_sent(
    client: Client, staff: Membership, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(2):
        ProviderReportFactory.create(accepted=_number == 0, provider_id=staff.organization_id, sent_by=staff)
    page(client, "reports")
    with django_assert_max_num_queries(30) as few:
        page(client, "reports")
    for _number in range(8):
        ProviderReportFactory.create(provider_id=staff.organization_id, sent_by=staff)
    with django_assert_max_num_queries(30) as many:
        page(client, "reports")
    assert len(few) == len(many)


# The state office ---------------------------------------------------------------------------------


def test_the_queue_says_what_would_change(office: Client, staff: Membership) -> None:
    accept(report_of(), by=staff)
    done = {
        "enrollmentId": "E-1002",
        "enrollmentStatus": "completed",
        "statusDate": "2027-06-01",
        "finalGrade": "A",
    }
    report = submit(report_of(done, {"enrollmentId": "E-2001"}, without=("E-1003",), asOfDate=JUNE), by=staff)
    text = page(office, "report_queue")
    assert "1 new, 1 gone, 1 with another status" in text
    assert "1 new, 1 gone, 1 with another status" in page(office, "report", report.pk)
    assert "Provider reports" in page(office, "board") and "one waits for a decision" in page(office, "board")


def test_accepting_returning_and_retracting(office: Client, staff: Membership) -> None:
    first = submit(report_of(), by=staff)
    assert "counts now" in press(office, "accept_report", first)
    assert ReportedEnrollment.objects.count() == 4
    second = submit(report_of(asOfDate=JUNE), by=staff)
    assert "This field is required" in press(office, "return_report", second, reason="")
    assert "The report was returned." in press(
        office, "return_report", second, reason="Two rows are missing."
    )
    assert "Two rows are missing." in page(sign_in(Client(), staff), "report", second.pk)
    assert "The report was retracted." in press(office, "retract_report", first, reason="It was a test.")
    assert ReportedEnrollment.objects.count() == 0
    for name in ("accept_report", "return_report", "retract_report"):
        press(office, name, second, reason="Again.")
    states = ProviderReport.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [ReportState.RETRACTED, ReportState.RETURNED]
    link = reverse("coredata:report", args=[second.pk])
    assert link in page(office, "report_queue", state="every")
    assert link not in page(office, "report_queue", state="accepted")


def test_the_queue_takes_as_many_queries_whatever_waits(
    office: Client, lea: Lea, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ProviderReportFactory.create(waiting=True)
    page(office, "report_queue")
    with django_assert_max_num_queries(30) as few:
        page(office, "report_queue")
    ProviderReportFactory.create_batch(6, waiting=True)
    with django_assert_max_num_queries(30) as many:
        page(office, "report_queue")
    assert len(few) == len(many)


# A district ---------------------------------------------------------------------------------------


def test_a_district_reads_the_rows_of_its_own_students(staff: Membership, clerk: Membership) -> None:
    accept(report_of(), by=staff)
    accept(report_of(without=("E-1004",), asOfDate=JUNE), by=staff, at=NOW + dt.timedelta(hours=1))
    client = sign_in(Client(), clerk)
    text = page(client, "reported_students")
    assert "Okafor, Ada" in text and "Reyes, Luis" in text
    assert "Marsh" not in text and "Novak" not in text  # another district's; no longer reported
    assert "no longer reported" in page(client, "reported_students", is_gone="on")
    assert "Okafor" not in page(client, "reported_students", status="active")
    assert "Okafor" not in page(client, "reported_students", words="rey")
    empty = page(client, "reported_students", words="zzz")
    assert "No accepted report names a student of your district like this." in empty
    known = ReportedEnrollment.objects.get(enrollment_id="E-1001")
    assert "Changes of status" in page(client, "reported_enrollment", known.pk)
    other = ReportedEnrollment.objects.get(enrollment_id="E-1003")
    assert client.get(reverse("coredata:reported_enrollment", args=[other.pk])).status_code == 404
    assert client.get(reverse("coredata:report", args=[known.last_report_id])).status_code == 403
    elsewhere = clerk_of(LeaFactory.create(state_district_id="993103"))
    assert "Okafor" not in page(sign_in(Client(), elsewhere), "reported_students")


def test_what_waits_is_not_read_by_a_district(staff: Membership, clerk: Membership) -> None:
    submit(report_of(), by=staff)
    assert "Okafor" not in page(sign_in(Client(), clerk), "reported_students", is_gone="on")


def test_the_district_s_list_takes_as_many_queries_whatever_is_reported(
    lea: Lea, clerk: Membership, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(Client(), clerk)
    ReportedEnrollmentFactory.create()
    page(client, "reported_students")
    with django_assert_max_num_queries(30) as few:
        page(client, "reported_students")
    ReportedEnrollmentFactory.create_batch(10)
    with django_assert_max_num_queries(30) as many:
        page(client, "reported_students")
    assert len(few) == len(many)


# Overdue ------------------------------------------------------------------------------------------


def test_a_provider_with_students_owes_a_report(staff: Membership) -> None:
    lantern = Provider.objects.get(code="LANTERN")
    assert reports_due(NOW.date()) == []
    RosterLineFactory.create(
        provider=lantern,
        line__request__term__school_year__year=2027,
        sent_at=dt.datetime(2027, 5, 1, 15, tzinfo=dt.UTC),
    )
    (due,) = reports_due(NOW.date())
    assert (due.provider, due.due_on, due.last_as_of, due.is_overdue) == (
        lantern,
        dt.date(2027, 6, 1),
        None,
        True,
    )
    submit(report_of(), by=staff)
    (due,) = reports_due(NOW.date())
    assert (due.due_on, due.last_as_of, due.is_overdue) == (
        dt.date(2027, 7, 1),
        dt.date(2027, 5, 31),
        False,
    )
    LegalValue.objects.filter(key=LegalKey.PROVIDER_REPORT_DAYS).update(number=5)
    assert reports_due(NOW.date())[0].is_overdue


def test_an_overdue_report_is_asked_for_once(office: Client, staff: Membership, client: Client) -> None:
    lantern = Provider.objects.get(code="LANTERN")
    ReportedEnrollmentFactory.create(
        row__report=ProviderReportFactory.create(
            accepted=True, provider=lantern, sent_by=staff, as_of=dt.date(2027, 5, 1)
        )
    )
    Notice.objects.all().delete()
    tasks.chase_reports()
    tasks.chase_reports()
    assert ReportReminder.objects.get().due_on == dt.date(2027, 6, 1)
    notice = Notice.objects.get()
    assert notice.user == staff.user and "June 1, 2027" in notice.body
    assert str(lantern) in page(office, "report_queue")
    assert "one is overdue" in page(office, "board")
    assert "Your report was due on" in page(client, "reports")


@time_machine.travel("2027-06-10T15:00:00Z")
def test_nobody_is_told_before_the_day(staff: Membership) -> None:
    accept(report_of(asOfDate="2027-05-31"), by=staff)
    ProviderFactory.create()
    assert actions.chase_reports(at=NOW) == 0
    assert actions.chase_reports(at=dt.datetime(2027, 6, 30, 15, tzinfo=dt.UTC)) == 0


# What waits ---------------------------------------------------------------------------------------


def test_what_waits_is_on_both_home_pages(client: Client, office: Client, staff: Membership) -> None:
    report = send(report_of(), by=staff)
    assert "it is checked and not sent to the state office" in client.get("/").content.decode()
    actions.submit_report(report.pk, by=staff, at=NOW)
    assert "not sent to the state office" not in client.get("/").content.decode()
    assert "Look at the report of" in office.get("/").content.decode()
    actions.return_report(report.pk, reason="Half is missing.", by=reviewer(), at=NOW)
    text = client.get("/").content.decode()
    assert "the state office has returned it" in text and "Half is missing." in text
    assert "Look at the report of" not in office.get("/").content.decode()
