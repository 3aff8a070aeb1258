"""When a course was decided and how it ended, and what providers say of it: M-42 to M-53, M-78 to M-94."""

from __future__ import annotations

from .garden import Garden, plant
from .model import LICENSED, Enrollment

ACTIVE = {"enrollmentStatus": "active", "statusDate": "", "finalGrade": "", "creditsEarned": ""}


def _only_asked_for(garden: Garden, state: str) -> Enrollment:
    """A course that the provider runs, and that the district has not approved."""
    one = garden.enrollment()
    assert one.approval and one.reported
    garden.sources.leave_october(one)
    garden.sources.leave_june(one)
    one.approval.state, one.approval.started_on, one.approval.ended_on = state, None, None
    one.reported.change(**ACTIVE)
    return one


@plant("M-43")
def denied(garden: Garden) -> None:
    garden.expect("M-43", _only_asked_for(garden, "denied"), "provider_opened")


@plant("M-44")
def undecided(garden: Garden) -> None:
    one = _only_asked_for(garden, "requested")
    assert one.approval
    one.approval.decided_on, one.approval.decide_by = None, garden.sources.days.day(9, 30)
    garden.expect("M-44", one, "slow_decision")


@plant("M-46")
def taken_back(garden: Garden) -> None:
    garden.expect("M-46", _only_asked_for(garden, "cancelled"), "not_passed_on")


