"""Clocks: what moves a due day, what does not, and that the stored day is always the explained one."""

import contextlib
import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from mocap_portal.foundation.clocks import actions
from mocap_portal.foundation.clocks.explain import explain, explain_all, words
from mocap_portal.foundation.clocks.models import Clock, ClockKind, ClockMove, ClockPause
from mocap_portal.foundation.directory.models import ClosedDay, Lea
from mocap_portal.foundation.shared.calendar import CENTRAL, Day, central_date
from tests.factories.clocks import ClockFactory
from tests.factories.directory import ClosedDayFactory, LeaFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 2)
DUE = dt.date(2026, 11, 17)  # ten business days; Veterans Day on the 11th is skipped


def at(day: dt.date | str, time: str = "12:00") -> dt.datetime:
    """A moment in Missouri."""
    return dt.datetime.combine(dt.date.fromisoformat(str(day)), dt.time.fromisoformat(time), tzinfo=CENTRAL)


def start(lea: Lea | None = None, *, on: dt.date | str = MONDAY, days: int = 10) -> Clock:
    return actions.start(
        ClockKind.PART_TIME_DECISION,
        lea_id=lea.pk if lea else None,
        at=at(on),
        business_days=days,
        source="R-15",
    )


def due_on(clock: Clock) -> dt.date | None:
    """As stored; and it must be what the explanation says."""
    clock.refresh_from_db()
    assert clock.due_on == explain(clock).on
    return clock.due_on


# Starting and stopping ----------------------------------------------------------------------------


def test_a_district_that_is_closed_for_most_of_a_year_has_its_days_after_it() -> None:
    """When a clock starts, the closed days of a few months are read first."""
    lea = LeaFactory.create()
    for day in range(300):
        ClosedDayFactory.create(lea=lea, date=MONDAY + dt.timedelta(days=day))
    assert due_on(start(lea, days=2)) == MONDAY + dt.timedelta(days=302)


@pytest.mark.rule("R-15")
def test_a_started_clock_knows_its_due_day() -> None:
    lea = LeaFactory.create()

    clock = start(lea)

    clock.refresh_from_db()
    assert (clock.kind, clock.lea, clock.started_at) == (ClockKind.PART_TIME_DECISION, lea, at(MONDAY))
    assert (clock.first_due_on, clock.due_on, clock.stopped_at) == (DUE, DUE, None)
    assert (clock.business_days, clock.source) == (10, "R-15")
    assert explain(clock).on == DUE


@pytest.mark.rule("R-15")
@pytest.mark.parametrize(
    ("moment", "due"),
    [
        pytest.param(
            "2026-11-03T05:59:59+00:00", dt.date(2026, 11, 17), id="Monday until midnight in Missouri"
        ),
        pytest.param("2026-11-03T06:00:00+00:00", dt.date(2026, 11, 18), id="Tuesday from midnight on"),
    ],
)
def test_day_zero_is_the_date_in_missouri(moment: str, due: dt.date) -> None:
    clock = actions.start(
        ClockKind.PART_TIME_DECISION,
        lea_id=None,
        at=dt.datetime.fromisoformat(moment),
        business_days=10,
        source="R-15",
    )

    assert clock.due_on == due


def test_a_stop_that_was_stamped_before_the_start_stops_at_the_start() -> None:
    """Two clicks waited for one lock; the one that came second had looked at the time first."""
    clock = start()
    stopped = actions.stop(clock.pk, at=clock.started_at - dt.timedelta(milliseconds=6))
    assert stopped.stopped_at == clock.started_at


def test_a_stopped_clock_is_not_touched_again() -> None:
    clock = start()
    actions.stop(clock.pk, at=at("2026-11-05"))

    clock.refresh_from_db()
    assert clock.stopped_at == at("2026-11-05")
    assert clock.due_on == DUE
    with pytest.raises(actions.AlreadyStopped):
        actions.stop(clock.pk, at=at("2026-11-06"))
    with pytest.raises(actions.AlreadyStopped):
        actions.pause(clock.pk, at=at("2026-11-06"), reason="iep")
    with pytest.raises(actions.AlreadyStopped):
        actions.resume(clock.pk, at=at("2026-11-06"))
    clock.refresh_from_db()
    assert clock.stopped_at == at("2026-11-05")


# Pauses -------------------------------------------------------------------------------------------


