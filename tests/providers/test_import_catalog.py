"""The state's catalog from a file: good rows in, bad rows named."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from mocap_portal.foundation.directory.models import Organization, Provider
from mocap_portal.foundation.shared.tabular import UnreadableFile
from providers import catalog
from providers.actions import import_catalog
from providers.catalog import Problem
from providers.models import Authorization, Course
from tests.factories.directory import LeaFactory, OrganizationFactory, ProviderFactory
from tests.factories.providers import AuthorizationFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 22)

ROW = {
    "provider_code": "PRA",
    "provider_name": "Prairie Online",
    "provider_course_code": "ALG2-A",
    "title": "Algebra II",
    "state_course_code": "115875",
    "subject": "Mathematics",
    "grade_low": "9",
    "grade_high": "12",
    "structure": "A",
    "credits": "0.5",
    "instruction": "provider",
    "price_semester": "450.00",
    "price_year": "",
    "ap": "no",
    "college_board_approved": "no",
    "assurance_data_security": "DESE",
    "assurance_educator": "DESE",
    "assurance_standards": "LEA",
    "assurance_accessibility": "DESE",
    "assurance_ap": "N/A",
    "valid_from": "2026-07-01",
    "valid_to": "2027-06-30",
}


def file(*rows: dict[str, str]) -> bytes:
    """A catalog file; each row says only what differs from ROW."""
    text = io.StringIO()
    writer = csv.DictWriter(text, catalog.REQUIRED)
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return text.getvalue().encode()


def problems_of(*rows: dict[str, str]) -> list[Problem]:
    return import_catalog(file(*rows), on=TODAY).problems


def listed() -> list[tuple[str, dt.date, dt.date | None]]:
    return list(
        Course.objects.order_by("provider_course_code", "valid_from").values_list(
            "provider_course_code", "valid_from", "valid_to"
        )
    )


def test_a_good_row_becomes_a_course() -> None:
    result = import_catalog(file({}), on=TODAY)
    assert (result.created, result.problems) == (1, [])
    assert Course.objects.values("provider_id", *catalog.COURSE_COLUMNS).get() == {
        "provider_id": Provider.objects.get().pk,
        "provider_course_code": "ALG2-A",
        "title": "Algebra II",
        "state_course_code": "115875",
        "subject": "Mathematics",
        "grade_low": 9,
        "grade_high": 12,
        "structure": "A",
        "credits": Decimal("0.50"),
        "instruction": "provider",
        "price_semester": Decimal("450.00"),
        "price_year": None,
        "ap": False,
        "college_board_approved": False,
        "assurance_data_security": "DESE",
        "assurance_educator": "DESE",
        "assurance_standards": "LEA",
        "assurance_accessibility": "DESE",
        "assurance_ap": "N/A",
        "valid_from": dt.date(2026, 7, 1),
        "valid_to": dt.date(2027, 6, 30),
    }


def test_other_ways_of_writing_the_same() -> None:
    row = {
        "grade_low": "k",
        "structure": "fy",
        "instruction": "Curriculum_Only",
        "price_semester": "",
        "price_year": "1000.3",
        "ap": "TRUE",
        "college_board_approved": "Y",
        "assurance_ap": "n/a",
        "valid_to": "",
    }
    assert problems_of(row) == []
    assert Course.objects.values_list(
        "grade_low", "structure", "instruction", "price_year", "ap", "assurance_ap", "valid_to"
    ).get() == (0, "FY", "curriculum_only", Decimal("1000.30"), True, "N/A", None)


def test_twice_changes_nothing() -> None:
    data = file({}, {"structure": "B", "provider_course_code": "ALG2-B"})
    import_catalog(data, on=TODAY)
    before = list(Course.objects.order_by("pk").values())
    result = import_catalog(data, on=TODAY + dt.timedelta(days=1))
    assert (result.created, result.moved, result.unchanged) == (0, 0, 2)
    assert (result.new_providers, result.authorized, result.problems) == ([], [], [])
    assert list(Course.objects.order_by("pk").values()) == before


# Providers ----------------------------------------------------------------------------------------


def test_an_unknown_provider_is_created_and_authorized_for_three_years() -> None:
    result = import_catalog(file({}), on=TODAY)
    assert (result.new_providers, result.authorized) == (["PRA"], ["PRA"])
    provider = Provider.objects.get()
    assert (provider.code, provider.organization.name) == ("PRA", "Prairie Online")
    assert Authorization.objects.values_list("provider", "valid_from", "valid_to", "source").get() == (
        provider.pk,
        dt.date(2026, 11, 22),
        dt.date(2029, 11, 21),
        "Listed in the state's catalog",
    )
    assert list(Course.objects.on_offer(starting=TODAY)) == list(Course.objects.all())


def test_a_provider_joins_the_organization_of_its_name() -> None:
    springfield = OrganizationFactory.create(name="Springfield R-XII")
    import_catalog(file({"provider_code": "LCH", "provider_name": "Springfield R-XII"}), on=TODAY)
    assert Provider.objects.get().organization == springfield
    assert Organization.objects.filter(name="Springfield R-XII").count() == 1


@pytest.mark.rule("R-93")
def test_an_expired_authorization_is_not_renewed_by_a_file() -> None:
    provider = ProviderFactory.create(code="PRA", organization__name="Prairie Online")
    AuthorizationFactory.create(
        provider=provider, valid_from=dt.date(2022, 7, 1), valid_to=dt.date(2025, 6, 30)
    )
    result = import_catalog(file({}), on=TODAY)
    assert (result.created, result.authorized) == (1, [])
    assert list(Course.objects.on_offer(starting=TODAY)) == []


def test_code_and_name_of_a_provider_belong_together() -> None:
    ProviderFactory.create(code="PRA", organization__name="Prairie Online")
    rows = [
        {"provider_name": "Prairie Offline"},
        {"provider_code": "PRB"},
        {"provider_code": "NEW", "provider_name": "New School", "provider_course_code": "1"},
        {"provider_code": "NEW", "provider_name": "New Schol", "provider_course_code": "2"},
    ]
    assert problems_of(*rows) == [
        Problem(
            2,
            "provider_name",
            "Prairie Offline",
            "In the portal, PRA is the code of Prairie Online.",
            "Write this name, or the code of the provider you mean.",
        ),
        Problem(
            3,
            "provider_code",
            "PRB",
            "Prairie Online has another code in the portal.",
            "Write the provider's code as the portal has it, or another name if it is another provider.",
        ),
        Problem(
            5,
            "provider_name",
            "New Schol",
            "In the portal, NEW is the code of New School.",
            "Write this name, or the code of the provider you mean.",
        ),
    ]
    assert listed() == [("1", dt.date(2026, 7, 1), dt.date(2027, 6, 30))]


# What a row must hold -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ({"title": ""}, "title", "This is empty."),
        ({"title": "x" * 151}, "title", "This has 151 characters; 150 fit."),
        ({"provider_code": "x" * 21}, "provider_code", "This has 21 characters; 20 fit."),
        ({"grade_low": "13"}, "grade_low", "This is not a grade."),
        ({"grade_low": "-1"}, "grade_low", "This is not a grade."),
        ({"grade_high": ""}, "grade_high", "This is not a grade."),
        ({"grade_high": "8"}, "grade_high", "The highest grade is below the lowest."),
        ({"structure": "C"}, "structure", "This is not one of the values known here."),
        ({"credits": ""}, "credits", "A course earns credit."),
        ({"credits": "0.00"}, "credits", "A course earns credit."),
        ({"credits": "10"}, "credits", "This number is too large."),
        ({"credits": "half"}, "credits", "This is not a number."),
        ({"instruction": "both"}, "instruction", "This is not one of the values known here."),
        ({"price_semester": ""}, "price_semester", "A course of this structure needs this price."),
        ({"structure": "FY"}, "price_year", "A course of this structure needs this price."),
        ({"price_semester": "$450"}, "price_semester", "This is not a number."),
        ({"price_semester": "-1"}, "price_semester", "This is not a number."),
        ({"price_semester": "NaN"}, "price_semester", "This is not a number."),
        ({"price_semester": "4e2"}, "price_semester", "This is not a number."),
        ({"price_semester": "450.001"}, "price_semester", "This has more than two digits after the point."),
        ({"price_semester": "9999999"}, "price_semester", "This number is too large."),
        ({"ap": "perhaps"}, "ap", "This is neither yes nor no."),
        ({"valid_from": ""}, "valid_from", "This is not a date."),
        ({"valid_from": "07/01/2026"}, "valid_from", "This is not a date."),
        ({"valid_to": "2026-06-31"}, "valid_to", "This is not a date."),
        ({"valid_to": "2026-06-30"}, "valid_to", "The last day is before the first."),
    ],
)
def test_a_bad_value_is_named(row: dict[str, str], column: str, message: str) -> None:
    (problem,) = problems_of(row)
    assert (problem.row, problem.column, problem.message) == (2, column, message)
    assert problem.value == {**ROW, **row}[column]
    assert problem.remedy != ""
    assert not Course.objects.exists()
    assert not Provider.objects.exists()


@pytest.mark.rule("R-94")
@pytest.mark.parametrize("column", catalog.ASSURANCES)
def test_every_assurance_is_given(column: str) -> None:
    assert problems_of({column: ""}) == [
        Problem(2, column, "", "This is not one of the values known here.", "Write one of: DESE, LEA, N/A.")
    ]


@pytest.mark.rule("R-95")
def test_an_ap_title_needs_the_college_board() -> None:
    rows = [{"ap": "yes"}, {"ap": "yes", "college_board_approved": "yes", "provider_course_code": "AP"}]
    assert problems_of(*rows) == [
        Problem(
            2,
            "college_board_approved",
            "no",
            "An AP title needs the approval of the College Board.",
            "Write yes once it is approved; until then list the course without AP in its title.",
        )
    ]
    assert [code for code, _first, _last in listed()] == ["AP"]


def test_every_problem_of_a_row_is_named_and_good_rows_are_stored() -> None:
    found = problems_of({"title": "", "credits": "x", "valid_from": ""}, {"provider_course_code": "OK"})
    assert [(problem.row, problem.column) for problem in found] == [
        (2, "title"),
        (2, "credits"),
        (2, "valid_from"),
    ]
    assert [code for code, _first, _last in listed()] == ["OK"]


# Prices -------------------------------------------------------------------------------------------


@pytest.mark.rule("R-79", "R-80")
@pytest.mark.parametrize(
    ("row", "column", "limit"),
    [
        ({"price_semester": "500.16"}, "price_semester", "500.15"),
        ({"price_semester": "446.26", "valid_from": "2023-07-01"}, "price_semester", "446.25"),
        ({"structure": "FY", "price_semester": "", "price_year": "1000.31"}, "price_year", "1,000.30"),
        (
            {"structure": "FY", "price_semester": "500.16", "price_year": "1000.30"},
            "price_semester",
            "500.15",
        ),
        ({"structure": "B", "price_semester": "500.15", "price_year": "1000.31"}, "price_year", "1,000.30"),
    ],
)
def test_a_price_above_the_cap_of_its_first_day_is_refused(
    row: dict[str, str], column: str, limit: str
) -> None:
    (problem,) = problems_of(row)
    first = row.get("valid_from", "2026-07-01")
    assert (problem.column, problem.message) == (
        column,
        f"This price is above the state's limit of ${limit} on {first}.",
    )


@pytest.mark.parametrize(
    "row",
    [
        {"price_semester": "500.15"},
        {"price_semester": "0"},
        {"price_semester": "500.15", "price_year": "1000.30"},
        {"structure": "FY", "price_semester": "", "price_year": "1000.30"},
        {"price_semester": "9000", "valid_from": "2017-07-01", "valid_to": "2018-06-30"},  # no target holds
    ],
)
def test_a_price_at_the_cap_is_listed(row: dict[str, str]) -> None:
    assert problems_of(row) == []


# Listings in time ---------------------------------------------------------------------------------


def test_listings_of_a_course_do_not_overlap() -> None:
    import_catalog(file({}), on=TODAY)
    rows = [
        {"valid_from": "2027-06-30", "valid_to": ""},
        {"valid_from": "2027-07-01", "valid_to": ""},
        {"valid_from": "2027-08-01", "valid_to": ""},
        {"valid_from": "2025-07-01", "valid_to": "2026-06-30", "price_semester": "473.20"},
        {"valid_from": "2026-01-01", "valid_to": "2026-02-01"},
    ]
    remedy = "Let one of the two listings end before the other starts."
    stored = "This course is also listed from 2026-07-01 to 2027-06-30."
    assert problems_of(*rows) == [
        Problem(2, "valid_from", "2027-06-30", stored, remedy),
        Problem(4, "valid_from", "2027-08-01", "This course is also listed from 2027-07-01 on.", remedy),
        Problem(
            6, "valid_from", "2026-01-01", "This course is also listed from 2025-07-01 to 2026-06-30.", remedy
        ),
    ]
    assert listed() == [
        ("ALG2-A", dt.date(2025, 7, 1), dt.date(2026, 6, 30)),
        ("ALG2-A", dt.date(2026, 7, 1), dt.date(2027, 6, 30)),
        ("ALG2-A", dt.date(2027, 7, 1), None),
    ]


def test_structures_and_providers_do_not_stand_in_each_other_s_way() -> None:
    other = {"provider_code": "OTH", "provider_name": "Other"}
    assert problems_of({}, {"structure": "B"}, other) == []
    assert Course.objects.count() == 3


def test_one_course_from_one_day_stands_once_in_a_file() -> None:
    expected = [
        Problem(
            4,
            "provider_course_code",
            "ALG2-A",
            "Line 2 lists the same course from the same day.",
            "Keep one of the two lines.",
        )
    ]
    rows: list[dict[str, str]] = [{}, {"provider_course_code": "X"}, {}]
    assert problems_of(*rows) == expected
    assert problems_of(*rows) == expected


def test_a_price_changes_by_ending_a_listing_and_starting_another() -> None:
    import_catalog(file({}), on=TODAY)
    changed = {"valid_from": "2027-01-01", "price_semester": "480.00"}
    result = import_catalog(file(changed, {"valid_to": "2026-12-31"}), on=TODAY)
    assert (result.created, result.moved, result.unchanged, result.problems) == (1, 1, 0, [])
    assert list(
        Course.objects.order_by("valid_from").values_list("valid_from", "valid_to", "price_semester")
    ) == [
        (dt.date(2026, 7, 1), dt.date(2026, 12, 31), Decimal("450.00")),
        (dt.date(2027, 1, 1), dt.date(2027, 6, 30), Decimal("480.00")),
    ]


def test_a_listing_grows_only_where_there_is_room() -> None:
    import_catalog(file({}, {"valid_from": "2028-01-01", "valid_to": ""}), on=TODAY)
    result = import_catalog(file({"valid_to": "2027-12-31"}), on=TODAY)
    assert (result.moved, result.problems) == (1, [])
    (problem,) = problems_of({"valid_to": "2028-01-01"})
    assert problem.message == "This course is also listed from 2028-01-01 on."
    assert listed()[0] == ("ALG2-A", dt.date(2026, 7, 1), dt.date(2027, 12, 31))


def test_a_listing_is_not_rewritten() -> None:
    import_catalog(file({}), on=TODAY)
    remedy = "End that listing with valid_to, and list the change in a row that starts on a later day."
    assert problems_of({"price_semester": "400.00", "title": "Algebra 2"}) == [
        Problem(
            2,
            "title",
            "Algebra 2",
            "This course is listed from this day with another value: Algebra II.",
            remedy,
        ),
        Problem(
            2,
            "price_semester",
            "400.00",
            "This course is listed from this day with another value: 450.00.",
            remedy,
        ),
    ]
    assert Course.objects.get().title == "Algebra II"


# Optional columns ---------------------------------------------------------------------------------

DETAILS = {
    "state_assessed": "yes",
    "timing": "Synchronous",
    "weekly_minutes": "300",
    "prerequisites": "Algebra I",
    "assurance_standards_by": "Walnut Fork R-V",
    "assurance_standards_on": "2026-05-04",
}


def full_file(*rows: dict[str, str]) -> bytes:
    """A file with the optional columns too."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*catalog.REQUIRED, *catalog.OPTIONAL])
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return text.getvalue().encode()


