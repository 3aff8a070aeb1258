"""Who is asked in a room, until when, and what happens when nobody answers."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from coredata.reconcile import actions, tasks
from coredata.reconcile.models import (
    AnswerKind,
    Escalation,
    Mismatch,
    Reason,
    Remark,
    RemarkKind,
    Ruling,
    Side,
)
from coredata.reconcile.silence import escalated, last_day, waiting, with_questions
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import DigestItem
from tests.factories.accounts import MembershipFactory
from tests.factories.reconcile import MismatchFactory
from tests.killed import Killed, killed_at
from tests.test_exactly_once import at_once

from .room_kit import NOW, Room, two_districts

pytestmark = pytest.mark.django_db
CENTRAL = ZoneInfo("America/Chicago")
LAST = dt.datetime(
    2026, 11, 20, 23, 59, 59, tzinfo=CENTRAL
)  # of the day until which NOW's question can be answered
OVER = LAST + dt.timedelta(seconds=1)


@pytest.fixture
def room() -> Room:
    return Room()


def asked(room: Room) -> dict[str, dt.datetime | None]:
    row = with_questions(Mismatch.objects.filter(pk=room.mismatch.pk)).get()
    return {side: getattr(row, f"asked_{side}") for side in ("district", "other", "provider")}


def deny(room: Room, at: dt.datetime = NOW) -> None:
    actions.answer(room.mismatch.pk, AnswerKind.DENIED, by=room.clerk, at=at)


def in_days(days: int) -> dt.datetime:
    return NOW + dt.timedelta(days=days)


def is_escalated() -> bool:
    return Mismatch.objects.filter(escalated()).exists()


# Who is asked -------------------------------------------------------------------------------------


def test_whoever_contests_asks_the_others(room: Room) -> None:
    room.contest()

    assert asked(room) == {"district": NOW, "other": None, "provider": None}
    assert list(waiting(room.clerk)) == [room.mismatch]
    assert not waiting(room.reporter).exists()


@pytest.mark.parametrize("kind", [AnswerKind.DENIED, AnswerKind.NOT_OURS])
def test_an_answer_that_is_told_to_the_provider_asks_it(room: Room, kind: AnswerKind) -> None:
    given = actions.answer(room.mismatch.pk, kind, by=room.clerk, at=NOW)

    assert asked(room) == {"district": None, "other": None, "provider": NOW}
    actions.take_back(given.pk, by=room.clerk, at=in_days(1))
    assert asked(room)["provider"] is None


@pytest.mark.parametrize("kind", [AnswerKind.SEEN, AnswerKind.HARMLESS, AnswerKind.ASK])
def test_other_answers_ask_no_party(room: Room, kind: AnswerKind) -> None:
    actions.answer(room.mismatch.pk, kind, by=room.clerk, at=NOW, reason="Look.")

    assert set(asked(room).values()) == {None}


def test_a_question_is_answered_by_what_is_shared_and_not_by_a_private_note(room: Room) -> None:
    deny(room)

    room.note(room.reporter, is_shared=False, at=in_days(1))
    assert asked(room)["provider"] == NOW
    room.note(room.reporter, at=in_days(2))
    assert asked(room)["provider"] is None


def test_an_answer_on_the_card_answers_the_provider(room: Room) -> None:
    room.contest()
    deny(room, at=in_days(1))

    assert asked(room) == {"district": None, "other": None, "provider": in_days(1)}


def test_who_agrees_after_contesting_asks_no_more(room: Room) -> None:
    room.contest()
    room.agree(room.reporter, reason=Reason.CORRECT_REPORT, at=in_days(1))

    assert asked(room)["district"] is None


def test_of_several_questions_the_oldest_counts(room: Room) -> None:
    deny(room)
    room.contest(room.clerk, reason=Reason.DENIED, at=in_days(3))

    assert asked(room)["provider"] == NOW


def test_what_was_said_before_it_was_away_asks_nobody(room: Room) -> None:
    deny(room)
    room.contest()
    Mismatch.objects.update(opened_at=in_days(5))

    assert set(asked(room).values()) == {None}


# Escalation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked_at",
    [NOW, dt.datetime(2026, 11, 6, 0, 0, tzinfo=CENTRAL), dt.datetime(2026, 11, 6, 23, 59, tzinfo=CENTRAL)],
)
def test_silence_escalates_when_the_last_day_is_over(room: Room, asked_at: dt.datetime) -> None:
    deny(room, at=asked_at)

    assert last_day(asked_at) == LAST.date()
    assert actions.escalate_silent(at=LAST) == []
    (found,) = actions.escalate_silent(at=OVER)

    assert (found.mismatch, found.silent, found.organization) == (
        room.mismatch,
        Side.PROVIDER,
        room.reporter.organization,
    )
    assert (found.asked_at, found.at) == (asked_at, OVER)
    assert is_escalated()


def test_a_night_on_which_clocks_change_counts_as_a_day(room: Room) -> None:
    before, after = (
        dt.datetime(2027, 3, 7, 23, 59, tzinfo=CENTRAL),
        dt.datetime(2027, 3, 22, 0, 0, tzinfo=CENTRAL),
    )
    deny(room, at=before)

    assert actions.escalate_silent(at=after - dt.timedelta(seconds=1)) == []
    assert len(actions.escalate_silent(at=after)) == 1


def test_how_long_is_a_setting(room: Room, settings: Settings) -> None:
    settings.RECONCILE_SILENCE_DAYS = 3
    deny(room)

    assert actions.escalate_silent(at=dt.datetime(2026, 11, 9, 23, 59, 59, tzinfo=CENTRAL)) == []
    assert len(actions.escalate_silent(at=dt.datetime(2026, 11, 10, 0, 0, tzinfo=CENTRAL))) == 1


def test_the_night_may_come_twice_and_late(room: Room) -> None:
    deny(room)

    assert len(actions.escalate_silent(at=OVER)) == 1
    assert actions.escalate_silent(at=OVER) == []
    assert actions.escalate_silent(at=in_days(30)) == []
    assert tasks.escalate_silent() == []
    assert Escalation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_escalate_once() -> None:
    room = Room()
    deny(room)

    found = at_once(
        room.mismatch, lambda: actions.escalate_silent(at=OVER), lambda: actions.escalate_silent(at=OVER)
    )

    assert sorted(map(len, found)) == [0, 1]
    assert Escalation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_the_night_at_once_do_not_hurt_each_other() -> None:
    room = Room()
    deny(room)

    note, _found = at_once(
        room.mismatch,
        lambda: room.note(room.reporter, at=OVER),
        lambda: actions.escalate_silent(at=OVER),
    )

    assert Remark.objects.get() == note
    assert Escalation.objects.count() <= 1


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_the_next_night_comes_to_the_same() -> None:
    rooms = [Room(), Room()]
    for room in rooms:
        deny(room)
    DigestItem.objects.all().delete()

    statement, is_over = 0, False
    while not is_over:
        statement += 1
        with killed_at(statement), suppress(Killed):
            actions.escalate_silent(at=OVER)
            is_over = True
        told = DigestItem.objects.filter(key__startswith="room-handed-on:").count()
        assert told == Escalation.objects.count() * len(["clerk", "reporter"])

    assert statement > len(rooms)
    assert {one.mismatch for one in Escalation.objects.all()} == {room.mismatch for room in rooms}


@pytest.mark.parametrize("state", ["waived", "resolved"])
def test_what_is_waived_or_resolved_does_not_escalate(state: str) -> None:
    room = Room()
    deny(room)
    gone = MismatchFactory.create(provider_only=True, **{state: True})
    values = Mismatch.objects.filter(pk=gone.pk).values(
        "state", "waived_until", "resolved_at", "resolved_run", "resolved_by_upload"
    )
    Mismatch.objects.filter(pk=room.mismatch.pk).update(**values.get())

    assert actions.escalate_silent(at=OVER) == []


def test_a_late_answer_is_shown_and_the_office_lets_it_go(room: Room) -> None:
    deny(room)
    actions.escalate_silent(at=OVER)

    room.note(room.reporter, at=in_days(16))
    assert is_escalated()
    assert list(waiting(room.office)) == [room.mismatch]
    room.decide(right=None, must_correct=None, what="", at=in_days(17))

    assert not is_escalated()
    assert not waiting(room.office).exists()
    assert actions.escalate_silent(at=in_days(60)) == []  # what was asked before is asked no more


def test_after_a_decision_a_new_question_can_escalate_again(room: Room) -> None:
    deny(room)
    actions.escalate_silent(at=OVER)
    room.decide(right=None, must_correct=None, what="", at=in_days(17))
    room.contest(room.clerk, reason=Reason.DENIED, at=in_days(18))

    assert len(actions.escalate_silent(at=in_days(33))) == 1
    assert is_escalated()
    assert Escalation.objects.count() == 2


def test_when_the_data_agree_the_escalation_is_over_and_does_not_come_back(room: Room) -> None:
    deny(room)
    actions.escalate_silent(at=OVER)
    Mismatch.objects.update(opened_at=in_days(40))  # it was away, and is there again

    assert not is_escalated()


def test_of_silence_the_office_and_both_sides_hear_and_no_mail_names_the_student(room: Room) -> None:
    deny(room)
    DigestItem.objects.all().delete()
    actions.escalate_silent(at=OVER)

    items = DigestItem.objects.order_by("key")
    assert {item.user for item in items} == {room.office.user, room.clerk.user, room.reporter.user}
    assert {item.day for item in items} == {OVER.date()}
    assert room.mismatch.mosis_id not in "".join(item.sentence + item.path for item in items)


# What waits for the office ------------------------------------------------------------------------


def waits(room: Room) -> bool:
    return waiting(room.office).filter(pk=room.mismatch.pk).exists()


def test_when_both_sides_contest_it_waits_for_the_office_until_it_decides(room: Room) -> None:
    room.contest()
    assert not waits(room)
    room.contest(room.clerk, reason=Reason.DENIED, at=in_days(1))
    assert waits(room)
    room.decide(at=in_days(2))
    assert not waits(room)


def test_a_question_to_the_office_waits_until_it_writes(room: Room) -> None:
    actions.answer(room.mismatch.pk, AnswerKind.ASK, by=room.clerk, at=NOW, reason="Which course?")
    assert waits(room)
    room.note(room.office, is_shared=False, at=in_days(1))
    assert waits(room)
    room.note(room.office, at=in_days(1))
    assert not waits(room)


def test_where_nobody_else_sits_a_contest_waits_for_the_office() -> None:
    room = Room(MismatchFactory.create(code="M-08"))

    actions.take_position(room.mismatch.pk, RemarkKind.CONTEST, reason=Reason.AS_SENT, by=room.clerk, at=NOW)

    assert waits(room)
    assert DigestItem.objects.get().user == room.office.user


def test_a_conflict_of_two_districts_is_the_offices_as_soon_as_one_speaks() -> None:
    mismatch, other = two_districts()
    room = Room(mismatch)
    assert not waits(room)

    actions.write_note(mismatch.pk, text="Ours.", is_shared=True, by=other, at=NOW)

    assert waits(room)
    room.decide(must_correct=Side.OTHER, at=in_days(1))
    assert not waits(room)
    assert list(waiting(other)) == [mismatch]
    assert not waiting(room.clerk).exists()


def test_the_side_that_has_to_correct_is_awaited_until_the_data_agree(room: Room) -> None:
    room.decide()

    assert list(waiting(room.reporter)) == [room.mismatch]
    assert not waiting(room.clerk).exists()
    room.note(room.reporter, at=in_days(1))
    assert list(waiting(room.reporter)) == [room.mismatch]
    room.decide(right=Side.PROVIDER, must_correct=Side.DISTRICT, what="Add it.", at=in_days(2))
    assert not waiting(room.reporter).exists()
    assert list(waiting(room.clerk)) == [room.mismatch]
    assert Ruling.objects.count() == 2


def test_the_other_district_is_asked_by_a_contest_and_silent_like_anybody() -> None:
    mismatch, other = two_districts("M-62")
    room = Room(mismatch)
    room.contest(room.clerk, reason=Reason.OURS)

    assert asked(room) == {"district": None, "other": NOW, "provider": None}
    (found,) = actions.escalate_silent(at=OVER)
    assert (found.silent, found.organization) == (Side.OTHER, other.organization)


def test_somebody_without_a_seat_is_never_awaited(room: Room) -> None:
    deny(room)
    hats: list[Membership] = [
        MembershipFactory.create(provider_staff=True),
        MembershipFactory.create(data_clerk=True),
    ]

    assert [waiting(hat).count() for hat in hats] == [0, 0]
