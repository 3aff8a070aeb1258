"""A course is exchanged early for another of the same provider; its last day moves. Both sides hear of it that day."""

import datetime as dt
from typing import Any

import pytest
from django.utils.html import escape

from enrollment.part_time.actions.following import NotRunning
from enrollment.part_time.models import Basis, CourseLine, Decision, LineState, StepKind
from enrollment.registration import actions
from enrollment.registration.models import Extension, Party, RosterLine, Swap
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.papers.models import Notice
from providers.models import Course
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
from tests.factories.directory import LeaPolicyFactory
from tests.factories.part_time import CourseLineFactory
from tests.factories.providers import AgreementFactory, CourseFactory
from tests.personal_data import assert_no_personal_data

pytestmark = pytest.mark.django_db

ASKED = {
    "asked_by": "family",
    "asked_name": "Dana Whitlock",
    "reason": "Too easy",
    "in_person_considered": "on",
}


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def other_course(line: CourseLine) -> Course:
    course: Course = CourseFactory.create(provider=line.course.provider)
    return course


def swap(line: CourseLine, course: Course, *, at: dt.datetime = NOW, **traits: bool) -> CourseLine:
    return actions.swap(
        line.pk,
        by=coordinator_of(line, **(traits or {"counselor": True})),
        at=at,
        course_id=course.pk,
        reason="Too easy",
        asked_by=Party.FAMILY,
        asked_name="Dana Whitlock",
        in_person_considered=True,
    )


# Another course -----------------------------------------------------------------------------------


@pytest.mark.rule("R-11", "R-33")
def test_a_running_course_is_exchanged_and_both_sides_hear_of_it() -> None:
    old = on_roster(running=True)
    counselor, desk = coordinator_of(old, counselor=True), desk_of(old)
    coordinator, parent = coordinator_of(old), parent_of(old)
    course = other_course(old.line)
    response = client_of(counselor).post(address("swap", old.line_id), ASKED | {"course": course.pk})
    new = CourseLine.objects.get(course=course)
    assert response.headers["Location"] == address("line", new.pk)
    gone = again(old.line)
    assert (gone.state, gone.ended_on, gone.end_reason) == (LineState.WITHDRAWN, TODAY, "Too easy")
    assert gone in CourseLine.objects.started()
    assert (new.state, new.replaces, new.request, new.basis) == (
        LineState.APPROVED,
        gone,
        gone.request,
        gone.basis,
    )
    assert new.position > gone.position
    assert new.registration_clock.stopped_at is None
    decision = Decision.objects.get(line=new)
    assert (decision.decided_by, decision.letter_id is not None) == (counselor, True)
    recorded = Swap.objects.get()
    assert (recorded.line, recorded.by, recorded.at, recorded.asked_by, recorded.asked_name) == (
        new,
        counselor,
        NOW,
        Party.FAMILY,
        "Dana Whitlock",
    )
    assert sorted(new.steps.values_list("kind", flat=True)) == [StepKind.APPROVED, StepKind.SWAPPED]
    assert old.confirmed_by is not None
    assert told() == {
        parent.user_id,
        desk.user_id,
        old.confirmed_by.user_id,
        coordinator.user_id,
        old.sent_by.user_id,
    }
    for notice in Notice.objects.all():
        assert notice.created_at == NOW
        assert_no_personal_data(notice.subject, notice.body, about=old.line.request.claim.student)


def test_a_course_that_has_not_started_is_taken_back_and_its_clocks_stop() -> None:
    old = CourseLineFactory.create(approved=True, request__claim__confirmed=True)
    desk = MembershipFactory.create(provider_staff=True, organization=old.course.provider.organization)
    new = swap(old, other_course(old))
    gone = again(old)
    assert (gone.state, gone.started_on, gone.registration_clock.stopped_at) == (
        LineState.CANCELLED,
        None,
        NOW,
    )
    assert new.state == LineState.APPROVED
    assert desk.user_id not in told()  # nobody had told it


def test_the_new_course_is_registered_like_any_other() -> None:
    old = on_roster(confirmed=True, line__starts_on=dt.date(2027, 1, 11))
    course = other_course(old.line)
    Course.objects.filter(pk=course.pk).update(weekly_minutes=240)
    new = swap(old.line, course)
    assert new.planned_minutes == 240
    AgreementFactory.create(lea=old.lea, provider=old.provider)
    for hat, place in ((coordinator_of(old), "line"), (parent_of(old), "course")):
        page = words_of(client_of(hat).get(address(place, new.pk)))
        assert "This course took the place of another" in page
        assert f"Before: {old.line.course.title}. Asked for by Dana Whitlock (The family)." in page
    actions.register(new.pk, by=coordinator_of(old), at=NOW)
    assert again(new).state == LineState.REGISTERED


