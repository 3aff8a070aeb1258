"""The night: run once, whoever calls it how often, and made up for when it was missed."""

import datetime as dt

import pytest
import time_machine
from celery import current_app
from django.conf import settings

from mocap_portal.foundation.clocks.models import Chase, ChaseRun
from mocap_portal.foundation.papers.models import DigestItem
from mocap_portal.foundation.shared.calendar import CENTRAL
from mocap_portal.home import nights
from mocap_portal.home.tasks import chase_nights
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import ProgramApplicationFactory, RecordsRequestFactory
from tests.factories.part_time import CourseLineFactory

NOVEMBER = {day: dt.date(2026, 11, day) for day in range(1, 31)}


def central(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=CENTRAL)


@pytest.mark.parametrize(
    ("at", "night"),
    [
        (central(10, 1, 59), NOVEMBER[9]),
        (central(10, 2), NOVEMBER[10]),
        (central(10, 23, 59), NOVEMBER[10]),
        (dt.datetime(2026, 11, 10, 5, tzinfo=dt.UTC), NOVEMBER[9]),  # still 11 p.m. in Missouri
        (central(1, 2), NOVEMBER[1]),  # clocks go back in this night
        (dt.datetime(2027, 3, 14, 8, tzinfo=dt.UTC), dt.date(2027, 3, 14)),  # there is no two o'clock
        (dt.datetime(2027, 3, 14, 7, 59, tzinfo=dt.UTC), dt.date(2027, 3, 13)),
    ],
)
def test_a_night_begins_at_two_in_missouri(at: dt.datetime, night: dt.date) -> None:
    assert nights.latest(at) == night


@pytest.mark.django_db
class TestMissed:
    def test_the_first_night_of_all(self) -> None:
        assert nights.missed(central(10, 9)) == [NOVEMBER[10]]

    def test_none_while_the_newest_is_done(self) -> None:
        nights.run(NOVEMBER[10], at=central(10, 2))
        assert nights.missed(central(10, 9)) == []
        assert nights.missed(central(11, 1)) == []

    def test_all_since_the_last_one(self) -> None:
        nights.run(NOVEMBER[10], at=central(10, 2))
        ChaseRun.objects.create(day=NOVEMBER[11], started_at=central(11, 2))  # killed before its end
        assert nights.missed(central(13, 9)) == [NOVEMBER[11], NOVEMBER[12], NOVEMBER[13]]


@pytest.mark.django_db
class TestRun:
    def test_it_counts_clocks_and_reminders(self) -> None:
        CourseLineFactory.create()  # sent on November 2, due on November 17: half time on the 9th
        run = nights.run(NOVEMBER[9], at=central(9, 2))
        assert (run.day, run.finished_at, run.clocks, run.chases) == (NOVEMBER[9], central(9, 2), 1, 1)
        assert list(Chase.objects.values_list("step", "day")) == [("half_time", NOVEMBER[9])]

    def test_it_chases_records_and_reminds_hosts_to_ask_for_them(self) -> None:
        RecordsRequestFactory.create(
            application__input_clock__stopped=True
        )  # asked on the 4th, due on the 12th
        host = MembershipFactory.create(host_staff=True)
        ProgramApplicationFactory.create(
            applied=True, program__host=host.organization.lea, input_clock__stopped=True
        )
        assert nights.run(NOVEMBER[9], at=central(9, 2)).chases == 1
        assert [item.user for item in DigestItem.objects.filter(urgent=True)] == [host.user]

    def test_a_second_run_changes_nothing(self) -> None:
        CourseLineFactory.create()
        first = nights.run(NOVEMBER[9], at=central(9, 2))
        second = nights.run(NOVEMBER[9], at=central(9, 5))
        assert (second.finished_at, second.chases) == (first.finished_at, 1)
        assert Chase.objects.count() == 1

    def test_a_killed_run_is_finished_by_the_next(self) -> None:
        CourseLineFactory.create()
        ChaseRun.objects.create(day=NOVEMBER[9], started_at=central(9, 2))
        run = nights.run(NOVEMBER[9], at=central(9, 3))
        assert (run.started_at, run.finished_at, run.chases) == (central(9, 2), central(9, 3), 1)


@pytest.mark.django_db
def test_the_task_makes_up_for_missed_nights() -> None:
    CourseLineFactory.create()
    nights.run(NOVEMBER[17], at=central(17, 2))
    with time_machine.travel(central(20, 8), tick=False):
        assert chase_nights() == ["2026-11-18", "2026-11-19", "2026-11-20"]
        assert chase_nights() == []
    overdue = Chase.objects.filter(step="overdue").order_by("day").values_list("day", flat=True)
    assert list(overdue) == [NOVEMBER[18], NOVEMBER[19], NOVEMBER[20]]


def test_every_task_that_beat_sends_exists() -> None:
    current_app.loader.import_default_modules()
    sent = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert sent - set(current_app.tasks) == set()
