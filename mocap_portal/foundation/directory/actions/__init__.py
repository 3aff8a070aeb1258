"""Every change to the state's map."""

from .dated import (
    AlreadyInForce,
    ChangedMeanwhile,
    change_code_meaning,
    change_lea_policy,
    change_legal_value,
)
from .importing import ImportReport, import_directory
from .profile import change_contact, change_links, change_term, change_window

__all__ = [
    "AlreadyInForce",
    "ChangedMeanwhile",
    "ImportReport",
    "change_code_meaning",
    "change_contact",
    "change_lea_policy",
    "change_legal_value",
    "change_links",
    "change_term",
    "change_window",
    "import_directory",
]
