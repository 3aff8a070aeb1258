"""A dated row follows the one before it, and none overlaps."""

import datetime as dt
from decimal import Decimal

import pytest

from mocap_portal.foundation.directory import actions
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue

pytestmark = pytest.mark.django_db

KEY = LegalKey.DECISION_DAYS
LAID = dt.date(2022, 8, 28)  # by the data migration: 10 from then on
TODAY = dt.date(2026, 11, 12)


def change(number: int, day: str, *, today: dt.date = TODAY) -> LegalValue:
    return actions.change_legal_value(
        KEY,
        number=Decimal(number),
        valid_from=dt.date.fromisoformat(day),
        source="New rule",
        note="",
        today=today,
    )


def spans() -> list[tuple[int, str, str]]:
    rows = LegalValue.objects.filter(key=KEY).order_by("valid_from")
    return [(int(row.number), str(row.valid_from), str(row.valid_to)) for row in rows]


def test_the_former_row_ends_the_day_before() -> None:
    change(12, "2027-01-01")

    assert spans() == [(10, "2022-08-28", "2026-12-31"), (12, "2027-01-01", "None")]


def test_a_row_may_come_before_one_that_is_planned() -> None:
    change(12, "2027-07-01")
    change(11, "2027-01-01")

    assert spans() == [
        (10, "2022-08-28", "2026-12-31"),
        (11, "2027-01-01", "2027-06-30"),
        (12, "2027-07-01", "None"),
    ]


def test_a_row_may_begin_before_all_others() -> None:
    change(30, "2018-08-28")

    assert spans() == [(30, "2018-08-28", "2022-08-27"), (10, "2022-08-28", "None")]


def test_a_row_may_be_entered_late() -> None:
    change(12, "2026-07-01")

    assert spans() == [(10, "2022-08-28", "2026-06-30"), (12, "2026-07-01", "None")]


def test_a_row_that_does_not_hold_yet_is_replaced() -> None:
    change(12, "2027-01-01")
    change(15, "2027-01-01")

    assert spans() == [(10, "2022-08-28", "2026-12-31"), (15, "2027-01-01", "None")]


def test_a_planned_row_is_replaced_inside_its_span() -> None:
    change(12, "2027-07-01")
    change(11, "2027-01-01")
    change(9, "2027-01-01")

    assert spans() == [
        (10, "2022-08-28", "2026-12-31"),
        (9, "2027-01-01", "2027-06-30"),
        (12, "2027-07-01", "None"),
    ]


@pytest.mark.parametrize("today", [LAID, TODAY])
def test_a_row_in_force_is_not_replaced(today: dt.date) -> None:
    with pytest.raises(actions.AlreadyInForce):
        change(12, str(LAID), today=today)

    assert spans() == [(10, "2022-08-28", "None")]


def test_a_code_that_is_not_there_gets_no_meaning() -> None:
    with pytest.raises(CodeMeaning.DoesNotExist):
        actions.change_code_meaning(
            CodeSet.DENIAL_FACTOR,
            "price",
            label="Price",
            meaning="",
            valid_from=TODAY,
            source="None",
            today=TODAY,
        )