@pytest.mark.rule("R-17")
@pytest.mark.parametrize(
    ("paused", "resumed", "due"),
    [
        pytest.param("2026-11-05", "2026-11-12", "2026-11-23", id="a week with Veterans Day costs four days"),
        pytest.param("2026-11-05", "2026-11-05", "2026-11-17", id="the same day costs nothing"),
        pytest.param("2026-11-07", "2026-11-08", "2026-11-17", id="a weekend costs nothing"),
        pytest.param("2026-11-17", "2026-12-01", "2026-12-01", id="on the due day: one day was left"),
        pytest.param("2026-11-02", "2026-12-01", "2026-12-14", id="on day 0: all ten days were left"),
    ],
)
def test_a_pause_gives_back_the_days_that_were_left(paused: str, resumed: str, due: str) -> None:
    clock = start()

    actions.pause(clock.pk, at=at(paused), reason="iep")
    assert due_on(clock) is None
    actions.resume(clock.pk, at=at(resumed))

    assert due_on(clock) == dt.date.fromisoformat(due)
    pause = ClockPause.objects.get(clock=clock)
    assert (pause.starts_on, pause.ends_on, pause.reason) == (
        dt.date.fromisoformat(paused),
        dt.date.fromisoformat(resumed),
        "iep",
    )
    clock.refresh_from_db()
    assert clock.first_due_on == DUE


@pytest.mark.rule("R-17")
def test_pausing_and_resuming_happen_once() -> None:
    clock = start()

    with pytest.raises(actions.NotPaused):
        actions.resume(clock.pk, at=at("2026-11-05"))
    actions.pause(clock.pk, at=at("2026-11-05"), reason="iep")
    with pytest.raises(actions.AlreadyPaused):
        actions.pause(clock.pk, at=at("2026-11-06"), reason="504")

    assert ClockPause.objects.get(clock=clock).reason == "iep"


@pytest.mark.rule("R-16")
def test_a_clock_that_is_past_due_cannot_be_paused() -> None:
    clock = start()

    with pytest.raises(actions.PastDue):
        actions.pause(clock.pk, at=at("2026-11-18", "00:00"), reason="iep")

    assert due_on(clock) == DUE
    assert not ClockPause.objects.filter(clock=clock).exists()


# Closed days --------------------------------------------------------------------------------------


def close(lea: Lea | None, date: str, *, entered: dt.datetime) -> ClosedDay:
    return actions.close_day(
        lea_id=lea.pk if lea else None, date=dt.date.fromisoformat(date), reason="Ice storm", at=entered
    )


@pytest.mark.rule("R-16")
def test_a_closed_day_counts_only_for_clocks_that_start_after_it_was_entered() -> None:
    lea = LeaFactory.create()
    before = start(lea)

    close(lea, "2026-11-12", entered=at(MONDAY, "12:01"))
    after = actions.start(
        ClockKind.PART_TIME_DECISION, lea_id=lea.pk, at=at(MONDAY, "12:02"), business_days=10, source="R-15"
    )

    assert due_on(before) == DUE
    assert due_on(after) == dt.date(2026, 11, 18)


@pytest.mark.rule("R-16")
def test_a_closed_day_counts_only_for_its_own_lea() -> None:
    lea = LeaFactory.create()
    close(lea, "2026-11-12", entered=at("2026-11-01"))

    assert due_on(start(lea)) == dt.date(2026, 11, 18)
    assert due_on(start(LeaFactory.create())) == DUE
    assert due_on(start(None)) == DUE


@pytest.mark.rule("R-16")
def test_a_day_closed_by_the_state_counts_for_everybody() -> None:
    close(None, "2026-11-12", entered=at("2026-11-01"))

    assert due_on(start(LeaFactory.create())) == dt.date(2026, 11, 18)
    assert due_on(start(None)) == dt.date(2026, 11, 18)


@pytest.mark.rule("R-16")
def test_a_day_is_entered_after_the_clocks_that_started_without_it() -> None:
    # Two people at the same moment: the clock was stored first, but the closing page had looked at the time before.
    lea = LeaFactory.create()
    clock = start(lea)

    day = close(lea, "2026-11-12", entered=at(MONDAY, "11:59"))

    assert day.entered_at == at(MONDAY) + dt.timedelta(microseconds=1)
    assert due_on(clock) == DUE


def test_a_day_is_closed_once() -> None:
    lea = LeaFactory.create()
    close(lea, "2026-11-12", entered=at("2026-11-01"))

    with pytest.raises(actions.AlreadyClosed):
        close(lea, "2026-11-12", entered=at("2026-11-01"))
    with pytest.raises(actions.AlreadyClosed):
        close(lea, "2026-11-11", entered=at("2026-11-01"))  # Veterans Day
    close(LeaFactory.create(), "2026-11-12", entered=at("2026-11-01"))

    assert ClosedDay.objects.filter(date="2026-11-12").count() == 2


