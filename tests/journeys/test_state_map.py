"""The pages of the state's map in a real browser: as they open, and with an answer missing."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.explain import explain_start
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.directory.models import ClosedDay, Lea, Organization, Term
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import ClosedDayFactory
from tests.journeys import axe
from tests.journeys.conftest import Shot
from tests.sign_in import sign_in

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
]

Enter = Callable[[Membership], None]


@pytest.fixture
def enter(page: Page, live_server: LiveServer) -> Enter:
    """`enter(hat)`: this browser is the hat's from now on."""

    def signed_in(hat: Membership) -> None:
        cookie = sign_in(Client(), hat).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return signed_in


@pytest.fixture
def state() -> Membership:
    office = Organization.objects.get(is_state_office=True)
    hat: Membership = MembershipFactory.create(dese_admin=True, organization=office)
    return hat


@pytest.fixture
def district(lea: Lea) -> Membership:
    """The district's administrator."""
    hat: Membership = MembershipFactory.create(lea_admin=True, organization=lea.organization)
    return hat


@pytest.fixture
def storm(lea: Lea) -> ClosedDay:
    """The district closes on its next business day and has asked DESE; one clock would move."""
    now = timezone.now()
    kind, started_at = ClockKind.PART_TIME_DECISION, now - dt.timedelta(days=1)
    clocks.start(kind, lea_id=lea.pk, at=started_at, business_days=10, source="R-15")
    day = explain_start(Clock(kind=kind, lea=lea, started_at=now, business_days=1, source="R-15")).on
    storm: ClosedDay = ClosedDayFactory.create(
        lea=lea, date=day, reason="Ice storm", entered_at=now, emergency_asked_at=now
    )
    return storm


def look(page: Page, shot: Shot, name: str) -> None:
    axe.check(page)
    for width in axe.WIDTHS.values():
        page.set_viewport_size({"width": width, "height": axe.HEIGHT})
        shot(page, f"state-map-{name}")


def send_wrong(page: Page) -> None:
    """Empties the last box of the form and sends it."""
    page.locator("main form.usa-form input.usa-input").last.fill("")
    page.locator("main form.usa-form [type=submit]").first.click()
    page.locator("[data-error-summary]").wait_for()


@pytest.mark.parametrize(
    "path",
    [
        "legal-values/",
        "legal-values/adequacy_target/",
        "legal-values/adequacy_target/change/",
        "codes/",
        "codes/denial_factor/persistence/",
        "codes/denial_factor/persistence/change/",
        "terms/",
        "closed-days/",
        "closed-days/close/",
    ],
)
@pytest.mark.usefixtures("storm")
def test_a_page_of_the_state(  # noqa: PLR0917  # fixtures and parameters
    page: Page, live_server: LiveServer, shot: Shot, enter: Enter, state: Membership, path: str
) -> None:
    enter(state)
    page.goto(f"{live_server.url}/state/{path}")
    name = path.strip("/").replace("/", "-")
    look(page, shot, name)
    if path.endswith(("/change/", "/close/")):
        send_wrong(page)
        look(page, shot, f"{name}-wrong")


def test_a_terms_dates(
    page: Page, live_server: LiveServer, shot: Shot, enter: Enter, state: Membership
) -> None:
    enter(state)
    term = Term.objects.get(school_year=2027, code="S2")
    page.goto(f"{live_server.url}/state/terms/{term.pk}/change/")
    look(page, shot, "term")
    send_wrong(page)
    look(page, shot, "term-wrong")


@pytest.mark.parametrize("path", ["district/", "district/policy/", "district/contact/", "closed-days/"])
@pytest.mark.usefixtures("storm")
def test_a_page_of_a_district(  # noqa: PLR0917  # fixtures and parameters
    page: Page, live_server: LiveServer, shot: Shot, enter: Enter, district: Membership, path: str
) -> None:
    enter(district)
    page.goto(f"{live_server.url}/state/{path}")
    name = f"own-{path.strip('/').replace('/', '-')}"
    look(page, shot, name)
    if path in {"district/policy/", "district/contact/"}:
        page.get_by_label("E-mail address" if "contact" in path else "How a family appeals").fill("")
        page.locator("main form.usa-form [type=submit]").first.click()
        page.locator("[data-error-summary]").wait_for()
        look(page, shot, f"{name}-wrong")


def test_an_emergency_is_confirmed_after_a_look_at_what_moves(  # noqa: PLR0917  # fixtures and parameters
    page: Page, live_server: LiveServer, shot: Shot, enter: Enter, state: Membership, storm: ClosedDay
) -> None:
    enter(state)
    page.goto(f"{live_server.url}/state/closed-days/")
    page.get_by_role("link", name="Confirm an emergency").click()
    look(page, shot, "confirm")
    page.get_by_role("button", name="Confirm the emergency").click()
    page.get_by_text("The emergency is confirmed.").wait_for()
    look(page, shot, "confirmed")

    storm.refresh_from_db()
    assert storm.emergency_confirmed_at is not None
