"""How a course ends: reported by the provider, credited by the district; or ended early for the student's sake."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from enrollment.part_time.actions.following import AlreadyEnded, NotFinished, NotRunning
from enrollment.part_time.models import CourseLine, LineState, StepKind
from enrollment.registration import actions
from enrollment.registration.models import Result, RosterLine, RosterState
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
from tests.personal_data import assert_no_personal_data

pytestmark = pytest.mark.django_db

RESULT = {"result": "completed", "percent_complete": "100", "final_grade": "A-", **day("on", TODAY)}
REPORT: dict[str, Any] = {
    "at": NOW,
    "on": TODAY,
    "result": Result.HALF,
    "percent_complete": 55,
    "final_grade": "C",
}


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


# The report ---------------------------------------------------------------------------------------


def test_the_provider_reports_and_the_district_gives_the_credit() -> None:
    roster_line = on_roster(running=True)
    desk, coordinator, parent = desk_of(roster_line), coordinator_of(roster_line), parent_of(roster_line)
    client_of(desk).post(address("finish", roster_line.pk), RESULT)
    line = again(roster_line.line)
    assert (line.state, line.ended_on, line.percent_complete, line.final_grade) == (
        LineState.FINISHED,
        TODAY,
        100,
        "A-",
    )
    assert told() == {coordinator.user_id, roster_line.sent_by.user_id, parent.user_id}
    client = client_of(coordinator)
    page = client.get(address("result", line.pk))
    assert "The whole course" in words_of(page)
    assert page.context["form"]["credit_earned"].initial == Decimal("0.50")
    client.post(address("result", line.pk), {"credit_earned": "0.50"})
    line = again(line)
    assert (line.state, line.credit_earned) == (LineState.COMPLETED, Decimal("0.50"))
    assert list(line.steps.order_by("pk").values_list("kind", flat=True)) == [
        StepKind.FINISHED,
        StepKind.COMPLETED,
    ]
    assert desk.user_id in told()
    for notice in Notice.objects.all():
        assert_no_personal_data(notice.subject, notice.body, about=line.request.claim.student)


def test_a_result_that_is_sent_back_is_reported_again(time_machine: Any) -> None:
    roster_line = on_roster(running=True)
    desk, coordinator = desk_of(roster_line), coordinator_of(roster_line)
    actions.finish(roster_line.pk, by=desk, **REPORT)
    client_of(coordinator).post(
        address("return_result", roster_line.line_id), {"reason": "The grade is missing a sign."}
    )
    line = again(roster_line.line)
    assert (line.state, line.ended_on, line.percent_complete, line.final_grade) == (
        LineState.ACTIVE,
        None,
        None,
        "",
    )
    row = RosterLine.objects.get()
    assert (row.result, row.returned_because) == ("", "The grade is missing a sign.")
    assert desk.user_id in told()
    client = client_of(desk)
    time_machine.shift(dt.timedelta(minutes=1))
    for place in ("confirm", "finish"):
        assert "The grade is missing a sign." in words_of(client.get(address(place, row.pk)))
    client.post(address("finish", row.pk), RESULT)
    row = RosterLine.objects.get()
    assert (row.state, row.result, row.returned_because) == (RosterState.FINISHED, Result.COMPLETED, "")


def test_reported_and_credited_twice_is_done_once() -> None:
    roster_line = on_roster(running=True)
    desk, coordinator = desk_of(roster_line), coordinator_of(roster_line)
    for _ in range(2):
        response = client_of(desk).post(address("finish", roster_line.pk), RESULT, follow=True)
    assert str(actions.AlreadyFinished.sentence) in words_of(response)
    with pytest.raises(actions.AlreadyFinished):
        actions.finish(roster_line.pk, by=desk, **REPORT)
    for _ in range(2):
        response = client_of(coordinator).post(
            address("result", roster_line.line_id), {"credit_earned": "0.25"}, follow=True
        )
    assert str(actions.AlreadyCompleted.sentence) in words_of(response)
    with pytest.raises(actions.AlreadyCompleted):
        actions.confirm_result(roster_line.line_id, by=coordinator, at=NOW, credit_earned=Decimal("0.50"))
    with pytest.raises(actions.AlreadyCompleted):
        actions.return_result(roster_line.line_id, by=coordinator, at=NOW, reason="Late")
    line = again(roster_line.line)
    assert (line.credit_earned, line.steps.count()) == (Decimal("0.25"), 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (day("on", dt.date(2026, 11, 4)), "on"),  # the day before it started
        (day("on", dt.date(2026, 11, 10)), "on"),  # tomorrow
        ({"result": ""}, "result"),
        ({"percent_complete": "101"}, "percent_complete"),
        ({"percent_complete": "-1"}, "percent_complete"),
        ({"percent_complete": "half"}, "percent_complete"),
        ({"final_grade": ""}, "final_grade"),
    ],
)
def test_a_report_says_what_is_wrong(changes: dict[str, Any], field: str) -> None:
    roster_line = on_roster(running=True)
    response = client_of(desk_of(roster_line)).post(address("finish", roster_line.pk), RESULT | changes)
    assert list(response.context["form"].errors) == [field]
    assert again(roster_line.line).state == LineState.ACTIVE


@pytest.mark.parametrize("on", [dt.date(2026, 11, 4), dt.date(2026, 11, 10)])
def test_the_action_refuses_a_last_day_outside_too(on: dt.date) -> None:
    roster_line = on_roster(running=True)
    with pytest.raises(actions.LastDayOutside):
        actions.finish(roster_line.pk, by=desk_of(roster_line), **REPORT | {"on": on})


@pytest.mark.parametrize(
    ("result", "credit"),
    [(Result.COMPLETED, Decimal("0.50")), (Result.HALF, Decimal("0.25")), (Result.PART, 0)],
)
def test_the_credit_offered_follows_the_result(result: Result, credit: Decimal) -> None:
    roster_line = on_roster(finished=True, result=result)
    page = client_of(coordinator_of(roster_line)).get(address("result", roster_line.line_id))
    assert page.context["form"]["credit_earned"].initial == credit


@pytest.mark.parametrize("credit", ["0.51", "-0.10", "much", ""])
def test_a_course_earns_from_nothing_to_its_credits(credit: str) -> None:
    roster_line = on_roster(finished=True)
    coordinator = coordinator_of(roster_line)
    response = client_of(coordinator).post(address("result", roster_line.line_id), {"credit_earned": credit})
    assert list(response.context["form"].errors) == ["credit_earned"]
    assert again(roster_line.line).state == LineState.FINISHED


def test_no_credit_at_all_is_an_answer() -> None:
    roster_line = on_roster(finished=True)
    client_of(coordinator_of(roster_line)).post(
        address("result", roster_line.line_id), {"credit_earned": "0"}
    )
    assert again(roster_line.line).credit_earned == 0


def test_only_the_provider_reports_and_only_the_district_credits() -> None:
    running, finished = on_roster(running=True), on_roster(finished=True)
    for hat in (coordinator_of(running), desk_of(finished)):
        with pytest.raises(actions.NotYourRoster):
            actions.finish(running.pk, by=hat, **REPORT)
    for hat in (desk_of(finished), coordinator_of(running)):
        with pytest.raises(actions.OnlyStaffRegisters):
            actions.confirm_result(finished.line_id, by=hat, at=NOW, credit_earned=Decimal("0.5"))
        with pytest.raises(actions.OnlyStaffRegisters):
            actions.return_result(finished.line_id, by=hat, at=NOW, reason="Wrong")


def test_what_does_not_run_is_not_finished_and_what_is_not_finished_is_not_credited() -> None:
    confirmed = on_roster(confirmed=True)
    with pytest.raises(NotRunning):
        actions.finish(confirmed.pk, by=desk_of(confirmed), **REPORT)
    with pytest.raises(NotFinished):
        actions.confirm_result(
            confirmed.line_id, by=coordinator_of(confirmed), at=NOW, credit_earned=Decimal(0)
        )
    with pytest.raises(NotFinished):
        actions.return_result(confirmed.line_id, by=coordinator_of(confirmed), at=NOW, reason="Why")
    page = client_of(coordinator_of(confirmed)).get(address("result", confirmed.line_id), follow=True)
    assert str(NotFinished.sentence) in words_of(page)


# Ended early --------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["district", "provider"])
@pytest.mark.parametrize(("traits", "is_started"), [({"running": True}, True), ({"confirmed": True}, False)])
def test_a_course_that_does_not_serve_the_student_is_ended_with_its_reason(
    side: str,
    traits: dict[str, bool],
    is_started: bool,
) -> None:
    roster_line = on_roster(**traits)
    coordinator, desk, parent = coordinator_of(roster_line), desk_of(roster_line), parent_of(roster_line)
    hat = coordinator if side == "district" else desk
    reason = "Three calls and a tutor did not help."
    for _ in range(2):
        page = client_of(hat).post(
            address("remove", roster_line.pk), {"reason": reason, **day("on", TODAY)}, follow=True
        )
    assert str(AlreadyEnded.sentence) in words_of(page)
    line = again(roster_line.line)
    assert (line.state, line.ended_on, line.end_reason) == (LineState.REMOVED, TODAY, reason)
    assert CourseLine.objects.started().exists() is is_started
    assert line.steps.get().kind == StepKind.REMOVED
    assert told() >= {coordinator.user_id, desk.user_id, parent.user_id}
    assert RosterLine.objects.get().state == RosterState.ENDED
    for who, place in (
        (coordinator, ("line", line.pk)),
        (desk, ("confirm", roster_line.pk)),
        (parent, ("course", line.pk)),
    ):
        assert reason in words_of(client_of(who).get(address(*place)))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        (day("on", dt.date(2026, 11, 4)), "on"),
        (day("on", dt.date(2027, 1, 1)), "on"),
    ],
)
def test_an_early_end_needs_its_reason_and_a_day(changes: dict[str, Any], field: str) -> None:
    roster_line = on_roster(running=True)
    answer = {"reason": "It does not help.", **day("on", TODAY)} | changes
    response = client_of(desk_of(roster_line)).post(address("remove", roster_line.pk), answer)
    assert list(response.context["form"].errors) == [field]
    assert again(roster_line.line).state == LineState.ACTIVE


def test_strangers_end_nothing_and_nothing_is_ended_that_is_over() -> None:
    running, finished = on_roster(running=True), on_roster(finished=True)
    answer: dict[str, Any] = {"at": NOW, "on": TODAY, "reason": "It does not help."}
    for hat in (desk_of(finished), coordinator_of(finished), MembershipFactory.create()):
        with pytest.raises(actions.NotYourCourse):
            actions.remove(running.pk, by=hat, **answer)
    own = MembershipFactory.create(
        coordinator=True, user=running.line.request.claim.claimant, organization=running.lea.organization
    )
    with pytest.raises(actions.OwnChild):
        actions.remove(running.pk, by=own, **answer)
    with pytest.raises(AlreadyEnded):
        actions.remove(finished.pk, by=desk_of(finished), **answer)
    assert again(running.line).state == LineState.ACTIVE
