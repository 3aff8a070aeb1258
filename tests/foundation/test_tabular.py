"""Files as people send them: shapes that must be read, and those that must be refused with a reason."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocap_portal.foundation.shared.tabular import (
    Row,
    RowError,
    UnreadableFile,
    plain_text,
    read_csv,
    read_records,
    write_csv,
)

COLUMNS = ["state_district_id", "district_name"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"state_district_id,district_name\n001001,Adair\n", id="plain"),
        pytest.param(b"state_district_id,district_name\n001001,Adair", id="no last line end"),
        pytest.param(b"\xef\xbb\xbfstate_district_id,district_name\r\n001001,Adair\r\n", id="BOM and CRLF"),
        pytest.param(b"state_district_id,district_name\r001001,Adair\r", id="lone CR"),
        pytest.param(
            b'\xef\xbb\xbf"state_district_id","district_name"\n"001001","Adair"\n', id="BOM and quotes"
        ),
        pytest.param(b"State District ID,DISTRICT_NAME\n001001,Adair\n", id="case and spaces"),
        pytest.param(b"StateDistrictId , districtname\n 001001,\tAdair \n", id="outer spaces"),
        pytest.param(b"district_name,phone,state_district_id\nAdair,555,001001\n", id="order, a column more"),
        pytest.param(b"state_district_id,district_name,,\n001001,Adair,,\n", id="empty columns"),
        pytest.param(b"state_district_id,district_name\n001001,Adair,,\n", id="empty values past the end"),
        pytest.param(
            b"state_district_id,district_name\n001001,Adair\n\n,\n , \n", id="empty rows at the end"
        ),
    ],
)
def test_these_are_all_the_same_file(data: bytes) -> None:
    rows = list(read_csv(data, required=COLUMNS))

    assert rows == [Row(2, {"state_district_id": "001001", "district_name": "Adair"})]


def test_a_row_knows_the_line_it_starts_on() -> None:
    data = (
        b"\r\n"
        b"state_district_id,district_name\r\n"
        b'001001,"Adair\r\ncounty, ""north"""\r\n'
        b"\r\n"
        b"002001,Andrew\xc3\xa9\r\n"
    )

    assert list(read_csv(data, required=COLUMNS)) == [
        Row(3, {"state_district_id": "001001", "district_name": 'Adair\r\ncounty, "north"'}),
        Row(6, {"state_district_id": "002001", "district_name": "Andrewé"}),
    ]


def test_an_optional_column_may_be_there_or_not() -> None:
    def read(data: bytes) -> list[Row | RowError]:
        return list(read_csv(data, required=["title"], optional=["credits", "subject"]))

    assert read(b"Credits,Title\n0.5,Art\n") == [Row(2, {"title": "Art", "credits": "0.5", "subject": ""})]
    assert read(b"Title\nArt\n") == [Row(2, {"title": "Art", "credits": "", "subject": ""})]


def test_a_header_alone_is_a_file_without_rows() -> None:
    assert list(read_csv(b"state_district_id,district_name\n", required=COLUMNS)) == []


def test_a_row_of_another_width_is_named_and_the_rest_is_read() -> None:
    data = b"state_district_id,district_name\n001001\n002001,Andrew\n003001,Atchison,North\n"

    assert list(read_csv(data, required=COLUMNS)) == [
        RowError(2, None, None, "Values in this row: 1. Columns in the header: 2."),
        Row(3, {"state_district_id": "002001", "district_name": "Andrew"}),
        RowError(4, None, None, "Values in this row: 3. Columns in the header: 2."),
    ]


def test_a_row_tells_what_is_wrong_with_it() -> None:
    row = Row(7, {"state_district_id": "12", "district_name": "Adair"})

    assert row.error("state_district_id", "Six digits.") == RowError(
        7, "state_district_id", "12", "Six digits."
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "The file is empty.", id="no bytes"),
        pytest.param(b"\xef\xbb\xbf\r\n , ,\r\n", "The file is empty.", id="nothing but commas"),
        pytest.param(
            b"state_district_id,district_name\r\n001001,Adair\r\n002001,Ren\xe9\r\n",
            "Line 3 is not UTF-8 text. Save the file as “CSV UTF-8” and send it again.",
            id="Windows encoding",
        ),
        pytest.param(
            "state_district_id,district_name\n".encode("utf-16"),
            "Line 1 is not UTF-8 text. Save the file as “CSV UTF-8” and send it again.",
            id="UTF-16",
        ),
        pytest.param(
            "state_district_id,district_name\n".encode("utf-16-le"),
            "The file is not plain text. Save it as “CSV UTF-8” and send it again.",
            id="UTF-16 without a mark",
        ),
        pytest.param(
            b'state_district_id,district_name\n001001,"Adair\n002001,Andrew\n',
            "The record that starts on line 2 has a quotation mark out of place.",
            id="a quotation mark left open",
        ),
        pytest.param(
            b'state_district_id,district_name\n001001,Adair\n002001,"Andrew" county\n',
            "The record that starts on line 3 has a quotation mark out of place.",
            id="text after the quotation",
        ),
        pytest.param(
            b"state_district_id;district_name\n001001;Adair\n",
            "The header lacks these columns: state_district_id, district_name.",
            id="semicolons",
        ),
        pytest.param(
            b"district_name,kind\nAdair,district\n",
            "The header lacks this column: state_district_id.",
            id="a column missing",
        ),
        pytest.param(
            b"state_district_id,district_name,District Name\n001001,Adair,Adair\n",
            "The header has this column more than once: district_name.",
            id="a column twice",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_why_in_one_sentence_of_its_own(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_csv(data, required=COLUMNS)

    assert caught.value.error == RowError(row=None, column=None, value=None, message=message)


def test_a_value_too_long_to_be_one_is_an_open_quotation_mark() -> None:
    data = b'state_district_id,district_name\n001001,"' + b"Adair\n" * 30_000

    with pytest.raises(UnreadableFile, match="starts on line 2 has a quotation mark out of place"):
        read_csv(data, required=COLUMNS)


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).map(str.strip).filter(bool)


@given(st.lists(st.tuples(texts, texts), max_size=10), st.sampled_from(["\n", "\r\n"]))
def test_whatever_a_spreadsheet_writes_is_read_back(rows: list[tuple[str, str]], line_end: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows([COLUMNS, *rows])

    read = list(read_csv(file.getvalue().encode("utf-8-sig"), required=COLUMNS))

    assert [tuple(row.values.values()) for row in read if isinstance(row, Row)] == rows
    assert len(read) == len(rows)


# Records as they stand, and files to give back -------------------------------------------------------


def test_records_keep_every_column_and_their_line() -> None:
    header, records = read_records(b'a, b\n1,2\n\n"x\ny",,extra\n3\n')
    assert header == ["a", "b"]
    assert records == {2: ["1", "2"], 4: ["x\ny", "", "extra"], 6: ["3"]}
    with pytest.raises(UnreadableFile):
        read_records(b"")


def test_what_is_written_opens_as_text_and_reads_back() -> None:
    cells = ["=1+1", "+1 573", "-2", "@here", "\tx", "plain", "'quoted'", "a,b\nc"]
    text = write_csv(["name"], [[cell] for cell in cells])
    assert text.startswith("\ufeffname\r\n'=1+1\r\n")
    _header, records = read_records(text.encode())
    assert [plain_text(cell) for (cell,) in records.values()] == cells
