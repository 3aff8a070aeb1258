"""An article for each code, and all of them by what they are about: for whoever works in the portal."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import STAFF_ROLES

from .. import articles
from ..catalogue import CATALOGUE
from ..tables import KindTable


@require_safe
@for_roles(*STAFF_ROLES)
def kinds(request: HatRequest) -> HttpResponse:
    """Every code, by family."""
    tables = []
    for family, found in articles.families():
        table = KindTable(found)
        table.caption = family.label
        tables.append(table)
    return render(request, "reconcile/kinds.html", {"tables": tables})


@require_safe
@for_roles(*STAFF_ROLES)
def kind(request: HatRequest, code: str) -> HttpResponse:
    """When it is found, why, what each reads, and how it is mended."""
    found = CATALOGUE.get(code)
    if found is None:
        raise Http404
    context = {"kind": found, "facts": articles.facts(found), "steps": articles.steps(found)}
    return render(request, "reconcile/kind.html", context)
