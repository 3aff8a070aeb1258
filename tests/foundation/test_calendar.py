"""Business days and due dates, against tables made by hand and against a counter written another way."""

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocap_portal.foundation.shared.calendar import (
    CENTRAL,
    Day,
    Due,
    Kind,
    NoBusinessDay,
    Pause,
    central_date,
    closed_code,
    day_before,
    due_date,
    end_of_day,
    half_time,
    holiday_code,
    missouri_holidays,
)

HOLIDAYS = {
    date: holiday_code(name) for year in range(2024, 2034) for date, name in missouri_holidays(year).items()
}


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


# The independent counter: ordinals in sets, filtered, and the n-th taken. It shares nothing with the code it
# tests.


def countable(start: dt.date, closed: Mapping[dt.date, str], pauses: Sequence[Pause]) -> Iterator[dt.date]:
    shut = {day.toordinal() for day in closed}
    for pause in pauses:
        assert pause.end is not None
        shut.update(range(pause.start.toordinal(), pause.end.toordinal()))
    # Ordinal 1 was a Monday, so the remainder by seven tells the weekday: 6 is Saturday, 0 is Sunday.
    ordinals = itertools.count(start.toordinal() + 1)
    return (dt.date.fromordinal(n) for n in ordinals if n % 7 not in (6, 0) and n not in shut)


def counted_by_hand(
    start: dt.date, business_days: int, closed: Mapping[dt.date, str], pauses: Sequence[Pause]
) -> dt.date:
    if business_days == 0:
        return start
    return next(itertools.islice(countable(start, closed, pauses), business_days - 1, None))


# Years with a leap day, New Year's Days on every weekday, and both clock changes of each year.
dates = st.dates(date("2024-01-01"), date("2032-12-31"))
counts = st.integers(0, 60)


@st.composite
def calendars(draw: st.DrawFn) -> dict[dt.date, str]:
    """State holidays, with whole runs of days on top on which a district is closed."""
    runs = draw(st.lists(st.tuples(dates, st.integers(1, 15)), max_size=6))
    days = [first + dt.timedelta(days=n) for first, length in runs for n in range(length)]
    return dict.fromkeys(days, closed_code("break")) | HOLIDAYS


@st.composite
def ended_pauses(draw: st.DrawFn, after: dt.date) -> list[Pause]:
    """Up to four pauses near a start, some before it, some empty, some overlapping."""
    spans = draw(st.lists(st.tuples(st.integers(-10, 60), st.integers(0, 40)), max_size=4))
    starts = [(after + dt.timedelta(days=offset), length) for offset, length in spans]
    return [Pause(start, start + dt.timedelta(days=length), "iep") for start, length in starts]


@pytest.mark.rule("R-15")
@pytest.mark.parametrize(
    ("start", "due"),
    [
        pytest.param("2026-03-02", "2026-03-16", id="two plain weeks, over the night clocks go forward"),
        pytest.param("2026-10-19", "2026-11-02", id="over the night clocks go back"),
        pytest.param("2026-08-15", "2026-08-28", id="handed in on a Saturday"),
        pytest.param("2026-08-16", "2026-08-28", id="handed in on a Sunday"),
        pytest.param("2026-02-09", "2026-02-25", id="Lincoln Day on a Thursday, then Washington's Birthday"),
        pytest.param("2027-02-04", "2027-02-22", id="Lincoln Day and Washington's Birthday around a weekend"),
        pytest.param("2026-05-01", "2026-05-18", id="Truman Day on a Friday"),
        pytest.param("2026-06-25", "2026-07-10", id="Independence Day on a Saturday, kept on Friday"),
        pytest.param("2027-07-02", "2027-07-19", id="Independence Day on a Sunday, kept on Monday"),
        pytest.param(
            "2026-11-11", "2026-11-25", id="handed in on a holiday, due the day before Thanksgiving"
        ),
        pytest.param("2026-11-16", "2026-12-01", id="over Thanksgiving"),
        pytest.param("2026-12-18", "2027-01-05", id="over Christmas and New Year's Day"),
        pytest.param(
            "2027-12-17", "2028-01-04", id="Christmas and the next New Year's Day, both on Saturday"
        ),
        pytest.param("2028-02-22", "2028-03-07", id="over a leap day"),
    ],
)
def test_ten_business_days_by_hand(start: str, due: str) -> None:
    assert due_date(date(start), 10, HOLIDAYS).on == date(due)


