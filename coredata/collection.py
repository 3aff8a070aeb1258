"""The collection that a row says it belongs to: `2027Oct1.0CrsAssign` is October 2026, Course Assignment.

The year is the one in which the school year ends (core data rules ***00401 and ***00402).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .layouts import Cycle, Kind, layout

_LITERAL = re.compile(r"(?P<year>20[0-9]{2})(?P<cycle>[A-Z][a-z]{2})1\.0(?P<suffix>[A-Za-z]+)")
_ANY_YEAR = 2027  # suffixes and cycles are the same in every year


@dataclass(frozen=True, slots=True)
class Collection:
    """A kind of file of one cycle and school year. `cycle` is None for a provider's report."""

    year: int
    cycle: Cycle | None
    kind: Kind

    def __str__(self) -> str:
        if self.cycle is None:
            return self.title
        return f"{self.year}{self.cycle}1.0{layout(self.kind, self.year).suffix}"

    @property
    def title(self) -> str:
        """The file and its school year, as a person says it."""
        return f"{self.kind.label} {self.year - 1}-{self.year % 100:02}"

    @classmethod
    def read(cls, literal: str) -> Collection | None:
        """What a CollectionVersion names; None when it is no literal that the portal knows."""
        found = _LITERAL.fullmatch(literal)
        kind = _kinds().get((found["cycle"], found["suffix"].casefold())) if found else None
        return cls(int(found["year"]), Cycle(found["cycle"]), kind) if found and kind else None


@cache
def _kinds() -> Mapping[tuple[str, str], Kind]:
    layouts = [layout(kind, _ANY_YEAR) for kind in Kind]
    return {(cycle, one.suffix.casefold()): one.kind for one in layouts for cycle in one.cycles}
