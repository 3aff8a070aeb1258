"""An administrator of a provider makes a token for a program, a program uses it, and it is revoked."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories.accounts import ApiTokenFactory, MembershipFactory
from tests.journeys import axe, looks
from tests.journeys.conftest import Shot
from tests.journeys.steps import expect_heading, press

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_from_a_token_to_its_end(page: Page, live_server: LiveServer, shot: Shot) -> None:
    admin = MembershipFactory.create(provider_admin=True)
    ApiTokenFactory.create(hat=admin, name="Last year's export", revoked=True)
    looks.enter(page.context, live_server, admin)
    page.goto(live_server.url + reverse("coredata:reports"))
    page.get_by_role("link", name="Tokens for programs").click()
    expect_heading(page, "Tokens for programs")
    page.get_by_label("What is it for?").fill("Nightly export")
    press(page, "Make the token")
    secret = page.get_by_label("Your token").input_value()
    assert re.fullmatch(r"mocap_[\w-]{43}", secret)
    axe.check(page)
    shot(page, "api-token-made")

    address, headers = reverse("api:reports"), {"Authorization": f"Bearer {secret}"}
    assert Client().get(address, headers=headers).status_code == 200
    page.goto(live_server.url + reverse("accounts:api_tokens"))
    assert secret not in page.content()
    page.get_by_role("link", name=re.compile("Revoke.*Nightly export")).click()
    axe.check(page)
    shot(page, "api-token-revoke")
    press(page, "Revoke the token")
    expect(page.get_by_text("The token is revoked.")).to_be_visible()
    axe.check(page)
    shot(page, "api-tokens")
    assert Client().get(address, headers=headers).status_code == 401

    page.get_by_role("link", name="What a program can do, and how").click()
    expect_heading(page, "Reports by program")
    axe.check(page)
    shot(page, "api-docs")
