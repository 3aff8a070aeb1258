"""Whether what the portal stands on works. Every answer is a plain sentence without a secret or a person in it."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from coredata.models import Upload
from coredata.reconcile.models import Run, RunKind
from mocap_portal.foundation.clocks.models import ChaseRun, Clock

from . import nights

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_EVERY = dt.timedelta(seconds=20)
HEARTBEAT_MISSED = dt.timedelta(seconds=90)  # four beats in a row and then some
NIGHT_TAKES = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: whether it works, and what was seen."""

    ok: bool
    why: str


class Unwell(Exception):
    """What was looked at does not work; its text says how that shows."""


def checks(*, at: dt.datetime) -> dict[str, Check]:
    """Look at everything, also after one thing failed."""
    return {
        "database": _look(database),
        "redis": _look(redis),
        "worker": _look(lambda: worker(at=at)),
        "storage": _look(storage),
        "last_night": _look(lambda: last_night(at=at)),
        "last_comparison": _look(lambda: last_comparison(at=at)),
    }


def _look(check: Callable[[], str]) -> Check:
    try:
        return Check(True, check())
    except Unwell as problem:
        return Check(False, str(problem))
    except (
        Exception
    ) as error:  # whatever it is: only its kind, because its text may quote an address or a row
        return Check(False, f"It failed with {type(error).__name__}.")


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "It answers."


def redis() -> str:
    token = uuid.uuid4().hex
    key = f"health-{token}"
    cache.set(key, token, timeout=60)
    found = cache.get(key)
    cache.delete(key)
    if found != token:
        raise Unwell("What was written could not be read back.")
    return "It answers."


def worker(*, at: dt.datetime) -> str:
    """Beat sent a task and a worker ran it, not long ago: see tasks.heartbeat."""
    beat = cache.get(HEARTBEAT_KEY)
    if beat is None:
        raise Unwell("No worker has reported yet.")
    age = at - dt.datetime.fromisoformat(beat)
    if age > HEARTBEAT_MISSED:
        raise Unwell(f"No worker has reported for {age.total_seconds():.0f} seconds.")
    return "It reports."


def storage() -> str:
    """A file can be written, read back and deleted."""
    token = uuid.uuid4().hex.encode()
    name = default_storage.save(f"health/{uuid.uuid4()}", ContentFile(token))
    try:
        with default_storage.open(name) as file:
            found = file.read()
    finally:
        default_storage.delete(name)
    if found != token:
        raise Unwell("What was written could not be read back.")
    return "It writes, reads and deletes."


def last_night(*, at: dt.datetime) -> str:
    """Last night's reminders are done. Before the first clock there is nobody to remind."""
    night = nights.latest(at - NIGHT_TAKES)
    run = ChaseRun.objects.filter(day__gte=night, finished_at__isnull=False).first()
    if run is not None:
        return f"The night of {run.day} is done."
    if not Clock.objects.filter(started_at__lt=nights.start_of(night)).exists():
        return "No clock was running."
    raise Unwell(f"The reminders of {night} are not done.")


def last_comparison(*, at: dt.datetime) -> str:
    """What was approved and reported was compared last night. Before anything is certified there is no need."""
    night = nights.latest(at - NIGHT_TAKES)
    of_each: dict[dt.date, list[Run]] = {}
    for run in Run.objects.filter(kind=RunKind.NIGHT, as_of__gte=night).order_by("-as_of", "-school_year"):
        of_each.setdefault(run.as_of, []).append(run)
    for day, runs in of_each.items():
        for run in runs:
            if run.finished_at is None and run.failed_at is not None:
                raise Unwell(f"The comparison of {day} failed with {run.failure}.")
        if all(run.finished_at is not None for run in runs):
            return f"The comparison of {day} is done."
    if not Upload.objects.filter(certified_at__lt=nights.start_of(night)).exists():
        return "Nothing was certified."
    raise Unwell(f"The comparison of {night} is not done.")
