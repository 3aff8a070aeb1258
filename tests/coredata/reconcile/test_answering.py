"""What people answer: who may, what it makes of the mismatch, who is told, and how it is taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from coredata.reconcile import actions
from coredata.reconcile.models import Answer, AnswerKind, Mismatch, MismatchState
from coredata.reconcile.standing import to_do
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.reconcile import NIGHT, AnswerFactory, MismatchFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 6, 16, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
END = dt.date(2027, 6, 30)


def clerk_of(mismatch: Mismatch, **more: object) -> Membership:
    hat: Membership = MembershipFactory.create(**{"data_clerk": True, "lea": mismatch.lea, **more})
    return hat


def reporter_of(mismatch: Mismatch) -> Membership:
    hat: Membership = MembershipFactory.create(provider_staff=True, provider=mismatch.provider)
    return hat


def state_of(mismatch: Mismatch) -> str:
    mismatch.refresh_from_db()
    return mismatch.state


@pytest.mark.parametrize(
    ("kind", "more", "state"),
    [
        (AnswerKind.SEEN, {}, MismatchState.ACKNOWLEDGED),
        (AnswerKind.DENIED, {}, MismatchState.ANSWERED),
        (AnswerKind.NOT_OURS, {}, MismatchState.ANSWERED),
        (AnswerKind.ASK, {"reason": "Which course?"}, MismatchState.ANSWERED),
        (AnswerKind.HARMLESS, {"reason": "A pilot."}, MismatchState.ANSWERED),
    ],
)
def test_an_answer_is_kept_once_and_makes_a_state(
    kind: AnswerKind, more: dict[str, str], state: MismatchState
) -> None:
    mismatch = MismatchFactory.create(provider_only=True)
    clerk = clerk_of(mismatch)

    first = actions.answer(mismatch.pk, kind, by=clerk, at=NOW, **more)  # type: ignore[arg-type]
    again = actions.answer(mismatch.pk, kind, by=clerk, at=LATER, **more)  # type: ignore[arg-type]

    assert first == again == Answer.objects.get()
    assert (first.kind, first.by, first.at, first.reason) == (kind, clerk, NOW, more.get("reason", ""))
    assert state_of(mismatch) == state
    assert mismatch.changed_at == NOW


def test_a_waiver_has_a_reason_and_an_end_within_the_school_year() -> None:
    mismatch = MismatchFactory.create(review=True)
    clerk = clerk_of(mismatch)

    given = actions.answer(mismatch.pk, AnswerKind.WAIVE, by=clerk, at=NOW, reason="A pilot.", until=END)

    assert (given.reason, given.until) == ("A pilot.", END)
    assert (state_of(mismatch), mismatch.waived_until) == (MismatchState.WAIVED, END)


@pytest.mark.parametrize("until", [None, dt.date(2026, 11, 5), END + dt.timedelta(days=1)])
def test_a_waiver_of_another_length_is_refused(until: dt.date | None) -> None:
    mismatch = MismatchFactory.create(review=True)

    with pytest.raises(actions.WaiverTooLong):
        actions.answer(
            mismatch.pk, AnswerKind.WAIVE, by=clerk_of(mismatch), at=NOW, reason="A pilot.", until=until
        )

    assert state_of(mismatch) == MismatchState.OPEN


def test_what_must_be_fixed_is_waived_by_the_state_office_only() -> None:
    mismatch = MismatchFactory.create(must=True)
    office = MembershipFactory.create(dese_reviewer=True)
    waiver = {"reason": "Its system cannot say it this year.", "until": END}

    with pytest.raises(actions.OnlyTheOfficeWaives):
        actions.answer(mismatch.pk, AnswerKind.WAIVE, by=clerk_of(mismatch), at=NOW, **waiver)  # type: ignore[arg-type]
    actions.answer(mismatch.pk, AnswerKind.WAIVE, by=office, at=NOW, **waiver)  # type: ignore[arg-type]

    assert state_of(mismatch) == MismatchState.WAIVED


@pytest.mark.rule("R-134")
@pytest.mark.parametrize(
    "role", [{"counselor": True}, {"decider": True}, {"provider_staff": True}, {"dese_reviewer": True}]
)
def test_only_those_who_send_the_files_answer(role: dict[str, bool]) -> None:
    mismatch = MismatchFactory.create(provider_only=True)
    hat = MembershipFactory.create(lea=mismatch.lea, provider=mismatch.provider, **role)

    with pytest.raises(actions.MayNotAnswer):
        actions.answer(mismatch.pk, AnswerKind.SEEN, by=hat, at=NOW)

    assert not Answer.objects.exists()


@pytest.mark.rule("R-134")
def test_another_district_does_not_answer() -> None:
    mismatch, other = MismatchFactory.create(), MismatchFactory.create()

    with pytest.raises(actions.MayNotAnswer):
        actions.answer_many([mismatch.pk, other.pk], AnswerKind.SEEN, by=clerk_of(mismatch), at=NOW)

    assert (state_of(mismatch), state_of(other)) == (MismatchState.OPEN, MismatchState.OPEN)


def test_what_is_resolved_is_answered_no_more() -> None:
    mismatch = MismatchFactory.create(resolved=True)
    clerk = clerk_of(mismatch)

    with pytest.raises(actions.WasResolved) as caught:
        actions.answer(mismatch.pk, AnswerKind.SEEN, by=clerk, at=NOW)

    assert str(caught.value).startswith("The data agree by now")
    assert actions.offered(mismatch, clerk) == []


@pytest.mark.parametrize("about", [{}, {"provider_only": True, "code": "M-54"}])
def test_whom_it_is_not_shown_is_not_told(about: dict[str, Any]) -> None:
    """M-54 is between two districts: its provider would follow the mail to a page that is not there."""
    mismatch = MismatchFactory.create(**about)

    with pytest.raises(actions.NobodyToTell):
        actions.answer(mismatch.pk, AnswerKind.DENIED, by=clerk_of(mismatch), at=NOW)


def test_what_is_offered_is_what_may_be_given() -> None:
    mismatch = MismatchFactory.create(provider_only=True)
    hats = [
        clerk_of(mismatch),
        clerk_of(mismatch, data_clerk=False, counselor=True),
        MembershipFactory.create(dese_reviewer=True),
    ]

    assert [actions.offered(mismatch, hat) for hat in hats] == [
        [AnswerKind.SEEN, AnswerKind.DENIED, AnswerKind.NOT_OURS, AnswerKind.ASK, AnswerKind.HARMLESS],
        [],
        [AnswerKind.WAIVE],
    ]


@pytest.mark.rule("R-113")
@pytest.mark.parametrize("kind", [AnswerKind.DENIED, AnswerKind.NOT_OURS])
def test_the_provider_is_told_and_the_row_leaves_the_district_s_list(kind: AnswerKind) -> None:
    mismatch = MismatchFactory.create(provider_only=True)
    clerk, reporter = clerk_of(mismatch), reporter_of(mismatch)
    office = MembershipFactory.create(dese_reviewer=True)

    for at in (NOW, LATER):
        actions.answer(mismatch.pk, kind, by=clerk, at=at, reason="Told by phone.")

    notice = Notice.objects.get()
    assert notice.user == reporter.user
    assert mismatch.mosis_id not in notice.subject + notice.body
    assert f"/core-data/mismatches/{mismatch.pk}/" in notice.body
    assert str(mismatch.lea) in notice.body
    assert [list(to_do(hat)) for hat in (clerk, reporter, office)] == [[], [mismatch], [mismatch]]


def test_other_answers_tell_nobody_and_stay_on_the_list() -> None:
    mismatch = MismatchFactory.create(provider_only=True)
    clerk = clerk_of(mismatch)
    reporter_of(mismatch)

    actions.answer(mismatch.pk, AnswerKind.ASK, by=clerk, at=NOW, reason="Is it full-time?")

    assert not Notice.objects.exists()
    assert list(to_do(clerk)) == [mismatch]


def test_what_is_known_and_harmless_leaves_the_district_s_list_only() -> None:
    mismatch = MismatchFactory.create(review=True)
    clerk, office = clerk_of(mismatch), MembershipFactory.create(dese_reviewer=True)

    actions.answer(mismatch.pk, AnswerKind.HARMLESS, by=clerk, at=NOW, reason="A pilot.")

    assert [list(to_do(hat)) for hat in (clerk, office)] == [[], [mismatch]]


def test_one_mail_is_about_all_that_were_answered_together() -> None:
    first = MismatchFactory.create(provider_only=True)
    second = MismatchFactory.create(provider_only=True, lea=first.lea, provider=first.provider)
    reporter_of(first)

    actions.answer_many([second.pk, first.pk], AnswerKind.DENIED, by=clerk_of(first), at=NOW)

    notice = Notice.objects.get()
    assert "Enrollments: 2." in notice.body
    assert "/core-data/mismatches/provider/" in notice.body


def test_too_many_at_once_are_refused() -> None:
    mismatch = MismatchFactory.create()

    with pytest.raises(actions.TooMany):
        actions.answer_many(range(501), AnswerKind.SEEN, by=clerk_of(mismatch), at=NOW)


# Taking back --------------------------------------------------------------------------------------


def test_what_is_taken_back_leaves_what_else_was_said() -> None:
    mismatch = MismatchFactory.create(provider_only=True)
    clerk = clerk_of(mismatch)
    seen = actions.answer(mismatch.pk, AnswerKind.SEEN, by=clerk, at=NOW)
    denied = actions.answer(mismatch.pk, AnswerKind.DENIED, by=clerk, at=NOW)

    back = actions.take_back(denied.pk, by=clerk, at=LATER)
    again = actions.take_back(denied.pk, by=clerk, at=LATER)

    assert back == again
    assert (back.kind, back.undoes, back.by) == (AnswerKind.UNDO, denied, clerk)
    assert state_of(mismatch) == MismatchState.ACKNOWLEDGED
    actions.take_back(seen.pk, by=clerk, at=LATER)
    assert state_of(mismatch) == MismatchState.OPEN
    assert Answer.objects.count() == 4


def test_a_waiver_that_is_taken_back_ends_now() -> None:
    mismatch = MismatchFactory.create(review=True)
    clerk = clerk_of(mismatch)
    waiver = actions.answer(mismatch.pk, AnswerKind.WAIVE, by=clerk, at=NOW, reason="A pilot.", until=END)

    actions.take_back(waiver.pk, by=clerk, at=LATER)

    assert (state_of(mismatch), mismatch.waived_until) == (MismatchState.OPEN, None)


@pytest.mark.rule("R-113")
def test_the_provider_hears_that_a_denial_was_taken_back() -> None:
    mismatch = MismatchFactory.create(provider_only=True)
    clerk = clerk_of(mismatch)
    reporter_of(mismatch)
    denied = actions.answer(mismatch.pk, AnswerKind.DENIED, by=clerk, at=NOW)

    for _time in range(2):
        actions.take_back(denied.pk, by=clerk, at=LATER)

    assert [("taken back" in notice.body) for notice in Notice.objects.order_by("pk")] == [False, True]
    assert list(to_do(clerk)) == [mismatch]


def test_an_answer_is_taken_back_by_those_who_gave_it() -> None:
    mismatch = MismatchFactory.create(review=True)
    given = AnswerFactory.create(mismatch=mismatch)

    for hat in (MembershipFactory.create(dese_reviewer=True), clerk_of(MismatchFactory.create())):
        with pytest.raises(actions.NotTheirs):
            actions.take_back(given.pk, by=hat, at=NOW)


def test_an_answer_of_an_earlier_life_counts_no_more() -> None:
    mismatch = MismatchFactory.create(provider_only=True, opened_at=NIGHT + dt.timedelta(days=30))
    clerk = clerk_of(mismatch)
    old = AnswerFactory.create(mismatch=mismatch, kind=AnswerKind.DENIED, by=clerk)

    assert list(to_do(clerk)) == [mismatch]
    with pytest.raises(actions.NotAnswered):
        actions.take_back(old.pk, by=clerk, at=mismatch.opened_at)
    anew = actions.answer(mismatch.pk, AnswerKind.DENIED, by=clerk, at=mismatch.opened_at)

    assert anew != old
    assert list(to_do(clerk)) == []


def test_a_whole_step_is_taken_back_at_once() -> None:
    first = MismatchFactory.create(review=True)
    others = MismatchFactory.create_batch(2, review=True, lea=first.lea)
    clerk = clerk_of(first)
    alone = actions.answer(first.pk, AnswerKind.SEEN, by=clerk, at=NOW)
    given = actions.answer_many([one.pk for one in others], AnswerKind.SEEN, by=clerk, at=LATER)
    gone = others[1]
    Mismatch.objects.filter(pk=gone.pk).update(
        state=MismatchState.RESOLVED, resolved_at=LATER, resolved_run=gone.first_run
    )

    backs = actions.take_back_together(given[0].pk, by=clerk, at=timezone.now())
    again = actions.take_back_together(given[0].pk, by=clerk, at=timezone.now())

    assert [back.undoes for back in backs] == [given[0]]
    assert again == []
    assert state_of(first) == MismatchState.ACKNOWLEDGED
    assert not Answer.objects.filter(undoes=alone).exists()
    assert [state_of(one) for one in others] == [MismatchState.OPEN, MismatchState.RESOLVED]
