"""Somebody without an account asks for an old transcript, and adds papers to the request."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import partial
from uuid import UUID, uuid5

from celery import signature
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concerns import codes, files
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import Asker, Delivery, Paper, PaperKind, TranscriptRequest
from ..rules import State, Step
from .papers import keep_paper
from .steps import locked, tell

MOST_PAPERS = 10  # of one request


class ConsentMissing(Refusal):
    sentence = _(
        "A consent needs all of it: which records, what for, who gets them, a signature and its day. Fill in what is "
        "missing."
    )


class ConsentPaperMissing(Refusal):
    sentence = _("You ask for somebody else. Add the consent that the former student signed, as a file.")


class TooManyPapers(Refusal):
    sentence = _("This request has ten papers already. Wait until the office has looked at them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the form says. The consent is the former student's: empty where they ask and get it themselves."""

    former_last_name: str
    former_first_name: str
    birth_date: dt.date
    years: str
    school_then: str
    asker: Asker
    delivery: Delivery
    current_last_name: str = ""
    current_first_name: str = ""
    courses: str = ""
    asker_name: str = ""
    email: str = ""
    phone: str = ""
    recipient: str = ""
    recipient_address: str = ""
    consent_records: str = ""
    consent_purpose: str = ""
    consent_signed_name: str = ""
    consent_signed_on: dt.date | None = None

    @property
    def needs_consent(self) -> bool:
        return self.asker != Asker.STUDENT or self.delivery != Delivery.SELF

    @property
    def consent_recipient(self) -> str:
        """Who may read the records, by the consent: who gets them."""
        return (self.recipient or self.asker_name) if self.needs_consent else ""

    def columns(self) -> dict[str, object]:
        """The columns of the request that the form fills in."""
        values: dict[str, object] = {one.name: getattr(self, one.name) for one in fields(self)}
        return values | {"consent_recipient": self.consent_recipient}


@transaction.atomic
def ask(
    asked: Asked, *, key: UUID, papers: Mapping[PaperKind, files.Kept], language: str, at: dt.datetime
) -> TranscriptRequest:
    """Keep a request. `key`: of the form; the same form with the same answers sent twice is one request.

    Raises ConsentMissing, ConsentPaperMissing; then nothing is kept.
    """
    if asked.needs_consent:
        whole = (
            asked.consent_records,
            asked.consent_purpose,
            asked.consent_recipient,
            asked.consent_signed_name,
            asked.consent_signed_on,
        )
        if not all(whole):
            raise ConsentMissing
        if asked.asker == Asker.OTHER and PaperKind.CONSENT not in papers:
            raise ConsentPaperMissing
    form = uuid5(key, _said(asked, papers))
    request, is_new = TranscriptRequest.objects.get_or_create(
        form=form,
        defaults={
            **asked.columns(),
            "secret_hash": codes.hash_secret(codes.secret_of(form)),
            "received_at": at,
            "due_on": due_on(at),
            "language": language,
        },
    )
    if is_new:
        tell(request, Step.RECEIVE, by=None, at=at)
        different = {
            one.sha256: (kind, one) for kind, one in papers.items()
        }  # the same file in two boxes is one
        for kind, one in different.values():
            _scan_later(keep_paper(request, kind, one, at=at))
    return request


def due_on(at: dt.datetime) -> dt.date:
    """The last day to answer what comes in at this moment: so many calendar days (34 CFR 99.10(b))."""
    day = central_date(at)
    return day + dt.timedelta(days=LegalValue.objects.whole(LegalKey.TRANSCRIPT_DAYS, on=day))


@transaction.atomic
def add_paper(request_id: int, *, kind: PaperKind, kept: files.Kept, at: dt.datetime) -> Paper:
    """Add a file to a request whose identity is not checked yet. The same file twice is one.

    Raises NotPossibleNow, TooManyPapers.
    """
    request, _to = locked(request_id, Step.ADD_PAPER)
    known = Paper.objects.filter(request=request)
    same = known.filter(sha256=kept.sha256).first()
    if same is not None:
        return same
    if known.count() >= MOST_PAPERS:
        raise TooManyPapers
    paper = keep_paper(request, kind, kept, at=at)
    tell(request, Step.ADD_PAPER, by=None, at=at)
    _scan_later(paper)
    return paper


def secret_of(request: TranscriptRequest) -> str:
    """The secret of a request, for its receipt; empty when the key of that time is gone."""
    assert request.form is not None  # nobody has a receipt of what was let go
    return codes.secret_of(request.form, stored=request.secret_hash)


def is_waiting_for_proof(request: TranscriptRequest) -> bool:
    """Whether the identity is still to be checked and no paper says who they are."""
    return request.state == State.REQUESTED and not request.papers.exists()


def _said(asked: Asked, papers: Mapping[PaperKind, files.Kept]) -> str:
    """All that was sent, as one text: what differs in one answer is another request."""
    digests = {str(kind): one.sha256 for kind, one in papers.items()}
    return json.dumps([asked.columns(), digests], default=str, sort_keys=True)


def _scan_later(paper: Paper) -> None:
    # By name: tasks stand above actions. Robust: without a broker the paper waits for `scan_waiting`.
    scan = signature("movip.scan_paper", args=[str(paper.pk)])
    transaction.on_commit(partial(scan.apply_async), robust=True)
