"""The roster: what a provider was told about an approved course, what it answered, and what changed since."""

from .change import Extension, Party, Swap
from .roster import REGISTERING_ROLES, Result, RosterLine, RosterLineQuerySet, RosterState
from .teacher import Teacher, TeacherQuerySet

__all__ = [
    "REGISTERING_ROLES",
    "Extension",
    "Party",
    "Result",
    "RosterLine",
    "RosterLineQuerySet",
    "RosterState",
    "Swap",
    "Teacher",
    "TeacherQuerySet",
]
