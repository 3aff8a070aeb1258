"""What people hear of rooms. No mail says who the student is or what was said: it leads to the page that does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coredata.notices import reporters_of, senders_of
from enrollment.part_time.notices import state_office
from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers import digest

from .models import Escalation, Remark, RemarkKind, Ruling, Side
from .seats import Seat
from .silence import last_day

CONTESTED = _("The other side contests a mismatch of yours. Answer in its room until %(day)s.")
AGREED = _("The other side agrees in the room of a mismatch of yours.")
WRITTEN = _("Somebody wrote to you in the room of a mismatch.")
FOR_THE_OFFICE = _("Sides do not agree about mismatches, or ask you. The rooms wait for you.")
SILENT = _("Sides did not answer in time. Their mismatches are handed to you.")
HANDED_ON = _("A mismatch of yours is handed to the MOCAP office: a side did not answer in time.")
TO_CORRECT = _("The MOCAP office has decided about a mismatch: you have to correct something.")
DECIDED = _("The MOCAP office has decided about a mismatch of yours.")
GIVEN_BACK = _("The MOCAP office asks the sides of a mismatch to settle it between them.")
WHERE = _("The page says what was decided and why:")


def tell_remark(remark: Remark, parties: Iterable[Seat]) -> None:
    """The other parties, in the mail of the day."""
    words = {RemarkKind.CONTEST: CONTESTED, RemarkKind.AGREE: AGREED, RemarkKind.NOTE: WRITTEN}
    for seat in parties:
        if seat.side != remark.side:
            digest.add_to_each(
                people_of(seat),
                f"room-{remark.kind}:{remark.mismatch_id}",
                words[RemarkKind(remark.kind)],
                at=remark.at,
                path=reverse("reconcile:room", args=[remark.mismatch_id]),
                day=last_day(remark.at),
            )


def tell_office(*, at: dt.datetime) -> None:
    """Something waits that only the office can move. Once a day, however much it is."""
    digest.add_to_each(state_office(), "rooms-wait", FOR_THE_OFFICE, at=at, path=reverse("reconcile:rooms"))


def tell_silence(escalation: Escalation, parties: Iterable[Seat]) -> None:
    """The office, and all sides."""
    digest.add_to_each(
        state_office(), "rooms-silent", SILENT, at=escalation.at, path=reverse("reconcile:rooms")
    )
    for seat in parties:
        digest.add_to_each(
            people_of(seat),
            f"room-handed-on:{escalation.mismatch_id}",
            HANDED_ON,
            at=escalation.at,
            path=reverse("reconcile:room", args=[escalation.mismatch_id]),
        )


def tell_ruling(ruling: Ruling, parties: Iterable[Seat]) -> None:
    """All sides, at once: one of them has to act."""
    for seat in parties:
        sentence = GIVEN_BACK if not ruling.right else DECIDED
        papers.tell(
            people_of(seat),
            f"room-ruling:{ruling.pk}:{seat.side}",
            subject=_("The MOCAP office has decided about a mismatch"),
            sentences=[TO_CORRECT if seat.side == ruling.must_correct else sentence, WHERE],
            path=reverse("reconcile:room", args=[ruling.mismatch_id]),
            at=ruling.at,
        )


def people_of(seat: Seat) -> list[User]:
    """Who hears of what a side has in its rooms."""
    return (
        reporters_of(seat.organization.pk) if seat.side == Side.PROVIDER else senders_of(seat.organization.pk)
    )
