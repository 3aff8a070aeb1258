"""When reports are due, as arithmetic."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.progress.rules import ONE_DAY, due_points, owed

FALL = (dt.date(2026, 8, 20), dt.date(2026, 12, 20))
SPRING = (dt.date(2027, 1, 6), dt.date(2027, 5, 22))
DAYS = st.dates(dt.date(2026, 7, 1), dt.date(2027, 6, 30))


@st.composite
def halves(draw: st.DrawFn) -> list[tuple[dt.date, dt.date]]:
    """Two semesters of at least forty days, one after the other."""
    first = draw(st.dates(dt.date(2026, 7, 1), dt.date(2026, 9, 30)))
    fall = (first, first + ONE_DAY * draw(st.integers(40, 150)))
    begins = fall[1] + ONE_DAY * draw(st.integers(1, 30))
    return [fall, (begins, begins + ONE_DAY * draw(st.integers(40, 150)))]


@pytest.mark.rule("R-51")
def test_four_reports_are_due_at_the_end_of_each_quarter() -> None:
    assert [(point.number, point.opens_on, point.due_on) for point in due_points([FALL, SPRING], 4)] == [
        (1, dt.date(2026, 8, 20), dt.date(2026, 10, 19)),
        (2, dt.date(2026, 10, 20), dt.date(2026, 12, 20)),
        (3, dt.date(2027, 1, 6), dt.date(2027, 3, 14)),
        (4, dt.date(2027, 3, 15), dt.date(2027, 5, 22)),
    ]


def test_an_odd_number_gives_the_first_semester_one_more() -> None:
    days = [point.due_on for point in due_points([FALL, SPRING], 3)]
    assert days == [dt.date(2026, 10, 19), dt.date(2026, 12, 20), dt.date(2027, 5, 22)]


def test_without_semesters_nothing_is_due() -> None:
    assert due_points([], 4) == []


@given(halves(), st.integers(1, 12))
def test_points_are_as_many_as_asked_in_order_and_inside_a_semester(
    semesters: list[tuple[dt.date, dt.date]], number: int
) -> None:
    points = due_points(semesters, number)
    assert [point.number for point in points] == list(range(1, number + 1))
    for before, after in itertools.pairwise(points):
        assert before.due_on < after.opens_on <= after.due_on
    for point in points:
        assert any(first <= point.opens_on <= point.due_on <= last for first, last in semesters)


@given(halves(), st.integers(2, 6).map(lambda half: half * 2))
def test_parts_of_a_semester_differ_by_a_day_at_most(
    semesters: list[tuple[dt.date, dt.date]], number: int
) -> None:
    points = due_points(semesters, number)
    for first, last in semesters:
        lengths = [(point.due_on - point.opens_on).days for point in points if first <= point.due_on <= last]
        assert len(lengths) == number // 2
        assert max(lengths) - min(lengths) <= 1
    assert {last for _first, last in semesters} <= {point.due_on for point in points}


@given(halves(), DAYS, DAYS)
def test_what_is_owed_is_due_after_the_first_and_not_after_the_last_day(
    semesters: list[tuple[dt.date, dt.date]], first: dt.date, last: dt.date
) -> None:
    points = due_points(semesters, 4)
    found = owed(points, first=first, last=last)
    assert found == [point for point in points if first < point.due_on and point.due_on <= last]
    if first < points[0].due_on and last >= points[-1].due_on:
        assert found == points
    if last < first:
        assert found == []
