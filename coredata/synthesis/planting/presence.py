"""Who is where, in files that are missing, and in what was sent anew: M-01 to M-11, M-47, M-70 to M-77, M-86."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from coredata.layouts import Cycle, Kind

from .garden import Garden, plant
from .model import LICENSED, YOUNG, Books, Enrollment


@plant("M-01")
def never_scheduled(garden: Garden) -> None:
    _unscheduled(garden)


def _unscheduled(garden: Garden, books: Books | None = None) -> None:
    one = garden.enrollment(books=books)
    garden.sources.leave_october(one)
    garden.expect("M-01", one, "not_scheduled")


@plant("M-01")
def under_another_program(garden: Garden) -> None:
    _otherwise(garden)


def _otherwise(garden: Garden, books: Books | None = None) -> None:
    """The district has an online course of its own for the student at that time, and no MOCAP course."""
    one = garden.enrollment(books=books)
    sources, sheet = garden.sources, one.books.course_sheet
    sources.leave_october(one)
    section, _june = sources.section(
        one.books, one.student, one.course, program="", school=one.student.school
    )
    sheet.change([section], CourseNum="990150", LocCourseName="Online Study")
    sources.attend(one.books, one.student, section)
    garden.expect("M-01", one, "other_program")


@plant("M-01", "M-42")
def approved_after_october(garden: Garden) -> None:
    """Two at once: begun before it was approved, and approved after October was certified."""
    one = garden.enrollment()
    assert one.approval
    one.approval.decided_on = garden.sources.days.october + dt.timedelta(days=9)
    garden.sources.leave_october(one)
    garden.expect("M-01", one, "added_later")
    garden.expect("M-42", one, "early_access")


@plant("M-01", "M-02")
def in_neither_file(garden: Garden) -> None:
    one = garden.enrollment()
    garden.sources.leave_october(one)
    garden.sources.leave_june(one)
    garden.expect("M-01", one, "not_scheduled")
    garden.expect("M-02", one, "no_grade")


@plant("M-02")
def without_outcome(garden: Garden) -> None:
    one = garden.enrollment()
    garden.sources.leave_june(one)
    garden.expect("M-02", one, "no_grade")


@plant("M-03")
def never_reported(garden: Garden) -> None:
    one = garden.enrollment()
    garden.sources.unreport(one)
    garden.expect("M-03", one, "never_opened")


@plant("M-03")
def under_a_partnership(garden: Garden) -> None:
    """The provider is the district's partner, and reports nothing of partnerships."""
    one = garden.enrollment(provider=LICENSED)
    garden.sources.agreements.append(("partnership", one.student.lea, LICENSED))
    garden.sources.unreport(one)
    garden.expect("M-03", one, "partnership")


