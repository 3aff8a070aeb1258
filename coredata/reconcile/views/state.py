"""What is open in the whole state: by cause, district, provider and age, and how it went over the nights."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, F, Min
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.ui.switch import View, switch

from ..lists import Age, causes, chosen
from ..models import MismatchQuerySet, Run, RunKind
from ..silence import escalated
from ..standing import shown_to, to_do
from ..tables import CauseTable, CountTable, RunTable
from ..trend import HEIGHT, WIDTH, Trend, trend, years

PER_PAGE = 10


@require_safe
@for_roles(*DESE_ROLES)
def state(request: HatRequest) -> HttpResponse:
    """Sums of all, each leading to its list."""
    now, around = timezone.now(), reverse("reconcile:of_all")
    rows = to_do(request.hat)
    shown, views = _year(request)
    nights = trend(shown.year) if shown else Trend((), 0)
    of_each = causes(rows)
    tables = [
        CountTable(
            _by(rows, "lea"), caption=_("By district"), first=_("District"), around=around, prefix="d-"
        ),
        CountTable(
            _by(rows, "provider"), caption=_("By provider"), first=_("Provider"), around=around, prefix="p-"
        ),
    ]
    words = (
        _("The last nights of the school year %(year)s") % {"year": shown} if shown else _("The last nights")
    )
    table_of_nights = RunTable(nights.nights, caption=words, prefix="n-")
    for table in (*tables, table_of_nights):
        sort_and_cut(table, request, per_page=PER_PAGE)
    context = {
        "escalated": shown_to(request.hat).still_open().filter(escalated()).count(),
        "count": sum(cause.count for cause in of_each),
        "causes": CauseTable(of_each, around=f"{around}?"),
        "tables": tables,
        "ages": CountTable(_by_age(request, now), caption=_("By age"), first=_("Open for"), around=around),
        "year": shown,
        "years": views,
        "trend": nights,
        "nights": table_of_nights,
        "width": WIDTH,
        "height": HEIGHT,
        "has_failed": _has_last_night_failed(),
    }
    return render(request, "reconcile/state.html", context)


def _year(request: HatRequest) -> tuple[SchoolYear | None, list[View]]:
    """The school year whose nights are shown: the one of the address, else the newest; and the way to the others."""
    there = {str(year.year): year for year in years()}
    if not there:
        return None, []
    asked = request.GET.get("year", "")
    value = asked if asked in there else next(iter(there))
    labels = [(name, str(year)) for name, year in there.items()]
    return there[value], switch(request, "year", labels, now=value) if len(there) > 1 else []


def _has_last_night_failed() -> bool:
    """Of any school year that was compared."""
    nights = Run.objects.filter(kind=RunKind.NIGHT)
    last = nights.order_by("-as_of").values("as_of")[:1]
    return nights.filter(as_of=last, failed_at__isnull=False).exists()


def _by(rows: MismatchQuerySet, name: str) -> list[dict[str, Any]]:
    counts = (
        rows.filter(**{f"{name}__isnull": False})
        .order_by()
        .values(name, of=F(f"{name}__organization__name"))
        .annotate(count=Count("pk"), oldest=Min("opened_at"))
        .order_by("-count", "of", name)
    )
    return [
        {"name": row["of"], "query": f"{name}={row[name]}", "count": row["count"], "oldest": row["oldest"]}
        for row in counts
    ]


def _by_age(request: HatRequest, now: dt.datetime) -> list[dict[str, Any]]:
    found = []
    for age in Age:
        sums = chosen(request.hat, {"age": age}, now=now).aggregate(
            count=Count("pk"), oldest=Min("opened_at")
        )
        if sums["count"]:
            found.append({"name": age.label, "query": f"age={age.value}", **sums})
    return found
