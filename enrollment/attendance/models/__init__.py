"""What was recorded of a student's days, and the files it came in."""

from .days import AttendanceDay, AttendanceDayQuerySet, Entry, ReplacedDay
from .files import AttendanceFile, AttendanceFileQuerySet, AttendanceProblem, FileState, ProblemKind

__all__ = [
    "AttendanceDay",
    "AttendanceDayQuerySet",
    "AttendanceFile",
    "AttendanceFileQuerySet",
    "AttendanceProblem",
    "Entry",
    "FileState",
    "ProblemKind",
    "ReplacedDay",
]
