"""Hours, weeks, credits and months of a schedule, and which tests they meet."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.certification import rules
from enrollment.certification.rules import Month, MonthRun, Outcome, Standard, Standards, Version

STANDARDS = Standards(credits=Decimal(6), weekly_hours=Decimal(20), weeks=13)
FIRST, LAST = dt.date(2021, 8, 16), dt.date(2022, 5, 20)
REGULAR = [(dt.date(2021, 8, 20), dt.date(2022, 5, 22)), (dt.date(2022, 8, 20), dt.date(2023, 5, 22))]
HOUR_A_DAY = (60, 60, 60, 60, 60, 0, 0)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    starts_on: dt.date = FIRST
    ends_on: dt.date = LAST
    minutes: tuple[int, ...] = HOUR_A_DAY
    credit: Decimal = Decimal(1)


def year(
    *plans: Plan, first: dt.date = FIRST, last: dt.date | None = None, school_year: int = 2022
) -> Version:
    return Version(school_year, first, last, plans)


def findings(**changes: object) -> rules.Findings:
    values: dict[str, object] = {
        "minutes": 1800,
        "weeks": 36,
        "credits_planned": Decimal(6),
        "is_correspondence": False,
    }
    return rules.findings(STANDARDS, **(values | changes))  # type: ignore[arg-type]


# The tests ------------------------------------------------------------------------------------------


@pytest.mark.rule("R-145", "R-146", "R-147", "R-148")
@pytest.mark.parametrize(
    ("standard", "change", "outcome"),
    [
        (Standard.WEEKLY_HOURS, {"minutes": 20 * 60}, Outcome.MET),
        (Standard.WEEKLY_HOURS, {"minutes": 20 * 60 - 1}, Outcome.NOT_MET),
        (Standard.WEEKS, {"weeks": 13}, Outcome.MET),
        (Standard.WEEKS, {"weeks": 12}, Outcome.NOT_MET),
        (Standard.CREDITS, {"credits_planned": Decimal("6.00")}, Outcome.MET),
        (Standard.CREDITS, {"credits_planned": Decimal("5.99")}, Outcome.NOT_MET),
        (Standard.INTERACTION, {"is_correspondence": False}, Outcome.MET),
        (Standard.INTERACTION, {"is_correspondence": True}, Outcome.NOT_MET),
    ],
)
def test_each_test_passes_at_its_threshold_and_fails_by_itself(
    standard: Standard, change: dict[str, object], outcome: Outcome
) -> None:
    found = findings(**change)
    assert found[standard] == outcome
    assert {other for other in Standard if found[other] != Outcome.MET} == (
        {standard} if outcome == Outcome.NOT_MET else set()
    )


@given(minutes=st.integers(0, 3000), stated=st.integers(0, 3000))
def test_hours_that_others_stated_never_meet_a_test_by_themselves(minutes: int, stated: int) -> None:
    outcome = findings(minutes=minutes, stated_minutes=stated)[Standard.WEEKLY_HOURS]
    assert (outcome == Outcome.MET) == (minutes >= 1200)
    assert (outcome == Outcome.WITH_STATED) == (minutes < 1200 <= minutes + stated)


@pytest.mark.rule("R-149")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Teachers record attendance every school day.", False),
        ("Students attend seven hours per day.", True),
        ("An Hour with a teacher", True),
        ("30 hrs a week", True),
        ("60 minutes", True),
        ("Our courses are ours.", False),
    ],
)
def test_a_sentence_that_names_hours_is_found(text: str, names: bool) -> None:
    assert rules.names_hours(text) is names


# Hours and versions ---------------------------------------------------------------------------------


def test_six_courses_of_an_hour_a_day_are_thirty_hours() -> None:
    versions = [year(*[Plan()] * 6)]
    assert rules.minutes_on(versions, FIRST) == 30 * 60
    assert rules.minutes_on(versions, FIRST - DAY) == 0
    assert rules.minutes_on(versions, LAST + DAY) == 0
    assert rules.week_of(rules.courses_on(versions, FIRST)) == (360, 360, 360, 360, 360, 0, 0)


plans = st.builds(
    Plan,
    starts_on=st.dates(FIRST, dt.date(2021, 12, 31)),
    ends_on=st.dates(dt.date(2022, 1, 1), LAST),
    minutes=st.tuples(*[st.integers(0, 120)] * 7),
)


@given(st.lists(plans, max_size=7), st.dates(FIRST, LAST), st.dates(FIRST - 30 * DAY, LAST + 30 * DAY))
def test_splitting_a_schedule_into_versions_never_changes_hours(
    courses: list[Plan], cut: dt.date, day: dt.date
) -> None:
    whole = [year(*courses, first=FIRST - 30 * DAY)]
    split = [
        year(*courses, first=FIRST - 30 * DAY, last=cut),
        year(*courses, first=cut + DAY),
    ]
    assert rules.minutes_on(split, day) == rules.minutes_on(whole, day)
    span = {"entered_on": FIRST, "last_on": LAST}
    assert rules.hours_by_month(split, **span) == rules.hours_by_month(whole, **span)
    today = {"entered_on": FIRST, "day": day, "left": False}
    assert rules.reference_day(split, **today) == rules.reference_day(whole, **today)  # type: ignore[arg-type]


@given(st.lists(plans, max_size=5), st.integers(1, 12))
def test_a_month_counts_by_its_best_day(courses: list[Plan], month: int) -> None:
    versions, where = [year(*courses)], (2021 if month >= 8 else 2022, month)
    days = [FIRST + number * DAY for number in range((LAST - FIRST).days + 1)]
    best = max((rules.minutes_on(versions, day) for day in days if (day.year, day.month) == where), default=0)
    hours = rules.hours_by_month(versions, entered_on=FIRST, last_on=LAST)
    assert hours.get(where, 0) == best


# Weeks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spans", "weeks"),
    [
        ([], 0),
        ([(FIRST, FIRST + 90 * DAY)], 13),
        ([(FIRST, FIRST + 89 * DAY)], 12),
        ([(FIRST, FIRST + 90 * DAY), (FIRST, FIRST + 20 * DAY)], 13),
        ([(FIRST, FIRST + 41 * DAY), (FIRST + 200 * DAY, FIRST + 241 * DAY)], 12),  # two short ones far apart
    ],
)
@pytest.mark.rule("R-146")
def test_weeks_of_study_are_those_on_which_a_course_runs(
    spans: list[tuple[dt.date, dt.date]], weeks: int
) -> None:
    assert rules.weeks_of_study([Plan(*span) for span in spans]) == weeks


# The day that a letter describes ---------------------------------------------------------------------

NEXT_YEAR = Version(2023, dt.date(2022, 8, 1), None, [Plan(dt.date(2022, 8, 22), dt.date(2023, 5, 19))])


@pytest.mark.parametrize(
    ("day", "left", "described"),
    [
        (dt.date(2021, 10, 1), False, dt.date(2021, 10, 1)),
        (dt.date(2022, 7, 4), False, dt.date(2022, 8, 22)),  # in summer what is to come
        (dt.date(2022, 7, 4), True, LAST),  # for somebody who left what was
        (dt.date(2023, 7, 4), False, dt.date(2023, 5, 19)),
    ],
)
def test_the_day_that_a_letter_describes(day: dt.date, left: bool, described: dt.date) -> None:
    versions = [year(Plan()), NEXT_YEAR]
    assert rules.reference_day(versions, entered_on=FIRST, day=day, left=left) == described


def test_without_courses_a_letter_describes_its_own_day() -> None:
    assert rules.reference_day([], entered_on=FIRST, day=LAST, left=False) == LAST
    assert rules.plan_of_year([], LAST) is None


def test_the_plan_is_that_of_the_year_whose_courses_run() -> None:
    this = year(Plan())
    assert rules.plan_of_year([this, NEXT_YEAR], FIRST) is this
    assert rules.plan_of_year([this, NEXT_YEAR], dt.date(2022, 9, 1)) is NEXT_YEAR


# Months ---------------------------------------------------------------------------------------------


def months(*versions: Version, last_on: dt.date, entered_on: dt.date = FIRST) -> dict[Month, int]:
    return rules.hours_by_month(versions, entered_on=entered_on, last_on=last_on)


def out_of(hours: dict[Month, int]) -> tuple[list[Month], list[Month]]:
    return rules.months_out(hours, weekly_hours=Decimal(20), regular=REGULAR)


@pytest.mark.rule("R-151")
def test_a_summer_between_two_school_years_is_no_absence() -> None:
    hours = months(
        year(*[Plan()] * 6),
        Version(2023, dt.date(2022, 9, 15), None, [Plan(dt.date(2022, 9, 15), dt.date(2023, 5, 19))] * 6),
        last_on=dt.date(2023, 5, 19),
    )
    assert out_of(hours) == ([], [(2022, 6), (2022, 7), (2022, 8)])
    assert rules.runs_of(hours) == [
        MonthRun((2021, 8), (2022, 5), 1800),
        MonthRun((2022, 9), (2023, 5), 1800),
    ]


@pytest.mark.rule("R-151")
def test_months_below_the_standard_and_without_courses_are_listed() -> None:
    """Full-time until October, three courses until Christmas, nothing in spring, back in the fall."""
    hours = months(
        year(*[Plan()] * 6, last=dt.date(2021, 10, 31)),
        year(*[Plan()] * 3, first=dt.date(2021, 11, 1), last=dt.date(2021, 12, 20)),
        Version(2023, dt.date(2022, 8, 22), None, [Plan(dt.date(2022, 8, 22), dt.date(2023, 5, 19))] * 6),
        last_on=dt.date(2022, 9, 30),
    )
    out, breaks = out_of(hours)
    assert out == [(2021, 11), (2021, 12), *[(2022, month) for month in range(1, 8)]]
    assert breaks == []


def test_a_fall_that_was_left_out_is_an_absence_and_the_summer_before_it_is_not() -> None:
    hours = months(year(*[Plan()] * 6), last_on=dt.date(2022, 11, 30))
    out, breaks = out_of(hours)
    assert breaks == [(2022, 6), (2022, 7), (2022, 8)]
    assert out == [(2022, 9), (2022, 10), (2022, 11)]


@given(st.dates(dt.date(2021, 1, 1), dt.date(2023, 1, 1)), st.dates(dt.date(2021, 1, 1), dt.date(2023, 1, 1)))
def test_months_lie_between_entry_and_end(entered_on: dt.date, last_on: dt.date) -> None:
    hours = months(year(*[Plan()] * 6), entered_on=entered_on, last_on=last_on)
    out, breaks = out_of(hours)
    for month in [*hours, *out, *breaks]:
        assert (entered_on.year, entered_on.month) <= month <= (last_on.year, last_on.month)
    assert list(hours) == sorted(set(hours))
    attended = {month for month, minutes in hours.items() if minutes >= 1200}
    assert sorted([*out, *breaks, *attended]) == list(hours)
