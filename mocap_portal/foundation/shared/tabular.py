"""Reading a CSV file somebody made by hand or with a spreadsheet, for imports, and writing one that is safe to open.

A file becomes flat rows of text; what the text means is the importer's business. A row keeps the number of
the line on which it starts, as an editor counts lines, so a message can say where to look.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, slots=True)
class RowError:
    """One problem: where it is, what stands there, and a sentence for the person who sent the file.

    `row` is None for a problem of the whole file, `column` None for one of the whole row.
    """

    row: int | None
    column: str | None
    value: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it starts on, and its text, stripped, by the importer's column names."""

    line: int
    values: dict[str, str]

    def error(self, column: str, message: str) -> RowError:
        """What is wrong with this row's value in a column."""
        return RowError(self.line, column, self.values[column], message)


class UnreadableFile(Exception):
    """Nothing in the file can be used. Its text is one sentence for the person who sent it."""

    @property
    def error(self) -> RowError:
        return RowError(row=None, column=None, value=None, message=str(self))


def read_csv(
    data: bytes, *, required: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[Row | RowError]:
    """Read a comma-separated UTF-8 file with a header, in file order: a Row per good record, else a RowError.

    Columns may stand in any order, and their names are found whatever their case, spaces and underscores
    (``State District ID`` is ``state_district_id``). Columns not asked for are dropped unread; an optional
    column the file lacks is empty text in every row. Empty lines, and lines of nothing but commas, are passed
    over.

    Raises UnreadableFile, from the call itself, when the bytes are not UTF-8 text, a quotation mark is left
    open, the file is empty, or its header lacks or repeats a column asked for.
    """
    # All records are taken apart before the first is handed out, so that a file broken at its end changes
    # nothing.
    records = _records(_text(data))
    if not records:
        raise UnreadableFile(_("The file is empty."))
    (_line, header), *body = records
    places = _places(header, required, optional)
    return (_row(line, cells, len(header), places, optional) for line, cells in body)


def read_records(data: bytes) -> tuple[list[str], dict[int, list[str]]]:
    """The header as it stands, and the stripped texts of each record by the line on which it starts.

    Every column is there, asked for or not: to look for what must not be in a file, and to give rows back.
    Raises UnreadableFile as `read_csv` does, but for missing columns.
    """
    records = _records(_text(data))
    if not records:
        raise UnreadableFile(_("The file is empty."))
    (_line, header), *body = records
    return header, dict(body)


# What makes a spreadsheet take a text for a formula, which could then read or send what stands around it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A comma-separated file that spreadsheets open as UTF-8 text, none of it as a formula."""
    return "\ufeff" + "".join(stream_csv(header, rows))


def stream_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a comma-separated file, one by one.

    An apostrophe stands before what looks like a formula; `plain_text` takes it off again.
    """
    writer = csv.writer(_Echo())
    for row in chain([header], rows):
        yield writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def plain_text(cell: str) -> str:
    """The text of a cell without the apostrophe that `write_csv` put before it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", data[: error.start])) + 1
        raise UnreadableFile(
            _("Line %(line)d is not UTF-8 text. Save the file as “CSV UTF-8” and send it again.")
            % {"line": line}
        ) from error
    if "\0" in text:
        raise UnreadableFile(_("The file is not plain text. Save it as “CSV UTF-8” and send it again."))
    return text


def _records(text: str) -> list[tuple[int, list[str]]]:
    """Every record that holds anything, with the line it starts on."""
    # newline="" leaves the line ends to the csv module: one inside quotes belongs to the value.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records = []
    line = 1
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            if any(cells):
                records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(
            _("The record that starts on line %(line)d has a quotation mark out of place.") % {"line": line}
        ) from error
    return records


def _places(header: list[str], required: Sequence[str], optional: Sequence[str]) -> dict[str, int]:
    """Where in a record each column stands."""
    found = [plain_name(name) for name in header]
    wanted = {plain_name(name): name for name in (*required, *optional)}
    missing = [name for plain, name in wanted.items() if plain not in found and name in required]
    if missing:
        raise UnreadableFile(
            ngettext(
                "The header lacks this column: %(names)s.",
                "The header lacks these columns: %(names)s.",
                len(missing),
            )
            % {"names": ", ".join(missing)}
        )
    repeated = [name for plain, name in wanted.items() if found.count(plain) > 1]
    if repeated:
        raise UnreadableFile(
            ngettext(
                "The header has this column more than once: %(names)s.",
                "The header has these columns more than once: %(names)s.",
                len(repeated),
            )
            % {"names": ", ".join(repeated)}
        )
    return {name: found.index(plain) for plain, name in wanted.items() if plain in found}


def plain_name(name: str) -> str:
    """A column's name as it is compared: without capitals, spaces and underscores."""
    return re.sub(r"[\s_]", "", name).casefold()


def _row(
    line: int, cells: list[str], width: int, places: dict[str, int], optional: Sequence[str]
) -> Row | RowError:
    # A value too many or too few has usually moved its neighbours into the wrong columns: none of them can be
    # trusted.
    if len(cells) < width or any(cells[width:]):
        message = _("Values in this row: %(cells)d. Columns in the header: %(width)d.")
        return RowError(line, None, None, message % {"cells": len(cells), "width": width})
    return Row(line, dict.fromkeys(optional, "") | {name: cells[place] for name, place in places.items()})
