"""What a clerk takes along: the list of problems, and the file that was sent with its problems beside each row."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice

import xlsxwriter
from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.tabular import stream_csv, write_csv

from .changes import words_of_change, words_of_row
from .checks import MARKS, rules
from .models import Problem, ProviderReport, Upload
from .reading import Cells, is_header, read_whole
from .store import vault
from .store.difference import Difference

COLUMNS = ["line", "column", "value", "rule", "severity", "message", "remedy"]
WIDTHS = [8, 24, 24, 8, 10, 60, 60]  # characters
AT_A_TIME = 2_000  # rows
MOST_IN_A_WORKBOOK = 100_000  # rows: it is put together in memory, so that no value lies in a temporary file


def problems_csv(upload: Upload | ProviderReport) -> Iterator[str]:
    """All problems of a file, line by line."""
    return chain(["\ufeff"], stream_csv(COLUMNS, map(_cells, _in_order(upload))))


def problems_workbook(upload: Upload) -> bytes:
    """The problems of a file as XLSX, every cell a text; the first 100,000 where there are more, which it says."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Problems")
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width, wrapped)
        sheet.write_row(0, 0, COLUMNS, bold)
        sheet.freeze_panes(1, 0)
        number = 0
        for number, found in enumerate(islice(_in_order(upload), MOST_IN_A_WORKBOOK), start=1):
            for place, cell in enumerate(_cells(found)):
                sheet.write_string(number, place, cell)
        sheet.autofilter(0, 0, max(number, 1), len(COLUMNS) - 1)
        if upload.errors + upload.warnings > MOST_IN_A_WORKBOOK:
            sheet.write_string(number + 1, 5, _("There are more. The CSV file has all of them."))
    return out.getvalue()


def marked(upload: Upload) -> Iterator[str]:
    """The file as it was sent, as CSV with one more column: what is wrong in each row.

    What is wrong in the file as a whole stands above the header. Raises FileNotFoundError when the bytes are gone.
    """
    sent = read_whole(vault.opened(upload.stored_as, bytes(upload.key)))
    return chain(["\ufeff"], _marked(sent, _by_line(upload)))


def changes_csv(upload: Upload, found: Difference) -> str:
    """Every row that differs from an earlier version, and how."""
    return write_csv(
        ["change", "line", "row", "what_changes"],
        (
            [row.change, str(row.line), words_of_row(upload, row), words_of_change(upload, row)]
            for row in found.rows()
        ),
    )


def _marked(sent: Iterable[tuple[int, Cells]], wrong: dict[int | None, str]) -> Iterator[str]:
    if None in wrong:
        yield from stream_csv([wrong[None]], [])
    width, is_below = 0, False
    for line, cells in sent:
        mark = wrong.get(line, "")
        if not is_below and is_header(cells):
            width, is_below, mark = len(cells), True, MARKS
        yield from stream_csv([*cells, *[""] * (width - len(cells)), mark] if is_below else cells, [])


def _by_line(upload: Upload) -> dict[int | None, str]:
    found: dict[int | None, list[str]] = {}
    for line, column, rule, message in upload.problems.order_by("line", "rule", "pk").values_list(
        "line", "column", "rule", "message"
    ):
        found.setdefault(line, []).append(f"{rule} {column}: {message}" if column else f"{rule}: {message}")
    return {line: " | ".join(messages) for line, messages in found.items()}


def _in_order(upload: Upload | ProviderReport) -> Iterator[Problem]:
    return upload.problems.order_by("line", "rule", "pk").iterator(chunk_size=AT_A_TIME)


def _cells(found: Problem) -> list[str]:
    remedy = rules()[found.rule].remedy if found.rule in rules() else ""
    line = "" if found.line is None else str(found.line)
    return [line, found.column, found.value or "", found.rule, found.severity, found.message, remedy]
