"""“Why this date?”, as pages of higher apps embed it."""

import datetime as dt

import pytest
from django.template.loader import render_to_string
from pytest_django import DjangoAssertNumQueries

from mocap_portal.foundation.clocks import actions
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.clocks.why import WhyDay, why
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.factories.clocks import ClockFactory

pytestmark = pytest.mark.django_db


def noon(day: int) -> dt.datetime:
    return dt.datetime(2026, 11, day, 12, tzinfo=CENTRAL)


@pytest.fixture
def moved() -> Clock:
    """Ten business days from 2 November, moved by an ice storm on the 12th."""
    clock: Clock = ClockFactory.create()
    day = actions.close_day(lea_id=clock.lea_id, date=dt.date(2026, 11, 12), reason="Ice storm", at=noon(12))
    actions.confirm_emergency(day.pk, at=noon(12))
    clock.refresh_from_db()
    return clock


def test_days_are_numbered_as_they_count(
    moved: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        explained = why(moved)

    assert explained.start == dt.date(2026, 11, 2)
    assert explained.days[7:11] == [
        WhyDay(dt.date(2026, 11, 10), "Business day", 6),
        WhyDay(dt.date(2026, 11, 11), "State holiday or closure: Veterans Day", None),
        WhyDay(dt.date(2026, 11, 12), "District closed: Ice storm", None),
        WhyDay(dt.date(2026, 11, 13), "Business day", 7),
    ]
    assert explained.days[-1] == WhyDay(dt.date(2026, 11, 18), "Business day", 10)


def test_the_component_says_the_move_and_every_day(moved: Clock) -> None:
    text = " ".join(render_to_string("clocks/_why.html", {"why": why(moved)}).split())

    assert "Why this date?" in text
    assert '10 business days, counted from the day after <time datetime="2026-11-02">' in text
    assert "Rule: R-15." in text
    assert "Wednesday, November 18, 2026</time>: DESE confirmed an emergency closure on" in text
    assert text.count("<li>") == 16
    assert "<strong>10</strong></li>" in text


def test_a_paused_clock_says_so() -> None:
    clock = ClockFactory.create()
    actions.pause(clock.pk, at=noon(5), reason="IEP team")
    clock.refresh_from_db()

    text = render_to_string("clocks/_why.html", {"why": why(clock)})

    assert "The clock is paused." in text
    assert "Clock paused: IEP team" in text
