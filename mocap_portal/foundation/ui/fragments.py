"""Pages of which htmx asks for a part."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page. Going back to a page asks for the whole of it."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, fragment: str
) -> HttpResponse:
    """The page; where htmx asks, because a filter or a word changed, of it only the partial `fragment`.

    The template knows by `is_fragment` which of both it is.
    """
    part = is_fragment(request)
    response = render(
        request, f"{template}#{fragment}" if part else template, context | {"is_fragment": part}
    )
    patch_vary_headers(response, ["HX-Request"])
    return response
