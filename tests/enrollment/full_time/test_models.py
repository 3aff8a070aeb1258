"""What the tables of the full-time track refuse by themselves, and who may see which rows."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from enrollment.full_time import rules
from enrollment.full_time.models import Program, ProgramApplication, ProgramEnrollment, Schedule
from mocap_portal.foundation.accounts.models import Membership
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory
from tests.factories.full_time import (
    DeterminationFactory,
    ProgramApplicationFactory,
    ProgramEnrollmentFactory,
    ProgramFactory,
    ScheduledCourseFactory,
    ScheduleFactory,
    SurveyFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 2, 1)


def family(application: ProgramApplication) -> Membership:
    return MembershipFactory.create(parent=True, user=application.claim.claimant)


def staff(lea: object, **role: bool) -> Membership:
    return MembershipFactory.create(lea=lea, **role)


def test_a_replaced_schedule_held_on_no_day_and_says_who_replaced_it() -> None:
    schedule = ScheduleFactory.create()
    before = schedule.valid_from - dt.timedelta(days=1)
    wrong: list[dict[str, Any]] = [
        {"valid_to": before},
        {"replaced_at": schedule.made_at, "valid_to": before},
        {"replaced_at": schedule.made_at, "replaced_by": schedule.made_by},
        {"replaced_at": schedule.made_at, "replaced_by": schedule.made_by, "valid_to": schedule.valid_from},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Schedule.objects.filter(pk=schedule.pk).update(**values)


def test_both_districts_of_an_application_see_it_and_nobody_elses() -> None:
    application = ProgramApplicationFactory.create(applied=True)
    host, resident = application.program.host, application.resident_lea
    seeing = [
        family(application),
        staff(host, host_staff=True),
        staff(resident, coordinator=True),
        MembershipFactory.create(dese_reviewer=True),
    ]
    blind = [
        MembershipFactory.create(parent=True),
        MembershipFactory.create(host_staff=True),
        MembershipFactory.create(coordinator=True),
        MembershipFactory.create(provider_staff=True),
        staff(host, coordinator=True),
    ]
    for hat in seeing:
        assert list(ProgramApplication.objects.visible_to(hat)) == [application]
    for hat in blind:
        assert list(ProgramApplication.objects.visible_to(hat)) == []


def test_a_draft_is_its_familys_alone() -> None:
    application = ProgramApplicationFactory.create()
    assert list(ProgramApplication.objects.visible_to(family(application))) == [application]
    for hat in (
        staff(application.program.host, host_staff=True),
        staff(application.resident_lea, coordinator=True),
        MembershipFactory.create(dese_admin=True),
    ):
        assert list(ProgramApplication.objects.visible_to(hat)) == []


@pytest.mark.rule("R-61")
def test_host_and_resident_district_read_a_student_and_no_other_district() -> None:
    enrollment = ProgramEnrollmentFactory.create(enrolled=True)
    for hat in (
        staff(enrollment.program.host, host_staff=True),
        staff(enrollment.resident_lea, counselor=True),
        family(enrollment.application),
    ):
        assert list(ProgramEnrollment.objects.visible_to(hat)) == [enrollment]
    for hat in (
        MembershipFactory.create(host_staff=True),
        MembershipFactory.create(counselor=True),
        MembershipFactory.create(parent=True),
        MembershipFactory.create(provider_admin=True),
    ):
        assert list(ProgramEnrollment.objects.visible_to(hat)) == []


@pytest.mark.rule("R-36")
def test_a_program_without_an_enrollment_policy_is_not_open() -> None:
    program = ProgramFactory.create()
    ProgramFactory.create(unpublished=True)
    ProgramFactory.create(active_to=DAY - dt.timedelta(days=1))
    ProgramFactory.create(active_from=DAY + dt.timedelta(days=1))
    assert list(Program.objects.open_on(DAY)) == [program]


def test_only_the_hosts_staff_run_a_program() -> None:
    program = ProgramFactory.create()
    assert list(Program.objects.run_by(staff(program.host, host_staff=True))) == [program]
    assert list(Program.objects.run_by(staff(program.host, lea_admin=True))) == []
    assert list(Program.objects.run_by(MembershipFactory.create(host_staff=True))) == []


def test_nobody_runs_the_enrollment_of_a_child_of_their_own() -> None:
    enrollment = ProgramEnrollmentFactory.create(enrolled=True)
    host, parent = enrollment.program.host, enrollment.application.claim.claimant
    assert list(ProgramEnrollment.objects.run_by(staff(host, host_staff=True))) == [enrollment]
    own = MembershipFactory.create(host_staff=True, lea=host, user=parent)
    assert list(ProgramEnrollment.objects.run_by(own)) == []


def test_a_student_is_in_one_program_at_a_time() -> None:
    enrollment = ProgramEnrollmentFactory.create(enrolled=True)
    with pytest.raises(IntegrityError, match="a_student_is_in_one_program_at_a_time"):
        ProgramEnrollmentFactory.create(student=enrollment.student)


def test_a_child_applies_to_a_program_once_for_a_term() -> None:
    application = ProgramApplicationFactory.create(applied=True)
    with pytest.raises(IntegrityError, match="one_open_application_per_child_program_and_term"):
        ProgramApplicationFactory.create(
            claim=application.claim, program=application.program, term=application.term
        )


def test_a_sent_application_is_signed_and_has_a_clock() -> None:
    with pytest.raises(IntegrityError, match="sent_applications_are_signed_and_timed"):
        ProgramApplicationFactory.create(applied=True, input_clock=None)


def test_a_determination_names_a_basis() -> None:
    with pytest.raises(IntegrityError, match="a_determination_has_a_basis"):
        DeterminationFactory.create(basis="")


def test_an_application_is_determined_first_once() -> None:
    determination = DeterminationFactory.create()
    with pytest.raises(IntegrityError, match="an_application_is_determined_first_once"):
        DeterminationFactory.create(application=determination.application)


def test_a_survey_is_one() -> None:
    survey = SurveyFactory.create()
    with pytest.raises(IntegrityError):
        SurveyFactory.create(application=survey.application)


def test_a_changed_schedule_says_why() -> None:
    schedule = ScheduleFactory.create()
    with pytest.raises(IntegrityError, match="a_changed_schedule_says_why"):
        ScheduleFactory.create(enrollment=schedule.enrollment, version=2)


def test_a_scheduled_course_knows_each_day_of_the_week() -> None:
    with pytest.raises(IntegrityError, match="a_scheduled_course_knows_seven_days"):
        ScheduledCourseFactory.create(minutes=[60, 60])


def test_enrolled_on_counts_the_first_and_the_last_day() -> None:
    ended = ProgramEnrollmentFactory.create(disenrolled=True)
    ProgramEnrollmentFactory.create(resident_lea=LeaFactory.create())  # admitted, never entered
    first, last, day = ended.starts_on, ended.ended_on, dt.timedelta(days=1)
    assert last is not None
    assert [list(ProgramEnrollment.objects.enrolled_on(on)) for on in (first, last)] == [[ended], [ended]]
    assert [list(ProgramEnrollment.objects.enrolled_on(on)) for on in (first - day, last + day)] == [[], []]


# The arithmetic of a schedule -----------------------------------------------------------------------


def test_hours_and_credits_come_from_the_courses_that_run() -> None:
    schedule = ScheduleFactory.create()
    courses = ScheduledCourseFactory.create_batch(6, schedule=schedule)
    late = ScheduledCourseFactory.create(
        schedule=schedule,
        starts_on=dt.date(2027, 3, 1),
        minutes=[0, 0, 0, 0, 0, 90, 0],
        credit=Decimal("0.5"),
    )
    assert rules.minutes_of_week([*courses, late], DAY) == 6 * 5 * 60
    assert rules.minutes_of_week([*courses, late], late.starts_on) == 6 * 5 * 60 + 90
    assert rules.minutes_of_day([*courses, late], dt.date(2027, 3, 6)) == 90  # a Saturday
    assert rules.credits_of([*courses, late]) == Decimal("6.5")


@pytest.mark.parametrize(
    ("last", "count"), [(dt.date(2027, 1, 11), 0), (dt.date(2027, 1, 12), 1), (dt.date(2027, 4, 6), 13)]
)
def test_weeks_are_whole(last: dt.date, count: int) -> None:
    assert rules.weeks(dt.date(2027, 1, 6), last) == count
