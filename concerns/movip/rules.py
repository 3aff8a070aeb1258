"""Where a request for an old transcript can stand, and which step leads from where to where. No database.

Nothing leaves the office from a place that the identity check has not led to (R-121): no path of `MOVES` goes around
it, and the table of requests refuses it once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a request stands. The first three are open."""

    REQUESTED = "requested", _("Received")
    CHECKED = "checked", _("Identity checked")
    SEARCHING = "searching", _("Being looked for")
    SENT = "sent", _("Transcript issued")
    NOT_FOUND = "not_found", _("Not found")
    SENT_ON = "sent_on", _("Sent on to the school of credit")
    CLOSED = "closed", _("Closed")


OPEN = (State.REQUESTED, State.CHECKED, State.SEARCHING)
ANSWERED = (State.SENT, State.NOT_FOUND, State.SENT_ON)


class Step(TextChoices):
    """What can be done to a request, each of it one action and one line of its story."""

    RECEIVE = "receive", _("The request came in")
    ADD_PAPER = "add_paper", _("A paper was added")
    ASK_PROOF = "ask_proof", _("The office asked for a better proof")
    ASSIGN = "assign", _("Somebody looks after the request")
    CHECK = "check", _("The identity was checked")
    UNCHECK = "uncheck", _("The identity check was taken back")
    LOOK = "look", _("The office looked for the records")
    CHOOSE = "choose", _("Records were chosen")
    ISSUE = "issue", _("The transcript was issued")
    MISS = "miss", _("Nothing was found")
    SEND_ON = "send_on", _("The request was sent on to the school of credit")
    HAND_OUT = "hand_out", _("The paper left the office")
    RECALL = "recall", _("The transcript was recalled")
    CLOSE = "close", _("The request was closed without an answer")
    REOPEN = "reopen", _("The request was opened again")


# Every pair of a state and a step that is possible, with the state it leads to. What is not here is refused.
MOVES: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (State.REQUESTED, Step.ADD_PAPER): State.REQUESTED,
        (State.REQUESTED, Step.ASK_PROOF): State.REQUESTED,
        (State.REQUESTED, Step.ASSIGN): State.REQUESTED,
        (State.REQUESTED, Step.CHECK): State.CHECKED,
        (State.REQUESTED, Step.CLOSE): State.CLOSED,
        (State.CHECKED, Step.ASSIGN): State.CHECKED,
        (State.CHECKED, Step.UNCHECK): State.REQUESTED,
        (State.CHECKED, Step.LOOK): State.SEARCHING,
        (State.CHECKED, Step.CLOSE): State.CLOSED,
        (State.SEARCHING, Step.ASSIGN): State.SEARCHING,
        (State.SEARCHING, Step.LOOK): State.SEARCHING,
        (State.SEARCHING, Step.CHOOSE): State.SEARCHING,
        (State.SEARCHING, Step.ISSUE): State.SENT,
        (State.SEARCHING, Step.MISS): State.NOT_FOUND,
        (State.SEARCHING, Step.SEND_ON): State.SENT_ON,
        (State.SEARCHING, Step.CLOSE): State.CLOSED,
        (State.SENT, Step.HAND_OUT): State.SENT,
        (State.SENT, Step.RECALL): State.SEARCHING,  # the identity check stands
        (State.NOT_FOUND, Step.REOPEN): State.SEARCHING,  # the identity check stands
        (State.SENT_ON, Step.HAND_OUT): State.SENT_ON,
        (State.SENT_ON, Step.REOPEN): State.SEARCHING,
        (State.CLOSED, Step.REOPEN): State.REQUESTED,  # the identity is checked anew
    }
)


def after(state: State | str, step: Step) -> State | None:
    """Where this step leads from here; None where it cannot be taken."""
    return MOVES.get((State(state), step))
