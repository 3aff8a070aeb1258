"""The tables of this app."""

from .agreements import AgreementTable
from .catalog import CourseTable, OwnCourseTable
from .state import (
    ApplicationTable,
    AuthorizationTable,
    NoticeTable,
    ProviderTable,
    ReviewTable,
    SanctionTable,
)

__all__ = [
    "AgreementTable",
    "ApplicationTable",
    "AuthorizationTable",
    "CourseTable",
    "NoticeTable",
    "OwnCourseTable",
    "ProviderTable",
    "ReviewTable",
    "SanctionTable",
]
