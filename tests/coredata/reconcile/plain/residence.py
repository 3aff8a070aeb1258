"""Whether the student is known (M-13), district and residence (M-54 to M-62), and the student's load (M-65 to M-69)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .found import Found
from .ladder import Ladder, StudentCourse, fit
from .state import YEAR_STARTS, Asked, Lea, October, State

FULL_TIME, UNDER_LOAD = Decimal(6), Decimal(4)
WITHOUT_PLAN = 2
AGE = 21


def residence(state: State, ladder: Ladder) -> Iterator[Found]:
    for o in state.october:
        if any(_is_same(o, other) for other in state.october):
            yield Found.october("M-54", o)
    for it in ladder.courses:
        if (it.a or it.o) and it.v and it.has_v and it.v.lea != it.lea:
            yield Found.of("M-55", it)
    yield from _known(state, ladder)
    for a in state.asked:
        if a.counts:
            yield from _hosted(state, ladder, a) if a.type == "FT" else _at_host(state, ladder, a)
    for it in ladder.courses:
        if it.a and it.a.type == "FT" and _is_missing_at_host(state, ladder, it):
            yield Found.of("M-58", it)


def _is_same(o: October, other: October) -> bool:
    """Left open whether a year and its half are the same: they cover one another (2.5)."""
    same = (o.student, o.course) == (other.student, other.course) and fit(o.semester, other.semester)
    return same and o.lea != other.lea and o.is_coded and other.is_coded


def _known(state: State, ladder: Ladder) -> Iterator[Found]:
    """M-13, M-56 and M-62: only LEAs that have certified Student Core can say who is in it."""
    everywhere = frozenset[str]().union(*(files.core or () for files in state.files.values()))
    told = [(a.lea, a.student) for a in state.asked if a.counts]
    told += [(v.lea, v.student) for v in state.reported if v.counts]
    for lea, student in told:
        if state.files[lea].core is not None and student not in everywhere:
            yield Found("M-13", lea, student)
    for it in ladder.courses:
        if (it.a or it.o) and _is_stranger(state, it.lea, it.student):
            yield Found("M-56", it.lea, it.student)
    for v in state.reported:
        for lea, files in state.files.items():
            moved = lea != v.lea and v.student in (files.core or ()) and _is_stranger(state, v.lea, v.student)
            if moved and v.counts and v.is_active and not any(a.lea == lea for a in ladder.of(ladder.av, v)):
                found = Found.reported("M-62", v)
                found.lea = lea
                yield found


def _is_stranger(state: State, lea: Lea, student: str) -> bool:
    core = state.files[lea].core
    return core is not None and student not in core


def _hosted(state: State, ladder: Ladder, a: Asked) -> Iterator[Found]:
    at_home = [o for o in ladder.ao[a] if o.lea == a.resident]
    at_host = [o for o in ladder.ao[a] if o.lea == a.lea]
    for o in at_home:
        yield _at("M-59" if at_host else "M-57", a, o)
    if at_home:
        for o in at_host:
            yield _at("M-59", a, o)


def _at_host(state: State, ladder: Ladder, a: Asked) -> Iterator[Found]:
    """Approved here, and in October there: M-60 where a host has it, else two claim the course. The best row counts."""
    for o in ladder.ao[a][:1]:
        if o.is_coded and o.lea != a.lea:
            if o.lea not in state.hosts and any(other.lea == a.lea for other in ladder.ao[a]):
                continue  # M-54 of the two rows
            code = "M-60" if o.lea in state.hosts else "M-54"
            yield _at(code, a, o)
            yield _at(code, a, o, lea=a.lea)


def _at(code: str, a: Asked, o: October, *, lea: Lea | None = None) -> Found:
    found = Found.asked(code, a)
    found.lea, found.o = lea or o.lea, o
    return found


def _is_missing_at_host(state: State, ladder: Ladder, it: StudentCourse) -> bool:
    """Of a course that began, but not after October was certified: of that one M-11 speaks."""
    assert it.a is not None
    certified = state.files[it.lea].october_on
    begins = it.begins_on
    if begins is None or begins > state.as_of or (certified is not None and begins > certified):
        return False
    is_there = any(o.lea == it.lea for o in ladder.ao[it.a])
    return state.october_opens(it.lea) and not it.is_withdrawn and not is_there


def load(state: State, ladder: Ladder) -> Iterator[Found]:
    for lea in state.files:
        for student in sorted({o.student for o in state.october}):
            # Left open where all courses, not only MOCAP's, exceed full time: no number is given for them.
            if (units := _units(state, lea, student)) is not None and units > FULL_TIME:
                yield Found("M-65", lea, student)
        for student in sorted({a.student for a in state.asked}):
            yield from _asked_load(state, lea, student)
    for o in state.october:
        asked = ladder.of(ladder.ao, o)
        is_paid = any(v.basis == "private_pay" for v in ladder.ov[o])
        is_paid = is_paid or any(a.is_approved and a.is_private for a in asked)
        if o.is_coded and is_paid and not any(a.counts for a in asked):
            yield Found.october("M-68", o)
    for it in ladder.courses:
        born = it.o.born if it.o and it.o.born else it.a.born if it.a else it.v.born if it.v else None
        is_old = born is not None and (born.year + AGE, born.month, born.day) <= YEAR_STARTS.timetuple()[:3]
        if is_old or (it.o and it.o.grade in {"PK", "P3", "P4"}):
            yield Found("M-69", it.lea, it.student)


def _asked_load(state: State, lea: Lea, student: str) -> Iterator[Found]:
    mine = [a for a in state.asked if (a.lea, a.student) == (lea, student)]
    # "More than two" counts what runs at the same time.
    running = [a for a in mine if a.type == "PT" and a.state in {"active", "finished"} and not a.has_plan]
    if len(running) > WITHOUT_PLAN:
        yield Found("M-67", lea, student)
    units = _units(state, lea, student)
    is_enrolled = any(a.type == "FT" and a.counts and a.state == "active" for a in mine)
    if is_enrolled and units is not None and units < UNDER_LOAD:
        yield Found("M-66", lea, student)


def _units(state: State, lea: Lea, student: str) -> Decimal | None:
    """The credits of the coded courses; None where no row names any."""
    units = [o.units for o in state.october if (o.lea, o.student) == (lea, student) and o.is_coded]
    told = [one for one in units if one is not None]
    return sum(told, Decimal(0)) if told else None
