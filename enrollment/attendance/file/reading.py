"""From the bytes of a file to flat rows of text with their lines."""

from __future__ import annotations

import io
from dataclasses import dataclass

import polars as pl
from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.tabular import Row, UnreadableFile, plain_name, read_csv

from .columns import COLUMNS, MOST_BYTES

LINE = "line"
SCHEMA = {LINE: pl.UInt32, **dict.fromkeys(COLUMNS, pl.String)}


@dataclass(frozen=True, slots=True)
class Records:
    """`rows`: the column `line` and each of COLUMNS as stripped text. `ragged`: lines whose values do not fit the
    header."""

    rows: pl.DataFrame
    ragged: list[int]


def read(data: bytes) -> Records:
    """Read a CSV file in UTF-8 with a header; columns in any order, others passed over.

    Raises UnreadableFile when it is no such file, lacks a column, is too large or has no rows.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableFile(
            _("The file is larger than %(most)d MB. Send one file for each day or week.")
            % {"most": MOST_BYTES // 1_000_000}
        )
    rows = _plain_rows(data)
    records = Records(rows, []) if rows is not None else _any_rows(data)
    if records.rows.is_empty() and not records.ragged:
        raise UnreadableFile(_("The file has a header but no rows. Export it again with what students did."))
    return records


def _plain_rows(data: bytes) -> pl.DataFrame | None:
    """The rows of a file in which every line is one record of as many values as the header: as systems write them.

    None when it is not so plain; then it takes the careful reader, which knows quotation marks and says what is wrong.
    """
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").rstrip(b"\n")
    header, _end, body = data.partition(b"\n")
    if not body or any(sign in data for sign in (b'"', b"\r", b"\n\n", b"\0")):
        return None
    names = [plain_name(name) for name in header.decode("ascii", errors="replace").split(",")]
    wanted = {plain_name(name): name for name in COLUMNS}
    if any(names.count(name) != 1 for name in wanted):
        return None
    lines = body.count(b"\n") + 1
    if body.count(b",") != lines * (len(names) - 1):
        return None
    try:
        # By number: columns that nobody asked for may have the same name, or none.
        places = [str(place) for place in range(len(names))]
        found = pl.read_csv(
            io.BytesIO(body),
            has_header=False,
            schema=dict.fromkeys(places, pl.String),
            quote_char=None,
        )
    except pl.exceptions.PolarsError:
        return None
    if found.height != lines:
        return None
    rows = found.select(
        **{
            wanted[name]: pl.col(place).fill_null("").str.strip_chars()
            for place, name in zip(places, names, strict=True)
            if name in wanted
        }
    )
    line = pl.int_range(2, lines + 2, dtype=pl.UInt32)
    filled = pl.any_horizontal(pl.col(name) != "" for name in COLUMNS)
    return rows.select(line.alias(LINE), *COLUMNS).filter(filled)


def _any_rows(data: bytes) -> Records:
    rows: list[tuple[int | str, ...]] = []
    ragged = []
    for found in read_csv(data, required=COLUMNS):
        if isinstance(found, Row):
            rows.append((found.line, *(found.values[name] for name in COLUMNS)))
        else:
            ragged.append(found.row or 1)
    return Records(pl.DataFrame(rows, schema=SCHEMA, orient="row"), ragged)
