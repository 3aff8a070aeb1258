"""Who may look at a request without an account: whoever knows its number and its secret, for a while.

What stays in the browser is a signed cookie for these pages alone: which request is open, and until when. The secret
is in no cookie, no session and no address.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from concerns import codes

from .models import TranscriptRequest
from .verifying import number_in

COOKIE = "transcript"
SALT = "movip.open"
JUST_SENT = "+"


def find(number: str, secret: str) -> TranscriptRequest | None:
    """The request with this number and secret; nothing for an unknown number as for a wrong secret."""
    found = TranscriptRequest.objects.of_people().filter(pk=number_in(number)).first()
    known = codes.is_secret(secret, found.secret_hash if found else "")
    return found if known else None


def remember(response: HttpResponse, request: TranscriptRequest, *, just_sent: bool = False) -> None:
    """Let this browser look at the request for a while. `just_sent`: its receipt too, which shows the secret."""
    response.set_signed_cookie(
        COOKIE,
        f"{request.pk}{JUST_SENT if just_sent else ''}",
        salt=SALT,
        max_age=_seconds(),
        path=_path(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=_path())


def opened(request: HttpRequest) -> TranscriptRequest | None:
    """The request that this browser may look at now."""
    key = _value(request).removesuffix(JUST_SENT)
    return TranscriptRequest.objects.of_people().filter(pk=int(key)).first() if key else None


def is_just_sent(request: HttpRequest) -> bool:
    """Whether this browser has sent the request that is open, and not opened it with the secret since."""
    return _value(request).endswith(JUST_SENT)


def _value(request: HttpRequest) -> str:
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=_seconds()) or ""


def _seconds() -> int:
    return int(settings.TRANSCRIPT_OPEN_MINUTES) * 60


def _path() -> str:
    return reverse("movip:ask")