def test_what_the_district_agreed_to_pay_it_pays_for_the_other_course() -> None:
    old = on_roster(running=True, line__over_full_load=True, line__basis=Basis.AGREED)
    new = swap(old.line, other_course(old.line))
    assert (new.over_full_load, new.basis) == (True, Basis.AGREED)


@pytest.mark.rule("R-11")
def test_a_course_of_another_provider_needs_the_family() -> None:
    old = on_roster(running=True)
    counselor = coordinator_of(old, counselor=True)
    elsewhere = CourseFactory.create()
    client = client_of(counselor)
    page = words_of(client.get(address("swap", old.line_id)))
    assert "for a course of another provider it sends a new request" in page
    assert elsewhere.title not in page
    response = client.post(address("swap", old.line_id), ASKED | {"course": elsewhere.pk})
    assert response.context["form"].errors == {"course": ["Choose the other course."]}
    with pytest.raises(actions.AnotherProvider):
        swap(old.line, elsewhere)
    assert CourseLine.objects.count() == 1


def test_a_course_is_not_exchanged_for_itself_or_for_one_that_cannot_be_had() -> None:
    old = on_roster(running=True)
    gone = CourseFactory.create(provider=old.provider, valid_to=dt.date(2026, 10, 1))
    for course in (old.line.course, gone):
        with pytest.raises(actions.CourseNotToBeHad):
            swap(old.line, course)


def moment_in_days(days: int) -> dt.datetime:
    """So many days after the last one on which a course that started on 5 November may be exchanged."""
    length = LegalValue.objects.whole(LegalKey.SWAP_DAYS, on=TODAY)
    return dt.datetime(2026, 11, 5, 18, tzinfo=dt.UTC) + dt.timedelta(days=length + days)


def test_a_course_is_exchanged_on_the_last_day_for_it() -> None:
    old = on_roster(running=True)
    assert swap(old.line, other_course(old.line), at=moment_in_days(0)).state == LineState.APPROVED


def test_a_course_is_not_exchanged_on_the_day_after() -> None:
    old = on_roster(running=True)
    with pytest.raises(actions.TooLateToSwap):
        swap(old.line, other_course(old.line), at=moment_in_days(1))
    assert again(old.line).state == LineState.ACTIVE


def test_too_late_is_said_with_what_to_do() -> None:
    old = on_roster(running=True, line__starts_on=dt.date(2026, 8, 20), line__started_on=dt.date(2026, 8, 20))
    counselor = coordinator_of(old, counselor=True)
    client = client_of(counselor)
    assert address("swap", old.line_id) not in words_of(client.get(address("line", old.line_id)))
    page = words_of(client.post(address("swap", old.line_id), ASKED, follow=True))
    assert "Now the family withdraws from this one and asks for another." in page


def test_exchanged_twice_is_exchanged_once() -> None:
    old = on_roster(running=True)
    course, third = other_course(old.line), other_course(old.line)
    swap(old.line, course)
    with pytest.raises(actions.NotSwappable):
        swap(old.line, third)
    client = client_of(coordinator_of(old, counselor=True))
    page = words_of(client.post(address("swap", old.line_id), ASKED | {"course": third.pk}, follow=True))
    assert "Nothing was exchanged twice." in page
    assert (CourseLine.objects.count(), Swap.objects.count()) == (2, 1)


@pytest.mark.rule("R-19")
def test_where_the_decision_is_reserved_the_principal_exchanges() -> None:
    old = on_roster(running=True)
    LeaPolicyFactory.create(lea=old.lea, reserved=True)
    client = client_of(coordinator_of(old, counselor=True))
    assert client.get(address("swap", old.line_id)).status_code == 403
    with pytest.raises(actions.OnlyDecidersSwap):
        swap(old.line, other_course(old.line))
    assert swap(old.line, other_course(old.line), decider=True).state == LineState.APPROVED


@pytest.mark.rule("R-134")
def test_nobody_exchanges_for_a_child_of_their_own_or_of_another_district() -> None:
    old = on_roster(running=True)
    own = MembershipFactory.create(
        counselor=True, user=old.line.request.claim.claimant, organization=old.lea.organization
    )
    for hat, refusal in (
        (own, actions.OwnChild),
        (MembershipFactory.create(counselor=True), actions.OnlyDecidersSwap),
        (coordinator_of(old), actions.OnlyDecidersSwap),
    ):
        with pytest.raises(refusal):
            actions.swap(
                old.line_id,
                by=hat,
                at=NOW,
                course_id=other_course(old.line).pk,
                reason="Too easy",
                asked_by=Party.DISTRICT,
                asked_name="Helen",
                in_person_considered=True,
            )
    assert again(old.line).state == LineState.ACTIVE


