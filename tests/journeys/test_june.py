"""A data clerk reads the June list, takes it along, and holds a June file against it."""

from __future__ import annotations

from decimal import Decimal
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
from tests.coredata.kit import clerk_of, send, stored, walnut_fork
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
    page.get_by_label("Name or MOSIS ID").fill("42")
    press(page, "Find")
    expect(page.get_by_text("A MOSIS ID has ten digits").first).to_be_visible()
    axe.check(page)
    page.get_by_label("Name or MOSIS ID").fill(ANN)
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


def test_a_list_is_filled_in_and_its_file_lacks_nothing(
    page: Page, live_server: LiveServer, shot: Shot, settings: Settings, tmp_path: Path
) -> None:
    """October is certified; proposals are taken over, one is corrected, the rest is typed; the file is June's trial."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    CollectionWindow.objects.filter(school_year=2027).update(opens_on="2026-01-01")  # whatever day it is
    lea = walnut_fork()
    clerk = clerk_of(lea)
    certify_october(clerk)
    reported(status="completed", final_grade="C", credits_earned="0.5")
    reported(semester="S2", status="withdrawn")
    looks.enter(page.context, live_server, clerk)
    page.goto(live_server.url + reverse("june:june", args=[lea.pk, 2027]))
    page.get_by_role("link", name="Take over all proposals").click()
    expect_heading(page, "Take over 2 proposals?")
    axe.check(page)
    press(page, "Take them over")
    expect(page.get_by_text("2 proposals are taken over.")).to_be_visible()

    # With the keys alone: a grade, its credits, and Enter saves.
    page.get_by_label("Grade earned: Poe, Ben").focus()
    page.keyboard.type("b")
    page.keyboard.press("Tab")
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    expect_heading(page, "Not saved yet")
    expect(page.get_by_text("V-41 “one” is not a number of credits.")).to_be_visible()
    axe.check(page)
    shot(page, "june-not-saved")
    page.get_by_label("Credits earned: Poe, Ben").fill("1")
    page.get_by_label("Credits earned: Poe, Ben").press("Enter")
    expect(page.get_by_text("1 row is saved.")).to_be_visible()

    _correct_what_a_colleague_corrects_too(page, shot)
    expect(page.get_by_text("3 of 3 filled in.")).to_be_visible()
    axe.check(page)
    shot(page, "june-filled")
    page.set_viewport_size({"width": 360, "height": 740})
    shot(page, "june-filled")

    with page.expect_download() as taken:
        page.get_by_role("link", name="June list (CSV)").click()
    upload = send(taken.value.path().read_bytes(), by=clerk, name="june.csv", at=timezone.now())
    assert (upload.state, upload.errors, upload.rows_read) == ("trial", 0, 3)
    page.goto(live_server.url + reverse("june:trial", args=[upload.pk]))
    expect(page.get_by_text("Nothing is missing, and nothing is extra.")).to_be_visible()
    outcomes = {(row["semester"], row["grade_earned"], row["credits_earned"]) for row in stored(upload)}
    assert outcomes == {("S1", "A", Decimal("0.5")), ("S2", "WD", Decimal(0)), ("YL", "B", Decimal(1))}


def _correct_what_a_colleague_corrects_too(page: Page, shot: Shot) -> None:
    """The colleague has saved first: here both values are shown, and the page's own is chosen."""
    colleague = page.context.new_page()
    colleague.goto(page.url)
    for of_whom, grade in ((colleague, "B"), (page, "A")):
        of_whom.get_by_label("Grade earned: Roe, Ann, Algebra II, S1").fill(grade)
        of_whom.get_by_role("button", name="Save this page").first.click()
    expect_heading(page, "Not saved yet")
    axe.check(page)
    shot(page, "june-conflict")
    page.set_viewport_size({"width": 360, "height": 740})
    shot(page, "june-conflict")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_text("Mine, what stands in the boxes: A, credits: 0.5").click()
    page.get_by_role("button", name="Save this page").first.click()
