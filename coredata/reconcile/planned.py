"""Statements that the server plans once for a connection: about one LEA planning takes longer than answering.

They are planned for what an LEA of usual size lays (sql/usual.sql). The server plans one again by itself when what it
knows of a table has changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from django.db.backends.utils import CursorWrapper

PREFIX = "reconcile_"
KNOWN = "SELECT name FROM pg_prepared_statements WHERE starts_with(name, %s)"
# Of what type a value is, by its name in a statement.
TYPES = {
    "year": "integer",
    **dict.fromkeys(["year_starts", "year_ends", "as_of", "october_due", "june_due"], "date"),
    "at": "timestamptz",
    "run": "bigint",
    "is_whole": "boolean",
    **dict.fromkeys(["programs", "approved", "semesters", "of_providers", "open_states"], "text[]"),
    "times": "integer[]",
    "any_time": "integer",
    **dict.fromkeys(
        ["reports", "tried", "trials", "core_collections", "course_collections", "stay_collections"],
        "bigint[]",
    ),
}
VALUE = re.compile(r"%\((\w+)\)s")
COUNT = re.compile(r"^(?:\{analyze\}|ANALYZE) [\w, ]+;$", re.MULTILINE)
COMMENT = re.compile(r"[ \t]*--.*$", re.MULTILINE)
END = re.compile(r";\s*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement under the name that the server knows it by. `values`: their names, in the order of their places."""

    name: str
    text: str
    values: tuple[str, ...]

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


def of_connection(cursor: CursorWrapper) -> set[str]:
    """The names of what this connection has planned."""
    cursor.execute(KNOWN, [PREFIX])
    return {name for (name,) in cursor.fetchall()}


def run(cursor: CursorWrapper, text: str, given: Mapping[str, str], known: set[str]) -> None:
    """Run them with these literals. `known`: what this connection has planned; what it plans now is added."""
    wanted = statements(text)
    fresh = {statement.name: statement.to_plan for statement in wanted if statement.name not in known}
    cursor.execute("".join([*fresh.values(), *(statement.to_run(given) for statement in wanted)]))
    known.update(fresh)


def _statement(text: str) -> Statement:
    values = tuple(dict.fromkeys(VALUE.findall(text)))
    numbered = text % {value: f"${place}" for place, value in enumerate(values, start=1)}
    digest = hashlib.sha256(numbered.encode()).hexdigest()
    return Statement(f"{PREFIX}{digest[:16]}", numbered, values)


def _listed(parts: Iterable[str]) -> str:
    listed = ", ".join(parts)
    return f" ({listed})" if listed else ""
