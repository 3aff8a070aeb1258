"""To whom a concern goes: the rules that the office keeps as dated rows, the first that fits wins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from .models import Concern, RoutingRule

# A condition of a rule and what it asks of a concern have the same name.
CONDITIONS = ("category", "track", "writer", "lea_id", "provider_id")


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at. Empty or None: not said."""

    category: str
    track: str
    writer: str
    lea_id: int | None
    provider_id: int | None


def facts_of(concern: Concern) -> Facts:
    return Facts(concern.category, concern.track, concern.writer, concern.lea_id, concern.provider_id)


def rules_on(day: dt.date) -> list[RoutingRule]:
    """The rules that hold on this day, in their order."""
    rows = RoutingRule.objects.on(day).select_related(
        "lea__organization", "provider__organization", "to__user"
    )
    return list(rows.order_by("position", "pk"))


def route(concern: Concern, on: dt.date) -> RoutingRule | None:
    """The rule for this concern on this day; None: no rule fits."""
    return first_fitting(facts_of(concern), rules_on(on))


def first_fitting(facts: Facts, rules: Iterable[RoutingRule]) -> RoutingRule | None:
    """The first of these rules whose every condition is met."""
    return next((rule for rule in rules if fits(rule, facts)), None)


def fitting_any(rules: Iterable[RoutingRule]) -> Q:
    """Of concerns those that any of these rules fits."""
    return reduce(or_, map(_conditions, rules), Q(pk__in=[]))


def _conditions(rule: RoutingRule) -> Q:
    asked = {name: getattr(rule, name) for name in CONDITIONS}
    wanted = {name: value for name, value in asked.items() if value not in ("", None)}
    return Q(**wanted) if wanted else Q(pk__isnull=False)


def fits(rule: RoutingRule, facts: Facts) -> bool:
    wanted = ((getattr(rule, name), getattr(facts, name)) for name in CONDITIONS)
    return all(asked in ("", None) or asked == said for asked, said in wanted)
