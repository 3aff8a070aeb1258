"""What happens to a file that a district sends: it arrives, is checked into a trial, is certified or taken back."""

from .arriving import receive
from .certifying import (
    CourseAssignmentFirst,
    HasErrors,
    NotATrial,
    NotCertified,
    WarningsNotAcknowledged,
    WindowIsClosed,
    certify,
    withdraw,
)
from .checking import (
    check_again,
    check_upload,
    destroy_bytes,
    destroy_old_bytes,
    long_unchecked,
    trials_of,
)
from .keys import reencrypt_keys
from .opening import open_bytes
from .rebuilding import rebuild_student_courses
from .reminding import remind
from .removing import StillKept, remove_collection
from .waiving import AlreadyOver, CannotBeWaived, end_waiver, grant_waiver
from .windows import DaysOutOfOrder, change_window

__all__ = [
    "AlreadyOver",
    "CannotBeWaived",
    "CourseAssignmentFirst",
    "DaysOutOfOrder",
    "HasErrors",
    "NotATrial",
    "NotCertified",
    "StillKept",
    "WarningsNotAcknowledged",
    "WindowIsClosed",
    "certify",
    "change_window",
    "check_again",
    "check_upload",
    "destroy_bytes",
    "destroy_old_bytes",
    "end_waiver",
    "grant_waiver",
    "long_unchecked",
    "open_bytes",
    "rebuild_student_courses",
    "receive",
    "reencrypt_keys",
    "remind",
    "remove_collection",
    "trials_of",
    "withdraw",
]
