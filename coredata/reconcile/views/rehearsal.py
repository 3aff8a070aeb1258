"""What the night would find if a district certified what it has sent."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coredata.models import Upload, UploadState
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut

from .. import actions
from ..rehearsal import Change, rehearse
from ..tables import RehearsedCountTable, RehearsedTable
from .own import PER_PAGE


@require_safe
@for_roles(*actions.CLERKS)
def rehearsal(request: HatRequest, year: int) -> HttpResponse:
    """By code, then the mismatches themselves: those that would open first, the others at an address of their own."""
    lea_id = request.hat.organization_id
    assert lea_id is not None
    sent = Upload.objects.visible_to(request.hat).filter(collection__school_year=year)
    if not sent.exclude(state=UploadState.REFUSED).exists():
        raise Http404
    now = timezone.now()
    found = rehearse(lea_id, year, as_of=central_date(now), at=now)
    asked = request.GET.get("show", "")
    change = Change(asked) if asked in Change.values else Change.OPENS
    table = RehearsedTable(found.of(change), caption=str(change.label))
    sort_and_cut(table, request, per_page=PER_PAGE)
    context = {
        "year": year,
        "found": found,
        "counts": RehearsedCountTable(found.counts) if found.lines else None,
        "table": table,
        "change": change,
        "views": [(one, one.label, len(found.of(one))) for one in Change],
    }
    return render(request, "reconcile/rehearsal.html", context)
