"""A clerk works through mismatches, the provider reads what was answered, the state office looks at all."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from coredata.reconcile.models import Mismatch
from mocap_portal.foundation.shared.calendar import central_date
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import UploadFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.reconcile import LeaRunFactory, MismatchFactory, RunFactory
from tests.factories.records import StudentFactory
from tests.journeys import axe, looks
from tests.journeys.conftest import Shot
from tests.journeys.steps import expect_heading, press

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


def look(page: Page, shot: Shot, name: str) -> None:
    """Readable by all, on a desk and on a phone."""
    axe.check(page)
    for width in axe.WIDTHS.values():
        page.set_viewport_size({"width": width, "height": axe.HEIGHT})
        shot(page, f"mismatches-{name}")
    page.set_viewport_size({"width": axe.WIDTHS["desk"], "height": axe.HEIGHT})


def test_a_district_answers_and_the_provider_reads_it(
    page: Page, live_server: LiveServer, shot: Shot, denied: Mismatch
) -> None:
    looks.enter(page.context, live_server, MembershipFactory.create(data_clerk=True, lea=denied.lea))
    page.goto(live_server.url + reverse("reconcile:of_district"))
    expect_heading(page, "Mismatches")
    look(page, shot, "district")
    page.get_by_role("link", name="M-10").click()
    look(page, shot, "cause")
    page.get_by_role("link", name=denied.mosis_id).click()
    expect(page.get_by_text("There is no request for this student")).to_be_visible()
    look(page, shot, "card")
    page.get_by_role("link", name="We denied this course").click()
    look(page, shot, "answer")
    press(page, "We denied this course")
    expect(page.get_by_text("Your answer is kept")).to_be_visible()
    page.get_by_role("link", name="All mismatches").click()
    expect(page.get_by_text("4 mismatches")).to_be_visible()

    hat = MembershipFactory.create(provider_staff=True, provider=denied.provider)
    looks.enter(page.context, live_server, hat)
    page.goto(live_server.url + reverse("reconcile:of_provider"))
    look(page, shot, "provider")
    page.get_by_role("link", name=denied.mosis_id).click()
    expect(page.get_by_text("We denied this course")).to_be_visible()
    look(page, shot, "provider-card")


def test_several_are_answered_and_taken_back(
    page: Page, live_server: LiveServer, shot: Shot, denied: Mismatch
) -> None:
    looks.enter(page.context, live_server, MembershipFactory.create(coordinator=True, lea=denied.lea))
    page.goto(live_server.url + reverse("reconcile:of_district"))
    for box in page.get_by_role("checkbox").all()[:2]:
        box.locator("xpath=following-sibling::label").click()
    press(page, "Seen")
    expect_heading(page, "Seen")
    look(page, shot, "many")
    press(page, "Seen")
    expect(page.get_by_text("2 are answered.")).to_be_visible()
    page.get_by_role("link", name="Undo the last answers").click()
    press(page, "Take them back")
    expect(page.get_by_text("2 answers are taken back.")).to_be_visible()


@pytest.mark.usefixtures("denied")
def test_the_state_office_looks_at_all(page: Page, live_server: LiveServer, shot: Shot) -> None:
    looks.enter(page.context, live_server, MembershipFactory.create(dese_reviewer=True))
    page.goto(live_server.url + reverse("reconcile:state"))
    look(page, shot, "state")
    page.get_by_role("main").get_by_role("link", name="Lantern Learning").click()
    expect(page.get_by_text("4 mismatches")).to_be_visible()
    look(page, shot, "all")
    page.goto(live_server.url + reverse("reconcile:kind", args=["M-10"]))
    look(page, shot, "article")
    page.goto(live_server.url + reverse("reconcile:kinds"))
    look(page, shot, "articles")
