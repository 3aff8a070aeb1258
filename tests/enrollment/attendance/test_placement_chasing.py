"""The resident district is reminded of the options it owes a disenrolled student's family; late ones DESE hears of."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from time_machine import TimeMachineFixture

from enrollment.attendance import actions
from enrollment.attendance.models import Placement
from enrollment.attendance.tasks import chase_placements, tell_moves
from enrollment.records.notices import family_of_student
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Chase
from mocap_portal.foundation.papers.models import DigestItem, Notice
from mocap_portal.home import nights, waiting
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import PlacementFactory
from tests.factories.directory import ClosedDayFactory
from tests.factories.records import GuardianFactory

from .kit import resident_of

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-59")]
BEFORE, AFTER = dt.date(2027, 3, 30), dt.date(2027, 4, 1)  # due on Wednesday 31 March


@pytest.fixture
def placement() -> Placement:
    row: Placement = PlacementFactory.create()
    return row


def digests(day: dt.date) -> set[tuple[int, str, str, bool]]:
    rows = DigestItem.objects.filter(day=day)
    return {(row.user_id, row.sentence, row.path, row.urgent) for row in rows}


def page(placement: Placement) -> str:
    return reverse("attendance:placement", args=[placement.pk])


def late(placement: Placement) -> str:
    enrollment = placement.enrollment
    return (
        f"{placement.lea} should have sent options by March 31, 2027 to the family of a student whom "
        f"{enrollment.program} disenrolled (application {enrollment.application.number})."
    )


def test_the_district_is_reminded_before_the_day(placement: Placement) -> None:
    people = [resident_of(placement.enrollment, **{role: True}) for role in ("coordinator", "lea_admin")]
    resident_of(placement.enrollment, counselor=True)
    MembershipFactory.create(dese_reviewer=True)
    sentence = (
        f"By March 31, 2027 send options to the family of a student whom {placement.enrollment.program} "
        "disenrolled."
    )
    assert chase_placements(BEFORE.isoformat()) == 1
    assert digests(BEFORE) == {(hat.user_id, sentence, page(placement), False) for hat in people}


def test_late_ones_are_told_each_day_and_to_the_state_office(placement: Placement) -> None:
    coordinator = resident_of(placement.enrollment)
    state = MembershipFactory.create(dese_reviewer=True)
    state_page = reverse("full_time:enrollment", args=[placement.enrollment_id])
    for day in (AFTER, AFTER + dt.timedelta(days=1)):
        assert chase_placements(day.isoformat()) == 1
        assert digests(day) == {
            (coordinator.user_id, late(placement), page(placement), True),
            (state.user_id, late(placement), state_page, True),
        }


def test_no_reminder_names_the_student(placement: Placement) -> None:
    resident_of(placement.enrollment)
    chase_placements(AFTER.isoformat())
    sentence = DigestItem.objects.get().sentence
    student = placement.enrollment.student
    for name in (student.first_name, student.last_name, str(student.mosis_id)):
        assert name not in sentence


def test_twice_in_one_night_is_told_once(placement: Placement) -> None:
    resident_of(placement.enrollment)
    assert [chase_placements(AFTER.isoformat()) for _ in range(2)] == [1, 0]
    assert (DigestItem.objects.count(), Chase.objects.count()) == (1, 1)


def test_nobody_hears_of_options_that_were_sent(placement: Placement) -> None:
    by = resident_of(placement.enrollment)
    at = dt.datetime(2027, 3, 31, 18, tzinfo=dt.UTC)
    actions.send_options(placement.pk, by=by, at=at, options="The middle school")
    assert (chase_placements(AFTER.isoformat()), DigestItem.objects.count()) == (0, 0)


def test_staff_is_not_reminded_of_a_child_of_its_own(placement: Placement) -> None:
    parent, other = resident_of(placement.enrollment), resident_of(placement.enrollment)
    GuardianFactory.create(student=placement.enrollment.student, user=parent.user)
    chase_placements(AFTER.isoformat())
    assert {user for user, *_ in digests(AFTER)} == {other.user_id}


def test_the_night_does_it(placement: Placement) -> None:
    resident_of(placement.enrollment)
    at = dt.datetime(2027, 4, 1, 8, tzinfo=dt.UTC)
    assert [nights.run(AFTER, at=at).chases for _ in range(2)] == [1, 1]
    assert DigestItem.objects.count() == 1


@pytest.mark.rule("R-16")
def test_a_last_day_that_a_closure_moved_is_told_to_family_and_district_once(
    placement: Placement, time_machine: TimeMachineFixture
) -> None:
    staff = resident_of(placement.enrollment)
    [family] = family_of_student(placement.enrollment.student_id)
    at = dt.datetime(2027, 3, 29, 18, tzinfo=dt.UTC)
    closed = ClosedDayFactory.create(
        lea=placement.lea, date=dt.date(2027, 3, 30), reason="Flood", entered_at=at
    )
    clocks.confirm_emergency(closed.pk, at=at)
    time_machine.move_to(at + dt.timedelta(minutes=1), tick=False)
    assert (tell_moves(), tell_moves()) == (1, 1)
    told = {notice.user_id: notice.body.split("\n\n") for notice in Notice.objects.all()}
    consequence = (
        f"That day does not count. {placement.lea} has until April 1, 2027 instead of March 31, 2027 to send the "
        "family a list of schools and programs to choose from."
    )
    sentences = ["The state office confirmed that schools were closed on March 30, 2027.", consequence]
    assert Notice.objects.count() == len(told)
    assert {user: body[:2] for user, body in told.items()} == dict.fromkeys(
        [family.pk, staff.user_id], sentences
    )
    assert told[staff.user_id][2].endswith(page(placement))
    assert told[family.pk][2].endswith(reverse("attendance:student", args=[placement.enrollment_id]))


@pytest.mark.rule("R-16")
def test_of_options_that_were_sent_no_move_is_told(
    placement: Placement, time_machine: TimeMachineFixture
) -> None:
    by = resident_of(placement.enrollment)
    at = dt.datetime(2027, 3, 29, 18, tzinfo=dt.UTC)
    closed = ClosedDayFactory.create(
        lea=placement.lea, date=dt.date(2027, 3, 30), reason="Flood", entered_at=at
    )
    clocks.confirm_emergency(closed.pk, at=at)
    actions.send_options(placement.pk, by=by, at=at, options="The middle school")
    Notice.objects.all().delete()
    time_machine.move_to(at + dt.timedelta(minutes=1), tick=False)
    assert (tell_moves(), Notice.objects.count()) == (0, 0)


class TestHomePages:
    def items(self, hat: Membership, today: dt.date, title: str) -> list[tuple[Any, ...]]:
        return [
            (item.what, item.url, item.due_on)
            for block in waiting.blocks(hat, today=today)
            if block.title == title
            for item in block.items
        ]

    def test_it_is_overdue_for_the_district(self, placement: Placement) -> None:
        hat = resident_of(placement.enrollment)
        student = placement.enrollment.student
        assert self.items(hat, AFTER, "Students to place") == [
            (f"Send options to the family of {student}", page(placement), dt.date(2027, 3, 31))
        ]

    @pytest.mark.parametrize("role", [Role.DESE_REVIEWER, Role.DESE_ADMIN])
    def test_the_state_office_sees_late_ones_without_a_name(self, placement: Placement, role: Role) -> None:
        hat = MembershipFactory.create(**{role.value: True})
        title = "Disenrolled students whose district is late"
        assert self.items(hat, dt.date(2027, 3, 31), title) == []
        assert self.items(hat, AFTER, title) == [
            (
                f"The family of application {placement.enrollment.application.number} has no options yet",
                reverse("full_time:enrollment", args=[placement.enrollment_id]),
                dt.date(2027, 3, 31),
            )
        ]
        Placement.objects.update(
            state="options_sent",
            options="The middle school",
            options_sent_at=placement.opened_at,
            options_sent_by=resident_of(placement.enrollment),
        )
        assert self.items(hat, AFTER, title) == []
