"""Progress reports, course by course, and state assessments."""

from .assessments import StateAssessment, StateAssessmentQuerySet
from .reports import WRITING_ROLES, CourseProgress, ProgressReport, ProgressReportQuerySet

__all__ = [
    "WRITING_ROLES",
    "CourseProgress",
    "ProgressReport",
    "ProgressReportQuerySet",
    "StateAssessment",
    "StateAssessmentQuerySet",
]
