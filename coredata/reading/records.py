"""From the text of a CSV or TSV file to its records, each with the line on which it starts.

Most files have no line end inside a value: each line is a record, and the whole text goes to polars at once. The few
others are read record by record. Both ways give the same records; tests/coredata/test_reading.py holds them together.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import polars as pl
from django.utils.translation import gettext as _

from .limits import Limits
from .refusal import Unusable

Cells: TypeAlias = list[str]
SEPARATORS = (",", "\t")
FIRST_RECORDS = 10  # the header is one of them: titles may stand above it
FIRST_LINES = 100  # those records are among them
LINE = "line"


@dataclass(frozen=True, slots=True)
class Records:
    """A header, and the records below it.

    `rows`: `line`, the physical line on which a record starts, then a text column for each place of the header that
    was wanted, named by its number ("0", "3", …), stripped. `ragged`: the records with more or fewer values than the
    header, by their line. Records without any value are left out.
    """

    header: Cells
    header_line: int
    rows: pl.DataFrame
    ragged: dict[int, Cells]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: the row that is the header, and which of its columns to take. The others stay unread."""

    is_header: Callable[[Sequence[str]], bool]
    is_column: Callable[[str], bool]

    def places(self, header: Cells) -> list[int]:
        return [place for place, name in enumerate(header) if self.is_column(name)]


def read_text(text: str, *, wanted: Wanted, limits: Limits) -> Records | None:
    """The records of a text; None when none of the first records is the header. Raises Unusable."""
    _refuse_long_lines(text, limits)
    found = _find_header("".join(islice(io.StringIO(text), FIRST_LINES)), wanted)
    if found is None:
        return None
    separator, header, header_line, first_line = found
    if len(header) > limits.columns:
        raise Unusable(
            _(
                "The header has %(count)d columns; a core data file has fewer than %(most)d. Export the file again."
            )
            % {"count": len(header), "most": limits.columns}
        )
    shape = _Shape(separator, len(header), wanted.places(header))
    rows, ragged = _body(text, shape, first_line)
    return Records(header, header_line, rows, ragged)


def whole_records(text: str, *, wanted: Wanted) -> Iterator[tuple[int, Cells]]:
    """Every record of a text that `read_text` can read, its header and what stands above it included, with its line.

    All of its values are there, wanted or not: to give a file back to whoever sent it.
    """
    found = _find_header("".join(islice(io.StringIO(text), FIRST_LINES)), wanted)
    separator = found[0] if found else SEPARATORS[0]
    return ((line, cells) for line, cells, _next in _parsed(text, separator))


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a record is taken apart: its separator, how many values it has, and which of them are wanted."""

    separator: str
    width: int
    places: list[int]


def _body(text: str, shape: _Shape, first: int) -> tuple[pl.DataFrame, dict[int, Cells]]:
    """The records from line `first` on, by the fastest way that is right for them."""
    is_quoted = '"' in text
    if not is_quoted and (rows := _all_alike(text, shape, first)) is not None:
        return rows, {}
    lines = text.split("\n")
    body = _records_of(lines, first, separator=shape.separator, is_quoted=is_quoted)
    return _slowly(text, shape, first) if body is None else _at_once(body, shape, is_quoted=is_quoted)


def _all_alike(text: str, shape: _Shape, first: int) -> pl.DataFrame | None:
    """The rows of a text of which each line is a record with as many values as the header; else None.

    Nothing is counted line by line: no line has more separators, or polars refuses it, and all together have as many as
    they should, so none has fewer either.
    """
    start = 0
    for _line in range(first - 1):
        start = text.find("\n", start) + 1
    count = text.count("\n", start) + (not text.endswith("\n"))
    if shape.width < 2 or text.count(shape.separator, start) != count * (shape.width - 1):
        return None
    try:
        values = _values(text, shape, quote=None, skip=first - 1)
    except pl.exceptions.PolarsError:
        return None
    if values.height != count:
        return None
    lines = pl.int_range(first, first + count, eager=True, dtype=pl.Int64).alias(LINE)
    rows = values.select(lines, pl.all())
    # Whether a line without any wanted value holds another, only a look at it tells.
    return rows if _is_filled(rows) else None


def _is_filled(rows: pl.DataFrame) -> bool:
    """Whether each row has a value: most often its first column tells."""
    first, *_others = rows.columns[1:]
    if (rows[first] != "").all():
        return True
    return bool(rows.select(pl.any_horizontal(pl.exclude(LINE) != "").all()).item())


def _refuse_long_lines(text: str, limits: Limits) -> None:
    # A line that is too long leaves a window of half its length without an end: most files need no closer look.
    half = limits.line // 2
    if all(text.find("\n", start, start + half) >= 0 for start in range(0, len(text) - half + 1, half)):
        return
    lengths = [len(line) for line in text.split("\n")]
    if max(lengths) > limits.line:
        raise Unusable(
            _(
                "Line %(line)d is longer than %(most)d characters, so this is no core data file. Export it again."
            )
            % {"line": lengths.index(max(lengths)) + 1, "most": limits.line}
        )


def _find_header(text: str, wanted: Wanted) -> tuple[str, Cells, int, int] | None:
    """The separator, the header, its line, and the line after it."""
    for separator in SEPARATORS:
        records = _parsed(text, separator)
        try:
            for _number in range(FIRST_RECORDS):
                line, cells, next_line = next(records)
                if wanted.is_header(cells):
                    return separator, cells, line, next_line
        except (StopIteration, Unusable):
            continue
    return None


def _parsed(text: str, separator: str) -> Iterator[tuple[int, Cells, int]]:
    """Each record that holds anything: its line, its values, the line after it. Raises Unusable."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            if any(cells):
                yield line, cells, reader.line_num + 1
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unusable(
            _(
                "The record that starts on line %(line)d has a quotation mark out of place. "
                "Correct it or export the file again."
            )
            % {"line": line},
            rule="V-08",
        ) from error


