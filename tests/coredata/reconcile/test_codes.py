"""Each code once where it must be found, alone; and the case beside it in which nothing is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from coredata.models import ProviderReport, StudentCourse
from coredata.reconcile.engine import answer
from coredata.reconcile.files import Question
from enrollment.full_time.models import ProgramEnrollment
from enrollment.part_time.models import CourseLine, LineState
from enrollment.records.models import LearningPlan, PlanKind, Student
from mocap_portal.foundation.clocks.models import Clock
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import (
    ProviderReportFactory,
    ReportedEnrollmentFactory,
    StoredCollectionFactory,
    UploadFactory,
)
from tests.factories.directory import ProviderFactory, SchoolFactory
from tests.factories.full_time import ScheduledCourseFactory
from tests.factories.providers import AgreementFactory, CourseFactory, SanctionFactory

from .world import ADA, ALGEBRA, ART, BORN, ENGLISH, JUNE, SUMMER, WINTER, World

pytestmark = pytest.mark.django_db

BEN = "0000000043"
Case = Callable[[World], None]
CASES: list[Any] = []


def case(*codes: str, on: dt.date = WINTER) -> Callable[[Case], Case]:
    """A state in which the first LEA has exactly these codes. The rule it proves stands beside it."""

    def keep(write: Case) -> Case:
        CASES.append(pytest.param(write, list(codes), on, id=write.__name__))
        return write

    return keep


@pytest.mark.parametrize(("write", "codes", "on"), CASES)
def test_code(write: Case, codes: list[str], on: dt.date) -> None:
    world = World()
    write(world)
    assert world.codes(on) == sorted(codes)


def agreeing(
    world: World, mosis_id: str = ADA, code: str = ALGEBRA, semester: str = "S1", **more: Any
) -> CourseLine:
    """A course that is approved, in October and reported, and says the same everywhere."""
    line = world.approve(mosis_id, code, semester)
    world.october(mosis_id, code, semester, **more)
    world.reported(mosis_id, code, semester)
    return line


def complete(world: World, june: dict[str, Any] | None = None, **reported: Any) -> None:
    """The same until June; what the provider reports of its end follows."""
    world.approve()
    world.october()
    world.june(**(june or {}))
    world.reported(
        **{"status": "completed", "final_grade": "B", "credits_earned": Decimal("0.5"), **reported}
    )


def causes(world: World, code: str, on: dt.date = WINTER) -> list[str]:
    """Which cause the data tell, of each mismatch of this code."""
    return [row[6] for row in answer(Question(2027, on)) if (row[0], row[1]) == (code, world.lea.pk)]


# Presence --------------------------------------------------------------------------------------------------


@pytest.mark.rule("M-06")
@case("M-76")
def approved_a_week_ago(world: World) -> None:
    decide(world.approve(), dt.datetime(2026, 11, 24, 15, tzinfo=dt.UTC))


@pytest.mark.rule("M-11")
@case("M-03", "M-11", on=JUNE)
def a_late_course_that_only_june_has(world: World) -> None:
    agreeing(world, BEN, ENGLISH)
    world.june(BEN, ENGLISH)
    world.approve(semester="S2", started_on=dt.date(2027, 1, 6))
    world.june(semester="S2")


def test_of_two_causes_the_commoner_one_is_suggested() -> None:
    """Of two approvals of one course one was decided after October; that a course has no code is commoner."""
    world = World()
    first, second = world.approve(), world.approve("0000000099")
    second.request.claim.student = first.request.claim.student
    second.request.claim.save()
    decide(second, dt.datetime(2026, 11, 24, 15, tzinfo=dt.UTC))
    world.reported()
    world.october(code=ENGLISH, program_code="")
    world.october(BEN, ART)
    assert causes(world, "M-01") == ["other_program"]


def test_that_a_number_is_wrong_is_suspected_at_the_providers_own_row_only() -> None:
    world = World()
    world.approve()
    world.october()
    elsewhere = ProviderReportFactory.create(provider=ProviderFactory.create(), accepted=True)
    somebody = {"first_name": "Somebody", "last_name": "Else"}
    world.reported(BEN, report=elsewhere, **somebody)
    assert causes(world, "M-03") == ["never_opened"]
    world.reported("0000000044", **somebody)
    assert causes(world, "M-03") == ["id_typo"]


@pytest.mark.rule("M-04")
@case("M-04")
def the_provider_lists_the_other_semester_alone(world: World) -> None:
    agreeing(world, semester="S2")
    gone(world)


@pytest.mark.rule("M-04")
@case()
def a_site_license_is_listed_no_longer(world: World) -> None:
    agreeing(world, BEN, ENGLISH)
    gone(world, basis="site_license")


def gone(world: World, **row: Any) -> None:
    earlier = ProviderReportFactory.create(provider=world.provider, accepted=True, state="superseded")
    ReportedEnrollmentFactory.create(row=world.reported(report=earlier, **row), is_present=False)


@pytest.mark.rule("M-09")
@case("M-09", on=JUNE)
def june_has_a_course_of_the_catalog_alone(world: World) -> None:
    agreeing(world)
    world.june()
    world.june(code=ENGLISH)
    world.june(code="999999")


@pytest.mark.rule("M-01")
@case("M-01", "M-07", on=JUNE)
def in_june_and_reported_without_a_first_day(world: World) -> None:
    agreeing(world, BEN, ENGLISH)
    world.june(BEN, ENGLISH)
    world.june()
    world.reported(begin_date=None, status="completed", final_grade="B", credits_earned="0.5")


# Identity -------------------------------------------------------------------------------------------------


@pytest.mark.rule("M-13")
@case("M-13")
def unknown_to_every_student_core(world: World) -> None:
    agreeing(world)
    world.core(BEN)


@pytest.mark.rule("M-14")
@case("M-14")
def born_on_another_day(world: World) -> None:
    world.approve(student={"birth_date": dt.date(2010, 5, 4)})
    world.october(birth_date=dt.date(2010, 5, 4))
    world.reported()


@pytest.mark.rule("M-15")
@case("M-15")
def named_otherwise(world: World) -> None:
    agreeing(world)
    world.core(ADA, last_name="Whittaker", first_name="Beth")


@pytest.mark.rule("M-16")
@case("M-16", "M-16")
def two_ids_swapped(world: World) -> None:
    later = dt.date(2011, 1, 2)
    world.approve()
    world.approve(BEN, student={"birth_date": later, "first_name": "Ben", "last_name": "Reed"})
    world.october()
    world.october(BEN, birth_date=later)
    world.reported(birth_date=later)
    world.reported(BEN, birth_date=BORN)


@pytest.mark.rule("M-17")
@case("M-17")
def one_child_with_two_ids(world: World) -> None:
    world.approve()
    world.october()
    world.reported("0000000044")


@pytest.mark.rule("M-18")
@case("M-18")
def one_id_of_two_children(world: World) -> None:
    agreeing(world)
    world.core(ADA)
    world.core(ADA, lea=world.other, last_name="Whittaker", first_name="Beth", birth_date=dt.date(2009, 1, 1))


@pytest.mark.rule("M-19")
@case("M-10", "M-19", "M-03")
def a_similar_child_is_there(world: World) -> None:
    world.approve(student={"last_name": "Okafore"})
    world.october()
    world.core(ADA, "0000000044", last_name="Okafore")
    world.reported("0000000044")


# Codes and delivery ---------------------------------------------------------------------------------------


@pytest.mark.rule("M-20")
@case("M-20")
def the_code_is_not_set(world: World) -> None:
    agreeing(world, program_code="")
    agreeing(world, BEN, ENGLISH)


@pytest.mark.rule("M-20")
@case("M-88")
def the_code_is_not_set_for_what_the_provider_calls_a_site_license(world: World) -> None:
    agreeing(world, BEN, ENGLISH)
    world.approve()
    world.october(program_code="")
    world.reported(basis="site_license")


@pytest.mark.rule("M-21")
@case("M-21")
def a_site_license_carries_a_code(world: World) -> None:
    AgreementFactory.create(site_license=True, lea=world.lea, provider=world.provider)
    world.october()
    world.reported(basis="site_license")


@pytest.mark.rule("M-21")
@case("M-21")
def a_course_of_no_catalog_carries_a_code(world: World) -> None:
    world.october(code="999999")


@pytest.mark.rule("M-22")
@case("M-22")
def curriculum_only_is_coded_50(world: World) -> None:
    world.approve()
    world.october()
    world.reported(teacher_provided="N")


@pytest.mark.rule("M-23")
@case("M-23")
def the_provider_teaches_what_is_coded_52(world: World) -> None:
    agreeing(world, program_code="52")


@pytest.mark.rule("M-24")
@case("M-24")
def a_code_of_career_education_was_kept(world: World) -> None:
    agreeing(world, program_code="01")
    agreeing(world, BEN, ENGLISH)


@pytest.mark.rule("M-27")
@case("M-27")
def a_taught_course_is_delivered_by_media(world: World) -> None:
    agreeing(world, delivery_system="S")


@pytest.mark.rule("M-28")
@case("M-28", on=JUNE)
def june_says_another_code(world: World) -> None:
    complete(world, june={"program_code": "52"})


@pytest.mark.rule("M-29")
@case("M-58", on=WINTER)
def a_third_district_reports_a_full_time_student(world: World) -> None:
    """The host misses its student; the third district is told that the student is not its own."""
    third = SchoolFactory.create().lea
    for kind in "crs_assign", "stu_assign":
        world.certify(third, kind)
    world.enroll(host=world.lea)
    ProgramEnrollment.objects.update(resident_lea=world.other)
    world.october(lea=third, semester="YL")
    world.reported(semester="YL", enrollment_type="FT")
    agreeing(world, BEN, ENGLISH)
    assert world.codes(lea=third) == ["M-29"]


# Course and term ------------------------------------------------------------------------------------------


@pytest.mark.rule("M-30")
@case("M-30")
def october_has_another_course(world: World) -> None:
    world.approve()
    world.reported()
    world.october(code=ENGLISH)


@pytest.mark.rule("M-30")
@case("M-30")
def the_provider_has_another_course(world: World) -> None:
    world.approve()
    world.october()
    world.reported(code=ENGLISH)


@pytest.mark.rule("M-30")
@case("M-30", "M-30")
def october_has_another_course_in_each_term(world: World) -> None:
    first = world.approve()
    second = world.approve("0000000099", ENGLISH, "S2", started_on=dt.date(2026, 8, 24))
    second.request.claim.student = first.request.claim.student
    second.request.claim.save()
    world.reported()
    world.reported(code=ENGLISH, semester="S2", begin_date=dt.date(2026, 8, 24))
    world.october(code=ART)
    world.course("061100")
    world.october(code="061100", semester="S2")


@pytest.mark.rule("M-30")
@case("M-30", on=JUNE)
def june_has_another_course(world: World) -> None:
    world.approve()
    world.october()
    world.reported(status="completed", final_grade="B", credits_earned="0.5")
    world.june(code=ENGLISH, program_code="50")


@pytest.mark.rule("M-31")
@case("M-31")
def the_providers_code_is_unknown(world: World) -> None:
    world.approve()
    world.october()
    world.reported(provider_course_code="NEW")


@pytest.mark.rule("M-32")
@case("M-32")
def the_course_is_not_in_the_providers_catalog(world: World) -> None:
    world.approve()
    world.october()
    world.reported(course_code="999999")


@pytest.mark.rule("M-33")
@case("M-33")
def the_course_was_retired_before_it_began(world: World) -> None:
    agreeing(world)
    world.courses[ALGEBRA].valid_to = dt.date(2026, 8, 1)
    world.courses[ALGEBRA].save()


@pytest.mark.rule("M-34")
@case("M-34")
def the_provider_was_suspended(world: World) -> None:
    agreeing(world)
    SanctionFactory.create(provider=world.provider, valid_from=dt.date(2026, 8, 1))


@pytest.mark.rule("M-35")
@case("M-35")
def another_provider_teaches(world: World) -> None:
    other = ProviderFactory.create()
    course = CourseFactory.create(provider=other, provider_course_code="THEIRS", state_course_code=ALGEBRA)
    world.approve(course=course)
    world.october()
    world.reported()


@pytest.mark.rule("M-36")
@case("M-36")
def the_semesters_are_swapped(world: World) -> None:
    world.approve(semester="S2", started_on=dt.date(2026, 8, 24))
    world.october()
    world.reported(semester="S2", begin_date=dt.date(2026, 8, 24))


@pytest.mark.rule("M-37")
@case("M-37")
def two_halves_are_one_year(world: World) -> None:
    two_halves(world)


def test_two_halves_that_two_leas_approved_are_one_year_when_one_is_asked_alone() -> None:
    world = World()
    first = world.approve()
    second = world.approve("0000000099", semester="S2", lea=world.other)
    second.request.claim.student = first.request.claim.student
    second.request.claim.save()
    world.october(semester="YL")
    together = answer(Question(2027, WINTER))
    assert "M-37" in [row[0] for row in together]
    for lea in world.lea.pk, world.other.pk:
        alone = answer(Question(2027, WINTER, leas=(lea,), is_whole=False))
        assert alone == [row for row in together if row[1] == lea]


def a_student_of_another_lea_takes_a_course_of_the_catalog(world: World) -> None:
    world.approve(lea=world.other)
    CourseFactory.create(provider=world.provider, state_course_code=ART)
    world.june(code=ART)


def a_course_is_reported_to_another_lea(world: World) -> None:
    other = world.other.state_district_id
    world.reported(code=ART, district_code=other, status="completed", final_grade="B", credits_earned="0.5")
    world.june(code=ART)


@pytest.mark.parametrize(
    "case",
    [a_student_of_another_lea_takes_a_course_of_the_catalog, a_course_is_reported_to_another_lea],
    ids=lambda case: str(case.__name__),
)
def test_an_uncoded_row_of_june_is_looked_at_when_its_lea_is_asked_alone(
    case: Callable[[World], None],
) -> None:
    """Its student may be known through another LEA only."""
    world = World()
    case(world)
    together = answer(Question(2027, SUMMER))
    mine = [row for row in together if row[1] == world.lea.pk]
    assert mine
    assert answer(Question(2027, SUMMER, leas=(world.lea.pk,), is_whole=False)) == mine


def test_a_code_that_only_another_lea_gives_makes_nobody_known() -> None:
    world = World()
    CourseFactory.create(provider=world.provider, state_course_code=ART)
    world.october(lea=world.other)
    world.june(code=ART, every_course=False)
    for question in Question(2027, SUMMER), Question(2027, SUMMER, leas=(world.lea.pk,), is_whole=False):
        assert [row for row in answer(question) if row[1] == world.lea.pk] == []


def test_a_semester_that_nobody_knows_may_be_any_time() -> None:
    """V-37 says so of the file; the course is still found."""
    world = World()
    world.approve()
    world.reported()
    world.october(semester="X9")
    assert world.codes() == []


def two_halves(world: World, **reported: Any) -> None:
    for semester in "S1", "S2":
        world.reported(semester=semester, begin_date=dt.date(2026, 8, 24), **reported)
    first = world.approve()
    second = world.approve("0000000099", semester="S2", started_on=dt.date(2026, 8, 24))
    second.request.claim.student = first.request.claim.student
    second.request.claim.save()
    world.october(semester="YL")


@pytest.mark.rule("M-37")
@case("M-87")
def one_half_approved_twice_is_no_year(world: World) -> None:
    first = world.approve()
    second = world.approve("0000000099")
    second.request.claim.student = first.request.claim.student
    second.request.claim.save()
    world.october(semester="YL")
    world.reported()


@pytest.mark.rule("M-37")
@case("M-37", on=JUNE)
def the_credits_of_two_halves_are_those_of_a_year(world: World) -> None:
    """Half a credit twice and a whole one once are the same: neither M-80 nor M-83."""
    two_halves(world, status="completed", final_grade="B", credits_earned=Decimal("0.5"))
    StudentCourse.objects.update(units_of_credit=1)
    world.june(semester="YL", credits_earned=Decimal(1))


@pytest.mark.rule("M-38")
@case("M-38")
def too_young_for_the_course(world: World) -> None:
    agreeing(world, grade_level="03")


@pytest.mark.rule("M-38")
@case("M-07", "M-38")
def too_young_for_a_course_without_a_first_day(world: World) -> None:
    world.october(grade_level="03")
    world.reported(begin_date=None)


@pytest.mark.rule("M-39")
@case("M-39")
def in_two_sections(world: World) -> None:
    agreeing(world, sections=2)


@pytest.mark.rule("M-40")
@case("M-40")
def two_providers_at_once(world: World) -> None:
    agreeing(world)
    other = ProviderFactory.create()
    CourseFactory.create(provider=other, provider_course_code="THEIRS", state_course_code=ALGEBRA)
    world.reported(
        report=ProviderReportFactory.create(provider=other, accepted=True), provider_course_code="THEIRS"
    )


@pytest.mark.rule("M-40")
@case("M-52")
def two_providers_of_whom_one_has_dates_that_cannot_be(world: World) -> None:
    world.approve()
    world.october()
    world.reported(end_date=dt.date(2026, 8, 1))
    other = ProviderFactory.create()
    CourseFactory.create(provider=other, provider_course_code="THEIRS", state_course_code=ALGEBRA)
    world.reported(
        report=ProviderReportFactory.create(provider=other, accepted=True), provider_course_code="THEIRS"
    )


@pytest.mark.rule("M-41")
@case("M-41")
def passed_last_year(world: World) -> None:
    agreeing(world)
    stored = StoredCollectionFactory.create(school_year_id=2026, cycle="Jun", kind="stu_crs_comp")
    upload = UploadFactory.create(lea=world.lea, certified=True, collection=stored)
    world.june(school_year_id=2026, grade_earned="A", upload=upload)
    world.uncertify(world.lea, "stu_crs_comp")


# Dates and status -----------------------------------------------------------------------------------------


@pytest.mark.rule("M-42")
@case("M-42")
def begun_before_it_was_approved(world: World) -> None:
    line = agreeing(world)
    decide(line, dt.datetime(2026, 9, 15, 15, tzinfo=dt.UTC))


def decide(line: CourseLine, at: dt.datetime, outcome: str = "approved") -> None:
    from enrollment.part_time.models import Decision

    decision = Decision.objects.create(
        line=line,
        outcome=outcome,
        channel="paper",
        decided_by=MembershipFactory.create(counselor=True, lea=line.request.lea),
        decided_by_name="Cora Counselor",
        decided_at=at,
        in_person_considered=True,
        explanation="Offered in the building.",
        paper_reference="Cabinet 2",
    )
    CourseLine.objects.filter(pk=line.pk).update(decision=decision)


@pytest.mark.rule("M-43")
@case("M-43")
def denied_and_active(world: World) -> None:
    decide(world.approve(state=LineState.DENIED), dt.datetime(2026, 8, 1, 15, tzinfo=dt.UTC), "denied")
    world.reported()


@pytest.mark.rule("M-07")
@case("M-07")
def denied_and_completed_and_in_october(world: World) -> None:
    decide(world.approve(state=LineState.DENIED), dt.datetime(2026, 8, 1, 15, tzinfo=dt.UTC), "denied")
    world.october()
    world.reported(status="completed", final_grade="B")


@pytest.mark.rule("M-10")
@case("M-10")
def ended_before_its_start_and_active(world: World) -> None:
    agreeing(world, BEN, ENGLISH)
    world.approve(state=LineState.REMOVED)
    world.reported()


@pytest.mark.rule("M-44")
@case("M-44")
def not_decided_and_active(world: World) -> None:
    world.approve(state=LineState.REQUESTED)
    Clock.objects.filter(lea=world.lea).update(due_on=WINTER - dt.timedelta(days=1))
    world.reported()


@pytest.mark.rule("M-46")
@case("M-46")
def taken_back_and_active(world: World) -> None:
    world.approve(state=LineState.CANCELLED)
    world.reported()


@pytest.mark.rule("M-47")
@case("M-47")
def withdrawn_and_not_in_october(world: World) -> None:
    agreeing(world, BEN, ENGLISH)
    world.approve(state=LineState.WITHDRAWN, ended_on=dt.date(2026, 9, 20))
    world.reported(status="withdrawn", status_date=dt.date(2026, 9, 20))


@pytest.mark.rule("M-47")
@case("M-47", on=JUNE)
def withdrawn_and_not_in_june(world: World) -> None:
    agreeing(world, BEN, ENGLISH)
    world.june(BEN, ENGLISH)
    world.approve(state=LineState.WITHDRAWN, ended_on=dt.date(2026, 9, 20))
    world.october()
    world.reported(status="withdrawn", status_date=dt.date(2026, 9, 20))


@pytest.mark.rule("M-48")
@case("M-48", on=JUNE)
def withdrawn_and_passed(world: World) -> None:
    complete(world, status="withdrawn", status_date=dt.date(2026, 9, 20), final_grade="")


@pytest.mark.rule("M-49")
@case("M-49", on=JUNE)
def completed_and_wd(world: World) -> None:
    complete(world, june={"grade_earned": "WD", "credits_earned": Decimal(0)})


@pytest.mark.rule("M-50")
@case("M-50")
def never_started(world: World) -> None:
    world.approve()
    world.october()
    world.reported(status="no_start")


@pytest.mark.rule("M-51")
@case("M-51", on=SUMMER)
def still_open_in_july(world: World) -> None:
    complete(world, status="active", final_grade="", credits_earned=None)


@pytest.mark.rule("M-52")
@case("M-52")
def ends_before_it_begins(world: World) -> None:
    world.approve()
    world.october()
    world.reported(end_date=dt.date(2026, 8, 1))


@pytest.mark.rule("M-53")
@case("M-53", on=dt.date(2027, 8, 30))
def incomplete_for_sixty_days(world: World) -> None:
    complete(
        world, june={"grade_earned": "I", "credits_earned": Decimal(0)}, status="incomplete", final_grade=""
    )


@pytest.mark.rule("M-71")
@case("M-71", on=SUMMER)
def withdrawn_where_no_june_file_is(world: World) -> None:
    world.approve(state=LineState.WITHDRAWN, ended_on=dt.date(2026, 9, 20))
    world.october()
    world.reported(status="withdrawn", status_date=dt.date(2026, 9, 20))


@pytest.mark.rule("M-10")
@case("M-10")
def denied_and_completed(world: World) -> None:
    """M-43 speaks of what is active. What the provider has finished, and will bill, is not silent for that."""
    decide(world.approve(state=LineState.DENIED), dt.datetime(2026, 8, 1, 15, tzinfo=dt.UTC), "denied")
    world.reported(status="completed", final_grade="B")


@pytest.mark.rule("M-88")
@case("M-88")
def paid_by_the_family_and_reported_as_mocap(world: World) -> None:
    world.approve(basis="private")
    world.reported()


# District and residence ------------------------------------------------------------------------------------


@pytest.mark.rule("M-54")
@case("M-54")
def two_districts_report_it(world: World) -> None:
    agreeing(world)
    world.october(lea=world.other)
    assert world.codes(lea=world.other) == ["M-54"]


@pytest.mark.rule("M-54")
@case("M-54")
def another_district_reports_what_this_one_approved(world: World) -> None:
    world.approve()
    world.october(lea=world.other)
    world.reported()
    agreeing(world, BEN, ENGLISH)
    assert world.codes(lea=world.other) == ["M-54"]


@pytest.mark.rule("M-55")
@case("M-55")
def the_provider_names_another_district(world: World) -> None:
    world.approve()
    world.october()
    world.reported(district_code="992102")


@pytest.mark.rule("M-56")
@case("M-56")
def not_in_the_districts_student_core(world: World) -> None:
    agreeing(world)
    world.core(BEN)
    world.core(ADA, lea=world.other)


@pytest.mark.rule("M-57")
@case("M-57")
def the_resident_district_still_reports(world: World) -> None:
    world.enroll()
    world.october(semester="YL")
    world.reported(semester="YL", enrollment_type="FT", district_code="992102")
    world.october(BEN, ENGLISH, lea=world.other)
    world.reported(BEN, ENGLISH, district_code="992102")
    assert world.codes(lea=world.other) == ["M-07", "M-58"]


@pytest.mark.rule("M-58")
@case("M-58")
def the_host_does_not_report(world: World) -> None:
    world.enroll(host=world.lea)
    ProgramEnrollment.objects.update(resident_lea=world.other)
    world.reported(semester="YL", enrollment_type="FT")
    agreeing(world, BEN, ENGLISH)


@pytest.mark.rule("M-59")
@case("M-59")
def both_report(world: World) -> None:
    world.enroll()
    world.october(semester="YL")
    world.october(semester="YL", lea=world.other)
    world.reported(semester="YL", enrollment_type="FT", district_code="992102")
    assert "M-59" in world.codes(lea=world.other)


@pytest.mark.rule("M-60")
@case("M-60")
def the_host_reports_a_part_time_student(world: World) -> None:
    world.enroll("0000000077", ART)
    world.approve()
    world.october(lea=world.other)
    world.reported()
    agreeing(world, BEN, ENGLISH)


@pytest.mark.rule("M-61")
@case("M-61")
def left_while_the_course_goes_on(world: World) -> None:
    agreeing(world)
    world.exits(ADA, dt.date(2026, 11, 2))


@pytest.mark.rule("M-62")
@case("M-62")
def moved_in_with_a_course(world: World) -> None:
    world.reported(district_code="992102")
    world.core(ADA)
    world.core(BEN, lea=world.other)


def test_who_moved_in_is_found_when_the_new_lea_is_asked_alone() -> None:
    world = World()
    moved_in_with_a_course(world)
    for leas in None, (world.lea.pk,):
        found = answer(Question(2027, WINTER, leas=leas))
        assert [(row[0], row[3]) for row in found if row[1] == world.lea.pk] == [("M-62", ADA)]


@pytest.mark.rule("M-63")
@case("M-63", on=JUNE)
def another_sending_district_in_june(world: World) -> None:
    world.approve()
    world.october(sending_district_code="991101")
    world.june(sending_district_code="992102")
    world.reported(status="completed", final_grade="B", credits_earned="0.5")


@pytest.mark.rule("M-64")
@case("M-64")
def the_wrong_building_of_the_host(world: World) -> None:
    world.enroll(host=world.lea)
    ProgramEnrollment.objects.update(resident_lea=world.other)
    world.october(semester="YL", units_of_credit=5)
    world.reported(semester="YL", enrollment_type="FT")


# Load and eligibility --------------------------------------------------------------------------------------


@pytest.mark.rule("M-65")
@case("M-65")
def more_than_six_credits(world: World) -> None:
    agreeing(world, units_of_credit=7)


@pytest.mark.rule("M-66")
@case("M-66")
def a_full_time_student_with_half_a_credit(world: World) -> None:
    scheduled = world.enroll(host=world.lea)
    ProgramEnrollment.objects.update(resident_lea=world.other)
    school = scheduled.schedule.enrollment.program.school
    world.october(semester="YL", school_code=school.state_school_id)
    world.reported(semester="YL", enrollment_type="FT")


@pytest.mark.rule("M-67")
@case("M-67")
def three_courses_and_no_plan(world: World) -> None:
    for line, code in zip([world.approve(), *more_lines(world)], (ALGEBRA, ENGLISH, ART), strict=True):
        assert line.course.state_course_code == code
        world.october(code=code)
        world.reported(code=code)


def more_lines(world: World) -> list[CourseLine]:
    student = CourseLine.objects.get().request.claim.student
    lines = [world.approve("0000000098", ENGLISH), world.approve("0000000099", ART)]
    for line in lines:
        line.request.claim.student = student
        line.request.claim.save()
    return lines


def test_three_courses_with_a_plan_are_no_mismatch() -> None:
    world = World()
    three_courses_and_no_plan(world)
    hat = MembershipFactory.create(counselor=True, lea=world.lea)
    LearningPlan.objects.create(
        student=Student.objects.get(mosis_id=ADA),
        kind=PlanKind.values[0],
        reference="Folder 7",
        made_on=WINTER,
        recorded_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
        recorded_by=hat,
    )
    assert world.codes() == []


@pytest.mark.rule("M-68")
@case("M-68")
def the_family_pays_and_it_is_reported(world: World) -> None:
    world.october()
    world.reported(basis="private_pay")


@pytest.mark.rule("M-69")
@case("M-69")
def too_old_for_school(world: World) -> None:
    born = dt.date(2004, 1, 1)
    world.approve(student={"birth_date": born})
    world.october(birth_date=born)
    world.reported(birth_date=born)


@pytest.mark.rule("M-69")
@case()
def of_age_during_the_year(world: World) -> None:
    born = dt.date(2005, 7, 2)
    world.approve(student={"birth_date": born})
    world.october(birth_date=born)
    world.reported(birth_date=born)


@pytest.mark.rule("M-69")
@case("M-08", "M-69")
def too_old_and_in_october_alone(world: World) -> None:
    world.october(birth_date=dt.date(2004, 1, 1))


# Missing or old files ---------------------------------------------------------------------------------------


@pytest.mark.rule("M-70")
@case("M-70")
def no_october_files(world: World) -> None:
    world.uncertify(world.lea, "crs_assign", "stu_assign")
    world.approve()
    world.reported()


@pytest.mark.rule("M-70")
@case("M-70", on=JUNE)
def no_october_files_and_a_june_of_catalog_courses(world: World) -> None:
    """That October lacks what June has, the missing files explain."""
    world.approve()
    world.june()
    world.june(code=ENGLISH)
    world.reported(status="completed", final_grade="B", credits_earned=Decimal("0.5"))
    world.uncertify(world.lea, "crs_assign", "stu_assign")


@pytest.mark.rule("M-71")
@case("M-71", on=SUMMER)
def no_june_file(world: World) -> None:
    world.approve()
    world.october()
    world.reported(status="completed", final_grade="B")


@pytest.mark.rule("M-71")
@case("M-08", "M-71", on=SUMMER)
def no_june_file_for_what_october_alone_has(world: World) -> None:
    world.october()


@pytest.mark.rule("M-72")
def test_a_providers_overdue_report_is_nobody_elses() -> None:
    world = World()
    row = world.reported()
    ReportedEnrollmentFactory.create(row=row)
    found = answer(Question(2027, WINTER))
    assert [(code, lea, provider) for code, lea, provider, *_rest in found if code == "M-72"] == [
        ("M-72", None, world.provider.pk)
    ]


@pytest.mark.rule("M-72")
@pytest.mark.parametrize(("last", "is_late"), [(dt.date(2027, 5, 1), True), (dt.date(2027, 6, 15), False)])
def test_after_the_year_a_report_is_late_that_was_late_at_its_end(last: dt.date, is_late: bool) -> None:
    world = World()
    ReportedEnrollmentFactory.create(row=world.reported())
    ProviderReport.objects.filter(pk=world.report.pk).update(as_of=last)
    found = answer(Question(2027, dt.date(2027, 9, 1)))
    assert ("M-72" in {row[0] for row in found}) is is_late


def test_an_overdue_report_explains_the_same_when_one_lea_is_asked_alone() -> None:
    world = World()
    ReportedEnrollmentFactory.create(row=agreeing_row(world))
    world.approve(BEN, ENGLISH)
    world.october(BEN, ENGLISH)
    for leas in None, (world.lea.pk,):
        found = answer(Question(2027, WINTER, leas=leas))
        assert [row[0] for row in found] == ["M-72"]


def agreeing_row(world: World) -> Any:
    world.approve()
    world.october()
    return world.reported()


@pytest.mark.rule("M-73")
@case("M-73")
def only_one_october_file(world: World) -> None:
    world.uncertify(world.lea, "stu_assign")


@pytest.mark.rule("M-74")
@case("M-74")
def a_newer_trial_waits(world: World) -> None:
    agreeing(world)
    stored = StoredCollectionFactory.create(kind="crs_assign")
    UploadFactory.create(lea=world.lea, trial=True, collection=stored, needs_recheck=False)


@pytest.mark.rule("M-76")
@case("M-76", "M-01", "M-01", "M-01")
def no_coded_row_at_all(world: World) -> None:
    for student in (ADA, BEN, "0000000044"):
        world.approve(student)
        world.reported(student)


@pytest.mark.rule("M-05")
@case("M-05", "M-01", "M-01", "M-01")
def most_are_missing(world: World) -> None:
    no_coded_row_at_all(world)
    agreeing(world, "0000000045", ENGLISH)


@pytest.mark.rule("M-05")
@case("M-01", "M-07", "M-01", "M-07", "M-01", "M-07", on=JUNE)
def most_that_are_missing_were_never_expected(world: World) -> None:
    agreeing(world, "0000000045", ENGLISH)
    world.june("0000000045", ENGLISH)
    for student in (ADA, BEN, "0000000044"):
        world.june(student, program_code="50")
        world.reported(student, status="completed", final_grade="B", credits_earned="0.5")


@pytest.mark.rule("M-77")
@case("M-77", *["M-10"] * 7)
def far_fewer_than_the_provider_says(world: World) -> None:
    agreeing(world)
    for number in range(7):
        world.reported(f"00000001{number:02d}", ENGLISH)


# Outcomes ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("M-78")
@case("M-78", on=JUNE)
def passed_here_and_failed_there(world: World) -> None:
    complete(world, final_grade="F")


@pytest.mark.rule("M-78")
@case("M-78", on=JUNE)
def failed_there_without_credit(world: World) -> None:
    """That the credits differ too follows from it."""
    complete(world, final_grade="F", credits_earned=Decimal(0))


@pytest.mark.rule("M-79")
@case("M-79", on=JUNE)
def another_letter(world: World) -> None:
    complete(world, final_grade="A")


@pytest.mark.rule("M-80")
@case("M-80", on=JUNE)
def other_credits(world: World) -> None:
    complete(world, june={"credits_earned": Decimal("0.25")})


@pytest.mark.parametrize(
    ("reported", "cause"),
    [
        ({"credits_earned": Decimal("0.5")}, "provider"),
        ({"credits_earned": Decimal("0.25")}, "october"),
        ({"credits_earned": None}, "october"),
        ({"credits_earned": Decimal("0.5"), "semester": "YL"}, "october"),
    ],
)
def test_whose_credits_differ(reported: dict[str, Any], cause: str) -> None:
    """A provider that tells none, or those of another span, is not the one that differs."""
    world = World()
    complete(world, {"credits_earned": Decimal("0.25")}, **reported)
    assert causes(world, "M-80", JUNE) == [cause]


@pytest.mark.rule("M-81")
@case("M-81", on=JUNE)
def credit_for_a_failure(world: World) -> None:
    complete(world, june={"grade_earned": "F"}, final_grade="F")


@pytest.mark.rule("M-82")
@case("M-82", on=JUNE)
def a_pass_without_credit(world: World) -> None:
    complete(world, june={"credits_earned": Decimal(0)}, credits_earned=Decimal(0))


@pytest.mark.rule("M-83")
@case("M-83", on=JUNE)
def more_credit_than_offered(world: World) -> None:
    complete(world, june={"credits_earned": Decimal(1)}, credits_earned=Decimal(1))


@pytest.mark.rule("M-84")
@case("M-84", on=JUNE)
def an_elementary_course_is_not_in_june(world: World) -> None:
    world.courses[ALGEBRA].grade_low = 0
    world.courses[ALGEBRA].save()
    agreeing(world, grade_level="04")
    agreeing(world, BEN, ENGLISH)
    world.june(BEN, ENGLISH)


@pytest.mark.rule("M-85")
@case("M-50", "M-85", on=JUNE)
def an_outcome_of_what_never_started(world: World) -> None:
    complete(world, status="no_start", final_grade="")


# Records and agreements ---------------------------------------------------------------------------------------


@pytest.mark.rule("M-04")
@case("M-04")
def the_provider_lists_it_no_longer(world: World) -> None:
    world.approve()
    world.october()
    earlier = ProviderReportFactory.create(provider=world.provider, accepted=True, state="superseded")
    ReportedEnrollmentFactory.create(row=world.reported(report=earlier), is_present=False)


@pytest.mark.rule("M-87")
@case("M-87")
def approved_twice(world: World) -> None:
    first = agreeing(world)
    second = world.approve("0000000099")
    second.request.claim.student = first.request.claim.student
    second.request.claim.save()


@pytest.mark.rule("M-87")
@case("M-58", "M-87")
def scheduled_twice(world: World) -> None:
    scheduled = world.enroll(host=world.lea)
    ProgramEnrollment.objects.update(resident_lea=world.other)
    ScheduledCourseFactory.create(schedule=scheduled.schedule, course=scheduled.course)
    world.reported(semester="YL", enrollment_type="FT")
    agreeing(world, BEN, ENGLISH)


@pytest.mark.rule("M-88")
@case("M-88")
def a_site_license_nobody_registered(world: World) -> None:
    world.october()
    world.reported(basis="site_license")


@pytest.mark.rule("M-88")
@case("M-88")
def the_family_pays_and_the_provider_says_mocap(world: World) -> None:
    world.approve(basis="private")
    world.reported()


@pytest.mark.rule("M-89")
@case("M-89")
def ordered_as_full_time(world: World) -> None:
    world.approve()
    world.october()
    world.reported(enrollment_type="FT")


@pytest.mark.rule("M-90")
@case("M-90")
def an_approval_that_is_not_there(world: World) -> None:
    world.approve()
    world.october()
    world.reported(approval_id="987654321")


@pytest.mark.rule("M-91")
@case("M-91")
def a_section_without_a_teacher(world: World) -> None:
    agreeing(world, educators=0)


@pytest.mark.rule("M-91")
@case("M-37", "M-91")
def the_second_half_has_no_teacher(world: World) -> None:
    world.approve(semester="YL")
    world.reported(semester="YL")
    world.october()
    world.october(semester="S2", educators=0)


@pytest.mark.rule("M-91")
@case("M-54")
def another_lea_has_a_section_without_a_teacher(world: World) -> None:
    """What the approving LEA cannot complete is not said to it."""
    agreeing(world, BEN, ENGLISH)
    world.approve()
    world.reported()
    world.october(lea=world.other, educators=0)
    assert world.codes(lea=world.other) == ["M-54", "M-91"]


@pytest.mark.rule("M-91")
@case("M-91")
def a_section_without_students(world: World) -> None:
    agreeing(world)
    world.section()
    world.section(ENGLISH, program="")


def test_who_stands_in_two_sections_fills_both_whoever_is_asked() -> None:
    """A course of no MOCAP code, of a student about whom another LEA has to answer."""
    world = World()
    agreeing(world, BEN, ENGLISH)
    world.section()
    world.october(program_code="", sections=2)
    world.reported(code=ART, district_code=world.other.state_district_id)
    together = [row for row in answer(Question(2027, WINTER)) if row[1] == world.lea.pk]
    assert together == answer(Question(2027, WINTER, leas=(world.lea.pk,), is_whole=False)) == []


@pytest.mark.rule("M-92")
@case("M-92")
def a_school_that_was_closed(world: World) -> None:
    agreeing(world)
    world.school.active_to = dt.date(2026, 6, 1)
    world.school.save()


@pytest.mark.rule("M-93")
@case("M-93")
def a_student_called_test(world: World) -> None:
    world.reported(first_name="Test", last_name="Student")


@pytest.mark.rule("M-93")
@case("M-93")
def a_student_called_test_whom_no_student_core_has(world: World) -> None:
    """Districts are not asked who that is."""
    world.core(BEN)
    world.reported(first_name="Test", last_name="Student", birth_date=dt.date(2000, 1, 1))


@pytest.mark.rule("M-94")
@case("M-94")
def listed_twice(world: World) -> None:
    agreeing(world)
    world.reported()
