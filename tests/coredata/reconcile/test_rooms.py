"""What is said in the room of a mismatch: who may, what it does and does not do, who is told, and that it stays."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from coredata.models import ReportRow, StudentCourse, StudentOutcome, Upload
from coredata.reconcile import actions, statements
from coredata.reconcile.models import (
    TWO_LEAS,
    AnswerKind,
    Escalation,
    Mismatch,
    MismatchState,
    Reason,
    Remark,
    RemarkKind,
    Ruling,
    Side,
)
from coredata.reconcile.seats import held_in, rooms_of, seats
from coredata.reconcile.silence import positions
from enrollment.part_time.models import CourseLine, Decision
from enrollment.records.models import Disclosure, Student
from mocap_portal.foundation.papers.actions import FileEmpty, WrongKindOfFile
from mocap_portal.foundation.papers.models import DigestItem, Document, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import ReportedEnrollmentFactory, UploadFactory
from tests.factories.papers import PDF
from tests.factories.part_time import CourseLineFactory
from tests.factories.reconcile import NIGHT, EscalationFactory, MismatchFactory, RemarkFactory, RulingFactory
from tests.factories.records import StudentFactory

from .room_kit import NOW, Room, two_districts

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def room() -> Room:
    return Room()


# Positions ----------------------------------------------------------------------------------------


def test_the_latest_position_of_a_side_counts_and_the_same_again_is_one(room: Room) -> None:
    first = room.contest()
    again = room.contest(at=LATER)
    later = room.agree(room.reporter, reason=Reason.CORRECT_REPORT, at=LATER)

    assert first == again
    assert list(positions().filter(mismatch=room.mismatch)) == [later]
    assert [(one.kind, one.at) for one in Remark.objects.order_by("pk")] == [
        ("contest", NOW),
        ("agree", LATER),
    ]


def test_a_position_changes_nothing_of_the_mismatch(room: Room) -> None:
    before = Mismatch.objects.values().get()

    room.contest()
    room.agree()

    assert Mismatch.objects.values().get() == before


@pytest.mark.parametrize(
    ("who", "kind", "reason", "refusal"),
    [
        ("reporter", RemarkKind.CONTEST, Reason.DENIED, actions.NotYourReason),
        ("reporter", RemarkKind.AGREE, Reason.CORRECT_FILE, actions.NotYourReason),
        ("clerk", RemarkKind.CONTEST, Reason.CORRECT_FILE, actions.NotYourReason),
        ("clerk", RemarkKind.AGREE, Reason.AGREE_OTHER, actions.WordsMissing),
        ("clerk", RemarkKind.CONTEST, Reason.CONTEST_OTHER, actions.WordsMissing),
        ("clerk", RemarkKind.NOTE, Reason.AS_SENT, actions.NotInTheRoom),
        ("office", RemarkKind.CONTEST, Reason.AS_SENT, actions.NotInTheRoom),
    ],
)
def test_a_position_that_a_side_cannot_take_is_refused(
    room: Room, who: str, kind: RemarkKind, reason: Reason, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        actions.take_position(room.mismatch.pk, kind, reason=reason, by=getattr(room, who), at=NOW)

    assert not Remark.objects.exists()


@pytest.mark.rule("R-134")
@pytest.mark.parametrize(
    "role", [{"counselor": True}, {"decider": True}, {"data_clerk": True}, {"provider_staff": True}]
)
def test_whoever_does_not_sit_there_says_nothing(room: Room, role: dict[str, bool]) -> None:
    # A counselor of the district, and staff of another district and another provider.
    own = {"lea": room.mismatch.lea} if "counselor" in role or "decider" in role else {}
    stranger = MembershipFactory.create(**role, **own)

    for step in (room.contest, room.note):
        with pytest.raises(actions.NotInTheRoom):
            step(stranger)
    with pytest.raises(actions.NotInTheRoom):
        room.decide(by=stranger)

    assert not Remark.objects.exists()


@pytest.mark.parametrize("step", [Room.contest, Room.agree, Room.note, Room.decide])
def test_when_the_data_agree_the_room_is_closed(step: Callable[[Room], object]) -> None:
    room = Room(MismatchFactory.create(provider_only=True, resolved=True))

    with pytest.raises(actions.WasResolved):
        step(room)


def test_the_other_sides_hear_of_a_position_in_the_mail_of_the_day(room: Room) -> None:
    room.contest()

    (item,) = DigestItem.objects.all()
    assert (item.user, item.day) == (room.clerk.user, NOW.date())
    assert "until Nov. 20, 2026" in item.sentence
    assert room.mismatch.mosis_id not in item.sentence + item.path


# Notes and files ----------------------------------------------------------------------------------


def test_a_note_is_kept_once_however_often_it_is_sent(room: Room) -> None:
    file = ContentFile(PDF, name="roster.pdf")

    notes = [room.note(upload=file), room.note(upload=file, at=LATER)]
    others = [room.note(), room.note(is_shared=False, at=LATER)]

    assert notes[0] == notes[1]
    assert len({note.pk for note in (*notes, *others)}) == 3
    assert Document.objects.get() == notes[0].document


def test_of_a_private_note_nobody_hears(room: Room) -> None:
    room.note(is_shared=False)

    assert not DigestItem.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize(("content", "refusal"), [(b"", FileEmpty), (b"MZ nothing to open", WrongKindOfFile)])
def test_a_file_of_another_kind_is_refused_with_its_note(
    room: Room, content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        room.note(upload=ContentFile(content, name="roster.pdf"))

    assert not Remark.objects.exists()


def test_an_empty_note_is_refused(room: Room) -> None:
    with pytest.raises(actions.NothingWritten):
        room.note(text="")


def test_a_file_that_goes_to_another_organization_is_logged_for_the_student(room: Room) -> None:
    student = StudentFactory.create(school__lea=room.mismatch.lea, mosis_id=room.mismatch.mosis_id)
    remark = room.note(upload=ContentFile(PDF, name="roster.pdf"))

    own = actions.take_file(remark.pk, by=room.clerk, at=NOW)
    assert not Disclosure.objects.exists()
    theirs = actions.take_file(remark.pk, by=room.reporter, at=LATER)

    assert own == theirs == remark.document
    (logged,) = Disclosure.objects.all()
    assert (logged.student, logged.recipient, logged.at) == (student, room.reporter.organization, LATER)


def test_a_private_file_is_nobody_elses(room: Room) -> None:
    remark = room.note(is_shared=False, upload=ContentFile(PDF, name="roster.pdf"))

    for hat in (room.reporter, room.office):
        with pytest.raises(actions.FileNotYours):
            actions.take_file(remark.pk, by=hat, at=NOW)
    assert actions.take_file(remark.pk, by=room.clerk, at=NOW) == remark.document


# Decisions ----------------------------------------------------------------------------------------


def test_the_office_decides_and_both_sides_are_told_at_once(room: Room) -> None:
    ruling = room.decide()
    again = room.decide(at=LATER)

    assert ruling == again == Ruling.objects.get()
    assert {notice.user for notice in Notice.objects.all()} == {room.clerk.user, room.reporter.user}
    assert room.mismatch.mosis_id not in "".join(notice.body for notice in Notice.objects.all())
    room.mismatch.refresh_from_db()
    assert room.mismatch.state == MismatchState.OPEN


def test_decided_again_both_decisions_stay_and_the_last_one_counts(room: Room) -> None:
    room.decide()
    room.decide(right=Side.PROVIDER, must_correct=Side.DISTRICT, what="Add the course.", at=LATER)

    assert [one.must_correct for one in Ruling.objects.order_by("at")] == ["provider", "district"]


@pytest.mark.parametrize(
    "said",
    [
        {"must_correct": Side.DISTRICT},
        {"must_correct": None},
        {"right": None},
        {"what": ""},
        {"reason": ""},
        {"right": Side.OTHER},
        {"right": Side.OFFICE},
        {"right": None, "must_correct": None},
    ],
)
def test_half_a_decision_is_refused(room: Room, said: dict[str, Any]) -> None:
    with pytest.raises(actions.NotOfTheRoom):
        room.decide(**said)

    assert not Ruling.objects.exists()


def test_only_the_office_decides(room: Room) -> None:
    for hat in (room.clerk, room.reporter):
        with pytest.raises(actions.OnlyTheOfficeDecides):
            room.decide(by=hat)


def test_what_is_given_back_names_nobody(room: Room) -> None:
    ruling = room.decide(right=None, must_correct=None, what="")

    assert (ruling.right, ruling.must_correct, ruling.what) == ("", "", "")


# Nothing is rewritten -----------------------------------------------------------------------------

RECORDS: list[type[Model]] = [
    CourseLine,
    Decision,
    ReportRow,
    Student,
    StudentCourse,
    StudentOutcome,
    Upload,
]


def records() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in RECORDS}


def test_no_step_changes_or_drops_a_record_and_the_student_stays_on_the_list(room: Room) -> None:
    lea = room.mismatch.lea
    StudentFactory.create(school__lea=lea, mosis_id=room.mismatch.mosis_id)
    CourseLineFactory.create(request__submitted=True)
    UploadFactory.create(lea=lea, certified=True)
    ReportedEnrollmentFactory.create(row__mosis_id=room.mismatch.mosis_id)
    before, mismatch = records(), Mismatch.objects.values().get()

    room.contest()
    room.contest(room.clerk, reason=Reason.DENIED)
    room.agree(at=LATER)
    room.note(upload=ContentFile(PDF, name="roster.pdf"))
    actions.escalate_silent(at=NOW + dt.timedelta(days=40))
    room.decide(at=NOW + dt.timedelta(days=41))
    room.decide(right=None, must_correct=None, what="", at=NOW + dt.timedelta(days=42))

    assert records() == before
    assert Mismatch.objects.values().get() == mismatch
    for hat in (room.clerk, room.reporter, room.office):
        assert list(rooms_of(hat)) == [room.mismatch]


@pytest.mark.parametrize("factory", [RemarkFactory, RulingFactory, EscalationFactory])
@pytest.mark.parametrize("step", ["update", "delete"])
def test_the_database_refuses_to_change_what_was_said(factory: Any, step: str) -> None:
    row = factory.create()
    rows = type(row).objects.filter(pk=row.pk)

    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        rows.update(at=LATER) if step == "update" else rows.delete()

    assert rows.get().at == row.at


@pytest.mark.parametrize(
    ("factory", "more", "name"),
    [
        (RemarkFactory, {"text": ""}, "a_note_says_something"),
        (RemarkFactory, {"reason": Reason.AS_SENT}, "who_agrees_or_contests_gives_a_reason_to_all"),
        (RemarkFactory, {"contest": True, "reason": ""}, "who_agrees_or_contests_gives_a_reason_to_all"),
        (
            RemarkFactory,
            {"contest": True, "is_shared": False},
            "who_agrees_or_contests_gives_a_reason_to_all",
        ),
        (
            RemarkFactory,
            {"contest": True, "reason": Reason.CORRECT_FILE},
            "who_agrees_or_contests_gives_a_reason_to_all",
        ),
        (RemarkFactory, {"contest": True, "reason": Reason.CONTEST_OTHER}, "another_reason_is_explained"),
        (RemarkFactory, {"contest": True, "with_file": True}, "files_come_with_notes"),
        (RemarkFactory, {"contest": True, "side": Side.OFFICE}, "the_office_takes_no_side"),
        (RulingFactory, {"reason": ""}, "a_ruling_gives_its_reason"),
        (RulingFactory, {"what": ""}, "a_ruling_says_who_corrects_what"),
        (RulingFactory, {"must_correct": Side.DISTRICT}, "a_ruling_says_who_corrects_what"),
        (RulingFactory, {"right": Side.OFFICE}, "a_ruling_is_about_the_parties"),
        (EscalationFactory, {"at": NIGHT}, "silence_comes_after_a_word"),
        (EscalationFactory, {"silent": Side.OFFICE}, "the_office_is_never_silent"),
    ],
)
def test_the_database_refuses_what_cannot_be_said(factory: Any, more: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError, match=name):
        factory.create(**more)


def test_a_silence_stands_once() -> None:
    first = EscalationFactory.create()

    with pytest.raises(IntegrityError, match="a_silence_escalates_once"):
        EscalationFactory.create(mismatch=first.mismatch)


# Two districts ------------------------------------------------------------------------------------


def test_the_codes_of_two_districts_are_those_whose_rule_names_another_one() -> None:
    naming = {
        code
        for code, statement in statements.RULES.items()
        if re.search(
            r"'other', (min\()?(lea\.state_district_id|host\.state_district_id|v\.district_code)", statement
        )
    }

    assert naming == set(TWO_LEAS)


@pytest.mark.parametrize("code", TWO_LEAS)
def test_the_other_district_sits_in_the_room_and_has_no_card(code: str) -> None:
    mismatch, other = two_districts(code)

    assert [(seat.side, seat.organization) for seat in seats(mismatch)] == [
        (Side.DISTRICT, mismatch.lea.organization),
        (Side.OTHER, other.organization),
    ]
    assert list(rooms_of(other)) == [mismatch]
    assert not Mismatch.objects.visible_to(other).exists()
    assert not rooms_of(MembershipFactory.create(data_clerk=True)).exists()


def test_a_conflict_on_both_lists_has_one_room() -> None:
    mismatch, other = two_districts()
    common = {"code": "M-54", "mosis_id": mismatch.mosis_id, "lea_id": other.organization_id}
    theirs = MismatchFactory.create(**common, facts={"other": "991101"})
    half = MismatchFactory.create(**common, semester="S2", facts={"other": "991101"})

    assert {held_in(row) for row in (mismatch, theirs)} == {mismatch}
    assert held_in(half) == mismatch  # where the first district has one term only
    remark = actions.write_note(theirs.pk, text="Ours.", is_shared=True, by=other, at=NOW)
    assert (remark.mismatch, remark.side) == (mismatch, Side.OTHER)


def test_of_two_districts_a_file_goes_to_the_office_only() -> None:
    mismatch, other = two_districts()
    room = Room(mismatch)
    remark = room.note(upload=ContentFile(PDF, name="roster.pdf"))

    with pytest.raises(actions.FileNotYours):
        actions.take_file(remark.pk, by=other, at=NOW)
    assert actions.take_file(remark.pk, by=room.office, at=NOW) == remark.document


def test_an_answer_of_the_card_is_beside_the_room(room: Room) -> None:
    """The district may answer on the card and speak in the room; neither stands in the way of the other."""
    room.contest()
    actions.answer(room.mismatch.pk, AnswerKind.DENIED, by=room.clerk, at=LATER)

    room.mismatch.refresh_from_db()
    assert room.mismatch.state == MismatchState.ANSWERED
    assert not Escalation.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reconcile_remark")
        assert cursor.fetchone() == (1,)
