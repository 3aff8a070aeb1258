"""The web server that is measured: the one of the demo and of production, with two workers, on a free port."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from mocap_portal.command.state import ROOT, Problem, say
from mocap_portal.foundation import embedded

WORKERS = 2
THREADS = 4  # in a worker: as many as its pool has connections, as where the portal is deployed
STARTED = b"Started worker"  # granian says it once for each
READY_SECONDS = 60.0
LAST_LINES = 30


@contextlib.contextmanager
def web_server(folder: Path) -> Iterator[int]:
    """Run granian for the block, its log in `folder`; yields the port.

    Raises Problem when it does not start.
    """
    port = _free_port()
    log = folder / "web.log"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS)]
    command += ["--blocking-threads", str(THREADS)]
    command += ["--workers-kill-timeout", "2", "--working-dir", str(ROOT)]
    process = embedded.spawn(
        [*command, "mocap_portal.wsgi:application"],
        log=log,
        env=os.environ | {"DATABASE_POOL": "1"},
    )
    try:
        _wait_until_ready(process, log, port)
        yield port
    except Problem:
        say(f"the end of the web server's log:\n{_end(log)}")
        raise
    finally:
        embedded.stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path, port: int) -> None:
    """Until both workers have started and a page was answered. Raises Problem."""
    give_up = time.monotonic() + READY_SECONDS
    while not (log.read_bytes().count(STARTED) == WORKERS and _answers(port)):
        if process.poll() is not None or time.monotonic() > give_up:
            raise Problem("the web server did not start.")
        time.sleep(0.1)


def _end(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-LAST_LINES:])


def _free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        port: int = attempt.getsockname()[1]
    return port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=READY_SECONDS)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True