@pytest.mark.parametrize("missing", ["asked_by", "asked_name", "reason", "in_person_considered", "course"])
def test_an_exchange_says_what_is_missing(missing: str) -> None:
    old = on_roster(running=True)
    answer = ASKED | {"course": other_course(old.line).pk} | {missing: ""}
    response = client_of(coordinator_of(old, counselor=True)).post(address("swap", old.line_id), answer)
    assert list(response.context["form"].errors) == [missing]


# A later last day ---------------------------------------------------------------------------------


AGREED = {"reason": "Two weeks ill", "agreed_by": "family", "agreed_name": "Dana Whitlock, mother"}


@pytest.mark.parametrize("side", ["district", "provider"])
def test_the_last_day_moves_with_a_reason_and_who_agreed(side: str) -> None:
    roster_line = on_roster(running=True)
    coordinator, desk, parent = coordinator_of(roster_line), desk_of(roster_line), parent_of(roster_line)
    hat = coordinator if side == "district" else desk
    page = address("extend", roster_line.pk)
    client = client_of(hat)
    client.post(page, AGREED | day("ends_on", dt.date(2027, 1, 8)))
    extension = Extension.objects.get()
    assert (
        extension.line,
        extension.by,
        extension.was,
        extension.ends_on,
        extension.agreed_by,
        extension.agreed_name,
    ) == (
        roster_line.line,
        hat,
        dt.date(2026, 12, 18),
        dt.date(2027, 1, 8),
        Party.FAMILY,
        "Dana Whitlock, mother",
    )
    line = again(roster_line.line)
    assert (line.ends_on, line.state) == (dt.date(2027, 1, 8), LineState.ACTIVE)
    assert line.steps.get().kind == StepKind.EXTENDED
    assert told() >= {coordinator.user_id, desk.user_id, parent.user_id}
    for who, place in (
        (coordinator, ("line", line.pk)),
        (desk, ("confirm", roster_line.pk)),
        (parent, ("course", line.pk)),
    ):
        text = words_of(client_of(who).get(address(*place)))
        assert "Two weeks ill. Agreed by Dana Whitlock, mother (The family)." in text
    for notice in Notice.objects.all():
        assert_no_personal_data(notice.subject, notice.body, about=line.request.claim.student)


def test_each_move_stays_on_record_and_the_same_again_changes_nothing(time_machine: Any) -> None:
    roster_line = on_roster(running=True)
    client = client_of(desk_of(roster_line))
    page = address("extend", roster_line.pk)
    for ends_on in (dt.date(2027, 1, 8), dt.date(2027, 1, 8), dt.date(2027, 1, 15)):
        client.post(page, AGREED | day("ends_on", ends_on))
        time_machine.shift(dt.timedelta(minutes=1))
    moves = Extension.objects.order_by("pk").values_list("was", "ends_on")
    assert list(moves) == [
        (dt.date(2026, 12, 18), dt.date(2027, 1, 8)),
        (dt.date(2027, 1, 8), dt.date(2027, 1, 15)),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (day("ends_on", dt.date(2026, 12, 18)), "ends_on"),
        (day("ends_on", dt.date(2028, 12, 18)), "ends_on"),
        ({"reason": ""}, "reason"),
        ({"agreed_by": ""}, "agreed_by"),
        ({"agreed_name": ""}, "agreed_name"),
    ],
)
def test_a_move_says_what_is_wrong(changes: dict[str, Any], field: str) -> None:
    roster_line = on_roster(running=True)
    answer = AGREED | day("ends_on", dt.date(2027, 1, 8)) | changes
    response = client_of(desk_of(roster_line)).post(address("extend", roster_line.pk), answer)
    assert list(response.context["form"].errors) == [field]
    assert not Extension.objects.exists()


def test_the_last_day_of_a_course_that_is_over_or_of_strangers_stays() -> None:
    over = on_roster(finished=True)
    running = on_roster(running=True)
    answer: dict[str, Any] = {
        "at": NOW,
        "ends_on": dt.date(2027, 1, 8),
        "reason": "Ill",
        "agreed_by": Party.FAMILY,
        "agreed_name": "Dana",
    }
    with pytest.raises(NotRunning):
        actions.extend(over.pk, by=desk_of(over), **answer)
    with pytest.raises(actions.NotYourCourse):
        actions.extend(running.pk, by=desk_of(over), **answer)
    with pytest.raises(actions.EndsNoLater):
        actions.extend(running.pk, by=desk_of(running), **answer | {"ends_on": dt.date(2026, 12, 18)})
    page = client_of(desk_of(over)).get(address("extend", over.pk), follow=True)
    assert escape(str(NotRunning.sentence)) in words_of(page)
    assert RosterLine.objects.count() == 2
    assert not Extension.objects.exists()
