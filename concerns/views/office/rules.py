"""How concerns are sorted: the rules in their order, tried out, added, ended, moved."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.steps import take_step

from ... import actions
from ...forms.rules import EndForm, RuleForm, TryForm
from ...models import RoutingRule
from ...routing import first_fitting, rules_on
from ...words import category_words


@require_safe
@for_roles(*DESE_ROLES)
def rules(request: HatRequest) -> HttpResponse:
    """What holds today in its order, what comes and what has ended; and which rule would win."""
    today = central_date(timezone.now())
    holding = rules_on(today)
    form = TryForm(request.GET or None)
    is_tried = form.is_valid() and bool(request.GET)
    winner = first_fitting(form.facts, holding) if is_tried else None
    categories = category_words()
    others = RoutingRule.objects.exclude(pk__in=[rule.pk for rule in holding]).select_related(
        "lea__organization", "provider__organization", "to__user"
    )
    context = {
        "form": form,
        "is_tried": is_tried,
        "winner": winner,
        "rules": [_line(rule, categories, place) for place, rule in enumerate(holding, start=1)],
        "winning_place": holding.index(winner) + 1 if winner else 0,
        "coming": [
            _line(rule, categories, 0)
            for rule in others.filter(valid_from__gt=today).order_by("valid_from", "pk")
        ],
        "ended": [
            _line(rule, categories, 0)
            for rule in others.filter(valid_to__lt=today).order_by("-valid_to", "-pk")
        ],
        "may_change": request.hat.role == Role.DESE_ADMIN,
        "last": len(holding),
    }
    return render(request, "concerns/office/rules.html", context)


@for_roles(Role.DESE_ADMIN)
def add(request: HatRequest) -> HttpResponse:
    """A rule at the end of the list."""
    today = central_date(timezone.now())
    back = reverse("concerns:rules")
    form = RuleForm(request.POST or None, today=today, cancel_url=back, initial={"valid_from": today})
    return take_step(
        request,
        form,
        lambda: actions.add_rule(by=request.hat, **form.cleaned_data),
        title=_("Add a rule"),
        intro=_(
            "A concern goes by the first rule whose every condition it meets. This one comes last; move it up then."
        ),
        done=_("The rule is added at the end."),
        back=back,
    )


@for_roles(Role.DESE_ADMIN)
def end(request: HatRequest, pk: int) -> HttpResponse:
    """The last day of a rule."""
    rule = get_object_or_404(RoutingRule, pk=pk, valid_to__isnull=True)
    today = central_date(timezone.now())
    back = reverse("concerns:rules")
    earliest = max(rule.valid_from, today)
    form = EndForm(request.POST or None, earliest=earliest, cancel_url=back, initial={"last_day": earliest})
    return take_step(
        request,
        form,
        lambda: actions.end_rule(pk, on=form.cleaned_data["last_day"], by=request.hat),
        title=_("End this rule"),
        intro=_("What it has sorted stays as it is. From the day after on the next rules decide."),
        done=_("The rule ends."),
        back=back,
    )


@require_POST
@for_roles(Role.DESE_ADMIN)
def move(request: HatRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    get_object_or_404(RoutingRule, pk=pk)
    today = central_date(timezone.now())
    actions.move_rule(pk, up=request.POST.get("to") != "down", on=today, by=request.hat)
    return redirect(f"{reverse('concerns:rules')}#rule-{pk}")


def _line(rule: RoutingRule, categories: dict[str, str], place: int) -> dict[str, Any]:
    conditions = [
        categories.get(rule.category, rule.category),
        rule.get_track_display() if rule.track else "",
        rule.get_writer_display() if rule.writer else "",
        str(rule.lea or ""),
        str(rule.provider or ""),
    ]
    return {
        "rule": rule,
        "place": place,
        "when": ", ".join(words for words in conditions if words) or _("Every concern"),
        "to": rule.to.user.name if rule.to else _("the common inbox"),
        "is_gone": rule.to is not None and (rule.to.ended_at is not None or not rule.to.user.is_active),
    }
