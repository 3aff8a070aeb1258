"""The only writers of the catalog and of agreements."""

from .agreements import (
    AgreementOverlaps,
    ClausesMissing,
    EndsBeforeItStarts,
    EndsLater,
    end_agreement,
    record_agreement,
)
from .catalog import ImportResult, import_catalog

__all__ = [
    "AgreementOverlaps",
    "ClausesMissing",
    "EndsBeforeItStarts",
    "EndsLater",
    "ImportResult",
    "end_agreement",
    "import_catalog",
    "record_agreement",
]
