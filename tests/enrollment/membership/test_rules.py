"""Which share of a full-time student somebody is, as arithmetic."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.membership.rules import WHOLE, credits_at_once, share

HALVES = [
    (dt.date(2026, 8, 20), dt.date(2026, 12, 20)),
    (dt.date(2027, 1, 6), dt.date(2027, 5, 22)),
]
DAY = dt.date(2027, 1, 27)
FULL = Decimal(6)


@dataclass(frozen=True)
class Course:
    starts_on: dt.date
    ends_on: dt.date
    credit: Decimal
    minutes: tuple[int, ...] = ()


YEAR = Course(HALVES[0][0], HALVES[1][1], Decimal(1))
FALL = Course(*HALVES[0], Decimal("0.5"))
SPRING = Course(*HALVES[1], Decimal("0.5"))


@pytest.mark.parametrize(
    ("courses", "worth"),
    [
        ([], "0"),
        ([YEAR] * 6, "6"),
        ([SPRING] * 6, "6"),  # three credits in half a year are six a year (D-09)
        ([YEAR, YEAR, SPRING, SPRING], "4"),
        ([FALL] * 6, "0"),  # over on the count date
        ([Course(dt.date(2026, 12, 1), dt.date(2027, 2, 1), Decimal(1))], "1"),
    ],
)
def test_credits_are_those_of_the_courses_of_the_day(courses: list[Course], worth: str) -> None:
    assert credits_at_once(courses, DAY, HALVES) == Decimal(worth)


def test_without_semesters_a_course_counts_once() -> None:
    assert credits_at_once([SPRING], DAY, []) == Decimal("0.5")


CREDITS = st.decimals(0, 20, places=2)
SHARES = st.decimals(0, 1, places=4)


@pytest.mark.rule("R-87")
@given(CREDITS, SHARES)
def test_a_share_is_from_nothing_to_one_and_with_those_elsewhere_one_at_most(
    worth: Decimal, elsewhere: Decimal
) -> None:
    found = share(worth, full=FULL, elsewhere=elsewhere)
    assert 0 <= found <= WHOLE - elsewhere
    assert found <= worth / FULL


@given(CREDITS, CREDITS)
def test_more_credits_are_never_a_smaller_share(some: Decimal, more: Decimal) -> None:
    assert share(some, full=FULL) <= share(some + more, full=FULL)


def test_a_whole_load_is_a_whole_student() -> None:
    assert [share(Decimal(number), full=FULL) for number in (3, 6, 7)] == [Decimal("0.5"), WHOLE, WHOLE]
