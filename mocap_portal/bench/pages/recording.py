"""What a page asks of the database: its statements as they are sent, apart from those of the middlewares."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings

from mocap_portal.command.state import Problem

from .visits import Visit

WRITES = re.compile(
    r'\b(INSERT INTO|UPDATE|DELETE FROM) "'
)  # wherever: what writes is told its history first


@dataclass(frozen=True)
class Statement:
    """One statement with its values filled in; `in_parts` when its rows are fetched from a cursor in the database."""

    sql: str
    in_parts: bool


@dataclass(frozen=True)
class Recorded:
    """A visit, what its view asks, and how many statements the whole page takes, middlewares included."""

    visit: Visit
    statements: list[Statement]
    count: int


class Statements:
    """An execute wrapper of Django's that keeps each statement."""

    def __init__(self) -> None:
        self.kept: list[Statement] = []

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        in_parts = bool(getattr(context["cursor"].cursor, "name", ""))
        self.kept.append(Statement(mogrify(sql, params, connection), in_parts))
        return execute(sql, params, many, context)


class Recorder:
    """A middleware, to be the last one: it calls the view itself and keeps what the view asked in `last`."""

    last: ClassVar[list[Statement]] = []

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse:
        statements = Statements()
        with connection.execute_wrapper(statements):
            response = view(request, *args, **kwargs)
        Recorder.last = statements.kept
        return response


def record(visit: Visit) -> Recorded:
    """Visit the page in this process and keep what it asks.

    A first look may leave a trace (a request becomes opened), so the second one counts. Raises Problem for any answer
    but 200, and for a page that writes each time: its statements could not be sent again.
    """
    recorder = f"{Recorder.__module__}.{Recorder.__qualname__}"
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, recorder]):
        count_statements(visit)
        count = count_statements(visit)
    if any(WRITES.search(sent.sql) for sent in Recorder.last):
        raise Problem(f"{visit.path} writes whenever it is looked at.")
    return Recorded(visit, Recorder.last, count)


def count_statements(visit: Visit) -> int:
    """Visit the page in this process; how many statements that took. Raises Problem for any answer but 200."""
    client = Client(SERVER_NAME="127.0.0.1")
    statements = Statements()
    with connection.execute_wrapper(statements):
        response = client.get(visit.path, headers=visit.headers(settings.SESSION_COOKIE_NAME))
    if response.status_code != 200:
        raise Problem(f"{visit.path} answered {response.status_code}, not 200: nothing can be measured.")
    return len(statements.kept)
