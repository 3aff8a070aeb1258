"""How many mismatches of a school year were open after each of its last nights, as a line to draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from mocap_portal.foundation.directory.models import SchoolYear

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


def years() -> list[SchoolYear]:
    """The school years of which a night ran through, the newest first. One query."""
    return list(SchoolYear.objects.filter(pk__in=_nights().values("school_year")).order_by("-year"))


def trend(year: int, *, nights: int = NIGHTS) -> Trend:
    """The last nights of a school year that ran through: for months two years have nights. One query."""
    last = _nights().filter(school_year=year).order_by("-as_of", "-pk")
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


def _nights() -> QuerySet[Run]:
    return Run.objects.filter(kind=RunKind.NIGHT, finished_at__isnull=False)
