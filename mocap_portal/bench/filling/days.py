"""The days on which requests were sent, and what follows from each, counted by the portal's own calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection

from mocap_portal.foundation.clocks.explain import closed_codes
from mocap_portal.foundation.directory.models import ClosedDay, LegalKey, LegalValue, Term, TermCode
from mocap_portal.foundation.shared.calendar import central_date, due_date

from .rows import execute

DAYS_BACK = 900  # how long ago the oldest request was sent
NOTICE = dt.timedelta(days=14)  # from the sending to the first day in a course, at least
STILL_WORTH_IT = dt.timedelta(days=30)  # nobody asks for a term that ends sooner

TABLE = """
CREATE TEMPORARY TABLE bench_day (
    back int PRIMARY KEY, sent_on date, due_on date, register_by date, confirm_by date, term bigint, starts_on date
) ON COMMIT DROP
"""


def days(at: dt.datetime) -> None:
    """The temporary table bench_day: a row for each day up to DAYS_BACK days before `at`."""
    execute(TABLE)
    rows = list(_rows(central_date(at)))
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO bench_day VALUES (%s, %s, %s, %s, %s, %s, %s)", rows)
    execute("ANALYZE bench_day")


def _rows(today: dt.date) -> Iterator[tuple[Any, ...]]:
    closed = closed_codes(ClosedDay.objects.for_lea(None))
    decide, register, confirm = (
        LegalValue.objects.whole(key, on=today)
        for key in (LegalKey.DECISION_DAYS, LegalKey.REGISTER_DAYS, LegalKey.CONFIRM_DAYS)
    )
    terms = list(Term.objects.filter(code__in=[TermCode.S1, TermCode.S2]).order_by("starts_on"))
    for back in range(DAYS_BACK + 1):
        sent_on = today - dt.timedelta(days=back)
        term = next(term for term in terms if term.ends_on > sent_on + STILL_WORTH_IT)
        yield (
            back,
            sent_on,
            due_date(sent_on, decide, closed).on,
            due_date(sent_on + dt.timedelta(days=5), register, closed).on,
            due_date(sent_on + dt.timedelta(days=7), confirm, closed).on,
            term.pk,
            max(term.starts_on, sent_on + NOTICE),
        )
