"""Membership reports: the host counts, looks and sends; DESE looks, accepts or returns; both take them along."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, HOST_ROLES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import Pages, sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from . import actions, counting, files
from .filters import QueueFilter
from .forms import GiveBackForm, MakeForm, SendForm
from .models import MembershipReport, MembershipRow, ReportState
from .tables import ChangeTable, ReportTable, RowTable, TotalTable

READING_ROLES = HOST_ROLES | DESE_ROLES
ROWS_PER_PAGE = 25
MOST_CHANGES = 200  # on the page; the files have every row
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@for_roles(*HOST_ROLES)
def reports(request: HatRequest) -> HttpResponse:
    """The reports of the host's programs, the newest day first; and the form that counts."""
    now = timezone.now()
    form = MakeForm(request.POST or None, hat=request.hat, today=central_date(now))
    if form.is_valid():
        program, day = form.cleaned_data["program"], form.cleaned_data["count_date"]
        try:
            made = actions.make_report(program.pk, count_date=day, by=request.hat, at=now)
        except Refusal as refusal:
            form.add_error("count_date", str(refusal.sentence))
        else:
            messages.success(request, _("The students are counted. Look through them, then send the report."))
            return redirect("membership:report", made.pk)
    table = ReportTable(reports_for(request).order_by("-count_date", "program__name", "pk"), exclude=["host"])
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, "membership/reports.html", {"table": table, "form": form})


@require_safe
@for_roles(*DESE_ROLES)
def queue(request: HatRequest) -> HttpResponse:
    """What hosts sent; what waits for an answer first, the oldest first."""
    filters = QueueFilter(request.GET, queryset=reports_for(request).order_by("sent_at", "pk"))
    table = ReportTable(filters.qs)
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, "membership/queue.html", {"table": table, "filter_form": filters.form})


@for_roles(*READING_ROLES)
def report(request: HatRequest, pk: int) -> HttpResponse:
    """One report: totals, students, what changed; the host signs and sends it here."""
    row = get_object_or_404(reports_for(request), pk=pk)
    version = row.version_for(request.hat)
    may_send = request.hat.role in HOST_ROLES and row.state == ReportState.DRAFT
    form = SendForm(request.POST or None) if may_send else None
    if request.method == "POST" and (form is None or form.is_valid()):
        name = form.cleaned_data["name"] if form else ""
        try:
            actions.send(pk, name=name, by=request.hat, at=timezone.now())
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
        else:
            messages.success(request, _("The report is sent. DESE was told."))
        return redirect("membership:report", pk)
    rows = (
        MembershipRow.objects.filter(report=row, version=version)
        .select_related("enrollment__student", "resident_lea__organization")
        .order_by("grade", "resident_lea_code", "enrollment")
    )
    page = Pages(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    changed = counting.changes(row, version)
    context: dict[str, Any] = {
        "report": row,
        "version": version,
        "table": RowTable(page.object_list),
        "page": page,
        "whole": counting.whole(row, version),
        "by_grade": TotalTable(counting.by_grade(row, version)),
        "by_district": TotalTable(counting.by_district(row, version)),
        "without_share": rows.filter(share=0).count(),
        "changes": ChangeTable(changed[:MOST_CHANGES]) if version > 1 else None,
        "form": form,
        "is_host": request.hat.role in HOST_ROLES,
        "may_answer": request.hat.is_dese and row.state == ReportState.SENT,
    }
    return render(request, "membership/report.html", context)


@require_POST
@for_roles(*HOST_ROLES)
def count_again(request: HatRequest, pk: int) -> HttpResponse:
    """Counts the same day again, after something was put right."""
    row = get_object_or_404(reports_for(request), pk=pk)
    try:
        actions.make_report(row.program_id, count_date=row.count_date, by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.info(request, str(refusal.sentence))
    else:
        messages.success(request, _("The students are counted anew."))
    return redirect("membership:report", pk)


@require_POST
@for_roles(*DESE_ROLES)
def accept(request: HatRequest, pk: int) -> HttpResponse:
    """DESE accepts a report."""
    get_object_or_404(reports_for(request), pk=pk)
    try:
        actions.accept(pk, by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.info(request, str(refusal.sentence))
    else:
        messages.success(request, _("The report is accepted. The program was told."))
    return redirect("membership:queue")


@for_roles(*DESE_ROLES)
def give_back(request: HatRequest, pk: int) -> HttpResponse:
    """DESE returns a report, and says why."""
    row = get_object_or_404(reports_for(request), pk=pk)
    form = GiveBackForm(request.POST or None, report=row)
    if form.is_valid():
        try:
            actions.give_back(pk, by=request.hat, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
        else:
            messages.success(request, _("The report is returned. The program was told."))
        return redirect("membership:queue")
    return render(request, "membership/give_back.html", {"report": row, "form": form})


@require_safe
@for_roles(*READING_ROLES)
def report_csv(request: HatRequest, pk: int) -> StreamingHttpResponse:
    """The students of a report as CSV."""
    row = get_object_or_404(reports_for(request), pk=pk)
    lines = files.report_csv(row, row.version_for(request.hat))
    return _attached(lines, CSV, f"membership-{row.count_date.isoformat()}.csv")


@require_safe
@for_roles(*READING_ROLES)
def report_xlsx(request: HatRequest, pk: int) -> StreamingHttpResponse:
    """The same as a workbook."""
    row = get_object_or_404(reports_for(request), pk=pk)
    book = files.report_workbook(row, row.version_for(request.hat))
    return _attached([book], XLSX, f"membership-{row.count_date.isoformat()}.xlsx")


def reports_for(request: HatRequest) -> Any:
    return MembershipReport.objects.visible_to(request.hat).select_related(
        "program__host__organization", "program__school", "school_year", "sent_by__user", "answered_by__user"
    )


def _attached(parts: Any, content_type: str, name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        parts,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
