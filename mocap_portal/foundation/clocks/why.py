"""What templates/clocks/_why.html shows of a clock, and _days.html of any count. The page decides who may see it."""

import datetime as dt
from dataclasses import dataclass

from mocap_portal.foundation.shared.calendar import Due

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
    moves = ClockMove.objects.filter(clock=clock).select_related("closed_day").order_by("moved_at", "pk")
    return Why(clock, due.start, days_of(due), list(moves))


def days_of(due: Due) -> list[WhyDay]:
    """Every day after the start, in words; those that count are numbered."""
    days = []
    number = 0
    for day in due.days:
        number += day.counted
        days.append(WhyDay(day.date, words(day), number if day.counted else None))
    return days
