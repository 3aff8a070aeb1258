"""What somebody wrote becomes a concern, and the office's clocks start."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from .. import codes, notices
from ..files import Kept
from ..models import Concern, Contact, Entry, EntryKind, Format, IdentityConsent, Writer
from . import timing
from .filing import keep_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the form says, cleaned. The names are those of `Concern`; of rows that it is about, the ids."""

    writer: Writer | str
    category: str
    what_happened: str
    is_anonymous: bool = False
    name: str = ""
    email: str = ""
    phone: str = ""
    contact: Contact | str = Contact.NONE
    language: str = "en"
    format: Format | str = Format.USUAL
    lea_id: int | None = None
    provider_id: int | None = None
    program_id: int | None = None
    course_id: int | None = None
    course_title: str = ""
    track: str = ""
    student_name: str = ""
    student_grade: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    happened_from: dt.date | None = None
    happened_to: dt.date | None = None
    tried: str = ""
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The concern, its secret as it is told, and whether it is new: the same form may have come before."""

    concern: Concern
    secret: str
    is_new: bool


def send(
    said: Said, *, form: UUID, may_be_named: str = "", files: Sequence[Kept] = (), at: dt.datetime
) -> Sent:
    """Store a concern, start its clocks, mail a receipt if there is an address (R-117).

    `form`: the key of the form. The same form again, even at the same moment, gives the concern that it made before,
    unchanged. `may_be_named`: the sentence by which the writer lets the office name them, empty without consent;
    nobody is named in an anonymous concern, whatever else the form says. `files`: as `files.keep` has read them.
    Raises NoLegalValue.
    """
    if said.is_anonymous:
        said = replace(said, name="", email="", phone="", contact=Contact.NONE)
        may_be_named = ""
    # Hardly ever there: nothing but that is asked first.
    before = sent_before(form) if Concern.objects.filter(form=form).exists() else None
    if before is not None:
        return before
    secret = codes.secret_of(form)
    try:
        with transaction.atomic():
            concern = _store(said, form=form, secret=secret, at=at)
            if may_be_named:
                IdentityConsent.objects.create(concern=concern, is_given=True, text=may_be_named, at=at)
            keep_files(concern, files, at=at)
            notices.tell_received(concern, at=at)
    except IntegrityError:
        before = sent_before(form)  # by somebody's second click
        if before is None:
            raise
        return before
    return Sent(concern, secret, is_new=True)


def sent_before(form: UUID) -> Sent | None:
    """What this form made when it was sent; None if it was not."""
    concern = Concern.objects.filter(form=form).first()
    if concern is None:
        return None
    return Sent(concern, codes.secret_of(form, stored=concern.secret_hash), is_new=False)


def _store(said: Said, *, form: UUID, secret: str, at: dt.datetime) -> Concern:
    acknowledge, sort, reply = timing.start(at=at)
    concern = Concern.objects.create(
        **asdict(said),
        form=form,
        secret_hash=codes.hash_secret(secret),
        received_at=at,
        acknowledge_clock=acknowledge,
        sort_clock=sort,
        reply_clock=reply,
        due_on=acknowledge.due_on,
    )
    Entry.objects.create(concern=concern, kind=EntryKind.RECEIVED, at=at)
    return concern
