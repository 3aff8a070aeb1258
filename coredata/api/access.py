"""Who is asking: a token in a header, and nothing else. How often it may ask."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from mocap_portal.foundation.accounts import actions as accounts
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import ApiToken

from .problems import Problem

LONGEST_SECRET = 100  # characters
MINUTE = 60  # seconds


class TokenRequest(HatRequest):
    """A request of a program. `hat` is the hat that made its token."""

    auth: ApiToken


class Token(HttpBearer):
    """A token of a provider's program, as a bearer token. A session's cookie opens nothing here."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        now = timezone.now()
        found = accounts.find_api_token(token, at=now) if 0 < len(token) <= LONGEST_SECRET else None
        if found is None:
            return None
        request.user = found.hat.user  # so the history says who it was
        request.hat = found.hat  # type: ignore[attr-defined]
        _count(found, second=int(now.timestamp()))
        accounts.note_use(found, at=now)
        return found


def _count(token: ApiToken, *, second: int) -> None:
    """Count one more request of this minute. Raises Problem when there were enough."""
    minute, passed = divmod(second, MINUTE)
    key = f"api:{token.token_hash}:{minute}"
    cache.add(key, 0, timeout=2 * MINUTE)
    if cache.incr(key) > settings.API_REQUESTS_PER_MINUTE:
        wait = MINUTE - passed
        sentence = _("These are more than %(most)d requests in a minute. Go on in %(wait)d seconds.")
        raise Problem(
            429, sentence % {"most": settings.API_REQUESTS_PER_MINUTE, "wait": wait}, Retry_After=str(wait)
        )
