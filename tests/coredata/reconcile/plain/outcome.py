"""Missing files (M-70 to M-77), outcomes (M-78 to M-85) and records (M-87, M-89, M-91, M-94)."""

from __future__ import annotations

from collections.abc import Iterator

from .found import Found
from .ladder import Ladder, StudentCourse, fit
from .state import OUTCOMES, June, Reported, Section, State

TO_SIX = {"K", "KG", "00", "01", "02", "03", "04", "05"}
HIGH = {"09", "10", "11", "12"}
APART, SHARE = 5, 20


def submission(state: State, ladder: Ladder) -> Iterator[Found]:
    for lea, files in state.files.items():
        asked = sum(a.lea == lea and a.counts for a in state.asked)
        reported = sum(v.lea == lea and v.counts for v in state.reported)
        coded = sum(o.lea == lea and o.is_coded for o in state.october)
        has = [files.courses_on is not None, files.students_on is not None]
        if state.october_is_due(lea) and not any(has) and asked + reported:
            yield Found("M-70", lea)
        if any(has) and not all(has):
            yield Found("M-73", lea)
        if state.june_is_due(lea) and files.june_on is None and asked + reported + coded:
            yield Found("M-71", lea)
        if all(has) and asked and not coded:
            yield Found("M-76", lea)
        # Left open of whose totals: an October row names no provider, so all providers' are taken together.
        apart = abs(coded - reported)
        if all(has) and reported and apart > APART and apart * 100 > max(coded, reported) * SHARE:
            yield Found("M-77", lea)


def outcome(state: State, ladder: Ladder) -> Iterator[Found]:
    for it in ladder.courses:
        for code in _codes(state, it):
            yield Found.of(code, it)


def _codes(state: State, it: StudentCourse) -> Iterator[str]:
    o, j, v = it.o, it.j, it.v
    if j is None:
        if o and o.grade in TO_SIX and state.june_opens(it.lea) and not it.is_withdrawn:
            yield "M-84"
        return
    if v and v.status == "completed":
        theirs = OUTCOMES[v.final_grade] if v.final_grade else ""
        if {theirs, j.outcome} == {"pass", "fail"}:
            yield "M-78"
        if theirs == j.outcome and v.final_grade != j.grade_earned:
            yield "M-79"
    if v and v.status == "no_start":
        yield "M-85"
    if j.credits is None:
        return
    # The credits of a year and of its half are not compared: M-37.
    units = o.units if o and o.semester in {j.semester, ""} else None
    # Left open which credits are compared: of a MOCAP course that was passed; none is M-82, too many are M-83.
    if j.outcome == "pass" and (it.a or o or it.has_v):
        is_less = units is not None and 0 < j.credits < units
        if credits_of_provider_differ(j, v) or is_less:
            yield "M-80"
    if j.credits == 0 and j.outcome == "pass" and j.grade in HIGH:
        yield "M-82"
    if j.credits > 0 and j.outcome in {"fail", "withdrawn"}:
        yield "M-81"
    if units is not None and j.credits > units:
        yield "M-83"


def credits_of_provider_differ(j: June, v: Reported | None) -> bool:
    if v is None or v.status != "completed" or v.credits is None:
        return False
    return v.semester == j.semester and v.credits != j.credits


def records(state: State, ladder: Ladder) -> Iterator[Found]:
    open_ = [a for a in state.asked if a.counts and not a.is_withdrawn]
    for place, a in enumerate(sorted(open_, key=lambda one: (one.semester, one.key))):
        later = sorted(open_, key=lambda one: (one.semester, one.key))[place + 1 :]
        same = [b for b in later if (b.lea, b.student, b.course) == (a.lea, a.student, a.course)]
        # Said once, of the first.
        if any(fit(a.semester, b.semester) for b in same):
            yield Found.asked("M-87", a)
    for it in ladder.courses:
        if it.a and it.v and it.v.counts and it.v.type not in {"", it.a.type}:
            yield Found.of("M-89", it)
    for v in state.reported:
        if any(_is_listed_again(v, other) for other in state.reported):
            yield Found.reported("M-94", v)
    for o in state.october:
        if o.is_coded and o.educators == 0:
            yield Found.october("M-91", o)
    for section in state.sections:
        # One October file without the other says nothing of sections.
        if section.is_coded and state.files[section.lea].october_on is not None and _is_empty(state, section):
            yield Found("M-91", section.lea, "", section.course, section.semester)


def _is_empty(state: State, section: Section) -> bool:
    """Said of the course: several such sections are one mismatch.

    Left open: somebody stands in two sections of a course, and October's rows tell the one. Then it is said of none.
    """
    mine = [o for o in state.october if o.lea == section.lea]
    course = (section.course, section.semester)
    is_known = not any((o.course, o.semester) == course and o.sections > 1 for o in mine)
    return is_known and not any(o.course_line in section.lines for o in mine)


def _is_listed_again(v: Reported, other: Reported) -> bool:
    """Said of the first; what ended may begin again."""
    same = (v.provider, v.student, v.course, v.semester) == (
        other.provider,
        other.student,
        other.course,
        other.semester,
    )
    ended = {"withdrawn", "no_start"}
    return (
        same and v.course != "" and other.enrollment > v.enrollment and not {v.status, other.status} & ended
    )
