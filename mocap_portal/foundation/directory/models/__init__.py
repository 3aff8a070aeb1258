from .calendar import ClosedDay, SchoolYear, Term, TermCode
from .legal import CodeMeaning, CodeSet, LegalKey, LegalValue
from .organizations import DecisionBy, Lea, LeaKind, LeaPolicy, AppealLadder, Organization, Provider, School

__all__ = [
    "AppealLadder",
    "ClosedDay",
    "CodeMeaning",
    "CodeSet",
    "DecisionBy",
    "Lea",
    "LeaKind",
    "LeaPolicy",
    "LegalKey",
    "LegalValue",
    "Organization",
    "Provider",
    "School",
    "SchoolYear",
    "Term",
    "TermCode",
]
