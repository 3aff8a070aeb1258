"""Combined study of a student who moves in mid-course: the district that pays now issues the letters (R-72, R-144)."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enrollment.certification import actions
from enrollment.certification.models import Certification, CessationTask, LetterRequest
from enrollment.certification.tasks import open_cessations
from enrollment.certification.verifying import Change, changes
from enrollment.part_time.models import CourseLine, LineState
from enrollment.records.actions import move_student
from enrollment.records.models import Student
from enrollment.registration.actions import change_payer
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import School
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import SchoolFactory
from tests.factories.part_time import CourseLineFactory
from tests.factories.registration import RosterLineFactory
from tests.sign_in import sign_in

from .kit import NOW, TODAY, combined, issue, official_of, parent_of, seen

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-72")]

MOVED_ON = dt.date(2027, 2, 15)  # letters are asked for and issued on the 1st
LATER = dt.datetime(2027, 3, 1, 18, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(LATER, tick=False)


def asked_before() -> LetterRequest:
    """About a course that runs and is on its provider's roster."""
    request = combined()
    RosterLineFactory.create(line=line_of(request))
    return request


def line_of(request: LetterRequest) -> CourseLine:
    return CourseLine.objects.get(request__claim__student=request.student)


def move(student: Student, *, on: dt.date = MOVED_ON) -> School:
    """The student and what runs go to another district."""
    school: School = SchoolFactory.create()
    by = MembershipFactory.create(coordinator=True, lea=school.lea)
    move_student(student.pk, to_school_id=school.pk, on=on, why="The family moved.", by=by, at=LATER)
    change_payer(student.pk, to_lea_id=school.lea_id, on=on, by=by, at=LATER)
    student.refresh_from_db()
    return school


def ask(student: Student, hat: Membership | None = None) -> LetterRequest:
    return actions.ask(student.pk, by=hat or parent_of(student), at=LATER, recipient="A bank")


@pytest.mark.rule("R-144")
def test_the_new_district_is_asked_and_its_letter_states_the_course_and_its_own_school() -> None:
    before = asked_before()
    student, line, old = before.student, line_of(before), official_of(before)
    school = move(student)
    new = MembershipFactory.create(lea_admin=True, lea=school.lea)
    Notice.objects.all().delete()
    request = ask(student)
    assert (request.enrollment, request.lea) == (None, school.lea)
    told = set(Notice.objects.values_list("user", flat=True))
    assert new.user_id in told
    assert old.user_id not in told
    page = reverse("certification:issue", args=[request.pk])
    assert sign_in(Client(), old).get(page).status_code == 404
    assert sign_in(Client(), new).get(page).status_code == 200
    with pytest.raises(actions.MayNotIssue):
        issue(request, by=old, at=LATER)
    facts = issue(request, by=new, at=LATER).facts
    assert [course["title"] for course in facts["courses"]] == [line.course.title]
    assert (facts["minutes"], facts["entered_on"], facts["last_on"]) == (300, "2027-01-06", None)
    assert (facts["school"], facts["issuer"]) == (school.name, school.lea.organization.name)
    assert facts["code"] == f"{school.lea.state_district_id}-{school.state_school_id}"


def test_courses_that_the_new_district_registered_count_beside_those_that_came() -> None:
    before = asked_before()
    school = move(before.student)
    came = line_of(before)
    own = CourseLineFactory.create(
        request__claim=came.request.claim,
        request__lea=school.lea,
        state=LineState.ACTIVE,
        started_on=dt.date(2027, 2, 22),
        ends_on=dt.date(2027, 5, 21),
        planned_minutes=240,
    )
    RosterLineFactory.create(line=own)
    facts = seen(ask(before.student), at=LATER)
    assert {course.title for course in facts.courses} == {came.course.title, own.course.title}
    assert facts.minutes == 540


def test_the_old_district_certifies_until_the_last_day_there() -> None:
    before = asked_before()
    was = before.student.school
    move(before.student)
    facts = seen(LetterRequest.objects.get(pk=before.pk), at=LATER)
    assert (facts.entered_on, facts.last_on) == (dt.date(2027, 1, 6), MOVED_ON - dt.timedelta(days=1))
    assert (facts.school, facts.code) == (was.name, f"{was.lea.state_district_id}-{was.state_school_id}")
    assert facts.minutes == 300


def test_a_request_that_is_given_again_goes_to_the_new_district() -> None:
    before = asked_before()
    hat = before.asked_by
    actions.take_back(before.pk, by=hat, at=NOW)
    school = move(before.student)
    new = MembershipFactory.create(coordinator=True, lea=school.lea)
    assert actions.ask_again(before.pk, by=hat, at=LATER).lea == school.lea
    before.refresh_from_db()
    assert before.lea == school.lea
    assert Notice.objects.filter(user=new.user, subject__contains="asked for again").exists()


@pytest.mark.rule("R-154")
def test_a_letter_of_before_says_that_the_student_left() -> None:
    before = asked_before()
    letter = issue(before)
    assert changes(Certification.objects.get(), on=TODAY) == []
    move(before.student)
    letter = Certification.objects.get(pk=letter.pk)
    assert changes(letter, on=LATER.date()) == [Change.LEFT]


@pytest.mark.rule("R-153")
def test_who_moves_and_goes_on_has_not_stopped_and_who_then_stops_has() -> None:
    before = asked_before()
    issue(before)
    line = line_of(before)
    ended = CourseLineFactory.create(
        request=line.request,
        state=LineState.WITHDRAWN,
        started_on=dt.date(2027, 1, 6),
        ended_on=dt.date(2027, 2, 12),
    )
    RosterLineFactory.create(line=ended)
    move(before.student)
    assert open_cessations() == 0
    CourseLine.objects.filter(pk=line.pk).update(state=LineState.WITHDRAWN, ended_on=dt.date(2027, 2, 26))
    assert open_cessations() == 1
    task = CessationTask.objects.get()
    assert (task.request, task.last_day) == (before, dt.date(2027, 2, 26))


@pytest.mark.rule("R-153")
def test_the_district_with_the_newest_letter_sends_the_notice() -> None:
    before = asked_before()
    issue(before)
    school = move(before.student)
    after = ask(before.student)
    issue(after, by=MembershipFactory.create(coordinator=True, lea=school.lea), at=LATER)
    CourseLine.objects.update(state=LineState.WITHDRAWN, ended_on=LATER.date())
    assert open_cessations() == 1
    assert CessationTask.objects.get().request == after
