"""The command due_date: one answer on stdout, everything else on stderr."""

import datetime as dt
import json

import pytest
from django.core.management import call_command, execute_from_command_line

from tests.factories.directory import ClosedDayFactory, LeaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> str:
    lea = LeaFactory.create(state_district_id="007001")
    ClosedDayFactory.create(lea=lea, date=dt.date(2026, 11, 25), reason="Fall break")
    return "007001"


def test_the_due_date_alone(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("due_date", "2026-11-20", "--business-days", "10")

    assert capsys.readouterr() == ("2026-12-07\n", "")


@pytest.mark.rule("R-16")
def test_a_district_has_closed_days_of_its_own(district: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("due_date", "2026-11-20", "--business-days", "10", "--district", district)

    assert capsys.readouterr() == ("2026-12-08\n", "")


@pytest.mark.rule("R-16")
def test_every_day_in_words(district: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("due_date", "2026-11-20", "--business-days", "3", "--district", district, "--explain")

    assert capsys.readouterr().out.splitlines() == [
        "2026-11-27",
        "2026-11-21  -  Weekend",
        "2026-11-22  -  Weekend",
        "2026-11-23  +  Business day",
        "2026-11-24  +  Business day",
        "2026-11-25  -  District closed: Fall break",
        "2026-11-26  -  State holiday or closure: Thanksgiving Day",
        "2026-11-27  +  Business day",
    ]


@pytest.mark.rule("R-15")
def test_json_is_one_object(district: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("due_date", "2026-11-24", "--business-days", "1", "--district", district, "--json")

    out, err = capsys.readouterr()
    assert (json.loads(out), err) == (
        {
            "start": "2026-11-24",
            "business_days": 1,
            "district": "007001",
            "due": "2026-11-27",
            "days": [
                {"date": "2026-11-25", "counted": False, "reason": "closed:Fall break"},
                {"date": "2026-11-26", "counted": False, "reason": "holiday:Thanksgiving Day"},
                {"date": "2026-11-27", "counted": True, "reason": "business_day"},
            ],
        },
        "",
    )


def test_json_without_a_district(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("due_date", "2026-11-24", "--business-days", "0", "--json")

    assert json.loads(capsys.readouterr().out) == {
        "start": "2026-11-24",
        "business_days": 0,
        "district": None,
        "due": "2026-11-24",
        "days": [],
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["11/20/2026", "--business-days", "10"], "11/20/2026 is not a date. Write it as 2026-11-20."),
        (["2026-02-30", "--business-days", "10"], "2026-02-30 is not a date. Write it as 2026-11-20."),
        (
            ["2026-11-20", "--business-days", "10", "--district", "999999"],
            "No district has the code 999999.",
        ),
        (["2026-11-20", "--business-days=-1"], "Business days cannot be negative: -1."),
    ],
)
@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["words", "json"])
def test_what_makes_no_sense_is_said_in_one_sentence(
    arguments: list[str], sentence: str, as_json: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("due_date", *arguments, *as_json)

    assert end.value.code == 64
    assert capsys.readouterr() == ("", f"{sentence}\n")


@pytest.mark.parametrize(
    "arguments", [[], ["2026-11-20"], ["2026-11-20", "--business-days", "ten"], ["--never-heard-of"]]
)
def test_wrong_usage_leaves_with_64(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        execute_from_command_line(["manage.py", "due_date", *arguments])

    assert end.value.code == 64
    assert capsys.readouterr().out == ""


def test_help_is_no_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        execute_from_command_line(["manage.py", "due_date", "--help"])

    assert end.value.code == 0
    assert "usage: manage.py due_date" in capsys.readouterr().out
