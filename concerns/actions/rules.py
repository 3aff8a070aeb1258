"""The office's routing rules: dated rows in an order."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import RoutingRule
from .assigning import NotOfTheOffice


class OnlyAdministrators(Refusal):
    sentence = _("Only an administrator of the state office changes how concerns are sorted.")


class EndsBeforeItStarts(Refusal):
    sentence = _("The last day of a rule is not before its first. Choose a later day.")


@transaction.atomic
def add_rule(*, by: Membership, note: str, valid_from: dt.date, **values: Any) -> RoutingRule:
    """A new rule at the end of the list; the same twice is one. `values`: as the fields of RoutingRule.

    Raises OnlyAdministrators, NotOfTheOffice.
    """
    _only_administrators(by)
    to = values.get("to")
    if to is not None and (not to.is_dese or to.ended_at is not None):
        raise NotOfTheOffice
    rows = list(RoutingRule.objects.select_for_update(of=("self",)).order_by("position", "pk"))
    same = RoutingRule.objects.filter(note=note, valid_from=valid_from, valid_to=None, **values).first()
    if same is not None:
        return same
    position = rows[-1].position + 1 if rows else 1
    return RoutingRule.objects.create(position=position, note=note, valid_from=valid_from, **values)


@transaction.atomic
def end_rule(rule_id: int, *, on: dt.date, by: Membership) -> RoutingRule:
    """Its last day. What it has sorted stays as it is. Raises OnlyAdministrators, EndsBeforeItStarts."""
    _only_administrators(by)
    rule = RoutingRule.objects.select_for_update(of=("self",)).get(pk=rule_id)
    if on < rule.valid_from:
        raise EndsBeforeItStarts
    rule.valid_to = on
    rule.save(update_fields=["valid_to"])
    return rule


@transaction.atomic
def move_rule(rule_id: int, *, up: bool, on: dt.date, by: Membership) -> None:
    """Change places with the rule before it, or after it, of those that have not ended. At the edge nothing happens.

    Raises OnlyAdministrators.
    """
    _only_administrators(by)
    rows = RoutingRule.objects.select_for_update(of=("self",)).order_by("position", "pk")
    alive = [rule for rule in rows if rule.valid_to is None or rule.valid_to >= on]
    places = {rule.pk: place for place, rule in enumerate(alive)}
    place = places.get(rule_id)
    if place is None:
        return
    other = place - 1 if up else place + 1
    if not 0 <= other < len(alive):
        return
    alive[place], alive[other] = alive[other], alive[place]
    for position, rule in enumerate(alive, start=1):
        if rule.position != position:
            rule.position = position
            rule.save(update_fields=["position"])


def _only_administrators(by: Membership) -> None:
    if by.role != Role.DESE_ADMIN:
        raise OnlyAdministrators
