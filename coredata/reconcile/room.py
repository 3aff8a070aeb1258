"""What the room of a mismatch shows to who enters: what it is about, where each side stands, and all that was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.ui.words import long_day

from . import cards, life
from .catalogue import CATALOGUE
from .lists import names
from .models import Escalation, Mismatch, MismatchState, Remark, RemarkKind, Ruling, Side
from .seats import Seat, held_in, may_have_file, readable, rooms_of, seat_of, seats
from .silence import asked_at, asks, escalated, last_day, positions, touched, waits_for_office, with_questions


@dataclass(frozen=True, slots=True)
class Stand:
    """A party of the room: what it said last of the data, and until when it is asked."""

    seat: Seat
    position: Remark | None
    answer_by: dt.date | None
    must_correct: bool
    is_own: bool


@dataclass(slots=True)
class Room:
    """One room as one hat sees it. `mismatch`: with its LEA, provider and year."""

    mismatch: Mismatch
    hat: Membership
    parties: list[Seat]
    side: Side
    rulings: list[Ruling] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.mismatch.state != MismatchState.RESOLVED

    @property
    def ruling(self) -> Ruling | None:
        """What holds now; what was decided before the mismatch was away holds no more."""
        return next((one for one in reversed(self.rulings) if one.at >= self.mismatch.opened_at), None)

    @property
    def is_party(self) -> bool:
        return self.side != Side.OFFICE

    @property
    def knows_the_card(self) -> bool:
        return self.side != Side.OTHER

    def name_of(self, side: str) -> str:
        """A party by its name."""
        names = (str(seat.organization) for seat in self.parties if seat.side == side)
        return next(names, str(Side(side).label))

    def others(self) -> list[str]:
        """Who else reads what is shared."""
        parties = [str(seat.organization) for seat in self.parties if seat.side != self.side]
        return parties if self.side == Side.OFFICE else [*parties, str(Side.OFFICE.label)]


def enter(hat: Membership, mismatch: Mismatch) -> Room | None:
    """The room of this mismatch; None where the hat has no seat. `mismatch`: with its LEA, provider and year."""
    place = held_in(mismatch)
    parties = seats(place)
    side = seat_of(hat, place, parties)
    if side is None:
        return None
    return Room(
        place,
        hat,
        parties,
        side,
        list(place.rulings.select_related("by__organization").order_by("at", "pk")),
        list(place.escalations.select_related("organization").order_by("at", "pk")),
        list(
            readable(hat, place)
            .select_related("by__organization", "organization", "document")
            .order_by("at", "pk")
        ),
    )


def stands(room: Room) -> list[Stand]:
    """Each party, and where it stands."""
    mismatch = room.mismatch
    row = with_questions(Mismatch.objects.still_open().filter(pk=mismatch.pk)).first()
    latest = {one.side: one for one in positions().filter(mismatch=mismatch, at__gte=mismatch.opened_at)}
    found = []
    for seat in room.parties:
        asked = asked_at(row, seat.side)
        found.append(
            Stand(
                seat,
                latest.get(seat.side),
                last_day(asked) if asked else None,
                room.is_open and room.ruling is not None and room.ruling.must_correct == seat.side,
                seat.side == room.side,
            )
        )
    return found


def is_escalated(room: Room) -> bool:
    """Whether it is with the office because a side was silent."""
    return Mismatch.objects.still_open().filter(escalated(), pk=room.mismatch.pk).exists()


def is_awaited(mismatch: Mismatch, side: Side) -> bool:
    """Whether this room waits for who sits on this side."""
    row = Mismatch.objects.filter(pk=mismatch.pk).still_open()
    if side == Side.OFFICE:
        return waits_for_office(row).exists()
    return with_questions(touched(row)).filter(asks(side)).exists()


def at_the_door(hat: Membership, mismatch: Mismatch) -> dict[str, Any] | None:
    """For the card: how much the hat finds to read in the room, and whether it is awaited there."""
    place = held_in(mismatch)
    side = seat_of(hat, place, seats(place))
    if side is None:
        return None
    return {
        "url": reverse("reconcile:room", args=[mismatch.pk]),
        "count": readable(hat, place).count(),
        "waits": is_awaited(place, side),
    }


def about(room: Room) -> list[dict[str, str]]:
    """What it is about: the facts of the card, or no more than the claim for the other LEA."""
    if room.knows_the_card:
        student = names(room.hat, [room.mismatch]).get(room.mismatch.mosis_id, "")
        return cards.facts(room.mismatch, room.hat, student=student)
    return cards.claim(room.mismatch)


def sentence(room: Room) -> str:
    """What is wrong, as this side reads it. The other LEA reads what the office reads, without what was found."""
    if room.knows_the_card:
        return cards.sentence(room.mismatch, room.hat)
    other = {"other": room.mismatch.facts.get("other")}
    return CATALOGUE[room.mismatch.code].fill(CATALOGUE[room.mismatch.code].dese, other)


def entries(room: Room) -> list[dict[str, Any]]:
    """All that happened, the oldest first."""
    of_portal = life.entries if room.knows_the_card else life.found
    found = [
        *of_portal(room.mismatch, room.hat),
        *_remarks(room),
        *_rulings(room),
        *_escalations(room),
    ]
    return sorted(found, key=itemgetter("when"))


def _remarks(room: Room) -> Iterator[dict[str, Any]]:
    for one in room.remarks:
        if one.kind == RemarkKind.NOTE:
            what = _("Note to everybody in the room") if one.is_shared else _("Note to your organization")
        else:
            words = {"kind": one.get_kind_display(), "reason": one.get_reason_display()}
            what = _("%(kind)s: %(reason)s") % words
        yield {
            "what": what,
            "when": one.at,
            "who": life.who(one.by),
            "more": one.text,
            "state": "done",
            "is_private": not one.is_shared,
            "has_file": one.document_id is not None,
            "file": one if one.document_id and may_have_file(room.hat, one, room.mismatch) else None,
        }


def _rulings(room: Room) -> Iterator[dict[str, Any]]:
    for one in room.rulings:
        yield {
            "what": ruled(room, one),
            "when": one.at,
            "who": life.who(one.by),
            "more": one.reason,
            "state": "done",
            "is_replaced": one != room.rulings[-1],
        }


def _escalations(room: Room) -> Iterator[dict[str, Any]]:
    for one in room.escalations:
        yield {
            "what": _("Handed to the MOCAP office: %(side)s did not answer in time")
            % {"side": one.organization},
            "when": one.at,
            "who": _("The portal"),
            "more": _("Asked on %(asked)s, to be answered until %(day)s.")
            % {"asked": long_day(one.asked_at), "day": long_day(last_day(one.asked_at))},
            "state": "done",
        }


def ruled(room: Room, ruling: Ruling) -> str:
    """A ruling in one sentence."""
    if not ruling.right:
        return _("The MOCAP office has not decided: the sides settle it between them.")
    return _(
        "The MOCAP office has decided: the data of %(right)s are right. %(wrong)s must correct: %(what)s"
    ) % {
        "right": room.name_of(ruling.right),
        "wrong": room.name_of(ruling.must_correct),
        "what": ruling.what,
    }


def room_of(hat: Membership, pk: int) -> Room | None:
    """The room of the mismatch with this key, as far as the hat may know that it exists."""
    rows = rooms_of(hat).select_related("lea__organization", "provider__organization", "school_year")
    mismatch = rows.filter(pk=pk).first()
    return enter(hat, mismatch) if mismatch is not None else None
