"""A writer comes back with number and secret (R-120): reads, writes on, names themselves or not, ends and rates it."""

import datetime as dt
from collections.abc import Iterator

import pytest
import structlog
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from concerns.actions import timing, writing
from concerns.forms.writing import CONSENT
from concerns.models import (
    Asked,
    Attachment,
    Concern,
    ConcernState,
    Entry,
    EntryKind,
    IdentityConsent,
    Outcome,
)
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.papers.models import DigestItem
from tests.concerns.public import open_concern, somewhere
from tests.factories.concerns import (
    RECEIVED,
    AskedFactory,
    AttachmentFactory,
    ConcernFactory,
    EntryFactory,
    IdentityConsentFactory,
    secret_of,
)
from tests.factories.papers import PDF

pytestmark = pytest.mark.django_db
NOW = RECEIVED + dt.timedelta(days=11)
OWN = "concerns:own"


@pytest.fixture
def client() -> Client:
    return somewhere()


@pytest.fixture(autouse=True)
def _eleven_days_later() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def read(client: Client, concern: Concern) -> str:
    open_concern(client, concern)
    return str(client.get(reverse(OWN)).content.decode())


def said(concern: Concern) -> list[tuple[str, str]]:
    return list(concern.entries.order_by("at", "pk").values_list("kind", "text"))


# Opening ------------------------------------------------------------------------------------------


@pytest.mark.rule("R-120")
def test_number_and_secret_open_the_page_and_stand_in_no_address(client: Client) -> None:
    concern = ConcernFactory.create()
    response = open_concern(client, concern)
    assert response.headers["Location"] == reverse(OWN)
    page = client.get(reverse(OWN))
    assert concern.number in page.content.decode()
    assert secret_of(concern) not in page.content.decode()
    assert page.context["concern"] == concern


@pytest.mark.rule("R-120")
def test_a_wrong_number_and_a_wrong_secret_get_the_same_answer(client: Client) -> None:
    concern, other = ConcernFactory.create_batch(2)
    answers = set()
    with structlog.testing.capture_logs() as logs:
        for number, secret in [
            (concern.number, secret_of(other)),
            ("C-999999", secret_of(concern)),
            ("nonsense", "nonsense"),
            (concern.number, "' OR 1=1 --"),
            (concern.number, concern.secret_hash),
        ]:
            response = client.post(reverse("concerns:status"), {"number": number, "secret": secret[:30]})
            answers.add((response.status_code, tuple(response.context["form"].non_field_errors())))
    assert answers == {(200, ("There is no concern with this number and this secret. Check both.",))}
    assert logs == [{"event": "concern_not_opened", "log_level": "info"}] * 5
    assert client.get(reverse(OWN)).status_code == 302


def test_guessing_is_stopped_and_says_nothing_about_the_number(client: Client) -> None:
    concern = ConcernFactory.create()
    told = {"number": concern.number, "secret": "ABCD-EFGH-JKMN"}
    answers = [client.post(reverse("concerns:status"), told).status_code for _guess in range(25)]
    assert answers == [200] * 20 + [429] * 5
    right = told | {"secret": secret_of(concern)}
    assert client.post(reverse("concerns:status"), right).status_code == 429
    with time_machine.travel(NOW + dt.timedelta(minutes=5, seconds=1), tick=False):
        assert client.post(reverse("concerns:status"), right).status_code == 302


def test_the_page_closes_after_half_an_hour_and_when_its_writer_closes_it(client: Client) -> None:
    concern = ConcernFactory.create()
    open_concern(client, concern)
    with time_machine.travel(NOW + dt.timedelta(minutes=31), tick=False):
        assert client.get(reverse(OWN)).status_code == 302
    open_concern(client, concern)
    assert client.post(reverse("concerns:leave")).status_code == 302
    assert client.get(reverse(OWN)).status_code == 302


def test_a_forged_cookie_opens_nothing(client: Client) -> None:
    concern = ConcernFactory.create()
    open_concern(client, concern)
    value = client.cookies["concern"].value
    other = ConcernFactory.create()
    client.cookies["concern"] = value.replace(str(concern.pk), str(other.pk), 1)
    assert client.get(reverse(OWN)).status_code == 302


