"""What the portal keeps of core data: collections, the files that districts sent, and what is wrong in them.

The rows themselves lie in tables of their own, one for each kind, partitioned by collection: `coredata.store`.
"""

from .answered import AnsweredRequest
from .reminders import Reminder
from .reports import (
    ONCE_ACCEPTED,
    ProviderReport,
    ProviderReportQuerySet,
    ReportedEnrollment,
    ReportedEnrollmentQuerySet,
    ReportReminder,
    ReportRow,
    ReportState,
    StatusChange,
)
from .sent import SentFile
from .student_courses import StudentCourse, StudentCourseQuerySet, StudentOutcome
from .uploads import (
    ONCE_CERTIFIED,
    HashKey,
    Opening,
    Problem,
    StoredCollection,
    Upload,
    UploadQuerySet,
    UploadState,
)
from .waivers import Waiver, WaiverQuerySet
from .windows import CollectionWindow, CollectionWindowQuerySet

__all__ = [
    "ONCE_ACCEPTED",
    "ONCE_CERTIFIED",
    "AnsweredRequest",
    "CollectionWindow",
    "CollectionWindowQuerySet",
    "HashKey",
    "Opening",
    "Problem",
    "ProviderReport",
    "ProviderReportQuerySet",
    "Reminder",
    "ReportReminder",
    "ReportRow",
    "ReportState",
    "ReportedEnrollment",
    "ReportedEnrollmentQuerySet",
    "SentFile",
    "StatusChange",
    "StoredCollection",
    "StudentCourse",
    "StudentCourseQuerySet",
    "StudentOutcome",
    "Upload",
    "UploadQuerySet",
    "UploadState",
    "Waiver",
    "WaiverQuerySet",
]
