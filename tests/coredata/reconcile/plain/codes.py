"""Codes and delivery (M-20 to M-29), and the basis on which a code rests (M-88)."""

from __future__ import annotations

from collections.abc import Iterator

from .found import Found
from .ladder import Ladder, StudentCourse
from .state import CODED, Reported, State

WITHOUT_CODE = {"site_license", "cooperative", "partnership"}


def codes(state: State, ladder: Ladder) -> Iterator[Found]:
    catalog = {listed.course for listed in state.catalog}
    for it in ladder.courses:
        for code in _codes(it, catalog):
            yield Found.of(code, it)
    for a in state.asked:
        if a.type == "FT" and a.counts:
            for o in ladder.ao[a]:
                if o.is_coded and o.lea not in {a.lea, a.resident}:
                    found = Found.asked("M-29", a)
                    found.lea, found.o = o.lea, o
                    yield found
    for v in state.reported:
        if _is_disputed(state, ladder, v):
            yield Found.reported("M-88", v)


def _codes(it: StudentCourse, catalog: set[str]) -> Iterator[str]:
    a, o, j, v = it.a, it.o, it.j, it.v
    if o is None:
        return
    # Another LEA's section is not this LEA's to code.
    if a and o.lea == it.lea:
        if v and v.basis == "mocap" and o.program == "":
            yield "M-20"
        if o.program not in {"", *CODED}:
            yield "M-24"
    # Left open: a reported course that is in no catalog. M-32 says it of the provider's row, with the same words.
    if not a and (v.basis in {*WITHOUT_CODE, "non_mocap_course"} if v else o.course not in catalog):
        yield "M-21"
    # Left open: what a code should be where neither approval nor provider says so. Then M-08 asks whether any is right.
    if a or it.has_v:
        expected = (v.program if v else "") or (a.program if a else "")
        if o.program == "50" and expected == "52":
            yield "M-22"
        if o.program == "52" and expected == "50":
            yield "M-23"
        if o.program == "50" and o.delivery == "S":
            yield "M-27"
    if j and j.program not in {"", o.program}:
        yield "M-28"


def _is_disputed(state: State, ladder: Ladder, v: Reported) -> bool:
    """The provider's basis is neither that of an agreement nor that of the request.

    Left open: an agreement beside an approved request on basis mocap. The request is about this course, so it decides.
    """
    kinds = {
        agreement.kind
        for agreement in state.agreements
        if (agreement.lea, agreement.provider) == (v.lea, v.provider)
    }
    if v.basis in WITHOUT_CODE:
        return v.basis not in kinds
    asked = ladder.of(ladder.av, v)
    is_paid = any(a.is_approved and a.is_private for a in asked)
    return v.counts and (bool(kinds) or is_paid) and not any(a.counts for a in asked)
