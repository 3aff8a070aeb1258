"""How long records are kept, what is held, and letting go by two people: for the state office.

Each kind of record has its own pages; `table` in their address says which.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concerns.models import Concern
from concerns.movip.models import Disclosure, TranscriptRequest
from concerns.patterns.trends import categories
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership, Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.ui.steps import ask_first, take_step
from mocap_portal.foundation.ui.switch import View

from . import actions, words
from .forms import HoldForm, LiftForm, RuleForm
from .models import Disposal, Hold, HoldKind, RetentionRule, Stub, Table
from .tables import ITEMS, STUBS, DisposalTable, HoldTable, scope

PER_PAGE = 25


@require_safe
@for_roles(*DESE_ROLES)
def overview(request: HatRequest, table: Table = Table.CONCERNS) -> HttpResponse:
    """The rule of a kind of record, what is old enough, holds and disposals. Without a table: of concerns."""
    today = central_date(timezone.now())
    rules = RetentionRule.objects.filter(table=table)
    rule = rules.on(today).first()
    said = words.OF[table]
    disposals = Disposal.objects.visible_to(request.hat).filter(table=table)
    listed = DisposalTable(
        disposals.select_related("proposed_by", "confirmed_by")
        .annotate(count=Count("items"))
        .order_by("-proposed_at", "-pk"),
        counted=said.many,
    )
    holds = HoldTable(
        Hold.objects.visible_to(request.hat)
        .standing()
        .filter(table=table)
        .select_related("lea__organization", "provider__organization", "placed_by__user", "lifted_by__user")
        .order_by("placed_at", "pk"),
        categories=categories(),
    )
    for one in (listed, holds):
        sort_and_cut(one, request, per_page=PER_PAGE)
    due = len(actions.KINDS[table].due(today, rule.years)) if rule else 0
    left = Stub.objects.visible_to(request.hat).filter(table=table).count()
    context = {
        "words": said,
        "kinds": [
            View(one.many, reverse("retention:overview", args=[one.table]), one.table == table)
            for one in words.OF.values()
        ],
        "rule": rule,
        "kept": said.kept % {"years": rule.years} if rule else "",
        "later": rules.filter(valid_from__gt=today).order_by("valid_from"),
        "may_change": request.hat.role == Role.DESE_ADMIN,
        "due": said.due % {"count": due} if due else "",
        "open": disposals.proposed().first(),
        "holds": holds,
        "table": listed,
        "left": said.what_is_left % {"count": left} if left else "",
    }
    return render(request, "retention/overview.html", context)


@for_roles(Role.DESE_ADMIN)
def change_rule(request: HatRequest, table: Table) -> HttpResponse:
    """Another number of years, from a day on."""
    today = central_date(timezone.now())
    rule = RetentionRule.objects.on(today).filter(table=table).first()
    back = reverse("retention:overview", args=[table])
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        cancel_url=back,
        initial={"years": rule.years} if rule else None,
        words=words.OF[table],
        today=today,
    )
    return take_step(
        request,
        form,
        lambda: actions.change_rule(table, **form.cleaned_data, by=request.hat, today=today),
        title=str(words.OF[table].change_rule),
        intro=_(
            "The rule that holds until then ends the day before and stays in the history. A disposal that is proposed "
            "under it has to be proposed again."
        ),
        done=_("The rule is changed."),
        back=back,
    )


@for_roles(*DESE_ROLES)
def place(request: HatRequest, table: Table) -> HttpResponse:
    """A new hold. `number` in the address fills in that of a record."""
    given = request.GET.get("number", "")
    back = reverse("retention:overview", args=[table])
    form = HoldForm(
        request.POST if request.method == "POST" else None,
        cancel_url=back,
        initial={"number": given if words.OF[table].numbers.fullmatch(given) else ""},
        words=words.OF[table],
    )

    def act() -> Hold:
        said = dict(form.cleaned_data)
        said.pop("everything")
        kind = HoldKind(said.pop("kind"))
        return actions.place_hold(table=table, kind=kind, by=request.hat, at=timezone.now(), **said)

    return take_step(
        request,
        form,
        act,
        title=_("%(kind)s: place a hold") % {"kind": words.OF[table].many},
        intro=_("What is held is not disposed of, whatever its age, until somebody lifts the hold."),
        done=_("The hold stands."),
        back=back,
    )


@for_roles(*DESE_ROLES)
def lift(request: HatRequest, pk: int) -> HttpResponse:
    """Why a hold is over."""
    rows = Hold.objects.visible_to(request.hat).select_related("lea__organization", "provider__organization")
    found = get_object_or_404(rows, pk=pk)
    back = reverse("retention:overview", args=[found.table])
    form = LiftForm(request.POST if request.method == "POST" else None, cancel_url=back)
    return take_step(
        request,
        form,
        lambda: actions.lift_hold(found.pk, why=form.cleaned_data["why"], by=request.hat, at=timezone.now()),
        title=_("Lift the hold?"),
        intro=_("Held: %(what)s. Without the hold, it can be disposed of once it is old enough.")
        % {"what": scope(found, categories())},
        done=_("The hold is lifted."),
        back=back,
    )


@for_roles(*DESE_ROLES)
def propose(request: HatRequest, table: Table) -> HttpResponse:
    """Asks, then lists what is old enough."""
    return ask_first(
        request,
        lambda: actions.propose(table, by=request.hat, at=timezone.now()),
        title=_("%(kind)s: propose to dispose of what is old enough?") % {"kind": words.OF[table].many},
        text=_("You get the list. Nothing is gone until another person has looked at it and confirms it."),
        button=_("Propose it"),
        done=lambda disposal: str(words.OF[table].listed % {"count": disposal.items.count()}),
        back=reverse("retention:overview", args=[table]),
    )


@require_safe
@for_roles(*DESE_ROLES)
def disposal(request: HatRequest, pk: int) -> HttpResponse:
    """What is on the list, who wants it gone, and what became of it."""
    found = _disposal_of(request, pk)
    table = ITEMS[found.table](found.items.order_by("number"), categories=categories())
    sort_and_cut(table, request, per_page=PER_PAGE)
    table.records = _records(request.hat, found.table, [row.record.number for row in table.paginated_rows])
    context = {
        "words": words.OF[found.table],
        "disposal": found,
        "table": table,
        "is_open": found.confirmed_at is None and found.withdrawn_at is None,
        "is_own": found.proposed_by_id == request.hat.user_id,
    }
    return render(request, "retention/disposal.html", context)


@for_roles(*DESE_ROLES)
def confirm(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then lets go."""
    found = _disposal_of(request, pk)
    said = words.OF[found.table]
    return ask_first(
        request,
        lambda: actions.confirm(found.pk, by=request.hat, at=timezone.now()),
        title=str(said.confirm % {"count": found.items.count()}),
        text=str(said.what_goes),
        button=_("Dispose of them"),
        done=_("It is confirmed. The portal is at it, and shows here what is done."),
        back=reverse("retention:disposal", args=[pk]),
        danger=True,
    )


