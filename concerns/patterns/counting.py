"""How many concerns of each cell came in, now and before. The database counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from mocap_portal.foundation.shared.calendar import CENTRAL, central_date

from .method import Cell, Counted, NoteKind
from .models import Method

# What is joined with another concern is counted there; what turned out to be none is not counted.
_COUNT = """
    WITH considered AS (
        SELECT category, provider_id, lea_id, rule, received_at >= %(recent)s AS is_recent
        FROM concerns_concern
        WHERE received_at >= %(first)s AND received_at < %(end)s
            AND state <> 'merged' AND outcome <> 'not_a_concern'
    )
    SELECT grouping(category, provider_id, lea_id, rule), category, provider_id, lea_id, rule,
        count(*) FILTER (WHERE is_recent), count(*) FILTER (WHERE NOT is_recent)
    FROM considered
    GROUP BY GROUPING SETS ((category, provider_id), (category, lea_id), (rule), (category), ())
"""
_FIRST = "SELECT min(received_at) FROM concerns_concern"
# The bits of grouping(): 1 where a column is not one that is grouped by.
_PROVIDER, _DISTRICT, _RULE, _CATEGORY, _ALL = 0b0011, 0b0101, 0b1110, 0b0111, 0b1111


@dataclass(frozen=True, slots=True)
class Night:
    """What was counted of a day. `past_days`: how many days of past there were, `method.past_days` at most."""

    cells: list[Counted]
    past_days: int


def count(day: dt.date, method: Method) -> Night:
    """Every cell with a concern in the window that ends with this Central day, or in the past before it."""
    recent = day - dt.timedelta(days=method.window_days - 1)
    with connection.cursor() as cursor:
        cursor.execute(_FIRST)
        (oldest,) = cursor.fetchone()
        past_days = min(method.past_days, max((recent - central_date(oldest)).days, 0)) if oldest else 0
        cursor.execute(
            _COUNT,
            {
                "first": midnight(recent - dt.timedelta(days=past_days)),
                "recent": midnight(recent),
                "end": midnight(day + dt.timedelta(days=1)),
            },
        )
        rows = cursor.fetchall()
    sums = {
        category if bits == _CATEGORY else None: (now, before)
        for bits, category, *_cell, now, before in rows
        if bits in (_CATEGORY, _ALL)
    }
    cells = []
    for bits, category, provider_id, lea_id, rule, now, before in rows:
        cell = _cell(bits, category, provider_id, lea_id, rule)
        if cell is not None:
            all_now, all_before = sums[cell.category or None]
            cells.append(Counted(cell, now, before, all_now - now, all_before - before))
    return Night(cells, past_days)


def _cell(bits: int, category: str, provider_id: int | None, lea_id: int | None, rule: str) -> Cell | None:
    if bits == _PROVIDER and provider_id is not None:
        return Cell(NoteKind.PROVIDER, category=category, provider_id=provider_id)
    if bits == _DISTRICT and lea_id is not None:
        return Cell(NoteKind.DISTRICT, category=category, lea_id=lea_id)
    if bits == _RULE and rule:
        return Cell(NoteKind.RULE, rule=rule)
    return None


def midnight(day: dt.date) -> dt.datetime:
    """The first moment of a Central day."""
    return dt.datetime.combine(day, dt.time(), tzinfo=CENTRAL)
