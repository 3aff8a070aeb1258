"""What the machines ask: every part seen green, and red for the right reason and with nothing secret in the answer."""

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client
from pytest_django.fixtures import Settings

from coredata.reconcile.models import Run, RunKind
from mocap_portal.foundation.clocks.models import ChaseRun
from mocap_portal.home import health, nights
from mocap_portal.home.tasks import heartbeat
from tests.factories.clocks import ClockFactory
from tests.factories.coredata import UploadFactory

NOON = dt.datetime(2026, 11, 4, 18, tzinfo=dt.UTC)  # in Missouri
TODAY = dt.date(2026, 11, 4)
FINE = {
    "database": health.Check(True, "It answers."),
    "redis": health.Check(True, "It answers."),
    "worker": health.Check(True, "It reports."),
    "storage": health.Check(True, "It writes, reads and deletes."),
    "last_night": health.Check(True, "No clock was running."),
    "last_comparison": health.Check(True, "Nothing was certified."),
}


@pytest.fixture(autouse=True)
def _beat(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    # The other half of the suite runs at the same time on the same Redis.
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}}
    cache.set(health.HEARTBEAT_KEY, (NOON - dt.timedelta(seconds=20)).isoformat(), timeout=None)


def changed(**reds: str) -> dict[str, health.Check]:
    """All fine but for these."""
    return FINE | {name: health.Check(False, why) for name, why in reds.items()}


def ran(day: dt.date, **values: Any) -> ChaseRun:
    return ChaseRun.objects.create(day=day, started_at=nights.start_of(day), **values)


def test_live_asks_nothing_but_the_process(client: Client) -> None:
    response = client.get("/health/live/")  # without a database: this test has none
    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_all_is_well(client: Client) -> None:
    heartbeat()
    response = client.get("/health/ready/")
    assert response.status_code == 200
    assert response.json() == {
        "ok": True,
        "checks": {name: {"ok": True, "why": check.why} for name, check in FINE.items()},
    }
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_is_503(client: Client) -> None:
    cache.delete(health.HEARTBEAT_KEY)
    response = client.get("/health/ready/")
    assert response.status_code == 503
    assert response.json()["ok"] is False
    assert response.json()["checks"]["worker"] == {"ok": False, "why": "No worker has reported yet."}


@pytest.mark.django_db
def test_the_database_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = connections.create_connection("default")
    gone.settings_dict = gone.settings_dict | {"HOST": "/nowhere", "OPTIONS": {}}
    monkeypatch.setattr(health, "connection", gone)
    assert health.checks(at=NOON) == changed(database="It failed with OperationalError.")


@pytest.mark.django_db
def test_redis_is_gone(settings: Settings) -> None:
    backend = settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = {"default": backend}
    gone = "It failed with ConnectionError."
    assert health.checks(at=NOON) == changed(redis=gone, worker=gone)


@pytest.mark.django_db
def test_no_worker_for_a_while() -> None:
    later = NOON + dt.timedelta(seconds=71)
    assert health.checks(at=later) == changed(worker="No worker has reported for 91 seconds.")


@pytest.mark.django_db
def test_storage_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file"  # a file where a folder should be
    assert health.checks(at=NOON) == changed(storage="It failed with NotADirectoryError.")


@pytest.mark.django_db
def test_storage_is_left_as_it_was(settings: Settings) -> None:
    assert health.checks(at=NOON) == FINE
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


@pytest.mark.django_db
class TestLastNight:
    def test_done(self) -> None:
        ran(TODAY, finished_at=NOON)
        assert health.checks(at=NOON)["last_night"] == health.Check(True, "The night of 2026-11-04 is done.")

    def test_not_begun(self) -> None:
        ClockFactory.create()
        ran(TODAY - nights.ONE_DAY, finished_at=NOON)
        assert health.checks(at=NOON) == changed(last_night="The reminders of 2026-11-04 are not done.")

    def test_begun_and_not_finished(self) -> None:
        ClockFactory.create()
        ran(TODAY)
        assert health.checks(at=NOON) == changed(last_night="The reminders of 2026-11-04 are not done.")

    def test_still_at_work_within_its_hour(self) -> None:
        ClockFactory.create()
        ran(TODAY - nights.ONE_DAY, finished_at=NOON)
        half_past_two = nights.start_of(TODAY) + dt.timedelta(minutes=30)
        assert health.last_night(at=half_past_two) == "The night of 2026-11-03 is done."

    def test_no_clock_had_started(self) -> None:
        ClockFactory.create(started_at=NOON)
        assert health.checks(at=NOON) == FINE


@pytest.mark.django_db
def test_no_answer_holds_an_address_or_a_secret(client: Client, settings: Settings) -> None:
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://user:hidden-word@127.0.0.1:1/0"}
    }
    text = client.get("/health/ready/").content.decode()
    for secret in (
        "hidden-word",
        "127.0.0.1",
        settings.SECRET_KEY,
        settings.DATABASES["default"]["NAME"],
        "/",
    ):
        assert secret not in text


def test_beat_sends_what_health_waits_for() -> None:
    beats = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert beats["home.heartbeat"] == health.HEARTBEAT_EVERY.total_seconds()


@pytest.mark.django_db
class TestLastComparison:
    def compared(self, year: int = 2027, **values: Any) -> Run:
        return Run.objects.create(
            kind=RunKind.NIGHT, school_year_id=year, as_of=TODAY, started_at=nights.start_of(TODAY), **values
        )

    def test_done(self) -> None:
        self.compared(finished_at=NOON)
        done = health.Check(True, "The comparison of 2026-11-04 is done.")
        assert health.checks(at=NOON)["last_comparison"] == done

    def test_not_begun(self) -> None:
        UploadFactory.create(certified=True)
        assert health.checks(at=NOON) == changed(last_comparison="The comparison of 2026-11-04 is not done.")

    def test_failed(self) -> None:
        self.compared(failed_at=NOON, failure="DataError")
        reds = changed(last_comparison="The comparison of 2026-11-04 failed with DataError.")
        assert health.checks(at=NOON) == reds

    def test_of_last_year_failed(self) -> None:
        self.compared(2026, failed_at=NOON, failure="DataError")
        self.compared(finished_at=NOON)
        reds = changed(last_comparison="The comparison of 2026-11-04 failed with DataError.")
        assert health.checks(at=NOON) == reds
