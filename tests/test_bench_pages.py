"""`./portal bench pages`: who visits, what is recorded, how time is taken; and all of it once, on a small state."""

import datetime as dt
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, include, path, resolve, reverse
from pytest_django.fixtures import Settings

from mocap_portal.bench.command import SETTINGS, as_text, measurements
from mocap_portal.bench.filling import fill
from mocap_portal.bench.pages import LOAD, bare, figures, load, percentile, require_as_many, verdict
from mocap_portal.bench.pages.load import Phase
from mocap_portal.bench.pages.recording import Recorder, count_statements, record
from mocap_portal.bench.pages.visits import Visit, all_visits
from mocap_portal.command.state import Problem
from mocap_portal.foundation.directory.models import Organization
from tests.factories.providers import CourseFactory
from tests.processes import running_on
from tests.test_portal_command import ROOT, environment

AT = dt.datetime(2026, 11, 25, 18, 0, tzinfo=dt.UTC)
PAGES = ["catalog search", "inbox", "request page", "family status"]
COLUMNS = ["page", "per_s", "p50_ms", "p99_ms", "bare_p50_ms", "ratio", "queries"]


# Pages that cannot be measured ------------------------------------------------------------------------


@login_not_required
def writes_each_time(request: HttpRequest) -> HttpResponse:
    Organization.objects.create(name=f"Organization {Organization.objects.count()}")
    return HttpResponse()


urlpatterns = [path("writes/", writes_each_time), path("", include("mocap_portal.bench.pages.urls"))]


@pytest.mark.django_db
def test_a_page_that_writes_each_time_is_refused(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    with pytest.raises(Problem, match="/writes/ writes whenever it is looked at"):
        record(Visit("/writes/"))


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), [("/review/", 302), ("/catalog/0/", 404)])
def test_a_page_that_does_not_answer_200_is_refused(address: str, status: int) -> None:
    with pytest.raises(Problem, match=f"{address} answered {status}, not 200"):
        record(Visit(address))


# The bare page ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_bare_page_sends_the_statements_of_its_page(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = "mocap_portal.bench.pages.urls"
    CourseFactory.create(title="100% Algebra")
    page = record(Visit("/catalog/?q=100%25"))
    assert any("%%'" in sent.sql for sent in page.statements)  # a sign of the words, nothing to fill in
    file = tmp_path / "statements.json"
    file.write_text(json.dumps([[vars(sent) for sent in page.statements]]))
    monkeypatch.setenv(bare.FILE, str(file))
    bare.recorded.cache_clear()
    again = record(Visit(reverse("bare", args=[0])))
    assert again.statements == page.statements
    require_as_many(page, again.count)
    with pytest.raises(Problem, match=f"takes {page.count} statements and its bare page {page.count + 1}"):
        require_as_many(page, page.count + 1)


@pytest.mark.django_db
def test_statements_of_the_middlewares_are_counted_and_not_replayed() -> None:
    fill(requests_wanted=100, courses_wanted=60, at=AT)
    visit = all_visits()["inbox"][0]
    page = record(visit)
    assert not any("django_session" in sent.sql for sent in page.statements)
    assert page.count == count_statements(visit) > len(page.statements) == len(Recorder.last)


def test_bare_pages_are_reached_in_measurements_only() -> None:
    with pytest.raises(Resolver404):
        resolve("/bare/0/", urlconf="mocap_portal.urls")
    named = {path.name for path in ROOT.glob("mocap_portal/settings/*.py") if ".bench" in path.read_text()}
    assert named == {"bench.py"}


# Visits -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_everybody_may_see_what_they_visit() -> None:
    fill(requests_wanted=1000, courses_wanted=60, at=AT)
    pages = all_visits()
    assert list(pages) == PAGES
    for visits in pages.values():
        assert len({(visit.path, visit.session) for visit in visits}) > 1
        for visit in {visits[0], visits[-1]}:
            assert count_statements(visit) > 0
    assert {visit.session for visit in pages["catalog search"]} == {""}
    assert not {visit.session for visit in pages["inbox"]} & {
        visit.session for visit in pages["family status"]
    }


# Time -------------------------------------------------------------------------------------------------


