"""A data clerk reads the June list, takes it along, and holds a June file against it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from coredata.models import CollectionWindow
from enrollment.part_time.models import LineState
from tests.coredata.june.kit import (
    ANN,
    BEN,
    certify_october,
    course_of,
    csv_of,
    june_rows,
    registered,
    reported,
)
from tests.coredata.kit import clerk_of, send, walnut_fork
from tests.journeys import axe, looks
from tests.journeys.conftest import Shot
from tests.journeys.steps import expect_heading, press

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_from_october_to_a_june_file_that_lacks_nothing(
    page: Page, live_server: LiveServer, shot: Shot, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    CollectionWindow.objects.filter(school_year=2027).update(opens_on="2026-01-01")  # whatever day it is
    lea = walnut_fork()
    clerk = clerk_of(lea)
    certify_october(clerk)
    reported(status="completed", final_grade="C", credits_earned="0.5")
    reported(mosis_id=BEN, course_code="115846", semester="YL", status="active")
    registered(lea, state=LineState.WITHDRAWN, course=course_of("115847"))
    looks.enter(page.context, live_server, clerk)
    page.goto(live_server.url + reverse("coredata:files"))
    page.get_by_role("link", name="June list: what the June file has to have").click()
    expect_heading(page, "June list 2026-27")
    axe.check(page)
    shot(page, "june-list")
    page.get_by_role("link", name="Withdrawn").click()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    page.get_by_label("MOSIS ID").fill("42")
    press(page, "Find")
    expect(page.get_by_text("A MOSIS ID has ten digits").first).to_be_visible()
    axe.check(page)
    page.get_by_label("MOSIS ID").fill(ANN)
    press(page, "Find")
    expect(page.get_by_role("rowheader")).to_have_count(2)
    with page.expect_download() as taken:
        page.get_by_role("link", name="June list (CSV)").click()
    assert len(taken.value.path().read_text(encoding="utf-8-sig").splitlines()) == 1 + 4

    lacking = june_rows()
    lacking[1]["CourseNum"] = "115847"
    upload = send(csv_of(lacking), by=clerk, name="june.csv", at=timezone.now())
    page.goto(live_server.url + reverse("coredata:upload", args=[upload.pk]))
    page.get_by_role("link", name="What is missing and extra in it").click()
    expect_heading(page, "Missing and extra in June")
    expect(page.get_by_role("heading", name="2 courses are missing")).to_be_visible()
    axe.check(page)
    shot(page, "june-missing-and-extra")
    page.get_by_role("link", name="June list", exact=True).click()
    expect(page.get_by_role("columnheader", name="June file that was sent")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    shot(page, "june-list")
    page.go_back()
    shot(page, "june-missing-and-extra")
