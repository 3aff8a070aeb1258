"""The state office's board: every LEA, each file, how far it is; reminders, and the same as a file."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.tabular import write_csv
from mocap_portal.foundation.ui.words import grouped

from .. import actions
from ..board import BoardRow, CellState, cycles, windows_of
from ..board import board as rows_of
from ..forms import BoardForm
from ..models import CollectionWindow, ProviderReport, ReportState
from ..reports_due import reports_due
from ..tables import BoardTable

PER_PAGE = 25
CSV_COLUMNS = [
    "district_code",
    "district",
    "file",
    "due_on",
    "state",
    "is_overdue",
    "certified_on",
    "reminded_on",
]


@dataclass(frozen=True)
class _Chosen:
    """What the address asks for."""

    form: BoardForm
    windows: Sequence[CollectionWindow]
    rows: list[BoardRow]


@require_safe
@for_roles(*DESE_ROLES)
def board(request: HatRequest) -> HttpResponse:
    """LEAs and their files."""
    chosen = _chosen(request)
    table = BoardTable(chosen.rows, chosen.windows)
    sort_and_cut(table, request, per_page=PER_PAGE)
    context = {
        "form": chosen.form,
        "table": table,
        "totals": _totals(chosen),
        "owing": sum(bool(row.owed) for row in chosen.rows),
        "query": request.GET.urlencode(),
        "waiting_reports": ProviderReport.objects.filter(state=ReportState.WAITING).count(),
        "overdue_reports": sum(due.is_overdue for due in reports_due(central_date(timezone.now()))),
    }
    return render(request, "coredata/board.html", context)


@require_safe
@for_roles(*DESE_ROLES)
def board_csv(request: HatRequest) -> HttpResponse:
    """The same for a spreadsheet: a line for each LEA and file."""
    lines = write_csv(CSV_COLUMNS, _lines(_chosen(request).rows))
    response = HttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="core-data.csv"'
    return response


@for_roles(*DESE_ROLES)
def remind(request: HatRequest) -> HttpResponse:
    """Asks, then reminds the LEAs of this choice of what they owe."""
    chosen, today = _chosen(request), central_date(timezone.now())
    back = f"{reverse('coredata:board')}?{request.GET.urlencode()}"
    owing = [row for row in chosen.rows if any(cell.reminded_on != today for cell in row.owed)]
    if request.method == "POST":
        count = actions.remind(owing, by=request.hat, at=timezone.now())
        sentence = ngettext("%(count)d district was reminded.", "%(count)d districts were reminded.", count)
        messages.success(request, sentence % {"count": count})
        return redirect(back)
    if not owing:
        messages.info(
            request, _("No district of this list owes a file of which it was not reminded today already.")
        )
        return redirect(back)
    sentence = ngettext("Remind %(count)d district?", "Remind %(count)d districts?", len(owing))
    context = {
        "title": sentence % {"count": len(owing)},
        "text": _(
            "The data clerks of each, or its coordinators where it has none, get one mail with the files that are not "
            "certified and the days they are due. Nobody is reminded of a file twice on one day."
        ),
        "action": _("Remind them"),
        "cancel_url": back,
        "danger": False,
        "rows": owing,
    }
    return render(request, "coredata/remind.html", context)


def _chosen(request: HatRequest) -> _Chosen:
    today = central_date(timezone.now())
    opened = cycles(today)
    form = BoardForm(request.GET, cycles=opened)
    asked = form.cleaned_data if form.is_valid() else {}
    chosen = {f"{year}-{cycle}": (year, cycle) for year, cycle in opened}
    pair = chosen.get(asked.get("cycle") or "", opened[0] if opened else None)
    windows = windows_of(*pair) if pair else []
    rows = rows_of(windows, on=today, words=asked.get("words") or "", state=asked.get("state") or "")
    return _Chosen(form, windows, rows)


def _totals(chosen: _Chosen) -> list[dict[str, Any]]:
    """For each file how many of the LEAs that are shown are how far."""
    totals = []
    for place, window in enumerate(chosen.windows):
        counts = Counter(row.cells[place].state for row in chosen.rows)
        parts = [f"{state.label}: {grouped(counts[state])}" for state in CellState if counts[state]]
        totals.append({"term": str(window), "value": "\n".join(parts) or "–"})
    return totals


def _lines(rows: Iterable[BoardRow]) -> Iterable[list[str]]:
    for row in rows:
        for cell in row.cells:
            certified = cell.certified.certified_at if cell.certified else None
            yield [
                row.lea.state_district_id,
                str(row.lea),
                str(cell.window),
                cell.window.due_on.isoformat(),
                cell.state,
                "yes" if cell.is_overdue else "no",
                central_date(certified).isoformat() if certified else "",
                _day(cell.reminded_on),
            ]


def _day(value: dt.date | None) -> str:
    return value.isoformat() if value else ""
