"""How a course is coded, and which one it is: M-20 to M-40, M-65 to M-69, M-91, M-92."""

from __future__ import annotations

from .garden import Garden, plant
from .model import EXPIRED, HIGH, LICENSED, MIDDLE, PAUSED, PROVIDERS, Enrollment


def _another(provider: str) -> str:
    return next(one for one in PROVIDERS if one != provider)


@plant("M-20")
def without_a_code(garden: Garden) -> None:
    """The district has the course for this student only."""
    one = garden.only_one()
    one.books.course_sheet.change(one.courses, ProgramCode="")
    garden.expect("M-20", one, "not_set")


@plant("M-20")
def a_section_beside_one_with_a_code(garden: Garden) -> None:
    coded = garden.enrollment()
    student = garden.student(books=coded.books)
    one = garden.sources.enroll(student, coded.course, school=coded.student.school)
    one.books.course_sheet.change(one.courses, ProgramCode="")
    garden.expect("M-20", one, "new_section")


@plant("M-21")
def under_a_site_license(garden: Garden) -> None:
    one = garden.enrollment(provider=LICENSED)
    assert one.reported
    garden.sources.unapprove(one)
    one.reported.change(basis="site_license")
    garden.sources.agreements.append(("site_license", one.student.lea, LICENSED))
    garden.expect("M-21", one, "site_license")