def test_opening_it_shows_no_receipt(client: Client) -> None:
    open_concern(client, ConcernFactory.create())
    assert client.get(reverse("concerns:receipt")).headers["Location"] == reverse("concerns:status")


@pytest.mark.parametrize("name", ["own", "write_on", "consent", "take_back", "reopen", "rate"])
def test_nothing_is_read_or_done_without_number_and_secret(client: Client, name: str) -> None:
    concern = ConcernFactory.create()
    for method in (client.get, client.post):
        response = method(reverse(f"concerns:{name}"))
        assert response.status_code in {302, 405}
        assert concern.what_happened not in response.content.decode()
    assert said(concern) == []


# Reading ------------------------------------------------------------------------------------------


def test_the_story_tells_what_the_writer_may_know_and_nothing_else(client: Client) -> None:
    concern = ConcernFactory.create(awaiting=True)
    EntryFactory.create(concern=concern, kind=EntryKind.RECEIVED, text="", by=None, at=RECEIVED)
    EntryFactory.create(concern=concern, kind=EntryKind.NOTE, text="A note among ourselves.")
    EntryFactory.create(concern=concern, kind=EntryKind.TAGGED, text="Tag of ours")
    EntryFactory.create(concern=concern, text="We look into it.\nYou hear from us.")
    asked = AskedFactory.create(concern=concern)
    EntryFactory.create(concern=concern, kind=EntryKind.ASKED, text="What did you do?", asked=asked)
    EntryFactory.create(concern=concern, kind=EntryKind.ANSWERED, text="We did nothing.", asked=asked)
    page = read(client, concern)
    told = [(entry.what, entry.who, entry.more) for entry in client.get(reverse(OWN)).context["timeline"]]
    assert told == [
        ("We have received it", "", ""),
        ("We wrote to you", "MOCAP office", "We look into it.\nYou hear from us."),
        ("We asked the other side", "", ""),
        ("The other side has answered us", "", ""),
        ("Somebody takes it up", "", ""),
        ("It is clear who looks into it", "", ""),
        ("We write you a first reply here", "", ""),
    ]
    for hidden in (
        "A note among ourselves.",
        "Tag of ours",
        "What did you do?",
        "We did nothing.",
        asked.summary,
    ):
        assert hidden not in page


def test_what_is_done_is_no_longer_to_come(client: Client) -> None:
    concern = ConcernFactory.create(assigned=True)
    timing.sort(concern, at=RECEIVED + dt.timedelta(days=1))
    open_concern(client, concern)
    coming = [
        (entry.what, entry.when)
        for entry in client.get(reverse(OWN)).context["timeline"]
        if entry.state == "next"
    ]
    assert coming == [("We write you a first reply here", dt.date(2026, 12, 2))]


def test_what_the_writer_does_is_told_to_the_reviewer_once_a_day() -> None:
    concern = ConcernFactory.create(assigned=True)
    writing.write_on(concern.pk, text="One thing.", at=NOW)
    writing.write_on(concern.pk, text="Another thing.", at=NOW)
    item = DigestItem.objects.get()
    assert concern.assigned_to
    assert (item.user, item.key) == (concern.assigned_to.user, f"concern-wrote:{concern.pk}")
    assert item.sentence == f"The writer of concern {concern.number} has written."


@pytest.mark.parametrize(
    ("traits", "words"),
    [
        ({}, "Received. Nobody has read it yet."),
        ({"sorted": True}, "We have read it and decide who looks into it."),
        ({"assigned": True}, "A reviewer looks into it."),
        ({"awaiting": True}, "We have asked the other side and wait for its answer."),
        ({"responded": True}, "The other side has answered. We look at what it says."),
        ({"closed": True}, "Closed: Settled: what was wrong was put right"),
        ({"reopened": True}, "Open again. We look into it once more."),
        ({"merged": True}, "We look into it together with others about the same"),
    ],
)
def test_each_state_is_said_in_plain_words(client: Client, traits: dict[str, bool], words: str) -> None:
    assert words in read(client, ConcernFactory.create(**traits))