@pytest.mark.rule("R-16")
def test_every_day_says_why() -> None:
    closed = {
        date("2026-11-24"): closed_code("snow"),
        date("2026-11-26"): holiday_code("Thanksgiving Day"),
    }
    pauses = [Pause(date("2026-11-27"), date("2026-11-30"), "iep")]

    due = due_date(date("2026-11-20"), 3, closed, pauses)

    assert due == Due(
        start=date("2026-11-20"),
        business_days=3,
        on=date("2026-11-30"),
        days=(
            Day(date("2026-11-21"), "weekend"),
            Day(date("2026-11-22"), "weekend"),
            Day(date("2026-11-23"), "business_day"),
            Day(date("2026-11-24"), "closed:snow"),
            Day(date("2026-11-25"), "business_day"),
            Day(date("2026-11-26"), "holiday:Thanksgiving Day"),
            Day(date("2026-11-27"), "paused:iep"),
            Day(date("2026-11-28"), "weekend"),
            Day(date("2026-11-29"), "weekend"),
            Day(date("2026-11-30"), "business_day"),
        ),
    )
    assert due.remaining == 0
    assert [day.date.day for day in due.days if day.counted] == [23, 25, 30]


def test_a_day_tells_its_kind_from_its_detail() -> None:
    named = Day(date("2026-11-26"), holiday_code("Thanksgiving Day"))
    plain = Day(date("2026-11-28"), "weekend")

    assert (named.kind, named.detail, named.counted) == (Kind.HOLIDAY, "Thanksgiving Day", False)
    assert (plain.kind, plain.detail, plain.counted) == (Kind.WEEKEND, "", False)


def test_a_closed_day_on_a_weekend_changes_nothing() -> None:
    closed = {date("2026-08-22"): closed_code("roof repair")}

    assert due_date(date("2026-08-21"), 1, closed) == due_date(date("2026-08-21"), 1, {})


@pytest.mark.parametrize("start", ["2026-08-14", "2026-08-15", "2026-12-25"])
def test_no_business_days_are_due_on_the_start_itself(start: str) -> None:
    paused = [Pause(date("2026-01-01"), None)]

    due = due_date(date(start), 0, HOLIDAYS, paused)

    assert due == Due(date(start), 0, on=date(start), days=())
    assert half_time(due) == date(start)
    assert day_before(due) is None


# Against the independent counter


@pytest.mark.rule("R-15")
@pytest.mark.rule("R-16")
@pytest.mark.rule("R-17")
@given(data=st.data(), start=dates, business_days=counts, closed=calendars())
def test_agrees_with_the_independent_counter(
    data: st.DataObject, start: dt.date, business_days: int, closed: dict[dt.date, str]
) -> None:
    pauses = data.draw(ended_pauses(start))

    due = due_date(start, business_days, closed, pauses)

    assert due.on == counted_by_hand(start, business_days, closed, pauses)
    counted = [day.date for day in due.days if day.counted]
    assert counted == list(itertools.islice(countable(start, closed, pauses), business_days))


@given(data=st.data(), start=dates, business_days=counts, closed=calendars())
def test_the_explanation_leaves_out_no_day(
    data: st.DataObject, start: dt.date, business_days: int, closed: dict[dt.date, str]
) -> None:
    due = due_date(start, business_days, closed, data.draw(ended_pauses(start)))

    assert due.on is not None
    assert [day.date.toordinal() for day in due.days] == list(
        range(start.toordinal() + 1, due.on.toordinal() + 1)
    )
    assert due.remaining == 0


