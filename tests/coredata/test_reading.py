"""A file becomes rows of text with their physical line, or one sentence."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from coredata.reading import LINE, Limits, Records, Sheet, Unusable, read
from coredata.reading.records import Wanted, _parsed, read_text
from coredata.reading.workbook import SHEETS

HEADER = ["CollectionVersion", "StateID", "CourseNum"]
LIMITS = Limits(bytes=1_000_000, columns=50, line=2_000)
ROW = "2027Oct1.0StuAssign,0000000042,115844"


def sheet(data: bytes | str, name: str = "file.csv", limits: Limits = LIMITS) -> Sheet:
    return read(data if isinstance(data, bytes) else data.encode(), name=name, limits=limits)


def rows(records: Records) -> list[tuple[object, ...]]:
    return records.rows.rows()


def text_of(*records: str) -> str:
    return "\n".join([",".join(HEADER), *records]) + "\n"


def refusal(data: bytes | str, name: str = "file.csv", limits: Limits = LIMITS) -> str:
    with pytest.raises(Unusable) as refused:
        sheet(data, name, limits)
    return str(refused.value)


def workbook(*cells: Sequence[object], formula: str = "") -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for number, row in enumerate(cells):
        page.write_row(number, 0, row)
    if formula:
        page.write_formula(len(cells), 1, formula)
    book.close()
    return out.getvalue()


# Lines --------------------------------------------------------------------------------------------


def test_a_row_keeps_its_line_as_an_editor_counts() -> None:
    found = sheet("Title\n\n" + text_of(ROW, "", ",,", ROW)).records
    assert found.header_line == 3
    assert found.rows[LINE].to_list() == [4, 7]


def test_a_value_may_run_over_lines() -> None:
    found = sheet(text_of('a,"one\ntwo",c', ROW)).records
    assert rows(found) == [(2, "a", "one\ntwo", "c"), (4, *ROW.split(","))]


def test_a_row_that_does_not_fit_the_header_stands_apart() -> None:
    found = sheet(text_of("a,b", "a,b,c,d", "a,b,c,,", ROW)).records
    assert found.ragged == {2: ["a", "b"], 3: ["a", "b", "c", "d"]}
    assert found.rows[LINE].to_list() == [4, 5]


def test_columns_that_no_layout_knows_are_not_taken_apart() -> None:
    found = sheet("CollectionVersion,Gender,StateID\n2027Oct1.0StuAssign,F,1\n").records
    assert found.rows.columns == [LINE, "0", "2"]
    assert "F" not in str(rows(found))


def test_stray_quotation_marks_are_read_one_by_one() -> None:
    found = sheet(text_of('a,5" pipe,c', 'a,b"c"d,e')).records
    assert rows(found) == [(2, "a", '5" pipe', "c"), (3, "a", 'b"c"d', "e")]


# Without the separators of ASCII, which Python alone takes for blanks.
cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\x1c\x1d\x1e\x1f"), max_size=8)


@given(st.lists(st.lists(cells, min_size=1, max_size=5), max_size=12), st.sampled_from([",", "\t"]))
def test_what_csv_writes_is_read_back(records: list[list[str]], separator: str) -> None:
    """No record is lost, none is made up, and each stands where it stood."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(HEADER)
    expected: dict[int, list[str]] = {}
    for record in records:
        line = out.getvalue().count("\n") + 1
        writer.writerow(record)
        stripped = [cell.strip() for cell in record]
        if any(stripped):
            expected[line] = stripped
    found = read_text(out.getvalue(), wanted=ALL, limits=LIMITS)
    assert found is not None
    whole = {line: record[:3] for line, record in expected.items() if fits(record)}
    assert {row[0]: list(row[1:]) for row in rows(found)} == whole
    assert found.ragged == {line: record for line, record in expected.items() if not fits(record)}


@given(st.text(st.sampled_from('ab," \n\t'), max_size=60))
def test_any_text_is_read_as_csv_reads_it_or_refused(text: str) -> None:
    """The way that takes all lines at once and the one record by record do not differ."""
    whole = ",".join(HEADER) + "\n" + text
    try:
        found = read_text(whole, wanted=ALL, limits=LIMITS)
    except Unusable:
        with pytest.raises(Unusable):
            list(_parsed(whole, ","))
        return
    assert found is not None
    expected = {line: record for line, record, _next in _parsed(whole, ",") if line > 1}
    assert {row[0]: list(row[1:]) for row in rows(found)} == {
        line: record[:3] for line, record in expected.items() if fits(record)
    }
    assert found.ragged == {line: record for line, record in expected.items() if not fits(record)}


