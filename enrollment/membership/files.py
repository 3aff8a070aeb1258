"""A membership report to take along, as CSV and as XLSX. Names of columns never change: programs read them."""

import io
from collections.abc import Iterable, Iterator

import xlsxwriter

from mocap_portal.foundation.shared.tabular import stream_csv

from .models import MembershipReport, MembershipRow

COLUMNS = [
    "school_year",
    "count_date",
    "host_code",
    "school_code",
    "program",
    "version",
    "mosis_id",
    "grade",
    "age",
    "resident_district_code",
    "resident_district",
    "share",
]
WIDTHS = [12, 12, 10, 10, 30, 8, 14, 8, 6, 12, 30, 8]  # characters
AT_A_TIME = 2_000  # rows


def report_csv(report: MembershipReport, version: int) -> Iterator[str]:
    """Line by line, with the mark by which spreadsheets know UTF-8."""
    yield "\ufeff"
    yield from stream_csv(COLUMNS, _cells(report, version))


def report_workbook(report: MembershipReport, version: int) -> bytes:
    """The same as XLSX, every cell a text, so that codes keep their leading zeros."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Membership")
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width)
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        for number, cells in enumerate(_cells(report, version), start=1):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell)
    return out.getvalue()


def _cells(report: MembershipReport, version: int) -> Iterator[list[str]]:
    program = report.program
    head = [
        str(report.school_year),
        report.count_date.isoformat(),
        program.host.state_district_id,
        program.school.state_school_id,
        program.name,
        str(version),
    ]
    for row in rows_of(report, version):
        yield [
            *head,
            row.mosis_id,
            f"{row.grade:02}",
            str(row.age),
            row.resident_lea_code,
            str(row.resident_lea),
            str(row.share),
        ]


def rows_of(report: MembershipReport, version: int) -> Iterable[MembershipRow]:
    rows = MembershipRow.objects.filter(report=report, version=version)
    return (
        rows.select_related("resident_lea__organization")
        .order_by("grade", "resident_lea_code", "enrollment")
        .iterator(chunk_size=AT_A_TIME)
    )
