"""A student of combined study with a letter stops: the resident district gets the task, once (R-153)."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from enrollment.certification import actions
from enrollment.certification.models import CessationTask, LetterRequest
from enrollment.certification.tasks import open_cessations
from enrollment.part_time.models import CourseLine, LineState
from enrollment.records.models import Disclosure
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.home import waiting
from tests.factories.accounts import MembershipFactory
from tests.factories.certification import CessationTaskFactory
from tests.factories.full_time import ProgramEnrollmentFactory
from tests.factories.part_time import CourseLineFactory
from tests.personal_data import assert_no_personal_data
from tests.sign_in import sign_in

from .kit import combined, issue, official_of

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-153")]
STOPPED = dt.date(2027, 3, 12)  # letters are of 1 February
NOW = dt.datetime(2027, 3, 15, 18, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def lettered() -> LetterRequest:
    """With one course that runs and a letter."""
    request = combined()
    issue(request)
    Notice.objects.all().delete()
    return request


def lines_of(request: LetterRequest) -> Any:
    return CourseLine.objects.filter(request__claim__student=request.student)


def end(request: LetterRequest, state: LineState = LineState.WITHDRAWN, on: dt.date = STOPPED) -> None:
    lines_of(request).filter(state=LineState.ACTIVE).update(state=state, ended_on=on)


def another(asked: LetterRequest, **line: Any) -> CourseLine:
    """One more course of the same request."""
    answers = {
        "request": lines_of(asked).order_by("pk")[0].request,
        "state": LineState.ACTIVE,
        "started_on": dt.date(2027, 1, 6),
        "ends_on": dt.date(2027, 5, 21),
        "planned_minutes": 300,
    } | line
    row: CourseLine = CourseLineFactory.create(**answers)
    return row


@pytest.mark.parametrize("state", [LineState.WITHDRAWN, LineState.REMOVED])
def test_who_stops_opens_one_task_however_often_it_runs(state: LineState) -> None:
    request = lettered()
    hats = [official_of(request), official_of(request, lea_admin=True)]
    official_of(request, counselor=True)
    end(request, state)
    assert [open_cessations() for _time in range(3)] == [1, 0, 0]
    assert not actions.open_combined_task(request.pk, at=NOW)  # whoever looked at the same moment
    task = CessationTask.objects.get()
    assert (task.request, task.enrollment, task.last_day, task.sent_on) == (request, None, STOPPED, None)
    assert task.student == request.student
    assert {hat.user for hat in hats} <= {notice.user for notice in Notice.objects.all()}
    for notice in Notice.objects.all():
        assert_no_personal_data(notice.subject, notice.body, about=request.student)


def test_nobody_who_still_takes_a_course() -> None:
    request = lettered()
    other = another(request)
    CourseLine.objects.exclude(pk=other.pk).update(state=LineState.WITHDRAWN, ended_on=STOPPED)
    assert open_cessations() == 0


@pytest.mark.parametrize("state", [LineState.FINISHED, LineState.COMPLETED])
def test_a_course_that_ends_as_planned_opens_none(state: LineState) -> None:
    request = lettered()
    other = another(request)
    lines_of(request).exclude(pk=other.pk).update(state=LineState.WITHDRAWN, ended_on=STOPPED)
    finished: dict[str, Any] = {"percent_complete": 100, "final_grade": "A"}
    CourseLine.objects.filter(pk=other.pk).update(state=state, ended_on=dt.date(2027, 3, 14), **finished)
    assert open_cessations() == 0
    CourseLine.objects.filter(pk=other.pk).update(ended_on=STOPPED - dt.timedelta(days=1))
    assert open_cessations() == 1  # the withdrawn one was the last


def test_a_course_in_exchange_goes_on_and_one_of_a_later_term_does_not() -> None:
    request = lettered()
    coming = another(request, state=LineState.CONFIRMED, started_on=None, starts_on=dt.date(2027, 3, 20))
    end(request)
    assert open_cessations() == 0
    coming.delete()
    assert open_cessations() == 1


def test_who_is_a_student_of_a_program_now_studies_there() -> None:
    request = lettered()
    end(request)
    enrollment = ProgramEnrollmentFactory.create(enrolled=True, student=request.student)
    assert open_cessations() == 0
    enrollment.delete()
    assert open_cessations() == 1


def test_a_course_that_ended_before_the_letter_and_a_request_without_one_open_none() -> None:
    request = combined()
    end(request, on=dt.date(2027, 1, 29))
    issue(request)
    assert open_cessations() == 0
    waiting_still = combined()
    end(waiting_still)
    assert open_cessations() == 0


def test_of_several_letters_there_is_one_task_and_a_later_stop_has_its_own() -> None:
    first = lettered()
    second = LetterRequest.objects.create(
        student=first.student,
        lea=first.lea,
        recipient="The county office",
        asked_by=first.asked_by,
        asked_at=NOW,
    )
    issue(second, at=dt.datetime(2027, 2, 3, 18, tzinfo=dt.UTC))
    end(first)
    assert open_cessations() == 1
    assert CessationTask.objects.get().request == second
    again = another(first, started_on=dt.date(2027, 4, 1))
    third = LetterRequest.objects.create(
        student=first.student, lea=first.lea, recipient="A bank", asked_by=first.asked_by, asked_at=NOW
    )
    issue(third, at=dt.datetime(2027, 4, 2, 18, tzinfo=dt.UTC))
    assert open_cessations() == 0
    CourseLine.objects.filter(pk=again.pk).update(state=LineState.WITHDRAWN, ended_on=dt.date(2027, 4, 9))
    assert open_cessations() == 1


def test_the_district_records_it_once_on_its_page_and_it_waits_there() -> None:
    request = lettered()
    hat = official_of(request)
    end(request)
    open_cessations()
    task = CessationTask.objects.get()
    address = reverse("certification:cessation", args=[task.pk])
    blocks = waiting.blocks(hat, today=NOW.date())
    (item,) = next(block.items for block in blocks if block.title == "Notices of cessation to send")
    assert (item.what, item.url, item.about) == (
        f"Send the notice of cessation of {request.student}",
        address,
        "Courses of the portal, last day Friday, March 12, 2027",
    )
    client = sign_in(Client(), hat)
    assert str(request.student) in client.get(reverse("certification:cessations")).content.decode()
    page = client.get(address).content.decode()
    assert "Last day of a course of the portal:" in page
    assert "Friday, March 12, 2027" in page
    assert request.number in page
    sent = {"sent_on_month": "3", "sent_on_day": "15", "sent_on_year": "2027"}
    for _click in range(2):
        client.post(address, sent)
    task.refresh_from_db()
    assert (task.sent_on, task.recorded_by) == (dt.date(2027, 3, 15), hat)
    assert Disclosure.objects.get().student == request.student


def test_nobody_else_finds_it() -> None:
    task = CessationTaskFactory.create(enrollment=None, request=lettered(), stopped_on=STOPPED)
    assert task.request is not None
    for hat in (
        MembershipFactory.create(coordinator=True),
        MembershipFactory.create(host_staff=True, lea=task.request.lea),
        MembershipFactory.create(coordinator=True, lea=task.request.lea, user=task.request.asked_by.user),
    ):
        with pytest.raises(actions.MayNotRecord):
            actions.record_sent(task.pk, by=hat, at=NOW, sent_on=STOPPED)
        response = sign_in(Client(), hat).get(reverse("certification:cessation", args=[task.pk]))
        assert response.status_code == 404


def test_a_task_is_of_one_or_the_other() -> None:
    with pytest.raises(IntegrityError, match="a_cessation_is_of_an_enrollment_or_of_combined_study"):
        CessationTaskFactory.create(enrollment=None)
