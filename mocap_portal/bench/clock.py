"""How long it takes to say when something is due, with the state's own closed days."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from typing import Any

from mocap_portal.foundation.clocks.explain import closed_codes
from mocap_portal.foundation.directory.models import ClosedDay
from mocap_portal.foundation.shared.calendar import ONE_DAY, due_date

BUSINESS_DAYS = 10
ROUNDS = 20


def run() -> dict[str, Any]:
    """Count ten business days from each day of a year, and count them a second time as a check on the clock.

    Answers with how many due dates a second one core gives, and what one costs in microseconds.
    """
    closed = closed_codes(ClosedDay.objects.for_lea(None))
    first = min(closed)
    starts = [first + ONE_DAY * number for number in range(365)]
    wrong = [
        start for start in starts if _last_day(start, closed) != due_date(start, BUSINESS_DAYS, closed).on
    ]
    costs = [_microseconds(start, closed) for _ in range(ROUNDS) for start in starts]
    return {
        "closed_days": len(closed),
        "due_dates": len(costs),
        "wrong": len(wrong),
        "due_dates_per_second": round(1_000_000 / statistics.fmean(costs)),
        "p50_microseconds": round(statistics.median(costs), 1),
        "p99_microseconds": round(statistics.quantiles(costs, n=100)[98], 1),
    }


def _microseconds(start: dt.date, closed: dict[dt.date, str]) -> float:
    before = time.perf_counter_ns()
    due_date(start, BUSINESS_DAYS, closed)
    return (time.perf_counter_ns() - before) / 1000


def _last_day(start: dt.date, closed: dict[dt.date, str]) -> dt.date:
    """The same, counted in the plainest way."""
    day, left = start, BUSINESS_DAYS
    while left:
        day += ONE_DAY
        left -= day.isoweekday() <= 5 and day not in closed
    return day
