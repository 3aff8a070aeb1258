"""Sorting: by the office's rules without anybody clicking, or by a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import ClockKind
from mocap_portal.foundation.shared.calendar import central_date

from .. import office_notices
from ..models import Concern, ConcernState, EntryKind, RoutingRule
from ..routing import facts_of, first_fitting, fitting_any, rules_on
from ..transitions import Act
from . import timing
from .entering import enter, keep, look_for_newer, say, stop_clock

SORTED_AT_ONCE = 500
# What a person corrects while sorting: what the writer could not know, and about whom it is.
CORRECTED = ("category", "track", "lea", "provider", "program", "course", "rule")


def sort_received(*, at: dt.datetime) -> int:
    """Sort what has come in by the rules of the day. Returns how many concerns a rule has sorted.

    One after the other, each in its own transaction: killed half-way, the rest is sorted the next time; two at once
    share them. What no rule fits stays received, in the common inbox; however much does, what comes in later is sorted.
    """
    rules = rules_on(central_date(at))
    received = Concern.objects.filter(state=ConcernState.RECEIVED)
    fitted = fitting_any(rules)
    if received.exclude(fitted).exists():
        office_notices.tell_unsorted(at=at)
    done = 0
    waiting = received.filter(fitted).order_by("received_at", "pk")
    for pk in waiting.values_list("pk", flat=True)[:SORTED_AT_ONCE]:
        with transaction.atomic():
            done += _sort(pk, rules, at=at)
    return done


def _sort(pk: int, rules: Sequence[RoutingRule], *, at: dt.datetime) -> bool:
    waiting = Concern.objects.filter(pk=pk, state=ConcernState.RECEIVED)
    concern = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if concern is None:
        return False
    rule = first_fitting(facts_of(concern), rules)
    if rule is None:  # it was corrected a moment ago
        return False
    if rule.days:
        _shorten_reply(concern, rule.days)
    stop_clock(concern.sort_clock_id, at=at)
    say(concern, EntryKind.SORTED, at=at)
    to = rule.to if rule.to is not None and _works(rule.to) else None
    if to is None:
        keep(concern, Act.SORT)
        office_notices.tell_unassigned(at=at)
    else:
        say(concern, EntryKind.ASSIGNED, to=to, at=at)
        keep(concern, Act.ASSIGN, assigned_to=to)
        office_notices.tell_assigned(concern, to, at=at)
    return True


@transaction.atomic
def sort(
    concern_id: int, *, by: Membership, at: dt.datetime, seen: int | None = None, **changes: Any
) -> Concern:
    """A person says what it is about and about whom: values for the names in `CORRECTED`.

    Raises OnlyTheOffice, MovedOn, NotNow, and TypeError for another name.
    """
    if unknown := set(changes) - set(CORRECTED):
        raise TypeError(", ".join(sorted(unknown)))
    concern = enter(concern_id, Act.SORT, by=by)
    is_same = all(getattr(concern, name) == value for name, value in changes.items())
    if is_same and concern.state != ConcernState.RECEIVED:
        return concern
    look_for_newer(concern, seen)
    timing.sort(concern, at=at)
    say(concern, EntryKind.SORTED, by=by, at=at)
    return keep(concern, Act.SORT, **changes)


def _works(hat: Membership) -> bool:
    return hat.is_dese and hat.ended_at is None and hat.user.is_active


def _shorten_reply(concern: Concern, days: int) -> None:
    """A rule wants the first reply sooner than usual: the usual clock makes way for one of so many business days."""
    usual = concern.reply_clock
    if usual is not None and usual.stopped_at is None and days < usual.business_days:
        clocks.stop(usual.pk, at=usual.started_at)
        concern.reply_clock = clocks.start(
            ClockKind.CONCERN_REPLY,
            lea_id=None,
            at=usual.started_at,
            business_days=days,
            source=usual.source,
        )