def details() -> tuple[Any, ...]:
    return tuple(Course.objects.values_list(*DETAILS).get())


TOLD = (True, "synchronous", 300, "Algebra I", "Walnut Fork R-V", dt.date(2026, 5, 4))


def test_a_course_is_listed_with_its_details() -> None:
    assert import_catalog(full_file(DETAILS), on=TODAY).problems == []
    assert details() == TOLD


def test_details_are_completed_and_an_empty_cell_says_nothing() -> None:
    import_catalog(file({}), on=TODAY)
    result = import_catalog(full_file(DETAILS), on=TODAY)
    assert (result.completed, result.moved, result.unchanged, result.problems) == (1, 0, 0, [])
    assert details() == TOLD
    for same in (file({}), full_file({}), full_file(DETAILS)):
        result = import_catalog(same, on=TODAY)
        assert (result.completed, result.unchanged, result.problems) == (0, 1, [])
    assert details() == TOLD


def test_details_are_not_rewritten() -> None:
    import_catalog(full_file(DETAILS), on=TODAY)
    (problem,) = import_catalog(full_file({"weekly_minutes": "200"}), on=TODAY).problems
    assert (problem.column, problem.value) == ("weekly_minutes", "200")
    assert problem.message == "This course is listed from this day with another value: 300."
    assert details() == TOLD


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ({"timing": "sometimes"}, "timing", "This is not one of the values known here."),
        ({"weekly_minutes": "0"}, "weekly_minutes", "This is not a number of minutes."),
        ({"weekly_minutes": "10081"}, "weekly_minutes", "This is not a number of minutes."),
        ({"weekly_minutes": "five"}, "weekly_minutes", "This is not a number of minutes."),
        ({"state_assessed": "perhaps"}, "state_assessed", "This is neither yes nor no."),
        ({"assurance_ap_on": "soon"}, "assurance_ap_on", "This is not a date."),
        ({"assurance_ap_by": "x" * 121}, "assurance_ap_by", "This has 121 characters; 120 fit."),
        ({"prerequisites": "x" * 301}, "prerequisites", "This has 301 characters; 300 fit."),
    ],
)
def test_a_bad_detail_is_named(row: dict[str, str], column: str, message: str) -> None:
    (problem,) = import_catalog(full_file(row), on=TODAY).problems
    assert (problem.column, problem.message) == (column, message)


