"""A worker that is gone in the middle of its statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


class Killed(Exception):
    """The worker is gone."""


@contextmanager
def killed_at(statement: int) -> Iterator[list[int]]:
    """The statement of this number, from 1 on, is the first that is not run. Of 0 none; the list has how many ran."""
    count = [0]

    def count_down(execute: Callable[..., Any], *args: Any) -> Any:
        count[0] += 1
        if count[0] == statement:
            raise Killed
        return execute(*args)

    with connection.execute_wrapper(count_down):
        yield count
