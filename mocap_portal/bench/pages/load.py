"""Visits pages of a running web server and takes the time: `python load.py < plan.json` prints what it found as JSON.

Run as a file, in a process of its own, it knows nothing of the portal: the standard library is all it needs.

The plan: {"port": …, "sets": {name: [[path, headers], …]}, "phases": [{"set": name, "seconds": …, "per_second": …}]}.
In a phase with `per_second` visits are due at even distances whatever the server does, and each is timed from the
moment at which it was due: one that had to wait for a connection has waited (no coordinated omission). With null in
its place each connection sends its next visit as soon as the last one was answered: what the server can do at most.

The answer: {"phases": [{"milliseconds": [one for each visit], "seconds": …}]}, or {"error": "…"} with exit code 1 as
soon as one answer is anything but 200.
"""

from __future__ import annotations

import http.client
import itertools
import json
import sys
import threading
import time
from typing import Any

CONNECTIONS = 24  # visits under way at once when they are due at a rate
BUSY = 8  # connections that send one visit after another
TIMEOUT = 60.0  # seconds for one answer
PATIENCE = (
    3.0  # after so many times its length a phase ends; what is still due then counts with its wait so far
)


class WrongAnswer(Exception):
    """An answer that is not 200, or none."""


class Phase:
    """One stretch of visits, shared by the threads that make them."""

    def __init__(
        self, port: int, visits: list[tuple[str, dict[str, str]]], *, seconds: float, per_second: float | None
    ) -> None:
        self.port = port
        self.visits = visits
        self.seconds = seconds
        self.per_second = per_second
        self.numbers = (
            itertools.count()
        )  # next() is one step of the interpreter: no two threads get the same number
        self.milliseconds: list[float] = []
        self.errors: list[str] = []
        self.start = self.last = 0.0

    def run(self) -> dict[str, Any]:
        """Make the visits. Raises WrongAnswer."""
        connections = [self.connect() for _ in range(CONNECTIONS if self.per_second else BUSY)]
        threads = [threading.Thread(target=self.work, args=[connection]) for connection in connections]
        self.start = self.last = time.perf_counter() + 0.02
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for connection in connections:
            connection.close()
        if self.errors:
            raise WrongAnswer(self.errors[0])
        return {"milliseconds": self.milliseconds, "seconds": self.last - self.start}

    def connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.connect()
        except OSError as error:
            raise WrongAnswer(f"The web server cannot be reached: {error}") from error
        return connection

    def work(self, connection: http.client.HTTPConnection) -> None:
        """One thread: take the next visit that is due, until the time is over or an answer was wrong."""
        try:
            while not self.errors:
                number = next(self.numbers)
                due = self.start + number / self.per_second if self.per_second else time.perf_counter()
                if due >= self.start + self.seconds:
                    return
                if time.perf_counter() < self.start + self.seconds * PATIENCE:
                    time.sleep(max(0.0, due - time.perf_counter()))
                    visit(connection, *self.visits[number % len(self.visits)])
                self.last = time.perf_counter()
                self.milliseconds.append((self.last - due) * 1000)
        except (WrongAnswer, OSError, http.client.HTTPException) as error:
            self.errors.append(str(error) or type(error).__name__)


def visit(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> None:
    """One page, read to its end. Raises WrongAnswer, and what http.client raises."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise WrongAnswer(f"{path} answered {answer.status}, not 200.")


def main() -> int:
    """Read the plan from standard input and follow it."""
    plan = json.load(sys.stdin)
    try:
        phases = [
            Phase(
                plan["port"],
                plan["sets"][phase["set"]],
                seconds=phase["seconds"],
                per_second=phase["per_second"],
            ).run()
            for phase in plan["phases"]
        ]
    except WrongAnswer as error:
        print(json.dumps({"error": str(error)}))
        return 1
    print(json.dumps({"phases": phases}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
