"""The arithmetic of a schedule, for any schedule. No database."""

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from enrollment.full_time import rules
from enrollment.full_time.actions import CoursePlan

YEAR = dt.date(2026, 7, 1)
courses_of = st.lists(
    st.builds(
        lambda first, length, minutes: CoursePlan(
            title="x",
            credit=Decimal("0.5"),
            starts_on=YEAR + dt.timedelta(days=first),
            ends_on=YEAR + dt.timedelta(days=first + length),
            minutes=minutes,
        ),
        st.integers(0, 300),
        st.integers(0, 60),
        st.tuples(*[st.integers(0, 300)] * 7),
    ),
    max_size=6,
)


# How long drawing takes says how busy the machine is, and nothing about these rules.
@given(courses=courses_of, first=st.integers(0, 350))
def test_seven_days_in_which_the_same_courses_run_hold_a_week(courses: list[CoursePlan], first: int) -> None:
    start = YEAR + dt.timedelta(days=first)
    week = [start + dt.timedelta(days=number) for number in range(7)]
    steady = [
        course
        for course in courses
        if (course.starts_on <= week[0] and course.ends_on >= week[-1])
        or course.ends_on < week[0]
        or course.starts_on > week[-1]
    ]
    assert sum(rules.minutes_of_day(steady, day) for day in week) == rules.minutes_of_week(steady, start)


@given(courses=courses_of)
def test_credits_add_up_whatever_the_order(courses: list[CoursePlan]) -> None:
    assert rules.credits_of(courses) == rules.credits_of(courses[::-1]) == len(courses) * Decimal("0.5")


@given(length=st.integers(1, 400))
def test_a_span_holds_as_many_weeks_as_sevens_of_days(length: int) -> None:
    assert rules.weeks(YEAR, YEAR + dt.timedelta(days=length - 1)) == length // 7
