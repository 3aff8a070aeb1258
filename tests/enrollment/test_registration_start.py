"""A confirmed course starts in the night of its first day, or stays back and says why."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from enrollment.part_time.actions.following import NotConfirmed
from enrollment.part_time.models import CourseLine, LineState, StepKind
from enrollment.records import actions as records
from enrollment.records.models import LearningPlan, PlanKind, Student
from enrollment.registration import actions
from enrollment.registration.models import RosterLine
from enrollment.registration.tasks import start_courses
from mocap_portal.foundation.papers.models import DigestItem
from mocap_portal.home import nights
from tests.enrollment.registration_kit import (
    NOW,
    TODAY,
    address,
    again,
    client_of,
    coordinator_of,
    day,
    desk_of,
    on_roster,
    words_of,
)
from tests.factories.accounts import MembershipFactory
from tests.factories.records import GuardianFactory, LearningPlanFactory, StudentFactory
from tests.factories.registration import TeacherFactory
from tests.personal_data import assert_no_personal_data

pytestmark = pytest.mark.django_db

NIGHT = TODAY.isoformat()


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def with_two_running(**traits: Any) -> tuple[RosterLine, Student]:
    """A confirmed course of a student of whom two others run."""
    waiting = on_roster(confirmed=True, **traits)
    claim = waiting.line.request.claim
    for _ in range(2):
        on_roster(running=True, line__request__claim=claim)
    assert claim.student is not None
    return waiting, claim.student


def test_a_course_whose_day_has_come_runs_from_that_day() -> None:
    roster_line = on_roster(confirmed=True)
    later = on_roster(confirmed=True, line__starts_on=dt.date(2026, 11, 10))
    assert start_courses(NIGHT) == 1
    assert start_courses(NIGHT) == 0
    line = again(roster_line.line)
    assert (line.state, line.started_on) == (LineState.ACTIVE, dt.date(2026, 11, 5))
    assert [(step.kind, step.by) for step in line.steps.all()] == [(StepKind.RUNNING, None)]
    assert again(later.line).state == LineState.CONFIRMED
    assert not DigestItem.objects.exists()


def test_the_night_starts_courses() -> None:
    roster_line = on_roster(confirmed=True)
    nights.run(TODAY, at=NOW)
    assert again(roster_line.line).state == LineState.ACTIVE


@pytest.mark.rule("R-32")
@pytest.mark.parametrize(
    ("teacher", "refusal"),
    [
        ({"teacher": None}, actions.TeacherMissing),
        ({"teacher__expired": True}, actions.CertificateNotValid),
        ({"teacher__valid_from": dt.date(2026, 11, 10)}, actions.CertificateNotValid),
        (
            {"teacher": None, "line__course__curriculum_only": True},
            actions.DistrictTeacherMissing,
        ),
    ],
)
def test_without_a_certificated_teacher_no_course_runs(
    teacher: dict[str, Any], refusal: type[Exception]
) -> None:
    roster_line = on_roster(confirmed=True, **teacher)
    coordinator = coordinator_of(roster_line)
    assert start_courses(NIGHT) == 0
    with pytest.raises(refusal):
        actions.start(roster_line.line_id, by=coordinator, at=NOW, on=TODAY)
    assert again(roster_line.line).state == LineState.CONFIRMED


@pytest.mark.rule("R-32")
def test_the_last_valid_day_of_a_certificate_is_enough() -> None:
    roster_line = on_roster(confirmed=True, line__starts_on=TODAY, teacher__valid_to=TODAY)
    assert start_courses(NIGHT) == 1
    assert again(roster_line.line).started_on == TODAY


def test_what_was_kept_back_counts_from_the_day_on_which_it_starts() -> None:
    roster_line = on_roster(confirmed=True, teacher__valid_from=dt.date(2026, 11, 8))
    assert start_courses(NIGHT) == 1
    assert again(roster_line.line).started_on == TODAY


@pytest.mark.rule("R-08")
def test_a_third_course_at_once_needs_a_learning_plan() -> None:
    waiting, student = with_two_running()
    coordinator = coordinator_of(waiting)
    assert start_courses(NIGHT) == 0
    with pytest.raises(actions.LearningPlanMissing, match="More than 2 courses"):
        actions.start(waiting.line_id, by=coordinator, at=NOW, on=TODAY)
    LearningPlanFactory.create(student=StudentFactory.create())  # somebody else's
    assert start_courses(NIGHT) == 0
    LearningPlanFactory.create(student=student)
    assert start_courses(NIGHT) == 1
    assert again(waiting.line).state == LineState.ACTIVE


@pytest.mark.rule("R-08")
def test_a_second_course_needs_none_and_three_that_start_together_let_two_in() -> None:
    first = on_roster(confirmed=True)
    claim = first.line.request.claim
    on_roster(confirmed=True, line__request__claim=claim)
    on_roster(confirmed=True, line__request__claim=claim)
    assert start_courses(NIGHT) == 2
    assert CourseLine.objects.filter(state=LineState.ACTIVE).count() == 2


@pytest.mark.rule("R-08")
def test_courses_that_are_over_do_not_count() -> None:
    waiting = on_roster(confirmed=True)
    claim = waiting.line.request.claim
    on_roster(running=True, line__request__claim=claim)
    on_roster(finished=True, line__request__claim=claim)
    assert start_courses(NIGHT) == 1


def test_what_keeps_a_course_back_is_told_once_a_day_to_who_can_mend_it() -> None:
    roster_line = on_roster(confirmed=True, teacher__expired=True)
    coordinator, desk = coordinator_of(roster_line), desk_of(roster_line)
    for night in (NIGHT, NIGHT, "2026-11-10"):
        start_courses(night)
    confirmer = roster_line.confirmed_by
    assert confirmer is not None
    items = list(DigestItem.objects.filter(day=TODAY))
    assert {item.user_id for item in items} == {
        coordinator.user_id,
        roster_line.sent_by.user_id,
        desk.user_id,
        confirmer.user_id,
    }
    assert DigestItem.objects.count() == 2 * len(items)
    for item in items:
        assert_no_personal_data(item.sentence, item.path, about=roster_line.line.request.claim.student)


def test_a_missing_plan_is_not_the_providers_affair() -> None:
    waiting, _student = with_two_running()
    desk = desk_of(waiting)
    start_courses(NIGHT)
    assert DigestItem.objects.exists()
    assert not DigestItem.objects.filter(user=desk.user).exists()
    assert waiting.line.request.number not in words_of(client_of(desk).get(address("confirm", waiting.pk)))


def test_the_page_says_what_is_missing_and_starts_the_course_once_it_is_mended() -> None:
    waiting, student = with_two_running(teacher=None, line__course__curriculum_only=True)
    coordinator = coordinator_of(waiting)
    client = client_of(coordinator)
    page = words_of(client.get(address("line", waiting.line_id)))
    plan_page = reverse("records:learning_plan", args=[student.pk])
    for place in (plan_page, address("teacher", waiting.pk)):
        assert f'href="{place}"' in page
    listed = client.get("/registration/?state=held")
    assert [row.record.line for row in listed.context["table"].rows] == [waiting.line]
    assert f'href="{plan_page}"' in words_of(listed)
    button = address("start", waiting.line_id)
    refused = words_of(client.post(button, follow=True))
    assert escape(str(actions.DistrictTeacherMissing.sentence)) in refused
    own = TeacherFactory.create(organization=coordinator.organization)
    client.post(address("teacher", waiting.pk), {"teacher": own.pk})
    client.post(
        plan_page, {"kind": PlanKind.ILP, "reference": "Cabinet 3", **day("made_on", dt.date(2026, 9, 1))}
    )
    assert "The course runs." in words_of(client.post(button, follow=True))
    assert "This course started already." in words_of(client.post(button, follow=True))
    line = again(waiting.line)
    assert (line.state, line.started_on) == (LineState.ACTIVE, dt.date(2026, 11, 5))
    assert [step.by for step in line.steps.filter(kind=StepKind.RUNNING)] == [coordinator]


def test_before_its_first_day_or_without_an_answer_nothing_starts() -> None:
    coming = on_roster(confirmed=True, line__starts_on=dt.date(2026, 11, 10))
    with pytest.raises(actions.FirstDayNotCome, match="Tuesday, November 10, 2026"):
        actions.start(coming.line_id, by=coordinator_of(coming), at=NOW, on=TODAY)
    unanswered = on_roster()
    with pytest.raises(NotConfirmed):
        actions.start(unanswered.line_id, by=coordinator_of(unanswered), at=NOW, on=TODAY)


def test_only_staff_of_the_district_start_a_course_by_hand() -> None:
    roster_line = on_roster(confirmed=True)
    for hat in (desk_of(roster_line), MembershipFactory.create(coordinator=True)):
        with pytest.raises(actions.OnlyStaffRegisters):
            actions.start(roster_line.line_id, by=hat, at=NOW, on=TODAY)
    assert again(roster_line.line).state == LineState.CONFIRMED


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_of_held_courses_costs_the_same_for_any_number(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    roster_line = on_roster(confirmed=True, teacher__expired=True)
    for _ in range(rows - 1):
        on_roster(confirmed=True, teacher=None, line__request=roster_line.line.request)
    client = client_of(coordinator_of(roster_line))
    client.get("/registration/?state=held")
    with django_assert_num_queries(8):
        client.get("/registration/?state=held")


# The learning plan --------------------------------------------------------------------------------


@pytest.mark.rule("R-08")
def test_a_plan_is_put_on_file_once_and_stands_on_the_students_page() -> None:
    student = StudentFactory.create()
    counselor = MembershipFactory.create(counselor=True, organization=student.lea.organization)
    client = client_of(counselor)
    page = reverse("records:learning_plan", args=[student.pk])
    answer = {"kind": "icap", "reference": "Cabinet 3", **day("made_on", dt.date(2026, 9, 1))}
    for _ in range(2):
        assert client.post(page, answer).headers["Location"] == reverse("records:student", args=[student.pk])
    plan = LearningPlan.objects.get()
    assert (plan.student, plan.kind, plan.reference, plan.recorded_by, plan.recorded_at) == (
        student,
        PlanKind.ICAP,
        "Cabinet 3",
        counselor,
        NOW,
    )
    assert "Cabinet 3" in words_of(client.get(reverse("records:student", args=[student.pk])))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"kind": ""}, "kind"), ({"reference": " "}, "reference"), ({"made_on_year": "2027"}, "made_on")],
)
def test_a_plan_without_kind_place_or_day_is_refused(changes: dict[str, str], field: str) -> None:
    student = StudentFactory.create()
    client = client_of(MembershipFactory.create(counselor=True, organization=student.lea.organization))
    answer = {"kind": "icap", "reference": "Cabinet 3", **day("made_on", dt.date(2026, 9, 1))}
    response = client.post(reverse("records:learning_plan", args=[student.pk]), answer | changes)
    assert list(response.context["form"].errors) == [field]
    assert not LearningPlan.objects.exists()


def test_nobody_enters_the_plan_of_a_child_of_their_own() -> None:
    student = StudentFactory.create()
    counselor = MembershipFactory.create(counselor=True, organization=student.lea.organization)
    GuardianFactory.create(student=student, user=counselor.user)
    answer = {"kind": "icap", "reference": "Cabinet 3", **day("made_on", dt.date(2026, 9, 1))}
    page = client_of(counselor).post(reverse("records:learning_plan", args=[student.pk]), answer)
    assert "A colleague has to do it." in words_of(page)
    assert not LearningPlan.objects.exists()


def test_a_plan_goes_to_the_record_that_stays() -> None:
    kept = StudentFactory.create(mosis_id=None)
    gone = StudentFactory.create(school=kept.school)
    plan = LearningPlanFactory.create(student=gone)
    counselor = MembershipFactory.create(counselor=True, organization=kept.lea.organization)
    records.merge_students(gone.pk, into_id=kept.pk, by=counselor, at=NOW)
    assert LearningPlan.objects.get(pk=plan.pk).student == kept
