"""Every change to what was recorded of students' days."""

from .locking import NotYourProgram, NotYourStudent
from .receiving import receive_file
from .recording import (
    DayAhead,
    DayTooLong,
    EntryTwice,
    NotAnActivity,
    NotEnrolledThen,
    NotOnTheSchedule,
    record_day,
)

__all__ = [
    "DayAhead",
    "DayTooLong",
    "EntryTwice",
    "NotAnActivity",
    "NotEnrolledThen",
    "NotOnTheSchedule",
    "NotYourProgram",
    "NotYourStudent",
    "receive_file",
    "record_day",
]
