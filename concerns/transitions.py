"""What can be done with a concern in which state, and in which state it is then. One table; nothing else decides it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.refusals import Refusal

from .models import OPEN_STATES, Asked, Concern, ConcernState


class Act(models.TextChoices):
    """What the office, the writer and who is complained of do with a concern."""

    SORT = "sort", _("Sort")
    ASSIGN = "assign", _("Give it to a reviewer")
    RELEASE = "release", _("Put it back into the common inbox")
    NOTE = "note", _("Write a note")
    TAG = "tag", _("Change the tags")
    LINK = "link", _("Link")
    WRITE = "write", _("Write to the writer")
    ASK_WRITER = "ask_writer", _("Ask the writer")
    ASK = "ask", _("Ask the other side")
    ANSWER = "answer", _("Answer the office")
    TAKE_BACK = "take_back", _("Take the question back")
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Open it again")
    JOIN = "join", _("Join it with another")
    SEPARATE = "separate", _("Separate it again")
    HEAR = "hear", _("The writer writes on")
    CONSENT = "consent", _("The writer decides about being named")
    RATE = "rate", _("The writer rates the answer")


class NotNow(Refusal):
    """The concern is in a state in which this is not done."""


State = ConcernState
_STAYS = {state: state for state in State}
_OPEN_STAYS = {state: state for state in OPEN_STATES}
# Where it goes back to when nobody is waited for: with its reviewer, or sorted and nobody's yet.
REST = None

TABLE: Mapping[Act, Mapping[ConcernState, ConcernState | None]] = {
    Act.SORT: _OPEN_STAYS | {State.RECEIVED: State.SORTED},
    Act.ASSIGN: {
        State.RECEIVED: State.ASSIGNED,
        State.SORTED: State.ASSIGNED,
        State.ASSIGNED: State.ASSIGNED,
        State.AWAITING: State.AWAITING,
        State.RESPONDED: State.RESPONDED,
        State.REOPENED: State.ASSIGNED,
    },
    Act.RELEASE: {
        State.ASSIGNED: State.SORTED,
        State.AWAITING: State.AWAITING,
        State.RESPONDED: State.RESPONDED,
        State.REOPENED: State.REOPENED,
    },
    Act.NOTE: _STAYS,
    Act.TAG: _OPEN_STAYS | {State.CLOSED: State.CLOSED},
    Act.LINK: _OPEN_STAYS | {State.CLOSED: State.CLOSED},
    Act.WRITE: _OPEN_STAYS | {State.RESPONDED: REST, State.REOPENED: REST},
    Act.ASK_WRITER: dict.fromkeys(OPEN_STATES, State.AWAITING),
    Act.ASK: dict.fromkeys(OPEN_STATES, State.AWAITING),
    Act.ANSWER: {State.AWAITING: State.RESPONDED},
    Act.TAKE_BACK: {State.AWAITING: REST},
    Act.CLOSE: dict.fromkeys(OPEN_STATES, State.CLOSED),
    Act.REOPEN: {State.CLOSED: State.REOPENED, State.MERGED: State.REOPENED},
    Act.JOIN: dict.fromkeys(OPEN_STATES, State.MERGED),
    Act.SEPARATE: {State.MERGED: REST},
    Act.HEAR: _OPEN_STAYS | {State.AWAITING: REST, State.MERGED: State.MERGED},
    Act.CONSENT: _STAYS,
    Act.RATE: {State.CLOSED: State.CLOSED, State.MERGED: State.MERGED},
}
# Of a concern that is joined with another one: what can be done until that one is closed, and what from then on.
_UNTIL_THE_OTHER_IS_CLOSED = frozenset({Act.HEAR})
_ONCE_THE_OTHER_IS_CLOSED = frozenset({Act.REOPEN, Act.RATE})
# After these a question to the other side may still wait, and then the concern does, too.
_MAY_STILL_WAIT = frozenset({Act.ANSWER, Act.TAKE_BACK, Act.HEAR})

IS_CLOSED = _("This concern is closed. Open it again first.")
IS_MERGED = _("This concern is joined with another one. Work on that one, or separate them first.")
IS_ELSEWHERE = _(
    "This cannot be done with a concern in the state “%(state)s”. Reload the page to see what can be done."
)


def may(act: Act, concern: Concern) -> bool:
    """Whether the table lets this be done now."""
    if concern.state == State.MERGED and act in _UNTIL_THE_OTHER_IS_CLOSED | _ONCE_THE_OTHER_IS_CLOSED:
        return (concern.over_at is not None) is (act in _ONCE_THE_OTHER_IS_CLOSED)
    return ConcernState(concern.state) in TABLE[act]


def check(act: Act, concern: Concern) -> None:
    """Raises NotNow with a sentence that says what to do instead."""
    if may(act, concern):
        return
    match concern.state:
        case State.CLOSED:
            raise NotNow(IS_CLOSED)
        case State.MERGED:
            raise NotNow(IS_MERGED)
        case state:
            raise NotNow(IS_ELSEWHERE % {"state": ConcernState(state).label})


def after(act: Act, concern: Concern) -> ConcernState:
    """The state after something that may be done with it, as the rows say now."""
    target = TABLE[act][ConcernState(concern.state)]
    if act in _MAY_STILL_WAIT and concern.state == State.AWAITING and waits(concern):
        return State.AWAITING
    return resting(concern) if target is REST else target


def resting(concern: Concern) -> ConcernState:
    return State.ASSIGNED if concern.assigned_to_id else State.SORTED


def waits(concern: Concern) -> bool:
    """Whether the other side has a question that it has not answered."""
    return Asked.objects.waiting().filter(concern=concern).exists()
