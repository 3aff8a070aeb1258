"""What every journey has: a browser that complains, and pictures of each step."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import ConsoleMessage, Page, Response, expect
from pytest_django.live_server_helper import LiveServer
from pytest_playwright.pytest_playwright import CreateContextCallback

from mocap_portal.command.browser import browser_type_launch_args
from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.directory.models import Lea
from tests.factories.directory import LeaFactory, LeaPolicyFactory
from tests.journeys import axe
from tests.journeys.built_demo import built_demo, kept_demos

# Here, because a plugin's fixture would stand behind the one of pytest-playwright.
__all__ = ["browser_type_launch_args", "built_demo", "kept_demos"]

# Playwright keeps an event loop in this thread, so Django takes the test for asynchronous code. It is not.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A machine that does much else may take more than the five seconds of Playwright; one that is idle waits for nothing.
expect.set_options(timeout=20_000)

SHOTS = Path(settings.BASE_DIR) / ".portal" / "shots"

Shot = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]


# What htmx writes of a request that was given up: somebody went on while a list was fetched, or an answer kept. Of one
# that went wrong it writes another line besides.
GIVEN_UP = ("htmx:afterRequest,", "htmx:sendAbort,")


class Browse(Protocol):
    def __call__(self, width: int, *, javascript: bool = True) -> Page: ...


@pytest.fixture(scope="session")
def base_url() -> None:
    """No address is known in advance: each test has its own live_server.

    The fixture of pytest-playwright that this replaces is a method, which pytest 9 warns about.
    """


@pytest.fixture(scope="session", autouse=True)
def _browser_within_the_database(request: pytest.FixtureRequest, django_db_setup: None) -> None:
    """Inside Playwright's event loop this thread has a connection of its own: it must end before the database does."""
    request.getfixturevalue("playwright")


@pytest.fixture
def lea() -> Lea:
    """A district with a policy."""
    lea: Lea = LeaFactory.create()
    LeaPolicyFactory.create(lea=lea)
    return lea


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails the test on a script error, a breach of the content policy or a missing file."""
    complaints: list[str] = []
    watch(page, complaints)
    yield page
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def browse(new_context: CreateContextCallback) -> Iterator[Browse]:
    """`browse(width)`: one more person's browser, as watchful as `page`; with `javascript=False` it runs no script."""
    complaints: list[str] = []

    def start(width: int, *, javascript: bool = True) -> Page:
        context = new_context(viewport={"width": width, "height": axe.HEIGHT}, java_script_enabled=javascript)
        page = context.new_page()
        watch(page, complaints)
        return page

    yield start
    assert not complaints, "\n".join(complaints)


def watch(page: Page, complaints: list[str]) -> None:
    """Keep what the browser complains about while it shows this page."""

    def on_console(message: ConsoleMessage) -> None:
        # That a page answered 403 or 404 may be what the test wants; files are watched below.
        if message.type == "error" and not message.text.startswith(("Failed to load resource", *GIVEN_UP)):
            complaints.append(f"console: {message.text}")

    def on_response(response: Response) -> None:
        if response.status >= 400 and re.search(r"/static/", response.url):
            complaints.append(f"{response.status}: {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("response", on_response)


@pytest.fixture
def sign_in(live_server: LiveServer) -> SignIn:
    """`sign_in(page, user)`: this browser is the user's from now on, without the sign-in page and its second step."""

    def enter(page: Page, user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return enter


@pytest.fixture
def shot() -> Shot:
    """`shot(page, name)`: a picture of the whole page in .portal/shots, named with its width.

    Only with PORTAL_SHOTS=1: a thousand pictures take minutes, and nobody looks at those of a run that is green.
    """

    def take(page: Page, name: str) -> None:
        if os.environ.get("PORTAL_SHOTS") == "1":
            size = page.viewport_size
            page.screenshot(path=SHOTS / f"{name}-{size['width'] if size else 'any'}.png", full_page=True)

    return take
