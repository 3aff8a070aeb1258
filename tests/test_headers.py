"""What stays of a page in the browser, and what the browser lets a page do."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from mocap_portal.foundation.accounts.models import Role
from tests.factories.accounts import MembershipFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "home",
        "records:children",
        "part_time:requests",
        "part_time:inbox",
        "accounts:own_page",
        "account_email",
    ],
)
def test_no_page_is_kept_where_it_was_read(address: str) -> None:
    """part_time:inbox is closed to families: refusals are not kept either."""
    response = sign_in(Client(), MembershipFactory.create(role=Role.PARENT)).get(reverse(address))

    kept = {part.strip() for part in response["Cache-Control"].split(",")}
    assert {"no-store", "private"} <= kept
    assert "public" not in kept


def test_every_answer_says_what_a_page_may_do(client: Client) -> None:
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert response["Permissions-Policy"].startswith("camera=(), ")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "manifest-src": "'self'",
    }


def test_htmx_keeps_no_copies_of_pages(client: Client) -> None:
    """Its copies would lie in the browser's storage, where signing out does not reach them."""
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", client.get("/").content.decode())

    assert found is not None
    assert json.loads(found[1])["historyCacheSize"] == 0
