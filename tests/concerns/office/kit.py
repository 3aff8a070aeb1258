"""What the tests of the office share."""

import datetime as dt
from typing import Any

from concerns import actions
from concerns.models import Asked, Concern, Entry
from mocap_portal.foundation.accounts.models import Membership
from tests.factories.accounts import MembershipFactory

AT = dt.datetime(2026, 11, 12, 16, tzinfo=dt.UTC)  # Thursday, the third business day of a concern of Monday


def reviewer(**more: Any) -> Membership:
    return MembershipFactory.create(dese_reviewer=True, **more)


def kinds(concern: Concern) -> list[str]:
    return list(Entry.objects.filter(concern=concern).order_by("at", "pk").values_list("kind", flat=True))


def asked_of(concern: Concern, whom: Any, by: Membership, **more: Any) -> Asked:
    words = {"summary": "A family waits for a decision.", "question": "When do you decide?", **more}
    return actions.ask(concern.pk, whom, by=by, at=AT, **words)


def stood(concern: Concern) -> dict[str, Any]:
    """All of its columns that a step of the office changes, and when its clocks stopped."""
    row = Concern.objects.get(pk=concern.pk)
    clocks = [row.acknowledge_clock, row.sort_clock, row.reply_clock]
    return {
        "state": row.state,
        "assigned_to": row.assigned_to_id,
        "outcome": row.outcome,
        "closed_at": row.closed_at,
        "due_on": row.due_on,
        "stopped": [clock.stopped_at if clock else None for clock in clocks],
    }
