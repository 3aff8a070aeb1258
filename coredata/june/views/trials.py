"""What a June file lacks and what it has too many, held against the June list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.calendar import central_date

from ...layouts import Kind
from ...models import Upload, UploadState
from ...views.own import READING_ROLES, SENDING_ROLES, upload_of
from .. import actions
from ..expected import JuneList, Shown, expected_june
from ..tables import ExtraTable, MissingTable
from .own import PER_PAGE, attached


@require_safe
@for_roles(*READING_ROLES)
def trial(request: HatRequest, pk: int) -> HttpResponse:
    """What a June file lacks and what it has too many, before it is certified and after."""
    upload = upload_of(request, pk)
    if not _is_june(upload):
        return redirect("coredata:upload", pk)
    found = _held_against(upload)
    context: dict[str, Any] = {"upload": upload, "is_own": request.hat.is_lea, "found": found}
    if found is not None:
        missing = Paginator(found.rows(Shown.MISSING), PER_PAGE).get_page(request.GET.get("page"))
        extra = Paginator(found.extra(), PER_PAGE).get_page(request.GET.get("extra"))
        context |= {
            "missing": missing,
            "missing_table": MissingTable(list(missing.object_list)),
            "extra": extra,
            "extra_table": ExtraTable(list(extra.object_list)),
        }
    return render(request, "june/trial.html", context)


@require_safe
@for_roles(*SENDING_ROLES)
def trial_csv(request: HatRequest, pk: int) -> HttpResponseBase:
    """The same for a spreadsheet, whole. Who took it is noted first."""
    upload = upload_of(request, pk)
    found = _held_against(upload) if _is_june(upload) else None
    if found is None:
        return redirect("coredata:upload", pk)
    lines = actions.download_differences(found, by=request.hat, at=timezone.now())
    return attached(lines, f"june-differences-{pk}.csv")


def _is_june(upload: Upload) -> bool:
    return (
        upload.state in {UploadState.TRIAL, UploadState.CERTIFIED}
        and upload.collection is not None
        and upload.collection.kind == Kind.STU_CRS_COMP
    )


def _held_against(upload: Upload) -> JuneList | None:
    assert upload.collection is not None
    year = upload.collection.school_year
    return expected_june(upload.lea, year, on=central_date(timezone.now()), june=upload)
