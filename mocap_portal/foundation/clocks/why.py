"""What templates/clocks/_why.html shows of a clock. The page decides who may see it."""

import datetime as dt
from dataclasses import dataclass

from .explain import explain, words
from .models import Clock, ClockMove


@dataclass(frozen=True)
class WhyDay:
    """A day on the way to the due date. `number` is its place among the business days, None if it did not count."""

    date: dt.date
    words: str
    number: int | None


@dataclass(frozen=True)
class Why:
    """A clock with everything that led to its due day."""

    clock: Clock
    start: dt.date
    days: list[WhyDay]
    moves: list[ClockMove]


def why(clock: Clock) -> Why:
    """Explain a clock, in four queries."""
    due = explain(clock)
    days = []
    number = 0
    for day in due.days:
        number += day.counted
        days.append(WhyDay(day.date, words(day), number if day.counted else None))
    moves = ClockMove.objects.filter(clock=clock).select_related("closed_day").order_by("moved_at", "pk")
    return Why(clock, due.start, days, list(moves))
