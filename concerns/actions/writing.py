"""What the writer does after sending: writes on, gives or takes back consent, takes the concern back, opens it again,
rates the answer. Whoever calls has seen number and secret.

What comes twice, by a second click, is one.
"""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.refusals import Refusal

from .. import office_notices
from ..files import Kept
from ..models import Concern, ConcernState, EntryKind, IdentityConsent, Outcome
from ..transitions import Act, may
from . import timing
from .closing import open_again
from .entering import keep, lock, say, stop_clock
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
    concern = lock(concern_id)
    if not may(Act.HEAR, concern):
        raise AlreadyOver
    if not text and not files:
        raise NothingSaid
    said = text or str(_("Files were added."))
    if _is_second_click(concern, EntryKind.FROM_WRITER, said, at=at):
        return concern
    keep_files(concern, files, at=at)
    say(concern, EntryKind.FROM_WRITER, text=said, at=at)
    keep(concern, Act.HEAR)
    office_notices.tell_writer_wrote(concern, at=at)
    return concern


@transaction.atomic
def share_identity(concern_id: int, *, is_given: bool, text: str, at: dt.datetime) -> Concern:
    """The writer lets the office name them to the other side, or takes that back (R-119).

    `text`: the sentence that they agreed to or take back. What stands already changes nothing. Raises NobodyToName.
    """
    concern = lock(concern_id)
    if concern.is_anonymous:
        raise NobodyToName
    latest = concern.consents.order_by("-at", "-pk").first()
    if is_given == (latest is not None and latest.is_given):
        return concern
    IdentityConsent.objects.create(concern=concern, is_given=is_given, text=text, at=at)
    say(concern, EntryKind.CONSENT, text=text, at=at)
    return concern


@transaction.atomic
def take_back(concern_id: int, *, text: str = "", at: dt.datetime) -> Concern:
    """The writer needs no answer any more: the concern is closed, and nobody is asked about it any longer.

    Raises AlreadyOver.
    """
    concern = lock(concern_id)
    if concern.state == ConcernState.CLOSED and concern.outcome == Outcome.TAKEN_BACK:
        return concern
    if not may(Act.CLOSE, concern):
        raise AlreadyOver
    for asked in concern.asked.waiting().select_for_update(of=("self",)).order_by("pk"):
        asked.taken_back_at = at
        asked.save(update_fields=["taken_back_at"])
        stop_clock(asked.clock_id, at=at)
        say(concern, EntryKind.ASKED_NO_MORE, asked=asked, at=at)
        office_notices.tell_taken_back(asked, at=at)
    say(concern, EntryKind.CLOSED, text=text, at=at)
    timing.stop_all(concern, at=at)
    keep(concern, Act.CLOSE, outcome=Outcome.TAKEN_BACK, closed_at=at)
    office_notices.tell_writer_took_back(concern, at=at)
    return concern


@transaction.atomic
def reopen(concern_id: int, *, text: str, at: dt.datetime) -> Concern:
    """Something is still wrong, `text` says what: the office has its days for a reply once more.

    Raises NotClosed, TooLateToReopen.
    """
    concern = lock(concern_id)
    if concern.state == ConcernState.REOPENED and _is_second_click(concern, EntryKind.REOPENED, text, at=at):
        return concern
    if concern.over_at is None:
        raise NotClosed
    if at > reopened_until(concern.over_at):
        raise TooLateToReopen
    open_again(concern, text=text, at=at)
    office_notices.tell_writer_reopened(concern, at=at)
    return concern


@transaction.atomic
def rate(concern_id: int, *, rating: int, text: str = "", at: dt.datetime) -> Concern:
    """How good the answer was, from 1 (poor) to 5 (good). The latest counts. Raises NotClosed."""
    concern = lock(concern_id)
    if not may(Act.RATE, concern):
        raise NotClosed
    if concern.rating == rating and _is_second_click(concern, EntryKind.RATED, text, at=at):
        return concern
    say(concern, EntryKind.RATED, text=text, at=at)
    keep(concern, Act.RATE, rating=rating, rated_at=at)
    return concern


def reopened_until(closed_at: dt.datetime) -> dt.datetime:
    """The last moment at which the writer can open a concern again that was closed then."""
    return closed_at + dt.timedelta(days=settings.CONCERN_REOPEN_DAYS)


def _is_second_click(concern: Concern, kind: EntryKind, text: str, *, at: dt.datetime) -> bool:
    """Whether the writer has said exactly this a moment ago and nothing happened since."""
    latest = concern.entries.order_by("-at", "-pk").first()
    return (
        latest is not None
        and (latest.kind, latest.text, latest.by_id) == (kind, text, None)
        and at - latest.at <= A_SECOND_CLICK
    )
