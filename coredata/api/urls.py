"""Addresses below api/v1/. None asks for sign-in: each request of a program brings its token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from . import views
from .main import api
from .problems import refused

app_name = "api"


def for_programs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets requests without a session through to a view that asks for a token. A wrong method is told in JSON, too."""

    @csrf_exempt  # a session's cookie opens nothing there
    @login_not_required
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            sentence = _("This address takes %(methods)s only.")
            allowed = response["Allow"]
            return refused(405, sentence % {"methods": allowed}, {"Allow": allowed})
        return response

    return answered


def _of_programs() -> list[URLPattern]:
    patterns, _app_name, _namespace = api.urls
    found = [
        pattern for pattern in patterns if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]
    for pattern in found:
        pattern.callback = for_programs(pattern.callback)
    return found


urlpatterns = [
    path("docs", views.docs, name="docs"),
    path("openapi.json", views.openapi, name="openapi"),
    *_of_programs(),
    re_path(r"^(?P<rest>.*)$", views.nothing, name="nothing"),
]
