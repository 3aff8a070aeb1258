"""How long concerns are kept, what is held, and letting go by two people: for the state office."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from concerns.models import Concern
from concerns.patterns.trends import categories
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.ui.steps import ask_first, take_step

from . import actions
from .forms import NUMBER, HoldForm, LiftForm, RuleForm
from .models import Disposal, Hold, HoldKind, RetentionRule, Stub, Table
from .tables import DisposalTable, HoldTable, ItemTable, StubTable, scope

PER_PAGE = 25


@require_safe
@for_roles(*DESE_ROLES)
def overview(request: HatRequest) -> HttpResponse:
    """The rule, what is old enough, holds and disposals."""
    today = central_date(timezone.now())
    rule = RetentionRule.objects.on(today).filter(table=Table.CONCERNS).first()
    disposals = Disposal.objects.visible_to(request.hat)
    table = DisposalTable(
        disposals.select_related("proposed_by", "confirmed_by")
        .annotate(count=Count("items"))
        .order_by("-proposed_at", "-pk")
    )
    holds = HoldTable(
        Hold.objects.visible_to(request.hat)
        .standing()
        .select_related("lea__organization", "provider__organization", "placed_by__user", "lifted_by__user")
        .order_by("placed_at", "pk"),
        categories=categories(),
    )
    for one in (table, holds):
        sort_and_cut(one, request, per_page=PER_PAGE)
    context = {
        "rule": rule,
        "later": RetentionRule.objects.filter(table=Table.CONCERNS, valid_from__gt=today).order_by(
            "valid_from"
        ),
        "may_change": request.hat.role == Role.DESE_ADMIN,
        "due": len(actions.KINDS[Table.CONCERNS].due(today, rule.years)) if rule else 0,
        "open": disposals.proposed().first(),
        "holds": holds,
        "table": table,
        "stubs": Stub.objects.visible_to(request.hat).count(),
    }
    return render(request, "retention/overview.html", context)


@for_roles(Role.DESE_ADMIN)
def change_rule(request: HatRequest) -> HttpResponse:
    """Another number of years, from a day on."""
    today = central_date(timezone.now())
    rule = RetentionRule.objects.on(today).filter(table=Table.CONCERNS).first()
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        cancel_url=reverse("retention:overview"),
        initial={"years": rule.years} if rule else None,
        today=today,
    )
    return take_step(
        request,
        form,
        lambda: actions.change_rule(Table.CONCERNS, **form.cleaned_data, by=request.hat, today=today),
        title=_("Change how long concerns are kept"),
        intro=_(
            "The rule that holds until then ends the day before and stays in the history. A disposal that is proposed "
            "under it has to be proposed again."
        ),
        done=_("The rule is changed."),
        back=reverse("retention:overview"),
    )


@for_roles(*DESE_ROLES)
def place(request: HatRequest) -> HttpResponse:
    """A new hold. `number` in the address fills in that of a concern."""
    given = request.GET.get("number", "")
    form = HoldForm(
        request.POST if request.method == "POST" else None,
        cancel_url=reverse("retention:overview"),
        initial={"number": given if NUMBER.fullmatch(given) else ""},
    )

    def act() -> Hold:
        said = dict(form.cleaned_data)
        said.pop("everything")
        kind = HoldKind(said.pop("kind"))
        return actions.place_hold(kind=kind, by=request.hat, at=timezone.now(), **said)

    return take_step(
        request,
        form,
        act,
        title=_("Place a hold"),
        intro=_("What is held is not disposed of, whatever its age, until somebody lifts the hold."),
        done=_("The hold stands."),
        back=reverse("retention:overview"),
    )


@for_roles(*DESE_ROLES)
def lift(request: HatRequest, pk: int) -> HttpResponse:
    """Why a hold is over."""
    rows = Hold.objects.visible_to(request.hat).select_related("lea__organization", "provider__organization")
    found = get_object_or_404(rows, pk=pk)
    form = LiftForm(
        request.POST if request.method == "POST" else None, cancel_url=reverse("retention:overview")
    )
    return take_step(
        request,
        form,
        lambda: actions.lift_hold(found.pk, why=form.cleaned_data["why"], by=request.hat, at=timezone.now()),
        title=_("Lift the hold?"),
        intro=_("Held: %(what)s. Without the hold, it can be disposed of once it is old enough.")
        % {"what": scope(found, categories())},
        done=_("The hold is lifted."),
        back=reverse("retention:overview"),
    )


@for_roles(*DESE_ROLES)
def propose(request: HatRequest) -> HttpResponse:
    """Asks, then lists what is old enough."""
    return ask_first(
        request,
        lambda: actions.propose(Table.CONCERNS, by=request.hat, at=timezone.now()),
        title=_("Propose to dispose of what is old enough?"),
        text=_("You get the list. Nothing is gone until another person has looked at it and confirms it."),
        button=_("Propose it"),
        done=_how_many,
        back=reverse("retention:overview"),
    )


def _how_many(disposal: Disposal) -> str:
    count = disposal.items.count()
    words = ngettext(
        "%(count)d concern is on the list. Another person has to confirm it.",
        "%(count)d concerns are on the list. Another person has to confirm it.",
        count,
    )
    return words % {"count": count}


@require_safe
@for_roles(*DESE_ROLES)
def disposal(request: HatRequest, pk: int) -> HttpResponse:
    """What is on the list, who wants it gone, and what became of it."""
    found = _disposal_of(request, pk)
    table = ItemTable(found.items.order_by("number"), categories=categories())
    sort_and_cut(table, request, per_page=PER_PAGE)
    table.concerns = Concern.objects.visible_to(request.hat).in_bulk(
        [row.record.number for row in table.paginated_rows]
    )
    context = {
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
    count = found.items.count()
    title = ngettext(
        "Dispose of %(count)d concern for good?", "Dispose of %(count)d concerns for good?", count
    )
    return ask_first(
        request,
        lambda: actions.confirm(found.pk, by=request.hat, at=timezone.now()),
        title=title % {"count": count},
        text=_(
            "Their texts, names, files, mails and history are destroyed. Number, category, days and outcome stay. "
            "Nobody can bring the rest back. What has come under a hold since stays whole."
        ),
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
def stubs(request: HatRequest) -> HttpResponse:
    """What is left of the concerns that were disposed of."""
    rows = Stub.objects.visible_to(request.hat).select_related(
        "disposal__proposed_by", "disposal__confirmed_by"
    )
    table = StubTable(rows.order_by("-disposed_at", "number"), categories=categories())
    sort_and_cut(table, request, per_page=PER_PAGE)
    return render(request, "retention/stubs.html", {"table": table})


def _disposal_of(request: HatRequest, pk: int) -> Disposal:
    rows = Disposal.objects.visible_to(request.hat).select_related(
        "rule", "proposed_by", "confirmed_by", "withdrawn_by"
    )
    found: Disposal = get_object_or_404(rows, pk=pk)
    return found
