"""A provider sends a report with errors and a better one, the state office accepts it, a district reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from coredata import actions, tasks
from coredata.models import ProviderReport, ReportState
from tests.coredata.kit import clerk_of, walnut_fork
from tests.coredata.report_kit import report_of, reviewer, staff_of
from tests.journeys import axe, looks
from tests.journeys.conftest import Shot
from tests.journeys.steps import expect_heading, press

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
# Of a day that has passed, whatever day it is.
PAST = {
    "asOfDate": "2026-10-01",
    "beginDate": "2026-08-24",
    "endDate": "2026-12-18",
    "statusDate": "2026-09-15",
}


@pytest.fixture
def _worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is quick: the report is checked before the page is drawn."""
    monkeypatch.setattr(
        tasks.check_report, "delay", lambda report_id: actions.check_report(report_id, at=timezone.now())
    )


def choose_file(page: Page, data: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "september.csv", "mimeType": "text/csv", "buffer": data}
    )
    press(page, "Send and check")


@pytest.mark.usefixtures("_worker")
def test_from_errors_to_what_the_district_reads(
    page: Page, live_server: LiveServer, shot: Shot, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    clerk = clerk_of(walnut_fork())
    staff, dese = staff_of(), reviewer()

    looks.enter(page.context, live_server, staff)
    page.goto(live_server.url + reverse("coredata:reports"))
    expect_heading(page, "Reports")
    axe.check(page)
    shot(page, "provider-reports")
    choose_file(page, report_of({"enrollmentId": "E-1002", "districtCode": "999999"}, every=PAST))
    expect(page.get_by_text("Checked, with errors")).to_be_visible()
    axe.check(page)
    shot(page, "provider-report-errors")
    page.get_by_role("link", name="V-83").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("V-83")
    axe.check(page)
    page.get_by_role("link", name="Back to the report").click()
    page.get_by_role("main").get_by_role("link", name="Reports", exact=True).click()
    choose_file(page, report_of(every=PAST))
    page.get_by_role("link", name="Send it to the state office").click()
    press(page, "Send it")
    expect(page.get_by_text("Your report is sent.")).to_be_visible()

    looks.enter(page.context, live_server, dese)
    page.goto(live_server.url + reverse("coredata:report_queue"))
    axe.check(page)
    shot(page, "provider-reports-queue")
    page.get_by_role("main").get_by_role("table").get_by_role("link", name="Provider").first.click()
    axe.check(page)
    shot(page, "provider-report-to-decide")
    page.get_by_role("link", name="Accept the report").click()
    press(page, "Accept it")
    expect(page.get_by_text("counts now.")).to_be_visible()
    states = list(ProviderReport.objects.order_by("pk").values_list("state", flat=True))
    assert states == [ReportState.REPLACED, ReportState.ACCEPTED]

    looks.enter(page.context, live_server, clerk)
    page.goto(live_server.url + reverse("coredata:files"))
    page.get_by_role("link", name="What providers report of your students").click()
    expect(page.get_by_role("link", name="Okafor, Ada")).to_be_visible()
    axe.check(page)
    shot(page, "reported-students")
    page.get_by_role("link", name="Okafor, Ada").click()
    expect(page.get_by_role("heading", name="Changes of status")).to_be_visible()
    axe.check(page)
    shot(page, "reported-enrollment")
