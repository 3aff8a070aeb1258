"""The checks of core data files: a function for each rule of rules.toml, by what the rule looks at.

A check gets a `Case` and its rule and answers with what it looks for in the rows, and what it has found. All checks
of a file run over whole columns, and most of them at once, so that 300,000 rows are judged in a second or two.
"""

from . import across, coding, fields, file, keys, reports  # noqa: F401  # each registers its checks
from .case import MARKS, Case, prepare, stored_case
from .registry import CHECKS, Ran, ask_ahead, rules, run, run_on

__all__ = ["CHECKS", "MARKS", "Case", "Ran", "ask_ahead", "prepare", "rules", "run", "run_on", "stored_case"]
