"""Courses are taken back: by the family or the district, before the start and after it, told the same day."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from enrollment.part_time.models import CourseLine, CourseRequest, LineState, RequestState, Step, StepKind
from enrollment.registration import actions
from enrollment.registration.models import RosterState
from enrollment.registration.tasks import chase_confirmations
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.papers.models import Notice
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
    parent_of,
    told,
    words_of,
)
from tests.factories.accounts import MembershipFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.records import GuardianFactory
from tests.personal_data import assert_no_personal_data

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def undecided(courses: int = 2) -> tuple[CourseRequest, list[CourseLine]]:
    request = CourseRequestFactory.create(submitted=True)
    return request, CourseLineFactory.create_batch(courses, request=request)


def sent(*lines: CourseLine, **more: Any) -> dict[str, Any]:
    return {"lines": [line.pk for line in lines], "reason": "We move away", **more}


# What becomes of the courses ----------------------------------------------------------------------


def test_a_family_takes_a_whole_request_back_before_it_is_decided() -> None:
    request, lines = undecided()
    parent, counselor = parent_of(request), coordinator_of(request, counselor=True)
    request.assigned_to = counselor
    request.save()
    coordinator = coordinator_of(request)
    client = client_of(parent)
    response = client.post(address("withdraw", request.pk), sent(*lines))
    assert response.headers["Location"] == reverse("part_time:status", args=[request.pk])
    request.refresh_from_db()
    assert (request.state, request.clock.stopped_at) == (RequestState.CANCELLED, NOW)
    assert {(line.state, line.ended_on, line.end_reason) for line in CourseLine.objects.all()} == {
        (LineState.CANCELLED, TODAY, "We move away")
    }
    steps = Step.objects.values_list("kind", "by", "at")
    assert list(steps) == [(StepKind.CANCELLED, parent.pk, NOW)] * 2
    assert told() == {parent.user_id, counselor.user_id, coordinator.user_id}
    for notice in Notice.objects.all():
        assert_no_personal_data(notice.subject, notice.body, about=request.claim)


def test_what_stays_is_still_decided() -> None:
    request, (first, second) = undecided()
    client_of(parent_of(request)).post(address("withdraw", request.pk), sent(first))
    request.refresh_from_db()
    assert (request.state, request.clock.stopped_at) == (RequestState.SUBMITTED, None)
    assert (again(first).state, again(second).state) == (LineState.CANCELLED, LineState.REQUESTED)


def test_with_the_last_undecided_course_the_request_is_closed() -> None:
    request, (waiting,) = undecided(1)
    approved = CourseLineFactory.create(request=request, approved=True)
    client_of(parent_of(request)).post(address("withdraw", request.pk), sent(waiting))
    request.refresh_from_db()
    assert (request.state, request.clock.stopped_at) == (RequestState.DECIDED, NOW)
    assert (again(approved).state, approved.registration_clock.stopped_at) == (LineState.APPROVED, None)


def test_a_paused_request_can_be_taken_back() -> None:
    request = CourseRequestFactory.create(submitted=True, clock__paused=True)
    line = CourseLineFactory.create(request=request)
    client_of(parent_of(request)).post(address("withdraw", request.pk), sent(line))
    request.refresh_from_db()
    assert (request.state, request.clock.stopped_at) == (RequestState.CANCELLED, NOW)


@pytest.mark.rule("R-34")
def test_the_clocks_of_a_course_stop_and_nobody_is_chased_for_it() -> None:
    roster_line = on_roster()
    approved = CourseLineFactory.create(request=roster_line.line.request, approved=True)
    line = roster_line.line
    line.confirmation_clock = roster_line.clock
    line.save()
    client_of(parent_of(line)).post(address("withdraw", line.request_id), sent(line, approved))
    assert not Clock.objects.unfinished().filter(kind="provider_confirmation").exists()
    assert again(approved).registration_clock.stopped_at == NOW
    assert chase_confirmations("2026-11-16") == 0
    roster_line.refresh_from_db()
    assert roster_line.state == RosterState.ENDED


@pytest.mark.rule("R-33")
def test_a_running_course_stays_for_october_and_june_and_one_that_never_ran_does_not() -> None:
    running = on_roster(running=True)
    coming = CourseLineFactory.create(request=running.line.request, approved=True)
    last_day = dt.date(2026, 11, 6)
    client_of(parent_of(running)).post(
        address("withdraw", running.line.request_id),
        sent(running.line, coming, **day("last_day", last_day)),
    )
    gone = again(running.line)
    assert (gone.state, gone.started_on, gone.ended_on, gone.end_reason) == (
        LineState.WITHDRAWN,
        dt.date(2026, 11, 5),
        last_day,
        "We move away",
    )
    assert list(CourseLine.objects.started()) == [gone]
    assert (again(coming).state, again(coming).ended_on) == (LineState.CANCELLED, TODAY)


@pytest.mark.rule("R-34")
def test_district_provider_and_both_parents_hear_of_it_the_same_day() -> None:
    running = on_roster(running=True)
    request = running.line.request
    coordinator, desk, parent = coordinator_of(running), desk_of(running), parent_of(running)
    decider = coordinator_of(running, decider=True)
    request.assigned_to = decider
    request.save()
    assert request.claim.student is not None
    other = GuardianFactory.create(student=request.claim.student)
    stranger = MembershipFactory.create(provider_staff=True)
    client_of(parent).post(address("withdraw", request.pk), sent(running.line, **day("last_day", TODAY)))
    assert running.confirmed_by is not None
    assert told() == {
        coordinator.user_id,
        running.sent_by.user_id,  # a coordinator as well
        decider.user_id,
        desk.user_id,
        running.confirmed_by.user_id,
        parent.user_id,
        other.user_id,
    }
    assert stranger.user_id not in told()
    for notice in Notice.objects.all():
        assert notice.created_at == NOW
        assert_no_personal_data(notice.subject, notice.body, about=request.claim.student)
    for hat, where in ((desk, address("confirm", running.pk)), (decider, address("withdraw", request.pk))):
        body = Notice.objects.get(user=hat.user).body
        assert where in body
        assert client_of(hat).get(where).status_code == 200


@pytest.mark.rule("R-34")
def test_where_there_is_no_coordinator_the_administrator_hears_of_it() -> None:
    request, lines = undecided()
    admin = coordinator_of(request, lea_admin=True)
    client_of(parent_of(request)).post(address("withdraw", request.pk), sent(*lines))
    body = Notice.objects.get(user=admin.user).body
    assert address("withdraw", request.pk) in body
    assert client_of(admin).get(address("withdraw", request.pk)).status_code == 200


def test_a_provider_that_was_told_nothing_hears_nothing() -> None:
    line = CourseLineFactory.create(approved=True)
    desk = MembershipFactory.create(provider_staff=True, organization=line.course.provider.organization)
    client_of(parent_of(line)).post(address("withdraw", line.request_id), sent(line))
    assert desk.user_id not in told()


def test_the_provider_sees_the_student_as_ended_with_the_day() -> None:
    running = on_roster(running=True)
    desk = desk_of(running)
    client_of(parent_of(running)).post(
        address("withdraw", running.line.request_id), sent(running.line, **day("last_day", TODAY))
    )
    client = client_of(desk)
    assert [row.record for row in client.get("/roster/?state=ended").context["table"].rows] == [running]
    page = words_of(client.get(address("confirm", running.pk)))
    assert "Monday, November 9, 2026" in page
    assert "We move away" in page
    assert address("finish", running.pk) not in page


# Twice, and at the wrong moment -------------------------------------------------------------------


def test_taken_back_twice_is_taken_back_once() -> None:
    request, lines = undecided()
    client = client_of(parent_of(request))
    for _ in range(2):
        page = client.post(address("withdraw", request.pk), sent(*lines), follow=True)
    assert escape(str(actions.AlreadyTakenBack.sentence)) in words_of(page)
    assert Step.objects.count() == 2
    mails = Notice.objects.count()
    with pytest.raises(actions.AlreadyTakenBack):
        actions.withdraw(request.pk, by=parent_of(request), at=NOW, line_ids=[line.pk for line in lines])
    assert Notice.objects.count() == mails


def test_of_several_courses_those_that_are_open_are_taken_back() -> None:
    request, (first, second) = undecided()
    parent = parent_of(request)
    actions.withdraw(request.pk, by=parent, at=NOW, line_ids=[first.pk])
    gone = actions.withdraw(request.pk, by=parent, at=NOW, line_ids=[first.pk, second.pk])
    assert gone == [second]
    request.refresh_from_db()
    assert request.state == RequestState.CANCELLED


def test_a_course_that_started_meanwhile_asks_for_its_last_day() -> None:
    running = on_roster(running=True)
    parent = parent_of(running)
    with pytest.raises(actions.LastDayMissing):
        actions.withdraw(running.line.request_id, by=parent, at=NOW, line_ids=[running.line_id])
    response = client_of(parent).post(address("withdraw", running.line.request_id), sent(running.line))
    assert list(response.context["form"].errors) == ["last_day"]
    assert again(running.line).state == LineState.ACTIVE
    assert not Notice.objects.exists()


@pytest.mark.parametrize("last_day", [dt.date(2026, 11, 4), dt.date(2026, 11, 10)])
def test_the_last_day_lies_between_the_first_and_today(last_day: dt.date) -> None:
    running = on_roster(running=True)
    parent = parent_of(running)
    response = client_of(parent).post(
        address("withdraw", running.line.request_id), sent(running.line, **day("last_day", last_day))
    )
    assert list(response.context["form"].errors) == ["last_day"]
    with pytest.raises(actions.LastDayOutside):
        actions.withdraw(
            running.line.request_id, by=parent, at=NOW, line_ids=[running.line_id], last_day=last_day
        )
    assert again(running.line).state == LineState.ACTIVE


def test_nothing_chosen_or_a_course_of_another_request_is_refused() -> None:
    request, _lines = undecided()
    _other, (foreign, _second) = undecided()
    client = client_of(parent_of(request))
    for chosen in ({"reason": ""}, {"lines": [foreign.pk]}, {"lines": ["x"]}):
        response = client.post(address("withdraw", request.pk), chosen)
        assert list(response.context["form"].errors) == ["lines"]
    with pytest.raises(actions.NothingChosen):
        actions.withdraw(request.pk, by=parent_of(request), at=NOW, line_ids=[foreign.pk])
    assert not Step.objects.exists()


def test_denied_and_finished_courses_cannot_be_taken_back_and_are_shown() -> None:
    finished = on_roster(finished=True)
    page = client_of(parent_of(finished)).get(address("withdraw", finished.line.request_id))
    assert "No course of this request can be taken back any more." in words_of(page)
    assert finished.line.course.title in words_of(page)
    with pytest.raises(actions.AlreadyTakenBack):
        actions.withdraw(
            finished.line.request_id,
            by=parent_of(finished),
            at=NOW,
            line_ids=[finished.line_id],
            last_day=TODAY,
        )


def test_a_draft_is_thrown_away_instead() -> None:
    draft = CourseRequestFactory.create()
    line = CourseLineFactory.create(request=draft)
    parent = parent_of(draft)
    response = client_of(parent).get(address("withdraw", draft.pk))
    assert response.headers["Location"] == reverse("part_time:discard", args=[draft.pk])
    with pytest.raises(actions.NotSentYet):
        actions.withdraw(draft.pk, by=parent, at=NOW, line_ids=[line.pk])


def test_a_provider_does_not_confirm_a_student_who_was_taken_back() -> None:
    roster_line = on_roster()
    desk = desk_of(roster_line)
    actions.withdraw(
        roster_line.line.request_id, by=parent_of(roster_line), at=NOW, line_ids=[roster_line.line_id]
    )
    page = words_of(client_of(desk).post(address("confirm", roster_line.pk), {"section": "A"}, follow=True))
    assert str(actions.AlreadyEnded.sentence) in page
    with pytest.raises(actions.AlreadyEnded):
        actions.confirm(roster_line.pk, by=desk, at=NOW, starts_on=TODAY, section="A")


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trait", ["counselor", "decider", "coordinator", "lea_admin", "special_education"])
def test_staff_of_the_district_withdraw_for_a_family(trait: str) -> None:
    running = on_roster(running=True)
    hat = coordinator_of(running, **{trait: True})
    response = client_of(hat).post(
        address("withdraw", running.line.request_id), sent(running.line, **day("last_day", TODAY))
    )
    assert response.status_code == 302
    assert again(running.line).state == LineState.WITHDRAWN
    assert Step.objects.get().by == hat
    assert parent_of(running).user_id in told()


def refused_hats(running_request: CourseRequest) -> list[Membership]:
    return [
        MembershipFactory.create(),
        MembershipFactory.create(coordinator=True),
        coordinator_of(running_request, data_clerk=True),
        MembershipFactory.create(
            counselor=True,
            user=running_request.claim.claimant,
            organization=running_request.lea.organization,
        ),
        MembershipFactory.create(dese_admin=True),
    ]


@pytest.mark.rule("R-134")
def test_nobody_else_does_and_no_colleague_for_a_child_of_their_own() -> None:
    running = on_roster(running=True)
    request = running.line.request
    answers = []
    for hat in [*refused_hats(request), desk_of(running)]:
        with pytest.raises(actions.MayNotWithdraw):
            actions.withdraw(request.pk, by=hat, at=NOW, line_ids=[running.line_id], last_day=TODAY)
        response = client_of(hat).post(
            address("withdraw", request.pk), sent(running.line, **day("last_day", TODAY))
        )
        answers.append(response.status_code)
    assert answers == [404, 404, 403, 404, 403, 403]
    assert again(running.line).state == LineState.ACTIVE
    assert not Notice.objects.exists()


@pytest.mark.parametrize("rows", [1, 8])
def test_the_page_costs_the_same_for_any_number_of_courses(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request, _lines = undecided(rows)
    client = client_of(parent_of(request))
    client.get(address("withdraw", request.pk))
    with django_assert_num_queries(6):
        client.get(address("withdraw", request.pk))
