"""One step of a request: its row locked, its place looked up, its story told."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import Entry, TranscriptRequest
from ..rules import State, Step, after


class NotPossibleNow(Refusal):
    """The request stands where this step cannot be taken: somebody else may have been faster."""

    def __init__(self, state: str) -> None:
        super().__init__(
            _(
                "This cannot be done now: the request is at “%(state)s”. Somebody may have been faster than you. "
                "Look at the request again."
            )
            % {"state": State(state).label}
        )


class LetGo(Refusal):
    sentence = _(
        "This request was answered years ago, and what only its handling needed was removed. Nothing more can be done "
        "with it."
    )


def locked(request_id: int, step: Step) -> tuple[TranscriptRequest, State]:
    """The request, locked until the transaction ends, and where this step leads. Raises NotPossibleNow, LetGo.

    Whoever comes second waits here, then finds what the first one did.
    """
    request = TranscriptRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.let_go_at is not None:
        raise LetGo
    to = after(request.state, step)
    if to is None:
        raise NotPossibleNow(request.state)
    return request, to


def tell(
    request: TranscriptRequest, step: Step, *, by: Membership | None, at: dt.datetime, text: str = ""
) -> Entry:
    """Add the line to the story, and mail it where the person is told of such steps."""
    entry = Entry.objects.create(request=request, step=step, state=request.state, text=text, by=by, at=at)
    notices.tell(entry)
    return entry
