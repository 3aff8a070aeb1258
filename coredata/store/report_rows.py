"""The rows of a provider's report into their table."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ..checks import Case
from ..layouts import Type
from ..models import ProviderReport
from ..reading import LINE
from . import columns
from .rows import copy_rows, typed

TABLE = "coredata_reportrow"


def keep(report: ProviderReport, case: Case, wrong: pl.DataFrame) -> None:
    """Copy the rows of a report. `wrong`: the problems for which a value is not kept."""
    names = columns.fields(case.layout)
    pieces = _whole(report, case, wrong, names)
    copy_rows(TABLE, ["report_id", LINE, *names], pieces, has_empty_texts=True)


def _whole(
    report: ProviderReport, case: Case, wrong: pl.DataFrame, names: list[str]
) -> Iterator[pl.DataFrame]:
    """Each piece with every column of the table; a text that is not there is empty."""
    texts = {name for name in names if case.layout.column(name).type is Type.TEXT}
    for piece in typed(case, wrong):
        values = [_value(piece, name, is_text=name in texts) for name in names]
        yield piece.select(pl.lit(report.pk).alias("report_id"), LINE, *values)


def _value(piece: pl.DataFrame, name: str, *, is_text: bool) -> pl.Expr:
    if name not in piece.columns:
        return pl.lit("" if is_text else None, dtype=pl.String).alias(name)
    return pl.col(name).fill_null("") if is_text else pl.col(name)
