"""Two people at once: what is stored is what can be explained, whoever came first."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from mocap_portal.foundation.clocks import actions
from mocap_portal.foundation.clocks.explain import explain
from mocap_portal.foundation.clocks.models import Clock, ClockKind, ClockMove
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.factories.clocks import ClockFactory
from tests.factories.directory import ClosedDayFactory, LeaFactory
from tests.processes import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=CENTRAL)
LATER = NOW + dt.timedelta(milliseconds=5)


class Elsewhere(threading.Thread):
    """Does something over a connection of its own."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.result: object = None
        self.start()

    def run(self) -> None:
        try:
            self.result = self.work()
        finally:
            connection.close()

    def waits(self) -> bool:
        """Whether it is still at it: give it the time to be done if nothing held it up."""
        self.join(timeout=0.3)
        return self.is_alive()

    def end(self) -> object:
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.result


@pytest.mark.rule("R-16")
def test_a_clock_that_starts_while_a_day_is_closed_waits_and_skips_it() -> None:
    lea = LeaFactory.create()

    with transaction.atomic():
        actions.close_day(lea_id=lea.pk, date=dt.date(2026, 11, 12), reason="Ice storm", at=NOW)
        other = Elsewhere(
            lambda: actions.start(
                ClockKind.PART_TIME_DECISION, lea_id=lea.pk, at=LATER, business_days=10, source="R-15"
            )
        )
        assert other.waits()
    other.end()

    clock = Clock.objects.get()
    assert clock.due_on == explain(clock).on == dt.date(2026, 11, 18)


@pytest.mark.rule("R-16")
def test_a_day_that_is_closed_while_a_clock_starts_waits_and_is_entered_after_it() -> None:
    lea = LeaFactory.create()

    with transaction.atomic():
        actions.start(ClockKind.PART_TIME_DECISION, lea_id=lea.pk, at=LATER, business_days=10, source="R-15")
        other = Elsewhere(
            lambda: actions.close_day(lea_id=lea.pk, date=dt.date(2026, 11, 12), reason="Ice storm", at=NOW)
        )
        assert other.waits()
    other.end()

    clock = Clock.objects.get()
    assert clock.due_on == explain(clock).on == dt.date(2026, 11, 17)


def test_two_clocks_start_side_by_side() -> None:
    with transaction.atomic():
        actions.start(ClockKind.PART_TIME_DECISION, lea_id=None, at=NOW, business_days=10, source="R-15")
        other = Elsewhere(
            lambda: actions.start(
                ClockKind.PART_TIME_DECISION, lea_id=None, at=NOW, business_days=10, source="R-15"
            )
        )
        other.end()

    assert Clock.objects.count() == 2


@pytest.mark.rule("R-16")
def test_an_emergency_confirmed_by_two_people_moves_a_clock_once() -> None:
    clock = ClockFactory.create()
    day = ClosedDayFactory.create(lea=clock.lea, date=dt.date(2026, 11, 12), entered_at=LATER)

    with transaction.atomic():
        first = actions.confirm_emergency(day.pk, at=LATER)
        other = Elsewhere(lambda: actions.confirm_emergency(day.pk, at=LATER))
        assert other.waits()

    assert ([move.clock_id for move in first], other.end()) == ([clock.pk], [])
    clock.refresh_from_db()
    assert ClockMove.objects.get().due_on == clock.due_on == explain(clock).on == dt.date(2026, 11, 18)