def test_a_question_of_the_office_stands_on_top_until_it_is_answered(client: Client) -> None:
    concern = ConcernFactory.create(assigned=True)
    EntryFactory.create(concern=concern, kind=EntryKind.ASKED_WRITER, text="Which course is it?")
    page = read(client, concern)
    assert "We wait for your answer." in page
    assert page.index("Which course is it?") < page.index("What happened and what comes next")
    client.post(reverse("concerns:write_on"), {"text": "Latin I"})
    page = client.get(reverse(OWN)).content.decode()
    assert "We wait for your answer." not in page


def test_an_anonymous_writer_is_told_so_and_asked_for_no_consent(client: Client) -> None:
    assert "we do not know who you are" in read(client, ConcernFactory.create(anonymous=True))
    assert client.get(reverse("concerns:consent")).status_code == 404
    assert client.post(reverse("concerns:consent")).status_code == 404


# Writing on ---------------------------------------------------------------------------------------


def test_the_writer_writes_on_and_adds_files(client: Client) -> None:
    concern = ConcernFactory.create()
    open_concern(client, concern)
    told = {"text": "One more thing.", "attached": SimpleUploadedFile("more.pdf", PDF)}
    assert client.post(reverse("concerns:write_on"), told).status_code == 302
    assert said(concern) == [("from_writer", "One more thing.")]
    attachment = Attachment.objects.get()
    assert (attachment.concern, attachment.name, attachment.asked) == (concern, "more.pdf", None)
    assert "more.pdf" in client.get(reverse(OWN)).content.decode()


def test_a_second_click_says_it_once(client: Client) -> None:
    concern = ConcernFactory.create()
    open_concern(client, concern)
    for _click in range(2):
        told = {"text": "One more thing.", "attached": SimpleUploadedFile("more.pdf", PDF)}
        assert client.post(reverse("concerns:write_on"), told).status_code == 302
    assert said(concern) == [("from_writer", "One more thing.")]
    assert Attachment.objects.count() == 1


def test_nothing_said_is_refused_in_one_sentence(client: Client) -> None:
    open_concern(client, ConcernFactory.create())
    response = client.post(reverse("concerns:write_on"), {"text": " "})
    assert response.context["form"].non_field_errors() == ["Write some words, or add a file."]


def test_a_closed_concern_takes_no_words_until_it_is_open_again(client: Client) -> None:
    concern = ConcernFactory.create(closed=True)
    page = read(client, concern)
    assert "write-on" not in page
    client.post(reverse("concerns:write_on"), {"text": "Still wrong."})
    assert said(concern) == []


def test_what_the_writer_answers_brings_it_back_to_the_reviewer() -> None:
    concern = ConcernFactory.create(awaiting=True)
    writing.write_on(concern.pk, text="Latin I", at=NOW)
    concern.refresh_from_db()
    assert concern.state == ConcernState.ASSIGNED
    waiting = ConcernFactory.create(awaiting=True)
    AskedFactory.create(concern=waiting)
    writing.write_on(waiting.pk, text="Latin I", at=NOW)
    waiting.refresh_from_db()
    assert waiting.state == ConcernState.AWAITING  # for the other side


# Files --------------------------------------------------------------------------------------------


def test_the_writer_gets_their_own_files_as_downloads(client: Client) -> None:
    concern = ConcernFactory.create()
    attachment = AttachmentFactory.create(concern=concern)
    page = read(client, concern)
    assert "Kept apart: no scanner is set up" in page
    response = client.get(reverse("concerns:own_file", args=[attachment.pk]))
    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
    assert "no-store" in response.headers["Cache-Control"]
    headers = ("Content-Disposition", "X-Content-Type-Options", "Content-Type")
    assert [response.headers[name] for name in headers] == [
        'attachment; filename="file-2026-11-09.pdf"',
        "nosniff",
        "application/pdf",
    ]