@for_roles(*DESE_ROLES)
def withdraw(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then lets a proposal be."""
    found = _disposal_of(request, pk)
    return ask_first(
        request,
        lambda: actions.withdraw(found.pk, by=request.hat, at=timezone.now()),
        title=_("Withdraw the proposal?"),
        text=_("Nothing is disposed of. You can propose it again."),
        button=_("Withdraw it"),
        done=_("The proposal is withdrawn."),
        back=reverse("retention:disposal", args=[pk]),
    )


@require_safe
@for_roles(*DESE_ROLES)
def stubs(request: HatRequest, table: Table) -> HttpResponse:
    """What is left of the records of a kind that were disposed of."""
    rows = (
        Stub.objects.visible_to(request.hat)
        .filter(table=table)
        .select_related("disposal__proposed_by", "disposal__confirmed_by")
    )
    stubs = STUBS[table](rows.order_by("-disposed_at", "number"), categories=categories())
    sort_and_cut(stubs, request, per_page=PER_PAGE)
    stubs.records = _records(request.hat, table, [row.record.number for row in stubs.paginated_rows])
    return render(request, "retention/stubs.html", {"table": stubs, "words": words.OF[table]})


def _records(hat: Membership, table: str, numbers: Collection[int]) -> dict[int, Any]:
    """Those of the numbers of which there is more than a stub, with what the tables show of them."""
    if table == Table.CONCERNS:
        return Concern.objects.visible_to(hat).in_bulk(numbers)
    logged = Exists(Disclosure.objects.filter(request=OuterRef("pk")))
    requests = TranscriptRequest.objects.visible_to(hat).filter(pk__in=numbers)
    return {request.pk: request for request in requests.with_end().annotate(is_logged=logged)}


def _disposal_of(request: HatRequest, pk: int) -> Disposal:
    rows = Disposal.objects.visible_to(request.hat).select_related(
        "rule", "proposed_by", "confirmed_by", "withdrawn_by"
    )
    found: Disposal = get_object_or_404(rows, pk=pk)
    return found
