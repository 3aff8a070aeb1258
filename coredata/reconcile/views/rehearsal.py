"""What the night would find if a district certified what it has sent, or a provider's report were accepted."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coredata.actions import is_long_over
from coredata.models import ProviderReport, ReportState, Upload, UploadState
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.ui.switch import switch

from .. import actions
from ..rehearsal import Change, Rehearsal, Side, rehearse, rehearse_report
from ..tables import RehearsedCountTable, RehearsedTable
from .own import PER_PAGE

UNDECIDED = (ReportState.CHECKED, ReportState.WAITING)


@require_safe
@for_roles(*actions.CLERKS)
def rehearsal(request: HatRequest, year: int) -> HttpResponse:
    """By code, then the mismatches themselves: those that would open first, the others at an address of their own.

    As the district would read it or, with `as=dese`, as the MOCAP office would.
    """
    lea_id = request.hat.organization_id
    assert lea_id is not None
    sent = Upload.objects.visible_to(request.hat).filter(collection__school_year=year)
    if not sent.exclude(state=UploadState.REFUSED).exists():
        raise Http404
    now = timezone.now()
    side = Side.DESE if request.GET.get("as") == Side.DESE else Side.DISTRICT
    found = rehearse(lea_id, year, as_of=central_date(now), at=now).seen_by(side)
    context = {
        "year": year,
        "trials": found.trials,
        "readers": switch(
            request,
            "as",
            [
                (Side.DISTRICT.value, _("As you would read it")),
                (Side.DESE.value, _("As the MOCAP office would see it")),
            ],
            now=side,
        ),
        **_shown(request, found),
    }
    return render(request, "reconcile/rehearsal.html", context)


@require_safe
@for_roles(*PROVIDER_ROLES)
def of_report(request: HatRequest, pk: int) -> HttpResponse:
    """The same of a report that was read and may still be accepted: what the night would find of this provider."""
    visible = ProviderReport.objects.visible_to(request.hat).filter(state__in=UNDECIDED)
    report = get_object_or_404(visible.select_related("school_year"), pk=pk)
    now = timezone.now()
    if is_long_over(report.school_year, on=central_date(now)):
        raise Http404
    found = rehearse_report(report, as_of=central_date(now), at=now)
    context = {
        "report": report,
        "back": reverse("coredata:report", args=[pk]),
        "is_sendable": report.state == ReportState.CHECKED and not report.errors,
        **_shown(request, found),
    }
    return render(request, "reconcile/rehearsal_of_report.html", context)


def _shown(request: HatRequest, found: Rehearsal) -> dict[str, Any]:
    asked = request.GET.get("show", "")
    change = Change(asked) if asked in Change.values else Change.OPENS
    table = RehearsedTable(found.of(change), caption=str(change.label))
    sort_and_cut(table, request, per_page=PER_PAGE)
    return {
        "counts": RehearsedCountTable(found.counts) if found.lines else None,
        "table": table,
        "views": switch(
            request,
            "show",
            [(one.value, f"{one.label} ({len(found.of(one))})") for one in Change],
            now=change,
        ),
    }
