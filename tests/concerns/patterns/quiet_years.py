"""Quiet years, made up: concerns come in by chance and by season, and nothing is the matter anywhere.

`python -m tests.concerns.patterns.quiet_years [YEARS]` prints what docs/decisions/0026 says was measured.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from concerns.patterns.method import Cell, Counted, NoteKind, Numbers, Rising, rising

# As the migration lays them.
NUMBERS = Numbers(window_days=28, past_days=364, least_count=4, night_budget=0.05, weight=20)

CATEGORIES = 16
PROVIDERS, DISTRICTS, RULES = 30, 554, 60
FIRST = dt.date(2025, 1, 1)
DAYS_BEFORE = 400  # so that each year that is looked at has its past
YEAR = 365
# How lively each month is, from January; a category leans to one season or the other.
SEASON = (1.3, 1.0, 0.9, 0.9, 0.8, 0.3, 0.3, 1.6, 1.8, 1.3, 1.1, 0.7)


@dataclass
class Counts:
    """One tally of all cells, by day, from which a window and its past are read."""

    days: Mapping[Cell, list[int]]
    of_category: Mapping[str, list[int]]
    all: list[int] = field(default_factory=list)

    def night(self, day: int, numbers: Numbers) -> tuple[list[Counted], int]:
        """The cells that could rise, and how many there are."""
        cells, count = [], 0
        for cell, days in self.days.items():
            now, before = _split(days, day, numbers)
            count += bool(now or before)
            if now >= numbers.least_count:
                others = self.of_category[cell.category] if cell.category else self.all
                all_now, all_before = _split(others, day, numbers)
                cells.append(Counted(cell, now, before, all_now - now, all_before - before))
        return cells, count


def _split(sums: list[int], day: int, numbers: Numbers) -> tuple[int, int]:
    recent, first = day + 1 - numbers.window_days, day + 1 - numbers.window_days - numbers.past_days
    return sums[day + 1] - sums[recent], sums[recent] - sums[max(first, 0)]


def made_up(
    *, seed: int, a_year: int, days: int, extra: Iterable[tuple[int, Cell]] = (), growth: float = 0.0
) -> Counts:
    """So many concerns in an average year; `growth`: a year's rise of all. `extra`: what is planted, by day."""
    chances = random.Random(seed)
    providers, districts = _uneven(PROVIDERS), _uneven(DISTRICTS)
    categories, rules = _uneven(CATEGORIES), _uneven(RULES)
    leans = [chances.uniform(-1, 1) for _ in range(CATEGORIES)]
    by_day: dict[Cell, Counter[int]] = defaultdict(Counter)
    of_category: dict[str, Counter[int]] = defaultdict(Counter)
    every: Counter[int] = Counter()

    def add(day: int, cells: Iterable[Cell], category: str) -> None:
        for cell in cells:
            by_day[cell][day] += 1
        of_category[category][day] += 1
        every[day] += 1

    for day in range(days):
        date = FIRST + dt.timedelta(days=day)
        lively = SEASON[date.month - 1] * (1.3 if date.weekday() < 5 else 0.25) * (1 + growth * day / YEAR)
        for _one in range(_poisson(chances, a_year / YEAR * lively)):
            number = chances.choices(range(CATEGORIES), cum_weights=categories)[0]
            # The second half of a category's season comes at the price of the first.
            if chances.random() < abs(leans[number]) * 0.5 and (date.month > 6) != (leans[number] > 0):
                number = chances.randrange(CATEGORIES)
            category = f"c{number}"
            cells = [Cell(NoteKind.DISTRICT, category=category, lea_id=_pick(chances, districts))]
            if chances.random() < 0.7:
                cells.append(
                    Cell(NoteKind.PROVIDER, category=category, provider_id=_pick(chances, providers))
                )
            if chances.random() < 0.6:
                cells.append(Cell(NoteKind.RULE, rule=f"R-{_pick(chances, rules)}"))
            add(day, cells, category)
    for day, cell in extra:
        add(day, [cell], cell.category)
    return Counts(
        {cell: _sums(counter, days) for cell, counter in by_day.items()},
        {category: _sums(counter, days) for category, counter in of_category.items()},
        _sums(every, days),
    )