def _records_of(lines: Sequence[str], first: int, *, separator: str, is_quoted: bool) -> pl.DataFrame | None:
    """The text of each record with its line, lines joined where a value runs over more than one.

    None where quotation marks do not stand as they should: only reading one by one tells what is meant.
    """
    body = pl.DataFrame(
        {LINE: pl.int_range(first, len(lines) + 1, eager=True, dtype=pl.Int64), "text": lines[first - 1 :]}
    )
    if not is_quoted:
        return body
    odd = pl.col("text").str.count_matches('"', literal=True) % 2
    body = body.with_columns(odd=odd.cast(pl.Int64))
    if body["odd"].sum():
        is_start = (pl.col("odd").cum_sum() - pl.col("odd")) % 2 == 0
        body = body.group_by(is_start.cum_sum().alias("record"), maintain_order=True).agg(
            pl.col(LINE).first(), pl.col("text").str.join("\n")
        )
    value = rf'(?:"(?:[^"]|"")*"|[^"{separator}]*)'
    by_the_book = pl.col("text").str.contains(f"^{value}(?:{separator}{value})*$")
    quoted = body.filter(pl.col("text").str.contains('"', literal=True))
    return body.select(LINE, "text") if quoted.select(by_the_book.all()).item() else None


def _at_once(body: pl.DataFrame, shape: _Shape, *, is_quoted: bool) -> tuple[pl.DataFrame, dict[int, Cells]]:
    """Records quoted by the book: polars takes all that have the header's width apart together."""
    text = pl.col("text").str
    unquoted = text.replace_all('"[^"]*"', '""').str if is_quoted else text
    count = unquoted.count_matches(shape.separator, literal=True)
    holds_text = text.contains(rf'[^\s"{shape.separator}]')
    body = body.filter(holds_text | text.contains('"', literal=True)).with_columns(
        fits=holds_text & (count == shape.width - 1)
    )
    odd = body.filter(~pl.col("fits")).select(LINE, "text").rows()
    records = {line: cells for line, one in odd if any(cells := _one(one, shape.separator))}
    whole, ragged = _sorted_out(records, shape.width)
    fitting = body.filter("fits")
    values = _values(fitting["text"].str.join("\n").item(), shape, quote='"' if is_quoted else None)
    rows = pl.concat([fitting.select(LINE), values], how="horizontal")
    if whole:
        rows = pl.concat([rows, _frame(whole, shape.places)]).sort(LINE)
    return rows, ragged


def _values(text: str, shape: _Shape, *, quote: str | None, skip: int = 0) -> pl.DataFrame:
    """The wanted values of records that all have the header's width, but for the lines to skip.

    Raises PolarsError for a record that has more.
    """
    names = [str(place) for place in shape.places]
    if not text:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    # Without a header polars names columns by itself, from column_1 on.
    values = pl.read_csv(
        text.encode(),
        has_header=False,
        skip_lines=skip,
        separator=shape.separator,
        quote_char=quote,
        columns=[f"column_{place + 1}" for place in shape.places],
        schema={f"column_{place + 1}": pl.String for place in range(shape.width)},
        empty_string_is_null=False,
    )
    values.columns = names
    return values.with_columns(pl.all().fill_null("").str.strip_chars())


def _slowly(text: str, shape: _Shape, first: int) -> tuple[pl.DataFrame, dict[int, Cells]]:
    """Record by record."""
    records = {line: cells for line, cells, _next in _parsed(text, shape.separator) if line >= first}
    whole, ragged = _sorted_out(records, shape.width)
    return _frame(whole, shape.places), ragged


def _one(text: str, separator: str) -> Cells:
    return [cell.strip() for cell in next(csv.reader([text], delimiter=separator))]


def _sorted_out(records: dict[int, Cells], width: int) -> tuple[dict[int, Cells], dict[int, Cells]]:
    """Those with a value for each column, and the others.

    Empty values beyond the last column are a spreadsheet's habit and mean nothing.
    """
    ragged = {line: cells for line, cells in records.items() if len(cells) < width or any(cells[width:])}
    return {line: cells[:width] for line, cells in records.items() if line not in ragged}, ragged


def _frame(records: dict[int, Cells], places: Sequence[int]) -> pl.DataFrame:
    columns = {LINE: pl.Series(list(records), dtype=pl.Int64)} | {
        str(place): pl.Series([cells[place] for cells in records.values()], dtype=pl.String)
        for place in places
    }
    return pl.DataFrame(columns)


def from_cells(rows: Sequence[tuple[int, Cells]], *, wanted: Wanted) -> Records | None:
    """The records of a worksheet, from its rows by their number; None when none of the first is the header."""
    for place, (line, header) in enumerate(rows[:FIRST_RECORDS]):
        if wanted.is_header(header):
            width = max(number for number, cell in enumerate(header) if cell) + 1
            below = {number: cells + [""] * (width - len(cells)) for number, cells in rows[place + 1 :]}
            whole, ragged = _sorted_out(below, width)
            return Records(header[:width], line, _frame(whole, wanted.places(header[:width])), ragged)
    return None


def plain_digits(number: float) -> str:
    """A spreadsheet's number as it was typed: 42 for 42.0."""
    return re.sub(r"\.0$", "", repr(number))
