"""The second factor of a person (a code from an app), and whether this session has shown it."""

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from .models import User

DEMO_METHOD = "demo"


def is_set(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether this person has an authenticator app. Recovery codes alone do not count."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def is_shown(request: HttpRequest, *, is_set_up: bool | None = None) -> bool:
    """Whether the person signed in has a second factor and used it in this session.

    The demo's one-click sign-in counts as both, in demo settings only. `is_set_up`: `is_set` where it is known already.
    """
    methods = {record["method"] for record in get_authentication_records(request, request.user)}
    if settings.DEMO and DEMO_METHOD in methods:
        return True
    return "mfa" in methods and (is_set(request.user) if is_set_up is None else is_set_up)


def note_set_up(request: HttpRequest, user: User) -> None:
    """The code that set the factor up opens this session too: nobody types two codes in a row."""
    post_authentication(request, Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP))


def note_demo_sign_in(request: HttpRequest, user: User) -> None:
    """Called by the demo's one-click page right after `login()`."""
    record_authentication(request, user, DEMO_METHOD)


def note_password(request: HttpRequest, user: User) -> None:
    """Somebody who just chose a password is not asked for it again when the second factor is set up."""
    record_authentication(request, user, "password", reauthenticated=True)