@pytest.mark.rule("R-96")
def test_a_course_with_a_state_test_is_assured_to_follow_the_standards() -> None:
    rows = [
        {"state_assessed": "yes", "assurance_standards": "N/A"},
        {"state_assessed": "yes", "assurance_standards": "LEA", "provider_course_code": "OK"},
    ]
    (problem,) = import_catalog(full_file(*rows), on=TODAY).problems
    assert (problem.row, problem.column) == (2, "assurance_standards")
    assert [code for code, _first, _last in listed()] == ["OK"]


@pytest.mark.rule("R-98")
def test_a_district_s_own_course_is_approved_automatically_with_a_day_of_renewal() -> None:
    lea = LeaFactory.create(organization__name="Walnut Fork R-V")
    rows = [
        {"provider_code": "WF", "provider_name": "Walnut Fork R-V", "lea_offered": "yes"},
        {"lea_offered": "yes"},
    ]
    result = import_catalog(full_file(*rows), on=TODAY)
    (problem,) = result.problems
    assert (problem.row, problem.column, problem.message) == (
        3,
        "lea_offered",
        "Prairie Online is no district in the portal.",
    )
    authorization = Authorization.objects.get(provider=lea.pk)
    assert (authorization.kind, authorization.valid_from) == ("automatic", TODAY)
    assert authorization.valid_to == dt.date(2029, 11, 21)
    assert Course.objects.on_offer(starting=TODAY).get().lea_offered