@given(start=dates, weeks=st.integers(1, 12))
def test_five_business_days_are_a_week_where_nothing_is_closed(start: dt.date, weeks: int) -> None:
    back_to_friday = max(0, start.isoweekday() - 5)

    assert due_date(start, 5 * weeks, {}).on == start + dt.timedelta(days=7 * weeks - back_to_friday)


@pytest.mark.rule("R-16")
@given(start=dates, business_days=counts, closed=calendars(), more=st.lists(dates, max_size=5))
def test_another_closed_day_never_brings_the_due_date_forward(
    start: dt.date, business_days: int, closed: dict[dt.date, str], more: list[dt.date]
) -> None:
    before = due_date(start, business_days, closed).on
    # Closing the due day itself is the case that matters most, and chance would seldom draw it.
    assert before is not None
    wider = closed | dict.fromkeys([before, *more], closed_code("flood"))

    after = due_date(start, business_days, wider).on

    assert after is not None
    assert after >= before
    if business_days:
        assert after > before


@given(start=dates, business_days=counts, closed=calendars())
def test_one_more_business_day_is_always_later(
    start: dt.date, business_days: int, closed: dict[dt.date, str]
) -> None:
    sooner, later = due_date(start, business_days, closed), due_date(start, business_days + 1, closed)

    assert sooner.on is not None and later.on is not None
    assert sooner.on < later.on
    assert later.days[: len(sooner.days)] == sooner.days


# Pauses


@pytest.mark.rule("R-17")
def test_a_pause_by_hand() -> None:
    # Ten days from Monday 2 March 2026: three have counted when the team takes over on Friday the 6th.
    # It answers on Thursday the 19th.
    paused = Pause(date("2026-03-06"), None, "iep")
    resumed = Pause(date("2026-03-06"), date("2026-03-19"), "iep")

    waiting = due_date(date("2026-03-02"), 10, {}, [paused])
    going_on = due_date(date("2026-03-02"), 10, {}, [resumed])

    assert waiting.on is None
    assert waiting.remaining == 7
    assert [day.reason for day in waiting.days] == ["business_day"] * 3 + ["paused:iep"]
    # The day it answers is the first of the seven that were left.
    assert going_on.on == date("2026-03-27")
    assert sum(day.kind == Kind.PAUSED for day in going_on.days) == 9


@pytest.mark.rule("R-17")
@given(
    start=dates,
    business_days=st.integers(1, 60),
    closed=calendars(),
    offset=st.integers(1, 30),
    length=st.integers(0, 60),
)
def test_resuming_restores_exactly_the_remaining_days(
    start: dt.date, business_days: int, closed: dict[dt.date, str], offset: int, length: int
) -> None:
    begins = start + dt.timedelta(days=offset)
    ends = begins + dt.timedelta(days=length)

    waiting = due_date(start, business_days, closed, [Pause(begins, None)])
    resumed = due_date(start, business_days, closed, [Pause(begins, ends)])

    if waiting.on is None:
        afresh = due_date(ends - dt.timedelta(days=1), waiting.remaining, closed)
        assert resumed.on == afresh.on
    else:
        # It was due before the pause began: nothing is left to stand still.
        assert waiting == resumed == due_date(start, business_days, closed)


@pytest.mark.rule("R-17")
@given(data=st.data(), start=dates, business_days=st.integers(1, 30), closed=calendars())
def test_a_pause_costs_its_own_business_days_and_no_others(
    data: st.DataObject, start: dt.date, business_days: int, closed: dict[dt.date, str]
) -> None:
    paused = due_date(start, business_days, closed, data.draw(ended_pauses(start)))
    lost = sum(day.kind == Kind.PAUSED for day in paused.days)

    assert paused.on == due_date(start, business_days + lost, closed).on


