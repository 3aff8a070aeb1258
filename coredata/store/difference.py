"""What changes when one file takes the place of another: which rows are new, which are gone, which differ.

Two rows are the same row when they have the same key, the one by which DESE joins files. Where a row stands does not
count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from ..checks.case import COURSE_KEY
from ..layouts import Kind, layout
from ..models import Upload
from ..reading import LINE
from . import columns, rows

_COURSE = tuple(name for name in COURSE_KEY if name not in columns.OF_THE_COLLECTION)
KEYS: dict[Kind, tuple[str, ...]] = {
    Kind.CRS_ASSIGN: _COURSE,
    Kind.STU_ASSIGN: (*_COURSE, "mosis_id"),
    Kind.STU_CRS_COMP: (*_COURSE, "mosis_id"),
    Kind.STU_CORE: ("mosis_id",),
    Kind.STU_ENRL_ATTND: ("school_code", "mosis_id", "entry_date"),
}
BEFORE = "_before"


class Change(StrEnum):
    ADDED = "added"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that differs. `line`: in the new file, for one that is gone in the old file.

    `values`: by field, what the row says; of a changed row what it says now. `before`: of a changed row, what it said
    where that was something else.
    """

    change: Change
    line: int
    values: dict[str, str]
    before: dict[str, str]


@dataclass(frozen=True)
class Difference:
    """The rows that only the new file has, only the old one has, and both have with other values."""

    fields: tuple[str, ...]
    added: pl.DataFrame
    gone: pl.DataFrame
    changed: pl.DataFrame

    @property
    def counts(self) -> dict[Change, int]:
        """How many rows of each sort."""
        frames = {Change.ADDED: self.added, Change.GONE: self.gone, Change.CHANGED: self.changed}
        return {change: frame.height for change, frame in frames.items()}

    def rows(self) -> Iterator[Row]:
        """What is gone, what has changed, what is new, each in the order of its file."""
        for change, frame in (
            (Change.GONE, self.gone),
            (Change.CHANGED, self.changed),
            (Change.ADDED, self.added),
        ):
            for found in frame.sort(LINE).iter_rows(named=True):
                yield Row(
                    change,
                    found[LINE],
                    {name: found[name] for name in self.fields},
                    {
                        name: found[name + BEFORE]
                        for name in self.fields
                        if change is Change.CHANGED and found[name] != found[name + BEFORE]
                    },
                )


def difference(new: Upload, old: Upload) -> Difference:
    """What changes when `new` takes the place of `old`, a file of the same collection."""
    assert new.collection is not None
    collection = new.collection.collection
    kept = layout(collection.kind, collection.year)
    key = [name for name in KEYS[collection.kind] if kept.has(name)]
    return compare(rows.read_back(new, kept), rows.read_back(old, kept), key)


def compare(new: pl.DataFrame, old: pl.DataFrame, key: list[str]) -> Difference:
    """The same of two frames of rows: `line`, and texts by field. Rows that are alike cancel out one by one."""
    fields = [name for name in new.columns if name != LINE]
    only_new, only_old = _without(new, old, fields), _without(old, new, fields)
    # Of several rows with one key the first belongs to the first.
    by_key = [*key, "copy"]
    numbered_new, numbered_old = _numbered(only_new, key), _numbered(only_old, key)
    changed = numbered_new.join(numbered_old, on=by_key, suffix=BEFORE, coalesce=False)
    return Difference(
        fields=tuple(fields),
        added=numbered_new.join(numbered_old, on=by_key, how="anti"),
        gone=numbered_old.join(numbered_new, on=by_key, how="anti"),
        changed=changed,
    )


def _without(these: pl.DataFrame, those: pl.DataFrame, fields: list[str]) -> pl.DataFrame:
    """The rows of the one that the other has not, or not so often."""
    found = _numbered(these, fields).join(_numbered(those, fields), on=[*fields, "copy"], how="anti")
    return found.drop("copy")


def _numbered(frame: pl.DataFrame, fields: list[str]) -> pl.DataFrame:
    return frame.with_columns(pl.int_range(pl.len()).over(fields).alias("copy"))
