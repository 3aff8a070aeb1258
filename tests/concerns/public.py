"""A writer at the public form, for the tests of its pages."""

import datetime as dt
import uuid
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from concerns import seals
from concerns.models import Concern
from concerns.opening import COOKIE
from tests.factories.concerns import secret_of

OPENED = dt.datetime(2026, 11, 9, 16, tzinfo=dt.UTC)
SENT = OPENED + dt.timedelta(minutes=5)

ANSWERS = {
    "writer": "parent",
    "who": "named",
    "name": "Wanda Writer",
    "contact": "email",
    "email": "wanda@example.org",
    "what_happened": "Nobody has answered since October.",
    "language": "en",
    "format": "usual",
}
ANONYMOUS = {
    "writer": "student",
    "who": "anonymous",
    "what_happened": "The teacher does not answer.",
    "language": "en",
    "format": "usual",
}


def somewhere() -> Client:
    """A browser at an address of its own, so that no other test has used up what one source may do."""
    number = uuid.uuid4().int
    return Client(REMOTE_ADDR=f"10.{number % 256}.{number // 256 % 256}.{number // 65536 % 256}")


def opened_form(form: uuid.UUID | None = None, at: dt.datetime = OPENED) -> str:
    """A form as the page carries it, opened at this moment; with this key, or one of its own."""
    return signing.dumps([(form or uuid.uuid4()).hex, at.timestamp()], salt=seals.SALT)


def send_form(client: Client, category: str = "no_decision", **answers: Any) -> Any:
    """What the server answers to the form, with the answers of a parent unless others are given."""
    told = {"form": opened_form(), **ANSWERS, **answers}
    return client.post(reverse("concerns:write", args=[category]), told)


def open_concern(client: Client, concern: Concern) -> HttpResponse:
    """As its writer does, with number and secret."""
    response = client.post(
        reverse("concerns:status"), {"number": concern.number, "secret": secret_of(concern)}
    )
    assert response.status_code == 302
    assert COOKIE in client.cookies
    return response  # type: ignore[return-value]
