"""A CSV file of decisions made on paper: read, and compared with what is stored. Nothing here writes.

One row is one course with its decision. Rows of the same student, term and day of receipt are one request. The columns
are explained in docs/paper-decisions.md.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.tabular import (
    RowError,
    UnreadableFile,
    plain_name,
    read_csv,
    read_records,
)
from providers.catalog import Problem

from .columns import (
    COLUMNS,
    EXAMPLES,
    MOST_BYTES,
    MOST_ROWS,
    OPTIONAL,
    PERSONAL,
    REQUIRED,
    explained,
    template,
)
from .requests import PaperFile, PaperRequest, gather
from .rows import Known, PaperRow, ReadRow, RowReader

__all__ = [
    "COLUMNS",
    "EXAMPLES",
    "MOST_BYTES",
    "MOST_ROWS",
    "OPTIONAL",
    "PERSONAL",
    "REQUIRED",
    "PaperFile",
    "PaperRequest",
    "PaperRow",
    "explained",
    "only_known",
    "read",
    "template",
]

NAMED_SSN = re.compile(r"ssn|socialsecurity|socsec")
LOOKS_LIKE_SSN = re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)")
LINE_END = re.compile(r"\r\n|\r|\n")


def read(data: bytes, *, by: Membership, at: dt.datetime, most_rows: int | None = None) -> PaperFile:
    """Read a file for the LEA of this hat and compare it with what is stored. Writes nothing.

    Raises UnreadableFile for a file that cannot be used at all: no table, too many rows, Social Security numbers
    (R-141).
    """
    header, records = read_records(data)
    _refuse_ssn(header, records.values())
    if most_rows is not None and len(records) > most_rows:
        raise UnreadableFile(
            _("This file has %(rows)d rows; %(most)d are read at once. Send it in parts.")
            % {"rows": len(records), "most": most_rows}
        )
    file = PaperFile(header, records)
    rows = []
    known = Known.of(records.values(), header, by=by, today=central_date(at))
    for record in read_csv(data, required=REQUIRED, optional=OPTIONAL):
        if isinstance(record, RowError):
            remedy = _("Give every column a value or nothing; put a value with a comma into quotation marks.")
            file.problems.append(Problem(record.row, record.column, record.value, record.message, remedy))
            continue
        reader = RowReader(record, known)
        found = reader.read()
        file.problems += reader.problems
        rows.append(ReadRow(record, found, is_wrong=bool(reader.problems)))
    gather(file, rows, known)
    file.problems.sort(key=lambda problem: problem.row or 0)
    return file


def _refuse_ssn(header: list[str], records: Iterable[list[str]]) -> None:
    found = next((name for name in header if NAMED_SSN.search(re.sub(r"[^a-z]", "", name.casefold()))), None)
    if found is None:
        for cells in records:
            for name, cell in zip(header, cells, strict=False):
                if LOOKS_LIKE_SSN.search(cell):
                    found = name
    if found is not None:
        raise UnreadableFile(
            _(
                "The column “%(column)s” seems to hold Social Security numbers. They are never collected here, and "
                "nothing of this file was kept. Take the column out and send the file again."
            )
            % {"column": found}
        )


def only_known(data: bytes) -> str:
    """The file's text without what stands in columns that nobody asked for: only that is kept between two pages.

    Every record stays on its line. Raises UnreadableFile.
    """
    header, records = read_records(data)
    known = {plain_name(column) for column in COLUMNS}
    keeps = [plain_name(name) in known for name in header]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    line = 1 + len(LINE_END.findall(text.getvalue()))
    for start, cells in records.items():
        text.write("\n" * (start - line))
        before = text.tell()
        # One value too many is still one too many.
        surplus = ["…" if cell else "" for cell in cells[len(header) :]]
        writer.writerow([cell if keep else "" for cell, keep in zip(cells, keeps, strict=False)] + surplus)
        line = start + len(LINE_END.findall(text.getvalue()[before:]))
    return text.getvalue()
