"""What people do with the June list: fill it in together, take proposals over, take it along as a file."""

from .accepting import ChangedSince, NothingProposed, accept_proposals, fingerprint, undo_acceptance
from .downloading import download_differences, download_list
from .filling import TYPING_ROLES, Entry, JuneIsCertified, NoOctober, NotYourList, Saved, save_outcomes
from .forgetting import forget_drafts

__all__ = [
    "TYPING_ROLES",
    "ChangedSince",
    "Entry",
    "JuneIsCertified",
    "NoOctober",
    "NotYourList",
    "NothingProposed",
    "Saved",
    "accept_proposals",
    "download_differences",
    "download_list",
    "fingerprint",
    "forget_drafts",
    "save_outcomes",
    "undo_acceptance",
]
