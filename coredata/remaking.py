"""A file made anew of the kept rows of a certified one, some of them corrected: what was sent is destroyed by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from .checks import Case
from .layouts import Layout, Required, layout
from .models import Upload
from .reading import LINE
from .store import rows

EDUCATOR = "educator"  # kept as a keyed hash: no file has it


def remade(
    certified: Upload, *, changed: Mapping[int, Mapping[str, str]], added: Sequence[Mapping[str, str]]
) -> bytes:
    """The file as CSV with the layout's header, each row where it stood among the others, the added ones below.

    `changed`: new values by line; they and `added` by the layout's column names. Educators' numbers are left out:
    `with_educators` puts their hashes back. A column that no row fills and none has to is not there. Raises LookupError
    for a line that the file does not have.
    """
    assert certified.collection is not None
    collection = certified.collection.collection
    kept = layout(collection.kind, collection.year)
    frame = rows.read_back(certified, kept).with_columns(
        collection_version=pl.lit(str(collection)), school_year=pl.lit(str(collection.year))
    )
    if unknown := sorted(changed.keys() - set(frame[LINE])):
        raise LookupError(unknown[0])
    if kept.has(EDUCATOR):
        frame = frame.with_columns(pl.lit("").alias(EDUCATOR))
    frame = _with_changes(frame, kept, changed)
    names = [column.field for column in kept.columns]
    new = [{name: row.get(kept.column(name).name, "") for name in names} for row in added]
    whole = pl.concat([frame.select(names), pl.DataFrame(new, schema=dict.fromkeys(names, pl.String))])
    shown = [
        column
        for column in kept.columns
        if column.required is not Required.NO or (whole[column.field] != "").any()
    ]
    text = whole.select(pl.col(column.field).alias(column.name) for column in shown).write_csv()
    return text.encode()


def _with_changes(
    frame: pl.DataFrame, kept: Layout, changed: Mapping[int, Mapping[str, str]]
) -> pl.DataFrame:
    of_column: dict[str, dict[int, str]] = {}
    for line, values in changed.items():
        for name, value in values.items():
            column = kept.named(name)
            assert column is not None
            of_column.setdefault(column.field, {})[line] = value
    return frame.with_columns(
        pl.col(LINE)
        .replace_strict(list(values), list(values.values()), default=pl.col(field), return_dtype=pl.String)
        .alias(field)
        for field, values in of_column.items()
    )


def with_educators(case: Case, certified: Upload) -> Case:
    """The same rows with the hashes that the certified file keeps, row by row; those below have no educator."""
    if not case.has(EDUCATOR):
        return case
    hashes = rows.read_back(certified, case.layout)[EDUCATOR]
    more = pl.repeat("", case.rows.height - hashes.len(), dtype=pl.String, eager=True)
    own = case.rows.with_columns(pl.concat([hashes, more]).alias(EDUCATOR), educator_fits=pl.lit(value=True))
    return replace(case, rows=own)
