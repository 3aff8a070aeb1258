"""Mismatches, planted in the four sources of a made-up school year, and the truth about each.

Beside the districts' files stand what providers report and, as tables, what the directory and the districts' requests
say. What is planted is found on one day, `compared_on`; nothing else is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from ..district import District
from . import coding, identity, outcomes, presence
from .files import files_of
from .garden import KINDS, Garden, Planted
from .model import TooSmall
from .sources import Sources

__all__ = ["PLANTABLE", "Planting", "TooSmall", "write"]

WAYS = (presence, identity, coding, outcomes)  # importing them registers what they plant
PLANTABLE = tuple(sorted(KINDS))


@dataclass(frozen=True, slots=True)
class Planting:
    """What to plant: these codes, each at least so often and in each of its ways; more come where codes go together.

    No code: four sources that agree about everything.
    """

    codes: Collection[str]
    times: int


def sow(districts: Iterable[District], year: int, planting: Planting) -> tuple[Sources, list[Planted]]:
    """The sources with everything planted. Raises TooSmall, KeyError for a code that cannot be planted."""
    kinds = {code: KINDS[code] for code in sorted(planting.codes)}
    often = {code: max(planting.times, len(kind.ways)) for code, kind in kinds.items()}
    whole = sum(often[code] for code, kind in kinds.items() if kind.whole)
    garden = Garden(Sources(year, list(districts)), whole=whole)
    for code, kind in kinds.items():
        for number in range(often[code]):
            kind.ways[number % len(kind.ways)](garden)
    garden.balance()
    return garden.sources, sorted(garden.expected)


def write(districts: Iterable[District], year: int, planting: Planting, folder: Path, *, truth: str) -> int:
    """Write all files and the truth; returns how many rows. Raises TooSmall, OSError."""
    sources, planted = sow(districts, year, planting)
    folder.mkdir(parents=True, exist_ok=True)
    rows = 0
    for name, text in files_of(sources):
        rows += text.count("\n") - 1
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    days = sources.days
    told = {
        "problems": [],
        "mismatches": [asdict(one) for one in planted],
        "year": year,
        "october_certified_on": days.october.isoformat(),
        "june_certified_on": days.june.isoformat(),
        "compared_on": days.compared.isoformat(),
    }
    (folder / truth).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return rows
