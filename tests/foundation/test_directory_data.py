"""What the data migrations lay: an empty database already counts, prices and names codes right."""

import datetime as dt
from decimal import Decimal

import pytest

from mocap_portal.foundation.directory.models import (
    ClosedDay,
    CodeMeaning,
    CodeSet,
    LegalKey,
    LegalValue,
    NoLegalValue,
    Organization,
    SchoolYear,
    Term,
)
from mocap_portal.foundation.shared.calendar import missouri_holidays

pytestmark = pytest.mark.django_db


def test_the_state_office_is_there() -> None:
    office = Organization.objects.get(is_state_office=True)

    assert office.name == "Missouri Department of Elementary and Secondary Education"


@pytest.mark.rule("R-16")
def test_state_holidays_are_closed_days_of_everybody() -> None:
    days = ClosedDay.objects.filter(date__year=2026).order_by("date")

    assert {(day.date, day.reason, day.lea, day.source) for day in days} == {
        (date, name, None, "RSMo 9.010") for date, name in missouri_holidays(2026).items()
    }
    assert (dt.date(2026, 2, 12), "Lincoln Day") in days.values_list("date", "reason")
    assert (dt.date(2026, 5, 8), "Truman Day") in days.values_list("date", "reason")


def test_holidays_reach_from_2019_to_2040() -> None:
    years = {date.year for date in ClosedDay.objects.values_list("date", flat=True)}

    assert years == set(range(2019, 2041))


def test_school_years_and_their_terms() -> None:
    year = SchoolYear.objects.get(year=2027)

    assert (str(year), year.starts_on, year.ends_on) == ("2026-27", dt.date(2026, 7, 1), dt.date(2027, 6, 30))
    assert set(year.terms.values_list("code", "starts_on", "ends_on")) == {
        ("S1", dt.date(2026, 8, 20), dt.date(2026, 12, 20)),
        ("S2", dt.date(2027, 1, 6), dt.date(2027, 5, 22)),
        ("YL", dt.date(2026, 8, 20), dt.date(2027, 5, 22)),
        ("SU", dt.date(2027, 6, 1), dt.date(2027, 6, 30)),
    }
    assert set(SchoolYear.objects.values_list("year", flat=True)) == set(range(2024, 2034))


def test_terms_open_to_requests_are_never_summer() -> None:
    terms = Term.objects.filter(school_year=2027).open_to_requests(dt.date(2026, 12, 20))

    assert set(terms.values_list("code", flat=True)) == {"S2", "YL"}


@pytest.mark.parametrize(
    ("key", "number"),
    [
        (LegalKey.DECISION_DAYS, "10"),
        (LegalKey.COUNSELOR_DAYS, "5"),
        (LegalKey.REGISTER_DAYS, "3"),
        (LegalKey.CONFIRM_DAYS, "5"),
        (LegalKey.CAP_YEAR_SHARE, "0.14"),
        (LegalKey.CAP_SEMESTER_SHARE, "0.07"),
        (LegalKey.FULL_LOAD, "6"),
        (LegalKey.LEARNING_PLAN_OVER, "2"),
        (LegalKey.MAXIMUM_AGE, "21"),
        (LegalKey.PRIOR_SEMESTER, "1"),
        (LegalKey.EXPLANATION_LENGTH, "40"),
        (LegalKey.INVITATION_DAYS, "14"),
    ],
)
def test_a_legal_value_holds_from_2023_on(key: LegalKey, number: str) -> None:
    assert LegalValue.objects.number(key, on=dt.date(2023, 7, 1)) == Decimal(number)
    assert LegalValue.objects.number(key, on=dt.date(2033, 6, 30)) == Decimal(number)


@pytest.mark.parametrize(
    ("day", "target"),
    [
        ("2019-07-01", "6375"),
        ("2024-06-30", "6375"),
        ("2024-07-01", "6760"),
        ("2025-06-30", "6760"),
        ("2025-07-01", "7145"),
        ("2027-06-30", "7145"),
    ],
)
def test_the_adequacy_target_goes_by_school_year(day: str, target: str) -> None:
    on = dt.date.fromisoformat(day)

    assert LegalValue.objects.number(LegalKey.ADEQUACY_TARGET, on=on) == Decimal(target)


def test_every_legal_value_has_a_source_and_every_key_a_value() -> None:
    assert not LegalValue.objects.filter(source="").exists()
    assert set(LegalValue.objects.values_list("key", flat=True)) == set(LegalKey.values)


def test_a_day_without_a_value_is_said() -> None:
    with pytest.raises(NoLegalValue, match="No value of decision_days holds on 2000-01-01"):
        LegalValue.objects.whole(LegalKey.DECISION_DAYS, on=dt.date(2000, 1, 1))


@pytest.mark.parametrize(
    ("code_set", "codes"),
    [
        (CodeSet.PROGRAM, ["50", "52", "00", "01", "02", "03", "04"]),
        (CodeSet.DELIVERY, ["V", "S", "VH"]),
        (
            CodeSet.DENIAL_FACTOR,
            [
                "time_management",
                "persistence",
                "communication",
                "technical_skills",
                "technology_access",
                "earlier_virtual_results",
                "graduation_fit",
                "prerequisite",
                "in_person_better",
                "other",
            ],
        ),
        (
            CodeSet.ACKNOWLEDGEMENT,
            [
                "weekly_time",
                "same_calendar",
                "active_part",
                "device_and_internet",
                "district_rules",
                "activities",
            ],
        ),
    ],
)
def test_codes_come_in_their_order_with_words_and_source(code_set: CodeSet, codes: list[str]) -> None:
    rows = list(CodeMeaning.objects.of(code_set, on=dt.date(2026, 11, 20)))

    assert [row.code for row in rows] == codes
    assert all(row.label and row.meaning and row.source for row in rows)


def test_the_codes_of_core_data_hold_and_grades_say_what_they_amount_to() -> None:
    held = CodeMeaning.objects.on(dt.date(2026, 11, 20))
    semesters = held.filter(code_set=CodeSet.SEMESTER).order_by("position").values_list("code", flat=True)
    assert list(semesters) == ["Q1", "Q2", "Q3", "Q4", "S1", "S2", "T1", "T2", "T3", "YL"]
    levels = held.filter(code_set=CodeSet.GRADE_LEVEL).order_by("position").values_list("code", flat=True)
    assert list(levels) == ["PK", "K", *(f"{grade:02d}" for grade in range(1, 13))]
    grades = dict(held.filter(code_set=CodeSet.GRADE_EARNED).values_list("code", "group"))
    assert {grades[code] for code in ("A+", "D-", "P", "S")} == {"pass"}
    assert {code: grades[code] for code in ("F", "NC", "WD", "IC", "AU")} == {
        "F": "fail",
        "NC": "fail",
        "WD": "withdrawn",
        "IC": "incomplete",
        "AU": "audited",
    }