@pytest.mark.rule("R-17")
def test_a_pause_without_an_end_outweighs_one_that_ended() -> None:
    ended, lasting = Pause(date("2026-03-03"), date("2026-03-10")), Pause(date("2026-03-05"), None)

    for pauses in ([ended, lasting], [lasting, ended]):
        due = due_date(date("2026-03-02"), 10, {}, pauses)
        assert (due.on, due.remaining, due.days[-1].date) == (None, 10, date("2026-03-05"))


def test_a_pause_that_begins_after_the_due_date_changes_nothing() -> None:
    late = [Pause(date("2026-03-17"), None)]

    assert due_date(date("2026-03-02"), 10, {}, late).on == date("2026-03-16")


def test_a_pause_on_a_weekend_shows_the_business_day_it_first_costs() -> None:
    due = due_date(date("2026-03-06"), 1, {}, [Pause(date("2026-03-07"), None)])

    assert [day.reason for day in due.days] == ["weekend", "weekend", "paused"]


# Half time and the day before


@pytest.mark.parametrize(
    ("business_days", "half", "before"),
    [
        (1, "2026-11-17", None),
        (2, "2026-11-17", "2026-11-17"),
        (5, "2026-11-19", "2026-11-20"),
        (7, "2026-11-20", "2026-11-24"),
        (8, "2026-11-20", "2026-11-25"),  # due on the Friday after Thanksgiving
        (10, "2026-11-23", "2026-11-30"),
    ],
)
def test_when_to_chase(business_days: int, half: str, before: str | None) -> None:
    due = due_date(date("2026-11-16"), business_days, HOLIDAYS)

    assert half_time(due) == date(half)
    assert day_before(due) == (date(before) if before else None)


@pytest.mark.rule("R-17")
def test_chasing_while_paused() -> None:
    before_half = due_date(date("2026-03-02"), 10, {}, [Pause(date("2026-03-05"), None)])
    after_half = due_date(date("2026-03-02"), 10, {}, [Pause(date("2026-03-10"), None)])

    assert (half_time(before_half), day_before(before_half)) == (None, None)
    assert (half_time(after_half), day_before(after_half)) == (date("2026-03-09"), None)


def test_the_day_before_is_a_business_day_even_if_it_was_paused() -> None:
    due = due_date(date("2026-03-02"), 3, {}, [Pause(date("2026-03-05"), date("2026-03-10"))])

    assert due.on == date("2026-03-10")
    assert day_before(due) == date("2026-03-09")


@given(start=dates, business_days=st.integers(2, 60), closed=calendars())
def test_chasing_comes_in_order(start: dt.date, business_days: int, closed: dict[dt.date, str]) -> None:
    due = due_date(start, business_days, closed)
    half, before = half_time(due), day_before(due)

    assert half is not None and before is not None and due.on is not None
    assert start < half <= before < due.on
    assert due_date(start, -(-business_days // 2), closed).on == half
    assert due_date(start, business_days - 1, closed).on == before


# What it refuses


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^Business days cannot be negative: -1\.$"):
        due_date(date("2026-03-02"), -1, {})


def test_a_calendar_that_is_always_closed_is_refused() -> None:
    first = date("2026-03-02")
    always = {first + dt.timedelta(days=n): closed_code("error") for n in range(1000)}

    with pytest.raises(NoBusinessDay, match=r"^No business day in the 366 days up to 2027-03-04\.$"):
        due_date(first, 1, always)


def test_closed_days_with_business_days_between_may_be_many() -> None:
    # Four years of weekends are more than 366 closed days, but never more than two in a row.
    assert due_date(date("2026-03-02"), 5 * 208, {}).on == date("2026-03-02") + dt.timedelta(weeks=208)


def test_a_long_pause_is_no_closed_calendar() -> None:
    due = due_date(date("2026-03-02"), 1, {}, [Pause(date("2026-03-03"), date("2028-03-03"))])

    assert due.on == date("2028-03-03")


def test_the_end_of_all_dates_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^10 business days from 9999-12-30 end after the last date there is\.$"
    ):
        due_date(date("9999-12-30"), 10, {})


def test_a_pause_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match=r"^A pause from 2026-03-05 cannot end before it, on 2026-03-04\.$"):
        Pause(date("2026-03-05"), date("2026-03-04"))


