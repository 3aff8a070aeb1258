"""What the writer does after sending: writes on, gives or takes back consent, takes the concern back, opens it again,
rates the answer. Whoever calls has seen number and secret.

What comes twice, by a second click, is one.
"""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.shared.refusals import Refusal

from ..files import Kept
from ..models import OPEN_STATES, Concern, ConcernState, Entry, EntryKind, IdentityConsent, Outcome
from . import timing
from .filing import keep_files

A_SECOND_CLICK = dt.timedelta(minutes=2)


class AlreadyOver(Refusal):
    sentence = _("This is closed. If something is still wrong, open it again and say what.")


class NotClosed(Refusal):
    sentence = _("This is not closed, so there is nothing to open or to rate. Write to the office below.")


class TooLateToReopen(Refusal):
    sentence = _("This was closed too long ago to be opened again. Write to the office anew.")


class NobodyToName(Refusal):
    sentence = _("You have told nobody who you are, so there is no name to share.")


class NothingSaid(Refusal):
    sentence = _("Write some words, or add a file.")


@transaction.atomic
def write_on(concern_id: int, *, text: str, files: Sequence[Kept] = (), at: dt.datetime) -> Concern:
    """The writer adds something, or answers the office. Raises AlreadyOver, NothingSaid."""
    concern = _lock(concern_id)
    if concern.state == ConcernState.CLOSED:
        raise AlreadyOver
    if not text and not files:
        raise NothingSaid
    said = text or str(_("Files were added."))
    if _is_second_click(concern, EntryKind.FROM_WRITER, said, at=at):
        return concern
    keep_files(concern, files, at=at)
    _say(concern, EntryKind.FROM_WRITER, said, at=at)
    if concern.state == ConcernState.AWAITING and not concern.asked.waiting().exists():
        concern.state = ConcernState.ASSIGNED if concern.assigned_to_id else ConcernState.SORTED
        concern.save(update_fields=["state"])
    return concern


@transaction.atomic
def share_identity(concern_id: int, *, is_given: bool, text: str, at: dt.datetime) -> Concern:
    """The writer lets the office name them to the other side, or takes that back (R-119).

    `text`: the sentence that they agreed to or take back. What stands already changes nothing. Raises NobodyToName.
    """
    concern = _lock(concern_id)
    if concern.is_anonymous:
        raise NobodyToName
    latest = concern.consents.order_by("-at", "-pk").first()
    if is_given == (latest is not None and latest.is_given):
        return concern
    IdentityConsent.objects.create(concern=concern, is_given=is_given, text=text, at=at)
    _say(concern, EntryKind.CONSENT, text, at=at)
    return concern


@transaction.atomic
def take_back(concern_id: int, *, text: str = "", at: dt.datetime) -> Concern:
    """The writer needs no answer any more: the concern is closed, and nobody is asked about it any longer.

    Raises AlreadyOver.
    """
    concern = _lock(concern_id)
    if concern.state == ConcernState.CLOSED and concern.outcome == Outcome.TAKEN_BACK:
        return concern
    if concern.state not in OPEN_STATES:
        raise AlreadyOver
    for asked in concern.asked.waiting().select_for_update().order_by("pk"):
        asked.taken_back_at = at
        asked.save(update_fields=["taken_back_at"])
        if Clock.objects.unfinished().filter(pk=asked.clock_id).exists():
            clocks.stop(asked.clock_id, at=at)
        Entry.objects.create(concern=concern, kind=EntryKind.ASKED_NO_MORE, asked=asked, at=at)
    timing.stop_all(concern, at=at)
    concern.state, concern.outcome, concern.closed_at = ConcernState.CLOSED, Outcome.TAKEN_BACK, at
    concern.save(update_fields=["state", "outcome", "closed_at"])
    _say(concern, EntryKind.CLOSED, text, at=at)
    return concern


@transaction.atomic
def reopen(concern_id: int, *, text: str, at: dt.datetime) -> Concern:
    """Something is still wrong, `text` says what: the office has its days for a reply once more.

    Raises NotClosed, TooLateToReopen.
    """
    concern = _lock(concern_id)
    if concern.state == ConcernState.REOPENED and _is_second_click(concern, EntryKind.REOPENED, text, at=at):
        return concern
    if concern.closed_at is None:
        raise NotClosed
    if at > reopened_until(concern.closed_at):
        raise TooLateToReopen
    concern.state, concern.outcome, concern.closed_at = ConcernState.REOPENED, "", None
    timing.start_reply(concern, at=at)
    concern.save(update_fields=["state", "outcome", "closed_at", "reply_clock"])
    _say(concern, EntryKind.REOPENED, text, at=at)
    return concern


@transaction.atomic
def rate(concern_id: int, *, rating: int, text: str = "", at: dt.datetime) -> Concern:
    """How good the answer was, from 1 (poor) to 5 (good). The latest counts. Raises NotClosed."""
    concern = _lock(concern_id)
    if concern.state != ConcernState.CLOSED:
        raise NotClosed
    if concern.rating == rating and _is_second_click(concern, EntryKind.RATED, text, at=at):
        return concern
    concern.rating, concern.rated_at = rating, at
    concern.save(update_fields=["rating", "rated_at"])
    _say(concern, EntryKind.RATED, text, at=at)
    return concern


def reopened_until(closed_at: dt.datetime) -> dt.datetime:
    """The last moment at which the writer can open a concern again that was closed then."""
    return closed_at + dt.timedelta(days=settings.CONCERN_REOPEN_DAYS)


def _lock(concern_id: int) -> Concern:
    return Concern.objects.select_for_update(of=("self",)).get(pk=concern_id)


def _say(concern: Concern, kind: EntryKind, text: str, *, at: dt.datetime) -> None:
    Entry.objects.create(concern=concern, kind=kind, text=text, at=at)


def _is_second_click(concern: Concern, kind: EntryKind, text: str, *, at: dt.datetime) -> bool:
    """Whether the writer has said exactly this a moment ago and nothing happened since."""
    latest = concern.entries.order_by("-at", "-pk").first()
    return (
        latest is not None
        and (latest.kind, latest.text, latest.by_id) == (kind, text, None)
        and at - latest.at <= A_SECOND_CLICK
    )
