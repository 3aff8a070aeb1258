"""The pages of rooms: what each side reads and does there, and that nobody reads what is not theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from coredata.reconcile import actions
from coredata.reconcile.models import AnswerKind, Mismatch, Reason, Remark, RemarkKind, Ruling, Side
from enrollment.records.models import Disclosure
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.papers.models import DigestItem, Notice
from mocap_portal.home import waiting as home
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import ReportedEnrollmentFactory, UploadFactory
from tests.factories.papers import PDF
from tests.factories.reconcile import LeaRunFactory, MismatchFactory
from tests.factories.records import StudentFactory
from tests.sign_in import sign_in

from .room_kit import NOW, Room, two_districts

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def room() -> Room:
    return Room()


def page(hat: Membership, name: str, *args: object, **query: str) -> str:
    response = sign_in(Client(), hat).get(reverse(f"reconcile:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def status(hat: Membership, name: str, *args: object) -> int:
    return sign_in(Client(), hat).get(reverse(f"reconcile:{name}", args=args)).status_code


def send(hat: Membership, name: str, mismatch: Mismatch, **data: object) -> str:
    """The page to which one comes after it."""
    response = sign_in(Client(), hat).post(
        reverse(f"reconcile:{name}", args=[mismatch.pk]), data, follow=True
    )
    assert response.status_code == 200
    return response.content.decode()


# The page -----------------------------------------------------------------------------------------


def test_all_sides_meet_on_one_page(room: Room) -> None:
    actions.answer(room.mismatch.pk, AnswerKind.DENIED, by=room.clerk, at=NOW)
    room.contest(reason=Reason.APPROVED, text="By mail.", at=LATER)
    room.note(room.office, text="Who wrote the mail?", at=LATER + dt.timedelta(hours=1))

    for hat in (room.clerk, room.reporter, room.office):
        text = page(hat, "room", room.mismatch.pk)
        order = [
            text.index(words)
            for words in (
                "What was said and what happened",
                "Found",
                "Answer: We denied this course",
                "Contests: The district told us that the course is approved",
                "By mail.",
                "Who wrote the mail?",
            )
        ]
        assert order == sorted(order)
        assert str(room.mismatch.lea) in text
        assert str(room.mismatch.provider) in text
        assert "Provider staff" in text
        assert room.reporter.user.name not in text or hat == room.reporter


def test_a_party_agrees_contests_and_writes(room: Room) -> None:
    text = send(room.reporter, "contest", room.mismatch, reason=Reason.APPROVED, text="By mail.")
    assert "All sides see where you stand" in text
    text = send(room.clerk, "agree", room.mismatch, reason=Reason.CORRECT_REQUEST, text="")
    assert "We will correct the request" in text
    file = SimpleUploadedFile("roster.pdf", PDF)
    text = send(room.clerk, "note", room.mismatch, readers="shared", text="See the file.", file=file)
    assert "Save the file roster.pdf" in text

    assert [(one.side, one.kind, one.text) for one in Remark.objects.order_by("pk")] == [
        (Side.PROVIDER, RemarkKind.CONTEST, "By mail."),
        (Side.DISTRICT, RemarkKind.AGREE, ""),
        (Side.DISTRICT, RemarkKind.NOTE, "See the file."),
    ]


def test_the_office_decides_on_a_page_and_it_stands_above_the_room(room: Room) -> None:
    said = {"right": "district", "must_correct": "provider", "what": "Close it.", "reason": "It was denied."}
    send(room.office, "decide", room.mismatch, **said)

    words = f"The data of {room.mismatch.lea} are right. {room.mismatch.provider} must correct: Close it."
    for hat in (room.clerk, room.reporter, room.office):
        text = page(hat, "room", room.mismatch.pk)
        assert text.count(words.replace("The data", "the data")) == 2
        assert "It was denied." in text
    with time_machine.travel(LATER, tick=False):
        send(room.office, "decide", room.mismatch, right="back", reason="Speak with each other.")
    text = page(room.clerk, "room", room.mismatch.pk)
    assert text.count("Replaced by a later decision") == 1
    assert Ruling.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "who", "data", "words"),
    [
        ("contest", "clerk", {}, "Choose a reason."),
        ("contest", "clerk", {"reason": "contest_other"}, "Explain the other reason."),
        ("contest", "reporter", {"reason": "denied"}, "Select a valid choice"),
        ("note", "clerk", {"readers": "shared"}, "Write a note or choose a file."),
        ("note", "clerk", {"text": "Words."}, "Choose who reads it."),
        ("decide", "office", {"reason": "So."}, "Choose whose data are right."),
        ("decide", "office", {"right": "district", "reason": "So."}, "Choose who has to correct."),
        ("decide", "office", {"right": "back"}, "Write why."),
        (
            "decide",
            "office",
            {"right": "district", "must_correct": "district", "what": "It.", "reason": "So."},
            "has nothing to correct",
        ),
    ],
)
def test_what_is_missing_is_said_and_nothing_kept(
    room: Room, name: str, who: str, data: dict[str, str], words: str
) -> None:
    assert words in send(getattr(room, who), name, room.mismatch, **data)

    assert not Remark.objects.exists()
    assert not Ruling.objects.exists()


def test_a_wrong_file_is_said_beside_the_form(room: Room) -> None:
    file = SimpleUploadedFile("roster.pdf", b"MZ")

    assert "is not a PDF" in send(room.clerk, "note", room.mismatch, readers="own", text="", file=file)
    assert not Remark.objects.exists()


def test_a_closed_room_is_read_and_takes_nothing() -> None:
    room = Room(MismatchFactory.create(provider_only=True, resolved=True))

    text = page(room.clerk, "room", room.mismatch.pk)
    assert "this room is closed" in text
    assert reverse("reconcile:contest", args=[room.mismatch.pk]) not in text
    assert "The data agree by now" in send(room.clerk, "note", room.mismatch, readers="own", text="Late.")


def test_the_office_takes_no_position_and_a_party_does_not_decide(room: Room) -> None:
    for name in ("agree", "contest"):
        assert status(room.office, name, room.mismatch.pk) == 404
    assert status(room.clerk, "decide", room.mismatch.pk) == 403


def test_the_card_says_how_much_was_said_and_whether_one_is_awaited(room: Room) -> None:
    assert "Nobody has said anything yet." in page(room.clerk, "mismatch", room.mismatch.pk)
    room.contest()
    room.note(room.reporter, is_shared=False)

    text = page(room.clerk, "mismatch", room.mismatch.pk)
    assert "One note or position." in text
    assert "It waits for you" in text
    text = page(room.reporter, "mismatch", room.mismatch.pk)
    assert "2 notes and positions." in text
    assert "It waits for you" not in text


def test_a_file_is_handed_out_by_post_and_logged(room: Room) -> None:
    student = StudentFactory.create(school__lea=room.mismatch.lea, mosis_id=room.mismatch.mosis_id)
    remark = room.note(upload=ContentFile(PDF, name="roster.pdf"))
    address = reverse("reconcile:room_file", args=[remark.pk])

    response = sign_in(Client(), room.office).post(address)

    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
    assert response["Cache-Control"] == "private, no-store"
    assert Disclosure.objects.get().student == student


# The list, the state page, the home page ----------------------------------------------------------


def test_the_list_shows_what_waits_and_what_was_said(room: Room) -> None:
    room.contest()

    text = page(room.clerk, "rooms")
    assert "They wait for you (1)" in text
    assert "District: answer until Nov 20, 2026" in text
    assert "No room waits for you." in page(room.reporter, "rooms")
    assert room.mismatch.mosis_id in page(room.reporter, "rooms", show="every")
    assert room.mismatch.mosis_id not in page(
        MembershipFactory.create(data_clerk=True), "rooms", show="every"
    )


def test_the_office_counts_what_is_handed_to_it_and_lists_it(room: Room) -> None:
    MismatchFactory.create(provider_only=True)
    actions.answer(room.mismatch.pk, AnswerKind.DENIED, by=room.clerk, at=NOW)
    actions.escalate_silent(at=NOW + dt.timedelta(days=15))

    assert "One is handed to you because a side did not answer in time." in page(room.office, "state")
    text = page(room.office, "of_all", state="escalated")
    assert "One mismatch" in text
    assert room.mismatch.mosis_id in text
    text = page(room.reporter, "room", room.mismatch.pk)
    assert "this is handed to the MOCAP office" in text
    assert f"{room.mismatch.provider} did not answer in time" in text


def test_home_says_which_rooms_wait(room: Room) -> None:
    room.contest()

    def blocks(hat: Membership) -> list[tuple[str, dt.date | None]]:
        found = home.blocks(hat, today=NOW.date())
        return [
            (item.url, item.due_on)
            for block in found
            if block.title == "Rooms of mismatches that wait for you"
            for item in block.items
        ]

    here = reverse("reconcile:room", args=[room.mismatch.pk])
    assert blocks(room.clerk) == [(here, dt.date(2026, 11, 20))]
    assert blocks(room.reporter) == blocks(room.office) == []
    room.contest(room.clerk, reason=Reason.DENIED, at=LATER)
    assert blocks(room.clerk) == []
    assert blocks(room.reporter) == [(here, dt.date(2026, 11, 20))]
    assert blocks(room.office) == [(here, None)]


# What is private ----------------------------------------------------------------------------------


def test_nobody_of_another_organization_ever_reads_a_private_note(room: Room) -> None:
    hats = {"clerk": room.clerk, "reporter": room.reporter, "office": room.office}
    for name, hat in hats.items():
        file = ContentFile(PDF, name=f"file-of-{name}.pdf")
        room.note(hat, text=f"secret of {name}", is_shared=False, upload=file)
        room.note(hat, text=f"said by {name}", at=LATER)
    room.contest()
    room.contest(room.clerk, reason=Reason.DENIED)
    actions.escalate_silent(at=NOW + dt.timedelta(days=40))
    room.decide(at=NOW + dt.timedelta(days=41))
    for hat in hats.values():
        digest.send(hat.user, day=dt.date(2027, 1, 1), at=NOW)

    for name, hat in hats.items():
        addresses = [
            reverse("reconcile:room", args=[room.mismatch.pk]),
            reverse("reconcile:mismatch", args=[room.mismatch.pk]),
            reverse("reconcile:rooms"),
            f"{reverse('reconcile:rooms')}?show=every",
            reverse("home"),
        ]
        client = sign_in(Client(), hat)
        read = "".join(client.get(address).content.decode() for address in addresses)
        for other in hats:
            assert (f"secret of {other}" in read, f"file-of-{other}" in read) == (other == name,) * 2
            assert f"said by {other}" in read
    mails = [
        *Notice.objects.values_list("subject", "body"),
        *DigestItem.objects.values_list("sentence", "path"),
    ]
    assert mails
    assert not any(word in str(mails) for word in ("secret", "file-of", "said by", room.mismatch.mosis_id))


def test_a_private_file_has_no_address_for_others(room: Room) -> None:
    remark = room.note(is_shared=False, upload=ContentFile(PDF, name="roster.pdf"))
    address = reverse("reconcile:room_file", args=[remark.pk])

    assert [sign_in(Client(), hat).post(address).status_code for hat in (room.reporter, room.office)] == [
        404,
        404,
    ]
    assert b"".join(sign_in(Client(), room.clerk).post(address).streaming_content) == PDF  # type: ignore[attr-defined]


# Two districts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["M-54", "M-62", "M-57"])
def test_the_other_district_reads_the_claim_and_no_more(code: str) -> None:
    mismatch, other = two_districts(code)
    room = Room(mismatch)
    student = StudentFactory.create(
        school__lea=mismatch.lea, mosis_id=mismatch.mosis_id, first_name="Quillon", last_name="Zephyrine"
    )
    upload = UploadFactory.create(lea=mismatch.lea, certified=True, name="students-of-the-other.csv")
    LeaRunFactory.create(lea=mismatch.lea, students=upload)
    Mismatch.objects.update(
        facts={**mismatch.facts, "october": {"lea": mismatch.lea_id, "line": 77, "program": "50"}}
    )
    actions.answer(mismatch.pk, AnswerKind.HARMLESS, by=room.clerk, at=NOW, reason="Words for the office.")
    room.note(text="We enrolled in August.", upload=ContentFile(PDF, name="Zephyrine.pdf"))

    text = page(other, "room", mismatch.pk)

    assert status(other, "mismatch", mismatch.pk) == 404
    for claimed in (mismatch.mosis_id, mismatch.course_code, str(mismatch.lea), "We enrolled in August."):
        assert claimed in text
    kept_back = (
        student.first_name,
        student.last_name,
        "secret",
        "Words for the office.",
        upload.name,
        "Line 77",
        "Save the file",
        f'href="{reverse("reconcile:mismatch", args=[mismatch.pk])}"',
    )
    assert [word for word in kept_back if word in text] == []
    assert "With a file for the MOCAP office." in text
    assert "Save the file Zephyrine.pdf" in page(room.office, "room", mismatch.pk)
    assert "Quillon" not in page(other, "rooms", show="every")


def test_two_districts_that_both_have_it_on_their_lists_meet_in_one_room() -> None:
    mismatch, other = two_districts()
    theirs = MismatchFactory.create(
        code="M-54", mosis_id=mismatch.mosis_id, lea_id=other.organization_id, facts={"other": "991101"}
    )
    clerk = MembershipFactory.create(data_clerk=True, lea=mismatch.lea)
    send(other, "contest", theirs, reason=Reason.OURS, text="")

    for hat, place in ((clerk, mismatch), (other, theirs), (other, mismatch)):
        assert "Contests" in page(hat, "room", place.pk)
    assert reverse("reconcile:mismatch", args=[theirs.pk]) in page(other, "room", theirs.pk)
    assert status(other, "mismatch", theirs.pk) == 200


def test_a_third_district_finds_nothing() -> None:
    mismatch, _other = two_districts()
    third = MembershipFactory.create(data_clerk=True)

    for name in ("room", "agree", "contest", "note"):
        assert status(third, name, mismatch.pk) == 404


# How much it asks of the database -----------------------------------------------------------------


def test_the_pages_take_as_many_queries_whatever_was_said(
    room: Room, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ReportedEnrollmentFactory.create(row__mosis_id=room.mismatch.mosis_id)
    addresses = [
        reverse("reconcile:room", args=[room.mismatch.pk]),
        reverse("reconcile:rooms") + "?show=every",
        reverse("reconcile:mismatch", args=[room.mismatch.pk]),
    ]

    def counted() -> list[int]:
        counts = []
        for hat in (room.clerk, room.office):
            client = sign_in(Client(), hat)
            for address in addresses:
                client.get(address)
                with django_assert_max_num_queries(40) as found:
                    client.get(address)
                counts.append(len(found))
        return counts

    def more(count: int) -> None:
        for number in range(count):
            hour = dt.timedelta(hours=number)
            room.note(
                room.reporter, text=f"Note {number}", upload=ContentFile(PDF, name="a.pdf"), at=NOW + hour
            )
            room.contest(text=f"Again {number}", at=NOW + hour)
            room.decide(reason=f"So {number}.", at=NOW + hour)
            Room(MismatchFactory.create(provider_only=True, lea=room.mismatch.lea)).contest()

    more(2)
    before = counted()
    more(6)
    assert counted() == before
