"""`./portal demo`: everything the portal consists of, on this machine, until Ctrl-C.

PostgreSQL, Redis, the web server, a Celery worker and beat are children of this one process. It starts them in that
order, stops them in the opposite one, and the kernel stops them should it be killed.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mocap_portal.command.state import (
    ROOT,
    Arguments,
    Problem,
    Running,
    State,
    build_front_end,
    migrate,
    run_manage,
    say,
    servers,
)
from mocap_portal.foundation import embedded

SETTINGS = "mocap_portal.settings.demo"

_PORT = 8000
_READY_SECONDS = 60.0
_AFTER_A_KILL_SECONDS = 10.0  # how long processes of a killed demo may still hold the port
_LAST_LINES = 15


@dataclass(frozen=True)
class Service:
    """One process of the portal."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


def main(arguments: list[str]) -> int:
    """Run the demo. Raises Problem when it cannot start or when one of its processes ends by itself."""
    parser = Arguments(prog="./portal demo", description="Run the demo until Ctrl-C.")
    parser.add_argument("--port", type=int, default=_PORT, help=f"where to listen on this machine ({_PORT})")
    parser.add_argument("--fresh", action="store_true", help="begin with an empty state")
    options = parser.parse_args(arguments)
    state = State.usual()
    with state.hold() as ours:
        if not ours:
            raise Problem(_who_holds(state))
        _require_free(options.port, patience=_AFTER_A_KILL_SECONDS if state.was_killed() else 0)
        if options.fresh:
            _drop(state)
        _empty_logs(state)
        build_front_end()
        return _run(state, options.port)


def _run(state: State, port: int) -> int:
    address = f"http://localhost:{port}"
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        say("starting PostgreSQL and Redis …")
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(servers(state))
        environment = state.environment(
            settings=SETTINGS, database_url=running.database_url, redis_url=running.redis_url
        ) | {"PORTAL_URL": address}
        migrate(state, environment, trust_stamp=running.own_database)
        _build(state, environment, trust_stamp=running.own_database)
        stack.enter_context(
            state.announced(Running(os.getpid(), address, running.database_url, running.redis_url))
        )
        say("starting the web server, the worker and beat …")
        services = stack.enter_context(_services(state, environment, port))
        people = _people(state, environment)
        _wait_until_answered(port, services)
        print(f"Ready: {address}", flush=True)
        print(people.communicate()[0], end="", flush=True)
        if people.returncode != 0:
            say(f"the demo's people could not be listed; see {state.logs / 'people.log'}.")
        servers_too = [
            Service(name, process, state.logs / f"{name}.log") for name, process in running.processes.items()
        ]
        try:
            _watch([*services, *servers_too])
        except SystemExit:  # Ctrl-C or SIGTERM: how a demo is meant to end
            say("stopping …")
    return 0


def _build(state: State, environment: Mapping[str, str], *, trust_stamp: bool) -> None:
    """Fill an empty database with the demo's districts, people and requests; one that is filled stays as it is."""
    if trust_stamp and state.stamped("demo", "built"):
        return
    say("building the demo's districts, people and requests …")
    run_manage(["build_demo"], environment)
    state.stamp("demo", "built")


def _people(state: State, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start listing who can sign in, while the web server starts."""
    with (state.logs / "people.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "build_demo", "--people"],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
            preexec_fn=embedded.die_with_parent(),
        )


# The portal's own processes -----------------------------------------------------------------------


@contextlib.contextmanager
def _services(state: State, environment: Mapping[str, str], port: int) -> Iterator[list[Service]]:
    """The web server, the worker and beat; all are asked to stop at once, beat first."""
    (state.folder / "beat").mkdir(exist_ok=True)
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app", "mocap_portal", "--workdir", str(ROOT)]
    web = [*python, "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    # As many threads in a worker as its pool has connections: what comes on top waits, and never fails.
    web += ["--workers", "2", "--blocking-threads", "4"]
    # A worker of granian that is told to stop while it starts forgets it: hence the time after which it is killed.
    web += ["--workers-kill-timeout", "2", "--working-dir", str(ROOT)]
    commands = {
        "web": [*web, "mocap_portal.wsgi:application"],
        # Threads: one process, so nothing of it can be left over.
        "worker": [*celery, "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--schedule", str(state.folder / "beat" / "schedule"), "--pidfile="],
    }
    extra = {"web": {"DATABASE_POOL": "1"}, "worker": {"DATABASE_CONN_MAX_AGE": "600"}}
    # Should we be killed, the web server still stops its own children; the other two have none to stop, and might
    # wait for a broker that is gone.
    at_parents_death = {"web": signal.SIGTERM}
    services: list[Service] = []
    try:
        for name, command in commands.items():
            log = state.logs / f"{name}.log"
            process = embedded.spawn(
                command,
                log=log,
                env={**environment, **extra.get(name, {})},
                at_parents_death=at_parents_death.get(name, signal.SIGKILL),
            )
            services.append(Service(name, process, log))
        yield services
    finally:
        for service in reversed(services):
            service.process.terminate()
        for service in reversed(services):
            if not embedded.await_end(service.process):
                say(f"{service.name} did not stop when asked and was killed; see {service.log}.")


def _wait_until_answered(port: int, services: list[Service]) -> None:
    """Until the web server answers anything at all."""
    give_up = time.monotonic() + _READY_SECONDS
    while time.monotonic() < give_up:
        _require_alive(services)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_READY_SECONDS)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise Problem(
        f"The web server did not answer within {_READY_SECONDS:.0f} seconds; see {services[0].log}."
    )


def _watch(services: list[Service]) -> None:
    while True:
        _require_alive(services)
        time.sleep(0.5)


def _require_alive(services: list[Service]) -> None:
    for service in services:
        if service.process.poll() is not None:
            lines = service.log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
            raise Problem("\n".join([f"{service.name} ended by itself. The end of {service.log}:", *lines]))


# Before anything starts ---------------------------------------------------------------------------


def _who_holds(state: State) -> str:
    if running := state.running():
        return (
            f"a demo already runs at {running.address} (process {running.pid}). Stop it with Ctrl-C where it was "
            "started, or give this one a folder and a port of its own: "
            "PORTAL_STATE=/some/folder ./portal demo --port 8001"
        )
    return f"another ./portal command is using {state.folder} (it may still be starting). Try again when it has ended."


def _require_free(port: int, *, patience: float) -> None:
    give_up = time.monotonic() + patience
    while not _is_free(port):
        if time.monotonic() > give_up:
            raise Problem(
                f"port {port} is used by another program. Choose one: ./portal demo --port {port + 1}"
            )
        time.sleep(0.2)


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _drop(state: State) -> None:
    if os.environ.get("DATABASE_URL"):
        raise Problem(
            "--fresh does not empty the database that DATABASE_URL names. Empty it yourself, then leave --fresh out."
        )
    say("dropping the old state …")
    state.drop()


def _empty_logs(state: State) -> None:
    state.logs.mkdir(parents=True, exist_ok=True)
    for log in state.logs.glob("*.log"):
        log.write_bytes(b"")
