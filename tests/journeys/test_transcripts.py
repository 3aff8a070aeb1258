"""An old transcript: asked for without an account, found under the name of then, sent, and checked by a college."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from concerns.movip import actions
from concerns.movip.actions.asking import secret_of
from concerns.movip.models import Answer, Place, TranscriptRequest
from tests.concerns import pictures
from tests.concerns.movip.kit import OFFICIAL
from tests.concerns.movip.test_answering import code_of
from tests.factories.accounts import MembershipFactory
from tests.factories.movip import ArchiveRowFactory, TranscriptRequestFactory
from tests.journeys import axe
from tests.journeys.conftest import Browse, Shot
from tests.journeys.looks import enter
from tests.journeys.steps import choose, expect_heading, expect_message, fill_date, follow, press

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
]

BORN = dt.date(1993, 4, 12)


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    cache.clear()  # how often this source asked


def looked_at(page: Page, shot: Shot, name: str) -> None:
    """By axe, and in pictures, at both widths."""
    axe.check(page)
    for width in axe.WIDTHS.values():
        page.set_viewport_size({"width": width, "height": axe.HEIGHT})
        shot(page, f"transcripts-{name}")


def ask(page: Page, live_server: LiveServer, proof: Path) -> None:
    page.goto(live_server.url)
    follow(page, "Ask for a MoVIP transcript")
    page.get_by_label("First name then").fill("Wilhelmina")
    page.get_by_label("Last name then").fill("Ashgrove")
    page.get_by_label("Last name now").fill("Hartley")
    fill_date(page, "Date of birth of the student", BORN)
    page.get_by_label("Years in which").fill("2009 to 2011")
    page.get_by_label("School at that time").fill("Southbrook High School")
    choose(page, "I am the former student")
    choose(page, "Me: I save it")
    page.locator("[name=proof]").set_input_files(proof)
    press(page, "Send the request")
    expect_heading(page, "Your request is sent")


def test_a_transcript_is_found_sent_and_verified(
    page: Page, browse: Browse, live_server: LiveServer, shot: Shot, tmp_path: Path
) -> None:
    """On a phone the former student, at a desk the office, in a third browser the college."""
    ArchiveRowFactory.create(course_title="Algebra I")
    ArchiveRowFactory.create(former_last_name="Ashgrave", birth_date=dt.date(1993, 12, 4))
    staff = MembershipFactory.create(dese_reviewer=True, user__name="Dana Reyes")
    proof = tmp_path / "id.jpg"
    proof.write_bytes(pictures.jpeg())

    phone = browse(axe.WIDTHS["phone"])
    ask(phone, live_server, proof)
    looked_at(phone, shot, "receipt")
    request = TranscriptRequest.objects.get()
    secret = phone.locator("main code").inner_text()

    enter(page.context, live_server, staff)
    page.goto(live_server.url)
    follow(page, f"Check the identity for {request.number}")
    looked_at(page, shot, "request")
    follow(page, "Record the identity check")
    press(page, "Record the identity check")
    expect_message(page, "The identity check is recorded.")
    follow(page, "Search the archive")
    press(page, "Search the archive")
    expect_heading(page, f"What was found for {request.number}")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    looked_at(page, shot, "found")
    choose(page, "Algebra I (MV0410)")
    press(page, "Keep this choice")
    follow(page, "Look at the transcript and issue it")
    looked_at(page, shot, "issue")
    press(page, "Issue the transcript")
    expect_message(page, "The transcript is issued.")

    phone.context.clear_cookies()
    phone.goto(live_server.url + reverse("movip:status"))
    phone.get_by_label("Number of the request").fill(request.number)
    phone.get_by_label("Secret").fill(secret.lower())
    press(phone, "Open the request")
    expect(phone.get_by_role("heading", name="The answer")).to_be_visible()
    looked_at(phone, shot, "mine")
    token = phone.locator("main [name=csrfmiddlewaretoken]").first.input_value()
    saved = phone.request.post(
        live_server.url + reverse("movip:save"),
        form={"csrfmiddlewaretoken": token},
        headers={"Referer": phone.url},
    )
    assert saved.body().startswith(b"%PDF-")
    phone.reload()
    expect(phone.get_by_text("Saved from the page of the request").first).to_be_visible()
    press(phone, "Close this page")
    expect_heading(phone, "Look at your request")

    college = browse(axe.WIDTHS["desk"])
    college.goto(live_server.url + reverse("movip:verify"))
    college.get_by_label("Number of the transcript").fill(request.number)
    college.get_by_label("Code of the transcript").fill(code_of(Answer.objects.get()))
    press(college, "Check the transcript")
    expect(college.get_by_text("This transcript is genuine.")).to_be_visible()
    looked_at(college, shot, "verified")


def test_a_letter_that_nothing_was_found_is_read_on_a_phone(
    browse: Browse, live_server: LiveServer, shot: Shot
) -> None:
    by = MembershipFactory.create(dese_reviewer=True)
    request = TranscriptRequestFactory.create(searching=True)
    at = request.received_at
    actions.look_elsewhere(request.pk, place=Place.FILM, what="Reel 12", found=0, by=by, at=at)
    actions.miss(request.pk, official=OFFICIAL, by=by, at=at)
    phone = browse(axe.WIDTHS["phone"])
    phone.goto(live_server.url + reverse("movip:status"))
    phone.get_by_label("Number of the request").fill(request.number)
    phone.get_by_label("Secret").fill(secret_of(request))
    press(phone, "Open the request")
    follow(phone, "Read the letter")
    expect(phone.get_by_text("Reel 12")).to_be_visible()
    looked_at(phone, shot, "letter")


def test_a_paper_is_added_later(browse: Browse, live_server: LiveServer, shot: Shot, tmp_path: Path) -> None:
    request = TranscriptRequestFactory.create()
    proof = tmp_path / "id.png"
    proof.write_bytes(pictures.png())
    phone = browse(axe.WIDTHS["phone"])
    phone.goto(live_server.url + reverse("movip:status"))
    phone.get_by_label("Number of the request").fill(request.number)
    phone.get_by_label("Secret").fill(secret_of(request))
    press(phone, "Open the request")
    expect(phone.get_by_text("We still need to know who you are")).to_be_visible()
    follow(phone, "Add a paper")
    press(phone, "Add the paper")
    looked_at(phone, shot, "add-paper-problems")
    choose(phone, "Proof of who I am")
    phone.locator("[name=paper]").set_input_files(proof)
    press(phone, "Add the paper")
    expect_message(phone, "The paper is added to your request.")
    assert request.papers.get().content_type == "image/png"
