"""What differs between a file and the version that counted before it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest

from .. import downloads
from ..changes import changes_in_numbers, first_changes
from ..models import ONCE_CERTIFIED, Upload, UploadState
from ..store.difference import difference
from ..tables import ChangeTable
from .own import READING_ROLES, upload_of

MOST_SHOWN = 50  # rows that differ: the file has all of them


@require_safe
@for_roles(*READING_ROLES)
def changes(request: HatRequest, pk: int) -> HttpResponse:
    """What a version that was certified changed, or what a trial would change."""
    row = upload_of(request, pk)
    before = version_before(row)
    if before is None:
        return redirect("coredata:upload", pk)
    return render(request, "coredata/changes.html", {"upload": row, **what_changes(row, before)})


@require_safe
@for_roles(*READING_ROLES)
def changes_csv(request: HatRequest, pk: int) -> HttpResponse:
    """Every row that differs, for a spreadsheet."""
    row = upload_of(request, pk)
    before = version_before(row)
    if before is None:
        return redirect("coredata:upload", pk)
    found = downloads.changes_csv(row, difference(row, before))
    response = HttpResponse(found, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="changes-{pk}.csv"'
    return response


def version_before(row: Upload) -> Upload | None:
    """What counted before this file did; of a trial what counts now. None for the first, and where no rows are kept."""
    of_collection = Upload.objects.filter(lea=row.lea_id, collection=row.collection_id)
    if row.state == UploadState.TRIAL:
        return of_collection.filter(state=UploadState.CERTIFIED).first()
    if row.state not in ONCE_CERTIFIED or row.certified_at is None:
        return None
    earlier = of_collection.filter(state__in=ONCE_CERTIFIED, certified_at__lt=row.certified_at)
    return earlier.order_by("-certified_at").first()


def what_changes(row: Upload, before: Upload | None) -> dict[str, Any]:
    """What coredata/difference.html shows: the counts, and the first rows that differ."""
    if before is None:
        return {"before": None}
    found = difference(row, before)
    return {
        "before": before,
        "counts": changes_in_numbers(row, found),
        "table": ChangeTable(first_changes(row, found, most=MOST_SHOWN)),
        "is_cut": sum(found.counts.values()) > MOST_SHOWN,
        "shown": MOST_SHOWN,
    }
