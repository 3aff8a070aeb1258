"""The office sees which kind of record it speaks of, and lets requests for transcripts go as it does concerns."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client, TestCase
from django.urls import reverse
from django.utils.html import strip_tags
from pytest_django.fixtures import Settings

from concerns.movip.actions.asking import secret_of
from concerns.movip.models import Entry, TranscriptRequest
from concerns.movip.rules import State, Step
from concerns.retention.models import Disposal, Hold, RetentionRule, Table
from concerns.retention.tasks import dispose
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import ConcernFactory
from tests.factories.movip import DisclosureFactory, TranscriptRequestFactory
from tests.factories.retention import DisposalFactory, DisposalItemFactory, HoldFactory, StubFactory
from tests.queries import queries_of
from tests.sign_in import sign_in

from .test_pages import office, rule_form, words

pytestmark = pytest.mark.django_db

OLD = dt.datetime(2026, 11, 10, 12, tzinfo=CENTRAL)
TODAY = dt.datetime(2031, 11, 28, 9, tzinfo=CENTRAL)


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def page(name: str) -> str:
    return reverse(f"retention:{name}", args=["transcripts"])


def cells(response: Any) -> str:
    """What the page says, cell by cell."""
    return " ".join(strip_tags(response.content.decode().replace("<td", " <td")).split())


def closed() -> TranscriptRequest:
    request: TranscriptRequest = TranscriptRequestFactory.create(closed=True)
    Entry.objects.create(request=request, step=Step.CLOSE, state=State.CLOSED, at=OLD)
    return request


def saved() -> TranscriptRequest:
    """One whose student has saved the transcript."""
    request: TranscriptRequest = DisclosureFactory.create(answer__request__sent=True, at=OLD).request
    Entry.objects.create(request=request, step=Step.ISSUE, state=State.SENT, at=OLD)
    return request


def let_go(one: Client, other: Client) -> Disposal:
    one.post(page("propose"))
    disposal = Disposal.objects.get(table=Table.TRANSCRIPTS)
    with TestCase.captureOnCommitCallbacks():
        other.post(reverse("retention:confirm", args=[disposal.pk]))
    dispose(disposal.pk)
    return disposal


def test_each_kind_of_record_has_its_own_page() -> None:
    ConcernFactory.create(received_at=OLD, closed=True)
    closed()
    HoldFactory.create(why="Of concerns")
    HoldFactory.create(
        why="Of requests", table=Table.TRANSCRIPTS, category="", received_to=dt.date(2020, 1, 1)
    )
    with time_machine.travel(TODAY, tick=False):
        client = office("Ann One")
        of_requests = words(client.get(page("overview")))
        of_concerns = words(client.get(reverse("retention:overview")))
        assert "retention/transcripts/" in client.get(reverse("movip:requests")).content.decode()
        assert "retention/concerns/" in client.get(reverse("concerns:inbox")).content.decode()
    for text, own, others in (
        (of_requests, "request for a transcript is", "Of concerns"),
        (of_concerns, "concern is", "Of requests"),
    ):
        assert f"One {own} old enough and not held." in text
        assert others not in text
    assert "How long requests for MoVIP transcripts are kept" in of_requests
    assert "kept for 5 years after it was answered or closed" in of_requests
    assert "until Jan 1, 2020" in of_requests


def test_one_proposes_and_another_confirms() -> None:
    plain, logged = closed(), saved()
    with time_machine.travel(TODAY, tick=False):
        one, other = office("Ann One"), office("Olga Other")
        assert "Requests for transcripts: propose to dispose" in words(one.get(page("propose")))
        text = words(one.post(page("propose"), follow=True))
        assert "2 requests for transcripts are on the list." in text
        disposal = Disposal.objects.get()
        here = reverse("retention:disposal", args=[disposal.pk])
        response = one.get(here)
        text = cells(response)
        assert ": Requests for transcripts" in text
        assert f"{plain.number} Closed Nov 10, 2026 Everything On the list" in text
        assert (
            f"{logged.number} Transcript issued Nov 10, 2026 All but the log of what left On the list" in text
        )
        for request in (plain, logged):
            assert reverse("movip:request", args=[request.pk]) in response.content.decode()
        confirm = reverse("retention:confirm", args=[disposal.pk])
        assert "You have proposed this yourself." in words(one.post(confirm, follow=True))
        text = words(other.get(confirm))
        assert "Dispose of 2 requests for transcripts for good?" in text
        assert "the log of it stays" in text
        with TestCase.captureOnCommitCallbacks() as begun:
            for _twice in range(2):
                other.post(confirm, follow=True)
        assert len(begun) == 1
        dispose(disposal.pk)
        assert "Let go" in words(other.get(here))
        response = other.get(page("stubs"))
        text = cells(response)
        assert f"{plain.number} Nov 2, 2026 Nov 10, 2026 Closed Nothing" in text
        assert f"{logged.number} Nov 2, 2026 Nov 10, 2026 Transcript issued The log of what left" in text
        assert "Ann One and Olga Other" in text
        assert reverse("movip:request", args=[logged.pk]) in response.content.decode()
        assert reverse("movip:request", args=[plain.pk]) not in response.content.decode()
        assert "What is left of the 2 requests" in words(other.get(page("overview")))
        of_concerns = reverse("retention:stubs", args=["concerns"])
        assert "Nothing was disposed of yet." in words(other.get(of_concerns))


def test_what_is_left_of_a_request_is_read_and_nothing_can_be_done_with_it() -> None:
    plain, logged = closed(), saved()
    with time_machine.travel(TODAY, tick=False):
        one = office("Ann One")
        let_go(one, office("Olga Other"))
        assert one.get(reverse("movip:request", args=[plain.pk])).status_code == 404
        here = reverse("movip:request", args=[logged.pk])
        text = words(one.get(here))
        for sentence in (
            "What only the handling of this request needed was removed on ",
            "Wilhelmina Ashgrove",
            "A transcript of MoVIP",
            "An ID that was shown in person",
        ):
            assert sentence in text
        for sentence in (
            "Record that it left",
            "Papers",
            "What happened so far",
            "looks after it",
            "2009 to 2011",
        ):
            assert sentence not in text
        form = {"way": "mail", "on_month": "11", "on_day": "28", "on_year": "2031"}
        text = words(one.post(reverse("movip:hand_out", args=[logged.pk]), form))
        assert "Nothing more can be done with it." in text
        answer = logged.answers.get()
        assert one.get(reverse("movip:answer", args=[answer.pk])).status_code == 200
        pdf = one.get(reverse("movip:answer_pdf", args=[answer.pk]))
        assert pdf.status_code == 200
        pdf.close()


def test_who_asked_gets_the_sentence_of_an_unknown_number() -> None:
    requests = [closed(), saved()]
    secrets = {request.number: secret_of(request) for request in requests}
    was_open = Client()
    with time_machine.travel(TODAY, tick=False):
        typed = {"number": requests[1].number, "secret": secrets[requests[1].number]}
        assert "What happened so far" in words(was_open.post(reverse("movip:status"), typed, follow=True))
        one = office("Ann One")
        let_go(one, office("Olga Other"))
        assert "What happened so far" not in words(was_open.get(reverse("movip:status")))
        assert was_open.post(reverse("movip:save"))["Location"] == reverse("movip:status")
        stranger = Client()
        unknown = stranger.post(reverse("movip:status"), {"number": "T-999999", "secret": "ABCD-EFGH-JKMN"})
        said = words(unknown).replace("T-999999", "")
        for number, secret in secrets.items():
            answer = words(stranger.post(reverse("movip:status"), {"number": number, "secret": secret}))
            assert answer.replace(number, "") == said
        assert "No request has this number and this secret." in said
        assert "Some years after the answer, what you sent is removed" in said


def test_a_request_is_held_by_its_number_or_by_days() -> None:
    client, request = office("Ann One"), closed()
    address = page("place")
    form = client.get(address, {"number": request.number}).content.decode()
    assert f'value="{request.number}"' in form
    for name in ("category", "lea", "provider"):
        assert f'name="{name}"' not in form
    said = {"kind": "litigation", "why": "Doe v. Board"}
    for wrong, sentence in (
        ({}, "Give the number of a request, days on which requests came in, or tick that all are held."),
        ({"number": "C-000012"}, "Write the number as it is on the receipt, such as T-000123."),
        ({"number": f"T-{request.pk + 1}"}, "There is no record of this number."),
        (
            {
                "number": request.number,
                "received_to_month": "3", "received_to_day": "1", "received_to_year": "2026",
            },
            "Not both.",
        ),
    ):  # fmt: skip
        assert sentence in words(client.post(address, said | wrong))
    assert not Hold.objects.exists()
    for _twice in range(2):
        sent = client.post(address, said | {"number": request.number.lower(), "category": "billing"})
        assert sent["Location"] == page("overview")
    client.post(address, said | {"everything": "on"})
    rows = Hold.objects.order_by("pk").values_list("table", "number", "category")
    assert list(rows) == [("transcripts", request.pk, ""), ("transcripts", None, "")]
    text = words(client.get(page("overview")))
    assert request.number in text
    assert "Every request for a transcript" in text
    lift = reverse("retention:lift", args=[Hold.objects.get(number=request.pk).pk])
    assert f"Held: {request.number}." in words(client.get(lift))
    assert client.post(lift, {"why": "Settled."})["Location"] == page("overview")


def test_an_administrator_changes_how_long_requests_are_kept() -> None:
    with time_machine.travel(TODAY, tick=False):
        admin = sign_in(Client(), MembershipFactory.create(dese_admin=True))
        assert office("Ben Two").post(page("change_rule"), rule_form(TODAY.date())).status_code == 403
        assert "Years after a request was answered or closed" in words(admin.get(page("change_rule")))
        text = words(admin.post(page("change_rule"), rule_form(TODAY.date()), follow=True))
        assert "kept for 7 years after it was answered or closed" in text
        assert "A concern is kept for 5 years" in words(admin.get(reverse("retention:overview")))


def test_empty_pages_say_so() -> None:
    client = office("Ann One")
    text = words(client.get(page("overview")))
    for sentence in (
        "Nothing is old enough",
        "Nothing is held.",
        "Nothing was ever disposed of.",
        "ASSUMPTION",
    ):
        assert sentence in text
    assert "Nothing was disposed of yet." in words(client.get(page("stubs")))
    RetentionRule.objects.all().delete()
    assert "No rule says how long requests for transcripts are kept." in words(client.get(page("overview")))
    assert "No rule says" in words(client.post(page("propose"), follow=True))


def test_an_unknown_kind_of_record_is_not_found() -> None:
    client = office("Ann One")
    for name in ("students", "Concerns", "concerns%20"):
        assert client.get(f"/concerns/retention/{name}/").status_code == 404


def test_pages_ask_the_same_few_questions_however_much_there_is() -> None:
    client = office("Ann One")
    disposal = DisposalFactory.create(table=Table.TRANSCRIPTS, confirmed=True)
    addresses = [page("overview"), page("stubs"), reverse("retention:disposal", args=[disposal.pk])]

    def fill(number: int) -> None:
        for _each in range(number):
            HoldFactory.create(table=Table.TRANSCRIPTS, category="")
            logged = saved()
            StubFactory.create(table=Table.TRANSCRIPTS, number=logged.pk, category="", outcome="sent")
            for request in (closed(), logged):
                DisposalItemFactory.create(disposal=disposal, number=request.pk)

    fill(2)
    few = queries_of(client, addresses)
    fill(8)
    assert queries_of(client, addresses) == few
    assert max(few) <= 20


@pytest.mark.parametrize("role", [None, *Role])
def test_only_the_office_opens_these_pages(role: Role | None) -> None:
    hold = HoldFactory.create(table=Table.TRANSCRIPTS, category="", why="Of a lawsuit")
    disposal = DisposalItemFactory.create(disposal__table=Table.TRANSCRIPTS, number=closed().pk).disposal
    closed_to_role = 302 if role is None else 403
    expected = {
        page(name): 200 if role in DESE_ROLES else closed_to_role
        for name in ("overview", "place", "propose", "stubs")
    }
    expected[page("change_rule")] = 200 if role == Role.DESE_ADMIN else closed_to_role
    for name, row in (("lift", hold), ("disposal", disposal), ("confirm", disposal), ("withdraw", disposal)):
        address = reverse(f"retention:{name}", args=[row.pk])
        expected[address] = 200 if role in DESE_ROLES else closed_to_role
    client = Client() if role is None else sign_in(Client(), MembershipFactory.create(**{role.value: True}))
    assert {address: client.get(address).status_code for address in expected} == expected
    if role not in DESE_ROLES:
        assert {client.post(address).status_code for address in expected} <= {closed_to_role, 405}
        disposal.refresh_from_db()
        hold.refresh_from_db()
        assert (disposal.confirmed_at, disposal.withdrawn_at, hold.lifted_at) == (None, None, None)
        assert Disposal.objects.count() == 1


def test_a_row_that_is_not_there_is_not_found() -> None:
    client = office("Ann One")
    for name in ("lift", "disposal", "confirm", "withdraw"):
        assert client.get(reverse(f"retention:{name}", args=[999_999])).status_code == 404