def test_files_of_others_and_infected_files_are_not_handed_out(client: Client) -> None:
    concern = ConcernFactory.create()
    asked = AskedFactory.create(concern=concern)
    strange = AttachmentFactory.create()
    of_other_side = AttachmentFactory.create(concern=concern, asked=asked, name="answer.pdf")
    infected = AttachmentFactory.create(concern=concern, infected=True, name="bad.pdf")
    page = read(client, concern)
    assert "answer.pdf" not in page
    assert reverse("concerns:own_file", args=[infected.pk]) not in page
    assert "The scanner found something" in page
    for row in (strange, of_other_side):
        assert client.get(reverse("concerns:own_file", args=[row.pk])).status_code == 404
    assert client.get(reverse("concerns:own_file", args=[infected.pk])).headers["Location"] == reverse(OWN)


def test_a_file_that_the_storage_has_lost_is_not_found(client: Client) -> None:
    attachment = AttachmentFactory.create()
    assert attachment.file.name
    attachment.file.storage.delete(attachment.file.name)
    open_concern(client, attachment.concern)
    assert client.get(reverse("concerns:own_file", args=[attachment.pk])).status_code == 404


# Consent ------------------------------------------------------------------------------------------


def test_the_writer_lets_the_office_name_them_and_takes_it_back(client: Client) -> None:
    concern = ConcernFactory.create()
    assert "We tell the other side nothing about who you are." in read(client, concern)
    assert str(CONSENT) in client.get(reverse("concerns:consent")).content.decode()
    client.post(reverse("concerns:consent"))
    assert "We may tell the other side who you are." in client.get(reverse(OWN)).content.decode()
    client.post(reverse("concerns:consent"))
    assert "We tell the other side nothing about who you are." in client.get(reverse(OWN)).content.decode()
    sentence = str(CONSENT)
    assert list(IdentityConsent.objects.order_by("pk").values_list("is_given", "text", "at")) == [
        (True, sentence, NOW),
        (False, f"I take this back: “{sentence}”", NOW),
    ]
    assert [kind for kind, _text in said(concern)] == ["consent", "consent"]


def test_consent_that_stands_is_not_given_twice() -> None:
    concern = IdentityConsentFactory.create().concern
    writing.share_identity(concern.pk, is_given=True, text="Yes.", at=NOW)
    assert IdentityConsent.objects.count() == 1
    other = ConcernFactory.create()
    writing.share_identity(other.pk, is_given=False, text="No.", at=NOW)
    assert not other.consents.exists()


def test_an_anonymous_concern_takes_no_consent() -> None:
    with pytest.raises(writing.NobodyToName):
        writing.share_identity(ConcernFactory.create(anonymous=True).pk, is_given=True, text="Yes.", at=NOW)


# The end ------------------------------------------------------------------------------------------


def test_the_writer_takes_it_back_and_nobody_is_asked_any_more(client: Client) -> None:
    concern = ConcernFactory.create(awaiting=True)
    asked = AskedFactory.create(concern=concern)
    answered = AskedFactory.create(concern=concern, answered=True)
    open_concern(client, concern)
    for _click in range(2):
        assert client.post(reverse("concerns:take_back"), {"text": "They called."}).status_code == 302
    concern.refresh_from_db()
    assert (concern.state, concern.outcome, concern.closed_at) == (
        ConcernState.CLOSED,
        Outcome.TAKEN_BACK,
        NOW,
    )
    assert said(concern) == [("asked_no_more", ""), ("closed", "They called.")]
    assert list(Asked.objects.order_by("pk").values_list("taken_back_at", flat=True)) == [NOW, None]
    clocks = [concern.acknowledge_clock, concern.sort_clock, concern.reply_clock, asked.clock]
    assert not Clock.objects.unfinished().filter(pk__in=[clock.pk for clock in clocks]).exists()
    assert answered.taken_back_at is None


def test_nothing_need_be_said_to_take_it_back(client: Client) -> None:
    concern = ConcernFactory.create()
    open_concern(client, concern)
    client.post(reverse("concerns:take_back"))
    assert said(concern) == [("closed", "")]


