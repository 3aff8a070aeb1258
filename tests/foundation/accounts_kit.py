"""What the tests of accounts share."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.contrib.messages import get_messages
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from tests.factories.accounts import PASSWORD

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
PASSWORD_OF_NEW_PEOPLE = "four plain words here"


@pytest.fixture(autouse=True)
def _own_cache(settings: Settings, request: pytest.FixtureRequest) -> None:
    """Tries counted in one test must not limit another."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": request.node.nodeid,
        }
    }


def give_second_factor(user: User) -> Callable[[], str]:
    """Sets an authenticator app up; the answer gives the code it shows now."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(user, secret)
    return lambda: code_now(secret)


def code_now(secret: str) -> str:
    counter = int(time.time()) // 30
    return str(auth.format_hotp_value(auth.hotp_value(secret, counter)))


def invitation_days(number: int) -> None:
    LegalValue.objects.filter(key=LegalKey.INVITATION_DAYS).update(number=number)


def log_in(client: Client, user: User) -> HttpResponseBase:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def sentences(response: Any) -> list[str]:
    """What a page has to say after its action, in order."""
    return [str(message) for message in get_messages(response.wsgi_request)]
