"""Every page of the portal in a real browser: readable by all, whole on a phone, one heading, no error, no breach.

The pages are the addresses of `tests/test_access.py` that answer 200. A new address is looked at without being named
here. The `page` fixture adds what the browser complains about: scripts, the content policy, missing files.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from mocap_portal.foundation.accounts.models import Role
from tests.journeys import axe
from tests.journeys.conftest import Shot
from tests.journeys.looks import BUTTONS, LEFT_OUT, LOOKS, enter, open_page
from tests.test_access import ADDRESSES, World

pytestmark = pytest.mark.journey

TITLE = re.compile(r"\S.* \| MOCAP portal")


def test_no_address_is_left_out() -> None:
    looked_at = {address.name for addresses in LOOKS.values() for address in addresses}
    assert {address.name for address in ADDRESSES} - looked_at == BUTTONS | LEFT_OUT.keys()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", LOOKS, ids=lambda role: role or "visitor")
def test_pages(role: Role | None, page: Page, live_server: LiveServer, shot: Shot) -> None:
    """One sign-in a hat. The world is built anew, because the live server's tests empty the tables."""
    world = World()
    if role:
        enter(page.context, live_server, world.own[role])
    found = []
    for address in LOOKS[role]:
        open_page(page, live_server, address, world)
        if not TITLE.fullmatch(page.title()):
            found.append(f"{address.name}: its title is {page.title()!r}")
        if (headings := page.locator("h1").count()) != 1:
            found.append(f"{address.name}: {headings} headings of the first level")
        for width in axe.WIDTHS.values():
            page.set_viewport_size({"width": width, "height": axe.HEIGHT})
            found += [f"{address.name} at {width} px: {problem}" for problem in axe.problems(page)]
            shot(page, f"every-{role or 'visitor'}-{address.name.replace(':', '-')}")
    assert found == []
