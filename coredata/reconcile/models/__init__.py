"""Mismatches, what people answered, and the runs that found them."""

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
    "LeaRun",
    "Mismatch",
    "MismatchQuerySet",
    "MismatchState",
    "Run",
    "RunKind",
]
