"""Who is who, and which district reports whom: M-13 to M-19, M-54 to M-64."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from coredata.layouts import Cycle, Kind

from .garden import Garden, plant
from .model import VIRTUAL_SCHOOL, Books, Enrollment, Student
from .sheet import Sheet

STAY = (
    "CollectionVersion,CurrentSchoolYear,AttendingDistrictCode,AttendingSchoolCode,ReportingDistrictCode,"
    "ReportingSchoolCode,ResidentDistrictCode,ResidentSchoolCode,StateID,DateOfBirth,StudentGradeLevel,ResidencyStatus,"
    "EntryDate,EntryCode,ExitDate,ExitCode,ExitDestDistrictCode,ExitDestSchoolCode"
)


def _another_id(mosis_id: str) -> str:
    """One digit off: no made-up student has it, for their IDs lie far apart."""
    return mosis_id[:-1] + str((int(mosis_id[-1]) + 1) % 10)


def _in_core(books: Books, student: Student, **changes: str) -> None:
    """A further row of Student Core, made of the student's own."""
    own = books.core[student.core] if books.code == student.lea else None
    row = own or books.core[next(iter(books.core))]
    same = {
        "StateID": student.mosis_id,
        "FirstName": student.first,
        "LastName": student.last,
        "DateOfBirth": student.birth_date.isoformat(),
        "StudentGradeLevel": student.level,
    }
    books.core.add(row | same | changes)


@plant("M-13")
def came_after_student_core(garden: Garden) -> None:
    one = garden.enrollment()
    one.books.core.remove([one.student.core])
    garden.about_student("M-13", one.student, "new_student")


@plant("M-13")
def mistyped_id(garden: Garden) -> None:
    """Of somebody whom nobody else names."""
    one = garden.enrollment()
    assert one.reported
    for leave in garden.sources.leave_october, garden.sources.leave_june, garden.sources.unapprove:
        leave(one)
    wrong = replace(one.student, mosis_id=_another_id(one.student.mosis_id))
    one.reported.change(mosisId=wrong.mosis_id)
    garden.about_student("M-13", wrong, "typo")


