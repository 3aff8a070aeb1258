"""What is wrong in a file: rule by rule, line by line, and to take along."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.paging import sort_and_cut

from .. import actions, downloads
from ..checks import rules
from ..tables import ProblemTable
from .own import READING_ROLES, SENDING_ROLES, upload_of

PER_PAGE = 25
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@for_roles(*READING_ROLES)
def problems(request: HatRequest, pk: int, rule: str) -> HttpResponse:
    """The places of one rule."""
    upload = upload_of(request, pk)
    table = ProblemTable(upload.problems.filter(rule=rule).order_by("line", "pk"))
    sort_and_cut(table, request, per_page=PER_PAGE)
    if rule not in rules() or not table.page.paginator.count:
        return redirect("coredata:upload", pk)
    return render(
        request,
        "coredata/problems.html",
        {
            "sent": upload,
            "rule": rules()[rule],
            "table": table,
            "back": {"label": _("Back to the file"), "url": reverse("coredata:upload", args=[pk])},
        },
    )


@require_safe
@for_roles(*READING_ROLES)
def problems_csv(request: HatRequest, pk: int) -> StreamingHttpResponse:
    """All problems of a file, as CSV."""
    upload = upload_of(request, pk)
    return _attached(downloads.problems_csv(upload), CSV, f"problems-{pk}.csv")


@require_safe
@for_roles(*READING_ROLES)
def problems_xlsx(request: HatRequest, pk: int) -> StreamingHttpResponse:
    """The problems of a file, as a workbook."""
    upload = upload_of(request, pk)
    return _attached([downloads.problems_workbook(upload)], XLSX, f"problems-{pk}.xlsx")


@require_safe
@for_roles(*SENDING_ROLES)
def marked(request: HatRequest, pk: int) -> HttpResponseBase:
    """What was sent, with a column of its problems, while its bytes exist. Who took it is noted first."""
    upload = upload_of(request, pk)
    if actions.open_bytes(pk, by=request.hat, at=timezone.now()) is not None:
        with suppress(FileNotFoundError):  # destroyed a moment ago
            return _attached(downloads.marked(upload), CSV, f"marked-{pk}.csv")
    messages.error(
        request, _("What you sent is destroyed, so it cannot be given back. Download the list instead.")
    )
    return redirect("coredata:upload", pk)


def _attached(content: Iterable[str | bytes], kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
