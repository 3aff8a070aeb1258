"""The pages about accounts in a real browser: as they open, and with every answer wrong."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from mocap_portal.foundation.accounts import actions
from mocap_portal.foundation.accounts.models import Membership, Role
from tests.factories.accounts import InvitationFactory, MembershipFactory
from tests.journeys import axe
from tests.journeys.conftest import Shot
from tests.sign_in import sign_in

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
]

TOKEN = "the-token-in-the-mail"


def enter(page: Page, live_server: LiveServer, hat: Membership) -> None:
    cookie = sign_in(Client(), hat).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def look(page: Page, shot: Shot, name: str) -> None:
    axe.check(page)
    for width in axe.WIDTHS.values():
        page.set_viewport_size({"width": width, "height": axe.HEIGHT})
        shot(page, f"accounts-{name}")


def send_nothing(page: Page) -> None:
    """Sends the form on the page as it is, which none of them takes."""
    page.locator("main form.usa-form button[type=submit]").first.click()
    page.locator("[data-error-summary]").wait_for()


@pytest.fixture
def people() -> dict[str, Membership]:
    """An administrator of a district and one of the state office, with somebody in each list."""
    administrator = MembershipFactory.create(lea_admin=True)
    MembershipFactory.create(counselor=True, organization=administrator.organization)
    today = timezone.now()
    InvitationFactory.create(
        invited_by=administrator, invited_at=today, expires_at=today + dt.timedelta(days=9)
    )
    InvitationFactory.create(invited_by=administrator)
    return {"lea": administrator, "dese": MembershipFactory.create(dese_admin=True)}


@pytest.mark.parametrize(
    ("who", "path", "name"),
    [
        ("lea", "/people/staff/", "people"),
        ("lea", "/people/me/", "me"),
        ("lea", "/people/me/family/", "family"),
        ("lea", "/people/staff/invite/", "invite"),
        ("dese", "/people/administrators/", "administrators"),
        ("dese", "/people/administrators/invite/", "invite-administrator"),
    ],
)
def test_page(  # noqa: PLR0917  # fixtures and parameters
    page: Page,
    live_server: LiveServer,
    shot: Shot,
    people: dict[str, Membership],
    who: str,
    path: str,
    name: str,
) -> None:
    enter(page, live_server, people[who])
    page.goto(f"{live_server.url}{path}")
    look(page, shot, name)
    if name in {"people", "administrators"}:
        return
    if name == "me":
        page.get_by_label("Your first and last name").fill("")
    send_nothing(page)
    look(page, shot, f"{name}-wrong")


def test_removing_asks_first(
    page: Page, live_server: LiveServer, shot: Shot, people: dict[str, Membership]
) -> None:
    enter(page, live_server, people["lea"])
    hat = Membership.objects.get(role=Role.COUNSELOR)
    page.goto(f"{live_server.url}/people/staff/")
    page.get_by_role("link", name=re.compile(f"{hat.user}, Counselor")).click()
    look(page, shot, "remove")
    page.get_by_role("button", name="Remove the role").click()
    page.get_by_text("The role is removed, and the person is signed out everywhere.").wait_for()
    look(page, shot, "removed")
    page.get_by_role("button", name="Take back").first.click()
    page.get_by_text("The invitation is taken back. Its link no longer works.").wait_for()


def test_a_new_counselor_accepts_an_invitation(page: Page, live_server: LiveServer, shot: Shot) -> None:
    today = timezone.now()
    InvitationFactory.create(
        email="nora@example.org",
        token_hash=actions.hash_token(TOKEN),
        invited_at=today,
        expires_at=today + dt.timedelta(days=9),
    )
    page.goto(f"{live_server.url}/people/invitation/?token={TOKEN}")
    assert TOKEN not in page.url
    look(page, shot, "accept")
    send_nothing(page)
    look(page, shot, "accept-wrong")
    page.get_by_label("Your first and last name").fill("Nora New")
    page.get_by_label("Password").fill("four plain words here")
    page.get_by_role("button", name="Accept and open my account").click()
    page.wait_for_url("**/2fa/totp/activate/")
    look(page, shot, "second-factor")

    page.goto(f"{live_server.url}/people/invitation/?token={TOKEN}")
    page.get_by_text("This link").or_(page.get_by_text("This invitation")).first.wait_for()
    look(page, shot, "used")


def test_somebody_who_is_signed_in_accepts(page: Page, live_server: LiveServer, shot: Shot) -> None:
    today = timezone.now()
    InvitationFactory.create(
        email="nora@example.org",
        token_hash=actions.hash_token(TOKEN),
        invited_at=today,
        expires_at=today + dt.timedelta(days=9),
    )
    enter(page, live_server, MembershipFactory.create(parent=True, user__email="nora@example.org"))
    page.goto(f"{live_server.url}/people/invitation/?token={TOKEN}")
    look(page, shot, "accept-signed-in")


def test_a_closed_page_says_whose_it_is(page: Page, live_server: LiveServer, shot: Shot) -> None:
    enter(page, live_server, MembershipFactory.create(parent=True))
    page.goto(f"{live_server.url}/people/staff/")
    page.get_by_text("This page is for: District administrator, Provider administrator").wait_for()
    look(page, shot, "closed")
