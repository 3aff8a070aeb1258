"""The archive comes from a file: twice is once, bad rows are named, and whoever is killed has stored nothing."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from concerns.movip import actions
from concerns.movip.actions.archive import COLUMNS
from concerns.movip.models import ArchiveRow
from mocap_portal.foundation.shared.tabular import UnreadableFile, plain_text, write_csv
from tests.factories.movip import ArchiveRowFactory
from tests.killed import Killed, killed_at

pytestmark = pytest.mark.django_db

SAMPLE = Path(actions.__file__).parents[1] / "samples" / "archive.csv"
GOOD = {
    "former_last_name": "García-Peña",
    "former_first_name": "María José",
    "birth_date": "1994-11-03",
    "school_year": "2010",
    "term": "Fall",
    "course_title": "Algebra I",
    "course_code": "0410",
    "percent_complete": "98.5",
    "credit": "0.5",
    "grade": "B+",
    "school_of_credit": "Southbrook High School",
    "district_code": "001001",
}


def file_of(*rows: dict[str, str]) -> bytes:
    return write_csv(list(COLUMNS), [[(GOOD | row)[name] for name in COLUMNS] for row in rows]).encode()


def counts(report: Any) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, len(report.errors)


def test_a_row_is_stored_as_it_stands() -> None:
    assert counts(actions.import_archive(file_of({}))) == (1, 0, 0, 0)
    row = ArchiveRow.objects.get()
    assert {name: getattr(row, name) for name in COLUMNS} == GOOD | {
        "birth_date": dt.date(1994, 11, 3),
        "school_year": 2010,
        "percent_complete": Decimal("98.50"),
        "credit": Decimal("0.50"),
    }
    assert (row.plain_last, row.plain_first) == ("garcia pena", "maria jose")


def test_the_same_file_twice_is_once() -> None:
    data = file_of({}, {"term": "Spring"})
    actions.import_archive(data)
    events = ArchiveRow.pgh_event_model.objects  # type: ignore[attr-defined]
    before = events.count()
    assert counts(actions.import_archive(data)) == (0, 0, 2, 0)
    assert (ArchiveRow.objects.count(), events.count()) == (2, before)


def test_another_result_corrects_the_row_and_stays_in_its_history() -> None:
    actions.import_archive(file_of({}))
    assert counts(actions.import_archive(file_of({"grade": "A", "credit": ""}))) == (0, 1, 0, 0)
    row = ArchiveRow.objects.get()
    assert (row.grade, row.credit) == ("A", None)
    events = ArchiveRow.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    assert list(events.values_list("pgh_label", "grade")) == [("insert", "B+"), ("update", "A")]


def test_nothing_is_known_of_a_course_without_a_result() -> None:
    actions.import_archive(file_of({"percent_complete": "", "credit": "", "grade": "", "course_code": ""}))
    row = ArchiveRow.objects.get()
    assert (row.percent_complete, row.credit, row.grade, row.course_code) == (None, None, "", "")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("former_last_name", ""),
        ("former_last_name", "--"),
        ("former_first_name", ""),
        ("former_last_name", "x" * 81),
        ("birth_date", "11/03/1994"),
        ("birth_date", "1994-02-30"),
        ("birth_date", "0194-02-03"),
        ("birth_date", ""),
        ("school_year", "2009-10"),
        ("school_year", "2007"),
        ("school_year", ""),
        ("term", ""),
        ("term", "x" * 11),
        ("course_title", ""),
        ("course_title", "x" * 121),
        ("course_code", "x" * 21),
        ("percent_complete", "101"),
        ("percent_complete", "-1"),
        ("percent_complete", "NaN"),
        ("percent_complete", "98.555"),
        ("percent_complete", "all"),
        ("credit", "11"),
        ("credit", "Infinity"),
        ("credit", "half"),
        ("grade", "x" * 11),
        ("school_of_credit", ""),
        ("district_code", "1001"),
        ("district_code", "１２３４５６"),
    ],
)
def test_a_bad_row_is_named_and_left_out(column: str, value: str) -> None:
    report = actions.import_archive(file_of({}, {"term": "Spring", column: value}, {"term": "Summer"}))
    (error,) = report.errors
    assert (error.row, error.column) == (3, column)
    assert plain_text(error.value or "") == value and error.message.endswith(".")
    assert sorted(ArchiveRow.objects.values_list("term", flat=True)) == ["Fall", "Summer"]


def test_every_problem_of_a_row_is_told() -> None:
    report = actions.import_archive(file_of({"birth_date": "?", "district_code": "?"}))
    assert [(error.row, error.column) for error in report.errors] == [(2, "birth_date"), (2, "district_code")]


def test_a_course_that_stands_twice_is_told() -> None:
    report = actions.import_archive(file_of({}, {"grade": "F"}))
    assert counts(report) == (1, 0, 0, 1)
    assert (report.errors[0].row, report.errors[0].column) == (3, "course_title")
    assert report.errors[0].message == "Line 2 has this course of this student already."
    assert ArchiveRow.objects.get().grade == "B+"


def test_formulas_and_hidden_signs_come_in_as_text() -> None:
    actions.import_archive(
        file_of({"course_title": "=cmd|' /C calc'!A0", "school_of_credit": "South\u202ebrook\u0007 High"})
    )
    row = ArchiveRow.objects.get()
    assert (row.course_title, row.school_of_credit) == ("=cmd|' /C calc'!A0", "Southbrook High")


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"former_last_name\nSmith\n", b'a,"b\n'])
def test_a_file_that_is_none_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        actions.import_archive(data)


def test_killed_at_any_statement_nothing_is_stored() -> None:
    actions.import_archive(file_of({}))
    data = file_of({"grade": "A"}, {"term": "Spring"})
    statement = 0
    while True:
        statement += 1
        try:
            with transaction.atomic(), killed_at(statement):
                actions.import_archive(data)
        except Killed:
            assert [(row.term, row.grade) for row in ArchiveRow.objects.all()] == [("Fall", "B+")]
            continue
        break
    assert statement > 4
    assert ArchiveRow.objects.count() == 2


def test_the_database_knows_a_course_by_its_natural_key() -> None:
    row = ArchiveRowFactory.create(course_title="Algebra I")
    with pytest.raises(IntegrityError), transaction.atomic():
        ArchiveRowFactory.create(course_title="Algebra I", grade="F")
    ArchiveRowFactory.create(course_title="Algebra I", term="Spring")
    assert ArchiveRow.objects.exclude(pk=row.pk).count() == 1


# The command ----------------------------------------------------------------------------------------


def run(*args: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("import_movip", *args, stdout=out, stderr=err)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, out.getvalue(), err.getvalue()


def test_the_sample_that_ships_is_whole() -> None:
    code, out, err = run(str(SAMPLE), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {"created": 59, "updated": 0, "unchanged": 0, "errors": []}
    assert run(str(SAMPLE))[:2] == (0, "Courses: 0 new, 0 changed, 59 as before.\n")


def test_problems_are_one_json_object_and_exit_code_1(tmp_path: Path) -> None:
    file = tmp_path / "archive.csv"
    file.write_bytes(file_of({}, {"term": "Spring", "credit": "half"}))
    code, out, err = run(str(file), "--json")
    assert (code, err.strip()) == (1, "Rows with problems were left out. The others are stored.")
    assert json.loads(out) == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "errors": [{"row": 3, "column": "credit", "value": "half", "message": "Write a number such as 0.5."}],
    }


def test_what_is_printed_for_people_names_no_student(tmp_path: Path) -> None:
    file = tmp_path / "archive.csv"
    file.write_bytes(file_of({"former_last_name": "García-Peña" * 9}))
    code, out, _err = run(str(file))
    assert code == 1 and "García" not in out
    assert out.startswith("Line 2, former_last_name. This is longer than 80 characters.")


def test_an_unreadable_file_ends_with_2(tmp_path: Path) -> None:
    code, out, err = run(str(tmp_path / "nowhere.csv"), "--json")
    assert (code, err.strip()) == (2, "Nothing was stored.")
    assert json.loads(out)["errors"][0]["row"] is None


def test_wrong_usage_ends_with_64() -> None:
    from concerns.movip.management.commands.import_movip import Command

    with pytest.raises(SystemExit) as end:
        Command().run_from_argv(["manage.py", "import_movip"])
    assert end.value.code == 64
