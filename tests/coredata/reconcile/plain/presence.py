"""Who is where (5.2, M-01 to M-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from .found import Found
from .ladder import Ladder, StudentCourse, fit
from .state import Gone, State

THIRTY_DAYS, TWO_WEEKS = dt.timedelta(days=30), dt.timedelta(days=14)


def presence(state: State, ladder: Ladder) -> Iterator[Found]:
    for it in ladder.courses:
        for code in _codes(state, it):
            yield Found.of(code, it)
    for gone in state.gone:
        yield from _gone(state, ladder, gone)


def _codes(state: State, it: StudentCourse) -> Iterator[str]:
    """The table of 5.2, behind the gates of time (5.1).

    Until June opens nobody is missing in it. A June row of another LEA that has certified its own counts all the same.
    With no approval, October's column means a coded row.
    """
    a, o, j, v = it.a is not None, it.o is not None, it.j is not None, it.has_v
    october, june = state.october_opens(it.lea), state.june_opens(it.lea)
    if october and not o and not it.is_withdrawn:  # of a withdrawn one M-47 speaks
        yield from _not_in_october(state, it)
    if june and not j and (o or (a and v)) and not it.is_withdrawn:
        yield "M-02"
    if a and (o or j) and it.v is None and _is_over(state, it, THIRTY_DAYS):
        yield "M-03"
    if not a and (o or j):
        # While a provider runs what was refused, M-43, M-44 or M-46 speak of it.
        if v and not (it.is_refused and it.v is not None and it.v.is_active):
            yield "M-07"
        if not v:
            yield "M-08" if o else "M-09"
    if october and v and not a and not o and not j and not it.is_refused:
        yield "M-10"


def _not_in_october(state: State, it: StudentCourse) -> Iterator[str]:
    a, j, v = it.a is not None, it.j is not None, it.has_v
    if a and not j and it.v is None:
        if _is_approved_long_ago(state, it):
            yield "M-06"
    elif (a and (v or j)) or (v and j):
        certified = state.files[it.lea].october_on
        if certified is None or it.begins_on is None or it.begins_on <= certified:
            yield "M-01"
        elif _is_over(state, it, TWO_WEEKS):
            yield "M-11"


def _is_over(state: State, it: StudentCourse, days: dt.timedelta) -> bool:
    return it.begins_on is not None and state.as_of > it.begins_on + days


def _is_approved_long_ago(state: State, it: StudentCourse) -> bool:
    """An approval without a day of decision is an old one."""
    assert it.a is not None
    decided = it.a.decided_on is None or state.as_of > it.a.decided_on + THIRTY_DAYS
    return decided and _is_over(state, it, THIRTY_DAYS)


def _gone(state: State, ladder: Ladder, gone: Gone) -> Iterator[Found]:
    """M-04. Left open: whether another enrollment of the same course settles it. It does."""
    if gone.basis != "mocap" or gone.status not in {"pending", "active", "incomplete"}:
        return
    alike = [
        it
        for it in ladder.courses
        if (it.lea, it.provider, it.student, it.course)
        == (gone.lea, gone.provider, gone.student, gone.course)
        and fit(it.semester, gone.semester)
    ]
    left = [it for it in alike if it.v is None]
    where = (gone.lea, gone.student, gone.course, gone.semester, gone.provider)
    if not alike:
        yield Found("M-04", *where, gone=gone)
    for it in left:
        yield Found("M-04", *where, it.a, it.o, it.j, gone=gone)


def patterns(state: State, ladder: Ladder, found: list[Found]) -> Iterator[Found]:
    """M-05: of what an LEA was expected to have in October, three or more and at least a half is missing."""
    for lea in state.files:
        missing = sum(one.code == "M-01" and one.lea == lea and one.a is not None for one in found)
        expected = sum(it.a is not None and it.lea == lea for it in ladder.courses)
        if missing >= 3 and missing * 2 >= expected:
            yield Found("M-05", lea)
