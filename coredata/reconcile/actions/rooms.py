"""What is said and decided in the room of a mismatch. Nothing of it changes a record, an approval or the mismatch."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from enrollment.records.actions import log_disclosures
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import DESE_ROLES, PROVIDER_ROLES, Membership
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.models import Document
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import room_notices as notices
from ..models import (
    NEED_WORDS,
    PARTIES,
    POSITIONS,
    REASONS,
    Escalation,
    Mismatch,
    MismatchState,
    Reason,
    Remark,
    RemarkKind,
    Ruling,
    Side,
)
from ..seats import Seat, held_in, may_have_file, readable, seat_of, seats
from ..silence import asked_at, last_day, positions, touched, waits_for_office, with_questions
from .answering import CLERKS, WasResolved

SPEAKERS = CLERKS | PROVIDER_ROLES | DESE_ROLES
# Kept in English, shown in the reader's language.
WHAT_IS_TAKEN = gettext_noop("A file about how core data and reports about the student differ")
WHY_IT_IS_TAKEN = gettext_noop("It was shared in the room of a mismatch")


class NotInTheRoom(Refusal):
    sentence = _(
        "Only the district, the provider and the MOCAP office of this mismatch speak here. Change your role, if you "
        "have another one."
    )


class NotYourReason(Refusal):
    sentence = _("Your side cannot give this reason. Choose one of the list.")


class WordsMissing(Refusal):
    sentence = _("Write what you mean: another reason has to be explained.")


class NothingWritten(Refusal):
    sentence = _("Write a note or choose a file.")


class OnlyTheOfficeDecides(Refusal):
    sentence = _("Only the MOCAP office decides here. Agree, contest, or write a note.")


class NotOfTheRoom(Refusal):
    sentence = _(
        "Choose two different sides that are in this room, and write what has to be corrected and why."
    )


class FileNotYours(Refusal):
    sentence = _("This file was not shared with you. Ask the side that added it.")


@transaction.atomic
def take_position(
    mismatch_id: int, kind: RemarkKind, *, reason: Reason, text: str = "", by: Membership, at: dt.datetime
) -> Remark:
    """Agree or contest, for a party. Its latest position counts; the same again is one. The other sides are told.

    Raises NotInTheRoom, WasResolved, NotYourReason, WordsMissing.
    """
    mismatch, parties, side = _enter(mismatch_id, by)
    if side not in PARTIES or kind not in POSITIONS or by.organization is None:
        raise NotInTheRoom
    if reason not in REASONS[side][kind]:
        raise NotYourReason
    if reason in NEED_WORDS and not text:
        raise WordsMissing
    standing = positions().filter(mismatch=mismatch, side=side, at__gte=_since(mismatch)).first()
    if standing is not None and (standing.kind, standing.reason, standing.text) == (kind, reason, text):
        return standing
    remark = Remark.objects.create(
        mismatch=mismatch,
        side=side,
        organization=by.organization,
        kind=kind,
        reason=reason,
        text=text,
        is_shared=True,
        by=by,
        at=at,
    )
    _tell(remark, mismatch, parties)
    return remark


@transaction.atomic
def write_note(
    mismatch_id: int,
    *,
    text: str,
    is_shared: bool,
    by: Membership,
    at: dt.datetime,
    upload: File | None = None,  # type: ignore[type-arg]
) -> Remark:
    """Write for all in the room or for the own organization, with or without a file. Sent twice, it is one.

    Raises NotInTheRoom, WasResolved, NothingWritten, and what papers.actions.store_document raises.
    """
    mismatch, parties, side = _enter(mismatch_id, by)
    if by.organization is None:
        raise NotInTheRoom
    if not text and upload is None:
        raise NothingWritten
    own = Remark.objects.filter(mismatch=mismatch, by=by).select_related("document")
    last = own.order_by("-pk").first()
    if last is not None and (last.kind, last.text, last.is_shared) == (RemarkKind.NOTE, text, is_shared):
        kept = last.document.sha256 if last.document else ""
        if kept == (_sha256(upload) if upload is not None else ""):
            return last
    remark = Remark.objects.create(
        mismatch=mismatch,
        side=side,
        organization=by.organization,
        kind=RemarkKind.NOTE,
        text=text,
        is_shared=is_shared,
        document=papers.store_document(upload, by=by, at=at) if upload is not None else None,
        by=by,
        at=at,
    )
    if is_shared:
        _tell(remark, mismatch, parties)
    return remark


@transaction.atomic
def decide(
    mismatch_id: int,
    *,
    right: Side | None,
    must_correct: Side | None,
    what: str,
    reason: str,
    by: Membership,
    at: dt.datetime,
) -> Ruling:
    """Say whose data are right and who corrects what; or, with neither, that the sides settle it between them.

    It ends an escalation and takes the place of what was decided before, which stays to be read. The mismatch stays
    open until the data agree. The same again is one. Raises OnlyTheOfficeDecides, WasResolved, NotOfTheRoom.
    """
    mismatch, parties, side = _enter(mismatch_id, by)
    if side != Side.OFFICE:
        raise OnlyTheOfficeDecides
    sides = {seat.side for seat in parties}
    named = {one for one in (right, must_correct) if one is not None}
    is_whole = len(named) == 2 and named <= sides and bool(what)
    if not reason or not (is_whole or (not named and not what)):
        raise NotOfTheRoom
    said = {"right": right or "", "must_correct": must_correct or "", "what": what, "reason": reason}
    last = Ruling.objects.filter(mismatch=mismatch, at__gte=mismatch.opened_at).order_by("-at", "-pk").first()
    spoken = Remark.objects.filter(mismatch=mismatch, is_shared=True, at__gt=last.at if last else at)
    if last is not None and said == {name: getattr(last, name) for name in said} and not spoken.exists():
        return last
    ruling = Ruling.objects.create(mismatch=mismatch, by=by, at=at, **said)
    notices.tell_ruling(ruling, parties)
    return ruling


@transaction.atomic
def take_file(remark_id: int, *, by: Membership, at: dt.datetime) -> Document:
    """The file of a remark, for whom it is shared with; what goes to another organization is logged (R-130).

    Raises FileNotYours.
    """
    remark = Remark.objects.select_related("document", "mismatch__lea__organization").get(pk=remark_id)
    mismatch = remark.mismatch
    sits = seat_of(by, mismatch, seats(mismatch)) is not None
    is_readable = readable(by, mismatch).filter(pk=remark_id).exists()
    if not (sits and is_readable and remark.document and may_have_file(by, remark, mismatch)):
        raise FileNotYours
    if by.organization is not None and by.organization_id != remark.organization_id:
        students = Student.objects.exclude(mosis_id=None).filter(mosis_id=mismatch.mosis_id)
        log_disclosures(
            students=list(students.values_list("pk", flat=True)),
            recipient=by.organization,
            by=by,
            at=at,
            what=WHAT_IS_TAKEN,
            why=WHY_IT_IS_TAKEN,
        )
    return remark.document


def escalate_silent(*, at: dt.datetime) -> list[Escalation]:
    """Hand to the MOCAP office what a side has not answered by its last day. Each silence once, however often it runs.

    One after the other, so that whoever is killed has done what is done.
    """
    # A first cut, with room for a day of 23 hours: which day is the last one is asked of the calendar, for each.
    shortest = dt.timedelta(days=settings.RECONCILE_SILENCE_DAYS, hours=-1)
    rows = with_questions(touched(Mismatch.objects.still_open()))
    found = []
    for side in PARTIES:
        done = Escalation.objects.filter(
            mismatch=OuterRef("pk"), silent=side, asked_at=OuterRef(f"asked_{side}")
        )
        late = rows.filter(~Exists(done), **{f"asked_{side}__lt": at - shortest})
        for pk in late.order_by("pk").values_list("pk", flat=True):
            escalation = _escalate(pk, side, at=at)
            if escalation is not None:
                found.append(escalation)
    return found


@transaction.atomic
def _escalate(mismatch_id: int, side: Side, *, at: dt.datetime) -> Escalation | None:
    """None where it is done already, was answered meanwhile, or is not late yet."""
    Mismatch.objects.select_for_update(of=("self",)).get(pk=mismatch_id)
    rows = with_questions(Mismatch.objects.still_open().filter(pk=mismatch_id))
    mismatch = rows.select_related("lea__organization", "provider__organization").first()
    asked = asked_at(mismatch, side)
    if mismatch is None or asked is None or central_date(at) <= last_day(asked):
        return None
    parties = seats(mismatch)
    silent = next((seat for seat in parties if seat.side == side), None)
    if silent is None:
        return None
    escalation, is_new = Escalation.objects.get_or_create(
        mismatch=mismatch,
        silent=side,
        asked_at=asked,
        defaults={"organization": silent.organization, "at": at},
    )
    if not is_new:
        return None
    notices.tell_silence(escalation, parties)
    return escalation


def _enter(mismatch_id: int, by: Membership) -> tuple[Mismatch, list[Seat], Side]:
    """The mismatch whose room it is, locked, who sits there, and where `by` sits. Raises NotInTheRoom, WasResolved."""
    rows = Mismatch.objects.select_related("lea__organization", "provider__organization")
    room = held_in(rows.get(pk=mismatch_id))
    mismatch = rows.select_for_update(of=("self",)).get(pk=room.pk)
    parties = seats(mismatch)
    side = seat_of(by, mismatch, parties) if by.role in SPEAKERS else None
    if side is None:
        raise NotInTheRoom
    if mismatch.state == MismatchState.RESOLVED:
        raise WasResolved
    return mismatch, parties, side


def _since(mismatch: Mismatch) -> dt.datetime:
    """From when on words count: the last ruling in this life of the mismatch, or its beginning."""
    rulings = Ruling.objects.filter(mismatch=mismatch, at__gte=mismatch.opened_at)
    last = rulings.order_by("-at").values_list("at", flat=True).first()
    return last or mismatch.opened_at


def _tell(remark: Remark, mismatch: Mismatch, parties: list[Seat]) -> None:
    notices.tell_remark(remark, parties)
    if remark.side != Side.OFFICE and waits_for_office(Mismatch.objects.filter(pk=mismatch.pk)).exists():
        notices.tell_office(at=remark.at)


def _sha256(upload: File) -> str:  # type: ignore[type-arg]
    digest = hashlib.sha256()
    upload.seek(0)
    for piece in upload.chunks():
        digest.update(piece)
    upload.seek(0)
    return digest.hexdigest()
