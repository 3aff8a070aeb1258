"""The roster: what a provider was told about an approved course, what it answered, and what changed since."""

from .change import Extension, Party, PayerChange, PayerChangeQuerySet, Swap
from .roster import (
    REGISTERING_ROLES,
    Result,
    RosterLine,
    RosterLineQuerySet,
    RosterState,
    lines_of,
    looked_after_by,
)
from .teacher import Teacher, TeacherQuerySet

__all__ = [
    "REGISTERING_ROLES",
    "Extension",
    "Party",
    "PayerChange",
    "PayerChangeQuerySet",
    "Result",
    "RosterLine",
    "RosterLineQuerySet",
    "RosterState",
    "Swap",
    "Teacher",
    "TeacherQuerySet",
    "lines_of",
    "looked_after_by",
]
