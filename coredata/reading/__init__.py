"""Reading a core data file or a provider's report, whatever it came out of: CSV, TSV or XLSX, in every usual encoding.

`read` is the one way in. A file becomes a header and rows of text with their physical line; what the text means is
the business of `coredata.checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.tabular import plain_name

from ..layouts import is_known
from .limits import Limits
from .records import LINE, Cells, Records, Wanted, from_cells, read_text, whole_records
from .refusal import Unusable
from .text import Encoding, decode
from .workbook import read_workbook

__all__ = [
    "LINE",
    "REPORT_KEY",
    "Cells",
    "Encoding",
    "Limits",
    "Records",
    "Sheet",
    "Unusable",
    "is_header",
    "read",
    "read_whole",
]

SHOWN = 60  # characters of a name in a sentence
KEY_COLUMN = "CollectionVersion"  # every core data file has it, so it tells the header from a title
REPORT_KEY = "formatVersion"  # the same of a provider's report
WORKBOOK, ENDINGS = ".xlsx", (".csv", ".tsv", ".txt", ".xlsx")
_KEYS = frozenset(map(plain_name, (KEY_COLUMN, REPORT_KEY)))
_PACKAGE, _OLD_WORKBOOK, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds, and the encoding of its text; None for a workbook."""

    records: Records
    encoding: Encoding | None

    @property
    def is_report(self) -> bool:
        """Whether it is a provider's report."""
        return plain_name(REPORT_KEY) in map(plain_name, self.records.header)


def read(data: bytes, *, name: str, limits: Limits | None = None, key: str = KEY_COLUMN) -> Sheet:
    """Read the file of this name. `key`: the column that it is asked for when it has no header.

    Raises Unusable when it is empty, too large, no table, or has no header of a core data file or a report.
    """
    limits = limits or Limits.of_settings()
    refuse_other_files(data, name, limits, is_report=key == REPORT_KEY)
    if data.startswith(_PACKAGE):
        records, encoding = from_cells(read_workbook(data, limits=limits), wanted=WANTED), None
    else:
        text, encoding = decode(data)
        records = read_text(text, wanted=WANTED, limits=limits)
    if records is None:
        raise Unusable(
            _(
                "No header with the column %(column)s is among the first rows. "
                "Export the file again with its column names."
            )
            % {"column": key},
            rule="V-80" if key == REPORT_KEY else "V-04",
            column=key,
        )
    _refuse_repeated_columns(records.header)
    if records.rows.is_empty() and not records.ragged:
        raise Unusable(
            _("The file has a header but no rows. Export it again with its students or courses."), rule="V-09"
        )
    return Sheet(records, encoding)


def read_whole(data: bytes, *, limits: Limits | None = None) -> Iterator[tuple[int, Cells]]:
    """Each record of a file that `read` has read, the header and titles too, with its line and all of its values."""
    if data.startswith(_PACKAGE):
        return iter(read_workbook(data, limits=limits or Limits.of_settings()))
    text, _encoding = decode(data)
    return whole_records(text, wanted=WANTED)


def is_header(cells: Sequence[str]) -> bool:
    """Whether a record holds the names of a file's columns."""
    return not _KEYS.isdisjoint(map(plain_name, cells))


WANTED = Wanted(is_header, is_known)


def refuse_other_files(data: bytes, name: str, limits: Limits, *, is_report: bool) -> None:
    """Raises Unusable for what is no table."""
    ending = PurePath(name).suffix.lower()
    if not data or data.isspace():
        raise Unusable(_("The file is empty. Export it again."), rule="V-09")
    if len(data) > limits.bytes:
        sentence = (
            _("The file is larger than %(most)d MB, more than any report. Send one report of one provider.")
            if is_report
            else _(
                "The file is larger than %(most)d MB, more than any district's. Send one file of one district."
            )
        )
        raise Unusable(sentence % {"most": limits.bytes // 1_000_000})
    if data.startswith(_PDF):
        raise Unusable(_("The file is a PDF document. Send the table itself, as CSV or XLSX."))
    if data.startswith(_OLD_WORKBOOK):
        raise Unusable(
            _("The file is a workbook of an old kind. Save it as XLSX or as CSV UTF-8 and send that.")
        )
    if ending not in ENDINGS:
        raise Unusable(
            _(
                "The name of the file does not end in .csv, .tsv, .txt or .xlsx. Send the table in one of these."
            )
        )
    if data.startswith(_PACKAGE) != (ending == WORKBOOK):
        sentence = (
            _("The file is named %(ending)s but holds an Excel workbook. Name it .xlsx and send it again.")
            if ending != WORKBOOK
            else _(
                "The file is named %(ending)s but holds no Excel workbook. Name it as what it is: .csv or .tsv."
            )
        )
        raise Unusable(sentence % {"ending": ending})


def _refuse_repeated_columns(header: Cells) -> None:
    plain = [plain_name(name) for name in header]
    repeated = [name for name in header if name and plain.count(plain_name(name)) > 1]
    if repeated:
        raise Unusable(
            _("The header has the column %(name)s more than once. Remove one and send the file again.")
            % {"name": repeated[0][:SHOWN]},
            rule="V-06",
            column=repeated[0],
        )