class Clock:
    """Time that passes only when somebody sleeps or is visited."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("mocap_portal.bench.pages.load.time", clock)
    return clock


def visits_of_one_connection(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, *, take: float, seconds: float, per_second: float | None
) -> list[int]:
    """How long each visit took, in whole milliseconds, when an answer takes `take` seconds."""
    monkeypatch.setattr("mocap_portal.bench.pages.load.visit", lambda *_arguments: clock.sleep(take))
    phase = Phase(0, [("/", {})], seconds=seconds, per_second=per_second)
    connection: Any = None
    phase.work(connection)
    assert phase.errors == []
    return [round(took) for took in phase.milliseconds]


def test_a_visit_is_timed_from_when_it_was_due(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """Due every 100 ms, answered in 150: each waits 50 ms longer than the one before."""
    found = visits_of_one_connection(monkeypatch, clock, take=0.15, seconds=0.35, per_second=10)
    assert found == [150, 200, 250, 300]


def test_a_quick_server_waits_for_visits(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    found = visits_of_one_connection(monkeypatch, clock, take=0.02, seconds=0.35, per_second=10)
    assert (found, round(clock.now, 2)) == ([20, 20, 20, 20], 0.32)


def test_a_server_that_falls_far_behind_ends_the_phase(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """What is still due after three times the length counts with its wait, and is not visited."""
    found = visits_of_one_connection(monkeypatch, clock, take=1.1, seconds=0.35, per_second=10)
    assert (found, clock.now) == ([1100, 1000, 900, 800], 1.1)


def test_without_a_rate_one_visit_follows_the_other(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    found = visits_of_one_connection(monkeypatch, clock, take=0.1, seconds=0.35, per_second=None)
    assert found == [100, 100, 100, 100]


def test_percentiles_are_times_that_were_taken() -> None:
    times = [float(number) for number in range(1, 101)]
    assert (percentile(times, 50), percentile(times, 99)) == (50.0, 99.0)
    assert percentile([7.0], 99) == 7.0


def test_figures() -> None:
    phases = {
        "page": [{"milliseconds": [30.0, 10.0], "seconds": 1.0}, {"milliseconds": [20.0], "seconds": 1.0}],
        "bare": [{"milliseconds": [8.0, 8.0], "seconds": 1.0}],
        "most": [{"milliseconds": [5.0] * 90, "seconds": 2.0}],
        "warm-up": [{"milliseconds": [999.0], "seconds": 1.0}],
    }
    assert figures(phases) == {
        "per_s": 45.0,
        "p50_ms": 20.0,
        "p99_ms": 30.0,
        "bare_p50_ms": 8.0,
        "ratio": 2.5,
    }


@pytest.mark.parametrize(
    ("p99", "ratio", "per_s", "end"),
    [
        (50.0, 4.0, 120.0, "ratio 4.0 (aim 4): as it should be"),
        (50.1, 4.0, 120.0, "NOT as it should be"),
        (50.0, 4.1, 120.0, "NOT as it should be"),
        (
            90.0,
            2.0,
            99.0,
            "At most 99.0 a second are answered, so both times are mostly waiting: lower the rate",
        ),
    ],
)
def test_a_verdict(p99: float, ratio: float, per_s: float, end: str) -> None:
    row = {"page": "inbox", "per_s": per_s, "p99_ms": p99, "ratio": ratio}
    assert verdict(row, 100).startswith(f"inbox: p99 {p99} ms at 100 a second (aim 50), ratio {ratio}")
    assert verdict(row, 100).endswith(end)


# The visitors' process ----------------------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    """Answers each visit with 200, but /broken with 500."""

    daemon_threads = True
    request_queue_size = 128  # every visitor connects before the first is served
    visited: list[tuple[str, str | None, str | None]]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:  # the library's name
        self.server.visited.append((self.path, self.headers["Cookie"], self.headers["HX-Request"]))
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_arguments: Any) -> None:
        """Nothing on stderr."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.visited = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_visitors_go_in_turns_and_show_their_session(server: Server) -> None:
    sets = {
        "page": [Visit("/a", "key", is_fragment=True), Visit("/b")],
        "bare": [Visit("/bare/0/", "key"), Visit("/bare/1/")],
    }
    phases = load(server.server_port, sets, seconds=1, per_second=50)
    assert {purpose: len(found) for purpose, found in phases.items()} == {
        "warm-up": 2,
        "page": 5,
        "bare": 5,
        "most": 1,
    }
    assert [len(phase["milliseconds"]) for phase in phases["page"]] == [10] * 5
    assert set(server.visited) == {
        ("/a", "sessionid=key", "true"),
        ("/b", None, None),
        ("/bare/0/", "sessionid=key", None),
        ("/bare/1/", None, None),
    }


def test_one_wrong_answer_ends_it(server: Server) -> None:
    sets = {"page": [Visit("/a"), Visit("/broken")], "bare": [Visit("/bare/0/")]}
    with pytest.raises(Problem, match="/broken answered 500, not 200"):
        load(server.server_port, sets, seconds=1, per_second=50)


