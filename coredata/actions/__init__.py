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
from .checking import check_upload, destroy_bytes, destroy_old_bytes, long_unchecked
from .keys import reencrypt_keys
from .opening import open_bytes

__all__ = [
    "CourseAssignmentFirst",
    "HasErrors",
    "NotATrial",
    "NotCertified",
    "WarningsNotAcknowledged",
    "WindowIsClosed",
    "certify",
    "check_upload",
    "destroy_bytes",
    "destroy_old_bytes",
    "long_unchecked",
    "open_bytes",
    "receive",
    "reencrypt_keys",
    "withdraw",
]
