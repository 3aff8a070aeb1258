"""What was recorded of a student's days, the files it came in, and what follows when nothing was."""

from .days import AttendanceDay, AttendanceDayQuerySet, Entry, ReplacedDay
from .engagement import (
    PLACING_ROLES,
    EngagementNotice,
    Flag,
    FlagQuerySet,
    FlagReason,
    Intervention,
    InterventionKind,
    Placement,
    PlacementQuerySet,
    PlacementState,
)
from .files import AttendanceFile, AttendanceFileQuerySet, AttendanceProblem, FileState, ProblemKind

__all__ = [
    "PLACING_ROLES",
    "AttendanceDay",
    "AttendanceDayQuerySet",
    "AttendanceFile",
    "AttendanceFileQuerySet",
    "AttendanceProblem",
    "EngagementNotice",
    "Entry",
    "FileState",
    "Flag",
    "FlagQuerySet",
    "FlagReason",
    "Intervention",
    "InterventionKind",
    "Placement",
    "PlacementQuerySet",
    "PlacementState",
    "ProblemKind",
    "ReplacedDay",
]
