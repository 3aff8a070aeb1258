"""The pages of the office: the list, one request, its search and answers; two people at once; files of strangers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from concerns.movip.models import Answer, Disclosure, IdentityCheck, Look, Recall, TranscriptRequest
from concerns.movip.rules import State
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.home import transcripts
from tests.factories.accounts import MembershipFactory
from tests.factories.movip import (
    AnswerFactory,
    ArchiveRowFactory,
    ChosenRowFactory,
    DisclosureFactory,
    LookFactory,
    PaperFactory,
    RecallFactory,
    TranscriptRequestFactory,
)
from tests.queries import queries_of
from tests.sign_in import sign_in

from .kit import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hat() -> Membership:
    by: Membership = MembershipFactory.create(dese_reviewer=True, user__name="Dana Reyes")
    return by


@pytest.fixture
def client(hat: Membership) -> Client:
    return sign_in(Client(), hat)


# What a page of the office takes, with the one for who is at it.
QUERIES_OF_ONE, QUERIES_OF_ANSWER, QUERIES_OF_RECALL = 10, 4, 5


def url(name: str, *args: Any) -> str:
    return reverse(f"movip:{name}", args=args)


def numbers(client: Client, **query: str) -> list[str]:
    """The numbers in the list, in their order."""
    table = client.get(url("requests"), query).context["table"]
    return [row.record.number for row in table.paginated_rows]


def html_of(client: Client, name: str, key: int) -> str:
    return client.get(url(name, key)).content.decode()


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


# The list --------------------------------------------------------------------------------------------


def test_what_is_due_soonest_stands_first_and_the_address_filters(client: Client, hat: Membership) -> None:
    late = TranscriptRequestFactory.create(due_on=TODAY - dt.timedelta(days=1))
    later = TranscriptRequestFactory.create(due_on=TODAY + dt.timedelta(days=9), assigned_to=hat)
    sooner = TranscriptRequestFactory.create(due_on=TODAY, searching=True)
    sent = AnswerFactory.create(request__to_college=True).request
    closed = TranscriptRequestFactory.create(closed=True)
    assert numbers(client) == [late.number, sooner.number, later.number]
    assert numbers(client, whose="mine") == [later.number]
    assert numbers(client, whose="unassigned") == [late.number, sooner.number]
    assert numbers(client, state="late") == [late.number]
    assert numbers(client, state="searching") == [sooner.number]
    assert numbers(client, state="to_mail") == [sent.number]
    assert numbers(client, state="all", whose="unassigned")[0] == late.number
    assert numbers(client, number=closed.number.lower()) == [closed.number]
    assert numbers(client, number="' OR 1=1") == []
    html = client.get(url("requests")).content.decode()
    assert html.count("Overdue") == 1


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    assert "No request fits." in client.get(url("requests")).content.decode()


def test_the_home_page_counts(hat: Membership) -> None:
    other = MembershipFactory.create(dese_admin=True)
    late = TranscriptRequestFactory.create(due_on=TODAY - dt.timedelta(days=1))
    mine = TranscriptRequestFactory.create(assigned_to=hat, checked=True)
    TranscriptRequestFactory.create(assigned_to=other)
    block = transcripts.requests(hat, TODAY)
    assert block.title == "3 transcript requests, 1 overdue"
    assert [(item.what, item.about) for item in block.items] == [
        (f"Check the identity for {late.number}", "Nobody looks after it yet"),
        (f"Look for the records of {mine.number}", "With you"),
    ]
    answer = AnswerFactory.create(request__to_college=True)
    assert [item.what for item in transcripts.to_mail(hat, TODAY).items] == [
        f"Mail the paper of {answer.request.number}"
    ]


# From the request to its answer ----------------------------------------------------------------------


def test_from_the_check_to_the_transcript(client: Client, hat: Membership) -> None:
    request = TranscriptRequestFactory.create()
    PaperFactory.create(request=request)
    row = ArchiveRowFactory.create(course_title="Algebra I")
    page = client.get(url("request", request.pk)).content.decode()
    assert "Record the identity check" in page and "Search the archive" not in page

    client.post(url("check", request.pk), {"looked_at": "sent_id", "what": "Driver license agrees"})
    check = IdentityCheck.objects.get()
    assert (check.by, check.at, check.what) == (hat, NOW, "Driver license agrees")

    form = client.get(url("search", request.pk)).context["form"]
    assert (form["last_names"].value(), form["first_names"].value()) == ("Ashgrove, Hartley", "Wilhelmina")
    typed = {
        "last_names": "Ashgrove, Hartley",
        "first_names": "Wilhelmina",
        "birth_date_month": "4",
        "birth_date_day": "12",
        "birth_date_year": "1993",
    }
    response: Any = client.post(url("search", request.pk), typed)
    look = Look.objects.get()
    assert response.url == url("found", request.pk, look.pk)
    page = client.get(response.url).content.decode()
    assert "Same birth date" in page and "Algebra I" in page
    assert "checked>" not in page and f'value="{row.pk}"' in page

    client.post(response.url, {"rows": [row.pk], "before": ""})
    assert request.chosen.get().row == row
    assert "checked>" in client.get(response.url).content.decode()

    preview = client.get(url("issue", request.pk))
    assert "98.5 % of the work completed" in preview.content.decode()
    signed = {
        name: preview.context["form"][name].value() for name in ("official_name", "official_title", "seen")
    }
    assert signed["official_name"] == "Dana Reyes"
    client.post(url("issue", request.pk), signed)
    request.refresh_from_db()
    assert request.state == State.SENT
    answer = Answer.objects.get()
    assert "Algebra I" in client.get(url("answer", answer.pk)).content.decode()
    pdf: Any = client.get(url("answer_pdf", answer.pk))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    assert pdf["Content-Type"] == "application/pdf"


def test_what_changed_since_the_look_is_shown_before_it_is_issued(client: Client) -> None:
    request = TranscriptRequestFactory.create(searching=True)
    chosen = ChosenRowFactory.create(request=request)
    form = client.get(url("issue", request.pk)).context["form"]
    signed = {name: form[name].value() for name in ("official_name", "official_title", "seen")}
    chosen.row.__class__.objects.update(grade="A+")
    response = client.post(url("issue", request.pk), signed, follow=True)
    assert "The facts have changed since you looked." in response.content.decode()
    assert "grade A+" in response.content.decode()
    assert not Answer.objects.exists()


def test_whoever_comes_second_is_told_so(client: Client) -> None:
    request = TranscriptRequestFactory.create(checked=True)
    response = client.post(url("check", request.pk), {"looked_at": "video"})
    assert "the request is at “Identity checked”" in response.content.decode()
    for name in ("issue", "miss", "send_on"):
        response = client.get(url(name, request.pk))
        assert (response.status_code, response["Location"]) == (302, url("request", request.pk))
        assert "the request is at “Identity checked”" in told(response)


def test_a_choice_that_another_made_meanwhile_is_not_lost(client: Client) -> None:
    request = TranscriptRequestFactory.create(searching=True)
    one, two = ArchiveRowFactory.create_batch(2)
    look = LookFactory.create(request=request)
    ChosenRowFactory.create(request=request, row=one)
    response = client.post(url("found", request.pk, look.pk), {"rows": [two.pk], "before": ""})
    assert "Somebody else has chosen courses meanwhile." in told(response)
    assert request.chosen.get().row == one


@pytest.mark.parametrize("rows", [["0"], ["x"], ["-1"], ["9" * 30], ["<script>"]])
def test_rows_that_nobody_offered_choose_nothing(client: Client, rows: list[str]) -> None:
    request = TranscriptRequestFactory.create(searching=True)
    look = LookFactory.create(request=request)
    response = client.post(url("found", request.pk, look.pk), {"rows": rows, "before": "x,,9" * 9})
    assert response.status_code == 302
    assert not request.chosen.exists()


@pytest.mark.rule("R-122")
def test_where_else_was_looked_stands_in_the_letter(client: Client) -> None:
    request = TranscriptRequestFactory.create(checked=True)
    typed = {"place": "film", "what": "Reel 12", "found": "0"}
    client.post(url("look", request.pk), typed)
    form = client.get(url("miss", request.pk)).context["form"]
    signed = {name: form[name].value() for name in ("official_name", "official_title")}
    client.post(url("miss", request.pk), signed)
    answer = Answer.objects.get()
    assert "Reel 12" in answer.letter.html
    assert "Reel 12" in client.get(url("request", request.pk)).content.decode()


def test_a_request_is_sent_on_and_mailed(client: Client, hat: Membership) -> None:
    request = TranscriptRequestFactory.create(searching=True)
    ChosenRowFactory.create(request=request)
    form = client.get(url("send_on", request.pk)).context["form"]
    assert form["school"].value() == "Southbrook High School"
    typed = {
        "school": "Southbrook High School",
        "address": "1 Main Street",
        "official_name": "Dana Reyes",
        "official_title": "MOCAP office",
    }
    client.post(url("send_on", request.pk), typed)
    client.post(
        url("hand_out", request.pk), {"way": "mail", "on_month": "11", "on_day": "10", "on_year": "2026"}
    )
    log = Disclosure.objects.get()
    assert (log.to_whom, log.on, log.by) == ("Southbrook High School", TODAY, hat)
    page = client.get(url("request", request.pk)).content.decode()
    assert "Dana Reyes" in page and "The school of credit answers the request" in page


@pytest.mark.parametrize("name", ["ask_proof", "close"])
def test_what_the_person_reads_is_asked_for(client: Client, name: str) -> None:
    request = TranscriptRequestFactory.create()
    assert client.post(url(name, request.pk), {"text": ""}).status_code == 200
    client.post(url(name, request.pk), {"text": "The picture is too dark."})
    assert request.entries.get().text == "The picture is too dark."


def test_a_check_is_taken_back_and_a_closed_request_opened(client: Client) -> None:
    request = TranscriptRequestFactory.create(checked=True)
    client.post(url("uncheck", request.pk))
    request.refresh_from_db()
    assert request.state == State.REQUESTED
    closed = TranscriptRequestFactory.create(closed=True)
    client.post(url("reopen", closed.pk), {"text": "A new name."})
    closed.refresh_from_db()
    assert closed.state == State.REQUESTED


def test_who_looks_after_it_is_chosen(client: Client, hat: Membership) -> None:
    request = TranscriptRequestFactory.create()
    client.post(url("assign", request.pk), {"to": hat.pk})
    request.refresh_from_db()
    assert request.assigned_to == hat
    stranger = MembershipFactory.create(counselor=True)
    assert client.post(url("assign", request.pk), {"to": stranger.pk}).status_code == 200
    request.refresh_from_db()
    assert request.assigned_to == hat


# What is recalled ------------------------------------------------------------------------------------


def test_a_transcript_is_recalled_with_a_reason_and_marked(client: Client, hat: Membership) -> None:
    answer = AnswerFactory.create()
    request = answer.request
    assert url("recall", request.pk) in html_of(client, "request", request.pk)
    assert client.post(url("recall", request.pk), {"text": ""}).status_code == 200
    assert not Recall.objects.exists()
    response: Any = client.post(url("recall", request.pk), {"text": "Courses of a <b>namesake</b>."})
    assert response.url == url("request", request.pk)
    assert "Look at the chosen courses before you issue another one." in told(response)
    recalled = Recall.objects.get()
    assert (recalled.answer, recalled.by, recalled.at) == (answer, hat, NOW)
    for name, key in (("request", request.pk), ("answer", answer.pk)):
        html = html_of(client, name, key)
        assert re.search(
            r"Dana Reyes, <time[^>]*>November 10, 2026[^<]*</time>: Courses of a &lt;b&gt;namesake&lt;/b&gt;\.",
            html,
        )
        assert "PDF as it was issued" in html and "PDF to print" not in html
    assert "This transcript was recalled" in html_of(client, "answer", answer.pk)
    html = html_of(client, "request", request.pk)
    assert url("recall", request.pk) not in html and "Recalled" in html
    assert url("search", request.pk) in html  # the office goes on looking
    response = client.post(url("recall", request.pk), {"text": "Once more."})
    assert "the request is at “Being looked for”" in response.content.decode()


def test_only_the_recalled_answer_is_marked(client: Client) -> None:
    recalled = RecallFactory.create().answer
    standing = AnswerFactory.create(request=recalled.request, at=NOW)
    assert html_of(client, "request", recalled.request_id).count("PDF as it was issued") == 1
    assert "recalled" not in html_of(client, "answer", standing.pk)


def test_who_has_got_it_already_is_listed_to_be_written_to(client: Client) -> None:
    answer = AnswerFactory.create(request__phone="573-555-0199")
    request = answer.request
    assert "Nobody, as far as it is recorded." in html_of(client, "recall", request.pk)
    for _time in range(3):
        DisclosureFactory.create(answer=answer)
    DisclosureFactory.create(answer=answer, to_whom="Barnaby Ashgrove", way="mail", by=answer.by)
    html = html_of(client, "recall", request.pk)
    day = "Tuesday, November 10, 2026"
    assert html.count(f"Wilhelmina Hartley: {day}. Saved from the page of the request") == 1
    assert f"Barnaby Ashgrove: {day}. By mail" in html
    assert "hartley@example.org" in html and "573-555-0199" in html
    client.post(url("recall", request.pk), {"text": "Of a namesake."})
    assert html_of(client, "request", request.pk).count("<dt>To whom</dt>") == 4  # the log stays
    AnswerFactory.create(request=request, at=NOW)  # of the next one nothing has left yet
    assert "Nobody, as far as it is recorded." in html_of(client, "recall", request.pk)


def test_pages_with_recalls_cost_as_many_queries_as_without(client: Client) -> None:
    few, many = RecallFactory.create().answer, RecallFactory.create().answer
    for _time in range(3):
        RecallFactory.create(answer__request=many.request)
    AnswerFactory.create(request=many.request)
    plain = AnswerFactory.create()
    pages = [url("request", answer.request_id) for answer in (plain, few, many)]
    assert queries_of(client, pages) == [QUERIES_OF_ONE] * 3
    assert (
        queries_of(client, [url("answer", answer.pk) for answer in (plain, few)]) == [QUERIES_OF_ANSWER] * 2
    )
    assert queries_of(client, [url("recall", plain.request_id)]) == [QUERIES_OF_RECALL]


# Files of strangers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "scanned", "sentence"),
    [
        ("unscanned", None, "No virus scanner has looked at this file"),
        ("waiting", None, "The virus scanner has not looked at this file yet"),
        ("clean", NOW, "A virus scanner has looked at this file and found nothing."),
    ],
)
def test_a_file_says_what_is_known_of_it_before_it_is_saved(
    client: Client, settings: Any, state: str, scanned: dt.datetime | None, sentence: str
) -> None:
    settings.CLAMD_ADDRESS = ""
    paper = PaperFactory.create(state=state, scanned_at=scanned, name="<b>Ashgrove</b>.pdf")
    page = client.get(url("paper", paper.pk)).content.decode()
    assert sentence in page and "&lt;b&gt;Ashgrove&lt;/b&gt;.pdf" in page
    response: Any = client.post(url("paper", paper.pk))
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    named = f'attachment; filename="{paper.request.number}-proof.pdf"'
    assert response["Content-Disposition"] == named
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_an_infected_file_has_no_button_and_no_answer(client: Client) -> None:
    paper = PaperFactory.create(state="infected", scanned_at=NOW)
    page = client.get(url("paper", paper.pk)).content.decode()
    assert "Nobody opens this file" in page and "Save the file" not in page
    response = client.post(url("paper", paper.pk))
    assert (response.status_code, response["Location"]) == (302, url("paper", paper.pk))


def test_what_others_may_not_see_is_not_there(client: Client) -> None:
    counselor = sign_in(Client(), MembershipFactory.create(counselor=True))
    request = TranscriptRequestFactory.create(searching=True)
    for name in ("request", "search", "issue", "recall"):
        assert counselor.get(url(name, request.pk)).status_code == 403
        assert client.get(url(name, request.pk + 1)).status_code == 404
    assert TranscriptRequest.objects.count() == 1
