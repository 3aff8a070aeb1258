"""Where somebody should turn besides this office, or before it: offices.toml, by the group of the category.

[[office]]
group = "safety"                     # of CodeSet.CONCERN_CATEGORY
first = true                         # turn there before anything is written
title = "..."   title_es = "..."
steps = ["..."]   steps_es = ["..."]
contacts = [{ name = "...", name_es = "...", phone = "1-800-392-3738", url = "https://..." }]
valid_from = 2022-08-28              # and valid_to; both days are included
source = "..."
"""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

FILE = Path(__file__).parent / "offices.toml"


@dataclass(frozen=True, slots=True)
class Line:
    """One way to reach somebody: a telephone number, an address on the web, or both."""

    name: str
    name_es: str
    phone: str = ""
    url: str = ""

    @property
    def local_name(self) -> str:
        return self.name_es if get_language() == "es" else self.name


@dataclass(frozen=True, slots=True)
class Office:
    """An entry of offices.toml. What is read stands in `local_…`, in the language of the page."""

    group: str
    title: str
    title_es: str
    steps: tuple[str, ...]
    steps_es: tuple[str, ...]
    contacts: tuple[Line, ...]
    valid_from: dt.date
    source: str
    valid_to: dt.date | None = None
    first: bool = False

    @property
    def local_title(self) -> str:
        return self.title_es if get_language() == "es" else self.title

    @property
    def local_steps(self) -> tuple[str, ...]:
        return self.steps_es if get_language() == "es" else self.steps

    def holds(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def office_of(group: str, *, on: dt.date) -> Office | None:
    """The office for this group of categories on this day; None where there is none but ours."""
    return next((office for office in offices() if office.group == group and office.holds(on)), None)


@cache
def offices() -> tuple[Office, ...]:
    return tuple(_office(row) for row in tomllib.loads(FILE.read_text("utf-8"))["office"])


def _office(row: Mapping[str, Any]) -> Office:
    contacts = tuple(Line(**line) for line in row.get("contacts", ()))
    steps = {name: tuple(row[name]) for name in ("steps", "steps_es")}
    return Office(**{**row, **steps, "contacts": contacts})