def test_a_closed_day_ahead_that_no_clock_skips_can_be_taken_back() -> None:
    lea = LeaFactory.create()
    start(lea)
    day = close(lea, "2026-11-12", entered=at("2026-11-03"))

    actions.open_day(day.pk, at=at("2026-11-11"))

    assert not ClosedDay.objects.filter(pk=day.pk).exists()


@pytest.mark.parametrize("today", ["2026-11-12", "2026-11-13"])
def test_a_day_that_has_come_stays_closed(today: str) -> None:
    day = close(LeaFactory.create(), "2026-11-12", entered=at("2026-11-03"))

    with pytest.raises(actions.DayInUse):
        actions.open_day(day.pk, at=at(today))

    assert ClosedDay.objects.filter(pk=day.pk).exists()


@pytest.mark.parametrize("stopped", [False, True])
def test_a_day_that_a_clock_skips_stays_closed(stopped: bool) -> None:
    lea = LeaFactory.create()
    day = close(lea, "2026-11-12", entered=at("2026-11-01"))
    clock = start(lea)
    if stopped:
        actions.stop(clock.pk, at=at("2026-11-04"))

    with pytest.raises(actions.DayInUse):
        actions.open_day(day.pk, at=at("2026-11-05"))

    assert due_on(clock) == dt.date(2026, 11, 18)


def test_a_day_that_moved_a_clock_stays_closed_even_while_the_clock_is_paused() -> None:
    lea = LeaFactory.create()
    clock = start(lea)
    day = close(lea, "2026-11-12", entered=at("2026-11-03"))
    actions.confirm_emergency(day.pk, at=at("2026-11-04"))
    actions.pause(clock.pk, at=at("2026-11-05"), reason="iep")

    with pytest.raises(actions.DayInUse):
        actions.open_day(day.pk, at=at("2026-11-06"))


# Emergencies --------------------------------------------------------------------------------------


def test_an_emergency_is_asked_for_once() -> None:
    day = ClosedDayFactory.create()

    actions.ask_emergency(day.pk, at=at("2026-12-23"))
    actions.ask_emergency(day.pk, at=at("2026-12-24"))

    day.refresh_from_db()
    assert day.emergency_asked_at == at("2026-12-23")
    assert day.emergency_confirmed_at is None


@pytest.mark.rule("R-16")
def test_a_confirmed_emergency_moves_the_running_clocks_of_the_lea() -> None:
    lea = LeaFactory.create()
    clock, other = start(lea), start(LeaFactory.create())
    day = close(lea, "2026-11-12", entered=at("2026-11-12", "06:00"))

    assert actions.count_moves(day, at=at("2026-11-12", "07:00")) == 1
    actions.confirm_emergency(day.pk, at=at("2026-11-12", "07:00"))

    assert due_on(clock) == dt.date(2026, 11, 18)
    assert due_on(other) == DUE
    assert clock.first_due_on == DUE
    move = ClockMove.objects.get()
    assert (move.clock, move.closed_day, move.was_due_on, move.due_on, move.moved_at) == (
        clock,
        day,
        DUE,
        dt.date(2026, 11, 18),
        at("2026-11-12", "07:00"),
    )


@pytest.mark.rule("R-16")
def test_confirming_twice_changes_nothing() -> None:
    lea = LeaFactory.create()
    clock = start(lea)
    day = close(lea, "2026-11-12", entered=at("2026-11-12"))

    first = actions.confirm_emergency(day.pk, at=at("2026-11-12"))
    second = actions.confirm_emergency(day.pk, at=at("2026-11-13"))

    assert ([move.clock_id for move in first], second) == ([clock.pk], [])
    assert ClockMove.objects.count() == 1
    assert due_on(clock) == dt.date(2026, 11, 18)
    day.refresh_from_db()
    assert day.emergency_confirmed_at == at("2026-11-12")


@pytest.mark.rule("R-16")
def test_an_emergency_of_the_whole_state_moves_every_clock() -> None:
    clocks = [start(LeaFactory.create()), start(LeaFactory.create()), start(None)]
    day = close(None, "2026-11-12", entered=at("2026-11-12"))

    moves = actions.confirm_emergency(day.pk, at=at("2026-11-12"))

    assert {move.clock_id for move in moves} == {clock.pk for clock in clocks}
    assert [due_on(clock) for clock in clocks] == [dt.date(2026, 11, 18)] * 3


