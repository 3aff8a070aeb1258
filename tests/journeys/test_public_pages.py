"""What a visitor does on a district's page and on the page that counts days; what staff copy and answer."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from mocap_portal.foundation.accounts.models import AccessReview
from mocap_portal.foundation.directory.models import Lea
from tests.factories.accounts import AccessReviewFactory, MembershipFactory
from tests.factories.directory import ClosedDayFactory, SchoolFactory
from tests.journeys import axe
from tests.journeys.conftest import Browse, Shot
from tests.journeys.looks import enter
from tests.journeys.steps import choose, expect_heading, expect_message, follow, press
from tests.pdf import open_pdf

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
]


def test_a_visitor_finds_a_district_and_starts_there(
    page: Page, live_server: LiveServer, lea: Lea, shot: Shot
) -> None:
    SchoolFactory.create(lea=lea, name="Elm High")
    ClosedDayFactory.create(lea=lea, date=dt.date.today() + dt.timedelta(days=30), reason="Elm Festival")  # noqa: DTZ011
    page.set_viewport_size({"width": axe.WIDTHS["phone"], "height": axe.HEIGHT})
    page.goto(live_server.url)
    follow(page, "Find your district")
    page.get_by_label("Name of the district or charter school").fill(lea.organization.name)
    press(page, "Find")
    follow(page, lea.organization.name)
    expect_heading(page, f"Virtual courses at {lea.organization.name}")
    page.get_by_text("closed days to come").click()
    expect(page.get_by_text("Elm Festival")).to_be_visible()
    axe.check(page)
    shot(page, "district-public")
    page.set_viewport_size({"width": axe.WIDTHS["phone"], "height": axe.HEIGHT})
    shot(page, "district-public")
    follow(page, "Start a request here")
    expect_heading(page, "Sign in")  # and then to the schools of this district
    assert parse_qs(urlsplit(page.url).query)["next"] == [
        f"{reverse('part_time:school')}?{urlencode({'q': lea.organization.name})}"
    ]


def test_the_district_copies_its_link_with_and_without_scripts(
    page: Page, browse: Browse, live_server: LiveServer, lea: Lea
) -> None:
    address = live_server.url + reverse("districts:district", args=[lea.state_district_id])
    page.goto(address)
    page.get_by_text("For the district: a link for your own home page").click()
    box = page.get_by_label("HTML for your home page")
    expect(box).to_be_editable(editable=False)
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#snippet-copied")).to_have_text("Copied.")
    assert box.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)") == box.input_value()

    plain = browse(axe.WIDTHS["desk"], javascript=False)
    plain.goto(address)
    plain.get_by_text("For the district: a link for your own home page").click()
    expect(plain.get_by_label("HTML for your home page")).to_be_visible()
    expect(plain.get_by_role("button", name="Copy")).to_have_count(0)


def test_the_notice_on_paper_is_the_notice_alone(
    page: Page, live_server: LiveServer, lea: Lea, shot: Shot
) -> None:
    page.goto(live_server.url + reverse("districts:notice", args=[lea.state_district_id, "en"]))
    axe.check(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Your right to take virtual courses")).to_be_visible()
    expect(page.locator(".portal-header")).to_be_hidden()
    for gone in ("Notice of the right to enroll", "Open as PDF"):
        expect(page.get_by_text(gone, exact=True)).to_be_hidden()
    shot(page, "notice-on-paper")
    assert len(open_pdf(page.pdf(format="Letter")).pages) == 1


def test_a_visitor_counts_days_without_scripts(
    browse: Browse, live_server: LiveServer, lea: Lea, shot: Shot
) -> None:
    page = browse(axe.WIDTHS["phone"], javascript=False)
    page.goto(live_server.url + reverse("clock"))
    page.get_by_label("District or charter school").select_option(lea.state_district_id)
    page.get_by_label("How many business days?").fill("3")
    press(page, "Count")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Due by")
    expect(page.get_by_text(f"By the calendar of {lea.organization.name}.")).to_be_visible()
    shot(page, "due-day")
    page.get_by_label("How many business days?").fill("")
    press(page, "Count")
    expect(page.locator("[data-error-summary]")).to_contain_text("Type a number of days.")
    shot(page, "due-day-wrong")


def test_an_administrator_answers_the_yearly_review(
    page: Page, live_server: LiveServer, lea: Lea, shot: Shot
) -> None:
    admin = MembershipFactory.create(lea_admin=True, organization=lea.organization, user__name="Ada Admin")
    MembershipFactory.create(counselor=True, organization=lea.organization, user__name="Cora Counselor")
    MembershipFactory.create(data_clerk=True, organization=lea.organization, user__name="Dan Clerk")
    AccessReviewFactory.create(organization=lea.organization)
    enter(page.context, live_server, admin)
    page.goto(live_server.url)
    follow(page, "Say who keeps which role")
    axe.check(page)
    shot(page, "review-of-roles")
    page.set_viewport_size({"width": axe.WIDTHS["phone"], "height": axe.HEIGHT})
    shot(page, "review-of-roles")
    choose(page.get_by_role("group", name="Dan Clerk"), "Remove")
    press(page, "Save the answers")
    expect_message(page, "Your answers are saved.")
    expect(page.get_by_text("Dan Clerk")).to_have_count(0)
    press(page, "Save and finish the review")
    expect_message(page, "2 roles have no answer yet. Choose for each of them, then finish.")
    press(page, "Save, and keep all the rest")
    press(page, "Save and finish the review")
    expect_message(page, "The review is done. Thank you.")
    shot(page, "review-of-roles-done")
    assert AccessReview.objects.get().finished_by == admin


def test_a_counselor_takes_a_calendar_address_along(
    page: Page, live_server: LiveServer, lea: Lea, shot: Shot
) -> None:
    hat = MembershipFactory.create(counselor=True, organization=lea.organization)
    enter(page.context, live_server, hat)
    page.goto(live_server.url + reverse("accounts:own_page"))
    follow(page, "See my due days in my calendar program")
    press(page, "Make an address")
    axe.check(page)
    page.set_viewport_size({"width": axe.WIDTHS["phone"], "height": axe.HEIGHT})
    shot(page, "calendar-address")
    press(page, "Switch the calendar off")
    expect_message(page, "The address no longer works.")
    shot(page, "calendar-off")