def test_moments_are_not_taken_for_dates() -> None:
    now = moment("2026-03-02T12:00:00-06:00")

    for careless in (
        lambda: due_date(now, 10, {}),
        lambda: end_of_day(now),
        lambda: Pause(now, None),
        lambda: Pause(date("2026-03-02"), now),
    ):
        with pytest.raises(TypeError, match="central_date"):
            careless()


# Central time


@pytest.mark.rule("R-16")
@pytest.mark.parametrize(
    ("utc", "central"),
    [
        # An ordinary evening: already tomorrow in Greenwich.
        ("2026-08-15T04:59:59+00:00", "2026-08-14"),
        ("2026-08-15T05:00:00+00:00", "2026-08-15"),
        # 8 March 2026, clocks go forward: 00:30 and 01:30, then 03:30; the day is 23 hours long.
        ("2026-03-08T05:59:59+00:00", "2026-03-07"),
        ("2026-03-08T06:30:00+00:00", "2026-03-08"),
        ("2026-03-08T07:30:00+00:00", "2026-03-08"),
        ("2026-03-08T08:30:00+00:00", "2026-03-08"),
        ("2026-03-09T04:59:59+00:00", "2026-03-08"),
        ("2026-03-09T05:00:00+00:00", "2026-03-09"),
        # 1 November 2026, clocks go back: 00:30, 01:30 twice, 02:30; the day is 25 hours long.
        ("2026-11-01T04:59:59+00:00", "2026-10-31"),
        ("2026-11-01T05:30:00+00:00", "2026-11-01"),
        ("2026-11-01T06:30:00+00:00", "2026-11-01"),
        ("2026-11-01T07:30:00+00:00", "2026-11-01"),
        ("2026-11-01T08:30:00+00:00", "2026-11-01"),
        ("2026-11-02T05:59:59+00:00", "2026-11-01"),
        ("2026-11-02T06:00:00+00:00", "2026-11-02"),
        # New Year's Eve: the Central year is the one that counts.
        ("2027-01-01T05:59:59+00:00", "2026-12-31"),
        ("2027-01-01T06:00:00+00:00", "2027-01-01"),
    ],
)
def test_the_central_date_of_a_moment(utc: str, central: str) -> None:
    assert central_date(moment(utc)) == date(central)


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
@pytest.mark.parametrize("time", ["00:30", "01:30", "02:30", "23:59:59"])
@pytest.mark.parametrize("fold", [0, 1])
def test_local_times_on_clock_change_nights_stay_on_their_day(day: str, time: str, fold: int) -> None:
    # 02:30 does not exist in March and 01:30 comes twice in November; both sides of each stay on the day.
    local = moment(f"{day}T{time}").replace(tzinfo=CENTRAL, fold=fold)

    assert central_date(local) == date(day)
    assert central_date(local.astimezone(dt.UTC)) == date(day)


@pytest.mark.rule("R-16")
@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("2026-01-15", "2026-01-16T05:59:59+00:00"),
        ("2026-03-07", "2026-03-08T05:59:59+00:00"),
        ("2026-03-08", "2026-03-09T04:59:59+00:00"),
        ("2026-10-31", "2026-11-01T04:59:59+00:00"),
        ("2026-11-01", "2026-11-02T05:59:59+00:00"),
    ],
)
def test_due_means_the_last_second_of_the_central_day(day: str, utc: str) -> None:
    assert end_of_day(date(day)) == moment(utc)
    assert end_of_day(date(day)).time() == dt.time(23, 59, 59)