# The file and the command -------------------------------------------------------------------------


def test_an_unreadable_file_changes_nothing() -> None:
    with pytest.raises(UnreadableFile, match="The header lacks"):
        import_catalog(b"provider_code,title\nPRA,Algebra\n", on=TODAY)


def run(capsys: Any, *arguments: object) -> tuple[int, str]:
    code = 0
    try:
        call_command("import_catalog", *map(str, arguments))
    except SystemExit as exit_:
        code = int(str(exit_.code))
    return code, capsys.readouterr().out


def test_command_prints_one_json_object(capsys: Any, tmp_path: Path, time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC))
    path = tmp_path / "catalog.csv"
    path.write_bytes(file({}, {"provider_course_code": "X", "credits": "x"}))
    code, out = run(capsys, path, "--json")
    assert code == 1
    assert json.loads(out) == {
        "created": 1,
        "updated": 0,
        "completed": 0,
        "unchanged": 0,
        "new_providers": ["PRA"],
        "authorized": ["PRA"],
        "errors": [
            {
                "row": 3,
                "column": "credits",
                "value": "x",
                "message": "This is not a number.",
                "remedy": "Write digits with a point, such as 450.00.",
            }
        ],
    }
    path.write_bytes(file({}))
    code, out = run(capsys, path, "--json")
    assert (code, json.loads(out)["unchanged"]) == (0, 1)


def test_command_speaks_to_people(capsys: Any, tmp_path: Path) -> None:
    path = tmp_path / "catalog.csv"
    path.write_bytes(file({"credits": "x"}, {"provider_course_code": "X"}) + b"one,two\n")
    assert run(capsys, path) == (
        1,
        (
            "Line 2, credits “x”: This is not a number. Write digits with a point, such as 450.00.\n"
            "Line 4: Values in this row: 2. Columns in the header: 22. Give every column a value or nothing; put a "
            "value with a comma into quotation marks.\n"
            "1 listed, 0 with a new last day, 0 completed, 0 unchanged, 2 problems.\n"
        ),
    )


def test_command_says_when_it_cannot_read(capsys: Any, tmp_path: Path) -> None:
    code, out = run(capsys, tmp_path / "missing.csv", "--json")
    assert code == 2
    (error,) = json.loads(out)["errors"]
    assert (error["row"], error["column"], error["value"]) == (None, None, None)
    assert error["message"] != ""
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    code, out = run(capsys, tmp_path / "binary.csv")
    assert code == 2


def test_command_wants_a_file() -> None:
    with pytest.raises(CommandError, match="required"):
        call_command("import_catalog")
