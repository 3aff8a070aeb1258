"""The only writers of mismatches and of what people answer."""

from .answering import (
    CLERKS,
    MOST_AT_ONCE,
    MayNotAnswer,
    NobodyToTell,
    NotAnswered,
    NotTheirs,
    OnlyTheOfficeWaives,
    TooMany,
    WaiverTooLong,
    WasResolved,
    answer,
    answer_many,
    offered,
    take_back,
    take_back_together,
)
from .downloading import download_list

__all__ = [
    "CLERKS",
    "MOST_AT_ONCE",
    "MayNotAnswer",
    "NobodyToTell",
    "NotAnswered",
    "NotTheirs",
    "OnlyTheOfficeWaives",
    "TooMany",
    "WaiverTooLong",
    "WasResolved",
    "answer",
    "answer_many",
    "download_list",
    "offered",
    "take_back",
    "take_back_together",
]