@given(dates)
def test_the_end_of_a_day_is_the_last_second_of_that_date(day: dt.date) -> None:
    last = end_of_day(day).astimezone(dt.UTC)

    assert central_date(last) == day
    assert central_date(last + dt.timedelta(seconds=1)) == day + dt.timedelta(days=1)


def test_a_moment_without_a_time_zone_has_no_central_date() -> None:
    with pytest.raises(ValueError, match="time zone"):
        central_date(moment("2026-03-08T12:00:00"))


# Missouri's holidays

KEPT = {
    2026: {
        "2026-01-01": "New Year's Day",
        "2026-01-19": "Martin Luther King Jr. Day",
        "2026-02-12": "Lincoln Day",
        "2026-02-16": "Washington's Birthday",
        "2026-05-08": "Truman Day",
        "2026-05-25": "Memorial Day",
        "2026-06-19": "Juneteenth National Independence Day",
        "2026-07-03": "Independence Day",
        "2026-09-07": "Labor Day",
        "2026-10-12": "Columbus Day",
        "2026-11-11": "Veterans Day",
        "2026-11-26": "Thanksgiving Day",
        "2026-12-25": "Christmas Day",
    },
    2027: {
        "2027-01-01": "New Year's Day",
        "2027-01-18": "Martin Luther King Jr. Day",
        "2027-02-12": "Lincoln Day",
        "2027-02-15": "Washington's Birthday",
        "2027-05-07": "Truman Day",
        "2027-05-31": "Memorial Day",
        "2027-06-18": "Juneteenth National Independence Day",
        "2027-07-05": "Independence Day",
        "2027-09-06": "Labor Day",
        "2027-10-11": "Columbus Day",
        "2027-11-11": "Veterans Day",
        "2027-11-25": "Thanksgiving Day",
        "2027-12-24": "Christmas Day",
        "2027-12-31": "New Year's Day",
    },
    2028: {
        "2028-01-17": "Martin Luther King Jr. Day",
        "2028-02-11": "Lincoln Day",
        "2028-02-21": "Washington's Birthday",
        "2028-05-08": "Truman Day",
        "2028-05-29": "Memorial Day",
        "2028-06-19": "Juneteenth National Independence Day",
        "2028-07-04": "Independence Day",
        "2028-09-04": "Labor Day",
        "2028-10-09": "Columbus Day",
        "2028-11-10": "Veterans Day",
        "2028-11-23": "Thanksgiving Day",
        "2028-12-25": "Christmas Day",
    },
}


@pytest.mark.rule("R-16")
@pytest.mark.parametrize("year", KEPT)
def test_missouri_keeps_these_holidays(year: int) -> None:
    assert [(day.isoformat(), name) for day, name in missouri_holidays(year).items()] == [*KEPT[year].items()]


@pytest.mark.rule("R-16")
def test_new_years_day_on_a_sunday_is_kept_on_monday() -> None:
    assert missouri_holidays(2023)[date("2023-01-02")] == "New Year's Day"


@pytest.mark.rule("R-16")
def test_every_holiday_of_the_statute_is_kept_once_and_on_a_weekday() -> None:
    years = range(2022, 2100)
    kept = [(day, name) for year in years for day, name in missouri_holidays(year).items()]

    assert {day.isoweekday() for day, _ in kept} == {1, 2, 3, 4, 5}
    names = set(KEPT[2026].values())
    for name in names - {"New Year's Day"}:
        assert [day.year for day, each in kept if each == name] == [*years]
    # 1 January 2022 was a Saturday, kept in 2021, and 1 January 2100 is a Friday: one fewer than years.
    assert sum(name == "New Year's Day" for _, name in kept) == len(years) - 1
    assert {name for _, name in kept} == names
