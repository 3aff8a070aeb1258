"""What most likely is behind a mismatch, as far as the data tell it; else it is the commonest (mismatches.toml).

The catalogue names causes and does not say by what they are known; each way to know one stands here with its reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coredata import reconcile

from .course import grade_of
from .found import Found, Identity
from .ladder import Ladder, fit
from .outcome import credits_of_provider_differ
from .state import OUTCOMES, YEAR_ENDS, YEAR_STARTS, Asked, June, Lea, October, Reported, State

CATALOGUE = tomllib.loads(Path(reconcile.__file__).with_name("mismatches.toml").read_text(encoding="utf-8"))[
    "mismatch"
]
CAUSES = {kind["id"]: [cause["id"] for cause in kind["causes"]] for kind in CATALOGUE}  # the commonest first
SECOND_HALF = {"S2", "Q3", "Q4", "T3"}


@dataclass(slots=True)
class Case:
    """A mismatch, and all that is known beside it."""

    state: State
    ladder: Ladder
    found: list[Found]
    one: Found

    @property
    def lea(self) -> Lea:
        assert self.one.lea is not None
        return self.one.lea

    # The rows of the four sources, where a code is never said without them.

    @property
    def a(self) -> Asked:
        assert self.one.a is not None
        return self.one.a

    @property
    def o(self) -> October:
        assert self.one.o is not None
        return self.one.o

    @property
    def j(self) -> June:
        assert self.one.j is not None
        return self.one.j

    @property
    def v(self) -> Reported:
        assert self.one.v is not None
        return self.one.v


Tells = Callable[[Case], str]
TELLS: dict[str, Tells] = {}


def tells(code: str) -> Callable[[Tells], Tells]:
    """What the data tell of the cause of this code: its id, or nothing."""

    def keep(cause: Tells) -> Tells:
        TELLS[code] = cause
        return cause

    return keep


def causes(state: State, ladder: Ladder, found: list[Found]) -> dict[Identity, str]:
    """The cause to be suggested first, of each identity.

    Left open: two of one identity with two causes. Those of the first provider count, and of these the commonest.
    """
    first: dict[Identity, tuple[tuple[bool, int, int], str]] = {}
    for one in found:
        known = CAUSES[one.code]
        tell = TELLS.get(one.code)
        cause = (tell(Case(state, ladder, found, one)) if tell else "") or known[0]
        place = (one.provider is None, one.provider or 0, known.index(cause))
        if one.identity not in first or place < first[one.identity][0]:
            first[one.identity] = place, cause
    return {identity: cause for identity, (_place, cause) in first.items()}


# Presence ------------------------------------------------------------------------------------------------


@tells("M-01")
def _m01(case: Case) -> str:
    """Decided after October was certified; or the student has a course without a code for which nobody asked."""
    certified, one = case.state.files[case.lea].october_on, case.one
    decided = one.a.decided_on if one.a else None
    if decided and certified and decided > certified:
        return "added_later"
    asked_for = {o for rows in case.ladder.ao.values() for o in rows}
    has_course = any(
        (o.lea, o.student) == (one.lea, one.student) and not o.is_coded and fit(o.semester, one.semester)
        for o in case.state.october
        if o not in asked_for
    )
    return "other_program" if has_course else ""


@tells("M-03")
def _m03(case: Case) -> str:
    """The provider is a partner; or it has the course for somebody of another number who was born on that day."""
    kinds = [
        agreement.kind
        for agreement in case.state.agreements
        if (agreement.lea, agreement.provider) == (case.lea, case.one.provider)
    ]
    if "partnership" in kinds:
        return "partnership"
    is_alike = any(
        (v.lea, v.provider, v.born) == (case.lea, case.one.provider, case.a.born)
        and v.student != case.one.student
        and case.one.course in case.ladder.reported_codes(v)
        for v in case.state.reported
    )
    return "id_typo" if is_alike else "never_opened"


@tells("M-04")
def _m04(case: Case) -> str:
    """A row is not dropped at the end of a course that still runs."""
    gone = case.one.gone
    assert gone is not None
    return "account_purged" if gone.ends_on > case.state.as_of else ""


@tells("M-05")
def _m05(case: Case) -> str:
    """Most have a course without its code; or what did come through names no districts, so that they are not needed."""
    missing = [one for one in case.found if (one.code, one.lea) == ("M-01", case.lea) and one.a is not None]
    uncoded = sum(_m01(Case(case.state, case.ladder, case.found, one)) == "other_program" for one in missing)
    if uncoded * 2 > len(missing):
        return "not_coded"
    came = [o for o in case.state.october if o.lea == case.lea and o.is_coded]
    return "export_filter" if came and not any(o.names_districts for o in came) else ""


@tells("M-06")
def _m06(case: Case) -> str:
    """An approval that never went to the provider."""
    return "forgotten" if case.a.state == "approved" else ""


@tells("M-08")
def _m08(case: Case) -> str:
    """The provider lists it as a MOCAP course, of which it says that it has not begun."""
    return "not_requested" if case.one.v and case.one.v.basis == "mocap" else ""


@tells("M-09")
def _m09(case: Case) -> str:
    return "second_semester" if case.j.semester in SECOND_HALF else "wrong_code"


@tells("M-10")
def _m10(case: Case) -> str:
    v, files = case.v, case.state.files
    if any(a.state == "denied" for a in case.ladder.of(case.ladder.av, v)):
        return "denied"
    homes = {lea for lea in files if v.student in (files[lea].core or ())}
    if homes and v.lea not in homes:
        return "wrong_district"
    is_alike = any(
        (a.lea, a.born, a.course) == (v.lea, v.born, v.course) and a.student != v.student
        for a in case.state.asked
    )
    return "id_error" if is_alike else ""


@tells("M-11")
def _m11(case: Case) -> str:
    return "spring_course" if case.one.semester in SECOND_HALF else "late_enrollment"


# Identity, codes and courses -----------------------------------------------------------------------------


@tells("M-13")
def _m13(case: Case) -> str:
    """Who is in the LEA's October is its student."""
    who = (case.one.lea, case.one.student)
    return "new_student" if any((o.lea, o.student) == who for o in case.state.october) else ""


