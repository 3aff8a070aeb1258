"""HTML, formulas and mail headers in every box: kept as words, shown as words, in no mail, in no log."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from concerns.forms.writing import ConcernForm
from concerns.models import Concern, EntryKind
from concerns.questions import Kind, questions
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.models import Notice
from tests.concerns.public import ANSWERS, SENT, open_concern, send_form, somewhere
from tests.factories.concerns import ConcernFactory

pytestmark = pytest.mark.django_db

HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FORMULA = '=HYPERLINK("http://evil.example","click")'
HEADER = "Wanda\r\nBcc: all@evil.example\r\n\r\nBuy now"
TURNED = "safe\u202egpj.exe"
HOSTILE = [HTML, FORMULA, HEADER, TURNED, "'; DROP TABLE concerns_concern; --", "{{ settings.SECRET_KEY }}"]

# Every box in which one writes freely; the others take an answer of their list only.
FREE = ["name", "phone", "course_title", "student_name", "other_language", "what_happened", "tried", "wanted"]
CHOSEN = [
    "writer",
    "who",
    "contact",
    "track",
    "student_grade",
    "language",
    "format",
    "lea",
    "provider",
    "program",
]


@pytest.fixture
def client() -> Client:
    return somewhere()


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(SENT, tick=False):
        yield


def test_every_box_of_the_form_is_tried_below() -> None:
    row = CodeMeaning.objects.of(CodeSet.CONCERN_CATEGORY, on=SENT.date()).get(code="other")
    known = {*FREE, *CHOSEN, "form", "website", "email", "course", "attached", "may_be_named"}
    dates = {"happened_from", "happened_to"}
    assert set(ConcernForm(category=row, on=SENT.date()).fields) == known | dates


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("name", FREE)
def test_hostile_words_are_words(
    client: Client, name: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    told = {"language": "other", "other_language": "Welsh", name: words[:40] if name != "name" else words}
    assert send_form(client, **told).status_code == 302
    concern = Concern.objects.get()
    for page in ("concerns:receipt", "concerns:own"):
        text = client.get(reverse(page)).content.decode()
        assert "<script>alert" not in text
        assert "onerror=alert(2)>" not in text
        assert "\u202e" not in text or name in {"what_happened", "tried", "wanted"}
    _mail_is_harmless(concern)
    assert "evil.example" not in caplog.text
    assert "alert(1)" not in caplog.text


def _mail_is_harmless(concern: Concern) -> None:
    notice = Notice.objects.get()
    papers.send(notice.pk, at=SENT)
    (sent,) = mail.outbox
    assert (sent.subject, sent.to, sent.bcc, sent.cc) == (
        f"We have received {concern.number}",
        ["wanda@example.org"],
        [],
        [],
    )
    for words in (*HOSTILE, "evil.example", "Wanda", concern.what_happened):
        assert words not in sent.body
    mail.outbox.clear()


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("name", CHOSEN)
def test_a_list_takes_what_is_on_it_only(client: Client, name: str, words: str) -> None:
    response = send_form(client, **{name: words})
    assert response.status_code == 200
    assert name in response.context["form"].errors
    assert "<script>alert" not in response.content.decode()
    assert not Concern.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "wanda@example.org\r\nBcc: all@evil.example",
        "wanda@example.org, all@evil.example",
        '"><script>alert(1)</script>"@example.org',
        "wanda@example.org\n",
        "=cmd@example.org\x00",
    ],
)
def test_an_address_is_one_address(client: Client, address: str) -> None:
    response = send_form(client, email=address)
    sent_to = set(Notice.objects.values_list("to", flat=True))
    # White space around it is no harm, and in quotes the standard lets nearly every sign stand.
    assert sent_to <= {"wanda@example.org", '"><script>alert(1)</script>"@example.org'}
    page = client.get(response.url) if response.status_code == 302 else response
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("category", sorted({question.category for question in questions()}))
def test_hostile_answers_to_the_questions_of_a_category(client: Client, category: str, words: str) -> None:
    free = {f"answer_{q.name}": words for q in questions() if q.category == category and q.kind == Kind.TEXT}
    assert send_form(client, category, **free).status_code == 302
    text = client.get(reverse("concerns:own")).content.decode()
    assert "<script>alert" not in text
    assert "\u202e" not in text
    listed = {
        f"answer_{q.name}": words for q in questions() if q.category == category and q.kind == Kind.CHOICE
    }
    if listed:
        assert set(send_form(client, category, **listed).context["form"].errors) == set(listed)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_afterwards(client: Client, words: str) -> None:
    concern = ConcernFactory.create(received_at=SENT - dt.timedelta(days=1))
    open_concern(client, concern)
    client.post(reverse("concerns:write_on"), {"text": words})
    client.post(reverse("concerns:take_back"), {"text": words})
    client.post(reverse("concerns:rate"), {"rating": 1, "text": words})
    client.post(reverse("concerns:reopen"), {"text": words})
    kinds = concern.entries.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [EntryKind.FROM_WRITER, EntryKind.CLOSED, EntryKind.RATED, EntryKind.REOPENED]
    assert "<script>alert" not in client.get(reverse("concerns:own")).content.decode()


@pytest.mark.parametrize("number", [HTML, FORMULA, "C-1 OR 1=1", "C-000001\x00"])
def test_hostile_numbers_open_nothing(client: Client, number: str) -> None:
    response = client.post(reverse("concerns:status"), {"number": number[:20], "secret": "ABCD-EFGH-JKMN"})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("name", [*FREE, "email", *CHOSEN])
def test_nothing_that_no_text_may_hold_is_a_fault_of_the_server(client: Client, name: str) -> None:
    assert send_form(client, **{name: f"{ANSWERS.get(name, '')}\x00"}).status_code in {200, 302}


def test_longer_than_a_box_is_refused(client: Client) -> None:
    lengths: dict[str, Any] = {"name": 120, "phone": 40, "course_title": 120, "student_name": 120}
    lengths |= {"what_happened": 8000, "tried": 4000, "wanted": 4000}
    response = send_form(client, **{name: "x" * (length + 1) for name, length in lengths.items()})
    assert set(response.context["form"].errors) == set(lengths)
