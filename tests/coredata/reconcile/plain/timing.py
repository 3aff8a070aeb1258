"""Dates and status (M-42 to M-53)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from .found import Found
from .ladder import Ladder, StudentCourse
from .state import YEAR_ENDS, YEAR_STARTS, Asked, Reported, State

SIXTY_DAYS = dt.timedelta(days=60)


def timing(state: State, ladder: Ladder) -> Iterator[Found]:
    for it in ladder.courses:
        for code in _codes(state, it):
            yield Found.of(code, it)
    for a in state.asked:
        for v in ladder.av[a]:
            for code in _asked(state, ladder, a, v):
                yield Found.asked(code, a, v)
    for v in state.reported:
        if _is_impossible(v):
            yield Found.reported("M-52", v)


def _codes(state: State, it: StudentCourse) -> Iterator[str]:
    a, o, j, v = it.a, it.o, it.j, it.v
    if a and v and v.counts and a.decided_on and v.begins_on and v.begins_on < a.decided_on:
        yield "M-42"
    # In a June that is not certified nobody is missing: M-71.
    has_june = state.files[it.lea].june_on is not None
    is_missing = (state.october_opens(it.lea) and o is None) or (has_june and j is None)
    if it.is_withdrawn and is_missing and (a or o or j):
        yield "M-47"
    status = v.status if v else ""
    if o and status == "no_start":
        yield "M-50"
    if j is None:
        return
    if status == "withdrawn" and j.outcome in {"pass", "fail"}:
        yield "M-48"
    if status == "completed" and j.outcome == "withdrawn":
        yield "M-49"
    if it.has_v and status == "active" and state.as_of > YEAR_ENDS:
        yield "M-51"
    if j.outcome == "incomplete" and state.as_of > state.june_due + SIXTY_DAYS:
        yield "M-53"


def _asked(state: State, ladder: Ladder, a: Asked, v: Reported) -> Iterator[str]:
    """What a provider runs as a MOCAP course although the request is not approved; an approved one settles it."""
    if not (v.counts and v.is_active) or ladder.is_approved(v):
        return
    if a.state == "denied":
        yield "M-43"
    if a.state == "requested" and a.decide_by is not None and state.as_of > a.decide_by:
        yield "M-44"
    if a.state == "cancelled":
        yield "M-46"


def _is_impossible(v: Reported) -> bool:
    """A course may end after the school year: self-paced ones do."""
    if v.begins_on is None:
        return False
    return not YEAR_STARTS <= v.begins_on <= YEAR_ENDS or (v.ends_on is not None and v.ends_on < v.begins_on)