@tells("M-20")
def _m20(case: Case) -> str:
    """Another section of the course has its code."""
    of_course = (case.o.lea, case.o.school, case.o.course, case.o.semester)
    is_coded = any(
        (o.lea, o.school, o.course, o.semester) == of_course and o.is_coded for o in case.state.october
    )
    return "new_section" if is_coded else ""


@tells("M-21")
def _m21(case: Case) -> str:
    return case.one.v.basis if case.one.v else "not_in_catalog"


@tells("M-22")
def _m22(case: Case) -> str:
    """By the catalog the provider teaches."""
    return "reported_wrong" if case.one.a and case.one.a.program == "50" else ""


@tells("M-23")
def _m23(case: Case) -> str:
    return "part_or_full_time" if case.one.a and case.one.a.type == "FT" else ""


@tells("M-31")
def _m31(case: Case) -> str:
    """The provider has the course, under another code of its own."""
    v = case.v
    is_listed = any((one.provider, one.course) == (v.provider, v.course) for one in case.state.catalog)
    return "code_changed" if is_listed else ""


@tells("M-32")
def _m32(case: Case) -> str:
    """The provider's own code is in its catalog, and means another course."""
    return "wrong_code" if case.ladder.mapped(case.v) else ""


@tells("M-36")
def _m36(case: Case) -> str:
    return "semesters_swapped" if {case.one.semester, case.one.other_semester} == {"S1", "S2"} else "moved"


