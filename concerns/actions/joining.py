"""Two concerns about the same thing become one for the office; each keeps its story, its writer and its number."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import OPEN_STATES, Concern, ConcernState, Entry, EntryKind
from ..transitions import Act, check, waits
from . import timing
from .closing import StillAsked
from .entering import CLOCKS, OnlyTheOffice, keep, look_for_newer, say

TO_THE_WRITER = gettext_lazy(
    "Somebody else has written to us about the same thing. We look into both together; what we find out, you read here."
)


class WithItself(Refusal):
    sentence = gettext_lazy("This is the concern itself. Give the number of the other one.")


class NotOpen(Refusal):
    sentence = gettext_lazy(
        "The other concern is closed or joined with another one itself. Choose an open concern."
    )


@transaction.atomic
def join(
    concern_id: int, into_id: int, *, by: Membership, at: dt.datetime, seen: int | None = None
) -> Concern:
    """From now on the office works on `into_id`; what it writes there, the writer of this one reads too.

    This one's clocks stop, and what was joined with it is joined with the other. Twice is once.
    Raises OnlyTheOffice, WithItself, MovedOn, NotNow, StillAsked, NotOpen.
    """
    if not by.is_dese:
        raise OnlyTheOffice
    if concern_id == into_id:
        raise WithItself
    # Always in the same order, so that two at once wait for each other and never for ever.
    both = Concern.objects.select_for_update(of=("self",)).filter(pk__in=[concern_id, into_id]).order_by("pk")
    found = {one.pk: one for one in both}
    concern, into = found[concern_id], found[into_id]
    if concern.merged_into_id == into_id:
        return concern
    look_for_newer(concern, seen)
    check(Act.JOIN, concern)
    if into.state not in OPEN_STATES:
        raise NotOpen
    if waits(concern):
        raise StillAsked
    say(concern, EntryKind.JOINED, text=into.number, by=by, at=at)
    say(into, EntryKind.JOINED, text=concern.number, by=by, at=at)
    timing.stop_all(concern, at=at)
    Concern.objects.filter(merged_into=concern).update(merged_into=into)
    keep(concern, Act.JOIN, merged_into=into)
    with translation.override(notices.language_of(concern)):
        told = say(concern, EntryKind.TO_WRITER, text=str(TO_THE_WRITER), by=by, at=at)
    notices.tell_writer(told)
    return concern


@transaction.atomic
def separate(concern_id: int, *, by: Membership, at: dt.datetime) -> Concern:
    """It stands by itself again; the clocks that stopped when it was joined run on. Twice is once.

    Raises OnlyTheOffice.
    """
    if not by.is_dese:
        raise OnlyTheOffice
    concern = Concern.objects.select_for_update(of=("self",)).get(pk=concern_id)
    if concern.state != ConcernState.MERGED or concern.merged_into is None:
        return concern
    into = concern.merged_into
    joined = Entry.objects.filter(concern=concern, kind=EntryKind.JOINED).order_by("-pk").first()
    for name in CLOCKS:
        clock = Clock.objects.filter(pk=getattr(concern, name)).first()
        if joined is not None and clock is not None and clock.stopped_at == joined.at:
            clocks.undo_stop(clock.pk)
    say(concern, EntryKind.SEPARATED, text=into.number, by=by, at=at)
    say(into, EntryKind.SEPARATED, text=concern.number, by=by, at=at)
    return keep(concern, Act.SEPARATE, merged_into=None)