@plant("M-14")
def another_birth_date(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    born = one.student.birth_date
    wrong = born + dt.timedelta(days=1 if born.month == born.day % 12 + 1 else 2)
    one.reported.change(birthDate=wrong.isoformat())
    garden.about_student("M-14", one.student, "typo")


@plant("M-14")
def day_and_month_exchanged(garden: Garden) -> None:
    one = garden.enrollment()
    born = one.student.birth_date
    while born.day > 12 or born.day == born.month:
        one = garden.enrollment()
        born = one.student.birth_date
    assert one.reported
    one.reported.change(birthDate=dt.date(born.year, born.day, born.month).isoformat())
    garden.about_student("M-14", one.student, "day_month")


@plant("M-14")
def under_somebody_elses_id(garden: Garden) -> None:
    """Name and birth date are those of another student of the district."""
    one = garden.enrollment()
    assert one.reported
    other = garden.student(books=one.books)
    one.reported.change(birthDate=other.birth_date.isoformat(), familyName=other.last, givenName=other.first)
    garden.about_student("M-14", one.student, "wrong_id")


@plant("M-15")
def another_given_name(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(givenName="Wilhelmina")
    garden.about_student("M-15", one.student, "preferred_name")


@plant("M-15")
def another_family_name(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(familyName="Quackenbush")
    garden.about_student("M-15", one.student, "married_or_adopted")


@plant("M-16")
def two_rows_exchanged(garden: Garden) -> None:
    one = garden.enrollment(provider="ALDER")
    two = garden.enrollment(provider="ALDER", books=one.books)
    assert one.reported and two.reported
    mine, theirs = one.reported.cells["birthDate"], two.reported.cells["birthDate"]
    one.reported.change(birthDate=theirs)
    two.reported.change(birthDate=mine)
    for each in one, two:
        garden.about_student("M-16", each.student, "rows_swapped")


@plant("M-17")
def a_second_id(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    second = _another_id(one.student.mosis_id)
    _in_core(one.books, one.student, StateID=second)
    one.reported.change(mosisId=second, approvalId="")
    garden.expect("M-17", one, "second_id")


@plant("M-18")
def another_child_of_that_id(garden: Garden) -> None:
    one = garden.enrollment()
    other = garden.elsewhere(one.student.lea)
    born = one.student.birth_date - dt.timedelta(days=200)
    _in_core(other, one.student, FirstName="Wilhelmina", LastName="Quackenbush", DateOfBirth=born.isoformat())
    for lea in one.student.lea, other.code:
        garden.about_student("M-18", one.student, "wrong_student", lea=lea)


@plant("M-19")
def somebody_alike(garden: Garden) -> None:
    """The provider has an ID of somebody with a name that is spelled a little differently."""
    one = garden.enrollment()
    assert one.reported
    second, last = _another_id(one.student.mosis_id), one.student.last + "e"
    _in_core(one.books, one.student, StateID=second, LastName=last)
    one.reported.change(mosisId=second, familyName=last, approvalId="")
    garden.expect("M-03", one, "id_typo")
    garden.expect("M-10", one, "id_error", student=second)
    garden.expect("M-19", one, "id_typo", student=second)


# Which district ---------------------------------------------------------------------------------------------------


def _also(garden: Garden, one: Enrollment, books: Books) -> None:
    """The district has the course in October, too."""
    school = next(student.school for student in books.students)
    section, _june = garden.sources.section(
        books, one.student, one.course, program=one.offer.program, school=school
    )
    garden.sources.attend(books, one.student, section)


@plant("M-54")
def two_districts_have_it(garden: Garden) -> None:
    one = garden.enrollment()
    other = garden.elsewhere(one.student.lea)
    _also(garden, one, other)
    for lea in one.student.lea, other.code:
        garden.expect("M-54", one, "transfer", lea=lea)


@plant("M-54")
def two_districts_share_it(garden: Garden) -> None:
    one = garden.enrollment()
    taken = {partner for kind, lea, partner in garden.sources.agreements if kind == "cooperative"}
    other = garden.elsewhere(one.student.lea, *taken)
    garden.sources.agreements.append(("cooperative", one.student.lea, other.code))
    _also(garden, one, other)
    for lea in one.student.lea, other.code:
        garden.expect("M-54", one, "cooperative", lea=lea)


@plant("M-55")
def under_a_wrong_district(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(districtCode=garden.elsewhere(one.student.lea).code)
    garden.expect("M-55", one, "code_typo")


@plant("M-55")
def under_the_district_before(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    other = garden.elsewhere(one.student.lea)
    _in_core(other, one.student)
    one.reported.change(districtCode=other.code)
    garden.expect("M-55", one, "moved")


@plant("M-56")
def in_another_student_core(garden: Garden) -> None:
    one = garden.enrollment()
    _in_core(garden.elsewhere(one.student.lea), one.student)
    one.books.core.remove([one.student.core])
    garden.about_student("M-56", one.student, "moved")


def _resident(garden: Garden, one: Enrollment) -> Books:
    assert one.approval
    return garden.sources.books[one.approval.resident]


@plant("M-57", "M-58")
def still_reported_at_home(garden: Garden) -> None:
    one, *_others = garden.full_time()
    _also(garden, one, _resident(garden, one))
    garden.sources.leave_october(one)
    garden.expect("M-57", one, "transfer_not_done", lea=_resident(garden, one).code)
    garden.expect("M-58", one, "not_scheduled")


@plant("M-58")
def not_reported_by_the_host(garden: Garden) -> None:
    one, *_others = garden.full_time()
    garden.sources.leave_october(one)
    garden.expect("M-58", one, "not_scheduled")


@plant("M-59")
def reported_at_home_and_by_the_host(garden: Garden) -> None:
    one, *_others = garden.full_time()
    home = _resident(garden, one)
    _also(garden, one, home)
    for lea in one.student.lea, home.code:
        garden.expect("M-59", one, "transfer_during_october", lea=lea)


@plant("M-29", "M-58")
def reported_by_a_third(garden: Garden) -> None:
    one, *_others = garden.full_time()
    third = garden.elsewhere(_resident(garden, one).code)
    _also(garden, one, third)
    garden.sources.leave_october(one)
    garden.expect("M-29", one, "not_transferred", lea=third.code)
    garden.expect("M-58", one, "not_scheduled")


@plant("M-60")
def a_part_time_student_at_the_host(garden: Garden) -> None:
    one = garden.enrollment()
    _also(garden, one, garden.host)
    garden.sources.leave_october(one)
    for lea in one.student.lea, garden.host.code:
        garden.expect("M-60", one, "wrong_building", lea=lea)


@plant("M-61", "M-51")
def left_and_still_active(garden: Garden) -> None:
    """Two at once: the student left during the course, and the provider never closed it."""
    one = garden.enrollment()
    assert one.reported
    one.reported.change(enrollmentStatus="active", statusDate="", finalGrade="", creditsEarned="")
    books, student = one.books, one.student
    name = books.file(Kind.STU_ENRL_ATTND)
    sheet = books.more.setdefault(name, Sheet(STAY, []))
    row = books.core[student.core]
    cells = {name: value for name, value in row.items() if name in sheet.columns}
    stay = books.version(Kind.STU_ENRL_ATTND, garden.sources.year, Cycle.JUNE)
    days = {"EntryDate": garden.sources.days.term("S1")[0], "ExitDate": garden.sources.days.day(11, 2)}
    written = {name: day.strftime("%m/%d/%Y") for name, day in days.items()}
    sheet.add(cells | stay | written | {"EntryCode": "E100", "ExitCode": "T001"})
    garden.expect("M-61", one, "transfer")
    garden.expect("M-51", one, "not_closed")


@plant("M-62")
def moved_in_with_a_course(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    for leave in garden.sources.leave_october, garden.sources.leave_june, garden.sources.unapprove:
        leave(one)
    before = garden.elsewhere(one.student.lea)
    one.reported.change(
        districtCode=before.code, enrollmentStatus="active", statusDate="", finalGrade="", creditsEarned=""
    )
    garden.expect("M-62", one, "transfer")
    garden.expect("M-10", one, "wrong_district", lea=before.code)


@plant("M-63")
def another_sender_in_june(garden: Garden) -> None:
    one = garden.enrollment()
    here, other = one.student.lea, garden.elsewhere(one.student.lea)
    school = next(student.school for student in other.students)
    sender = {"ReceivingCollDistCode": here, "SendDistCode": here, "SendSchoolCode": one.student.school}
    one.books.course_sheet.change(one.courses, **sender)
    one.books.october.change(one.october, **sender)
    one.books.june.change(one.june, **sender | {"SendDistCode": other.code, "SendSchoolCode": school})
    garden.expect("M-63", one, "setup")


@plant("M-64")
def in_the_wrong_building(garden: Garden) -> None:
    one, *_others = garden.full_time()
    school = next(
        student.school
        for student in one.books.students
        if student.grade > 8 and student.school != VIRTUAL_SCHOOL
    )
    one.books.course_sheet.change(one.courses, ReportingSchoolCode=school)
    one.books.october.change(one.october, ReportingSchoolCode=school)
    garden.expect("M-64", one, "wrong_building")
