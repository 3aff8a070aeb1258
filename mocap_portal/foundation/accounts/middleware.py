"""Puts the hat on the request, and keeps staff hats shut until the second factor is shown."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
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
    user: User


class HatMiddleware:
    """Sets `request.hat`: the active Membership chosen in this session, or None.

    The hat is read anew at every request, so that a removed hat is gone at once. A staff hat, and the Django
    admin, stay shut until this session has shown a second factor: until then `request.hat` is None even on
    public pages, and every other page leads to the one where the factor is set up or asked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hat = current_hat(request)
        owes_second_factor = hat is not None and hat.is_staff and not second_factor.is_shown(request)
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


def current_hat(request: HttpRequest) -> Membership | None:
    """The hat chosen in this session, else the newest; None for visitors and when no hat is left."""
    if not request.user.is_authenticated:
        return None
    hats = Membership.objects.active().filter(user=request.user).select_related("organization", "user")
    chosen = hats.filter(pk=request.session[SESSION_KEY]).first() if SESSION_KEY in request.session else None
    return chosen or hats.order_by("-started_at", "pk").first()
