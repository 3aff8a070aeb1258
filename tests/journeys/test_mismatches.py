"""A clerk works through mismatches, the provider reads what was answered, the state office looks at all."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from coredata.reconcile.models import Mismatch, MismatchState
from mocap_portal.foundation.shared.calendar import central_date
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import UploadFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.papers import PDF
from tests.factories.reconcile import LeaRunFactory, MismatchFactory, RunFactory
from tests.factories.records import StudentFactory
from tests.journeys import looks
from tests.journeys.conftest import Shot
from tests.journeys.steps import choose, expect_heading, look, press

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
COUNTS = [48, 44, 45, 31, 30, 22, 19, 20, 12, 9]


@pytest.fixture
def denied() -> Mismatch:
    """One of five mismatches of a district, after ten nights: a provider reports a student whom it did not approve."""
    lea = LeaFactory.create(organization__name="Walnut Fork R-III")
    provider = ProviderFactory.create(organization__name="Lantern Learning")
    today = central_date(timezone.now())
    for days, count in enumerate(reversed(COUNTS)):
        RunFactory.create(as_of=today - dt.timedelta(days=days), open=count, opened=2, resolved=5)
    LeaRunFactory.create(
        lea=lea, students=UploadFactory.create(lea=lea, certified=True, name="student-assignment.csv")
    )
    for name in ("Ada", "Bo", "Cleo"):
        student = StudentFactory.create(school__lea=lea, first_name=name, last_name="Okafor")
        MismatchFactory.create(
            lea=lea, provider=provider, code="M-20", mosis_id=student.mosis_id, facts={"expected": "50"}
        )
    MismatchFactory.create(lea=lea, code="M-08")
    found: Mismatch = MismatchFactory.create(lea=lea, provider=provider, code="M-10")
    return found


def test_a_district_answers_and_the_provider_reads_it(
    page: Page, live_server: LiveServer, shot: Shot, denied: Mismatch
) -> None:
    looks.enter(page.context, live_server, MembershipFactory.create(data_clerk=True, lea=denied.lea))
    page.goto(live_server.url + reverse("reconcile:of_district"))
    expect_heading(page, "Mismatches")
    look(page, shot, "mismatches-district")
    page.get_by_role("link", name="M-10").click()
    look(page, shot, "mismatches-cause")
    page.get_by_role("link", name=denied.mosis_id).click()
    expect(page.get_by_text("There is no request for this student")).to_be_visible()
    look(page, shot, "mismatches-card")
    page.get_by_role("link", name="We denied this course").click()
    look(page, shot, "mismatches-answer")
    press(page, "We denied this course")
    expect(page.get_by_text("Your answer is kept")).to_be_visible()
    page.get_by_role("link", name="All mismatches").click()
    expect(page.get_by_text("4 mismatches")).to_be_visible()

    hat = MembershipFactory.create(provider_staff=True, provider=denied.provider)
    looks.enter(page.context, live_server, hat)
    page.goto(live_server.url + reverse("reconcile:of_provider"))
    look(page, shot, "mismatches-provider")
    page.get_by_role("link", name=denied.mosis_id).click()
    expect(page.get_by_text("We denied this course")).to_be_visible()
    look(page, shot, "mismatches-provider-card")


def test_several_are_answered_and_taken_back(
    page: Page, live_server: LiveServer, shot: Shot, denied: Mismatch
) -> None:
    looks.enter(page.context, live_server, MembershipFactory.create(coordinator=True, lea=denied.lea))
    page.goto(live_server.url + reverse("reconcile:of_district"))
    for box in page.get_by_role("checkbox").all()[:2]:
        box.locator("xpath=following-sibling::label").click()
    press(page, "Seen")
    expect_heading(page, "Seen")
    look(page, shot, "mismatches-many")
    press(page, "Seen")
    expect(page.get_by_text("2 are answered.")).to_be_visible()
    page.get_by_role("link", name="Undo the last answers").click()
    press(page, "Take them back")
    expect(page.get_by_text("2 answers are taken back.")).to_be_visible()


def test_denied_but_active_is_answered_by_the_provider_in_the_room(
    page: Page, live_server: LiveServer, shot: Shot, denied: Mismatch
) -> None:
    """The district says that it denied the course; the provider contests, the office decides, the provider gives in."""
    mismatch = MismatchFactory.create(
        lea=denied.lea,
        provider=denied.provider,
        code="M-43",
        facts={"date": "2026-09-14", "reported": "active"},
    )
    clerk = MembershipFactory.create(data_clerk=True, lea=denied.lea)
    provider = MembershipFactory.create(provider_staff=True, provider=denied.provider)
    looks.enter(page.context, live_server, clerk)
    page.goto(live_server.url + reverse("reconcile:mismatch", args=[mismatch.pk]))
    page.get_by_role("link", name="We denied this course").click()
    press(page, "We denied this course")

    looks.enter(page.context, live_server, provider)
    page.goto(live_server.url + reverse("home"))
    the_provider_contests(page, shot)

    looks.enter(page.context, live_server, clerk)
    page.goto(live_server.url + reverse("reconcile:rooms"))
    look(page, shot, "mismatches-rooms")
    page.get_by_role("link", name=mismatch.mosis_id).click()
    expect(page.get_by_text("Ask Lena")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the file letter.pdf").click()
    assert download.value.suggested_filename.endswith(".pdf")
    page.get_by_role("link", name="Contest").click()
    choose(page, "We denied this course")
    press(page, "Contest")

    looks.enter(page.context, live_server, MembershipFactory.create(dese_reviewer=True))
    page.goto(live_server.url + reverse("reconcile:room", args=[mismatch.pk]))
    the_office_decides(page, shot)

    looks.enter(page.context, live_server, provider)
    page.goto(live_server.url + reverse("reconcile:room", args=[mismatch.pk]))
    page.get_by_role("link", name="Agree").click()
    choose(page, "We will correct our report")
    press(page, "Agree")
    expect(page.get_by_text("Agrees: We will correct our report")).to_be_visible()
    look(page, shot, "mismatches-room-agreed")
    mismatch.refresh_from_db()
    assert mismatch.state == MismatchState.ANSWERED  # until the next report says so


def the_provider_contests(page: Page, shot: Shot) -> None:
    page.get_by_role("link", name="M-43: Denied but active").first.click()
    expect_heading(page, "Room of M-43: Denied but active")
    expect(page.get_by_text("Answer: We denied this course")).to_be_visible()
    look(page, shot, "mismatches-room-asked")
    page.get_by_role("link", name="Contest").click()
    look(page, shot, "mismatches-room-contest")
    choose(page, "The district told us that the course is approved")
    press(page, "Contest")
    page.get_by_role("link", name="Write a note or add a file").click()
    look(page, shot, "mismatches-room-note")
    choose(page, "Everybody in this room")
    page.get_by_label("Note", exact=True).fill("Your letter of September 2 says so.")
    letter = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.locator("input[type=file]").set_input_files(letter)  # type: ignore[arg-type]
    press(page, "Send")
    expect(page.get_by_text("Your letter of September 2 says so.")).to_be_visible()
    page.get_by_role("link", name="Write a note or add a file").click()
    choose(page, "Only my own organization")
    page.get_by_label("Note", exact=True).fill("Ask Lena about the letter.")
    press(page, "Send")
    expect(page.get_by_text("Only your organization reads this")).to_be_visible()
    look(page, shot, "mismatches-room-provider")


def the_office_decides(page: Page, shot: Shot) -> None:
    expect(page.get_by_text("It waits for the MOCAP office.")).to_be_visible()
    page.get_by_role("link", name="Decide").click()
    look(page, shot, "mismatches-room-decide")
    choose(page.get_by_role("group", name="Whose data are right"), "Walnut Fork")
    choose(page.get_by_role("group", name="Who has to correct"), "Lantern Learning")
    page.get_by_label("What has to be corrected").fill("Close the enrollment.")
    page.get_by_label("Why you decide so").fill("The letter is about another course.")
    press(page, "Decide")
    expect(page.get_by_text("All sides are told what you decided.")).to_be_visible()
    look(page, shot, "mismatches-room-decided")


@pytest.mark.usefixtures("denied")
def test_the_state_office_looks_at_all(page: Page, live_server: LiveServer, shot: Shot) -> None:
    looks.enter(page.context, live_server, MembershipFactory.create(dese_reviewer=True))
    page.goto(live_server.url + reverse("reconcile:state"))
    look(page, shot, "mismatches-state")
    page.get_by_role("main").get_by_role("link", name="Lantern Learning").click()
    expect(page.get_by_text("4 mismatches")).to_be_visible()
    look(page, shot, "mismatches-all")
    page.goto(live_server.url + reverse("reconcile:kind", args=["M-10"]))
    look(page, shot, "mismatches-article")
    page.goto(live_server.url + reverse("reconcile:kinds"))
    look(page, shot, "mismatches-articles")
