"""Posts forms to a running web server at an even rate: `python post.py < plan.json` prints what came of each as JSON.

Run as a file, in a process of its own, it knows nothing of the portal: the standard library is all it needs.

The plan: {"port": …, "cookie": …, "per_second": …, "posts": [[path, body], …]}. Each post is timed from the moment at
which it was due: one that had to wait for a connection has waited. The answer: a list of [status, milliseconds] in the
order of the posts; the status is 0 where there was no answer.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import sys
import threading
import time

CONNECTIONS = 24  # posts under way at once
TIMEOUT = 60.0  # seconds for one answer


class Posts:
    """All posts, shared by the threads that make them."""

    def __init__(self, port: int, cookie: str, posts: list[list[str]], per_second: float) -> None:
        self.port, self.posts, self.per_second = port, posts, per_second
        self.headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookie,
            "Accept-Language": "en",
        }
        self.numbers = (
            itertools.count()
        )  # next() is one step of the interpreter: no two threads get one number
        self.answers: list[list[float]] = [[0, 0.0] for _post in posts]
        self.start = 0.0

    def run(self) -> list[list[float]]:
        threads = [threading.Thread(target=self.work) for _thread in range(CONNECTIONS)]
        self.start = time.perf_counter() + 0.05
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.answers

    def work(self) -> None:
        """One thread: take the next post that is due, until there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        while (number := next(self.numbers)) < len(self.posts):
            due = self.start + number / self.per_second
            time.sleep(max(0.0, due - time.perf_counter()))
            path, body = self.posts[number]
            status = 0
            try:
                connection.request("POST", path, body=body, headers=self.headers)
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                with contextlib.suppress(OSError):
                    connection.close()  # the next request opens it again
            self.answers[number] = [status, (time.perf_counter() - due) * 1000]
        connection.close()


def main() -> None:
    """Read the plan from standard input and follow it."""
    plan = json.load(sys.stdin)
    print(json.dumps(Posts(plan["port"], plan["cookie"], plan["posts"], plan["per_second"]).run()))


if __name__ == "__main__":
    main()
