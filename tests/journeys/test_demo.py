"""The built demo in a real browser: the public pages, the people, the mailbox and the home page of every hat."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from mocap_portal.demo.models import DemoPerson
from tests.journeys import axe
from tests.journeys.conftest import Shot

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("built_demo"),
]


def look(page: Page, shot: Shot, name: str) -> None:
    """Check the page as it is drawn now, and take its picture at both widths."""
    axe.check(page)
    for width in axe.WIDTHS.values():
        page.set_viewport_size({"width": width, "height": axe.HEIGHT})
        shot(page, name)


def test_open_pages(page: Page, live_server: LiveServer, shot: Shot) -> None:
    for path, name in [
        ("/", "home-landing"),
        ("/how-it-works/part-time/", "home-how-it-works"),
        ("/demo/people/", "demo-people"),
        ("/demo/mailbox/", "demo-mailbox"),
        ("/demo/mailbox/?to=nobody@x.example", "demo-mailbox-error"),
    ]:
        page.goto(f"{live_server.url}{path}")
        look(page, shot, name)


def test_a_mail_leads_to_its_page(page: Page, live_server: LiveServer, shot: Shot) -> None:
    page.goto(f"{live_server.url}/demo/mailbox/")
    page.get_by_label("Mails to").select_option("dana.whitlock@family.example")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=re.compile("We received your course request")).first.click()
    expect(page.get_by_role("main").get_by_role("link", name=re.compile("requests"))).to_be_visible()
    look(page, shot, "demo-mail")


def test_every_hats_home(page: Page, live_server: LiveServer, shot: Shot) -> None:
    for person in DemoPerson.objects.select_related("hat__user", "hat__organization").order_by("position"):
        page.goto(f"{live_server.url}/demo/people/")
        page.get_by_role("button", name=f"Sign in as {person.hat.user.name}, {person.hat}").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What waits for you")
        look(page, shot, f"home-{person.position:02d}-{person.hat.role}")
