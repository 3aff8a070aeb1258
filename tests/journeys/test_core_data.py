"""A data clerk sends a file with errors, reads them, sends a better one, certifies it, and then a newer one."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from coredata import actions, tasks
from coredata.models import CollectionWindow, Upload, UploadState
from tests.coredata.kit import bad, clerk_of, good, walnut_fork
from tests.journeys import axe, looks
from tests.journeys.conftest import Shot
from tests.journeys.steps import expect_heading, press

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def _worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is quick: the file is checked before the page is drawn."""
    monkeypatch.setattr(
        tasks.check_file, "delay", lambda upload_id: actions.check_upload(upload_id, at=timezone.now())
    )


def choose_file(page: Page, data: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "october.csv", "mimeType": "text/csv", "buffer": data}
    )
    press(page, "Send the file")


@pytest.mark.usefixtures("_worker")
def test_from_errors_to_a_certified_file(
    page: Page, live_server: LiveServer, shot: Shot, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    CollectionWindow.objects.filter(school_year=2027).update(opens_on="2026-01-01")  # whatever day it is
    clerk = clerk_of(walnut_fork())
    looks.enter(page.context, live_server, clerk)
    page.goto(live_server.url + reverse("coredata:files"))
    expect_heading(page, "Core data")
    axe.check(page)

    choose_file(page, bad("V-50"))
    expect(page.get_by_text("Trial with errors")).to_be_visible()
    axe.check(page)
    shot(page, "core-data-errors")
    page.get_by_role("link", name="V-50").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("V-50")
    expect(page.get_by_text("Program code 50 goes with delivery V or S, not with “F”.")).to_be_visible()
    axe.check(page)
    page.get_by_role("link", name="More about this rule").click()
    expect(page.get_by_text("A MOCAP course is virtual by law.")).to_be_visible()
    axe.check(page)
    page.go_back()
    page.get_by_role("link", name="Back to the file").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Your file with a column of what is wrong").click()
    marked = taken.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert marked[1].endswith(",Errors") and "V-50 DeliverySystem" in "".join(marked[2:])
    page.get_by_role("link", name="All files").click()

    choose_file(page, good("crs"))
    expect(page.get_by_text("The file has no errors.")).to_be_visible()
    page.get_by_role("link", name="Certify this file").click()
    expect(page.get_by_text("Nothing of this collection is certified yet.")).to_be_visible()
    axe.check(page)
    shot(page, "core-data-certify")
    sign(page)
    expect(page.get_by_text("october.csv is certified.")).to_be_visible()

    page.get_by_role("link", name="All files").click()
    choose_file(page, good("crs").replace(b",250,", b",245,", 2))
    page.get_by_role("link", name="Certify this file").click()
    expect(page.get_by_text("MinutesPerWeek: 250 → 245")).to_have_count(2)
    axe.check(page)
    shot(page, "core-data-changes")
    sign(page)
    states = list(Upload.objects.order_by("pk").values_list("state", flat=True))
    assert states == [UploadState.REPLACED, UploadState.SUPERSEDED, UploadState.CERTIFIED]

    page.get_by_role("link", name="What it changed against the version before").click()
    expect_heading(page, "What changed with october.csv")
    expect(page.get_by_text("MinutesPerWeek: 250 → 245")).to_have_count(2)
    axe.check(page)
    shot(page, "core-data-version")


def sign(page: Page) -> None:
    page.get_by_label("Your name, as your signature").fill("Casey Clerk")
    page.get_by_text("I certify for my district").click()
    press(page, "Certify")
