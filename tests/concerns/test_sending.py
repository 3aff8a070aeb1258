"""What somebody writes becomes a concern, once, and the office's days begin (R-117)."""

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from concerns import codes
from concerns.actions.sending import Said, Sent, send, sent_before
from concerns.files import Kept
from concerns.models import Attachment, Concern, Contact, Entry, EntryKind, IdentityConsent, ScanState, Writer
from concerns.opening import find
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.papers.models import Notice
from tests.factories.directory import LeaFactory
from tests.factories.papers import PDF
from tests.processes import PATIENCE

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 9, 16, tzinfo=dt.UTC)  # Monday; Wednesday is Veterans Day
FORM = uuid.UUID("6e1c7a9e-7d0f-4a55-9f5c-0d1a2b3c4d5e")
CONSENT = "The office may say who I am."


def said(**more: Any) -> Said:
    words: dict[str, Any] = {
        "writer": Writer.PARENT,
        "category": "no_decision",
        "what_happened": "Nobody has answered since October.",
        "name": "Wanda Writer",
        "email": "wanda@example.org",
        "contact": Contact.EMAIL,
    }
    return Said(**(words | more))


def file(name: str = "letter.pdf") -> Kept:
    return Kept(bytes=PDF, name=name, content_type="application/pdf", size=len(PDF), sha256="0" * 64)


@pytest.mark.rule("R-117")
def test_a_concern_is_stored_with_a_number_a_secret_and_its_clocks() -> None:
    lea = LeaFactory.create()
    sent = send(said(lea_id=lea.pk, answers={"asked_on": "2026-10-01"}), form=FORM, at=AT)
    concern = Concern.objects.get()
    assert sent == Sent(concern, codes.secret_of(FORM), is_new=True)
    assert concern.number == f"C-{concern.pk:06d}"
    assert (concern.lea, concern.answers, concern.received_at) == (lea, {"asked_on": "2026-10-01"}, AT)
    assert [(clock.kind, clock.due_on) for clock in Clock.objects.order_by("due_on")] == [
        ("concern_acknowledge", dt.date(2026, 11, 12)),
        ("concern_sort", dt.date(2026, 11, 17)),
        ("concern_reply", dt.date(2026, 12, 2)),
    ]
    assert concern.acknowledge_clock.due_on == dt.date(2026, 11, 12)
    assert concern.sort_clock.due_on == dt.date(2026, 11, 17)
    assert concern.reply_clock.due_on == dt.date(2026, 12, 2)
    assert [(entry.kind, entry.text, entry.by, entry.at) for entry in Entry.objects.all()] == [
        (EntryKind.RECEIVED, "", None, AT)
    ]
    assert not IdentityConsent.objects.exists()


def test_the_receipt_that_the_portal_gives_stops_no_clock() -> None:
    send(said(), form=FORM, at=AT)
    assert Clock.objects.unfinished().count() == 3


