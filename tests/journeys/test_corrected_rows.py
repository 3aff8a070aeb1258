"""A clerk uses a corrected row: a new trial of it, what the night would find, certified, and the mismatch is gone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from coredata import actions as files
from coredata import tasks
from coredata.models import CollectionWindow
from coredata.reconcile import actions
from coredata.reconcile.models import Mismatch, MismatchState, RunKind
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.shared.calendar import central_date
from tests.coredata.kit import certify, clerk_of, good, send, walnut_fork
from tests.factories.coredata import ProviderReportFactory, ReportRowFactory
from tests.journeys import axe, looks
from tests.journeys.conftest import Shot
from tests.journeys.steps import expect_heading, look, press

from .test_core_data import sign

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def compare(at: dt.datetime) -> None:
    actions.compare(2027, as_of=central_date(at), at=at, kind=RunKind.HAND)


@pytest.fixture
def clerk(settings: Settings, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Membership:
    """Of a district whose October says that it teaches a course of which the provider says that it does."""
    settings.MEDIA_ROOT = f"{tmp_path}/media"
    monkeypatch.setattr(
        tasks.check_file, "delay", lambda upload_id: files.check_upload(upload_id, at=timezone.now())
    )
    CollectionWindow.objects.filter(school_year=2027).update(opens_on="2026-01-01")  # whatever day it is
    hat, now = clerk_of(walnut_fork()), timezone.now()
    for data in (good("crs").replace(b"S1,50,V", b"S1,52,V"), good("stu")):
        certify(send(data, by=hat, at=now), by=hat, at=now)
    lantern = Provider.objects.get(code="LANTERN")
    ReportRowFactory.create(report=ProviderReportFactory.create(provider=lantern, accepted=True))
    compare(now)
    return hat


def test_a_corrected_row_is_tried_certified_and_closes_its_mismatch(
    page: Page, live_server: LiveServer, shot: Shot, clerk: Membership
) -> None:
    mismatch = Mismatch.objects.get(code="M-23")
    looks.enter(page.context, live_server, clerk)
    page.goto(live_server.url + reverse("reconcile:mismatch", args=[mismatch.pk]))
    expect(page.get_by_role("heading", name="Course Assignment, line 3")).to_be_visible()
    look(page, shot, "rows-card")
    press(page, "Use this corrected row")
    expect(page.get_by_text("The corrected row is put aside")).to_be_visible()
    look(page, shot, "rows-card-put-aside")
    page.get_by_role("link", name="All corrected rows").click()
    expect_heading(page, "Corrected rows")
    look(page, shot, "rows-rows")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download the rows").click()
    header, *rows = taken.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert header.startswith("CollectionVersion,")
    assert [",50,V," in row for row in rows] == [True, True]

    page.get_by_role("link", name="Make a new trial").click()
    axe.check(page)
    press(page, "Make the trial")
    expect(page.get_by_text("The file has no errors.")).to_be_visible()
    look(page, shot, "rows-trial")
    page.get_by_role("link", name="What would the night find?").click()
    expect_heading(page, "What the night would find")
    expect(page.get_by_role("link", name="M-23")).to_be_visible()  # among the causes
    page.get_by_role("link", name="Would close (").click()
    look(page, shot, "rows-rehearsal")
    expect(page.get_by_role("table", name="Would close")).to_contain_text("M-23")
    page.get_by_role("link", name="As the MOCAP office would see it").click()
    look(page, shot, "rows-rehearsal-of-the-state")

    page.get_by_role("link", name="file-corrected.csv").click()
    page.get_by_role("link", name="Certify this file").click()
    expect(page.get_by_text("ProgramCode: 52 → 50")).to_have_count(2)
    sign(page)
    expect(page.get_by_text("file-corrected.csv is certified.")).to_be_visible()
    compare(timezone.now())
    mismatch.refresh_from_db()
    assert mismatch.state == MismatchState.RESOLVED
    page.goto(live_server.url + reverse("reconcile:mismatch", args=[mismatch.pk]))
    expect(page.get_by_text("Resolved").first).to_be_visible()
    page.goto(live_server.url + reverse("reconcile:rows"))
    expect(page.get_by_text("The data agree by now").first).to_be_visible()
    look(page, shot, "rows-rows-that-agree")


def test_several_rows_are_put_aside_together(
    page: Page, live_server: LiveServer, shot: Shot, clerk: Membership
) -> None:
    looks.enter(page.context, live_server, clerk)
    page.goto(live_server.url + reverse("reconcile:of_district") + "?code=M-23")
    page.get_by_role("checkbox").first.locator("xpath=following-sibling::label").click()
    press(page, "Use the corrected rows of these")
    expect_heading(page, "Use these corrected rows")
    look(page, shot, "rows-many")
    press(page, "Put these rows aside")
    expect(page.get_by_text("2 corrected rows are put aside.")).to_be_visible()
    press(page, "Undo: take these rows out")
    expect(page.get_by_text("That is undone, for 2 rows.")).to_be_visible()
    look(page, shot, "rows-none")