def notes(counts: Counts, *, first: int, last: int, numbers: Numbers = NUMBERS) -> list[tuple[int, Rising]]:
    """Day and numbers of each note: one for each cell and episode, as the night raises them."""
    last_seen: dict[Cell, int] = {}
    raised = []
    for day in range(first, last):
        cells, count = counts.night(day, numbers)
        for rise in rising(cells, count=count, numbers=numbers):
            cell = rise.counted.cell
            if day - last_seen.get(cell, -numbers.window_days - 1) > numbers.window_days:
                raised.append((day, rise))
            last_seen[cell] = day
    return raised


def a_quiet_year(*, seed: int, a_year: int, growth: float = 0.0) -> int:
    """How many notes it raises."""
    days = DAYS_BEFORE + YEAR
    return len(
        notes(made_up(seed=seed, a_year=a_year, days=days, growth=growth), first=DAYS_BEFORE, last=days)
    )


def cluster_found_after(*, seed: int, a_year: int, size: int, spread: int, cell: Cell) -> int | None:
    """Nights from the last of `size` concerns, planted within `spread` days, to the note; None where there is none.

    0: the night that follows that day. Less: it was found before the last one came in.
    """
    chances, first = random.Random(seed), DAYS_BEFORE + 60
    days = sorted([0, spread - 1, *(chances.randrange(spread) for _ in range(size - 2))])
    extra = [(first + day, cell) for day in days]
    counts = made_up(seed=seed, a_year=a_year, days=first + 60, extra=extra)
    for day, rise in notes(counts, first=first, last=first + 40):
        if rise.counted.cell == cell:
            return day - (first + days[-1])
    return None


def _uneven(number: int) -> list[float]:
    """Cumulated weights: a few have much, most have little."""
    return list(accumulate(1 / (place + 3) for place in range(number)))


def _pick(chances: random.Random, weights: list[float]) -> int:
    return chances.choices(range(len(weights)), cum_weights=weights)[0]


def _sums(counter: Counter[int], days: int) -> list[int]:
    return list(accumulate((counter[day] for day in range(days)), initial=0))


def _poisson(chances: random.Random, mean: float) -> int:
    number, left = 0, chances.expovariate(1)
    while left < mean:
        number += 1
        left += chances.expovariate(1)
    return number


# A cell that hardly ever has a concern, and one that has some.
RARE = Cell(NoteKind.DISTRICT, category="c7", lea_id=300)
USUAL = Cell(NoteKind.PROVIDER, category="c2", provider_id=4)


def main(years: int) -> Iterator[str]:
    """The lines that are printed."""
    for a_year, growth in ((500, 0.0), (3_000, 0.0), (3_000, 0.5), (10_000, 0.0)):
        found = [a_quiet_year(seed=seed, a_year=a_year, growth=growth) for seed in range(years)]
        yield f"{a_year:6} a year, growing {growth:.0%}: {sum(found) / years:.2f} notes, at most {max(found)}"
    for cell, sizes in ((RARE, (4, 5, 6, 8)), (USUAL, (8, 12, 16, 20))):
        for size in sizes:
            after = [
                cluster_found_after(seed=seed, a_year=3_000, size=size, spread=7, cell=cell)
                for seed in range(years)
            ]
            soon = sum(1 for one in after if one is not None and one <= 1)
            yield f"{cell.kind} {size} in a week: {soon / years:.0%} found within a day"


if __name__ == "__main__":
    for line in main(int(sys.argv[1]) if len(sys.argv) > 1 else 20):
        sys.stdout.write(f"{line}\n")