@plant("M-48")
def withdrawn_and_passed(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    stopped = garden.sources.days.day(9, 30).isoformat()
    one.reported.change(enrollmentStatus="withdrawn", statusDate=stopped, finalGrade="", creditsEarned="")
    garden.expect("M-48", one, "date_error")


@plant("M-49")
def completed_and_wd(garden: Garden) -> None:
    one = garden.enrollment()
    one.books.june.change(one.june, GradeEarned="WD", CreditsEarned="0")
    garden.expect("M-49", one, "drop_date")


@plant("M-50", "M-85")
def never_started_and_graded(garden: Garden) -> None:
    """Two at once: it never started and is in October, and June has an outcome."""
    one = garden.enrollment()
    _never_started(one)
    garden.expect("M-50", one, "kept_in_schedule")
    garden.expect("M-85", one, "auto_grade")


@plant("M-50", "M-02")
def never_started(garden: Garden) -> None:
    """Two at once: it never started and is in October, and June has nothing of it."""
    one = garden.enrollment()
    _never_started(one)
    garden.sources.leave_june(one)
    garden.expect("M-50", one, "kept_in_schedule")
    garden.expect("M-02", one, "no_grade")


def _never_started(one: Enrollment) -> None:
    assert one.reported
    one.reported.change(enrollmentStatus="no_start", finalGrade="", creditsEarned="")


@plant("M-51")
def never_closed(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(**ACTIVE)
    garden.expect("M-51", one, "not_closed")


@plant("M-51")
def without_an_end(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(**ACTIVE, endDate="")
    garden.expect("M-51", one, "self_paced")


@plant("M-52")
def a_year_too_late(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    begins, reported = garden.sources.days.term("S1")[0], garden.sources.days.reported
    one.reported.change(
        beginDate=begins.replace(year=garden.sources.year).isoformat(),
        endDate=reported.isoformat(),
        statusDate=reported.isoformat(),
    )
    garden.expect("M-52", one, "year_wrong")


@plant("M-53")
def still_incomplete(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.books.june.change(one.june, GradeEarned="I", CreditsEarned="0")
    one.reported.change(enrollmentStatus="incomplete", finalGrade="", creditsEarned="")
    garden.expect("M-53", one, "still_working")


@plant("M-53")
def never_updated(garden: Garden) -> None:
    one = garden.enrollment()
    one.books.june.change(one.june, GradeEarned="IC", CreditsEarned="0")
    garden.expect("M-53", one, "not_updated")


# Outcomes -----------------------------------------------------------------------------------------------------------


@plant("M-78")
def passed_here_failed_there(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(finalGrade="F", creditsEarned="0")
    garden.expect("M-78", one, "late_grade")


@plant("M-79")
def another_letter(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(finalGrade="B-")
    garden.expect("M-79", one, "local_scale")


@plant("M-80")
def part_of_the_credit(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.books.june.change(one.june, CreditsEarned="0.3")
    one.reported.change(creditsEarned="0.3")
    garden.expect("M-80", one, "october")


@plant("M-81")
def credit_for_a_failure(garden: Garden) -> None:
    one = garden.enrollment(grade="F")
    garden.expect("M-81", one, "entry_error")


@plant("M-81", "M-78")
def credit_for_a_wrong_grade(garden: Garden) -> None:
    """Two at once: June has a failure with credit, and the provider a pass."""
    one = garden.enrollment()
    one.books.june.change(one.june, GradeEarned="F")
    garden.expect("M-81", one, "grade_wrong")
    garden.expect("M-78", one, "late_grade")


@plant("M-82")
def a_pass_without_credit(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.books.june.change(one.june, CreditsEarned="0")
    one.reported.change(creditsEarned="0")
    garden.expect("M-82", one, "not_entered")


@plant("M-83")
def a_section_of_too_few_units(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.books.june.change(one.june, CreditsEarned="1")
    one.reported.change(creditsEarned="1")
    garden.expect("M-83", one, "units_wrong")


@plant("M-83")
def too_many_credits(garden: Garden) -> None:
    one = garden.enrollment()
    one.books.june.change(one.june, CreditsEarned="1")
    garden.expect("M-83", one, "credits_wrong")


# What was agreed, and providers' rows -------------------------------------------------------------------------------


@plant("M-87")
def approved_twice(garden: Garden) -> None:
    one = garden.enrollment()
    garden.sources.approve(one)
    garden.expect("M-87", one, "asked_twice")


@plant("M-88")
def under_a_license_nobody_knows(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(basis="site_license")
    garden.expect("M-88", one, "contract_unknown")


@plant("M-88")
def reported_as_mocap(garden: Garden) -> None:
    """The district registered a cooperative license with the provider, and asked for nothing."""
    one = garden.enrollment(provider=LICENSED)
    garden.sources.unapprove(one)
    garden.sources.agreements.append(("site_license", one.student.lea, LICENSED))
    garden.expect("M-88", one, "contract_unknown")


@plant("M-88")
def paid_by_the_family(garden: Garden) -> None:
    """The family pays for it, as the request says, and the provider reports it as a MOCAP course."""
    one = garden.enrollment()
    assert one.approval
    garden.sources.leave_october(one)
    garden.sources.leave_june(one)
    one.approval.basis = "private"
    garden.expect("M-88", one, "contract_unknown")


@plant("M-89")
def ordered_as_full_time(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(enrollmentType="FT")
    garden.expect("M-89", one, "wrong_product")


@plant("M-89")
def requested_as_one_course(garden: Garden) -> None:
    """Of a student of a full-time program: the request names one course, and the provider the program."""
    *_program, one = garden.full_time()
    assert one.approval
    one.approval.resident = one.approval.resident_school = ""
    garden.expect("M-89", one, "type_wrong")


@plant("M-90")
def a_number_of_its_own(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(approvalId=f"{one.offer.provider}/{one.student.mosis_id[-4:]}")
    garden.expect("M-90", one, "own_number")


@plant("M-90")
def somebody_elses_number(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    other = next(
        approval
        for approval in garden.sources.approvals
        if approval.lea == one.student.lea and approval.student is not one.student and not approval.resident
    )
    one.reported.change(approvalId=str(other.number))
    garden.expect("M-90", one, "copied")


@plant("M-93")
def a_student_called_test(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    for leave in garden.sources.leave_october, garden.sources.leave_june, garden.sources.unapprove:
        leave(one)
    nobody = f"{len(garden.expected):010d}"
    one.reported.change(mosisId=nobody, birthDate="2000-01-01", givenName="Test", familyName="Student")
    garden.expect("M-93", one, "demo_data", student=nobody)


@plant("M-94")
def listed_twice(garden: Garden) -> None:
    one = garden.enrollment()
    second = garden.sources.report(one)
    assert one.reported
    assert second.cells["enrollmentId"] != one.reported.cells["enrollmentId"]
    garden.expect("M-94", one, "re_enrolled")
