"""Why a program is refused: always JSON, one sentence, one status."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, ValidationError

from mocap_portal.foundation.shared.refusals import Refusal

logger = logging.getLogger(__name__)


class Problem(Exception):
    """Ends a request with this status and sentence. `headers`: what else the answer says."""

    def __init__(self, status: int, sentence: str | Promise, **headers: str) -> None:
        super().__init__(str(sentence))
        self.status, self.sentence = status, str(sentence)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def refused(status: int, sentence: str | Promise, headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse({"detail": str(sentence)}, status=status, headers=headers)


def on_problem(_request: HttpRequest, problem: Problem) -> HttpResponse:
    return refused(problem.status, problem.sentence, problem.headers)


def on_refusal(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """An action refused: what is there does not allow it now."""
    return refused(409, refusal.sentence)


def on_missing_token(_request: HttpRequest, _error: Exception) -> HttpResponse:
    sentence = _(
        "Send a token that works in the header “Authorization: Bearer …”. Your administrator makes it in the portal."
    )
    return refused(401, sentence, {"WWW-Authenticate": "Bearer"})


def on_missing_row(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return refused(404, _("Your provider has no report of this number."))


def on_invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter is not as it is described: which one, and what is wrong with it."""
    found = [f"{one['loc'][-1]}: {one['msg']}" for one in error.errors]
    return refused(422, "; ".join(found) + ".")


def on_error(_request: HttpRequest, error: Exception) -> HttpResponse:
    """Nobody foresaw this. The log says where, the answer only that."""
    logger.error("api request failed", exc_info=error)
    return refused(500, _("Something went wrong in the portal. Please try again later."))


HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    Problem: on_problem,
    Refusal: on_refusal,
    AuthenticationError: on_missing_token,
    Http404: on_missing_row,
    ValidationError: on_invalid,
    Exception: on_error,
}