def test_what_is_still_wrong_opens_it_again_with_new_days(client: Client) -> None:
    concern = ConcernFactory.create(closed=True, rating=2, rated_at=NOW)
    before = concern.reply_clock_id
    assert "You can open it again until" in read(client, concern)
    assert client.post(reverse("concerns:reopen"), {"text": ""}).status_code == 200
    for _click in range(2):
        assert client.post(reverse("concerns:reopen"), {"text": "No letter came."}).status_code == 302
    concern.refresh_from_db()
    assert (concern.state, concern.outcome, concern.closed_at, concern.rating) == ("reopened", "", None, 2)
    assert said(concern) == [("reopened", "No letter came.")]
    assert concern.reply_clock_id != before
    assert (concern.reply_clock.started_at, concern.reply_clock.due_on) == (NOW, dt.date(2026, 12, 14))


def test_it_cannot_be_opened_again_for_ever(client: Client) -> None:
    concern = ConcernFactory.create(closed=True)
    assert concern.closed_at
    last = writing.reopened_until(concern.closed_at)
    assert last == concern.closed_at + dt.timedelta(days=60)
    with time_machine.travel(last + dt.timedelta(seconds=1), tick=False):
        assert "It was closed too long ago to be opened again." in read(client, concern)
        response = client.post(reverse("concerns:reopen"), {"text": "No letter came."})
        assert response.context["form"].non_field_errors() == [str(writing.TooLateToReopen.sentence)]
    with pytest.raises(writing.NotClosed):
        writing.reopen(ConcernFactory.create().pk, text="Still wrong.", at=NOW)


def test_the_writer_rates_the_answer_and_may_think_better_of_it(client: Client) -> None:
    concern = ConcernFactory.create(closed=True)
    assert "Rate our answer" in read(client, concern)
    for rating, text in [(2, "Slow."), (2, "Slow."), (4, "But good.")]:
        told = {"rating": rating, "text": text}
        assert client.post(reverse("concerns:rate"), told).status_code == 302
    concern.refresh_from_db()
    assert (concern.rating, concern.rated_at) == (4, NOW)
    assert said(concern) == [("rated", "Slow."), ("rated", "But good.")]
    assert "You rated our answer: 4 of 5." in client.get(reverse(OWN)).content.decode()


@pytest.mark.parametrize("rating", ["0", "6", "", "nonsense"])
def test_only_one_to_five_is_a_rating(client: Client, rating: str) -> None:
    concern = ConcernFactory.create(closed=True)
    open_concern(client, concern)
    response = client.post(reverse("concerns:rate"), {"rating": rating})
    assert list(response.context["form"].errors) == ["rating"]
    assert said(concern) == []


def test_only_what_is_closed_is_rated() -> None:
    with pytest.raises(writing.NotClosed):
        writing.rate(ConcernFactory.create().pk, rating=5, at=NOW)


def test_a_writer_cannot_do_things_without_end(client: Client) -> None:
    open_concern(client, ConcernFactory.create())
    answers = [
        client.post(reverse("concerns:write_on"), {"text": f"Word {number}"}).status_code
        for number in range(40)
    ]
    assert answers == [302] * 30 + [429] * 10
    assert Entry.objects.count() == 30


def test_a_concern_that_was_joined_is_over_with_the_other_one(client: Client) -> None:
    other = ConcernFactory.create(assigned=True)
    concern = ConcernFactory.create(state="merged", merged_into=other)
    text = read(client, concern)
    assert "We look into it together with others" in text and reverse("concerns:rate") not in text
    Concern.objects.filter(pk=other.pk).update(state="closed", outcome=Outcome.SETTLED, closed_at=NOW)
    text = read(client, concern)
    assert "Closed: Settled: what was wrong was put right" in text and "Add to your concern" not in text
    assert "You can open it again until" in text
    client.post(reverse("concerns:rate"), {"rating": "4", "text": ""})
    client.post(reverse("concerns:reopen"), {"text": "It is as before."})
    concern.refresh_from_db()
    assert (concern.state, concern.rating, concern.merged_into) == ("reopened", 4, None)
