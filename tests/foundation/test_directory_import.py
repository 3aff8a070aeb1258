"""import_directory: good rows are stored, bad ones are reported, twice changes nothing."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from mocap_portal.foundation.directory.actions import ImportReport, import_directory
from mocap_portal.foundation.directory.models import Lea, LeaKind, Organization, School
from mocap_portal.foundation.shared.tabular import RowError, UnreadableFile
from tests.factories.directory import LeaFactory, ProviderFactory, SchoolFactory

pytestmark = pytest.mark.django_db

HEADER = (
    "state_district_id,district_name,kind,state_school_id,school_name,"
    "grades_low,grades_high,aplus,active_from,active_to"
)
ELM = "007001,Elm County R-I,district,0105,Elm High School,9,12,Y,2001-07-01,"
ELM_PRIMARY = "007001,Elm County R-I,district,4020,Elm Primary,K,5,N,1999-07-01,2030-06-30"
OAK = "115999,Oak Charter,charter,1915,Oak Academy,K,8,n,2015-07-01,2024-06-30"


def file(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def only_error(report: ImportReport) -> RowError:
    [error] = report.errors
    return error


def test_districts_and_schools_are_stored() -> None:
    report = import_directory(file(ELM, ELM_PRIMARY, OAK))

    assert report == ImportReport(created=3)
    assert set(
        Lea.objects.values_list("state_district_id", "organization__name", "kind", "active_from", "active_to")
    ) == {
        ("007001", "Elm County R-I", LeaKind.DISTRICT, dt.date(1999, 7, 1), None),
        ("115999", "Oak Charter", LeaKind.CHARTER, dt.date(2015, 7, 1), dt.date(2024, 6, 30)),
    }
    assert set(
        School.objects.values_list(
            "lea__state_district_id",
            "state_school_id",
            "name",
            "grades_low",
            "grades_high",
            "aplus",
            "active_from",
            "active_to",
        )
    ) == {
        ("007001", "0105", "Elm High School", 9, 12, True, dt.date(2001, 7, 1), None),
        ("007001", "4020", "Elm Primary", 0, 5, False, dt.date(1999, 7, 1), dt.date(2030, 6, 30)),
        ("115999", "1915", "Oak Academy", 0, 8, False, dt.date(2015, 7, 1), dt.date(2024, 6, 30)),
    }


def test_twice_changes_nothing() -> None:
    import_directory(file(ELM, ELM_PRIMARY, OAK))
    before = list(School.objects.order_by("pk").values())

    report = import_directory(file(ELM, ELM_PRIMARY, OAK))

    assert report == ImportReport(unchanged=3)
    assert list(School.objects.order_by("pk").values()) == before
    assert Lea.objects.count() == 2


def test_a_changed_school_is_updated() -> None:
    import_directory(file(ELM, ELM_PRIMARY))

    report = import_directory(file(ELM.replace("Elm High School,9", "Elm Senior High,7"), ELM_PRIMARY))

    assert report == ImportReport(updated=1, unchanged=1)
    school = School.objects.get(state_school_id="0105")
    assert (school.name, school.grades_low) == ("Elm Senior High", 7)


def test_a_renamed_district_counts_once_and_keeps_its_place() -> None:
    import_directory(file(ELM, ELM_PRIMARY))
    lea = Lea.objects.get()

    report = import_directory(file(*(row.replace("R-I", "R-II") for row in (ELM, ELM_PRIMARY))))

    assert report == ImportReport(updated=1, unchanged=1)
    assert Lea.objects.get() == lea
    assert Organization.objects.get(pk=lea.pk).name == "Elm County R-II"


def test_a_school_that_the_file_leaves_out_stays() -> None:
    import_directory(file(ELM, ELM_PRIMARY))

    assert import_directory(file(ELM)) == ImportReport(unchanged=1)
    assert School.objects.count() == 2


def test_a_provider_can_become_a_district_too() -> None:
    provider = ProviderFactory.create(organization__name="Elm County R-I")

    assert import_directory(file(ELM)) == ImportReport(created=1)
    assert Lea.objects.get().organization == provider.organization


@pytest.mark.parametrize(
    ("before", "after", "column", "value", "message"),
    [
        (
            "007001,",
            "7001,",
            "state_district_id",
            "7001",
            "A district code has six digits, leading zeros included.",
        ),
        ("Elm County R-I", "", "district_name", "", "The name is missing."),
        (
            "Elm County R-I",
            "E" * 121,
            "district_name",
            "E" * 121,
            "The name is longer than 120 characters.",
        ),
        (",district,", ",private,", "kind", "private", "The kind is district or charter."),
        ("0105", "105", "state_school_id", "105", "A school code has four digits, leading zeros included."),
        ("Elm High School", "", "school_name", "", "The name is missing."),
        (",9,12", ",PK,12", "grades_low", "PK", "A grade is K or a number from 1 to 12."),
        (",9,12", ",9,13", "grades_high", "13", "A grade is K or a number from 1 to 12."),
        (",9,12", ",9,8", "grades_high", "8", "The highest grade is below the lowest."),
        (",Y,", ",yes,", "aplus", "yes", "Write Y or N."),
        (
            "2001-07-01",
            "7/1/2001",
            "active_from",
            "7/1/2001",
            "Write the day as 2026-07-01: year, month, day.",
        ),
        ("2001-07-01", "", "active_from", "", "Write the day as 2026-07-01: year, month, day."),
        (
            "2001-07-01,",
            "2001-07-01,2001-06-30",
            "active_to",
            "2001-06-30",
            "The last day is before the first.",
        ),
    ],
)
def test_a_bad_value_is_reported_and_the_good_rows_are_stored(
    before: str, after: str, column: str, value: str, message: str
) -> None:
    report = import_directory(file(ELM.replace(before, after, 1), OAK))

    assert counts(report) == (1, 0, 0)
    assert only_error(report) == RowError(row=2, column=column, value=value, message=message)
    assert School.objects.get().name == "Oak Academy"


def test_every_problem_of_a_row_is_reported() -> None:
    report = import_directory(file("7,Elm,district,105,Elm High,9,12,Y,2001-07-01,"))

    assert [(error.row, error.column) for error in report.errors] == [
        (2, "state_district_id"),
        (2, "state_school_id"),
    ]


def test_rows_of_a_file_that_contradict_each_other() -> None:
    report = import_directory(
        file(
            ELM,
            ELM_PRIMARY.replace("Elm County R-I", "Elm County"),
            ELM_PRIMARY.replace("district", "charter"),
            OAK,
            ELM.replace("Elm High", "Elm Low"),
        )
    )

    assert counts(report) == (2, 0, 0)
    assert [(error.row, error.column, error.message) for error in report.errors] == [
        (3, "district_name", "Line 2 gives this district another name."),
        (4, "kind", "Line 2 gives this district another kind."),
        (6, "state_school_id", "Line 2 has this school already."),
    ]


@pytest.mark.parametrize("renamed", [False, True])
def test_a_name_that_belongs_to_another_district_is_refused(renamed: bool) -> None:
    taken = LeaFactory.create(organization__name="Elm County R-I")
    if renamed:
        SchoolFactory.create(lea__state_district_id="007001", lea__organization__name="Old Elm")

    report = import_directory(file(ELM, OAK))

    assert counts(report) == (1, 0, 0)
    assert only_error(report) == RowError(
        row=2,
        column="district_name",
        value="Elm County R-I",
        message="Another organization has this name. Two cannot share one.",
    )
    assert not School.objects.filter(lea=taken).exists()


def test_the_state_office_cannot_become_a_district() -> None:
    office = Organization.objects.get(is_state_office=True)

    report = import_directory(file(ELM.replace("Elm County R-I", office.name)))

    assert only_error(report).column == "district_name"
    assert not Lea.objects.exists()


def test_a_file_without_its_columns_is_refused_whole() -> None:
    with pytest.raises(UnreadableFile, match=r"The header lacks this column: kind\."):
        import_directory(file(ELM).replace(b",kind,", b",sort,"))

    assert not Lea.objects.exists()


# The command --------------------------------------------------------------------------------------


def written(folder: Path, *rows: str) -> str:
    path = folder / "directory.csv"
    path.write_bytes(file(*rows))
    return str(path)


def test_the_command_prints_one_json_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_directory", written(tmp_path, ELM, OAK), "--json")

    out, err = capsys.readouterr()
    assert json.loads(out) == {"created": 2, "updated": 0, "unchanged": 0, "errors": []}
    assert err == ""


def test_problems_end_the_command_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("import_directory", written(tmp_path, ELM.replace("0105", "105"), OAK), "--json")

    out, err = capsys.readouterr()
    assert end.value.code == 1
    assert json.loads(out) == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "errors": [
            {
                "row": 2,
                "column": "state_school_id",
                "value": "105",
                "message": "A school code has four digits, leading zeros included.",
            }
        ],
    }
    assert err == "Rows with problems were left out. The others are stored.\n"


def test_an_unreadable_file_ends_the_command_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "directory.csv"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SystemExit) as end:
        call_command("import_directory", str(path), "--json")

    out, err = capsys.readouterr()
    assert end.value.code == 2
    assert json.loads(out)["errors"] == [
        {
            "row": None,
            "column": None,
            "value": None,
            "message": "Line 1 is not UTF-8 text. Save the file as “CSV UTF-8” and send it again.",
        }
    ]
    assert err == "Nothing was stored.\n"


def test_a_file_that_is_not_there_ends_the_command_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("import_directory", "nowhere.csv", "--json")

    out, err = capsys.readouterr()
    assert end.value.code == 2
    assert [error["message"] for error in json.loads(out)["errors"]] == [
        "The file nowhere.csv cannot be read."
    ]
    assert err == "Nothing was stored.\n"


def test_the_report_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("import_directory", written(tmp_path, ELM.replace("0105", "105"), OAK, "1,2"))

    assert capsys.readouterr().out.splitlines() == [
        "Line 2, state_school_id: “105”. A school code has four digits, leading zeros included.",
        "Line 4. Values in this row: 2. Columns in the header: 10.",
        "Schools: 1 new, 0 changed, 0 as before.",
    ]
