"""Course and term (M-30 to M-32, M-35 to M-40)."""

from __future__ import annotations

from collections.abc import Iterator

from .found import Found
from .ladder import Ladder, StudentCourse, fit
from .state import October, Reported, State


def course(state: State, ladder: Ladder) -> Iterator[Found]:
    yield from _other_courses(ladder)
    yield from _other_terms(ladder)
    for it in ladder.courses:
        for code in _codes(state, ladder, it):
            found = Found.of(code, it)
            if code == "M-37":
                found.semester, found.j, found.v = "YL", None, None
            yield found
    catalog = {(listed.provider, listed.course) for listed in state.catalog}
    for v in state.reported:
        if v.basis == "mocap" and (v.provider, v.course) not in catalog:
            yield Found.reported("M-32", v)
        if v.basis == "mocap" and v.own_code and ladder.mapped(v) is None:
            yield Found.reported("M-31", v)
        if any(_is_taught_twice(v, other) for other in state.reported):
            yield Found.reported("M-40", v)


def _other_courses(ladder: Ladder) -> Iterator[Found]:
    """M-30: one approved and one reported course that lack a partner in the same source, by term and provider.

    Only the approved provider's rows and those that name none; the LEA's own.
    """
    pairs = [
        (one, two)
        for one, two in _without_partner(ladder)
        if two.course != one.course
        and fit(one.semester, two.semester)
        and two.provider in {None, one.provider}
    ]
    for one, two in pairs:
        if [one, two] == [mine for mine, _two in pairs if _two is two] + [
            its for _one, its in pairs if _one is one
        ]:
            yield _between("M-30", one, two)


def _other_terms(ladder: Ladder) -> Iterator[Found]:
    """M-36. Left open which two sources: what was approved, and what is in a file or in a report."""
    for one, two in _without_partner(ladder):
        if two.course == one.course and not fit(one.semester, two.semester):
            found = _between("M-36", one, two)
            found.other_semester = two.semester
            yield found


def _without_partner(ladder: Ladder) -> Iterator[tuple[StudentCourse, StudentCourse]]:
    """Approved courses that a source lacks, and those that this source has and nobody approved."""
    for one in ladder.courses:
        for two in ladder.courses:
            if (one.lea, one.student) != (two.lea, two.student) or two.is_refused:
                continue
            in_both = (one.o and two.o) or (one.j and two.j) or (one.v and two.v)
            if one.a and not two.a and not in_both:
                yield one, two


def _between(code: str, one: StudentCourse, two: StudentCourse) -> Found:
    found = Found.of(code, one)
    found.o, found.j, found.v = two.o or one.o, two.j or one.j, two.v or one.v
    return found


def _codes(state: State, ladder: Ladder, it: StudentCourse) -> Iterator[str]:
    a, o, v = it.a, it.o, it.v
    if a and v and v.counts and v.provider != a.provider:
        yield "M-35"
    if a and o and _is_halved(ladder, it):
        yield "M-37"
    if o and (a or it.has_v) and _is_outside(state, it):
        yield "M-38"
    if (o and o.sections > 1) or (it.j and it.j.sections > 1):
        yield "M-39"


def _is_halved(ladder: Ladder, it: StudentCourse) -> bool:
    """Approved as two halves and in October as one year, or the other way round."""
    a, o = it.a, it.o
    assert a is not None
    assert o is not None
    if a.semester != "YL" and o.semester == "YL":
        return any(
            other.o is o and other.a is not None and not fit(other.semester, a.semester)
            for other in ladder.courses
        )
    return a.semester == "YL" and any(
        other.lea == o.lea and not fit(other.semester, o.semester) for other in ladder.ao[a]
    )


def grade_of(o: October) -> int | None:
    return 0 if o.grade.startswith("K") else int(o.grade) if o.grade.isdigit() else None


def _is_outside(state: State, it: StudentCourse) -> bool:
    """October's grade, and the course as the provider lists it: the reported one, else the approved one."""
    assert it.o is not None
    grade = grade_of(it.o)
    listed = it.v or it.a
    assert listed is not None
    return grade is not None and any(
        not one.grade_low <= grade <= one.grade_high
        for one in state.catalog
        if (one.provider, one.own_code) == (listed.provider, listed.own_code)
    )


def _is_taught_twice(one: Reported, two: Reported) -> bool:
    same = (one.student, one.course) == (two.student, two.course) and one.course != ""
    active = one.counts and one.is_active and two.counts and two.is_active
    return (
        active
        and same
        and one.provider != two.provider
        and fit(one.semester, two.semester)
        and _overlap(one, two)
    )


def _overlap(one: Reported, two: Reported) -> bool:
    """A day that is not told may be any day."""
    return not (_is_over_before(one, two) or _is_over_before(two, one))


def _is_over_before(one: Reported, two: Reported) -> bool:
    return one.ends_on is not None and two.begins_on is not None and one.ends_on < two.begins_on