@pytest.mark.rule("R-16")
@pytest.mark.parametrize(
    ("confirmed", "due"),
    [
        pytest.param(
            at("2026-11-17", "23:59"), "2026-11-18", id="on the due day, before midnight in Missouri"
        ),
        pytest.param(at("2026-11-18", "00:00"), "2026-11-17", id="a due day that is past never moves"),
    ],
)
def test_only_a_due_day_that_is_not_past_moves(confirmed: dt.datetime, due: str) -> None:
    lea = LeaFactory.create()
    clock = start(lea)
    day = close(lea, "2026-11-12", entered=at("2026-11-12"))

    assert actions.count_moves(day, at=confirmed) == (due != "2026-11-17")
    actions.confirm_emergency(day.pk, at=confirmed)

    assert due_on(clock) == dt.date.fromisoformat(due)


@pytest.mark.rule("R-16")
def test_an_emergency_leaves_alone_clocks_that_have_stopped_or_skip_the_day_anyway() -> None:
    lea = LeaFactory.create()
    stopped, due_before = start(lea), start(lea, days=3)
    actions.stop(stopped.pk, at=at("2026-11-04"))
    day = close(lea, "2026-11-12", entered=at("2026-11-04"))
    knows = start(lea, on="2026-11-05")

    assert actions.confirm_emergency(day.pk, at=at("2026-11-05")) == []

    assert due_on(stopped) == DUE
    assert due_on(due_before) == dt.date(2026, 11, 5)
    assert due_on(knows) == dt.date(2026, 11, 23)


@pytest.mark.rule("R-16")
def test_a_paused_clock_finds_the_emergency_when_it_resumes() -> None:
    lea = LeaFactory.create()
    clock = start(lea)
    actions.pause(clock.pk, at=at("2026-11-05"), reason="iep")
    day = close(lea, "2026-11-16", entered=at("2026-11-06"))

    assert actions.confirm_emergency(day.pk, at=at("2026-11-06")) == []
    assert due_on(clock) is None
    actions.resume(clock.pk, at=at("2026-11-06"))

    assert due_on(clock) == dt.date(2026, 11, 19)  # the 5th and the 16th did not count


@pytest.mark.rule("R-16")
def test_a_confirmation_comes_after_the_clocks_that_stopped_without_it() -> None:
    lea = LeaFactory.create()
    clock = start(lea)
    day = close(lea, "2026-11-12", entered=at("2026-11-03"))
    actions.stop(clock.pk, at=at("2026-11-05", "12:00"))

    actions.confirm_emergency(day.pk, at=at("2026-11-05", "11:59"))

    day.refresh_from_db()
    assert day.emergency_confirmed_at == at("2026-11-05") + dt.timedelta(microseconds=1)
    assert due_on(clock) == DUE


@pytest.mark.rule("R-16")
def test_a_stop_stamped_before_the_confirmation_keeps_the_move() -> None:
    lea = LeaFactory.create()
    clock = start(lea)
    day = close(lea, "2026-11-12", entered=at("2026-11-03"))
    actions.confirm_emergency(day.pk, at=at("2026-11-05", "12:00"))

    actions.stop(clock.pk, at=at("2026-11-05", "11:59"))

    assert due_on(clock) == dt.date(2026, 11, 18)


# The explanation ----------------------------------------------------------------------------------


@pytest.mark.rule("R-16")
def test_every_day_is_explained() -> None:
    lea = LeaFactory.create()
    close(lea, "2026-11-13", entered=at("2026-11-01"))
    clock = start(lea, on="2026-11-06", days=3)
    actions.pause(clock.pk, at=at("2026-11-09"), reason="IEP team")
    actions.resume(clock.pk, at=at("2026-11-10"))

    explained = [(str(day.date), day.counted, words(day)) for day in explain(clock).days]

    assert explained == [
        ("2026-11-07", False, "Weekend"),
        ("2026-11-08", False, "Weekend"),
        ("2026-11-09", False, "Clock paused: IEP team"),
        ("2026-11-10", True, "Business day"),
        ("2026-11-11", False, "State holiday or closure: Veterans Day"),
        ("2026-11-12", True, "Business day"),
        ("2026-11-13", False, "District closed: Ice storm"),
        ("2026-11-14", False, "Weekend"),
        ("2026-11-15", False, "Weekend"),
        ("2026-11-16", True, "Business day"),
    ]