ALL = Wanted(is_header=lambda cells: list(cells) == HEADER, is_column=lambda name: True)


def fits(record: list[str]) -> bool:
    return len(record) >= 3 and not any(record[3:])


# Workbooks ----------------------------------------------------------------------------------------


def test_a_workbook_is_read_as_it_was_typed() -> None:
    found = sheet(workbook(["As of today"], HEADER, ["2027Oct1.0StuAssign", 42, "0115844"]), "file.xlsx")
    assert found.encoding is None
    assert rows(found.records) == [(3, "2027Oct1.0StuAssign", "42", "0115844")]


def test_a_formula_is_named_by_its_cell() -> None:
    data = workbook(HEADER, ["a", "b", "c"], formula="=1+1")
    assert refusal(data, "file.xlsx").startswith("Cell B3 holds a formula.")


def test_a_workbook_that_unpacks_to_too_much_is_not_opened() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("/".join([*SHEETS, "sheet1.xml"]), b" " * 2_000_000)
    assert len(out.getvalue()) < 5_000
    assert refusal(out.getvalue(), "file.xlsx").startswith("The workbook unpacks to more than 1 MB.")


def test_a_damaged_workbook_is_refused() -> None:
    assert refusal(workbook(HEADER)[:700], "file.xlsx").startswith("The workbook is damaged or locked.")


def test_another_archive_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("file.csv", text_of(ROW))
    assert refusal(out.getvalue(), "file.xlsx").startswith("The file is a ZIP archive")


# Refusals -----------------------------------------------------------------------------------------


REFUSED = {
    "nothing": (b"", "file.csv", "The file is empty."),
    "blank": (b" \n\n", "file.csv", "The file is empty."),
    "pdf": (b"%PDF-1.7 ...", "file.csv", "The file is a PDF document."),
    "old workbook": (b"\xd0\xcf\x11\xe0 ...", "file.xls", "The file is a workbook of an old kind."),
    "another ending": (text_of(ROW).encode(), "file.doc", "The name of the file does not end in"),
    "no workbook": (
        text_of(ROW).encode(),
        "file.xlsx",
        "The file is named .xlsx but holds no Excel workbook.",
    ),
    "workbook named csv": (
        workbook(HEADER),
        "file.csv",
        "The file is named .csv but holds an Excel workbook.",
    ),
    "nul": (text_of("a,b\0,c").encode(), "file.csv", "Line 2 holds a NUL character"),
    "bytes of no encoding": (
        text_of("a,\x81,c").encode("latin-1"),
        "file.csv",
        "Line 2 is neither UTF-8 nor Windows-1252",
    ),
    "half of utf-16": (b"\xff\xfea", "file.csv", "The file begins as UTF-16 text but does not go on so."),
    "no header": (b"a,b\n1,2\n", "file.csv", "No header with the column CollectionVersion"),
    "no rows": (text_of().encode(), "file.csv", "The file has a header but no rows."),
    "open quotation": (
        text_of('a,"b,c', ROW).encode(),
        "file.csv",
        "The record that starts on line 2 has a quotation mark",
    ),
    "long line": (text_of("a" * 3_000).encode(), "file.csv", "Line 2 is longer than 2000 characters"),
    "many columns": (
        (",".join(HEADER) + ",x" * 60 + "\n1").encode(),
        "file.csv",
        "The header has 63 columns",
    ),
    "column twice": (b"CollectionVersion,collection version\n1,2\n", "file.csv", "The header has the column"),
    "too large": (text_of(*[ROW] * 30_000).encode(), "file.csv", "The file is larger than 1 MB"),
}


@pytest.mark.parametrize(("data", "name", "begins"), REFUSED.values(), ids=REFUSED)
def test_one_sentence_for_what_is_no_core_data_file(data: bytes, name: str, begins: str) -> None:
    assert refusal(data, name).startswith(begins)
