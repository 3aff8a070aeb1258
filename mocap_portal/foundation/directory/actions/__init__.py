"""Every change to the state's map."""

from .codes import CodePlan, CodeRow, change_codes, plan_codes, read_codes
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
    "CodePlan",
    "CodeRow",
    "ImportReport",
    "change_code_meaning",
    "change_codes",
    "change_contact",
    "change_lea_policy",
    "change_legal_value",
    "change_links",
    "change_term",
    "change_window",
    "import_directory",
    "plan_codes",
    "read_codes",
]
