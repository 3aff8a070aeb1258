"""What checks look for in a file's rows, and looking for all of it at once.

Each question to a frame costs about as much as a thousand rows do. So checks say what they look for, and what all of
them look for is one question; how it is told is asked only of the few that find anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import polars as pl

from ..reading import LINE

Findings: TypeAlias = pl.DataFrame
"""Columns: line (None: the whole file), column (None: the whole row), value, expected, severity (None: the rule's)."""

FINDINGS = {
    LINE: pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "expected": pl.String,
    "severity": pl.String,
}


@dataclass(frozen=True, slots=True)
class Search:
    """The file's rows for which `bad` holds, each to be told as a finding.

    `column`: its header name. `hint`: false of all rows together only where `bad` holds for none, and quicker to ask.
    """

    bad: pl.Expr
    column: str | None
    value: pl.Expr | None
    expected: pl.Expr | str
    severity: str | None
    hint: pl.Expr | None = None

    def told(self, rows: pl.DataFrame) -> Findings:
        """These rows as findings."""
        value = pl.lit(None) if self.value is None else self.value
        expected = pl.lit(self.expected) if isinstance(self.expected, str) else self.expected
        return rows.select(
            pl.col(LINE),
            pl.lit(self.column, dtype=pl.String).alias("column"),
            value.cast(pl.String).alias("value"),
            expected.cast(pl.String).alias("expected"),
            pl.lit(self.severity, dtype=pl.String).alias("severity"),
        )


Sought: TypeAlias = tuple[Search | Findings, ...]
"""What a check looks for in the file's rows, and what it has found already."""


def nothing() -> Sought:
    return ()


def together(sought: Iterable[Sought]) -> Sought:
    return tuple(chain.from_iterable(sought))


def look(rows: pl.DataFrame, sought: Sequence[Search | Findings]) -> list[Findings]:
    """What was found for each: of a search what it finds in these rows, which may be nothing."""
    searches = {str(place): one for place, one in enumerate(sought) if isinstance(one, Search)}
    hits = _hits(rows, _likely(rows, searches))
    none = pl.DataFrame(schema=FINDINGS)
    return [
        one if not isinstance(one, Search) else one.told(rows.filter(hit)) if hit is not None else none
        for place, one in enumerate(sought)
        for hit in [hits.get(str(place))]
    ]


def _likely(rows: pl.DataFrame, searches: dict[str, Search]) -> dict[str, Search]:
    """The searches whose hint does not say that they find nothing."""
    hints = {name: search.hint for name, search in searches.items() if search.hint is not None}
    if not hints:
        return searches
    held = rows.select(**hints).row(0, named=True)
    return {name: search for name, search in searches.items() if held.get(name, True)}


def _hits(rows: pl.DataFrame, searches: dict[str, Search]) -> dict[str, pl.Series]:
    """Of each search that finds anything, for which rows its condition holds."""
    if not searches:
        return {}
    holds = rows.select(**{name: search.bad for name, search in searches.items()})
    is_hit = holds.select(pl.all().any()).row(0, named=True)
    return {name: holds[name] for name in searches if is_hit[name]}
