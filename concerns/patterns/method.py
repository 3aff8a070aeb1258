"""When a count is more than it was: docs/decisions/0026 says why it is counted so, and what was measured.

A cell is a category at a provider, a category in a district, or a rule. Nothing here reads the database or the time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoteKind(models.TextChoices):
    PROVIDER = "provider", _("A category at a provider")
    DISTRICT = "district", _("A category in a district")
    RULE = "rule", _("A rule")


@dataclass(frozen=True, slots=True)
class Cell:
    """What is counted together. What does not belong to its kind is empty."""

    kind: NoteKind
    category: str = ""
    provider_id: int | None = None
    lea_id: int | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """Concerns of a cell and of the others, in the window and in the past before it.

    The others of a category at a provider or in a district are those of the same category elsewhere; the others of a
    rule are all concerns that are not about it.
    """

    cell: Cell
    recent: int
    past: int
    others_recent: int
    others_past: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """How one looks: a row of models.Method, with the days of past that there are."""

    window_days: int
    past_days: int
    least_count: int
    night_budget: float
    weight: int


@dataclass(frozen=True, slots=True)
class Rising:
    """A cell above what was to be expected. `chance` of so many or more; below `threshold`, or it were not here."""

    counted: Counted
    expected: float
    chance: float
    threshold: float


def rising(cells: Iterable[Counted], *, count: int, numbers: Numbers) -> list[Rising]:
    """Those of `cells` that rise, the least likely first. `count`: how many cells there are, tested or not.

    The night's budget is shared out evenly over all cells, so that a quiet night raises no more than it on average.
    """
    threshold = numbers.night_budget / max(count, 1)
    found = []
    for counted in cells:
        if counted.recent < numbers.least_count:
            continue
        recent, past = _others(counted, numbers)
        expected = counted.past * recent / past
        if counted.recent <= expected:
            continue
        chance = chance_of(counted.recent, of=counted.recent + counted.past, recent=recent, past=past)
        if chance <= threshold:
            found.append(Rising(counted, expected, chance, threshold))
    return sorted(found, key=lambda rise: rise.chance)


def _others(counted: Counted, numbers: Numbers) -> tuple[float, float]:
    """How the others divide into window and past. The calendar counts as `weight` more of them, so few weigh little."""
    share = numbers.window_days / (numbers.window_days + numbers.past_days)
    return (
        counted.others_recent + numbers.weight * share,
        counted.others_past + numbers.weight * (1 - share),
    )


def chance_of(least: int, *, of: int, recent: float, past: float) -> float:
    """The chance that at least so many `of` a cell's concerns fall into the window, were the cell like the others.

    A beta-binomial tail: given how many there are in all, each falls into the window with a probability of which the
    others, `recent` and `past` of them, are the evidence. Exact for any counts, and no rate has to be guessed.
    """
    whole = math.lgamma(recent + past) - math.lgamma(recent) - math.lgamma(past)
    rest = math.lgamma(of + 1) - math.lgamma(recent + past + of) + whole
    return min(
        1.0,
        math.fsum(
            math.exp(
                rest
                - math.lgamma(number + 1)
                - math.lgamma(of - number + 1)
                + math.lgamma(number + recent)
                + math.lgamma(of - number + past)
            )
            for number in range(least, of + 1)
        ),
    )
