"""The public catalog and the agreements of a district, in a browser."""

import datetime as dt
import re
from urllib.parse import parse_qs, urljoin, urlparse

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from enrollment.part_time.models import CourseRequest, RequestState
from mocap_portal.foundation.directory.models import TermCode
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import ProviderFactory, TermFactory
from tests.factories.providers import AgreementFactory, CourseFactory
from tests.factories.records import ClaimFactory
from tests.journeys import axe, steps
from tests.journeys.conftest import Shot
from tests.journeys.looks import enter
from tests.sign_in import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_results_follow_while_one_types(page: Page, live_server: LiveServer, shot: Shot) -> None:
    provider = ProviderFactory.create(
        organization__name="Prairie Online Academy",
        contact_email="desk@prairie.example",
        website="https://prairie.example",
    )
    for title, subject in [
        ("Algebra I", "Mathematics"),
        ("Algebra II", "Mathematics"),
        ("Biology", "Science"),
    ]:
        CourseFactory.create(title=title, subject=subject, provider=provider)
    page.goto(f"{live_server.url}/catalog/")
    expect(page.get_by_role("status")).to_have_text("3 courses")
    axe.check(page)
    shot(page, "catalog")
    page.get_by_label("Words in the title, subject or provider").fill("alg")
    expect(page.get_by_role("status")).to_have_text("2 courses")
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page).to_have_url(re.compile("q=alg"))
    page.get_by_label("Subject", exact=True).select_option("Mathematics")
    page.get_by_label("Words in the title, subject or provider").fill("qqqqqq")
    expect(page.get_by_role("status")).to_have_text("0 courses")
    axe.check(page)
    shot(page, "catalog-nothing")
    page.get_by_role("link", name="Show all courses").click()
    page.get_by_role("link", name="Biology").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Biology")
    axe.check(page)
    shot(page, "catalog-course")


def test_a_parent_compares_and_asks(page: Page, live_server: LiveServer, shot: Shot) -> None:
    """On a phone: a mistyped word, two boxes, side by side, and the button that leads to sign-in and on."""
    page.set_viewport_size({"width": axe.WIDTHS["phone"], "height": axe.HEIGHT})
    term = TermFactory.create(
        code=TermCode.S2,
        starts_on=timezone.localdate() + dt.timedelta(days=30),
        ends_on=timezone.localdate() + dt.timedelta(days=150),
    )
    courses = [
        CourseFactory.create(title=title, subject="Mathematics") for title in ("Algebra I", "Algebra II")
    ]
    CourseFactory.create(title="Biology", subject="Science")
    page.goto(f"{live_server.url}/catalog/")
    page.get_by_label("Words in the title, subject or provider").fill("algebre")
    expect(page.get_by_role("status")).to_have_text("2 courses")
    expect(page.get_by_label("Subject", exact=True)).to_contain_text("Mathematics (2)")
    for course in courses:
        page.locator(f'label[for="compare-{course.pk}"]').click()
    page.get_by_role("button", name="Compare the checked courses").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(["Algebra I", "Algebra II"])
    axe.check(page)
    shot(page, "compare")
    page.set_viewport_size({"width": 1280, "height": axe.HEIGHT})
    shot(page, "compare")
    page.get_by_role("link", name=re.compile(r"^Ask for this course.*Algebra II$")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert f"course%3D{courses[1].pk}" in page.url

    parent = MembershipFactory.create()
    claim = ClaimFactory.create(claimant=parent.user)
    enter(page.context, live_server, parent)
    page.goto(urljoin(live_server.url, parse_qs(urlparse(page.url).query)["next"][0]))
    steps.follow(page, f"Ask for courses for {claim.full_name}")
    steps.choose(page, str(term))
    steps.press(page, "Continue")
    expect(page.locator("#list strong")).to_have_text("Algebra II")
    page.get_by_label("How many courses does the student take in person").fill("4")
    steps.press(page, "Continue")
    steps.agree_and_sign(page, "Pat Parent")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Receipt for request")
    request = CourseRequest.objects.get()
    assert (request.state, request.lines.get().course) == (RequestState.SUBMITTED, courses[1])


def test_search_works_without_javascript(browser: Browser, live_server: LiveServer) -> None:
    CourseFactory.create(title="Algebra I")
    CourseFactory.create(title="Biology")
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/catalog/")
        page.get_by_label("Words in the title, subject or provider").fill("alg")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("status")).to_have_text("1 course")
        expect(page.get_by_role("link", name="Algebra I")).to_be_visible()


def test_a_coordinator_keeps_agreements(page: Page, live_server: LiveServer, shot: Shot) -> None:
    hat = MembershipFactory.create(coordinator=True)
    assert hat.organization is not None
    AgreementFactory.create(lea=hat.organization.lea, valid_to=dt.date(2027, 6, 30))
    cookie = sign_in(Client(), hat).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/catalog/agreements/")
    axe.check(page)
    shot(page, "agreements")
    page.get_by_role("link", name="Add a data agreement").click()
    axe.check(page)
    page.get_by_role("button", name="Put on file").click()
    expect(page.get_by_role("link", name="Provider: Choose the provider that signed.")).to_be_visible()
    axe.check(page)
    shot(page, "agreement-incomplete")
    page.goto(f"{live_server.url}/catalog/agreements/")
    page.get_by_role("link", name="End it").click()
    axe.check(page)
    page.get_by_role("button", name="End the agreement").click()
    axe.check(page)
    shot(page, "agreement-end")
