"""Mismatches, what people answered, said in their rooms and put aside to correct, and the runs that found them."""

from .collected import CollectedRow, CollectedRowQuerySet
from .mismatches import (
    GONE_STATES,
    OPEN_STATES,
    TWO_LEAS,
    Answer,
    AnswerKind,
    Mismatch,
    MismatchQuerySet,
    MismatchState,
)
from .rooms import (
    NEED_WORDS,
    PARTIES,
    POSITIONS,
    REASONS,
    Escalation,
    Reason,
    Remark,
    RemarkKind,
    RemarkQuerySet,
    Ruling,
    Side,
)
from .runs import LeaRun, Run, RunKind

__all__ = [
    "GONE_STATES",
    "NEED_WORDS",
    "OPEN_STATES",
    "PARTIES",
    "POSITIONS",
    "REASONS",
    "TWO_LEAS",
    "Answer",
    "AnswerKind",
    "CollectedRow",
    "CollectedRowQuerySet",
    "Escalation",
    "LeaRun",
    "Mismatch",
    "MismatchQuerySet",
    "MismatchState",
    "Reason",
    "Remark",
    "RemarkKind",
    "RemarkQuerySet",
    "Ruling",
    "Run",
    "RunKind",
    "Side",
]
