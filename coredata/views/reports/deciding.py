"""The state office's queue of provider reports: accepting, returning, retracting one."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.steps import ask_first

from ... import actions
from ...forms import QueueForm, ReasonForm
from ...models import ProviderReport, ReportState
from ...report_summaries import changes_of
from ...reports_due import reports_due
from ...tables import DueTable, QueueTable
from .own import report_of

PER_PAGE = 25


@require_safe
@for_roles(*DESE_ROLES)
def queue(request: HatRequest) -> HttpResponse:
    """The reports that wait, the oldest first, or all; and the providers whose report is overdue."""
    form = QueueForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    found = ProviderReport.objects.visible_to(request.hat).select_related("provider__organization")
    for word in (asked.get("words") or "").split():
        found = found.filter(provider__organization__name__icontains=word)
    match asked.get("state") or "":
        case "":
            found = found.filter(state=ReportState.WAITING).order_by("submitted_at", "pk")
        case "every":
            found = found.exclude(submitted_at=None).order_by("-submitted_at", "-pk")
        case state:
            found = found.filter(state=state).order_by("-submitted_at", "-pk")
    table = QueueTable(found)
    sort_and_cut(table, request, per_page=PER_PAGE)
    waiting = [row.record for row in table.page.object_list if row.record.state == ReportState.WAITING]
    table.changes = changes_of(waiting) if waiting else {}
    overdue = [due for due in reports_due(central_date(timezone.now())) if due.is_overdue]
    context = {"form": form, "table": table, "overdue": DueTable(overdue), "count": len(overdue)}
    return render(request, "coredata/reports/queue.html", context)


@for_roles(*DESE_ROLES)
def accept(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then makes a report what counts."""
    row = report_of(request, pk)
    here = reverse("coredata:report", args=[pk])
    if row.state != ReportState.WAITING:
        return redirect(here)
    return ask_first(
        request,
        lambda: actions.accept_report(pk, by=request.hat, at=timezone.now()),
        title=_("Accept the report of %(provider)s?") % {"provider": row.provider},
        text=str(changes_of([row])[row.pk]),
        button=_("Accept it"),
        done=_("The report of %(provider)s counts now.") % {"provider": row.provider},
        back=here,
        after=reverse("coredata:report_queue"),
    )


@for_roles(*DESE_ROLES)
def give_back(request: HatRequest, pk: int) -> HttpResponse:
    """Return a report with a reason."""
    row = report_of(request, pk)
    if row.state != ReportState.WAITING:
        return redirect("coredata:report", pk)
    return _with_reason(
        request,
        row,
        actions.return_report,
        title=_("Return the report of %(provider)s") % {"provider": row.provider},
        text=_("It counts for nothing. The provider reads why and sends another."),
        submit=_("Return it"),
        done=_("The report was returned."),
    )


@for_roles(*DESE_ROLES)
def retract(request: HatRequest, pk: int) -> HttpResponse:
    """Take back an acceptance, with a reason."""
    row = report_of(request, pk)
    if row.state != ReportState.ACCEPTED:
        return redirect("coredata:report", pk)
    return _with_reason(
        request,
        row,
        actions.retract_report,
        title=_("Retract the report of %(provider)s") % {"provider": row.provider},
        text=_("The report before counts again, and everything is as it was before this one."),
        submit=_("Retract it"),
        done=_("The report was retracted."),
    )


def _with_reason(
    request: HatRequest,
    row: ProviderReport,
    action: Callable[..., ProviderReport],
    *,
    title: str,
    text: str,
    submit: str,
    done: str,
) -> HttpResponse:
    here = reverse("coredata:report", args=[row.pk])
    form = ReasonForm(request.POST or None, submit=submit, cancel_url=here)
    if form.is_valid():
        try:
            action(row.pk, reason=form.cleaned_data["reason"], by=request.hat, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
            return redirect(here)
        messages.success(request, done)
        return redirect("coredata:report_queue")
    return render(request, "components/form_page.html", {"form": form, "title": title, "intro": text})
