"""Statements that the server plans once for a connection: about one LEA planning takes longer than answering.

They are planned for what an LEA of usual size lays (sql/usual.sql). The server plans one again by itself when what it
knows of a table has changed. Tables that were just laid are joined by hashing: how many rows they have the planner can
only guess, and where it guesses too low it would look through one of them for each row of another.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.utils import CursorWrapper

from .statements import OURS

PREFIX = "reconcile_"
KNOWN = "SELECT name FROM pg_prepared_statements WHERE starts_with(name, %s)"
# Of what type a value is, by its name in a statement.
TYPES = {
    "year": "integer",
    **dict.fromkeys(["year_starts", "year_ends", "as_of", "october_due", "june_due"], "date"),
    "at": "timestamptz",
    "run": "bigint",
    "is_whole": "boolean",
    **dict.fromkeys(["programs", "approved", "semesters", "of_providers", "open_states", "causes"], "text[]"),
    "times": "integer[]",
    "any_time": "integer",
    **dict.fromkeys(
        ["reports", "tried", "trials", "core_collections", "course_collections", "stay_collections"],
        "bigint[]",
    ),
}
# Tables so short that they are read whole as quickly as a row of them is looked up; the directory's are, too.
SHORT = {"full_time_program", "providers_agreement"}
VALUE = re.compile(r"%\((\w+)\)s")
COUNT = re.compile(r"^(?:\{analyze\}|ANALYZE) [\w, ]+;$", re.MULTILINE)
COMMENT = re.compile(r"[ \t]*--.*$", re.MULTILINE)
END = re.compile(r";\s*(?:\n|\Z)")
_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement under the name that the server knows it by.

    `values`: their names, in the order of their places. `reads_stored`: whether it reads the portal's own tables, whose
    rows are looked up one by one, and not only what was laid, or is short.
    """

    name: str
    text: str
    values: tuple[str, ...]
    reads_stored: bool

    @property
    def to_plan(self) -> str:
        return f"PREPARE {self.name}{_listed(TYPES[value] for value in self.values)} AS\n{self.text};\n"

    def to_run(self, given: Mapping[str, str]) -> str:
        return f"EXECUTE {self.name}{_listed(given[value] for value in self.values)};\n"


@cache
def statements(text: str) -> tuple[Statement, ...]:
    """Each statement of a text with `%(name)s` in it. What tells the planner how much was laid is left out."""
    parts = (part.strip() for part in END.split(COMMENT.sub("", COUNT.sub("", text))))
    return tuple(_statement(part) for part in parts if part)


def run(cursor: CursorWrapper, text: str, given: Mapping[str, str]) -> None:
    """Run them with these literals, planning those that this connection has not."""
    names = _of_connection(cursor)
    fresh = {
        statement.name: statement.to_plan for statement in statements(text) if statement.name not in names
    }
    try:
        cursor.execute("".join([*fresh.values(), *_in_order(text, given)]))
    except BaseException:
        del _planned[cursor.connection]  # nobody knows how far it came
        raise
    names.update(fresh)


def _of_connection(cursor: CursorWrapper) -> set[str]:
    """The names of what this connection has planned. Asked once: the server tells each with its whole text."""
    names = _planned.get(cursor.connection)
    if names is None:
        cursor.execute(KNOWN, [PREFIX])
        names = _planned[cursor.connection] = {name for (name,) in cursor.fetchall()}
    return names


def _in_order(text: str, given: Mapping[str, str]) -> Iterator[str]:
    loops = None
    for statement in statements(text):
        if loops is not statement.reads_stored:
            loops = statement.reads_stored
            yield f"SET LOCAL enable_nestloop = {loops};\n"
        yield statement.to_run(given)
    yield "SET LOCAL enable_nestloop = DEFAULT"


def _statement(text: str) -> Statement:
    values = tuple(dict.fromkeys(VALUE.findall(text)))
    numbered = text % {value: f"${place}" for place, value in enumerate(values, start=1)}
    digest = hashlib.sha256(numbered.encode()).hexdigest()
    return Statement(f"{PREFIX}{digest[:16]}", numbered, values, _reads_stored(text))


def _reads_stored(text: str) -> bool:
    names = {name for name in OURS.findall(text) if not name.startswith("directory_")}
    return bool(names - SHORT) or "reconcile_" in text


def _listed(parts: Iterable[str]) -> str:
    listed = ", ".join(parts)
    return f" ({listed})" if listed else ""
