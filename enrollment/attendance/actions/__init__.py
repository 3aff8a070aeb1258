"""Every change to what was recorded of students' days, and what follows from it."""

from .engaging import (
    AlreadyNotified,
    BeforeTheNotice,
    InterventionMissing,
    NotFlagged,
    NoticeMissing,
    NotTheLastDay,
    PolicyMissing,
    disenroll,
    missing_steps,
    notify_family,
    record_intervention,
)
from .flagging import flag_program
from .locking import NotYourProgram, NotYourStudent
from .placing import (
    AlreadyPlaced,
    ChoiceMissing,
    NotThatDay,
    NotYourPlacement,
    OptionsMissing,
    OptionsSent,
    place,
    record_choice,
    send_options,
)
from .receiving import receive_file
from .recording import (
    DayAhead,
    DayTooLong,
    EntryTwice,
    NotAnActivity,
    NotEnrolledThen,
    NotOnTheSchedule,
    courses_on,
    record_day,
)

__all__ = [
    "AlreadyNotified",
    "AlreadyPlaced",
    "BeforeTheNotice",
    "ChoiceMissing",
    "DayAhead",
    "DayTooLong",
    "EntryTwice",
    "InterventionMissing",
    "NotAnActivity",
    "NotEnrolledThen",
    "NotFlagged",
    "NotOnTheSchedule",
    "NotThatDay",
    "NotTheLastDay",
    "NotYourPlacement",
    "NotYourProgram",
    "NotYourStudent",
    "NoticeMissing",
    "OptionsMissing",
    "OptionsSent",
    "PolicyMissing",
    "courses_on",
    "disenroll",
    "flag_program",
    "missing_steps",
    "notify_family",
    "place",
    "receive_file",
    "record_choice",
    "record_day",
    "record_intervention",
    "send_options",
]
