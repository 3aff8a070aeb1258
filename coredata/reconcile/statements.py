"""The engine's SQL: what lies in sql/*.sql, by code, with what its placeholders stand for.

Where many rows are laid, a table's indexes are made when it is full (`{analyze}`): row by row they cost more. Of few
rows they cost more than they save.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

FOLDER = Path(__file__).parent
SQL = FOLDER / "sql"
PUPILS = "pupils"
SETUP = ("sources", "pairs")
FAMILIES = (
    "presence",
    "identity",
    "codes",
    "course",
    "timing",
    "residence",
    "load",
    "submission",
    "outcome",
    "records",
)
LAST = "patterns"  # what looks at what the others have found
CONCLUSION = "conclusion"
BESIDE = "beside"
USUAL = "usual"

HEADING = re.compile(r"^-- (M-[0-9]{2})\n", re.MULTILINE)
ANALYZE = re.compile(r"^\{analyze\} ([\w, ]+);", re.MULTILINE)
# The tables whose rows are compared.
OURS = re.compile(
    r"\b(?:clocks|coredata|directory|full_time|part_time|providers|records|registration)_[a-z_]+\b"
)
INDEX = re.compile(r"^CREATE INDEX ON (\w+) \(([\w, ]+)\);", re.MULTILINE)
SHORT = re.compile(r"\{(text|numeric|jsonb)\}")
COLUMNS = "lea_id, provider_id, mosis_id, course_code, semester, a_id, o_id, j_id, v_id, cause, facts, code"
INTO = f"INSERT INTO found ({COLUMNS})"
NOTHING = "NULL::bigint"
# What stands first in a rule's SELECT: whom it is about, and the rows of the four sources.
SUBJECTS = {
    "unit": (
        "unit.lea_id, unit.provider_id, unit.mosis_id, unit.course_code, unit.semester,"
        " unit.a_id, unit.o_id, unit.j_id, unit.v_id"
    ),
    "asked": (
        "a.lea_id, a.provider_id, a.mosis_id, a.course_code, a.semester,"
        f" a.a_id, {NOTHING}, {NOTHING}, v.v_id"
    ),
    "o": (
        f"o.lea_id, {NOTHING}, o.mosis_id, o.course_code, o.semester, {NOTHING}, o.o_id, {NOTHING}, {NOTHING}"
    ),
    "v": (
        "v.lea_id, v.provider_id, v.mosis_id, v.course_code, v.semester,"
        f" {NOTHING}, {NOTHING}, {NOTHING}, v.v_id"
    ),
    "lea": f"scope.lea_id, {NOTHING}, '', '', '', {NOTHING}, {NOTHING}, {NOTHING}, {NOTHING}",
}


@dataclass(frozen=True, slots=True)
class Hiding:
    """Mismatches of `codes` hide those of `hidden` that speak of the same row, student, LEA or provider.

    A row or a student at one LEA: asked alone, an LEA has what it has when all are asked.
    """

    codes: tuple[str, ...]
    hidden: tuple[str, ...]
    same: Literal["row", "student", "lea", "provider"]


@cache
def setup(name: str) -> str:
    """A file of statements. `{october}`, `{june}` and `{analyze}` in it are left to whoever runs it."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def rules(name: str) -> dict[str, str]:
    """The statements of a family by their code: each puts what it finds into `found`."""
    _head, *parts = HEADING.split(setup(name))
    found = {}
    for code, query in zip(parts[::2], parts[1::2], strict=True):
        for subject, columns in SUBJECTS.items():
            query = query.replace(f"{{{subject}}}", columns)  # noqa: PLW2901
        query = query.replace("{{", "{").replace("}}", "}").strip()  # noqa: PLW2901
        found[code] = f"{INTO}\nSELECT told.*, '{code}' FROM (\n{query}\n) AS told"
    return found


def _hidings() -> tuple[Hiding, ...]:
    entries = tomllib.loads((FOLDER / "hiding.toml").read_text(encoding="utf-8"))["hides"]
    return tuple(Hiding(tuple(one["codes"]), tuple(one["hidden"]), one["same"]) for one in entries)


RULES: Mapping[str, str] = MappingProxyType(
    {code: query for family in FAMILIES for code, query in rules(family).items()}
)
PATTERNS: Mapping[str, str] = MappingProxyType(rules(LAST))
HIDINGS = _hidings()
TABLES = SHORT.sub(r"\1 STORAGE PLAIN", setup("tables"))
# The names are those that the server gives.
INDEXES = {
    f"{table}_{columns.replace(', ', '_')}_idx": (table, columns)
    for table, columns in INDEX.findall(setup("indexes"))
}
EMPTY = "TRUNCATE " + ", ".join(
    f"pg_temp.{name}" for name in re.findall(r"CREATE TEMPORARY TABLE (\w+)", TABLES)
)


def counted(text: str, *, is_large: bool) -> str:
    """With tables that have many rows indexed and the planner told of them; of few rows nothing is done."""
    return ANALYZE.sub(_count if is_large else "", text)


def indexed(*tables: str) -> str:
    """The statements that make the indexes of these tables, as far as they are not there."""
    return "".join(
        f"CREATE INDEX IF NOT EXISTS {index} ON pg_temp.{table} ({columns});\n"
        for index, (table, columns) in INDEXES.items()
        if table in tables
    )


def _count(match: re.Match[str]) -> str:
    return f"{indexed(*match[1].split(', '))}ANALYZE {match[1]};"


SAME = {
    "student": "one.lea_id = two.lea_id AND one.mosis_id = two.mosis_id AND two.mosis_id <> ''",
    "lea": "one.lea_id = two.lea_id",
    "provider": "one.provider_id = two.provider_id",
}
HIDE = "DELETE FROM found AS two USING found AS one WHERE one.code = ANY(%s) AND two.code = ANY(%s) AND "


def hide(hiding: Hiding) -> list[str]:
    """The statements that take away what is explained: an equality each, so that none is a nested loop."""
    if hiding.same == "row":
        equal = (f"one.{row} = two.{row}" for row in ("a_id", "o_id", "j_id", "v_id"))
        return [f"{HIDE} {SAME['lea']} AND {row}" for row in equal]
    return [f"{HIDE} {SAME[hiding.same]}"]
