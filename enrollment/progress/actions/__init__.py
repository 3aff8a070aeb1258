"""The only writers of progress reports and state assessments."""

from .assessing import (
    NoStudentsToPlan,
    NotOpenYet,
    NotYourAssessment,
    ReasonMissing,
    WindowBackwards,
    plan_assessment,
    plan_latecomers,
    record_assessment,
    record_taken,
)
from .downloading import download_list
from .importing import FileRefused, Imported, import_reports
from .writing import (
    AlreadyWritten,
    CorrectionSaysWhy,
    CoursesDiffer,
    NoCourses,
    NotOwed,
    NotYourStudent,
    TooEarly,
    courses_to_report,
    write_report,
)

__all__ = [
    "AlreadyWritten",
    "CorrectionSaysWhy",
    "CoursesDiffer",
    "FileRefused",
    "Imported",
    "NoCourses",
    "NoStudentsToPlan",
    "NotOpenYet",
    "NotOwed",
    "NotYourAssessment",
    "NotYourStudent",
    "ReasonMissing",
    "TooEarly",
    "WindowBackwards",
    "courses_to_report",
    "download_list",
    "import_reports",
    "plan_assessment",
    "plan_latecomers",
    "record_assessment",
    "record_taken",
    "write_report",
]
