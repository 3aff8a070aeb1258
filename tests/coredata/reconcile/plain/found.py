"""What was found, and what explains what (hiding.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from coredata import reconcile

from .ladder import StudentCourse
from .state import Asked, Gone, June, Lea, October, Reported

HIDES = tomllib.loads(Path(reconcile.__file__).with_name("hiding.toml").read_text(encoding="utf-8"))["hides"]

Identity = tuple[str, Lea | None, str, str, str]


@dataclass(eq=False, slots=True)
class Found:
    """A mismatch, with the rows of the sources that it speaks of."""

    code: str
    lea: Lea | None
    student: str = ""
    course: str = ""
    semester: str = ""
    provider: int | None = None
    a: Asked | None = None
    o: October | None = None
    j: June | None = None
    v: Reported | None = None
    gone: Gone | None = None
    other_semester: str = ""  # in the other source

    @property
    def identity(self) -> Identity:
        return self.code, self.lea, self.student, self.course, self.semester

    @classmethod
    def of(cls, code: str, it: StudentCourse) -> Found:
        where = (it.lea, it.student, it.course, it.semester, it.provider)
        return cls(code, *where, it.a, it.o, it.j, it.v)

    @classmethod
    def asked(cls, code: str, a: Asked, v: Reported | None = None) -> Found:
        return cls(code, a.lea, a.student, a.course, a.semester, a.provider, a=a, v=v)

    @classmethod
    def october(cls, code: str, o: October) -> Found:
        return cls(code, o.lea, o.student, o.course, o.semester, o=o)

    @classmethod
    def june(cls, code: str, j: June) -> Found:
        return cls(code, j.lea, j.student, j.course, j.semester, j=j)

    @classmethod
    def reported(cls, code: str, v: Reported) -> Found:
        return cls(code, v.lea, v.student, v.course, v.semester, v.provider, v=v)


def without_explained(found: list[Found]) -> list[Found]:
    """What is left when each entry of hiding.toml, in its order, took away what it explains."""
    for entry in HIDES:
        speaking = [one for one in found if one.code in entry["codes"]]
        found = [
            one
            for one in found
            if one.code not in entry["hidden"]
            or not any(_same(entry["same"], one, other) for other in speaking)
        ]
    return found


def _same(what: str, one: Found, other: Found) -> bool:
    if what == "student":
        return one.student != "" and (one.lea, one.student) == (other.lea, other.student)
    if what == "lea":
        return one.lea is not None and one.lea == other.lea
    if what == "provider":
        return one.provider is not None and one.provider == other.provider
    rows = ((one.a, other.a), (one.o, other.o), (one.j, other.j), (one.v, other.v))
    return one.lea == other.lea and any(row is not None and row is its for row, its in rows)
