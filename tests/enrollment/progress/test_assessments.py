"""State assessments: planned for whole grades, ticked off, and nobody missing without a reason."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError

from enrollment.full_time.models import Program
from enrollment.progress import actions
from enrollment.progress.models import StateAssessment
from enrollment.progress.tasks import plan_latecomers
from tests.factories.accounts import MembershipFactory
from tests.factories.progress import StateAssessmentFactory
from tests.factories.records import GuardianFactory

from . import kit

pytestmark = pytest.mark.django_db
OPENS, CLOSES = dt.date(2027, 4, 1), dt.date(2027, 4, 30)
DURING = dt.datetime(2027, 4, 10, 18, tzinfo=dt.UTC)
BEFORE = dt.datetime(2027, 3, 31, 18, tzinfo=dt.UTC)


def plan(program: Program, **changes: Any) -> int:
    usual: dict[str, Any] = {
        "name": "English II",
        "opens_on": OPENS,
        "closes_on": CLOSES,
        "place": "Library",
        "grades": [10],
        "by": kit.host(program),
        "at": BEFORE,
    }
    return actions.plan_assessment(program.pk, **usual | changes)


def test_an_assessment_is_planned_for_the_students_of_the_grades() -> None:
    tenth = kit.student()
    ninth = kit.student(program=tenth.program, application__claim__grade=9)
    kit.student(program=tenth.program, disenrolled=True)
    kit.student()  # of another program
    assert plan(tenth.program) == 1
    row = StateAssessment.objects.get()
    assert (row.enrollment, row.opens_on, row.closes_on, row.place) == (tenth, OPENS, CLOSES, "Library")
    assert (row.school_year_id, row.taken) == (2027, None)
    assert plan(tenth.program, grades=[9, 10]) == 1  # who has it keeps it
    assert set(StateAssessment.objects.values_list("enrollment", flat=True)) == {tenth.pk, ninth.pk}


def test_planning_twice_changes_nothing() -> None:
    student = kit.student()
    assert [plan(student.program), plan(student.program, place="Elsewhere")] == [1, 0]
    assert StateAssessment.objects.get().place == "Library"


@pytest.mark.parametrize("day", ["2027-03-31", "2027-04-10", "2027-04-30"])
def test_who_enters_before_the_window_ends_is_planned_for_in_the_night(day: str) -> None:
    first = kit.student()
    by = kit.host(first.program)
    plan(first.program, by=by)
    assert plan_latecomers(day) == 0
    usual: dict[str, Any] = {"program": first.program, "starts_on": dt.date(2027, 3, 30)}
    late = kit.student(**usual)
    kit.student(**usual, application__claim__grade=9)
    kit.student(**usual, disenrolled=True)
    kit.student(program=first.program, starts_on=dt.date(2027, 5, 3))  # the window is over then
    kit.student(starts_on=dt.date(2027, 3, 30))  # of another program
    own = kit.student(**usual)
    GuardianFactory.create(student=own.student, user=by.user)
    assert [plan_latecomers(day), plan_latecomers(day)] == [1, 0]
    row = StateAssessment.objects.get(enrollment=late)
    assert (row.name, row.opens_on, row.closes_on, row.place, row.planned_by) == (
        "English II",
        OPENS,
        CLOSES,
        "Library",
        by,
    )
    assert StateAssessment.objects.count() == 2


def test_after_the_window_nobody_is_planned_for() -> None:
    first = kit.student()
    plan(first.program)
    kit.student(program=first.program, starts_on=dt.date(2027, 4, 29))
    assert [plan_latecomers("2027-05-01"), plan_latecomers("2027-04-30")] == [0, 1]


def test_the_newest_word_about_the_place_counts_and_answers_stay() -> None:
    first = kit.student()
    by = kit.host(first.program)
    plan(first.program, by=by)
    actions.record_taken([StateAssessment.objects.get().pk], by=by, at=DURING)
    second = kit.student(program=first.program, starts_on=dt.date(2027, 3, 30))
    plan(first.program, by=by, place="Gym", grades=[10, 11], at=DURING)
    third = kit.student(program=first.program, starts_on=dt.date(2027, 4, 12))
    assert plan_latecomers("2027-04-13") == 1
    places = dict(StateAssessment.objects.values_list("enrollment", "place"))
    assert places == {first.pk: "Library", second.pk: "Gym", third.pk: "Gym"}
    assert StateAssessment.objects.get(enrollment=first).taken


def test_planning_for_nobody_is_refused() -> None:
    student = kit.student()
    for changes, refusal in (
        ({"grades": [3]}, actions.NoStudentsToPlan),
        ({"by": MembershipFactory.create(host_staff=True)}, actions.NoStudentsToPlan),
        ({"closes_on": OPENS - dt.timedelta(days=1)}, actions.WindowBackwards),
    ):
        with pytest.raises(refusal):
            plan(student.program, **changes)


def test_students_are_ticked_off_together_and_answers_stay() -> None:
    open_one = StateAssessmentFactory.create()
    program = open_one.enrollment.program
    missed = StateAssessmentFactory.create(missed=True, enrollment=kit.student(program=program))
    by = kit.host(program)
    assert actions.record_taken([open_one.pk, missed.pk], by=by, at=DURING) == 1
    assert actions.record_taken([open_one.pk], by=by, at=DURING) == 0
    open_one.refresh_from_db()
    missed.refresh_from_db()
    assert (open_one.taken, open_one.recorded_at, open_one.recorded_by) == (True, DURING, by)
    assert (missed.taken, missed.reason) == (False, "Ill in all of April.")


def test_nobody_ticks_a_strangers_student_or_before_the_window() -> None:
    own, strange = StateAssessmentFactory.create(), StateAssessmentFactory.create()
    by = kit.host(own.enrollment)
    with pytest.raises(actions.NotYourAssessment):
        actions.record_taken([own.pk, strange.pk], by=by, at=DURING)
    with pytest.raises(actions.NotOpenYet):
        actions.record_taken([own.pk], by=by, at=BEFORE)
    assert not StateAssessment.objects.filter(taken__isnull=False).exists()


def test_who_did_not_take_part_has_a_reason() -> None:
    row = StateAssessmentFactory.create()
    by = kit.host(row.enrollment)
    answer: dict[str, Any] = {"taken": False, "place": row.place, "by": by, "at": DURING}
    with pytest.raises(actions.ReasonMissing):
        actions.record_assessment(row.pk, **answer)
    row = actions.record_assessment(row.pk, **answer, reason="Moved away in April.")
    assert (row.taken, row.reason, row.recorded_at, row.recorded_by) == (
        False,
        "Moved away in April.",
        DURING,
        by,
    )
    later = DURING + dt.timedelta(days=1)
    again = actions.record_assessment(row.pk, **answer | {"at": later}, reason="Moved away in April.")
    assert again.recorded_at == DURING


def test_an_answer_can_be_taken_back() -> None:
    row = StateAssessmentFactory.create(answered=True)
    by = kit.host(row.enrollment)
    row = actions.record_assessment(row.pk, taken=None, place="At home", by=by, at=DURING)
    assert (row.taken, row.recorded_at, row.recorded_by, row.place) == (None, None, None, "At home")


def test_only_the_own_host_answers() -> None:
    row = StateAssessmentFactory.create()
    for hat in (
        MembershipFactory.create(host_staff=True),
        kit.staff(row.enrollment.resident_lea),
        MembershipFactory.create(
            host_staff=True, lea=row.enrollment.program.host, user=kit.family(row.enrollment).user
        ),
    ):
        with pytest.raises(actions.NotYourAssessment):
            actions.record_assessment(row.pk, taken=True, place="Library", by=hat, at=DURING)


def test_family_host_and_resident_district_read_it_and_nobody_else() -> None:
    row = StateAssessmentFactory.create()
    enrollment = row.enrollment
    for hat in (kit.family(enrollment), kit.host(enrollment), kit.staff(enrollment.resident_lea)):
        assert list(StateAssessment.objects.visible_to(hat)) == [row]
    for hat in (
        MembershipFactory.create(parent=True),
        MembershipFactory.create(host_staff=True),
        MembershipFactory.create(coordinator=True),
        MembershipFactory.create(provider_staff=True),
    ):
        assert list(StateAssessment.objects.visible_to(hat)) == []


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("an_assessment_not_taken_says_why", {"answered": True, "taken": False}),
        ("an_assessment_not_taken_says_why", {"reason": "Ill."}),
        ("an_answered_assessment_says_who", {"taken": True}),
        ("an_assessment_opens_before_it_closes", {"closes_on": OPENS - dt.timedelta(days=1)}),
    ],
)
def test_what_the_table_refuses(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        StateAssessmentFactory.create(**changes)


def test_an_assessment_of_a_name_is_planned_once_a_year() -> None:
    row = StateAssessmentFactory.create()
    with pytest.raises(IntegrityError, match="an_assessment_is_planned_once"):
        StateAssessmentFactory.create(enrollment=row.enrollment)
