from .calendar import ClosedDay, RequestWindow, SchoolYear, Term, TermCode
from .legal import CodeMeaning, CodeSet, LegalKey, LegalValue, NoLegalValue
from .organizations import (
    GRADES,
    AppealLadder,
    DecisionBy,
    Lea,
    LeaKind,
    LeaPolicy,
    Organization,
    Provider,
    School,
)

__all__ = [
    "GRADES",
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
    "NoLegalValue",
    "Organization",
    "Provider",
    "RequestWindow",
    "School",
    "SchoolYear",
    "Term",
    "TermCode",
]
