"""Spanish takes more room than English: every page of families and visitors holds it, on a phone and at a desk."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from mocap_portal.foundation.accounts.models import Role
from tests.journeys import axe
from tests.journeys.conftest import Shot
from tests.journeys.looks import LOOKS, enter, open_page
from tests.test_access import World

pytestmark = pytest.mark.journey


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", [None, Role.PARENT], ids=lambda role: role or "visitor")
def test_pages_in_spanish(role: Role | None, page: Page, live_server: LiveServer, shot: Shot) -> None:
    world = World()
    if role:
        enter(page.context, live_server, world.own[role])
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "es", "url": live_server.url}])
    found = []
    for address in LOOKS[role]:
        open_page(page, live_server, address, world)
        assert page.locator("html").get_attribute("lang") == "es"
        for width in axe.WIDTHS.values():
            page.set_viewport_size({"width": width, "height": axe.HEIGHT})
            found += [f"{address.name} at {width} px: {problem}" for problem in axe.too_wide(page)]
            shot(page, f"spanish-{role or 'visitor'}-{address.name.replace(':', '-')}")
    assert found == []