@plant("M-04")
def no_longer_reported(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    garden.sources.unreport(one)
    earlier = garden.sources.report(one)
    garden.sources.reports.remove(earlier)
    one.reported = None
    earlier.change(
        asOfDate=garden.sources.days.day(3, 31).isoformat(),
        enrollmentStatus="active",
        statusDate="",
        finalGrade="",
    )
    garden.sources.earlier_reports.append(earlier)
    garden.expect("M-04", one, "row_dropped")


@plant("M-06")
def approved_and_nothing_else(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.approval
    one.approval.state, one.approval.started_on, one.approval.ended_on = "approved", None, None
    for leave in garden.sources.leave_october, garden.sources.leave_june, garden.sources.unreport:
        leave(one)
    garden.expect("M-06", one, "forgotten")


@plant("M-07")
def not_approved(garden: Garden) -> None:
    one = garden.enrollment()
    garden.sources.unapprove(one)
    garden.expect("M-07", one, "outside_portal")


@plant("M-08")
def only_coded(garden: Garden) -> None:
    one = garden.enrollment()
    garden.sources.unapprove(one)
    garden.sources.unreport(one)
    garden.expect("M-08", one, "not_mocap")


@plant("M-08")
def listed_but_not_begun(garden: Garden) -> None:
    """The provider lists the course and waits for an order."""
    one = garden.enrollment()
    assert one.reported
    garden.sources.unapprove(one)
    one.reported.change(enrollmentStatus="pending", statusDate="", creditsEarned="", finalGrade="")
    garden.expect("M-08", one, "not_requested")


@plant("M-09")
def only_in_june_since_winter(garden: Garden) -> None:
    _only_in_june(garden, "S2", "second_semester")


@plant("M-09")
def only_in_june(garden: Garden) -> None:
    _only_in_june(garden, "S1", "wrong_code")


def _only_in_june(garden: Garden, term: str, cause: str) -> None:
    one = garden.enrollment(term=term)
    garden.sources.unapprove(one)
    garden.sources.unreport(one)
    garden.sources.leave_october(one)
    one.books.june.widen("ProgramCode", "DeliverySystem")
    one.books.june.change(one.june, ProgramCode="50", DeliverySystem="V")
    garden.expect("M-09", one, cause)


@plant("M-10")
def only_reported(garden: Garden) -> None:
    one = garden.enrollment()
    _only_reported(garden, one)
    garden.expect("M-10", one, "not_requested")


@plant("M-10")
def reported_under_another_district(garden: Garden) -> None:
    one = garden.enrollment()
    _only_reported(garden, one)
    assert one.reported
    other = garden.elsewhere(one.student.lea)
    one.reported.change(districtCode=other.code)
    garden.expect("M-10", one, "wrong_district", lea=other.code)


@plant("M-10")
def completed_although_denied(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.approval
    garden.sources.leave_october(one)
    garden.sources.leave_june(one)
    one.approval.state, one.approval.started_on, one.approval.ended_on = "denied", None, None
    garden.expect("M-10", one, "denied")


def _only_reported(garden: Garden, one: Enrollment) -> None:
    for leave in garden.sources.leave_october, garden.sources.leave_june, garden.sources.unapprove:
        leave(one)


@plant("M-11")
def since_winter(garden: Garden) -> None:
    one = garden.enrollment(term="S2")
    garden.sources.leave_october(one)
    garden.expect("M-11", one, "spring_course")


@plant("M-11")
def since_november(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(beginDate=garden.sources.days.day(11, 9).isoformat())
    garden.sources.leave_october(one)
    garden.expect("M-11", one, "late_enrollment")


@plant("M-47")
def withdrawn_and_not_in_october(garden: Garden) -> None:
    one = _withdrawn(garden)
    garden.sources.leave_october(one)
    garden.expect("M-47", one, "october")


@plant("M-47")
def withdrawn_and_not_in_june(garden: Garden) -> None:
    one = _withdrawn(garden)
    garden.sources.leave_june(one)
    garden.expect("M-47", one, "june")


def _withdrawn(garden: Garden) -> Enrollment:
    one = garden.enrollment(grade="WD")
    one.books.june.change(one.june, CreditsEarned="0")
    return one


@plant("M-84")
def a_young_student_without_outcome(garden: Garden) -> None:
    one = garden.enrollment(YOUNG)
    garden.sources.leave_june(one)
    garden.expect("M-84", one, "not_marked_online")


@plant("M-86")
def gone_in_the_newer_file(garden: Garden) -> None:
    _gone(garden, "S1")


@plant("M-86")
def a_spring_course_gone_in_the_newer_file(garden: Garden) -> None:
    _gone(garden, "S2")


def _gone(garden: Garden, term: str) -> None:
    """Its section is still there, with nobody in it."""
    one = garden.enrollment(term=term)
    one.books.vanished += [one.books.october[place] for place in one.october]
    one.books.october.remove(one.october)
    one.october = []
    garden.expect("M-86", one, "filter_changed")
    garden.expect("M-91", one, "students", student="")


# Districts as a whole -----------------------------------------------------------------------------------------


def _at_least(garden: Garden, books: Books, number: int) -> list[Enrollment]:
    """So many courses in the district that agree, and that began in autumn."""
    while sum(one.term != "S2" for one in books.enrollments) < number:
        garden.enrollment(books=books)
    return [one for one in books.enrollments if one.term != "S2"]


@plant("M-05", whole=True)
def set_up_for_some(garden: Garden) -> None:
    """The rows that came through name the district as the sending and as the receiving one."""
    books = garden.whole()
    _at_least(garden, books, 1)
    for sheet in books.course_sheet, books.october:
        sheet.widen("SendDistCode", "SendSchoolCode", "ReceivingCollDistCode")
    for one in books.enrollments:
        school = one.books.course_sheet[one.courses[0]]["ReportingSchoolCode"]
        own = {"SendDistCode": books.code, "SendSchoolCode": school, "ReceivingCollDistCode": books.code}
        books.course_sheet.change(one.courses, **own)
        books.october.change(one.october, **own)
    _most_are_missing(garden, books, _unscheduled)
    garden.about_lea("M-05", books.code, "sending_receiving")


@plant("M-05", whole=True)
def left_out_of_the_export(garden: Garden) -> None:
    """The rows that came through need no such districts."""
    books = garden.whole()
    _at_least(garden, books, 1)
    _most_are_missing(garden, books, _unscheduled)
    garden.about_lea("M-05", books.code, "export_filter")


@plant("M-05", whole=True)
def built_without_codes(garden: Garden) -> None:
    books = garden.whole()
    _at_least(garden, books, 1)
    _most_are_missing(garden, books, _otherwise)
    garden.about_lea("M-05", books.code, "not_coded")


def _most_are_missing(garden: Garden, books: Books, leave: Callable[[Garden, Books], None]) -> None:
    for _number in range(max(3, len(books.enrollments))):
        leave(garden, books)


@plant("M-70", whole=True)
def no_october_files(garden: Garden) -> None:
    books = garden.whole()
    _at_least(garden, books, 2)
    books.left_out |= {Kind.CRS_ASSIGN, Kind.STU_ASSIGN}
    garden.about_lea("M-70", books.code, "late")


@plant("M-71", whole=True)
def no_june_file(garden: Garden) -> None:
    books = garden.whole()
    _at_least(garden, books, 2)
    books.left_out.add(Kind.STU_CRS_COMP)
    garden.about_lea("M-71", books.code, "late")


@plant("M-73", whole=True)
def one_october_file(garden: Garden) -> None:
    books = garden.whole()
    _at_least(garden, books, 2)
    books.left_out.add(Kind.STU_ASSIGN)
    garden.about_lea("M-73", books.code, "students")


@plant("M-74")
def a_newer_trial(garden: Garden) -> None:
    """Of a district that has no other: which one, does not matter to what else is planted there."""
    books = garden.elsewhere(*garden.waiting)
    garden.waiting.append(books.code)
    books.more[books.file(Kind.STU_CORE, ".trial")] = books.core
    garden.about_lea("M-74", books.code, "forgotten")


@plant("M-76", whole=True)
def no_code_at_all(garden: Garden) -> None:
    books = garden.whole()
    _at_least(garden, books, 3)
    for one in books.enrollments:
        books.course_sheet.change(one.courses, ProgramCode="")
        garden.expect("M-20", one, "not_set")
    garden.about_lea("M-76", books.code, "not_coded")


@plant("M-76", whole=True)
def no_row_at_all(garden: Garden) -> None:
    books = garden.whole()
    _at_least(garden, books, 3)
    for one in books.enrollments:
        assert one.approval
        garden.sources.leave_october(one)
        if one.approval.state == "withdrawn":
            garden.expect("M-47", one, "october")
        elif one.term == "S2":
            garden.expect("M-11", one, "spring_course")
        else:
            garden.expect("M-01", one, "not_scheduled")
    garden.about_lea("M-76", books.code, "sending_receiving")


@plant("M-77", whole=True)
def far_more_reported(garden: Garden) -> None:
    books = garden.whole()
    for _number in range(max(6, len(books.enrollments))):
        one = garden.enrollment(books=books)
        _only_reported(garden, one)
        garden.expect("M-10", one, "not_requested")
    garden.about_lea("M-77", books.code, "batch")


@plant("M-77", whole=True)
def reported_under_a_wrong_district(garden: Garden) -> None:
    books = garden.whole()
    for _number in range(max(6, len(books.enrollments))):
        one = garden.enrollment()
        assert one.reported
        one.reported.change(districtCode=books.code)
        garden.expect("M-55", one, "code_typo")
    garden.about_lea("M-77", books.code, "district_wrong")


@plant("M-72")
def a_report_is_late(garden: Garden) -> None:
    """Of a provider of its own, with a course that ended before its last report."""
    provider = f"LATE{len(garden.sources.late) + 1}"
    garden.sources.late.append(provider)
    one = garden.enrollment(provider=provider)
    assert one.reported
    one.reported.change(asOfDate=garden.sources.days.day(4, 30).isoformat())
    garden.expect("M-72", None, "late", provider=provider)


# Last year's June ---------------------------------------------------------------------------------------------


@plant("M-41")
def passed_last_year(garden: Garden) -> None:
    one = garden.enrollment()
    books, last = one.books, garden.sources.year - 1
    name = books.file(Kind.STU_CRS_COMP, ".lastyear")
    if name not in books.more:
        books.more[name] = books.june.copy()
        books.more[name].remove(list(books.more[name]))
        books.more[name].widen("ProgramCode", "DeliverySystem")
    row = books.june[one.june[0]] | books.version(Kind.STU_CRS_COMP, last, Cycle.JUNE)
    books.more[name].add(row | {"ProgramCode": "50", "DeliverySystem": "V"})
    garden.expect("M-41", one, "repeat_meant")
