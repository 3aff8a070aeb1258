"""How many mismatches were open after each of the last nights, as a line to draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from .models import Run, RunKind

NIGHTS = 30
WIDTH, HEIGHT = 600, 160  # of the picture, in its own units
LEFT, RIGHT, TOP, BOTTOM = 8, 592, 12, 148


@dataclass(frozen=True, slots=True)
class Point:
    """One night: where it lies in the picture."""

    run: Run
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Trend:
    """The nights from the oldest to the newest. `most`: the highest number, which touches the top."""

    points: tuple[Point, ...]
    most: int

    @property
    def line(self) -> str:
        """For the attribute `points` of a polyline."""
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)

    @property
    def first(self) -> dt.date | None:
        return self.points[0].run.as_of if self.points else None

    @property
    def last(self) -> dt.date | None:
        return self.points[-1].run.as_of if self.points else None

    @property
    def nights(self) -> Sequence[Run]:
        """The newest first, for the table."""
        return [point.run for point in reversed(self.points)]


def trend(*, nights: int = NIGHTS) -> Trend:
    """The last nights that ran through. One query."""
    last = Run.objects.filter(kind=RunKind.NIGHT, finished_at__isnull=False).order_by("-as_of", "-pk")
    runs = list(last[:nights])[::-1]
    most = max((run.open for run in runs), default=0)
    apart = (RIGHT - LEFT) / max(len(runs) - 1, 1)
    return Trend(
        tuple(
            Point(
                run,
                round(LEFT + place * apart, 1),
                round(BOTTOM - (BOTTOM - TOP) * run.open / max(most, 1), 1),
            )
            for place, run in enumerate(runs)
        ),
        most,
    )
