"""A provider's own reports: sending one, reading what is wrong in it, passing it on to the state office."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.tabular import write_csv
from mocap_portal.foundation.ui.steps import ask_first

from ... import actions, downloads, tasks
from ...checks import rules
from ...forms import ReportForm
from ...layouts import Kind, layout
from ...models import ProviderReport, ReportState
from ...report_summaries import changes_of, report_summary, same_report
from ...reports_due import reports_due
from ...summaries import by_rule, not_run
from ...tables import NotRunTable, ProblemTable, ReportTable, RuleTable
from ...uploading import SealedFile, SealingUploadHandler
from .own import REPORT_ROLES, REPORTING_ROLES, provider_of, report_of

PER_PAGE = 25
CSV = "text/csv; charset=utf-8"
NEWEST = 2099  # of the layout


@csrf_exempt  # only so that the handler is there before anything reads what was sent; the view below protects
@for_roles(*REPORTING_ROLES)
def reports(request: HatRequest) -> HttpResponse:
    """When the next report is due and what was sent; and sending one, whose bytes are sealed as they come."""
    request.upload_handlers = [SealingUploadHandler(request)]
    return _reports(request)


@csrf_protect
def _reports(request: HatRequest) -> HttpResponse:
    now, provider_id = timezone.now(), provider_of(request)
    form = ReportForm(request.POST, request.FILES) if request.method == "POST" else ReportForm()
    if request.method == "POST":
        if form.is_valid():
            file = form.cleaned_data["file"]
            with transaction.atomic():
                report = actions.receive_report(
                    file.sealed, name=file.name, provider_id=provider_id, by=request.hat, at=now
                )
                transaction.on_commit(partial(tasks.check_report.delay, report.pk))
            return redirect("coredata:report", report.pk)
        for file in request.FILES.values():
            if isinstance(file, SealedFile):
                file.discard()
    sent = ProviderReport.objects.visible_to(request.hat).select_related("school_year", "sent_by__user")
    table = ReportTable(sent.order_by("-sent_at", "-pk"))
    sort_and_cut(table, request, per_page=PER_PAGE)
    due = next(iter(reports_due(central_date(now), provider_id=provider_id)), None)
    return render(request, "coredata/reports/reports.html", {"form": form, "table": table, "due": due})


@require_safe
@for_roles(*REPORTING_ROLES)
def template_csv(request: HatRequest) -> HttpResponse:
    """An empty report: its header."""
    header = [column.name for column in layout(Kind.PROVIDER_REPORT, NEWEST).columns]
    response = HttpResponse(write_csv(header, []), content_type=CSV)
    response["Content-Disposition"] = 'attachment; filename="provider-report.csv"'
    return response


@require_safe
@for_roles(*REPORT_ROLES)
def report(request: HatRequest, pk: int) -> HttpResponse:
    """One report: where it is, how many rows are good, what is wrong by rule, and what can be done next."""
    row = report_of(request, pk)
    is_over = actions.is_long_over(row.school_year, on=central_date(timezone.now()))
    is_open = row.state in {ReportState.CHECKED, ReportState.WAITING} and not is_over
    template = "coredata/reports/report.html"
    context = {
        "report": row,
        "is_waiting": row.state == ReportState.RECEIVED,
        "same": same_report(row),
        "summary": report_summary(row, changes_of([row])[row.pk] if is_open else None),
        "table": RuleTable(by_rule(row, page="coredata:report_problems"))
        if row.judged_at and row.school_year_id
        else None,
        "not_run": NotRunTable(not_run(row)) if row.not_run else None,
        "is_own": request.hat.is_provider,
        "is_emptied": is_over and row.state != ReportState.ACCEPTED,
        "may_submit": request.hat.is_provider
        and is_open
        and row.state == ReportState.CHECKED
        and not row.errors,
        "may_rehearse": request.hat.is_provider and is_open,
        "may_accept": request.hat.is_dese and is_open and row.state == ReportState.WAITING,
        "may_return": request.hat.is_dese and row.state == ReportState.WAITING,
        "may_retract": request.hat.is_dese and not is_over and row.state == ReportState.ACCEPTED,
    }
    return render(request, f"{template}#state" if request.htmx else template, context)  # type: ignore[attr-defined]


@require_safe
@for_roles(*REPORT_ROLES)
def problems(request: HatRequest, pk: int, rule: str) -> HttpResponse:
    """The places of one rule."""
    row = report_of(request, pk)
    table = ProblemTable(row.problems.filter(rule=rule).order_by("line", "pk"))
    sort_and_cut(table, request, per_page=PER_PAGE)
    if rule not in rules() or not table.page.paginator.count:
        return redirect("coredata:report", pk)
    back = {"label": _("Back to the report"), "url": reverse("coredata:report", args=[pk])}
    context = {"sent": row, "rule": rules()[rule], "table": table, "back": back}
    return render(request, "coredata/problems.html", context)


@require_safe
@for_roles(*REPORT_ROLES)
def problems_csv(request: HatRequest, pk: int) -> StreamingHttpResponse:
    """All problems of a report, as CSV."""
    row = report_of(request, pk)
    response = StreamingHttpResponse(downloads.problems_csv(row), content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="report-problems-{pk}.csv"'
    return response


@for_roles(*REPORTING_ROLES)
def submit(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then sends a checked report to the state office."""
    row = report_of(request, pk)
    here = reverse("coredata:report", args=[pk])
    if row.state != ReportState.CHECKED or row.errors:
        return redirect(here)
    return ask_first(
        request,
        lambda: actions.submit_report(pk, by=request.hat, at=timezone.now()),
        title=_("Send %(file)s to the state office?") % {"file": row.name},
        text=_(
            "It takes the place of a report of yours that waits there. What is accepted counts until your next report."
        ),
        button=_("Send it"),
        done=_what_became_of,
        back=here,
    )


def _what_became_of(sent: ProviderReport) -> str:
    if sent.state == ReportState.ACCEPTED:
        return _("Your report is accepted.")
    return _("Your report is sent. The state office decides about it.")
