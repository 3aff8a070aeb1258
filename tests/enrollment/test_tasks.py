"""Chasing and moved due days: the right people, once a day, whatever is run twice."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import TimeMachineFixture

from enrollment.part_time.models import CourseRequest
from enrollment.part_time.tasks import chase_requests, tell_moves
from enrollment.registration import tasks as registration_tasks
from enrollment.registration.tasks import chase_confirmations
from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers.models import DigestItem, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import ClosedDayFactory, LeaPolicyFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.registration import RosterLineFactory
from tests.personal_data import assert_no_personal_data
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

# CourseRequestFactory(submitted=True): from Monday 2 November 2026 to Tuesday 17 November.
HALF_TIME, DAY_BEFORE, DUE, LATE = "2026-11-09", "2026-11-16", "2026-11-17", "2026-11-18"


def staff_of(request: CourseRequest, **traits: bool) -> User:
    return MembershipFactory.create(**traits, organization=request.lea.organization).user


def told(day: str) -> set[tuple[int, str, bool]]:
    return set(DigestItem.objects.filter(day=day).values_list("user", "sentence", "urgent"))


@pytest.mark.rule("R-18")
@pytest.mark.parametrize(
    ("day", "chased"), [("2026-11-06", 0), (HALF_TIME, 1), (DAY_BEFORE, 1), (DUE, 1), (LATE, 1)]
)
def test_reviewers_are_reminded_at_half_time_and_the_day_before(day: str, chased: int) -> None:
    CourseRequestFactory.create(submitted=True)
    # On the due day itself the reminder of the day before is caught up, because its night was missed here.
    assert chase_requests(day) == chased


@pytest.mark.rule("R-18")
def test_a_late_request_is_told_to_coordinator_and_state_office_each_day() -> None:
    request = CourseRequestFactory.create(submitted=True)
    counselor, coordinator = staff_of(request, counselor=True), staff_of(request, coordinator=True)
    reviewer = MembershipFactory.create(dese_reviewer=True).user
    MembershipFactory.create(counselor=True)  # of another district
    sentence = f"{request.lea}: request {request.number} was due by Nov. 17, 2026 and is not decided."
    for day in (LATE, "2026-11-19"):
        assert chase_requests(day) == 1
        assert told(day) == {(user.pk, sentence, True) for user in (counselor, coordinator, reviewer)}


@pytest.mark.rule("R-18")
@pytest.mark.parametrize("former", [False, True], ids=["never had one", "has a former one"])
def test_where_there_is_no_coordinator_the_administrator_hears_of_a_late_request(former: bool) -> None:
    request = CourseRequestFactory.create(submitted=True)
    counselor, admin = staff_of(request, counselor=True), staff_of(request, lea_admin=True)
    if former:
        MembershipFactory.create(
            coordinator=True, organization=request.lea.organization, ended_at=request.submitted_at
        )
    chase_requests(LATE)
    review = reverse("part_time:review", args=[request.pk])
    paths = dict(DigestItem.objects.filter(day=LATE).values_list("user", "path"))
    assert paths == {
        counselor.pk: review,
        admin.pk: reverse("home"),
    }  # whom the page of a request is closed to
    chase_requests(HALF_TIME)
    assert {user for user, *_ in told(HALF_TIME)} == {counselor.pk}


@pytest.mark.rule("R-18")
def test_where_there_is_a_coordinator_the_administrator_hears_nothing() -> None:
    request = CourseRequestFactory.create(submitted=True)
    coordinator, _admin = staff_of(request, coordinator=True), staff_of(request, lea_admin=True)
    chase_requests(LATE)
    assert {user for user, *_ in told(LATE)} == {coordinator.pk}


def test_where_there_is_no_coordinator_the_administrator_registers() -> None:
    line = CourseLineFactory.create(approved=True, request__clock__stopped=True)
    admin = MembershipFactory.create(lea_admin=True, organization=line.request.lea.organization)
    chase_requests("2026-11-04")
    item = DigestItem.objects.get()
    assert (item.user, item.path) == (admin.user, reverse("registration:waiting"))
    assert line.course.title in sign_in(Client(), admin).get(item.path).content.decode()


def test_a_night_run_twice_reminds_once() -> None:
    request = CourseRequestFactory.create(submitted=True)
    counselor = staff_of(request, counselor=True)
    assert chase_requests(HALF_TIME) == 1
    assert chase_requests(HALF_TIME) == 0
    assert told(HALF_TIME) == {(counselor.pk, f"Decide request {request.number} by Nov. 17, 2026.", False)}


def test_the_colleague_it_was_given_to_is_reminded_alone() -> None:
    request = CourseRequestFactory.create(submitted=True)
    staff_of(request, counselor=True)
    mine = MembershipFactory.create(counselor=True, organization=request.lea.organization)
    request.assigned_to = mine
    request.save()
    chase_requests(HALF_TIME)
    assert [user for user, *_ in told(HALF_TIME)] == [mine.user_id]


@pytest.mark.rule("R-19")
def test_where_the_decision_is_reserved_the_decider_is_reminded_too() -> None:
    request = CourseRequestFactory.create(submitted=True)
    LeaPolicyFactory.create(lea=request.lea, reserved=True)
    counselor, decider = staff_of(request, counselor=True), staff_of(request, decider=True)
    chase_requests(HALF_TIME)
    assert {user for user, *_ in told(HALF_TIME)} == {counselor.pk, decider.pk}


def test_staff_are_not_reminded_about_a_child_of_their_own() -> None:
    request = CourseRequestFactory.create(submitted=True)
    MembershipFactory.create(
        counselor=True, user=request.claim.claimant, organization=request.lea.organization
    )
    chase_requests(HALF_TIME)
    assert told(HALF_TIME) == set()


def test_decided_paused_and_draft_requests_are_left_alone() -> None:
    CourseRequestFactory.create()
    CourseRequestFactory.create(submitted=True, clock__stopped=True)
    CourseRequestFactory.create(submitted=True, clock__paused=True)
    assert chase_requests(LATE) == 0


def test_an_approved_course_that_is_not_registered_is_the_coordinators() -> None:
    line = CourseLineFactory.create(approved=True, request__clock__stopped=True)
    coordinator = staff_of(line.request, coordinator=True)
    staff_of(line.request, counselor=True)
    chase_requests("2026-11-04")
    assert told("2026-11-04") == {
        (
            coordinator.pk,
            f"Register the approved course of request {line.request.number} by Nov. 5, 2026.",
            False,
        )
    }


@pytest.mark.rule("R-18", "R-31")
def test_a_provider_that_does_not_confirm_is_reminded_and_then_its_district_and_dese_are_told() -> None:
    roster_line = RosterLineFactory.create()
    desk = MembershipFactory.create(provider_staff=True, organization=roster_line.provider.organization).user
    coordinator = staff_of(roster_line.line.request, coordinator=True)
    reviewer = MembershipFactory.create(dese_reviewer=True).user
    assert chase_confirmations("2026-11-12") == 1
    assert {user for user, *_ in told("2026-11-12")} == {desk.pk}
    assert chase_confirmations("2026-11-16") == 1
    sender = roster_line.sent_by.user_id
    assert {user for user, *_ in told("2026-11-16")} == {desk.pk, coordinator.pk, sender, reviewer.pk}
    paths = DigestItem.objects.filter(day="2026-11-16", user=reviewer).values_list("path", flat=True)
    assert list(paths) == [reverse("part_time:review", args=[roster_line.line.request_id])]
    for item in DigestItem.objects.all():
        assert_no_personal_data(item.sentence, item.path, about=roster_line.line.request.claim.student)


def flood_on(date: dt.date, lea: Lea, time_machine: TimeMachineFixture) -> None:
    """The day before, DESE confirms that schools will be closed; a minute later is now."""
    now = dt.datetime.combine(date, dt.time(18), tzinfo=dt.UTC) - dt.timedelta(days=1)
    closed = ClosedDayFactory.create(lea=lea, date=date, reason="Flood", entered_at=now)
    clocks.confirm_emergency(closed.pk, at=now)
    time_machine.move_to(now + dt.timedelta(minutes=1), tick=False)


@pytest.mark.rule("R-16")
def test_an_emergency_that_moves_a_due_day_is_told_to_family_and_reviewers_once(
    time_machine: TimeMachineFixture,
) -> None:
    request = CourseRequestFactory.create(submitted=True)
    counselor = staff_of(request, counselor=True)
    flood_on(dt.date(2026, 11, 10), request.lea, time_machine)
    tell_moves()
    tell_moves()
    notices = Notice.objects.order_by("pk")
    assert [notice.user for notice in notices] == [request.claim.claimant, counselor]
    for notice in notices:
        assert "Nov. 18, 2026 instead of Nov. 17, 2026" in notice.body
        assert_no_personal_data(notice.subject, notice.body, about=request.claim)


@pytest.mark.rule("R-16")
def test_a_moved_day_to_register_is_told_to_the_administrator_where_there_is_no_coordinator(
    time_machine: TimeMachineFixture,
) -> None:
    line = CourseLineFactory.create(approved=True, request__clock__stopped=True)
    admin = staff_of(line.request, lea_admin=True)
    flood_on(dt.date(2026, 11, 4), line.request.lea, time_machine)
    tell_moves()
    assert reverse("registration:waiting") in Notice.objects.get(user=admin).body


@pytest.mark.rule("R-16")
def test_a_moved_day_to_register_is_told_to_family_and_coordinators_once(
    time_machine: TimeMachineFixture,
) -> None:
    line = CourseLineFactory.create(approved=True, request__clock__stopped=True)
    coordinator = staff_of(line.request, coordinator=True)
    staff_of(line.request, counselor=True)
    flood_on(dt.date(2026, 11, 4), line.request.lea, time_machine)
    tell_moves()
    tell_moves()
    notices = Notice.objects.order_by("pk")
    assert [notice.user for notice in notices] == [line.request.claim.claimant, coordinator]
    for notice in notices:
        assert (
            f"The approved course of request {line.request.number} has to be registered by Nov. 6, 2026 instead of "
            "Nov. 5, 2026." in notice.body
        )
        assert_no_personal_data(notice.subject, notice.body, about=line.request.claim)


@pytest.mark.rule("R-16")
def test_a_moved_day_to_confirm_is_told_to_provider_and_family_once(time_machine: TimeMachineFixture) -> None:
    roster_line = RosterLineFactory.create()
    desk = MembershipFactory.create(provider_staff=True, organization=roster_line.provider.organization).user
    flood_on(dt.date(2026, 11, 10), roster_line.lea, time_machine)
    registration_tasks.tell_moves()
    registration_tasks.tell_moves()
    notices = Notice.objects.order_by("pk")
    assert [notice.user for notice in notices] == [desk, roster_line.line.request.claim.claimant]
    for notice in notices:
        assert (
            f"{roster_line.provider} has to confirm by Nov. 16, 2026 instead of Nov. 13, 2026." in notice.body
        )
        assert_no_personal_data(notice.subject, notice.body, about=roster_line.line.request.claim)
