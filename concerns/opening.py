"""Who may read a concern without an account: whoever knows its number and its secret, for a while (R-120).

What stays in the browser is a signed cookie for these pages alone: which concern is open, and until when. The secret
is in no cookie, no session and no address.
"""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from . import codes
from .models import Concern

NUMBER = re.compile(r"\s*C\s*-?\s*([0-9]{1,9})\s*", re.IGNORECASE)
COOKIE = "concern"
SALT = "concerns.open"
JUST_SENT = "+"


def find(number: str, secret: str) -> Concern | None:
    """The concern with this number and secret; nothing for an unknown number as for a wrong secret, as slowly."""
    typed = NUMBER.fullmatch(number)
    found = Concern.objects.filter(pk=int(typed[1]) if typed else 0).first()
    known = codes.is_secret(secret, found.secret_hash if found else "")
    return found if known else None


def remember(response: HttpResponse, concern: Concern, *, just_sent: bool = False) -> None:
    """Let this browser read the concern for a while. `just_sent`: its receipt too, which shows the secret."""
    response.set_signed_cookie(
        COOKIE,
        f"{concern.pk}{JUST_SENT if just_sent else ''}",
        salt=SALT,
        max_age=settings.CONCERN_OPEN_MINUTES * 60,
        path=_path(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=_path())


def opened(request: HttpRequest) -> int | None:
    """The key of the concern that this browser may read now."""
    value = _value(request)
    return int(value.removesuffix(JUST_SENT)) if value else None


def is_just_sent(request: HttpRequest) -> bool:
    """Whether this browser has sent the concern that it may read, and not opened it with the secret since."""
    return _value(request).endswith(JUST_SENT)


def _value(request: HttpRequest) -> str:
    age = settings.CONCERN_OPEN_MINUTES * 60
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=age) or ""


def _path() -> str:
    return reverse("concerns:start")
