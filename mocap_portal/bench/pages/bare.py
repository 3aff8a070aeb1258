"""A page that asks the database what a real one asked and answers a constant: the rest is what the real one costs."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

FILE = "RECORDED_STATEMENTS"  # the variable that names the file with what is to be sent
AT_ONCE = 2000  # rows, as many as the ORM fetches from a cursor in the database
ANSWER = "The same statements, and nothing made of them."


@cache
def recorded() -> list[list[dict[str, Any]]]:
    """The statements of each recorded visit, in the order of visits: each with its `sql` and whether `in_parts`."""
    statements: list[list[dict[str, Any]]] = json.loads(Path(os.environ[FILE]).read_text(encoding="utf-8"))
    return statements


@login_not_required  # the middlewares ask who somebody is either way
@require_safe
def bare(request: HttpRequest, number: int) -> HttpResponse:
    """The visit of this number: its statements one after another, each with a cursor of its own as the ORM has it."""
    for statement in recorded()[number]:
        with connection.chunked_cursor() if statement["in_parts"] else connection.cursor() as cursor:
            cursor.execute(statement["sql"])
            while cursor.fetchmany(AT_ONCE):
                pass
    return HttpResponse(ANSWER)
