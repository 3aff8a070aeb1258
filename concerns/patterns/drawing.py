"""Counts over months or weeks as lines to draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 160  # of the picture, in its own units
LEFT, RIGHT, TOP, BOTTOM = 8, 592, 12, 148


@dataclass(frozen=True, slots=True)
class Point:
    """Where a count lies in the picture."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `style`: what the style sheet calls it."""

    style: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """For the attribute `points` of a polyline."""
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines over the same days, the first to the last. `most`: the highest count, which touches the top."""

    lines: tuple[Line, ...]
    first: dt.date
    last: dt.date
    most: int

    width: int = WIDTH
    height: int = HEIGHT
    ground: int = BOTTOM


def draw(starts: Sequence[dt.date], **counts: Sequence[int]) -> Drawing | None:
    """A line for each of `counts`, by its style. None where there are fewer than two periods: that is no line."""
    if len(starts) < 2:
        return None
    most = max(max(values) for values in counts.values())
    apart = (RIGHT - LEFT) / (len(starts) - 1)
    lines = tuple(
        Line(
            style,
            tuple(
                Point(
                    round(LEFT + place * apart, 1), round(BOTTOM - (BOTTOM - TOP) * value / max(most, 1), 1)
                )
                for place, value in enumerate(values)
            ),
        )
        for style, values in counts.items()
    )
    return Drawing(lines, starts[0], starts[-1], most)
