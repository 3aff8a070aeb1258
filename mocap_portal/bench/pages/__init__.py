"""Four pages over a whole state's requests and courses: how many a second, how soon, and how soon without the page.

Each page is visited at an even rate by a process of its own; in turns with it a *bare* page that sends the database the
very same statements, through the same middlewares and connections, and answers a constant. `ratio` is what the page
takes for what the bare one takes. Latencies count from the moment at which a visit was due.

columns: page; per_s, pages a second when visitors never pause; p50_ms and p99_ms, milliseconds at the even rate, of
which half and all but one in a hundred visits take less; bare_p50_ms; ratio, p50_ms / bare_p50_ms; queries, the most
statements that one visit takes, those of the middlewares included.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from mocap_portal.bench.filling import fill
from mocap_portal.command.state import Problem, say
from mocap_portal.foundation import embedded

from . import bare
from .recording import Recorded, count_statements, record
from .server import web_server
from .visits import Visit, all_visits

LOAD = Path(__file__).with_name("load.py")
TURNS = 5  # the page and the bare page take turns so many times
AIM_P99_MS, AIM_RATIO = 50, 4


def run(
    *, requests: int = 200_000, courses: int = 20_000, seconds: int = 10, per_second: int = 100
) -> dict[str, Any]:
    """Fill the database, start the web server, and measure each page for `seconds` at `per_second` visits a second.

    Raises Problem when a page answers anything but 200, or when a bare page sends other statements than its page.
    """
    started = time.monotonic()
    say(f"filling the database with {requests:,} requests and {courses:,} courses, triggers off …")
    rows = fill(requests_wanted=requests, courses_wanted=courses, at=timezone.now())
    say(f"{sum(rows.values()):,} rows in {time.monotonic() - started:.0f} s")
    return {"pages": measure(all_visits(), seconds=seconds, per_second=per_second)}


def measure(pages: dict[str, list[Visit]], *, seconds: float, per_second: float) -> list[dict[str, Any]]:
    """A row for each page, from its visits. Raises Problem."""
    with tempfile.TemporaryDirectory(prefix="portal-") as name:
        folder = Path(name)
        recorded = {page: [record(visit) for visit in visits] for page, visits in pages.items()}
        everything = [record for page in recorded.values() for record in page]
        file = folder / "statements.json"
        file.write_text(json.dumps([[asdict(sent) for sent in one.statements] for one in everything]))
        os.environ[bare.FILE] = str(file)  # for this process and for the web server
        bare_visits = [
            Visit(reverse("bare", args=[number]), one.visit.session) for number, one in enumerate(everything)
        ]
        for one, bare_visit in zip(everything, bare_visits, strict=True):
            require_as_many(one, count_statements(bare_visit))
        rows, rest = [], iter(bare_visits)
        with web_server(folder) as port:
            for page, visits in pages.items():
                say(f"visiting the page: {page} …")
                sets = {"page": visits, "bare": list(itertools.islice(rest, len(visits)))}
                phases = load(port, sets, seconds=seconds, per_second=per_second)
                queries = max(one.count for one in recorded[page])
                rows.append({"page": page, **figures(phases), "queries": queries})
                say(verdict(rows[-1], per_second))
    return rows


def require_as_many(page: Recorded, bare_count: int) -> None:
    """Raises Problem unless the bare page took as many statements as its page, middlewares included."""
    if bare_count != page.count:
        raise Problem(
            f"{page.visit.path} takes {page.count} statements and its bare page {bare_count}: no ratio can be told."
        )


def load(
    port: int, sets: dict[str, list[Visit]], *, seconds: float, per_second: float
) -> dict[str, list[dict[str, Any]]]:
    """Visit both sets as load.py does: a warm-up, then turns at the rate, then as many pages as can be.

    Returns the phases by what they were for: "page" and "bare" at the rate, "most". Raises Problem.
    """
    warm_up = [("warm-up", name, max(1.0, seconds / 5), None) for name in ("bare", "page")]
    turns = [(name, name, seconds / TURNS, per_second) for _ in range(TURNS) for name in ("page", "bare")]
    plan = [*warm_up, *turns, ("most", "page", seconds / 2, None)]
    phases = [{"set": name, "seconds": length, "per_second": rate} for _for, name, length, rate in plan]
    cookie = settings.SESSION_COOKIE_NAME
    sent = {name: [[visit.path, visit.headers(cookie)] for visit in visits] for name, visits in sets.items()}
    done = subprocess.run(
        [sys.executable, "-I", str(LOAD)],
        input=json.dumps({"port": port, "sets": sent, "phases": phases}),
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=embedded.die_with_parent(),
        check=False,
    )
    answer = json.loads(done.stdout or '{"error": "The visitors fell ill; what they said is above."}')
    if "error" in answer:
        raise Problem(answer["error"])
    found: dict[str, list[dict[str, Any]]] = {}
    for (purpose, *_plan), phase in zip(plan, answer["phases"], strict=True):
        found.setdefault(purpose, []).append(phase)
    return found


def figures(phases: dict[str, list[dict[str, Any]]]) -> dict[str, float]:
    """The numbers of a page, from its phases."""
    page, bare = (
        sorted(took for phase in phases[name] for took in phase["milliseconds"]) for name in ("page", "bare")
    )
    (most,) = phases["most"]
    p50, bare_p50 = percentile(page, 50), percentile(bare, 50)
    return {
        "per_s": round(len(most["milliseconds"]) / most["seconds"], 1),
        "p50_ms": round(p50, 1),
        "p99_ms": round(percentile(page, 99), 1),
        "bare_p50_ms": round(bare_p50, 1),
        "ratio": round(p50 / bare_p50, 2),
    }


def percentile(ordered: Sequence[float], share: int) -> float:
    """The smallest of these that at least `share` in a hundred do not exceed."""
    return ordered[math.ceil(len(ordered) * share / 100) - 1]


def verdict(row: dict[str, Any], per_second: float) -> str:
    """How a page does against its aim, in a sentence or two."""
    met = row["p99_ms"] <= AIM_P99_MS and row["ratio"] <= AIM_RATIO
    told = (
        f"{row['page']}: p99 {row['p99_ms']} ms at {per_second} a second (aim {AIM_P99_MS}), "
        f"ratio {row['ratio']} (aim {AIM_RATIO}): {'as it should be' if met else 'NOT as it should be'}"
    )
    if row["per_s"] < per_second:
        told += f". At most {row['per_s']} a second are answered, so both times are mostly waiting: lower the rate"
    return told
