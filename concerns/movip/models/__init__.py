"""A request for a transcript of MoVIP, the archive it is looked for in, and all that was done about it."""

from .answers import Answer, AnswerKind, Disclosure, Recall, Way
from .archive import ArchiveRow, ArchiveRowQuerySet
from .requests import (
    Asker,
    Delivery,
    Paper,
    PaperKind,
    TranscriptRequest,
    TranscriptRequestQuerySet,
)
from .story import ChosenRow, Entry, IdentityCheck, Look, LookedAt, Place

__all__ = [
    "Answer",
    "AnswerKind",
    "ArchiveRow",
    "ArchiveRowQuerySet",
    "Asker",
    "ChosenRow",
    "Delivery",
    "Disclosure",
    "Entry",
    "IdentityCheck",
    "Look",
    "LookedAt",
    "Paper",
    "PaperKind",
    "Place",
    "Recall",
    "TranscriptRequest",
    "TranscriptRequestQuerySet",
    "Way",
]
