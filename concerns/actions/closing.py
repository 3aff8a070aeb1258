"""Writing to who wrote, closing, opening again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import Concern, Entry, EntryKind, Outcome
from ..transitions import Act, waits
from . import timing
from .entering import enter, keep, look_for_newer, said_already, say


class StillAsked(Refusal):
    sentence = _(
        "The other side has a question that it has not answered. Wait for the answer, or take the question back first."
    )


class NoWords(Refusal):
    sentence = _("Write what the writer shall read.")


@transaction.atomic
def write(concern_id: int, text: str, *, by: Membership, at: dt.datetime, seen: int | None = None) -> Entry:
    """Words to the writer, and to those of the concerns that are joined with it.

    Raises OnlyTheOffice, MovedOn, NotNow, NoWords.
    """
    if not text.strip():
        raise NoWords
    concern = enter(concern_id, Act.WRITE, by=by)
    if before := said_already(concern, EntryKind.TO_WRITER, text=text, by=by, seen=seen):
        return before
    look_for_newer(concern, seen)
    entry = say(concern, EntryKind.TO_WRITER, text=text, by=by, at=at)
    timing.reply(concern, at=at)
    keep(concern, Act.WRITE)
    notices.tell_writer(entry)
    say_to_joined(concern, text, by=by, at=at)
    return entry


@transaction.atomic
def close(
    concern_id: int, outcome: Outcome, *, text: str, by: Membership, at: dt.datetime, seen: int | None = None
) -> Concern:
    """It is over. `text`: what the writer reads. Twice the same is one.

    Raises OnlyTheOffice, MovedOn, NotNow, StillAsked, NoWords.
    """
    if not text.strip():
        raise NoWords
    concern = enter(concern_id, Act.NOTE, by=by)
    if concern.outcome == outcome and said_already(concern, EntryKind.CLOSED, text=text, by=by, seen=seen):
        return concern
    look_for_newer(concern, seen)
    enter(concern_id, Act.CLOSE, by=by)
    if waits(concern):
        raise StillAsked
    end(concern, outcome, text=text, by=by, at=at)
    return concern


def end(concern: Concern, outcome: Outcome, *, text: str, by: Membership, at: dt.datetime) -> Entry:
    """Close a concern that the caller holds and has looked at."""
    entry = say(concern, EntryKind.CLOSED, text=text, by=by, at=at)
    timing.stop_all(concern, at=at)
    keep(concern, Act.CLOSE, outcome=outcome, closed_at=at)
    notices.tell_writer(entry)
    say_to_joined(concern, text, by=by, at=at)
    return entry


@transaction.atomic
def reopen(concern_id: int, reason: str, *, by: Membership, at: dt.datetime) -> Concern:
    """The office opens it again, and has its days for a reply once more. `reason`: the writer reads it.

    Twice is once. Raises OnlyTheOffice, NotNow, NoWords.
    """
    if not reason.strip():
        raise NoWords
    concern = enter(concern_id, Act.NOTE, by=by)
    last = Entry.objects.filter(concern=concern).order_by("-pk").first()
    if last is not None and (last.kind, last.text, last.by_id) == (EntryKind.REOPENED, reason, by.pk):
        return concern
    enter(concern_id, Act.REOPEN, by=by)
    entry = open_again(concern, text=reason, by=by, at=at)
    notices.tell_writer(entry)
    return concern


def open_again(concern: Concern, *, text: str, by: Membership | None = None, at: dt.datetime) -> Entry:
    """The office has its days for a reply once more. What was joined with another one stands by itself again."""
    if concern.merged_into is not None:
        say(concern, EntryKind.SEPARATED, text=concern.merged_into.number, by=by, at=at)
        say(concern.merged_into, EntryKind.SEPARATED, text=concern.number, by=by, at=at)
    entry = say(concern, EntryKind.REOPENED, text=text, by=by, at=at)
    timing.start_reply(concern, at=at)
    keep(concern, Act.REOPEN, outcome="", closed_at=None, merged_into=None)
    return entry


def say_to_joined(concern: Concern, text: str, *, by: Membership, at: dt.datetime) -> None:
    """Who wrote a concern that is joined with this one reads the same on their own page."""
    for joined in Concern.objects.select_for_update(of=("self",)).filter(merged_into=concern).order_by("pk"):
        entry = say(joined, EntryKind.TO_WRITER, text=text, by=by, at=at)
        timing.reply(joined, at=at)
        notices.tell_writer(entry)
