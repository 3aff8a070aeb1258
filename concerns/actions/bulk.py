"""The same for many concerns at once, and all of it back again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices, office_notices
from ..models import BulkItem, BulkKind, BulkStep, Concern, Entry, EntryKind, Outcome
from ..transitions import Act, may, waits
from .assigning import NotOfTheOffice, give
from .closing import NoWords, end
from .entering import OnlyTheOffice, newest, next_due, say, unstopped

MOST_AT_ONCE = 200
CLOSED_TOO_EARLY = _("It was closed by mistake, together with others. We go on looking into it.")


class TooMany(Refusal):
    sentence = _("More than 200 at once cannot be looked through. Choose fewer.")


class NothingFits(Refusal):
    sentence = _("None of these can be changed so any more. Reload the list.")


@dataclass(frozen=True, slots=True)
class Undone:
    """What is as it was before, and what somebody has worked on since and so stays as it is."""

    restored: list[Concern] = field(default_factory=list)
    left: list[Concern] = field(default_factory=list)


def fits(act: Act, concern: Concern, *, to: Membership | None = None) -> bool:
    """Whether this is done to the concern in a step with others; what would change nothing is not."""
    if act == Act.ASSIGN:
        return may(act, concern) and concern.assigned_to_id != (to.pk if to else None)
    return may(act, concern) and not waits(concern)


@transaction.atomic
def assign_many(concern_ids: Iterable[int], to: Membership, *, by: Membership, at: dt.datetime) -> BulkStep:
    """Give several to one reviewer, who gets one mail. What is closed, joined or theirs already is passed over.

    Raises OnlyTheOffice, NotOfTheOffice, TooMany, NothingFits.
    """
    if not to.is_dese or to.ended_at is not None or not to.user.is_active:
        raise NotOfTheOffice
    step = _each(
        concern_ids,
        BulkKind.ASSIGN,
        lambda concern: fits(Act.ASSIGN, concern, to=to),
        lambda concern: give(concern, to, by=by, at=at, tells=False),
        by=by,
        at=at,
    )
    if to.pk != by.pk:
        office_notices.tell_assigned_many(step, to, at=at)
    return step


@transaction.atomic
def close_many(
    concern_ids: Iterable[int], outcome: Outcome, *, text: str, by: Membership, at: dt.datetime
) -> BulkStep:
    """Close several with the same words to each writer. What is closed, joined or asked about is passed over.

    Raises OnlyTheOffice, NoWords, TooMany, NothingFits.
    """
    if not text.strip():
        raise NoWords
    return _each(
        concern_ids,
        BulkKind.CLOSE,
        lambda concern: fits(Act.CLOSE, concern),
        lambda concern: end(concern, outcome, text=text, by=by, at=at),
        by=by,
        at=at,
    )


@transaction.atomic
def undo(step_id: int, *, by: Membership, at: dt.datetime) -> Undone:
    """Give each concern of a step the state, the reviewer and the clocks that it had.

    What somebody has worked on since is left as it is and named. Twice changes nothing. Raises OnlyTheOffice.
    """
    if not by.is_dese:
        raise OnlyTheOffice
    step = BulkStep.objects.select_for_update(of=("self",)).get(pk=step_id)
    undone = Undone()
    if step.undone_at is not None:
        return undone
    items = {item.concern_id: item for item in step.items.select_related("was_assigned_to")}
    for concern in _locked(items):
        item = items[concern.pk]
        if newest(concern) != item.entry_id:
            undone.left.append(concern)
            continue
        _restore(concern, item, by=by, at=at)
        undone.restored.append(concern)
    step.undone_at, step.undone_by = at, by
    step.save(update_fields=["undone_at", "undone_by"])
    return undone


def _each(
    concern_ids: Iterable[int],
    kind: BulkKind,
    fitting: Callable[[Concern], bool],
    act: Callable[[Concern], object],
    *,
    by: Membership,
    at: dt.datetime,
) -> BulkStep:
    if not by.is_dese:
        raise OnlyTheOffice
    keys = set(concern_ids)
    if len(keys) > MOST_AT_ONCE:
        raise TooMany
    step = BulkStep.objects.create(kind=kind, by=by, at=at)
    count = 0
    for concern in _locked(keys):
        if not fitting(concern):
            continue
        state, assigned_to, clocks_before = concern.state, concern.assigned_to, unstopped(concern)
        act(concern)
        count += 1
        BulkItem.objects.create(
            step=step,
            concern=concern,
            entry=Entry.objects.get(pk=newest(concern)),
            was_state=state,
            was_assigned_to=assigned_to,
            stopped=sorted(clocks_before - unstopped(concern)),
        )
    if not count:
        raise NothingFits
    return step


def _locked(keys: Iterable[int]) -> list[Concern]:
    """Always in the same order, so that two at once wait for each other and never for ever."""
    return list(Concern.objects.select_for_update(of=("self",)).filter(pk__in=list(keys)).order_by("pk"))


def _restore(concern: Concern, item: BulkItem, *, by: Membership, at: dt.datetime) -> None:
    if item.step.kind == BulkKind.CLOSE:
        with translation.override(notices.language_of(concern)):
            entry = say(concern, EntryKind.REOPENED, text=str(CLOSED_TOO_EARLY), by=by, at=at)
        notices.tell_writer(entry)
    else:
        say(concern, EntryKind.ASSIGNED, to=item.was_assigned_to, by=by, at=at)
    for pk in item.stopped:  # after the story, in which the step back would acknowledge it
        clocks.undo_stop(pk)
    concern.state, concern.assigned_to = item.was_state, item.was_assigned_to
    concern.outcome, concern.closed_at = "", None
    concern.due_on = next_due(concern)
    concern.save()