@tells("M-38")
def _m38(case: Case) -> str:
    listed = case.one.v or case.one.a
    assert listed is not None
    grade = grade_of(case.o)
    assert grade is not None
    is_ahead = any(
        grade < one.grade_low
        for one in case.state.catalog
        if (one.provider, one.own_code) == (listed.provider, listed.own_code)
    )
    return "ahead" if is_ahead else ""


# Dates and status ----------------------------------------------------------------------------------------


@tells("M-43")
def _m43(case: Case) -> str:
    return "private_pay" if case.a.is_private else ""


@tells("M-47")
def _m47(case: Case) -> str:
    """Of both files October is named: it comes first."""
    return "october" if case.one.o is None and case.state.october_opens(case.lea) else "june"


@tells("M-51")
def _m51(case: Case) -> str:
    return "not_closed" if case.v.ends_on and case.v.ends_on < case.state.as_of else ""


@tells("M-52")
def _m52(case: Case) -> str:
    """Begun in another year, it would have begun in this one."""
    begins = case.v.begins_on
    assert begins is not None
    years = [begins.replace(year=begins.year + years) for years in (-1, 0, 1)]
    before, now, after = [YEAR_STARTS <= day <= YEAR_ENDS for day in years]
    return "year_wrong" if not now and (before or after) else ""


@tells("M-53")
def _m53(case: Case) -> str:
    return "still_working" if case.one.v and case.one.v.status in {"active", "incomplete"} else ""


# Residence and load --------------------------------------------------------------------------------------


@tells("M-54")
def _m54(case: Case) -> str:
    return "cooperative" if case.state.is_shared else ""


@tells("M-55")
def _m55(case: Case) -> str:
    """The student never was where the provider says."""
    core = case.state.files[case.v.lea].core
    return "code_typo" if core is not None and case.v.student not in core else ""


# Missing files -------------------------------------------------------------------------------------------


@tells("M-73")
def _m73(case: Case) -> str:
    return "courses" if case.state.files[case.lea].courses_on is None else "students"


@tells("M-76")
def _m76(case: Case) -> str:
    """The LEA has sections of what it approved; none has a code, or this would not be said."""
    rows = (o for a in case.state.asked if a.lea == case.lea and a.counts for o in case.ladder.ao[a])
    return "not_coded" if any(o.lea == case.lea for o in rows) else ""


@tells("M-77")
def _m77(case: Case) -> str:
    """Most of what is reported of students whom the LEA does not know is of students whom another LEA knows."""
    homes = [_homes(case.state, v.student) for v in case.state.reported if v.lea == case.lea and v.counts]
    strangers = [known for known in homes if case.lea not in known]
    return "district_wrong" if sum(bool(known) for known in strangers) * 2 > len(strangers) else ""


def _homes(state: State, student: str) -> set[Lea]:
    in_core = {lea for lea, files in state.files.items() if student in (files.core or ())}
    return in_core | {o.lea for o in state.october if o.student == student}


# Outcome and records -------------------------------------------------------------------------------------


@tells("M-80")
def _m80(case: Case) -> str:
    return "provider" if credits_of_provider_differ(case.j, case.one.v) else "october"


@tells("M-81")
def _m81(case: Case) -> str:
    v = case.one.v
    is_pass = v and v.status == "completed" and v.final_grade and OUTCOMES[v.final_grade] == "pass"
    return "grade_wrong" if is_pass else ""


@tells("M-83")
def _m83(case: Case) -> str:
    """The provider gives no more than the course has."""
    v, units = case.one.v, case.o.units
    is_within = v and v.credits is not None and units is not None and v.credits <= units
    return "credits_wrong" if is_within else ""


@tells("M-89")
def _m89(case: Case) -> str:
    """The student is in a full-time program."""
    is_full_time = any(
        a.type == "FT" and a.counts and a.student == case.one.student for a in case.state.asked
    )
    return "type_wrong" if case.v.type == "FT" and is_full_time else ""


@tells("M-91")
def _m91(case: Case) -> str:
    return "teacher" if case.one.student else "students"
