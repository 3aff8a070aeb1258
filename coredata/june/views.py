"""The June list of a district, and what is missing and extra in the June file that it sent."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.directory.models import CodeSet, Lea, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.words import grouped

from ..forms import StudentForm
from ..layouts import Cycle, Kind
from ..models import Upload, UploadState
from ..report_summaries import labels
from ..views.own import READING_ROLES, SENDING_ROLES, lea_of, upload_of
from . import actions
from .expected import Expected, JuneList, Shown, expected_june
from .forms import ShownForm
from .tables import ExtraTable, JuneTable, MissingTable

PER_PAGE = 25
MOST_OF_A_STUDENT = 100
CSV = "text/csv; charset=utf-8"


@require_safe
@for_roles(*SENDING_ROLES)
def own(request: HatRequest) -> HttpResponse:
    """On to the list of the last school year of which the district has certified October, else of this one."""
    certified = Upload.objects.filter(
        lea=lea_of(request), state=UploadState.CERTIFIED, collection__cycle=Cycle.OCTOBER
    )
    year = certified.order_by("-collection__school_year").values_list("collection__school_year", flat=True)
    begun = SchoolYear.objects.filter(starts_on__lte=central_date(timezone.now())).order_by("-year")
    latest = year.first() or begun.values_list("year", flat=True).first()
    if latest is None:
        raise Http404
    return redirect("june:june", lea_of(request), latest)


@for_roles(*READING_ROLES)
def june(request: HatRequest, lea_id: int, year: int) -> HttpResponse:
    """The list in numbers and row by row. A student is asked for by POST: the MOSIS ID stays out of addresses."""
    lea, school_year = _place(request, lea_id, year)
    found = expected_june(lea, school_year, on=central_date(timezone.now()))
    context: dict[str, Any] = {"lea": lea, "year": school_year, "is_own": request.hat.is_lea, "found": found}
    if found is not None:
        context |= _of_list(request, found)
    return render(request, "june/june.html", context)


def _of_list(request: HatRequest, found: JuneList) -> dict[str, Any]:
    asked = StudentForm(request.POST or None)
    form = ShownForm(request.GET)
    shown = form.cleaned_data["shown"] if form.is_valid() else ""
    page: Page[Expected] | None = None
    if asked.is_valid():
        rows = found.rows(mosis_id=asked.cleaned_data["mosis_id"])[:MOST_OF_A_STUDENT]
    else:
        page = Paginator(found.rows(shown), PER_PAGE).get_page(request.GET.get("page"))
        rows = list(page.object_list)
    table = JuneTable(rows, exclude=() if found.june else ("in_june",))
    table.statuses = labels(CodeSet.ENROLLMENT_STATUS)
    return {
        "counts": found.counts,
        "summary": _summary(found),
        "form": form,
        "student_form": asked,
        "is_of_a_student": asked.is_valid(),
        "table": table,
        "page": page,
    }


@require_safe
@for_roles(*SENDING_ROLES)
def june_csv(request: HatRequest, lea_id: int, year: int) -> HttpResponseBase:
    """The list in the layout of Student Course Completion. Who took it is noted first."""
    lea, school_year = _place(request, lea_id, year)
    now = timezone.now()
    found = expected_june(lea, school_year, on=central_date(now))
    if found is None:
        return redirect("june:june", lea_id, year)
    lines = actions.download_list(found, by=request.hat, at=now)
    return _attached(lines, f"june-{lea.state_district_id}-{year}.csv")


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
    return _attached(lines, f"june-differences-{pk}.csv")


def _place(request: HatRequest, lea_id: int, year: int) -> tuple[Lea, SchoolYear]:
    """The LEA, if this hat may see its core data, and the school year. Raises Http404."""
    if request.hat.is_lea and request.hat.organization_id != lea_id:
        raise Http404
    lea = get_object_or_404(Lea.objects.select_related("organization"), pk=lea_id)
    return lea, get_object_or_404(SchoolYear, pk=year)


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


def _summary(found: JuneList) -> list[dict[str, Any]]:
    """The list in numbers, each with the way to its rows."""
    here, counts = reverse("june:june", args=[found.lea.pk, found.year.pk]), found.counts
    rows: list[dict[str, Any]] = [{"term": _("Courses on the list"), "value": grouped(counts.whole)}]
    for shown in Shown:
        if shown in {Shown.MISSING, Shown.DIFFERS} and found.june is None:
            continue
        number = getattr(counts, shown)
        row = {"term": str(shown.label), "value": grouped(number)}
        if number:
            row |= {"url": f"{here}?shown={shown}", "action": _("Show")}
        rows.append(row)
    return rows


def _attached(content: Any, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
