"""`check_file` tells every problem, stores nothing and repeats no secret."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from coredata.known import of_year
from coredata.models import CollectionWindow
from mocap_portal.foundation.directory.models import Lea
from tests.factories.directory import SchoolFactory

FILES = Path(__file__).parents[1] / "files"
pytestmark = pytest.mark.django_db


def check(*paths: Path, district: str = "", exits: int | None = None) -> dict[str, Any]:
    """The JSON object that the command prints; `exits` is the code it must leave with."""
    out = io.StringIO()
    arguments = [*map(str, paths), "--json", *(["--district", district] if district else [])]
    if exits is None:
        call_command("check_file", *arguments, stdout=out)
    else:
        with pytest.raises(SystemExit) as end:
            call_command("check_file", *arguments, stdout=out, stderr=io.StringIO())
        assert end.value.code == exits
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


@time_machine.travel("2027-06-10T15:00:00Z")
def test_a_good_file_is_clean() -> None:
    answer = check(FILES / "good" / "tab_separated.tsv")
    (file,) = answer["files"]
    needs = {one["rule"]: one["needs"] for one in file.pop("rules_not_run")}
    assert file == {
        "file": "tab_separated.tsv",
        "kind": "stu_assign",
        "year": 2027,
        "cycle": "Oct",
        "rows_read": 1,
        "rows_good": 1,
        "rows_with_warnings": 0,
        "rows_with_errors": 0,
        "problems": [],
    }
    assert needs["V-10"] == "the district whose files these are"
    assert needs["V-63"] == "Course Assignment of the same district and year"


@time_machine.travel("2027-06-10T15:00:00Z")
def test_a_problem_says_where_what_and_what_to_do() -> None:
    (file,) = check(FILES / "bad" / "V-25.csv", exits=1)["files"]
    assert (file["rows_read"], file["rows_good"], file["rows_with_errors"]) == (3, 1, 2)
    assert file["problems"] == [
        {
            "row": row,
            "column": "StudentDateOfBirth",
            "value": value,
            "rule": "V-25",
            "severity": "E",
            "message": f"“{value}” is no date.",
            "remedy": "Write it as 03/14/2012 or 2012-03-14.",
        }
        for row, value in ((4, "02/30/2011"), (5, "14.03.2011"))
    ]


@time_machine.travel("2027-06-10T15:00:00Z")
def test_an_educators_number_is_repeated_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = check(FILES / "bad" / "V-42.csv", exits=1)["files"]
    (problem,) = file["problems"]
    assert (problem["column"], problem["value"]) == ("EDSSN", None)
    assert "500" not in json.dumps(file)
    assert capsys.readouterr() == ("", "")


@time_machine.travel("2027-06-10T15:00:00Z")
def test_an_unreadable_file_is_one_problem_without_a_row(tmp_path: Path) -> None:
    file = tmp_path / "letter.csv"
    file.write_bytes(b"%PDF-1.7")
    (answer,) = check(file, exits=2)["files"]
    assert answer["kind"] is None and answer["rows_read"] == 0
    assert [problem["row"] for problem in answer["problems"]] == [None]


@time_machine.travel("2027-06-10T15:00:00Z")
def test_another_districts_file_is_refused_in_one_sentence() -> None:
    (answer,) = check(FILES / "good" / "tab_separated.tsv", district="992102", exits=2)["files"]
    (problem,) = answer["problems"]
    assert problem["rule"] == "V-10"
    assert (
        problem["message"]
        == "Every row is of district 991101, none of 992102. Send your own district's file."
    )


@pytest.mark.rule("V-03")
def test_a_collection_is_open_from_the_day_of_its_window() -> None:
    window = CollectionWindow.objects.get(school_year=2027, cycle="Oct", kind="stu_assign")
    with time_machine.travel(f"{window.opens_on}T15:00:00Z"):
        check(FILES / "good" / "tab_separated.tsv")
    with time_machine.travel("2026-08-31T15:00:00Z"):
        (answer,) = check(FILES / "good" / "tab_separated.tsv", exits=1)["files"]
    assert [problem["rule"] for problem in answer["problems"]] == ["V-03"]
    assert answer["rows_good"] == 1


@time_machine.travel("2027-06-10T15:00:00Z")
def test_warnings_alone_are_problems_too() -> None:
    (answer,) = check(FILES / "bad" / "V-51.csv", exits=1)["files"]
    assert [problem["severity"] for problem in answer["problems"] if problem["rule"] == "V-51"] == ["W"]
    assert answer["rows_with_errors"] == 0


def test_what_is_known_of_a_year_is_asked_for_once_and_again_after_a_change(
    lea: Lea, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    day = dt.date(2027, 6, 10)
    first = of_year(2027, day)
    with django_assert_num_queries(1):
        assert of_year(2027, day) is first
    SchoolFactory.create(lea=lea, state_school_id="9090")
    assert "9090" in of_year(2027, day).schools["991101"] - first.schools["991101"]
    assert of_year(2028, day) is not of_year(2027, day)
    with time_machine.travel(dt.datetime(2027, 6, 10, tzinfo=dt.UTC)) as clock:
        kept = of_year(2027, day)
        clock.shift(61)
        assert of_year(2027, day) is not kept
