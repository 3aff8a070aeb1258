"""An action that is killed at its last step has done nothing; tried again it does all, once.

The last step of each is to tell people: what falls before it is written by then, and must go when the process does.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from enrollment.part_time import actions as part_time
from enrollment.part_time.models import CourseLine, CourseRequest
from enrollment.records import actions as records
from enrollment.registration import actions as registration
from enrollment.registration.models import Party, Result
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.shared.refusals import Refusal
from tests.enrollment.registration_kit import NOW, TODAY, coordinator_of, desk_of, on_roster, parent_of
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import TermFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import AgreementFactory
from tests.factories.records import ClaimFactory
from tests.factories.registration import TeacherFactory
from tests.rows import everything

pytestmark = pytest.mark.django_db

Act = Callable[[dt.datetime], Any]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def undecided() -> tuple[CourseLine, Any]:
    line = CourseLineFactory.create()
    return line, MembershipFactory.create(counselor=True, lea=line.request.lea)


def submit() -> Act:
    parent = MembershipFactory.create()
    draft: CourseRequest = CourseRequestFactory.create(
        claim__claimant=parent.user, term=TermFactory.create(), in_person_courses=4
    )
    CourseLineFactory.create(request=draft)
    statements = [row.pk for row in CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=TODAY)]
    return lambda at: part_time.submit(
        draft.pk,
        by=parent,
        signed_name="Pat Parent",
        acknowledged=statements,
        has_iep_or_504=False,
        prior_semester="attended",
        at=at,
    )


def approve() -> Act:
    line, counselor = undecided()
    return lambda at: part_time.approve(line.pk, by=counselor, at=at, in_person_considered=True)


def deny() -> Act:
    line, counselor = undecided()
    factor = CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=TODAY)[0]
    return lambda at: part_time.deny(
        line.pk,
        by=counselor,
        at=at,
        in_person_considered=True,
        factor_ids=[factor.pk],
        explanation="The student asks for a teacher in the room and for company.",
        would_make_it_a_yes="",
    )


def pause() -> Act:
    line, counselor = undecided()
    return lambda at: part_time.pause_for_team(
        line.request_id, by=counselor, at=at, reason="The team meets on Tuesday."
    )


def amend() -> Act:
    line, _counselor = undecided()
    parent = parent_of(line)
    return lambda at: part_time.amend(
        line.request_id,
        by=parent,
        at=at,
        signed_name="Pat Parent",
        in_person_courses=4,
        has_iep_or_504=False,
        prior_semester="attended",
        note="Astronomy in the afternoon, please.",
        told={},
    )


def refuse_child() -> Act:
    claim = ClaimFactory.create()
    clerk = MembershipFactory.create(data_clerk=True, organization=claim.school.lea.organization)
    return lambda at: records.refuse_claim(claim.pk, by=clerk, at=at, reason="No student of this name")


def register() -> Act:
    line = CourseLineFactory.create(request__claim__confirmed=True)
    counselor = MembershipFactory.create(counselor=True, lea=line.request.lea)
    AgreementFactory.create(lea=line.request.lea, provider=line.course.provider)
    part_time.approve(line.pk, by=counselor, at=NOW, in_person_considered=True)
    coordinator = coordinator_of(line)
    return lambda at: registration.register(line.pk, by=coordinator, at=at)


def confirm() -> Act:
    row = on_roster()
    desk, teacher = desk_of(row), TeacherFactory.create(organization=row.provider.organization)
    return lambda at: registration.confirm(
        row.pk, by=desk, at=at, starts_on=TODAY, section="A-1", teacher_id=teacher.pk
    )


def extend() -> Act:
    row = on_roster(running=True)
    desk = desk_of(row)
    return lambda at: registration.extend(
        row.pk,
        by=desk,
        at=at,
        ends_on=dt.date(2026, 12, 21),
        reason="Two weeks of illness",
        agreed_by=Party.FAMILY,
        agreed_name="Pat Parent",
    )


def withdraw() -> Act:
    row = on_roster(running=True)
    parent = parent_of(row)
    return lambda at: registration.withdraw(
        row.line.request_id, by=parent, at=at, line_ids=[row.line_id], last_day=TODAY
    )


def finish() -> Act:
    row = on_roster(running=True)
    desk = desk_of(row)
    return lambda at: registration.finish(
        row.pk,
        by=desk,
        at=at,
        on=TODAY,
        result=Result.COMPLETED,
        percent_complete=100,
        final_grade="A",
    )


def credit() -> Act:
    row = on_roster(finished=True)
    coordinator = coordinator_of(row)
    return lambda at: registration.confirm_result(
        row.line_id, by=coordinator, at=at, credit_earned=Decimal("0.5")
    )


CASES: dict[Callable[[], Act], str] = {
    submit: "enrollment.part_time.notices.tell_submitted",
    approve: "enrollment.part_time.notices.tell_decided",
    deny: "enrollment.part_time.notices.tell_decided",
    pause: "enrollment.part_time.notices.tell_paused",
    amend: "enrollment.part_time.notices.tell_amended",
    refuse_child: "enrollment.records.notices.tell_refused",
    register: "enrollment.registration.notices.tell_registered",
    confirm: "enrollment.registration.notices.tell_confirmed",
    extend: "enrollment.registration.notices.tell_extended",
    withdraw: "enrollment.registration.notices.tell_withdrawn",
    finish: "enrollment.registration.notices.tell_finished",
    credit: "enrollment.registration.notices.tell_completed",
}


@pytest.mark.parametrize(("arrange", "last"), CASES.items(), ids=[arrange.__name__ for arrange in CASES])
def test_killed_at_its_last_step_it_did_nothing_and_the_next_try_does_it_once(
    arrange: Callable[[], Act], last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = arrange()
    before = everything()

    def killed(*_args: Any, **_more: Any) -> None:
        assert everything() != before  # it had written something by then
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(last, killed)
        with pytest.raises(KeyboardInterrupt):
            act(NOW + dt.timedelta(minutes=1))
    assert everything() == before
    act(NOW + dt.timedelta(minutes=2))
    done = everything()
    assert done["papers.Notice"] > before["papers.Notice"]
    with pytest.raises(Refusal):
        act(NOW + dt.timedelta(minutes=3))
    assert everything() == done