@plant("M-21")
def not_a_mocap_course(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    garden.sources.unapprove(one)
    one.reported.change(basis="non_mocap_course")
    garden.expect("M-21", one, "non_mocap_course")


@plant("M-22")
def curriculum_coded_as_taught(garden: Garden) -> None:
    one = garden.enrollment(program="52")
    one.books.course_sheet.change(one.courses, ProgramCode="50")
    garden.expect("M-22", one, "curriculum_only")


@plant("M-22", "M-79")
def reported_as_curriculum(garden: Garden) -> None:
    """Two at once: the provider says that the district teaches, and has another letter."""
    one = garden.enrollment()
    assert one.reported
    one.reported.change(teacherProvided="N", finalGrade="B+")
    garden.expect("M-22", one, "reported_wrong")
    garden.expect("M-79", one, "local_scale")


@plant("M-23")
def taught_coded_as_curriculum(garden: Garden) -> None:
    one = garden.enrollment()
    one.books.course_sheet.change(one.courses, ProgramCode="52")
    garden.expect("M-23", one, "provider_teaches")


@plant("M-23")
def full_time_coded_as_52(garden: Garden) -> None:
    one, *_others = garden.full_time()
    one.books.course_sheet.change(one.courses, ProgramCode="52")
    garden.expect("M-23", one, "part_or_full_time")


@plant("M-24")
def another_program(garden: Garden) -> None:
    one = garden.enrollment()
    one.books.course_sheet.change(one.courses, ProgramCode="01")
    garden.expect("M-24", one, "code_kept")


@plant("M-27", "M-80")
def electronic_and_half_a_credit(garden: Garden) -> None:
    """Two at once: delivery S of a course that is taught, and half of the credit that the provider gives."""
    one = garden.enrollment()
    one.books.course_sheet.change(one.courses, DeliverySystem="S")
    one.books.june.change(one.june, CreditsEarned="0.25")
    garden.expect("M-27", one, "s_for_online")
    garden.expect("M-80", one, "provider")


@plant("M-27")
def electronic(garden: Garden) -> None:
    one = garden.enrollment()
    one.books.course_sheet.change(one.courses, DeliverySystem="S")
    garden.expect("M-27", one, "s_for_online")


@plant("M-28")
def another_code_in_june(garden: Garden) -> None:
    one = garden.enrollment()
    one.books.june.widen("ProgramCode", "DeliverySystem")
    one.books.june.change(one.june, ProgramCode="52", DeliverySystem="V")
    garden.expect("M-28", one, "recoded")


# Which course -------------------------------------------------------------------------------------------------------


@plant("M-30")
def another_course_in_october(garden: Garden) -> None:
    one = garden.enrollment()
    other = next(course for course in _alike(garden) if course != one.code)
    one.books.course_sheet.change(one.courses, CourseNum=other)
    one.books.october.change(one.october, CourseNum=other)
    one.books.june.change(one.june, CourseNum=other)
    garden.expect("M-30", one, "local_mapping")


def _alike(garden: Garden) -> list[str]:
    return [garden.course(HIGH, "S1").code for _number in range(2)]


@plant("M-31")
def a_code_that_is_not_mapped(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(vendorCourseCode=f"NEW-{one.code}")
    garden.expect("M-31", one, "code_changed")


@plant("M-32")
def a_state_code_of_no_catalog(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    one.reported.change(stateCourseCode="999998")
    garden.expect("M-32", one, "wrong_code", course="999998")


@plant("M-33")
def a_retired_course(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.approval and one.reported
    old = garden.sources.offer(one.offer.provider, one.course, valid_to=garden.sources.days.day(8, 1))
    one.approval.own_code = old.own_code
    one.reported.change(vendorCourseCode=old.own_code)
    garden.expect("M-33", one, "retired")


@plant("M-34")
def of_a_suspended_provider(garden: Garden) -> None:
    garden.expect("M-34", garden.enrollment(provider=PAUSED), "suspended")


@plant("M-34")
def of_a_provider_whose_time_is_over(garden: Garden) -> None:
    garden.expect("M-34", garden.enrollment(provider=EXPIRED), "ended")


@plant("M-35")
def of_another_provider(garden: Garden) -> None:
    one = garden.enrollment()
    _by_another(garden, one)
    garden.expect("M-35", one, "changed_provider")


def _by_another(garden: Garden, one: Enrollment) -> None:
    """Another provider reports the course."""
    garden.sources.unreport(one)
    asked = one.offer
    one.offer = garden.sources.offer(_another(asked.provider), one.course)
    one.reported = garden.sources.report(one)
    one.reported.change(approvalId="")
    one.offer = asked


@plant("M-36")
def the_other_semester(garden: Garden) -> None:
    one = garden.enrollment(term="S2")
    one.books.course_sheet.change(one.courses, CourseSemester="S1")
    one.books.june.change(one.june, CourseSemester="S1")
    garden.expect("M-36", one, "semesters_swapped")


@plant("M-37")
def two_halves(garden: Garden) -> None:
    """Approved and reported as two semesters, one year in the district's files."""
    student, course = garden.student(), garden.course(HIGH, "YL")
    first = garden.sources.enroll(student, course, term="S1", units="0.5")
    second = garden.sources.enroll(student, course, term="S2", units="0.5")
    garden.sources.leave_october(second)
    garden.sources.leave_june(second)
    first.books.course_sheet.change(first.courses, CourseSemester="YL", UnitsOfCredit="1")
    first.books.june.change(first.june, CourseSemester="YL", CreditsEarned="1")
    garden.expect("M-37", first, "reporting_style", term="YL")


@plant("M-38")
def too_old_for_the_course(garden: Garden) -> None:
    one = garden.sources.enroll(garden.student(HIGH), garden.course(MIDDLE, "S1"))
    garden.expect("M-38", one, "wrong_course")


@plant("M-38")
def ahead_of_the_grade(garden: Garden) -> None:
    one = garden.sources.enroll(garden.student(MIDDLE), garden.course(HIGH, "S1"))
    garden.expect("M-38", one, "ahead")


@plant("M-39", "M-42")
def in_two_sections(garden: Garden) -> None:
    """Two at once: the student stands in two sections, and began before the decision."""
    one = garden.enrollment()
    assert one.approval
    section, _june = garden.sources.section(
        one.books, one.student, one.course, program="50", school=one.student.school
    )
    garden.sources.attend(one.books, one.student, section)
    one.approval.decided_on = garden.sources.days.day(9, 15)
    garden.expect("M-39", one, "two_sections")
    garden.expect("M-42", one, "early_access")


@plant("M-40", "M-51")
def two_providers_at_once(garden: Garden) -> None:
    """Two at once: two providers report the course, and neither has closed it."""
    one = garden.enrollment()
    first = one.reported
    garden.sources.reports.append(first) if first else None
    _by_another(garden, one)
    for reported in first, one.reported:
        assert reported
        reported.change(enrollmentStatus="active", statusDate="", finalGrade="", creditsEarned="")
    garden.expect("M-40", one, "switched")
    garden.expect("M-51", one, "not_closed")


# How much, and who --------------------------------------------------------------------------------------------------


@plant("M-65")
def eight_credits(garden: Garden) -> None:
    student = garden.student()
    for _number in range(2):
        one = garden.sources.enroll(student, garden.course(HIGH, "S1"), units="4")
    garden.about_student("M-65", one.student, "stacked")


@plant("M-66")
def three_credits_full_time(garden: Garden) -> None:
    one, *_others = garden.full_time(3)
    garden.about_student("M-66", one.student, "courses_missing")


@plant("M-67")
def three_courses_without_a_plan(garden: Garden) -> None:
    student = garden.student()
    for _number in range(3):
        one = garden.sources.enroll(student, garden.course(HIGH, "S1"))
        assert one.approval
        one.approval.state = "finished"
    garden.about_student("M-67", student, "step_skipped")


@plant("M-68")
def the_family_pays(garden: Garden) -> None:
    one = garden.enrollment()
    assert one.reported
    garden.sources.unapprove(one)
    one.reported.change(basis="private_pay")
    garden.expect("M-68", one, "family_pays")


@plant("M-69")
def twenty_one(garden: Garden) -> None:
    student = garden.student()
    books = garden.sources.books[student.lea]
    born = f"02/03/{garden.sources.year - 23}" if "/" in student.born else f"{garden.sources.year - 23}-02-03"
    student.born = born
    books.core.change([student.core], DateOfBirth=born)
    books.october.change(books.october.having(student.mosis_id), StudentDateofBirth=born)
    books.june.change(books.june.having(student.mosis_id), StudentDateOfBirth=born)
    garden.sources.enroll(student, garden.course(HIGH, "S1"))
    garden.about_student("M-69", student, "typo")


@plant("M-91")
def without_a_teacher(garden: Garden) -> None:
    one = garden.enrollment()
    one.books.course_sheet.change(one.courses, EDSSN="")
    one.books.october.change(one.october, EDSSN="")
    garden.expect("M-91", one, "teacher")


@plant("M-91")
def without_students(garden: Garden) -> None:
    """Two sections of one course: said once, of the course."""
    one = garden.only_one()
    for _number in range(2):
        garden.sources.section(one.books, one.student, one.course, program="50", school=one.student.school)
    garden.expect("M-91", one, "students", student="")


@plant("M-92")
def in_a_closed_school(garden: Garden) -> None:
    one = garden.enrollment()
    school = f"19{len(garden.sources.closed_schools):02d}"
    one.books.course_sheet.change(one.courses, ReportingSchoolCode=school)
    one.books.october.change(one.october, ReportingSchoolCode=school)
    garden.sources.closed_schools.append((one.student.lea, school))
    garden.expect("M-92", one, "closed")
