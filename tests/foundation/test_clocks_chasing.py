"""Reminders: each once, in its window, caught up after a missed night."""

import datetime as dt
from collections.abc import Callable, Iterable

import pytest
from django.db import transaction

from mocap_portal.foundation.clocks import actions
from mocap_portal.foundation.clocks.chasing import begin_run, due_chases, finish_run, record
from mocap_portal.foundation.clocks.models import Chase, ChaseRun, ChaseStep, Clock, ClockKind
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.factories.clocks import ClockFactory

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-18")]

HALF, BEFORE, OVERDUE = ChaseStep.HALF_TIME, ChaseStep.DAY_BEFORE, ChaseStep.OVERDUE


def november(day: int) -> dt.date:
    return dt.date(2026, 11, day)


def noon(day: int) -> dt.datetime:
    return dt.datetime(2026, 11, day, 12, tzinfo=CENTRAL)


def nights(days: Iterable[int]) -> list[tuple[int, ChaseStep]]:
    """What these nights of November give out: (day, step)."""
    return [
        (day, step)
        for day in days
        for clock, step in due_chases(november(day))
        if record(clock, step, november(day))
    ]


def test_half_time_the_day_before_and_each_day_after() -> None:
    ClockFactory.create()  # from the 2nd, ten business days, due on the 17th

    assert nights(range(1, 21)) == [(9, HALF), (16, BEFORE), (18, OVERDUE), (19, OVERDUE), (20, OVERDUE)]


def test_a_night_that_runs_twice_tells_once() -> None:
    ClockFactory.create()

    assert nights([9, 9]) == [(9, HALF)]
    assert nights([18, 18]) == [(18, OVERDUE)]


def test_of_two_workers_one_records() -> None:
    clock = ClockFactory.create()

    assert [record(clock, HALF, november(9)) for _worker in range(2)] == [True, False]
    assert Chase.objects.count() == 1


def test_missed_nights_are_caught_up_by_the_step_that_holds_now() -> None:
    ClockFactory.create()

    assert nights([12, 13]) == [(12, HALF)]
    assert nights([17]) == [(17, BEFORE)]


def test_a_step_that_was_overtaken_is_not_caught_up() -> None:
    ClockFactory.create()

    assert nights([17, 20, 21]) == [(17, BEFORE), (20, OVERDUE), (21, OVERDUE)]


def test_a_stopped_clock_and_a_paused_one_are_left_in_peace() -> None:
    ClockFactory.create(stopped=True)
    ClockFactory.create(paused=True)

    assert nights(range(1, 30)) == []


@pytest.mark.parametrize(
    ("business_days", "expected"),
    [
        pytest.param(0, [(3, OVERDUE)], id="due at once"),
        pytest.param(1, [], id="one day"),
        pytest.param(2, [(3, BEFORE)], id="two days: half time is the day before"),
        pytest.param(3, [(4, BEFORE)], id="three days: the same"),
        pytest.param(4, [(4, HALF), (5, BEFORE)], id="four days"),
        pytest.param(5, [(5, HALF), (6, BEFORE)], id="five days"),
    ],
)
def test_short_clocks_get_one_reminder_a_day(
    business_days: int, expected: list[tuple[int, ChaseStep]]
) -> None:
    clock = actions.start(
        ClockKind.REGISTRATION, lea_id=None, at=noon(2), business_days=business_days, source="R-15"
    )
    last = max(clock.first_due_on, november(3))

    assert nights(range(2, last.day + 1)) == expected


def test_a_moved_due_day_has_a_day_before_of_its_own() -> None:
    clock = ClockFactory.create()
    assert nights([9, 16]) == [(9, HALF), (16, BEFORE)]
    day = actions.close_day(lea_id=clock.lea_id, date=november(17), reason="Ice storm", at=noon(17))

    actions.confirm_emergency(day.pk, at=noon(17))

    # Due on the 18th now. The 16th is again the business day before, and was told.
    assert nights([17, 18, 19]) == [(19, OVERDUE)]


def test_a_longer_move_is_told_again() -> None:
    clock = ClockFactory.create()
    assert nights([9, 16]) == [(9, HALF), (16, BEFORE)]
    for closed in (16, 17):
        day = actions.close_day(lea_id=clock.lea_id, date=november(closed), reason="Ice storm", at=noon(16))
        actions.confirm_emergency(day.pk, at=noon(16))

    # Due on the 19th.
    assert nights([17, 18, 19, 20]) == [(18, BEFORE), (20, OVERDUE)]


def test_the_most_urgent_comes_first() -> None:
    late, later = (
        ClockFactory.create(),
        ClockFactory.create(started_at=noon(10), due_on=november(25), first_due_on=november(25)),
    )

    assert due_chases(november(18)) == [(late, OVERDUE), (later, HALF)]


def test_many_clocks_take_five_queries(
    django_assert_num_queries: Callable[[int], transaction.Atomic],
) -> None:
    ClockFactory.create_batch(5)

    with django_assert_num_queries(5):
        chases = due_chases(november(9))

    assert [step for _clock, step in chases] == [HALF] * 5
    assert Clock.objects.count() == 5


def test_a_run_is_begun_once_a_day_and_counts_up() -> None:
    run = begin_run(november(9), at=noon(9))
    finish_run(run.pk, at=noon(9), clocks=4, chases=3)

    again = begin_run(november(9), at=noon(10))
    finish_run(again.pk, at=noon(10), clocks=4, chases=0)

    stored = ChaseRun.objects.get()
    assert (stored.pk, stored.started_at, stored.finished_at) == (run.pk, noon(9), noon(10))
    assert (stored.clocks, stored.chases) == (4, 3)