def test_a_day_closed_by_the_state_and_the_lea_is_the_states() -> None:
    lea = LeaFactory.create()
    ClosedDayFactory.create(
        lea=lea, date=dt.date(2026, 11, 11), reason="Fall break", entered_at=at("2026-07-01")
    )
    clock = start(lea)

    assert Day(dt.date(2026, 11, 11), "holiday:Veterans Day") in explain(clock).days


def test_many_clocks_are_explained_in_three_queries(
    django_assert_num_queries: Callable[[int], transaction.Atomic],
) -> None:
    first, second = ClockFactory.create(), ClockFactory.create()
    close(first.lea, "2026-11-12", entered=at("2026-11-01"))

    with django_assert_num_queries(3):
        explained = explain_all([first, second])

    assert [explained[clock.pk].on for clock in (first, second)] == [DUE, DUE]
    assert explain_all([]) == {}


@pytest.mark.parametrize("paused", [(0, 0), (3, 260), (3, None), (40, None)])
def test_what_is_read_of_closed_days_is_enough(paused: tuple[int, int | None]) -> None:
    """Closed days of a few months are read, and more when a clock goes on beyond them."""
    clock = start(LeaFactory.create(), days=30)
    first, last = paused
    if first:
        ends_on = None if last is None else MONDAY + dt.timedelta(days=last)
        ClockPause.objects.create(
            clock=clock, starts_on=MONDAY + dt.timedelta(days=first), ends_on=ends_on, reason="IEP"
        )
    for day in range(30, 400, 3):
        ClosedDayFactory.create(lea=clock.lea, date=MONDAY + dt.timedelta(days=day))

    all_of_them = explain_all([clock], what_if=ClosedDay(date=MONDAY))[clock.pk]

    assert explain(clock) == all_of_them
    assert all_of_them.days[-1].date >= MONDAY + dt.timedelta(days=last or first or 30)


# Any order of events ------------------------------------------------------------------------------

REFUSALS = (
    actions.AlreadyClosed,
    actions.AlreadyPaused,
    actions.AlreadyStopped,
    actions.NotPaused,
    actions.PastDue,
)

events = st.lists(
    st.tuples(
        st.integers(0, 60),  # hours since the event before
        st.sampled_from(["start", "close", "close state", "confirm", "pause", "resume", "stop"]),
        st.integers(0, 30),  # which clock, which day, how many business days
    ),
    max_size=25,
)


@pytest.mark.rule("R-16")
@pytest.mark.rule("R-17")
@settings(max_examples=60)
@given(events=events)
def test_whatever_happens_the_due_day_is_the_explained_one_and_a_past_one_stays(
    events: list[tuple[int, str, int]],
) -> None:
    with transaction.atomic():
        _live_through(events)
        transaction.set_rollback(True)


def _live_through(events: list[tuple[int, str, int]]) -> None:
    lea = LeaFactory.create()
    moment = at("2026-10-26", "08:00")
    for hours, event, number in [(0, "start", 10), *events]:
        moment += dt.timedelta(hours=hours, minutes=1)
        today = central_date(moment)
        past = dict(Clock.objects.filter(due_on__lt=today).values_list("pk", "due_on"))
        with contextlib.suppress(*REFUSALS):
            _happen(event, number, lea, moment)
        for clock in Clock.objects.order_by("pk"):
            assert clock.due_on == explain(clock).on
            assert clock.pk not in past or clock.due_on == past[clock.pk]


def _happen(event: str, number: int, lea: Lea, moment: dt.datetime) -> None:
    clocks = list(Clock.objects.order_by("pk"))
    clock = clocks[number % len(clocks)] if clocks else None
    match event:
        case "start":
            actions.start(
                ClockKind.REGISTRATION, lea_id=lea.pk, at=moment, business_days=number, source="R-15"
            )
        case "close" | "close state":
            actions.close_day(
                lea_id=lea.pk if event == "close" else None,
                date=central_date(moment) + dt.timedelta(days=number - 5),
                reason="Ice storm",
                at=moment,
            )
        case "confirm":
            days = list(ClosedDay.objects.filter(reason="Ice storm").order_by("pk"))
            if days:
                actions.confirm_emergency(days[number % len(days)].pk, at=moment)
        case "pause" if clock:
            actions.pause(clock.pk, at=moment, reason="iep")
        case "resume" if clock:
            actions.resume(clock.pk, at=moment)
        case "stop" if clock:
            actions.stop(clock.pk, at=moment)
