"""The pages of the API: what it can do, for people and for programs; and what stands at every other address."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from .description import requests, shapes
from .main import schema
from .problems import refused

EXAMPLE = """curl {server}{reports} \\
  -H "Authorization: Bearer $MOCAP_TOKEN" \\
  -H "Idempotency-Key: $(uuidgen)" \\
  -F file=@may.csv

curl {server}{reports}/123 \\
  -H "Authorization: Bearer $MOCAP_TOKEN"
"""


@require_safe
@login_not_required
def docs(request: HttpRequest) -> HttpResponse:
    """Each request with what it takes and answers. Drawn here: nothing is loaded from elsewhere."""
    described = schema()
    context = {
        "requests": requests(described),
        "shapes": shapes(described),
        "example": EXAMPLE.format(server=described["servers"][0]["url"], reports=reverse("api:reports")),
        "most": settings.API_REQUESTS_PER_MINUTE,
        "hours": settings.API_KEY_HOURS,
        "megabytes": settings.CORE_DATA_MOST_BYTES // 1_000_000,
    }
    return render(request, "coredata/api/docs.html", context)


@require_safe
@login_not_required
def openapi(request: HttpRequest) -> JsonResponse:
    """The same for programs: OpenAPI 3.1."""
    return JsonResponse(schema())


@csrf_exempt  # nothing is done here
@login_not_required
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """A program that asks for what is not there reads JSON, too."""
    sentence = _("There is no such address. %(docs)s says which there are.")
    return refused(404, sentence % {"docs": reverse("api:docs")})
