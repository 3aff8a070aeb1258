"""Two clicks that arrive at the same moment do one thing: real threads, real rows, real locks.

In each test the clicks are held until all of them stand at the same lock: each has looked at the row, found it open,
and wants to change it. Two deciders of one course and two colleagues who register one course are with their pages, in
tests/enrollment; a task delivered twice and a worker killed between steps are in test_worker.py.
"""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

from enrollment.part_time import actions as part_time
from enrollment.part_time.models import (
    Acknowledgement,
    CourseLine,
    CourseRequest,
    Decision,
    LineState,
    Outcome,
    RequestState,
    Step,
    StepKind,
)
from enrollment.records.models import Claim, ClaimState, Disclosure, Guardian, Student
from enrollment.registration.models import RosterLine, RosterState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.papers.models import Letter, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import TermFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.records import ClaimFactory
from tests.factories.registration import RosterLineFactory, TeacherFactory
from tests.processes import PATIENCE
from tests.sign_in import sign_in
from tests.worker import eventually

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2026, 11, 5, 18, tzinfo=dt.UTC)  # after all that the factories date

Click = Callable[[], Any]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


def at_once(row: models.Model, *clicks: Click) -> list[Any]:
    """Lets all clicks run into the lock of this row, then frees it. Returns their answers in the same order."""
    answers: dict[int, Any] = {}

    def run(number: int, click: Click) -> None:
        try:
            answers[number] = click()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=numbered) for numbered in enumerate(clicks)]
    with transaction.atomic():
        type(row).objects.select_for_update().get(pk=row.pk)  # type: ignore[attr-defined]
        for thread in threads:
            thread.start()
        eventually(lambda: how_many_wait() == len(clicks))
    for thread in threads:
        thread.join(PATIENCE)
    return [answers[number] for number in range(len(clicks))]


