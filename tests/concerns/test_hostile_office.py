"""What a stranger wrote is read by the office, by whom it asks, in files and in mails: as words, and as no more."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from concerns.models import Asked, Concern
from concerns.patterns.models import Note
from concerns.retention.models import Hold
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.papers.models import DigestItem, Notice
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import AskedFactory, ConcernFactory, EntryFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.patterns import NoteFactory
from tests.factories.retention import DisposalItemFactory, HoldFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 10, tzinfo=CENTRAL)
HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FORMULA = '=HYPERLINK("http://evil.example","click")'
HEADER = "Wanda\r\nBcc: all@evil.example\r\n\r\nBuy now"
HOSTILE = [HTML, FORMULA, HEADER, "{{ settings.SECRET_KEY }}", "%(number)s {name} %s"]
BEYOND = 2**63  # no key of the database is so large


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reviewer() -> Membership:
    return MembershipFactory.create(dese_reviewer=True)


@pytest.fixture
def office(reviewer: Membership) -> Client:
    return sign_in(Client(), reviewer)


def hostile_concern(words: str, **more: Any) -> Concern:
    """Every box that a writer fills in freely, as far as the table takes it."""
    return ConcernFactory.create(
        name=words[:120],
        phone=words[:40],
        language=words[:40],
        course_title=words[:120],
        student_name=words[:120],
        what_happened=words,
        tried=words,
        wanted=words,
        answers={"when": words, words: words},
        received_at=NOW - dt.timedelta(days=2),
        **more,
    )


def is_harmless(page: str) -> bool:
    return "<script>alert" not in page and "onerror=alert(2)>" not in page


def mails_are_harmless(words: str) -> None:
    """Every mail that waits goes out to one person, and says nothing that was written."""
    for item in DigestItem.objects.select_related("user"):
        digest.send(item.user, day=item.day, at=NOW)
    notices = list(Notice.objects.all())
    for notice in notices:
        papers.send(notice.pk, at=NOW)
    assert len(mail.outbox) == len(notices) > 0
    for sent in mail.outbox:
        assert (len(sent.to), sent.cc, sent.bcc) == (1, [], [])
        assert "\n" not in sent.subject
        for text in (words, "evil.example", "alert(1)"):
            assert text not in f"{sent.subject}{sent.body}"


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_writer_wrote_is_shown_as_words(
    office: Client, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    concern = hostile_concern(words, about_district=True)
    EntryFactory.create(concern=concern, kind="from_writer", text=words, by=None, at=NOW)
    for address in (
        reverse("concerns:inbox"),
        f"{reverse('concerns:inbox')}?words=script&state=every",
        reverse("concerns:concern", args=[concern.pk]),
        *(
            reverse(f"concerns:{step}", args=[concern.pk])
            for step in (
                "sort",
                "assign",
                "note",
                "tag",
                "link",
                "join",
                "write_back",
                "ask_writer",
                "ask",
                "close",
            )
        ),
    ):
        response = office.get(address)
        assert response.status_code == 200, address
        assert is_harmless(response.content.decode()), address
    assert "evil.example" not in caplog.text
    assert "alert(1)" not in caplog.text


@pytest.mark.parametrize("words", HOSTILE)
def test_no_cell_of_a_file_is_a_formula_or_tells_who_wrote(office: Client, words: str) -> None:
    hostile_concern(words, about_provider=True)
    Concern.objects.update(language="en")  # the one box whose words the file has, as a name of a language
    text = office.get(f"{reverse('concerns:download')}?state=every").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 2
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert words not in text


@pytest.mark.parametrize("words", HOSTILE)
def test_the_other_side_reads_words_and_mails_tell_none(office: Client, words: str) -> None:
    lea = LeaFactory.create()
    concern = hostile_concern(words, lea=lea)
    coordinator: Membership = MembershipFactory.create(coordinator=True, lea=lea)
    ask = reverse("concerns:ask", args=[concern.pk])
    fields = {name: box.initial or "" for name, box in office.get(ask).context["form"].fields.items()}
    said = fields | {"whom": f"lea-{lea.pk}", "summary": f"About it: {words}", "question": f"When? {words}"}
    response = office.post(ask, said)
    if not Asked.objects.exists():  # it holds the writer's name, which the office may not pass on
        assert is_harmless(response.content.decode())
        AskedFactory.create(concern=concern, lea=lea, summary=words, question=words, asked_at=NOW)
        papers.tell([coordinator.user], "concern-test:1", subject="s", sentences=["t"], path="/", at=NOW)
    asked = Asked.objects.get()
    theirs = sign_in(Client(), coordinator)
    for address in (reverse("concerns:questions"), reverse("concerns:question", args=[asked.pk])):
        response = theirs.get(address)
        assert response.status_code == 200
        assert is_harmless(response.content.decode())
    theirs.post(reverse("concerns:question", args=[asked.pk]), {"text": words, "answer": words})
    page = office.get(reverse("concerns:concern", args=[concern.pk])).content.decode()
    assert is_harmless(page)
    mails_are_harmless(words)


@pytest.mark.parametrize("words", HOSTILE)
def test_what_the_office_writes_is_shown_as_words(office: Client, words: str) -> None:
    note = NoteFactory.create(provider=ProviderFactory.create(organization__name=words.replace("\r\n", " ")))
    office.post(reverse("patterns:dismiss", args=[note.pk]), {"reason": words})
    assert Note.objects.get().reason
    concern = ConcernFactory.create()
    for hold in ({"number": concern.number}, {"category": "billing"}):
        office.post(reverse("retention:place", args=["concerns"]), {"kind": "audit", "why": words, **hold})
    assert Hold.objects.count() == 2
    for address in (
        f"{reverse('patterns:notes')}?show=every",
        reverse("patterns:note", args=[note.pk]),
        reverse("patterns:trends"),
        reverse("retention:overview"),
    ):
        assert is_harmless(office.get(address).content.decode()), address
    rows = csv.reader(io.StringIO(office.get(f"{reverse('patterns:notes_csv')}?show=every").content.decode()))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("patterns:notes", []),
        ("patterns:notes_csv", []),
        ("patterns:trends", []),
        ("patterns:trends_csv", []),
        ("retention:place", ["concerns"]),
        ("retention:place", ["transcripts"]),
    ],
)
def test_an_address_says_what_it_likes(office: Client, name: str, args: list[str], words: str) -> None:
    asked = dict.fromkeys(
        ("show", "by", "category", "provider", "lea", "outcome", "number", "page", "t-page"), words
    )
    response = office.get(reverse(name, args=args), asked)
    assert response.status_code == 200
    assert is_harmless(response.content.decode())


@pytest.mark.parametrize(
    "name",
    [
        "patterns:note",
        "patterns:dismiss",
        "patterns:bring_back",
        "retention:lift",
        "retention:disposal",
        "retention:confirm",
        "retention:withdraw",
        "concerns:concern",
        "concerns:question",
    ],
)
def test_numbers_that_are_none_are_not_found(office: Client, name: str) -> None:
    NoteFactory.create()
    HoldFactory.create()
    DisposalItemFactory.create()
    for number in (0, 999_999, BEYOND, 10**40):
        assert office.get(reverse(name, args=[number])).status_code in {403, 404}, number


def test_guessed_numbers_open_nothing_for_others() -> None:
    asked = AskedFactory.create()
    stranger = sign_in(Client(), MembershipFactory.create(coordinator=True))
    for name in ("concerns:question",):
        for number in range(max(asked.pk - 3, 0), asked.pk + 4):
            assert stranger.get(reverse(name, args=[number])).status_code == 404
    for name in ("concerns:inbox", "patterns:notes", "patterns:trends_csv", "retention:overview"):
        assert stranger.get(reverse(name)).status_code == 403
