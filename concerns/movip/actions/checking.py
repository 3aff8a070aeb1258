"""Who looks after a request, who its student is, and what ends it without an answer."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import Asker, IdentityCheck, LookedAt, Paper, PaperKind, TranscriptRequest
from ..rules import State, Step
from .steps import locked, tell


class ProofMissing(Refusal):
    sentence = _(
        "There is no such paper with this request. Ask the person for it, or say what else you looked at."
    )


class NotOfTheOffice(Refusal):
    sentence = _("Only people of the state office look after these requests. Choose one of them.")


@transaction.atomic
def assign(request_id: int, *, to: Membership | None, by: Membership, at: dt.datetime) -> TranscriptRequest:
    """Give a request to somebody of the office, or to nobody. The same again changes nothing.

    Raises NotPossibleNow, NotOfTheOffice.
    """
    request, _to = locked(request_id, Step.ASSIGN)
    if to is not None and (to.role not in DESE_ROLES or to.ended_at is not None):
        raise NotOfTheOffice
    if request.assigned_to_id != (to.pk if to else None):
        request.assigned_to = to
        request.save(update_fields=["assigned_to"])
        tell(request, Step.ASSIGN, by=by, at=at)
    return request


@transaction.atomic
def check_identity(
    request_id: int, *, looked_at: LookedAt, what: str, by: Membership, at: dt.datetime
) -> IdentityCheck:
    """Record that the identity was checked: by what, by whom, when (R-121). Whoever checks looks after the request.

    Raises NotPossibleNow, ProofMissing.
    """
    request, to = locked(request_id, Step.CHECK)
    papers = Paper.objects.filter(request=request)
    if looked_at == LookedAt.SENT_ID and not papers.exists():
        raise ProofMissing
    if looked_at == LookedAt.CONSENT and not papers.filter(kind=PaperKind.CONSENT).exists():
        raise ProofMissing
    check = IdentityCheck.objects.create(request=request, looked_at=looked_at, what=what, by=by, at=at)
    request.identity_check = check
    request.state = to
    request.assigned_to = request.assigned_to or by
    request.save(update_fields=["identity_check", "state", "assigned_to"])
    tell(request, Step.CHECK, by=by, at=at)
    return check


@transaction.atomic
def uncheck_identity(request_id: int, *, by: Membership, at: dt.datetime) -> TranscriptRequest:
    """Take a mistaken check back, as long as nobody has looked for the records. Raises NotPossibleNow."""
    request, to = locked(request_id, Step.UNCHECK)
    request.identity_check = None
    request.state = to
    request.save(update_fields=["identity_check", "state"])
    tell(request, Step.UNCHECK, by=by, at=at)
    return request


@transaction.atomic
def ask_proof(request_id: int, *, text: str, by: Membership, at: dt.datetime) -> TranscriptRequest:
    """Ask the person for a better proof; `text` is what they read on the page. Raises NotPossibleNow."""
    request, _to = locked(request_id, Step.ASK_PROOF)
    tell(request, Step.ASK_PROOF, by=by, at=at, text=text)
    return request


@transaction.atomic
def close(request_id: int, *, text: str, by: Membership, at: dt.datetime) -> TranscriptRequest:
    """End an open request without an answer; `text` tells the person why. Raises NotPossibleNow."""
    request, to = locked(request_id, Step.CLOSE)
    request.state = to
    request.save(update_fields=["state"])
    tell(request, Step.CLOSE, by=by, at=at, text=text)
    return request


@transaction.atomic
def reopen(request_id: int, *, text: str, by: Membership, at: dt.datetime) -> TranscriptRequest:
    """Go on with a request that was ended. One that was closed begins anew, identity check included.

    Raises NotPossibleNow.
    """
    request, to = locked(request_id, Step.REOPEN)
    request.state = to
    request.handed_out_at = None
    if to == State.REQUESTED:
        request.identity_check = None
    request.save(update_fields=["state", "identity_check", "handed_out_at"])
    tell(request, Step.REOPEN, by=by, at=at, text=text)
    return request


def needs_consent_paper(request: TranscriptRequest) -> bool:
    """Whether somebody asks for another and no signed consent came with it."""
    return request.asker == Asker.OTHER and not request.papers.filter(kind=PaperKind.CONSENT).exists()
