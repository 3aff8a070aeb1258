"""Looking at a day that is over, and what the office does with a note."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership
from mocap_portal.foundation.shared.locks import held
from mocap_portal.foundation.shared.nights import ONE_DAY, latest
from mocap_portal.foundation.shared.refusals import Refusal

from . import notices
from .counting import count
from .method import Cell, NoteKind, Numbers, Rising, rising
from .models import Look, Method, Note

LOCK = "look whether concerns rise"


class OnlyTheOffice(Refusal):
    sentence = _("Only the MOCAP office does this. Change your role, if you have another one.")


class WasDismissed(Refusal):
    sentence = _("Somebody has dismissed this note already. Reload the page to see why.")


class NotDismissed(Refusal):
    sentence = _("This note is not dismissed any more. Reload the page to see where it stands.")


class ReasonMissing(Refusal):
    sentence = _("Write why: whoever reads the note later has to know.")


def look_at_night(*, at: dt.datetime) -> Look | None:
    """Look at the day before the night that has begun. None where that is done, however often it is asked.

    A night that was missed is not made up for: the next one sees all but the oldest of the same days.
    """
    return look(latest(at) - ONE_DAY, at=at)


def look(day: dt.date, *, at: dt.datetime) -> Look | None:
    """Count the concerns until this Central day, raise a note for each cell that rises anew, and end what is over.

    All of it or nothing is kept. None where the day, or a later one, was looked at before. Raises NoMethod.
    """
    with held(LOCK), transaction.atomic():
        if Look.objects.filter(day__gte=day).exists():
            return None
        method = Method.objects.at(day)
        night = count(day, method)
        is_enough = night.past_days >= method.least_past_days
        numbers = Numbers(
            window_days=method.window_days,
            past_days=night.past_days,
            least_count=method.least_count,
            night_budget=float(method.night_budget),
            weight=method.weight,
        )
        found = rising(night.cells, count=len(night.cells), numbers=numbers) if is_enough else []
        known = {cell_of(note): note for note in Note.objects.filter(ended_on__isnull=True)}
        new = [
            _note(rise, day=day, method=method, past_days=night.past_days, cells=len(night.cells), at=at)
            for rise in found
            if rise.counted.cell not in known
        ]
        Note.objects.bulk_create(new)
        for rise in found:
            if note := known.get(rise.counted.cell):
                note.last_on, note.last_recent = day, rise.counted.recent
                note.save(update_fields=["last_on", "last_recent"])
        over = day - dt.timedelta(days=method.window_days)
        Note.objects.filter(ended_on__isnull=True, last_on__lte=over).update(ended_on=day)
        looked = Look.objects.create(
            day=day,
            at=at,
            method=method,
            cells=len(night.cells),
            rising=len(found),
            raised=len(new),
            past_days=night.past_days,
        )
        if new:
            notices.tell_office(at=at)
    return looked


@transaction.atomic
def see(note_id: int, *, by: Membership, at: dt.datetime) -> Note:
    """Say that somebody of the office has looked at it; whoever was first stays. Raises OnlyTheOffice."""
    note = _locked(note_id, by)
    if note.seen_at is None:
        note.seen_at, note.seen_by = at, by
        note.save(update_fields=["seen_at", "seen_by"])
    return note


@transaction.atomic
def dismiss(note_id: int, *, reason: str, by: Membership, at: dt.datetime) -> Note:
    """Say why nothing follows from it. It is not raised anew while the same episode goes on.

    Sent twice, it is one. Raises OnlyTheOffice, ReasonMissing, WasDismissed.
    """
    note = _locked(note_id, by)
    if not reason:
        raise ReasonMissing
    if note.dismissed_at is not None:
        if note.reason == reason and note.dismissed_by == by:
            return note
        raise WasDismissed
    note.dismissed_at, note.dismissed_by, note.reason = at, by, reason
    note.save(update_fields=["dismissed_at", "dismissed_by", "reason"])
    return note


@transaction.atomic
def bring_back(note_id: int, *, by: Membership) -> Note:
    """Undo a dismissal; the history keeps it. Raises OnlyTheOffice, NotDismissed."""
    note = _locked(note_id, by)
    if note.dismissed_at is None:
        raise NotDismissed
    note.dismissed_at, note.dismissed_by, note.reason = None, None, ""
    note.save(update_fields=["dismissed_at", "dismissed_by", "reason"])
    return note


def cell_of(note: Note) -> Cell:
    return Cell(
        NoteKind(note.kind),
        category=note.category,
        provider_id=note.provider_id,
        lea_id=note.lea_id,
        rule=note.rule,
    )


def _note(rise: Rising, *, day: dt.date, method: Method, past_days: int, cells: int, at: dt.datetime) -> Note:
    counted, cell = rise.counted, rise.counted.cell
    return Note(
        kind=cell.kind,
        category=cell.category,
        provider_id=cell.provider_id,
        lea_id=cell.lea_id,
        rule=cell.rule,
        found_on=day,
        recent=counted.recent,
        past=counted.past,
        others_recent=counted.others_recent,
        others_past=counted.others_past,
        past_days=past_days,
        expected=rise.expected,
        chance=rise.chance,
        threshold=rise.threshold,
        cells=cells,
        method=method,
        raised_at=at,
        last_on=day,
        last_recent=counted.recent,
    )


def _locked(note_id: int, by: Membership) -> Note:
    if by.role not in DESE_ROLES:
        raise OnlyTheOffice
    return Note.objects.select_for_update(of=("self",)).get(pk=note_id)
