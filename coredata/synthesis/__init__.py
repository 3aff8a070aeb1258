"""A made-up state to test with: the files of its districts, and the truth about every mistake in them.

Nobody in it is real. The same arguments make the same bytes, of one district as of all.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from zlib import crc32

from .district import District, make
from .sizes import codes, sizes
from .spoiling import Truth, spoil

__all__ = ["State", "Truth", "districts", "write"]

TRUTH = "truth.json"


@dataclass(frozen=True, slots=True)
class State:
    """What to make: so many LEAs and students in all, for the school year that ends in `year`.

    `problems`: the share of rows with a mistake, 0 to 1.
    """

    leas: int
    students: int
    year: int
    seed: int
    problems: float = 0.0


def districts(state: State, *, only: str | None = None) -> Iterator[tuple[District, list[Truth]]]:
    """Each district with its truth. `only`: the code of one; one that the state lacks takes another's place."""
    known, students = codes(state.leas), sizes(state.leas, state.students)
    wanted = known.index(only) if only in known else crc32(only.encode()) % state.leas if only else None
    first = 0
    for place, (code, size) in enumerate(zip(known, students, strict=True)):
        if wanted in {None, place}:
            name = only or code
            district = make(name, size, first_student=first, year=state.year, seed=state.seed)
            chance = random.Random(f"{state.seed} {name} mistakes")  # noqa: S311  # to be made again, not secret
            truth = spoil(district, rate=state.problems, chance=chance)
            yield district, truth
        first += size


def write(state: State, folder: Path, *, only: str | None = None) -> int:
    """Write `CODE_KIND.csv` for each district, and truth.json; returns how many rows. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, problems = 0, []
    for district, truth in districts(state, only=only):
        for kind, of_kind in district.rows.items():
            rows += len(of_kind)
            (folder / district.file(kind)).write_text(district.text(kind), encoding="utf-8", newline="\n")
        problems += [asdict(one) for one in truth]
    (folder / TRUTH).write_text(json.dumps({"problems": problems}, indent=1) + "\n", encoding="utf-8")
    return rows
