"""Which rows speak of the same student-course (the match ladder of 5.1), and the student-courses they make."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from .state import Asked, June, Lea, October, Reported, State

PARTS = ({"S1", "Q1"}, {"S1", "Q2"}, {"S2", "Q3"}, {"S2", "Q4"})


def fit(one: str, two: str) -> bool:
    """2.5: year-long covers all, a semester its quarters, a trimester only itself. None named: any."""
    return one == two or "YL" in {one, two} or "" in {one, two} or {one, two} in PARTS


@dataclass(eq=False, slots=True)
class StudentCourse:
    """A student-course as the row tells it that knows most of it, with the best row of each other source."""

    lea: Lea
    student: str
    course: str
    semester: str
    provider: int | None
    a: Asked | None
    o: October | None
    j: June | None
    v: Reported | None
    is_refused: bool  # there is a request for it: not approved, not yet, or for the family to pay

    @property
    def has_v(self) -> bool:
        return self.v is not None and self.v.counts

    @property
    def is_withdrawn(self) -> bool:
        approved = self.a is not None and self.a.is_withdrawn
        return approved or (self.v is not None and self.v.counts and self.v.status == "withdrawn")

    @property
    def begins_on(self) -> dt.date | None:
        """As the provider says; else as it was approved."""
        if self.v is not None and self.v.begins_on is not None:
            return self.v.begins_on
        return self.a.begins_on if self.a else None


class Ladder:
    """Every pair of rows of one student-course, the best partner first.

    Left open which of several is the best: the rungs in their order (the course itself before the crosswalk, the same
    semester before one that fits), then the same LEA, a coded October row before one that is not, a reported row that
    counts before one that does not, and at last the place in the file.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.ao = {a: self._october_of(a) for a in state.asked}
        self.aj = {a: self._june_of(a) for a in state.asked}
        self.av = {a: self._reported_of(a) for a in state.asked}
        self.ov = {o: self._reporting(o) for o in state.october}
        self.jv = {j: self._reporting(j) for j in state.june}
        self.oj = {o: self._ending(o) for o in state.october}
        self.courses = self._courses()

    # The other way round, without an order: `of(ladder.ao, o)` are all approvals of an October row.

    @staticmethod
    def of(pairs: dict[Any, list[Any]], row: Any) -> list[Any]:
        return [one for one, others in pairs.items() if row in others]

    def is_approved(self, row: October | June | Reported) -> bool:
        """Whether an approved request on basis mocap speaks of this row, itself or through what a provider reports."""
        if isinstance(row, Reported):
            return any(a.counts for a in self.of(self.av, row))
        direct = self.of(self.ao, row) if isinstance(row, October) else self.of(self.aj, row)
        through = self.ov[row] if isinstance(row, October) else self.jv[row]
        return any(a.counts for a in direct) or any(self.is_approved(reported) for reported in through)

    # The rungs ---------------------------------------------------------------------------------------

    def asked_codes(self, a: Asked) -> dict[str, int]:
        """The state course codes of an approval: its own, and what the provider's code stands for (K4)."""
        meant = {
            listed.course: 1
            for listed in self.state.catalog
            if (listed.provider, listed.own_code) == (a.provider, a.own_code)
        }
        return {**meant, a.course: 0}

    def reported_codes(self, v: Reported) -> dict[str, int]:
        meant = {code: 1 for code in [self.mapped(v)] if code}
        return {**meant, v.course: 0} if v.course else meant

    def mapped(self, v: Reported) -> str | None:
        """What the provider's own code stands for in its catalog."""
        listed = [
            one.course
            for one in self.state.catalog
            if (one.provider, one.own_code) == (v.provider, v.own_code)
        ]
        return min(listed, default=None)

    def _october_of(self, a: Asked) -> list[October]:
        codes = self.asked_codes(a)
        rows = [
            o
            for o in self.state.october
            if o.student == a.student and o.course in codes and fit(a.semester, o.semester)
        ]
        return sorted(
            rows,
            key=lambda o: (
                codes[o.course], o.semester != a.semester, o.lea != a.lea, not o.is_coded, o.lea, o.line,
            ),
        )  # fmt: skip

    def _june_of(self, a: Asked) -> list[June]:
        codes = self.asked_codes(a)
        rows = [
            j
            for j in self.state.june
            if j.student == a.student and j.course in codes and fit(a.semester, j.semester)
        ]
        return sorted(
            rows, key=lambda j: (codes[j.course], j.semester != a.semester, j.lea != a.lea, j.lea, j.line)
        )

    def _reported_of(self, a: Asked) -> list[Reported]:
        """Another provider's row is a partner too: that they differ is said (M-35)."""
        found = []
        for v in self.state.reported:
            if v.student != a.student:
                continue
            mine, theirs = self.asked_codes(a), self.reported_codes(v)
            ways = [mine[code] + theirs[code] for code in mine.keys() & theirs.keys()]
            if ways and fit(a.semester, v.semester):
                far = min(ways)
            elif v.approval and v.approval == a.number:
                far = 5  # K5
            else:
                continue
            found.append(
                (
                    far,
                    v.provider != a.provider,
                    v.semester != a.semester,
                    not v.counts,
                    v.lea != a.lea,
                    _place(v),
                    v,
                )
            )
        return [v for *_key, v in sorted(found, key=lambda one: one[:-1])]

    def _reporting(self, row: October | June) -> list[Reported]:
        found = []
        for v in self.state.reported:
            codes = self.reported_codes(v)
            if v.student == row.student and row.course in codes and fit(row.semester, v.semester):
                found.append(
                    (
                        codes[row.course],
                        not v.counts,
                        v.semester != row.semester,
                        v.lea != row.lea,
                        _place(v),
                        v,
                    )
                )
        return [v for *_key, v in sorted(found, key=lambda one: one[:-1])]

    def _ending(self, o: October) -> list[June]:
        rows = [
            j
            for j in self.state.june
            if (j.student, j.course) == (o.student, o.course) and fit(o.semester, j.semester)
        ]
        return sorted(rows, key=lambda j: (j.semester != o.semester, j.lea != o.lea, j.lea, j.line))

    # The student-courses -----------------------------------------------------------------------------

    def _courses(self) -> list[StudentCourse]:
        """Each once: by its approval, else by the coded October row, else by June's, else by the provider's.

        With no approval only a coded October row is one (5.2: O is MOCAP-coded); so a course that October has without a
        code, and a provider reports, stands as one that the provider alone has.
        """
        state = self.state
        coded = {(o.lea, o.student) for o in state.october if o.is_coded}
        coded |= {(j.lea, j.student) for j in state.june if j.is_coded}
        catalog = {listed.course for listed in state.catalog}
        found = []
        for a in state.asked:
            if a.counts:
                o = _first(self.ao[a])
                j = _first(self.aj[a]) or (_first(self.oj[o]) if o else None)
                v = _first(self.av[a]) or (_first(self.ov[o]) if o else None)
                found.append(self._course(a, a=a, o=o, j=j, v=v))
        found += [
            self._course(o, o=o, j=_first(self.oj[o]), v=_first(self.ov[o]))
            for o in state.october
            if o.is_coded and not self.is_approved(o)
        ]
        for j in state.june:
            v = _first(self.jv[j])
            octobers = self.of(self.oj, j)
            by_catalog = (
                j.program == ""
                and not octobers
                and v is None
                and j.course in catalog
                and (j.student in state.known or (j.lea, j.student) in coded)
            )
            is_mocap = j.is_coded or (v is not None and v.counts) or by_catalog
            if is_mocap and not self.is_approved(j) and not any(o.is_coded for o in octobers):
                found.append(self._course(j, j=j, v=v))
        for v in state.reported:
            alone = not any(o.is_coded for o in self.of(self.ov, v)) and not self.of(self.jv, v)
            if v.counts and not self.is_approved(v) and alone:
                found.append(self._course(v, v=v))
        return found

    def _course(
        self,
        told_by: Asked | October | June | Reported,
        *,
        a: Asked | None = None,
        o: October | None = None,
        j: June | None = None,
        v: Reported | None = None,
    ) -> StudentCourse:
        provider = a.provider if a else v.provider if v else None
        refused = a is None and v is not None and any(_is_refused(one, v) for one in self.of(self.av, v))
        where = (told_by.lea, told_by.student, told_by.course, told_by.semester)
        return StudentCourse(*where, provider, a, o, j, v, refused)


def _first(rows: list[Any]) -> Any:
    return rows[0] if rows else None


def _is_refused(a: Asked, v: Reported) -> bool:
    ended = a.state in {"denied", "cancelled"} and v.is_active
    return a.state == "requested" or ended or (a.is_approved and a.is_private)


def _place(v: Reported) -> tuple[int, int]:
    return v.report, v.line
