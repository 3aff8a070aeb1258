"""The first sheet of an XLSX workbook as rows of text. Nothing in it runs, and what would not fit is refused."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import PurePosixPath
from typing import Any

import python_calamine as calamine
from django.utils.translation import gettext as _

from .limits import Limits
from .records import Cells, plain_digits
from .refusal import Unusable

SHEETS = ("xl", "worksheets")  # the folders of a package in which its sheets lie
PIECE = 1 << 20  # bytes
OVERLAP = 300  # bytes: the longest beginning of a cell that is looked for
FORMULA = re.compile(rb'<c\b[^<>]*?\br="([A-Z]{1,3}[0-9]{1,7})"[^<>]*>\s*<f[\s>/]')


def read_workbook(data: bytes, *, limits: Limits) -> list[tuple[int, Cells]]:
    """The rows of the first sheet that hold anything, by their number, the values stripped. Raises Unusable."""
    _refuse_what_is_dangerous(data, limits)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        if (sheet.width or 0) > limits.columns:
            raise Unusable(
                _(
                    "The sheet has %(count)d columns; a core data file has fewer than %(most)d. Export it again."
                )
                % {"count": sheet.width, "most": limits.columns}
            )
        rows = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    except (calamine.CalamineError, IndexError) as error:
        raise Unusable(_("The workbook cannot be opened. Save it as CSV UTF-8 and send that.")) from error
    return [(number, row) for number, row in enumerate(rows, start=1) if any(row)]


def _refuse_what_is_dangerous(data: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            if not any(map(_is_sheet, entries)):
                raise Unusable(
                    _("The file is a ZIP archive, not an Excel workbook. Send the file inside it.")
                )
            unpacked = 0
            for entry in entries:
                unpacked = _unpack(package, entry, unpacked, limits)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise Unusable(_("The workbook is damaged or locked. Save it as CSV UTF-8 and send that.")) from error


def _is_sheet(entry: zipfile.ZipInfo) -> bool:
    return PurePosixPath(entry.filename).parts[:2] == SHEETS


def _unpack(package: zipfile.ZipFile, entry: zipfile.ZipInfo, unpacked: int, limits: Limits) -> int:
    """Look through a part, piece by piece: how many bytes there are so far. An archive may lie about its sizes."""
    is_sheet = _is_sheet(entry)
    with package.open(entry) as part:
        before = b""
        while piece := part.read(PIECE):
            unpacked += len(piece)
            if unpacked > limits.bytes:
                raise Unusable(
                    _("The workbook unpacks to more than %(most)d MB. Save it as CSV UTF-8 and send that.")
                    % {"most": limits.bytes // 1_000_000}
                )
            formula = FORMULA.search(before + piece) if is_sheet else None
            if formula:
                raise Unusable(
                    _(
                        "Cell %(cell)s holds a formula. Copy the sheet, paste it as values only, and send it again."
                    )
                    % {"cell": formula[1].decode()}
                )
            before = piece[-OVERLAP:]
    return unpacked


def _text(value: Any) -> str:
    match value:
        case str():
            return value.strip()
        case bool():
            return "Y" if value else "N"
        case float():
            return plain_digits(value)
        case dt.datetime():
            return value.date().isoformat()
        case None:
            return ""
        case _:
            return str(value)
