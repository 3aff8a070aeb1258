"""Mismatches, what people answered, the corrected rows they put aside, and the runs that found them."""

from .collected import CollectedRow, CollectedRowQuerySet
from .mismatches import (
    GONE_STATES,
    OPEN_STATES,
    Answer,
    AnswerKind,
    Mismatch,
    MismatchQuerySet,
    MismatchState,
)
from .runs import LeaRun, Run, RunKind

__all__ = [
    "GONE_STATES",
    "OPEN_STATES",
    "Answer",
    "AnswerKind",
    "CollectedRow",
    "CollectedRowQuerySet",
    "LeaRun",
    "Mismatch",
    "MismatchQuerySet",
    "MismatchState",
    "Run",
    "RunKind",
]
