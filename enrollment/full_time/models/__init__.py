"""Programs, applications to them, what the host decides, and the students who are admitted."""

from .applications import (
    ApplicationPaper,
    ApplicationState,
    PaperKind,
    PolicyReceipt,
    ProgramApplication,
    ProgramApplicationQuerySet,
    RecordsKind,
    RecordsRequest,
    ResidentInput,
    Survey,
    SurveyReason,
    Whose,
)
from .determinations import Determination, Outcome, ProgramReview, ReviewOutcome
from .enrollments import ENDED, EnrollmentState, ProgramEnrollment, ProgramEnrollmentQuerySet
from .programs import (
    FAMILY_POLICIES,
    AdmissionWindow,
    OperatingBasis,
    PolicyKind,
    Program,
    ProgramPolicy,
    ProgramQuerySet,
)
from .schedules import MINUTES_OF_A_DAY, WEEKDAYS, Schedule, ScheduledCourse, ScheduleQuerySet

__all__ = [
    "ENDED",
    "FAMILY_POLICIES",
    "MINUTES_OF_A_DAY",
    "WEEKDAYS",
    "AdmissionWindow",
    "ApplicationPaper",
    "ApplicationState",
    "Determination",
    "EnrollmentState",
    "OperatingBasis",
    "Outcome",
    "PaperKind",
    "PolicyKind",
    "PolicyReceipt",
    "Program",
    "ProgramApplication",
    "ProgramApplicationQuerySet",
    "ProgramEnrollment",
    "ProgramEnrollmentQuerySet",
    "ProgramPolicy",
    "ProgramQuerySet",
    "ProgramReview",
    "RecordsKind",
    "RecordsRequest",
    "ResidentInput",
    "ReviewOutcome",
    "Schedule",
    "ScheduleQuerySet",
    "ScheduledCourse",
    "Survey",
    "SurveyReason",
    "Whose",
]
