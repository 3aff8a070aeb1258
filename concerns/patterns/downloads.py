"""Trends and notes for a spreadsheet. Counts only: no line is about one concern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mocap_portal.foundation.shared.tabular import write_csv

from .models import Note
from .trends import Part, Period, in_days

TREND_COLUMNS = ["by", "what", "received", "closed", "open", "median_days_to_reply", "median_days_to_close"]
NOTE_COLUMNS = [
    "found_on",
    "about",
    "category",
    "provider",
    "district_code",
    "district",
    "rule",
    "recent",
    "past",
    "expected",
    "chance",
    "threshold",
    "cells",
    "window_days",
    "past_days",
    "method",
    "last_on",
    "ended_on",
    "state",
    "reason",
]


def trends_csv(by: str, found: Sequence[Period], of_parts: Mapping[str, Sequence[Part]]) -> str:
    """A line for each period, then one for each category, provider, district and outcome."""
    rows = [
        [
            by,
            one.start.isoformat(),
            str(one.received),
            str(one.closed),
            "",
            in_days(one.to_reply),
            in_days(one.to_close),
        ]
        for one in found
    ]
    for part, found_of in of_parts.items():
        rows += [
            [
                "district" if part == "lea" else part,
                one.name,
                str(one.received),
                "",
                str(one.open),
                in_days(one.to_reply),
                in_days(one.to_close),
            ]
            for one in found_of
        ]
    return write_csv(TREND_COLUMNS, rows)


def notes_csv(rows: Iterable[Note]) -> str:
    """`rows` with provider, LEA and method."""
    return write_csv(NOTE_COLUMNS, map(_line, rows))


def _line(note: Note) -> list[str]:
    return [
        note.found_on.isoformat(),
        note.kind,
        note.category,
        str(note.provider or ""),
        note.lea.state_district_id if note.lea else "",
        str(note.lea or ""),
        note.rule,
        str(note.recent),
        str(note.past),
        f"{note.expected:.2f}",
        f"{note.chance:.3g}",
        f"{note.threshold:.3g}",
        str(note.cells),
        str(note.method.window_days),
        str(note.past_days),
        str(note.method.version),
        note.last_on.isoformat(),
        note.ended_on.isoformat() if note.ended_on else "",
        "dismissed" if note.dismissed_at else "seen" if note.seen_at else "new",
        note.reason,
    ]