def test_the_same_form_sent_twice_is_one_concern_with_one_receipt() -> None:
    first = send(said(), form=FORM, files=[file()], may_be_named=CONSENT, at=AT)
    second = send(
        said(what_happened="Something else."), form=FORM, files=[file()], at=AT + dt.timedelta(minutes=1)
    )
    assert second == Sent(first.concern, first.secret, is_new=False)
    assert Concern.objects.get().what_happened == "Nobody has answered since October."
    rows = [Clock.objects, Entry.objects, Attachment.objects, IdentityConsent.objects, Notice.objects]
    assert [row.count() for row in rows] == [3, 1, 1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_at_the_same_moment_is_one_concern() -> None:
    answers: list[Sent] = []
    together = threading.Barrier(4)

    def click() -> None:
        together.wait(PATIENCE)
        try:
            answers.append(send(said(), form=FORM, at=AT))
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _click in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join(PATIENCE)
    concern = Concern.objects.get()
    assert [(sent.concern, sent.secret) for sent in answers] == [(concern, codes.secret_of(FORM))] * 4
    assert sorted(sent.is_new for sent in answers) == [False, False, False, True]
    assert [Clock.objects.count(), Entry.objects.count(), Notice.objects.count()] == [3, 1, 1]


def test_nobody_is_named_in_an_anonymous_concern_whatever_else_was_typed() -> None:
    concern = send(
        said(is_anonymous=True, phone="573-555-0100"), form=FORM, may_be_named=CONSENT, at=AT
    ).concern
    concern.refresh_from_db()
    assert (concern.name, concern.email, concern.phone, concern.contact) == ("", "", "", Contact.NONE)
    assert not IdentityConsent.objects.exists()
    assert not Notice.objects.exists()


def test_the_database_refuses_a_name_in_an_anonymous_concern() -> None:
    concern = send(said(is_anonymous=True), form=FORM, at=AT).concern
    concern.name = "Wanda Writer"
    with pytest.raises(IntegrityError, match="nobody_is_named"), transaction.atomic():
        concern.save()


def test_consent_is_kept_with_the_sentence_that_was_agreed_to() -> None:
    concern = send(said(), form=FORM, may_be_named=CONSENT, at=AT).concern
    consent = IdentityConsent.objects.get()
    assert (consent.concern, consent.is_given, consent.text, consent.at) == (concern, True, CONSENT, AT)


def test_files_are_kept_beside_it_and_said_to_be_unscanned() -> None:
    concern = send(said(), form=FORM, files=[file("a.pdf"), file("b.pdf")], at=AT).concern
    rows = Attachment.objects.order_by("name")
    assert [(row.concern, row.name, row.state, row.scanned_at) for row in rows] == [
        (concern, "a.pdf", ScanState.UNSCANNED, None),
        (concern, "b.pdf", ScanState.UNSCANNED, None),
    ]
    with rows[0].file.open() as kept:
        assert kept.read() == PDF


def test_the_mail_says_that_it_came_and_neither_what_it_says_nor_its_secret() -> None:
    sent = send(said(), form=FORM, at=AT)
    notice = Notice.objects.get()
    assert (notice.user, notice.to, notice.key) == (
        None,
        "wanda@example.org",
        f"concern:{sent.concern.pk}:received",
    )
    assert notice.subject == f"We have received {sent.concern.number}"
    assert notice.body == (
        f"The MOCAP office has received what you wrote. Its number is {sent.concern.number}.\n\n"
        "Open it with its number and your secret:\n\n"
        "http://localhost:8000/concerns/status/"
    )
    assert sent.secret not in notice.body


@pytest.mark.parametrize("contact", [Contact.PHONE, Contact.NONE])
def test_who_does_not_want_mail_gets_none(contact: Contact) -> None:
    send(said(contact=contact, phone="573-555-0100"), form=FORM, at=AT)
    assert not Notice.objects.exists()


def test_a_concern_costs_few_queries(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(11):
        send(said(contact=Contact.NONE), form=FORM, at=AT)


@pytest.mark.rule("R-120")
def test_a_concern_is_found_by_its_number_and_its_secret_only() -> None:
    sent = send(said(), form=FORM, at=AT)
    other = send(said(), form=uuid.uuid4(), at=AT)
    number = sent.concern.number
    assert find(number, sent.secret) == sent.concern
    assert find(f" c{sent.concern.pk} ", sent.secret.lower().replace("-", " ")) == sent.concern
    assert find(number, other.secret) is None
    assert find(other.concern.number, sent.secret) is None
    assert find("C-999999", sent.secret) is None
    assert find("nonsense", sent.secret) is None
    assert find(number, "") is None
    assert find(number, sent.concern.secret_hash) is None


def test_the_secret_outlives_a_change_of_the_portals_key(settings: Any) -> None:
    sent = send(said(), form=FORM, at=AT)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key"
    assert find(sent.concern.number, sent.secret) == sent.concern
    assert sent_before(FORM) == Sent(sent.concern, sent.secret, is_new=False)
    settings.SECRET_KEY_FALLBACKS = []
    assert find(sent.concern.number, sent.secret) is None


def test_the_mail_is_in_the_writers_language() -> None:
    sent = send(said(language="es"), form=FORM, at=AT)
    assert Notice.objects.get().subject == f"Hemos recibido {sent.concern.number}"
