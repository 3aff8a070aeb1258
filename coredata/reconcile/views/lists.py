"""Lists of mismatches: a district's, a provider's, the state office's; of one student; and as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from coredata.forms import StudentForm
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, PROVIDER_ROLES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut

from .. import actions
from ..catalogue import CATALOGUE
from ..downloads import mismatches_csv
from ..forms import ListForm
from ..lists import by_cause, causes, chosen, names
from ..models import CollectedRow, LeaRun, MismatchQuerySet, Run
from ..standing import shown_to
from ..tables import CauseTable, MismatchTable
from .own import PER_PAGE, READERS


@require_safe
@for_roles(*actions.CLERKS)
def of_district(request: HatRequest) -> HttpResponse:
    """What a district has to do: by cause, the largest first, then by student."""
    runs = LeaRun.objects.filter(lea=request.hat.organization_id).select_related(
        "run", "students", "courses", "june"
    )
    last = runs.order_by("-finished_at", "-pk").first()
    return _listed(
        request,
        "reconcile/of_district.html",
        address="reconcile:of_district",
        left_out=("lea",),
        last=last,
        files=[file for file in (last.students, last.courses, last.june) if file] if last else [],
        rows_aside=CollectedRow.objects.visible_to(request.hat).kept().count(),
    )


@require_safe
@for_roles(*PROVIDER_ROLES)
def of_provider(request: HatRequest) -> HttpResponse:
    """What districts and the portal see in this provider's reports."""
    finished = Run.objects.filter(finished_at__isnull=False)
    return _listed(
        request,
        "reconcile/of_provider.html",
        address="reconcile:of_provider",
        left_out=("one", "provider"),
        last=finished.order_by("-finished_at", "-pk").first(),
    )


@require_safe
@for_roles(*DESE_ROLES)
def of_all(request: HatRequest) -> HttpResponse:
    """Every district's."""
    return _listed(request, "reconcile/of_all.html", address="reconcile:of_all", left_out=("one",))


@for_roles(*READERS)
def student(request: HatRequest) -> HttpResponse:
    """All mismatches of one student, whatever their state. The MOSIS ID comes by POST: it stays out of addresses."""
    form = StudentForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "back": reverse(home_of(request))}
    if form.is_valid():
        mosis_id = form.cleaned_data["mosis_id"]
        rows = shown_to(request.hat).filter(mosis_id=mosis_id)
        found = list(
            rows.select_related("lea__organization", "provider__organization").order_by("code", "pk")
        )
        context["mosis_id"] = mosis_id
        context["table"] = MismatchTable(found, students=names(request.hat, found), left_out=("one",))
    return render(request, "reconcile/student.html", context)


@require_POST
@for_roles(*READERS)
def download(request: HatRequest) -> HttpResponse:
    """The list, as the filters in the address cut it. Each download is logged for each student in it (R-130)."""
    now = timezone.now()
    found = actions.download_list(by_cause(rows_of(request)), by=request.hat, at=now)
    return HttpResponse(
        mismatches_csv(found, request.hat),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="mismatches-{central_date(now).isoformat()}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


def home_of(request: HatRequest) -> str:
    """The name of the page on which this hat begins."""
    if request.hat.is_lea:
        return "reconcile:of_district"
    return "reconcile:of_provider" if request.hat.is_provider else "reconcile:state"


def rows_of(request: HatRequest, form: ListForm | None = None) -> MismatchQuerySet:
    """What the filters in the address leave of what this hat may see."""
    form = form or ListForm(request.GET, hat=request.hat)
    return chosen(request.hat, form.cleaned_data if form.is_valid() else {}, now=timezone.now())


def _listed(
    request: HatRequest, template: str, *, address: str, left_out: tuple[str, ...], **more: Any
) -> HttpResponse:
    form = ListForm(request.GET, hat=request.hat)
    rows = rows_of(request, form)
    of_each = causes(rows)
    others = request.GET.copy()
    for name in ("code", "page", "undo"):
        others.pop(name, None)
    around = f"{reverse(address)}?{others.urlencode()}&" if others else f"{reverse(address)}?"
    table = MismatchTable(
        by_cause(rows).select_related("lea__organization", "provider__organization"),
        students={},
        left_out=left_out,
    )
    sort_and_cut(table, request, per_page=PER_PAGE)
    table.students = names(request.hat, [row.record for row in table.paginated_rows])
    code = form.cleaned_data.get("code") if form.is_valid() else ""
    context = {
        "form": form,
        "table": table,
        "causes": CauseTable(of_each, around=around) if len(of_each) > 1 else None,
        "count": sum(cause.count for cause in of_each),
        "kind": CATALOGUE.get(code or ""),
        "query": request.GET.urlencode(),
        "undo": undo if (undo := request.GET.get("undo", "")).isdecimal() else "",
        "is_filtered": any(form.data.get(name) for name in form.fields),
        **more,
    }
    return render(request, template, context)
