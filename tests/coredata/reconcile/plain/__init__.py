"""The nightly comparison a second time, in plain Python over small data, written from the domain's text.

It says what the SQL must find and which cause it suggests first: COVERED. It does not know the codes of identity that
ask how alike names are, nor those that need earlier versions of a file, earlier years, the dates of a catalog, or a
school's own faults.
Where the text leaves something open, a comment says "Left open" and what was decided.
"""

from .causes import TELLS
from .night import COVERED, find
from .state import Agreement, Asked, Files, Gone, June, Listed, October, Reported, Section, State

__all__ = [
    "COVERED",
    "TELLS",
    "Agreement",
    "Asked",
    "Files",
    "Gone",
    "June",
    "Listed",
    "October",
    "Reported",
    "Section",
    "State",
    "find",
]
