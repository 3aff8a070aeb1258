"""How every step of the office begins and ends: lock the concern, look whether it moved on, write, keep."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import FOR_WRITER, Asked, Concern, Entry, EntryKind
from ..transitions import Act, after, check
from . import timing

# By these the writer sees that somebody of the office has taken the concern up.
ACKNOWLEDGES = frozenset({*FOR_WRITER, EntryKind.ASKED})
CLOCKS = ("acknowledge_clock_id", "sort_clock_id", "reply_clock_id")


class MovedOn(Refusal):
    """Somebody else did something with the concern since the page was opened; what was typed is kept."""


class OnlyTheOffice(Refusal):
    sentence = gettext_lazy("Only the state office does this. Change your role, if you have another one.")


def enter(concern_id: int, act: Act, *, by: Membership, seen: int | None = None) -> Concern:
    """The concern, locked until the transaction ends, if this can be done with it now.

    `seen`: as for `look_for_newer`. Raises OnlyTheOffice, MovedOn, NotNow.
    """
    if not by.is_dese:
        raise OnlyTheOffice
    concern = lock(concern_id)
    look_for_newer(concern, seen)
    check(act, concern)
    return concern


def lock(concern_id: int) -> Concern:
    return Concern.objects.select_for_update(of=("self",)).get(pk=concern_id)


def newest(concern: Concern) -> int:
    """The key of the newest line of its story; 0 if it has none."""
    found = Entry.objects.filter(concern=concern).order_by("-pk").values_list("pk", flat=True).first()
    return found or 0


def look_for_newer(concern: Concern, seen: int | None) -> None:
    """Raises MovedOn, which says who did what since.

    `seen`: the key of the newest line of the story that the page showed; None asks nothing.
    """
    if seen is None:
        return
    newer = Entry.objects.filter(concern=concern, pk__gt=seen).select_related("by__user").order_by("-pk")
    entry = newer.first()
    if entry is None:
        return
    words = {
        "what": entry.get_kind_display(),
        "who": entry.by.user.name if entry.by else _("without a person"),
        "when": date_format(localtime(entry.at), "DATETIME_FORMAT"),
    }
    sentence = _(
        "Something happened since you opened this page: “%(what)s” (%(who)s, %(when)s). What you typed is still here. "
        "Look at the concern in another window, then send it again if it still fits."
    )
    raise MovedOn(sentence % words)


def said_already(
    concern: Concern, kind: EntryKind, *, text: str, by: Membership, seen: int | None
) -> Entry | None:
    """The same said by the same person after the page was opened: the form was sent twice."""
    if seen is None:
        return None
    return Entry.objects.filter(concern=concern, pk__gt=seen, kind=kind, text=text, by=by).first()


def say(
    concern: Concern,
    kind: EntryKind,
    *,
    at: dt.datetime,
    text: str = "",
    by: Membership | None = None,
    asked: Asked | None = None,
    to: Membership | None = None,
) -> Entry:
    """Add a line to the story. What a person of the office does before the writer's eyes acknowledges the concern."""
    entry = Entry.objects.create(concern=concern, kind=kind, text=text, by=by, asked=asked, to=to, at=at)
    if by is not None and by.is_dese and kind in ACKNOWLEDGES:
        timing.acknowledge(concern, at=at)
    return entry


def keep(concern: Concern, act: Act, **changes: Any) -> Concern:
    """Give it these values, the state that the table says, and the next due day; then save it. Raises NotNow."""
    check(act, concern)
    for name, value in changes.items():
        setattr(concern, name, value)
    concern.state = after(act, concern)
    concern.due_on = next_due(concern)
    concern.save()
    return concern


def next_due(concern: Concern) -> dt.date | None:
    """The next day by which something is due: of the office, else of whom it asked."""
    keys = [key for name in CLOCKS if (key := getattr(concern, name)) is not None]
    own = Clock.objects.running().filter(pk__in=keys)
    found = own.order_by("due_on").values_list("due_on", flat=True).first()
    if found is None:
        asked = Asked.objects.waiting().filter(concern=concern, clock__due_on__isnull=False)
        found = asked.order_by("clock__due_on").values_list("clock__due_on", flat=True).first()
    return found


def unstopped(concern: Concern) -> set[int]:
    """The keys of its own clocks that have not stopped."""
    keys = [key for name in CLOCKS if (key := getattr(concern, name)) is not None]
    return set(Clock.objects.unfinished().filter(pk__in=keys).values_list("pk", flat=True))


def stop_clock(clock_id: int | None, *, at: dt.datetime) -> None:
    """Twice changes nothing."""
    if clock_id is not None and Clock.objects.unfinished().filter(pk=clock_id).exists():
        clocks.stop(clock_id, at=at)
