"""Who may teach what, at what price, under which agreement."""

from .agreements import WITHOUT_PROGRAM_CODE, Agreement, AgreementKind, AgreementQuerySet
from .authorizations import (
    Application,
    Authorization,
    AuthorizationKind,
    AuthorizationQuerySet,
    CorrectiveAction,
    Outcome,
    Review,
    ReviewKind,
    Sanction,
    SanctionKind,
    SanctionQuerySet,
)
from .availability import WHY_NOT, Availability, AvailabilityState
from .courses import PROGRAM_CODES, Assurance, Course, CourseQuerySet, Instruction, Structure, Timing, Word
from .profiles import FEWEST_CONTACT_METHODS, POLICY_LINKS, ContactMethod, ProviderProfile

__all__ = [
    "FEWEST_CONTACT_METHODS",
    "POLICY_LINKS",
    "PROGRAM_CODES",
    "WHY_NOT",
    "WITHOUT_PROGRAM_CODE",
    "Agreement",
    "AgreementKind",
    "AgreementQuerySet",
    "Application",
    "Assurance",
    "Authorization",
    "AuthorizationKind",
    "AuthorizationQuerySet",
    "Availability",
    "AvailabilityState",
    "ContactMethod",
    "CorrectiveAction",
    "Course",
    "CourseQuerySet",
    "Instruction",
    "Outcome",
    "ProviderProfile",
    "Review",
    "ReviewKind",
    "Sanction",
    "SanctionKind",
    "SanctionQuerySet",
    "Structure",
    "Timing",
    "Word",
]
