"""When reports are due: at the end of each quarter (A-06). No database."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class DuePoint:
    """A report of a school year: its number from 1 on, from when on it can be written, and its last day."""

    number: int
    opens_on: dt.date
    due_on: dt.date


def due_points(halves: Sequence[tuple[dt.date, dt.date]], number: int) -> list[DuePoint]:
    """The due points of a school year, in their order.

    `halves`: first and last day of each semester, in their order. Each is cut into parts of the same length, give or
    take a day, and a report is due on the last day of each part. Of a `number` that the halves cannot share alike the
    earlier ones have one more.

    >>> fall, spring = (dt.date(2026, 8, 20), dt.date(2026, 12, 20)), (dt.date(2027, 1, 5), dt.date(2027, 5, 22))
    >>> [f"{point.due_on:%m/%d}" for point in due_points([fall, spring], 4)]
    ['10/19', '12/20', '03/14', '05/22']
    """
    points: list[DuePoint] = []
    for place, (first, last) in enumerate(halves):
        parts = number // len(halves) + (place < number % len(halves))
        days = (last - first).days + 1
        opens_on = first
        for part in range(1, parts + 1):
            due_on = first + ONE_DAY * (days * part // parts - 1)
            points.append(DuePoint(len(points) + 1, opens_on, due_on))
            opens_on = due_on + ONE_DAY
    return points


def owed(points: Iterable[DuePoint], *, first: dt.date, last: dt.date) -> list[DuePoint]:
    """Those owed for a student who came on `first` and whose last day is `last`: due after the one, not after the
    other."""
    return [point for point in points if first < point.due_on <= last]