def how_many_wait() -> int:
    """How many connections to this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees what it saw before
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        count: int = cursor.fetchone()[0]
        return count


def posted(hat: Membership, address: str, answers: dict[str, Any]) -> Click:
    """A click by somebody who is signed in, in a browser of their own."""
    client = sign_in(Client(), hat)
    return lambda: client.post(address, answers)


def told(responses: list[Any]) -> list[str]:
    """What the pages tell the people who clicked, all of them together."""
    return sorted(str(message) for response in responses for message in get_messages(response.wsgi_request))


# The family -----------------------------------------------------------------------------------------


def test_a_double_click_on_sign_and_send_starts_one_clock_and_sends_one_receipt() -> None:
    parent = MembershipFactory.create()
    draft = CourseRequestFactory.create(
        claim__claimant=parent.user, term=TermFactory.create(), in_person_courses=4
    )
    CourseLineFactory.create(request=draft)
    counselor = MembershipFactory.create(counselor=True, lea=draft.lea)
    statements = CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=NOW.date())
    signature = {f"statement_{statement.pk}": "on" for statement in statements} | {
        "prior_semester": "attended",
        "has_iep_or_504": "no",
        "signed_name": "Pat Parent",
    }
    click = posted(parent, reverse("part_time:sign", args=[draft.pk]), signature)
    answers = at_once(draft, click, click)
    receipt = reverse("part_time:receipt", args=[draft.pk])
    assert [answer.headers["Location"] for answer in answers] == [receipt, receipt]
    assert told(answers) == ["This request was already signed and sent. Nothing was sent twice."]
    assert CourseRequest.objects.get().state == RequestState.SUBMITTED
    assert [clock.kind for clock in Clock.objects.all()] == [ClockKind.PART_TIME_DECISION]
    assert sorted(Notice.objects.values_list("user", flat=True)) == sorted(
        [parent.user_id, counselor.user_id]
    )
    assert Step.objects.filter(kind=StepKind.SUBMITTED).count() == 1
    assert Acknowledgement.objects.count() == len(statements)


# The district ---------------------------------------------------------------------------------------


def test_two_deciders_of_the_last_two_courses_close_the_request_once() -> None:
    request = CourseRequestFactory.create(submitted=True)
    lines = CourseLineFactory.create_batch(2, request=request)
    deciders = [
        MembershipFactory.create(counselor=True, lea=request.lea),
        MembershipFactory.create(decider=True, lea=request.lea),
    ]
    approval = {"outcome": "approved", "in_person_considered": "on", "send": "1"}
    answers = at_once(
        request,
        *(
            posted(hat, reverse("part_time:decide", args=[line.pk]), approval)
            for hat, line in zip(deciders, lines, strict=True)
        ),
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    request.refresh_from_db()
    assert request.state == RequestState.DECIDED
    assert Clock.objects.get(kind=ClockKind.PART_TIME_DECISION).stopped_at is not None
    assert Clock.objects.filter(kind=ClockKind.REGISTRATION).count() == 2
    assert (Decision.objects.count(), Letter.objects.count()) == (2, 2)
    assert sorted(Notice.objects.values_list("key", flat=True)) == sorted(
        f"request:{request.pk}:decided:{line.pk}:{request.claim.claimant_id}" for line in lines
    )


def test_two_deciders_who_replace_a_decision_at_once_write_one_new_letter() -> None:
    line = CourseLineFactory.create()
    deciders = [
        MembershipFactory.create(counselor=True, lea=line.request.lea),
        MembershipFactory.create(decider=True, lea=line.request.lea),
    ]
    mistake = part_time.approve(line.pk, by=deciders[0], at=NOW, in_person_considered=True)
    Notice.objects.all().delete()
    denial = {
        "reason": "We mixed up two students.",
        "outcome": "denied",
        "in_person_considered": "on",
        "factors": [CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=NOW.date())[0].pk],
        "explanation": "The student asks for a teacher in the room and for company.",
        "send": "1",
    }
    address = reverse("part_time:supersede", args=[mistake.pk])
    answers = at_once(line.request, *(posted(hat, address, denial) for hat in deciders))
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert (Decision.objects.count(), Letter.objects.count()) == (2, 2)
    second = Decision.objects.get(supersedes=mistake)
    line.refresh_from_db()
    assert (line.state, line.decision) == (LineState.DENIED, second)
    assert Clock.objects.get(kind=ClockKind.REGISTRATION).stopped_at is not None
    assert list(Notice.objects.values_list("key", flat=True)) == [
        f"request:{line.request_id}:superseded:{second.pk}:{line.request.claim.claimant_id}"
    ]
    kinds = Step.objects.filter(kind__in=[StepKind.SUPERSEDED, StepKind.DENIED]).values_list(
        "kind", flat=True
    )
    assert sorted(kinds) == [StepKind.DENIED, StepKind.SUPERSEDED]


def test_killed_while_it_replaces_a_decision_the_first_holds_and_a_retry_replaces_it_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = CourseLineFactory.create()
    counselor = MembershipFactory.create(counselor=True, lea=line.request.lea)
    denial: dict[str, Any] = {
        "by": counselor,
        "in_person_considered": True,
        "factor_ids": [CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=NOW.date())[0].pk],
        "explanation": "The student asks for a teacher in the room and for company.",
        "would_make_it_a_yes": "",
    }
    first = part_time.deny(line.pk, at=NOW, **denial)
    told_before = Notice.objects.count()
    again = denial | {"outcome": Outcome.DENIED, "reason": "The letter named the wrong factor."}

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("enrollment.part_time.notices.tell_decided", killed)  # the last thing it does
        with pytest.raises(KeyboardInterrupt):
            part_time.supersede(first.pk, at=NOW + dt.timedelta(minutes=1), **again)
    line.refresh_from_db()
    assert (line.decision, Letter.objects.count(), Notice.objects.count()) == (first, 1, told_before)
    part_time.supersede(first.pk, at=NOW + dt.timedelta(minutes=2), **again)
    with pytest.raises(part_time.AlreadyDecided):
        part_time.supersede(first.pk, at=NOW + dt.timedelta(minutes=3), **again)
    assert (Letter.objects.count(), Notice.objects.count()) == (2, told_before + 1)


def test_two_colleagues_who_hand_over_the_same_requests_at_once_agree_on_one() -> None:
    first = CourseRequestFactory.create(submitted=True)
    second = CourseRequestFactory.create(submitted=True, claim__school__lea=first.lea)
    me, she = (MembershipFactory.create(counselor=True, lea=first.lea) for _ in range(2))
    keys = [second.pk, first.pk]
    answers = at_once(
        first,
        posted(me, reverse("part_time:hand_over"), {"requests": keys, "to": me.pk}),
        posted(she, reverse("part_time:hand_over"), {"requests": keys, "to": she.pk}),
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    [owner] = set(CourseRequest.objects.values_list("assigned_to", flat=True))
    assert owner in {me.pk, she.pk}


def test_a_double_click_on_undo_gives_each_request_back_once() -> None:
    request = CourseRequestFactory.create(submitted=True)
    me, she = (MembershipFactory.create(counselor=True, lea=request.lea) for _ in range(2))
    part_time.assign(request.pk, to=she)
    token = part_time.assign_many([request.pk], to=me, by=me, at=NOW).undo
    click = posted(me, reverse("part_time:undo_hand_over"), {"token": token})
    answers = at_once(request, click, click)
    assert told(answers) == ["Undone: 1 request is again whose it was."] * 2
    request.refresh_from_db()
    assert request.assigned_to == she


def test_two_colleagues_who_confirm_a_child_at_once_make_one_student() -> None:
    claim = ClaimFactory.create()
    CourseRequestFactory.create(claim=claim, submitted=True)
    colleagues = [
        MembershipFactory.create(coordinator=True, lea=claim.school.lea),
        MembershipFactory.create(counselor=True, lea=claim.school.lea),
    ]
    answer = {"student": "new", "mosis_id": "9910000777"}
    address = reverse("records:claim", args=[claim.pk])
    answers = at_once(claim, *(posted(hat, address, answer) for hat in colleagues))
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    [late] = [answer for answer in answers if answer.status_code == 200]
    assert "This was already answered. Reload the page to see the answer." in late.content.decode()
    student = Student.objects.get()
    assert student.mosis_id == "9910000777"
    assert [(guardian.student, guardian.user) for guardian in Guardian.objects.all()] == [
        (student, claim.claimant)
    ]
    row = Claim.objects.get()
    assert (row.state, row.student) == (ClaimState.CONFIRMED, student)


# The provider ---------------------------------------------------------------------------------------


def test_two_people_of_a_provider_who_confirm_at_once_give_one_answer() -> None:
    roster_line = RosterLineFactory.create()
    desk = [
        MembershipFactory.create(provider_staff=True, provider=roster_line.provider),
        MembershipFactory.create(provider_admin=True, provider=roster_line.provider),
    ]
    address = reverse("registration:confirm", args=[roster_line.pk])
    ada, ben = TeacherFactory.create_batch(2, organization=roster_line.provider.organization)
    place = {"starts_on_month": "1", "starts_on_day": "11", "starts_on_year": "2027"}
    place |= {"ends_on_month": "5", "ends_on_day": "22", "ends_on_year": "2027"}
    answers = at_once(
        roster_line.line.request,
        posted(desk[0], address, place | {"section": "A-1", "teacher": ada.pk}),
        posted(desk[1], address, place | {"section": "B-2", "teacher": ben.pk}),
    )
    assert [answer.headers["Location"] for answer in answers] == [address, address]
    assert told(answers) == [
        "The student is confirmed. Family and district were told.",
        "This student was already confirmed. Reload the page to see by whom.",
    ]
    row = RosterLine.objects.get()
    assert row.state == RosterState.CONFIRMED
    assert (row.confirmed_by, row.line.section, row.teacher) in [(desk[0], "A-1", ada), (desk[1], "B-2", ben)]
    assert CourseLine.objects.get().state == LineState.CONFIRMED
    assert Step.objects.filter(kind=StepKind.CONFIRMED).count() == 1
    parents, district = roster_line.line.request.claim.claimant.pk, roster_line.sent_by.user_id
    assert sorted(Notice.objects.values_list("user", flat=True)) == sorted([parents, district])


def test_a_double_click_on_a_result_reports_it_once() -> None:
    roster_line = RosterLineFactory.create(running=True)
    desk = [
        MembershipFactory.create(provider_staff=True, provider=roster_line.provider),
        MembershipFactory.create(provider_admin=True, provider=roster_line.provider),
    ]
    address = reverse("registration:finish", args=[roster_line.pk])
    result = {"on_month": "11", "on_day": "5", "on_year": "2026", "result": "half", "final_grade": "C"}
    answers = at_once(
        roster_line.line.request,
        posted(desk[0], address, result | {"percent_complete": "50"}),
        posted(desk[1], address, result | {"percent_complete": "60"}),
    )
    assert told(answers) == [
        "It was already reported how this course ended. Reload the page to see it.",
        "The result is reported. The district confirms the credit.",
    ]
    line = CourseLine.objects.get()
    assert (line.state, line.percent_complete in {50, 60}) == (LineState.FINISHED, True)
    assert Step.objects.filter(kind=StepKind.FINISHED).count() == 1
    family, district = line.request.claim.claimant, roster_line.sent_by.user
    assert sorted(Notice.objects.values_list("user", flat=True)) == sorted([family.pk, district.pk])


def test_two_downloads_at_once_are_each_logged_once() -> None:
    roster_line = RosterLineFactory.create()
    desk = [
        MembershipFactory.create(provider_staff=True, provider=roster_line.provider),
        MembershipFactory.create(provider_admin=True, provider=roster_line.provider),
    ]
    address = reverse("registration:download")
    answers = at_once(roster_line, *(posted(hat, address, {}) for hat in desk))
    assert [roster_line.mosis_id in answer.content.decode() for answer in answers] == [True, True]
    logged = Disclosure.objects.values_list("student", "disclosed_by")
    student = roster_line.line.request.claim.student_id
    assert set(logged) == {(student, hat.pk) for hat in desk}
    assert Disclosure.objects.count() == 2


# Taking back ----------------------------------------------------------------------------------------


def test_family_and_district_who_withdraw_at_once_do_it_once() -> None:
    roster_line = RosterLineFactory.create(running=True)
    request = roster_line.line.request
    parent = MembershipFactory.create(user=request.claim.claimant)
    desk = MembershipFactory.create(provider_admin=True, provider=roster_line.provider)
    address = reverse("registration:withdraw", args=[request.pk])
    last_day = {"last_day_month": "11", "last_day_day": "5", "last_day_year": "2026"}
    click = last_day | {"lines": [roster_line.line_id]}
    answers = at_once(request, posted(parent, address, click), posted(roster_line.sent_by, address, click))
    assert told(answers) == [
        "1 course is taken back. The family, the district and the provider hear of it today.",
        "These courses were taken back or ended before. Nothing was done twice.",
    ]
    assert CourseLine.objects.get().state == LineState.WITHDRAWN
    assert Step.objects.filter(kind=StepKind.WITHDRAWN).count() == 1
    everybody = [parent, roster_line.sent_by, desk, roster_line.confirmed_by]
    assert sorted(Notice.objects.values_list("user", flat=True)) == sorted(hat.user_id for hat in everybody)


def test_a_withdrawal_that_meets_a_decision_leaves_one_of_the_two() -> None:
    request = CourseRequestFactory.create(submitted=True)
    line = CourseLineFactory.create(request=request)
    parent = MembershipFactory.create(user=request.claim.claimant)
    counselor = MembershipFactory.create(counselor=True, lea=request.lea)
    at_once(
        request,
        posted(
            counselor,
            reverse("part_time:decide", args=[line.pk]),
            {"outcome": "approved", "in_person_considered": "on", "send": "1"},
        ),
        posted(parent, reverse("registration:withdraw", args=[request.pk]), {"lines": [line.pk]}),
    )
    line.refresh_from_db()
    request.refresh_from_db()
    assert line.state == LineState.CANCELLED  # after the approval, or instead of it
    assert request.state == (RequestState.DECIDED if line.decision_id else RequestState.CANCELLED)
    assert not Clock.objects.unfinished().exists()
