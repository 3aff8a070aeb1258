"""What rises, why the portal says so, and how it went over months: for the state office."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concerns.models import Concern, ConcernQuerySet, ConcernState, Outcome
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.ui.steps import ask_first, take_step
from mocap_portal.foundation.ui.switch import switch

from . import actions, downloads, words
from . import trends as counted
from .counting import midnight
from .drawing import draw
from .forms import DismissForm, TrendForm
from .method import NoteKind
from .models import Look, Method, Note, NoteQuerySet
from .tables import ConcernTable, NoteTable, PartTable, PeriodTable

PER_PAGE = 25
PER_PART = 10
ONGOING, EVERY = "ongoing", "every"


@require_safe
@for_roles(*DESE_ROLES)
def notes(request: HatRequest) -> HttpResponse:
    """What rises now and is not dismissed, or every note there was."""
    shown = EVERY if request.GET.get("show") == EVERY else ONGOING
    table = NoteTable(_shown(request, shown), categories=counted.categories())
    sort_and_cut(table, request, per_page=PER_PAGE)
    today = central_date(timezone.now())
    context = {
        "table": table,
        "shown": shown,
        "views": switch(
            request, "show", [(ONGOING, _("Going on")), (EVERY, _("All, with dismissed ones"))], now=shown
        ),
        "last": Look.objects.select_related("method").order_by("-day").first(),
        "method": Method.objects.on(today).first(),
    }
    return render(request, "patterns/notes.html", context)


@require_safe
@for_roles(*DESE_ROLES)
def notes_csv(request: HatRequest) -> HttpResponse:
    """The same notes as a file."""
    shown = EVERY if request.GET.get("show") == EVERY else ONGOING
    return _file("patterns", downloads.notes_csv(_shown(request, shown)))


@require_safe
@for_roles(*DESE_ROLES)
def note(request: HatRequest, pk: int) -> HttpResponse:
    """One note: its numbers, how it went week by week, the concerns behind it."""
    found = _note_of(request, pk)
    of_cell = _concerns_of(found)
    table = ConcernTable(
        of_cell.filter(
            received_at__gte=midnight(found.first_day),
            received_at__lt=midnight(found.last_on + dt.timedelta(days=1)),
        ).order_by("-received_at", "pk"),
        categories=counted.categories(),
    )
    sort_and_cut(table, request, per_page=PER_PAGE)
    weeks = counted.periods(of_cell, counted.WEEK, until=found.last_on)
    context = {
        "note": found,
        "about": words.about(found, table.categories),
        "sentence": words.sentence(found),
        "facts": words.facts(found),
        "drawing": draw([week.start for week in weeks], received=[week.received for week in weeks]),
        "table": table,
    }
    return render(request, "patterns/note.html", context)


@require_POST
@for_roles(*DESE_ROLES)
def see(request: HatRequest, pk: int) -> HttpResponse:
    """Marks it as looked at."""
    found = _note_of(request, pk)
    actions.see(found.pk, by=request.hat, at=timezone.now())
    return redirect("patterns:note", pk)


@for_roles(*DESE_ROLES)
def dismiss(request: HatRequest, pk: int) -> HttpResponse:
    """Why nothing follows from it."""
    found, here = _note_of(request, pk), reverse("patterns:note", args=[pk])
    form = DismissForm(request.POST if request.method == "POST" else None, cancel_url=here)
    return take_step(
        request,
        form,
        lambda: actions.dismiss(
            found.pk, reason=form.cleaned_data["reason"], by=request.hat, at=timezone.now()
        ),
        title=_("Dismiss the note?"),
        intro=_("It leaves the list, and is not raised again while the same goes on. You can bring it back."),
        done=_("The note is dismissed."),
        back=here,
    )


@for_roles(*DESE_ROLES)
def bring_back(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then undoes a dismissal."""
    found = _note_of(request, pk)
    return ask_first(
        request,
        lambda: actions.bring_back(found.pk, by=request.hat),
        title=_("Bring the note back?"),
        text=_("It stands on the list again. That it was dismissed stays in the history."),
        button=_("Bring it back"),
        done=_("The note is on the list again."),
        back=reverse("patterns:note", args=[pk]),
    )


@require_safe
@for_roles(*DESE_ROLES)
def trends(request: HatRequest) -> HttpResponse:
    """Concerns by month or week, and by what they are about."""
    form, filters, by = _asked(request)
    rows, until = counted.chosen(filters), central_date(timezone.now())
    found = counted.periods(rows, by, until=until)
    around = {
        name: value for name, value in form.data.items() if name in form.fields and isinstance(value, str)
    }
    tables = [
        PartTable(
            counted.parts(rows, part, since=found[0].start),
            part=part,
            caption=caption,
            first=form.fields[part].label,
            around=around,
        )
        for part, caption in counted.PARTS.items()
    ]
    table = PeriodTable(found[::-1], caption=str(counted.BY[by]))
    for one in (*tables, table):
        sort_and_cut(one, request, per_page=PER_PART)
    received, closed = counted.totals(found)
    context: dict[str, Any] = {
        "form": form,
        "drawing": draw(
            [one.start for one in found],
            received=[one.received for one in found],
            closed=[one.closed for one in found],
        ),
        "received": received,
        "closed": closed,
        "since": found[0].start,
        "table": table,
        "tables": tables,
        "query": request.GET.urlencode(),
    }
    return render(request, "patterns/trends.html", context)


@require_safe
@for_roles(*DESE_ROLES)
def trends_csv(request: HatRequest) -> HttpResponse:
    """The same counts as a file, as the filters in the address cut them."""
    _form, filters, by = _asked(request)
    rows = counted.chosen(filters)
    found = counted.periods(rows, by, until=central_date(timezone.now()))
    of_parts = {part: counted.parts(rows, part, since=found[0].start) for part in counted.PARTS}
    return _file("trends", downloads.trends_csv(by, found, of_parts))


def _asked(request: HatRequest) -> tuple[TrendForm, dict[str, Any], str]:
    form = TrendForm(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    return form, filters, filters.get("by") or counted.MONTH


def _shown(request: HatRequest, shown: str) -> NoteQuerySet:
    rows = Note.objects.visible_to(request.hat).select_related(
        "provider__organization", "lea__organization", "method"
    )
    if shown == ONGOING:
        rows = rows.undismissed().filter(ended_on__isnull=True)
    return rows.order_by("-found_on", "chance", "pk")


def _note_of(request: HatRequest, pk: int) -> Note:
    rows = Note.objects.visible_to(request.hat).select_related(
        "provider__organization", "lea__organization", "method", "seen_by__user", "dismissed_by__user"
    )
    found: Note = get_object_or_404(rows, pk=pk)
    return found


def _concerns_of(note: Note) -> ConcernQuerySet:
    rows = Concern.objects.exclude(state=ConcernState.MERGED).exclude(outcome=Outcome.NOT_A_CONCERN)
    if note.kind == NoteKind.RULE:
        return rows.filter(rule=note.rule)
    return rows.filter(
        category=note.category,
        **({"provider": note.provider} if note.kind == NoteKind.PROVIDER else {"lea": note.lea}),
    )


def _file(name: str, text: str) -> HttpResponse:
    day = central_date(timezone.now()).isoformat()
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="concerns-{name}-{day}.csv"',
            "Cache-Control": "private, no-store",
        },
    )
