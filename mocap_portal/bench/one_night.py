"""One night in a process of its own: `python -m mocap_portal.bench.one_night DAY` prints what it took, as JSON."""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
import time

import django

if __name__ == "__main__":
    django.setup()
    from django.urls import reverse

    from coredata.reconcile import actions
    from coredata.reconcile.models import RunKind
    from mocap_portal.bench.night.planted import YEAR

    day = dt.date.fromisoformat(sys.argv[1])
    at = dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC)
    reverse("home")  # as a worker does when it starts
    started = time.perf_counter()
    run = actions.compare(YEAR, as_of=day, at=at, kind=RunKind.NIGHT)
    seconds = time.perf_counter() - started
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "found": run.open}))
