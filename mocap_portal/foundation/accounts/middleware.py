"""Puts the hat on the request, and keeps staff hats shut until the second factor is shown."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import second_factor
from .models import Membership, User

SESSION_KEY = "hat"

# What somebody who still owes the second factor needs to show it, or to leave.
OPEN_WITHOUT_SECOND_FACTOR = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_reauthenticate",
        "accounts:switch_hat",
        "set_language",
    }
)

ENTER_A_CODE = _("Your role needs a second step at sign-in. Enter a code from your app to go on.")
SET_UP_AN_APP = _("Your role needs a second step at sign-in. Set up an authenticator app to go on.")


class HatRequest(HttpRequest):
    """A request behind sign-in, as pages see it."""

    hat: Membership
    hats: list[Membership]
    user: User


class HatMiddleware:
    """Sets `request.hats`, and of these `request.hat`: the Membership chosen in this session, or None.

    Hats are read anew at every request, so that a removed hat is gone at once. A staff hat, and the Django
    admin, stay shut until this session has shown a second factor: until then `request.hat` is None even on
    public pages, and every other page leads to the one where the factor is set up or asked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hats = active_hats(request)
        hat = current_hat(request, hats)
        owes_second_factor = (
            hat is not None
            and hat.is_staff
            and not second_factor.is_shown(request, is_set_up=hat.has_second_factor)  # type: ignore[attr-defined]
        )
        request.hats = hats  # type: ignore[attr-defined]
        request.owes_second_factor = owes_second_factor  # type: ignore[attr-defined]
        request.hat = None if owes_second_factor else hat  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not self.is_shut(request, view):
            return None
        if second_factor.is_set(request.user):
            messages.info(request, str(ENTER_A_CODE))
            return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
        messages.info(request, str(SET_UP_AN_APP))
        return redirect("mfa_activate_totp")

    def is_shut(self, request: HttpRequest, view: Callable[..., HttpResponse]) -> bool:
        match = request.resolver_match
        if match is None or not request.user.is_authenticated:
            return False
        if "admin" in match.app_names:
            return not second_factor.is_shown(request)
        owes_second_factor = request.owes_second_factor  # type: ignore[attr-defined]
        if not owes_second_factor or match.view_name in OPEN_WITHOUT_SECOND_FACTOR:
            return False
        # Visitors may see the page that follows sign-in; who just signed in should not be left there.
        is_public = not getattr(view, "login_required", True)
        return not is_public or match.view_name == settings.LOGIN_REDIRECT_URL


def active_hats(request: HttpRequest) -> list[Membership]:
    """The hats that the person signed in may wear now, the oldest first; none for a visitor.

    Each also knows `has_second_factor`, whether its wearer has set one up: every page asks for all of it, and this is
    one statement.
    """
    if not request.user.is_authenticated:
        return []
    apps = Authenticator.objects.filter(user=OuterRef("user"), type=Authenticator.Type.TOTP)
    hats = Membership.objects.active().filter(user=request.user).select_related("organization", "user")
    return list(hats.annotate(has_second_factor=Exists(apps)).order_by("started_at", "pk"))


def current_hat(request: HttpRequest, hats: Sequence[Membership]) -> Membership | None:
    """Of these, which are ordered by age, the one chosen in this session, else the newest; None when there is none."""
    chosen = request.session.get(SESSION_KEY) if hats else None
    newest = max(hats, key=lambda hat: (hat.started_at, -hat.pk), default=None)
    return next((hat for hat in hats if hat.pk == chosen), newest)
