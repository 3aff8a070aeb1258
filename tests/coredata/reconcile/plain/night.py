"""Everything together, and what explains what."""

from __future__ import annotations

from .causes import causes
from .codes import codes
from .course import course
from .found import Found, Identity, without_explained
from .ladder import Ladder
from .outcome import outcome, records, submission
from .presence import patterns, presence
from .residence import load, residence
from .state import State
from .timing import timing

COVERED = frozenset(
    f"M-{number:02d}"
    for number in (
        *range(1, 12), 13, *range(20, 25), *range(27, 33), *range(35, 41), 42, 43, 44, *range(46, 61), 62,
        *range(65, 72), 73, *range(76, 86), 87, 88, 89, 91, 94,
    )
)  # fmt: skip


def find(state: State) -> dict[Identity, str]:
    """What does not agree, each identity once: code, LEA, student, course and semester, with the likely cause."""
    ladder = Ladder(state)
    found = [Found("M-72", None, provider=provider) for provider in sorted(state.overdue)]
    for family in (presence, codes, course, timing, residence, load, submission, outcome, records):
        found += family(state, ladder)
    found = without_explained(found)
    found += patterns(state, ladder, found)
    found = [one for one in without_explained(found) if one.lea is None or state.is_compared(one.lea)]
    return causes(state, ladder, found)