def test_visitors_say_that_nobody_answers() -> None:
    plan = {
        "port": 1,
        "sets": {"page": [["/", {}]]},
        "phases": [{"set": "page", "seconds": 1, "per_second": 1}],
    }
    done = subprocess.run(
        [sys.executable, "-I", str(LOAD)], input=json.dumps(plan), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["error"].startswith("The web server cannot be reached")


# The command ------------------------------------------------------------------------------------------


def test_options_are_those_of_the_measurement() -> None:
    known = measurements()
    assert {name: measurement.options for name, measurement in known.items()} == {
        "attendance": {"students": 20_000, "courses": 6},
        "clock": {},
        "concerns": {"concerns": 500_000, "posts_per_second": 50, "searches_per_second": 4, "seconds": 60},
        "coredata": {"rows": 300_000},
        "lists": {"students": 20_000, "courses": 6, "seconds": 5, "per_second": 10},
        "night": {"rows": 8_000_000, "seed": 1},
        "pages": {"requests": 200_000, "courses": 20_000, "seconds": 10, "per_second": 100},
        "state": {"leas": 554, "students": 80_000, "years": 1},
    }
    assert all(measurement.what.endswith(".") for measurement in known.values())


def test_a_table_for_a_person() -> None:
    found = {
        "closed_days": 12,
        "pages": [{"page": "inbox", "per_s": 41.5}, {"page": "catalog", "per_s": 9.0}],
    }
    assert as_text(found).splitlines() == [
        "closed_days  12",
        "page     per_s",
        "inbox     41.5",
        "catalog    9.0",
    ]


def bench(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["./portal", "bench", *arguments],
        cwd=ROOT,
        env=environment(state),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.parametrize("arguments", [("--requests", "0"), ("--courses", "many"), ("--pages", "3")])
def test_wrong_options(tmp_path: Path, arguments: tuple[str, str]) -> None:
    done = bench(tmp_path, "pages", *arguments)
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith("usage: ./portal bench ")


def may_be_the_ratio(ratio: float, whole: float, floor: float, *, rounded: float) -> bool:
    """Whether it can be the ratio of two times of which each was rounded by at most so much.

    A share of the ratio would not do: a small state takes eight milliseconds, of which a half is a sixteenth.
    """
    least, most = (whole - rounded) / (floor + rounded), (whole + rounded) / (floor - rounded)
    return least - 0.005 <= ratio <= most + 0.005


@pytest.mark.parametrize(
    ("ratio", "may_be"), [(22.17, False), (22.18, True), (22.37, True), (25.27, True), (25.28, False)]
)
def test_a_ratio_of_rounded_times(ratio: float, may_be: bool) -> None:
    assert may_be_the_ratio(ratio, 0.189, 0.008, rounded=0.0005) is may_be


@pytest.mark.xdist_group("portal")
def test_the_whole_measurement_on_a_small_state(tmp_path: Path) -> None:
    size = ["--requests", "200", "--courses", "90", "--seconds", "1", "--per-second", "10"]
    done = bench(tmp_path, "pages", "--json", *size)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["pages"]
    assert [row["page"] for row in rows] == PAGES
    for row in rows:
        assert list(row) == COLUMNS
        assert 0 < row["p50_ms"] <= row["p99_ms"]
        assert may_be_the_ratio(row["ratio"], row["p50_ms"], row["bare_p50_ms"], rounded=0.05)
        assert row["per_s"] > 0 and row["queries"] > 0
    assert "filling the database with 200 requests and 90 courses" in done.stderr
    assert running_on(tmp_path) == []


@pytest.mark.xdist_group("portal")
def test_loading_core_data_is_measured_beside_the_bare_copy(tmp_path: Path) -> None:
    done = bench(tmp_path, "coredata", "--json", "--rows", "3000")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found) == ["name", "rows", "floor_s", "whole_s", "ratio", "peak_mb", "others"]
    assert found["name"] == "coredata" and found["rows"] >= 3_000
    assert may_be_the_ratio(found["ratio"], found["whole_s"], found["floor_s"], rounded=0.0005)
    assert {name: other["seconds"] > 0 for name, other in found["others"].items()} == {
        "bulk_create": True,
        "stdlib_csv": True,
    }
    assert running_on(tmp_path) == []


@pytest.mark.xdist_group("portal")
def test_a_state_is_loaded_and_a_student_looked_up(tmp_path: Path) -> None:
    done = bench(tmp_path, "state", "--json", "--leas", "3", "--students", "120", "--years", "2")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["name"], found["files"], found["student_ms"]["asked"]) == ("state", 3, 200)
    assert found["stored_rows"] > found["rows"] >= found["largest"]["rows"] >= found["smallest"]["rows"] > 0
    assert running_on(tmp_path) == []


def test_a_measurement_that_fails_says_why() -> None:
    """It looks at the sizes before it asks the database for anything."""
    done = subprocess.run(
        [sys.executable, "-m", "mocap_portal.bench.one", "pages", '{"requests": 1}'],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": SETTINGS, "SECRET_KEY": "only-this-test-knows-it"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "portal: filling the database with 1 requests and 20,000 courses, triggers off …",
        "portal: a measurement needs at least 100 requests and 60 courses to look at.",
    ]
