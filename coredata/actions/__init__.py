"""What happens to a file that a district sends: it arrives, is checked into a trial, is certified or taken back."""

from .answering import Answer, KeyOfAnotherRequest, answer_once, forget_answers
from .arriving import receive
from .certifying import (
    CannotBeCheckedAgain,
    ChangedMeanwhile,
    CourseAssignmentFirst,
    CourseAssignmentWaits,
    HasErrors,
    NotATrial,
    NotCertified,
    WarningsNotAcknowledged,
    WindowIsClosed,
    certify,
    withdraw,
)
from .chasing import chase_reports
from .checking import (
    check_again,
    check_upload,
    destroy_bytes,
    destroy_old_bytes,
    long_unchecked,
    trials_of,
)
from .deciding import (
    EnrollmentOfAnotherYear,
    NotAccepted,
    NotWaiting,
    Outdated,
    RowsDestroyed,
    accept_report,
    retract_report,
    return_report,
)
from .keys import reencrypt_keys
from .opening import open_bytes
from .rebuilding import rebuild_student_courses
from .remaking import remake
from .reminding import remind
from .removing import StillKept, destroy_old_report_rows, is_long_over, remove_collection
from .reports import (
    AcceptedSince,
    NotChecked,
    ReportHasErrors,
    check_report,
    long_unchecked_reports,
    receive_report,
    submit_report,
)
from .waiving import AlreadyOver, CannotBeWaived, end_waiver, grant_waiver
from .windows import DaysOutOfOrder, change_window

__all__ = [
    "AcceptedSince",
    "AlreadyOver",
    "Answer",
    "CannotBeCheckedAgain",
    "CannotBeWaived",
    "ChangedMeanwhile",
    "CourseAssignmentFirst",
    "CourseAssignmentWaits",
    "DaysOutOfOrder",
    "EnrollmentOfAnotherYear",
    "HasErrors",
    "KeyOfAnotherRequest",
    "NotATrial",
    "NotAccepted",
    "NotCertified",
    "NotChecked",
    "NotWaiting",
    "Outdated",
    "ReportHasErrors",
    "RowsDestroyed",
    "StillKept",
    "WarningsNotAcknowledged",
    "WindowIsClosed",
    "accept_report",
    "answer_once",
    "certify",
    "change_window",
    "chase_reports",
    "check_again",
    "check_report",
    "check_upload",
    "destroy_bytes",
    "destroy_old_bytes",
    "destroy_old_report_rows",
    "end_waiver",
    "forget_answers",
    "grant_waiver",
    "is_long_over",
    "long_unchecked",
    "long_unchecked_reports",
    "open_bytes",
    "rebuild_student_courses",
    "receive",
    "receive_report",
    "reencrypt_keys",
    "remake",
    "remind",
    "remove_collection",
    "retract_report",
    "return_report",
    "submit_report",
    "trials_of",
    "withdraw",
]
