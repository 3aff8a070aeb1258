"""Mails of the full-time track. None names the child, the MOSIS ID or the birth date (R-31)."""

from .applications import (
    host_staff,
    resident_staff,
    tell_applied,
    tell_cancelled,
    tell_determined,
    tell_ended,
    tell_entered,
    tell_exit,
    tell_informed,
    tell_link_broken,
    tell_moved_applicant,
    tell_resident_changed,
    tell_review_asked,
    tell_scheduled,
    tell_sports_notice,
    tell_upheld,
)
from .moves import tell_moved

__all__ = [
    "host_staff",
    "resident_staff",
    "tell_applied",
    "tell_cancelled",
    "tell_determined",
    "tell_ended",
    "tell_entered",
    "tell_exit",
    "tell_informed",
    "tell_link_broken",
    "tell_moved",
    "tell_moved_applicant",
    "tell_resident_changed",
    "tell_review_asked",
    "tell_scheduled",
    "tell_sports_notice",
    "tell_upheld",
]
