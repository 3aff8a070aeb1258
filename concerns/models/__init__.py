"""A concern that somebody sends to the state office, what is said about it, and how the office sorts and answers it."""

from .asking import Asked, AskedQuerySet
from .attachments import Attachment, AttachmentQuerySet, ScanState
from .bulk import BulkItem, BulkKind, BulkStep
from .concerns import (
    OPEN_STATES,
    Concern,
    ConcernQuerySet,
    ConcernState,
    Contact,
    Format,
    IdentityConsent,
    Outcome,
    Tag,
    Track,
    Writer,
)
from .entries import FOR_WRITER, Entry, EntryKind, EntryQuerySet
from .office import ResponseTemplate, RoutingRule, RoutingRuleQuerySet

__all__ = [
    "FOR_WRITER",
    "OPEN_STATES",
    "Asked",
    "AskedQuerySet",
    "Attachment",
    "AttachmentQuerySet",
    "BulkItem",
    "BulkKind",
    "BulkStep",
    "Concern",
    "ConcernQuerySet",
    "ConcernState",
    "Contact",
    "Entry",
    "EntryKind",
    "EntryQuerySet",
    "Format",
    "IdentityConsent",
    "Outcome",
    "ResponseTemplate",
    "RoutingRule",
    "RoutingRuleQuerySet",
    "ScanState",
    "Tag",
    "Track",
    "Writer",
]
