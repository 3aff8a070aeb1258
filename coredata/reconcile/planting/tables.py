"""What stands in the folder of a planted state."""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from coredata.synthesis import TRUTH
from coredata.synthesis.planting.files import Tables

Row = dict[str, str]
NOON = dt.time(18, tzinfo=dt.UTC)  # in Missouri


@dataclass(frozen=True)
class State:
    """A folder that `synthesize --plant` wrote."""

    folder: Path

    @cached_property
    def truth(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / TRUTH).read_text(encoding="utf-8"))
        return found

    @property
    def year(self) -> int:
        return int(self.truth["year"])

    def moment(self, day: str) -> dt.datetime:
        """Noon of one of the days that the truth names."""
        return at_noon(dt.date.fromisoformat(self.truth[day]))

    def rows(self, table: Tables) -> list[Row]:
        return read(self.folder / table)


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def day_or_none(text: str) -> dt.date | None:
    return day(text) if text else None


def at_noon(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, NOON)
