"""The pages without an account: ask, keep number and secret, look, add a paper, save, check; who tries to get in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.core import ratelimit
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from concerns.movip import actions, opening
from concerns.movip.actions.asking import secret_of
from concerns.movip.forms.public import new_key
from concerns.movip.models import Disclosure, Place, TranscriptRequest, Way
from mocap_portal.foundation.papers.models import Notice
from tests.concerns import pictures
from tests.concerns.movip.test_answering import code_of
from tests.factories.accounts import MembershipFactory
from tests.factories.movip import ChosenRowFactory, TranscriptRequestFactory
from tests.factories.papers import HEIC, PDF
from tests.sign_in import sign_in

from .kit import NOW, OFFICIAL, issue

pytestmark = pytest.mark.django_db

NO_CODE = "ABCD-EFGH-JKMN"


@pytest.fixture(autouse=True)
def _quiet(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    for action in ("ask_transcript", "open_transcript", "check_transcript"):
        ratelimit.clear(RequestFactory().post("/"), action=action)
    with time_machine.travel(NOW, tick=False):
        yield


def answers(**more: Any) -> dict[str, Any]:
    """What the form is sent with: her own transcript, to be saved by her."""
    return {
        "key": new_key(),
        "former_first_name": "Wilhelmina",
        "former_last_name": "Ashgrove",
        "current_last_name": "Hartley",
        "birth_date_month": "4",
        "birth_date_day": "12",
        "birth_date_year": "1993",
        "years": "2009 to 2011",
        "school_then": "Southbrook High School",
        "asker": "student",
        "delivery": "self",
        "email": "hartley@example.org",
    } | more


CONSENT = {
    "consent_records": "My MoVIP transcript",
    "consent_purpose": "Admission",
    "consent_signed_name": "Wilhelmina Hartley",
    "consent_signed_on_month": "11",
    "consent_signed_on_day": "2",
    "consent_signed_on_year": "2026",
}
TO_COLLEGE = {
    "delivery": "college",
    "recipient": "Ozark Falls College",
    "recipient_address": "1 College Road\nOzark Falls, MO 65000",
} | CONSENT


def send(client: Client, **more: Any) -> Any:
    return client.post(reverse("movip:ask"), answers(**more))


def page(client: Client, name: str = "movip:status") -> str:
    return client.get(reverse(name)).content.decode()


def opened(client: Client, request: TranscriptRequest) -> str:
    """The page of a request, after number and secret were typed."""
    typed = {"number": request.number, "secret": secret_of(request)}
    response = client.post(reverse("movip:status"), typed)
    assert response.status_code == 302
    return page(client)


# Ask -------------------------------------------------------------------------------------------------


def test_a_request_is_sent_and_its_receipt_shows_number_and_secret(client: Client) -> None:
    response = send(client)
    assert (response.status_code, response.url) == (302, reverse("movip:receipt"))
    request = TranscriptRequest.objects.get()
    receipt = page(client, "movip:receipt")
    assert request.number in receipt and secret_of(request) in receipt
    assert "Friday, December 25, 2026" in receipt
    assert (request.former_name, request.current_name) == ("Wilhelmina Ashgrove", "Wilhelmina Hartley")
    assert not request.has_consent
    assert secret_of(request) not in page(client)  # the page of the request shows it no more
    (mail,) = Notice.objects.all()
    assert (mail.user, mail.to) == (None, "hartley@example.org")
    for word in ("Ashgrove", "Hartley", secret_of(request)):
        assert word not in mail.subject + mail.body


def test_the_form_sent_twice_is_one_request_with_the_same_receipt(client: Client) -> None:
    form = answers()
    client.post(reverse("movip:ask"), form)
    first = page(client, "movip:receipt")
    other = Client()
    other.post(reverse("movip:ask"), form)  # the answer to the first was lost on the way
    assert TranscriptRequest.objects.count() == 1
    secret = secret_of(TranscriptRequest.objects.get())
    assert secret in first and secret in page(other, "movip:receipt")


def test_a_form_with_a_key_of_ones_own_is_refused(client: Client) -> None:
    for key in ("", "5b9f3f0e6c1c4f7e9c590d6f5f6a1c11", new_key() + "x"):
        response = send(client, key=key)
        assert response.status_code == 200
        assert (
            "This page is not whole." in response.content.decode() or "key" in response.context["form"].errors
        )
    assert not TranscriptRequest.objects.exists()


def test_a_consent_is_asked_for_where_it_is_needed(client: Client) -> None:
    response = send(client, delivery="college")
    assert set(response.context["form"].errors) == {
        "recipient", "recipient_address", "consent_records", "consent_purpose", "consent_signed_name",
        "consent_signed_on",
    }  # fmt: skip
    response = send(client, asker="other")
    assert {"asker_name", "consent"} <= set(response.context["form"].errors)
    assert not TranscriptRequest.objects.exists()
    send(client, **TO_COLLEGE)
    request = TranscriptRequest.objects.get()
    assert (request.consent_recipient, request.consent_signed_on) == (
        "Ozark Falls College",
        dt.date(2026, 11, 2),
    )


def test_what_the_answers_make_needless_is_not_kept(client: Client) -> None:
    send(client, **TO_COLLEGE | {"delivery": "self", "asker_name": "Somebody"})
    request = TranscriptRequest.objects.get()
    assert (request.recipient, request.asker_name, request.consent_purpose) == ("", "", "")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"<html>", "This file is not a PDF, a JPEG or a PNG picture"),
        (HEIC, "This picture is in the HEIC form"),
        (b"%PDF-" + b" " * 10 * 1024 * 1024, "This file is larger than 10 MB."),
    ],
)
def test_a_file_that_is_not_taken_is_said_at_its_box(client: Client, content: bytes, sentence: str) -> None:
    response = send(client, proof=SimpleUploadedFile("id.pdf", content))
    assert sentence in response.context["form"].errors["proof"][0]
    assert not TranscriptRequest.objects.exists()


def test_a_picture_loses_the_place_where_it_was_taken(client: Client) -> None:
    send(client, proof=SimpleUploadedFile("IMG_1.jpg", pictures.jpeg()))
    paper = TranscriptRequest.objects.get().papers.get()
    with paper.file.open("rb") as stored:
        kept = stored.read()
    assert paper.content_type == "image/jpeg" and pictures.PLACE not in kept


def test_in_spanish(client: Client) -> None:
    send(client)
    client.post(reverse("movip:ask"), answers(courses="Álgebra"), headers={"Accept-Language": "es"})
    assert list(TranscriptRequest.objects.order_by("pk").values_list("language", flat=True)) == ["en", "es"]
    assert Notice.objects.latest("pk").subject.startswith("Su solicitud T-")


# Hostile answers -------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "a\r\nBcc: victim@example.org",
    "{{ 7|add:7 }}{% now %}",
    "\u202eevil",
]
TEXTS = [
    "former_first_name", "former_last_name", "current_first_name", "current_last_name", "years", "school_then",
    "courses", "recipient", "recipient_address", "consent_records", "consent_purpose", "consent_signed_name",
    "phone",
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_is_typed_stays_text(client: Client, hostile: str) -> None:
    response = send(client, **TO_COLLEGE | dict.fromkeys(TEXTS, hostile))
    assert response.status_code == 302
    request = TranscriptRequest.objects.get()
    staff = sign_in(Client(), MembershipFactory.create(dese_reviewer=True))
    for html in (
        page(client),
        page(client, "movip:receipt"),
        staff.get(reverse("movip:requests")).content.decode(),
        staff.get(reverse("movip:request", args=[request.pk])).content.decode(),
    ):
        assert "<script>alert" not in html and "\u202e" not in html and "14{%" not in html
    for name in TEXTS:
        value = getattr(request, name)
        assert "\r" not in value and "\u202e" not in value
        if name not in ("courses", "recipient_address"):
            assert "\n" not in value
    for mail in Notice.objects.all():
        assert "\n" not in mail.subject and "victim" not in mail.subject + mail.body + mail.to


@pytest.mark.parametrize(
    "email", ["a@b.org\nBcc: victim@example.org", "a@b.org,victim@example.org", "<a@b.org>"]
)
def test_an_address_with_a_header_in_it_is_refused(client: Client, email: str) -> None:
    response = send(client, email=email)
    assert "email" in response.context["form"].errors
    assert not Notice.objects.exists()


@pytest.mark.parametrize("name", [*TEXTS, "key", "asker", "delivery", "email"])
@pytest.mark.parametrize("hostile", ["\0", "x" * 20_000, "￿" * 50])
def test_no_answer_breaks_the_page(client: Client, name: str, hostile: str) -> None:
    assert send(client, **TO_COLLEGE | {name: hostile}).status_code in {200, 302}


# The page of a request -------------------------------------------------------------------------------


def test_number_and_secret_open_the_page_and_stand_in_no_address(client: Client) -> None:
    request = TranscriptRequestFactory.create()
    html = opened(client, request)
    assert f"Request {request.number}" in html and "Add a paper" in html
    assert "1993" not in html and "Ashgrove" not in html  # who looks knows it
    client.post(reverse("movip:leave"))
    assert "Look at your request" in page(client)


def test_a_wrong_number_and_a_wrong_secret_get_the_same_sentence(client: Client) -> None:
    request, other = TranscriptRequestFactory.create_batch(2)
    pages = set()
    for number, secret in [
        (request.number, NO_CODE),
        ("T-999999", secret_of(request)),
        (request.number, secret_of(other)),
        ("C-000001", NO_CODE),
    ]:
        response = client.post(reverse("movip:status"), {"number": number, "secret": secret})
        assert response.status_code == 200 and opening.COOKIE not in response.cookies
        pages.add(str(response.context["form"].non_field_errors()))
    assert len(pages) == 1


def test_a_cookie_of_ones_own_opens_nothing(client: Client) -> None:
    request = TranscriptRequestFactory.create()
    for value in (str(request.pk), f"{request.pk}:x", ""):
        client.cookies[opening.COOKIE] = value
        assert "Look at your request" in page(client)
        assert client.get(reverse("movip:receipt")).status_code == 302


def test_the_page_closes_by_itself(client: Client, settings: Any) -> None:
    opened(client, TranscriptRequestFactory.create())
    with time_machine.travel(NOW + dt.timedelta(minutes=settings.TRANSCRIPT_OPEN_MINUTES, seconds=1)):
        assert "Look at your request" in page(client)


def test_the_receipt_is_for_who_has_just_sent_it(client: Client) -> None:
    request = TranscriptRequestFactory.create()
    opened(client, request)
    response: Any = client.get(reverse("movip:receipt"))
    assert (response.status_code, response.url) == (302, reverse("movip:status"))


def test_a_paper_is_added_as_long_as_the_identity_is_not_checked(client: Client) -> None:
    request = TranscriptRequestFactory.create()
    opened(client, request)
    form = {"kind": "proof", "paper": SimpleUploadedFile("id.pdf", PDF)}
    assert client.post(reverse("movip:add_paper"), form).status_code == 302
    assert request.papers.count() == 1
    checked = TranscriptRequestFactory.create(checked=True)
    other = Client()
    assert "Add a paper" not in opened(other, checked)
    form = {"kind": "proof", "paper": SimpleUploadedFile("id.pdf", PDF)}
    response = other.post(reverse("movip:add_paper"), form)
    assert "the request is at “Identity checked”" in response.content.decode()
    assert not checked.papers.exists()


@pytest.mark.rule("R-130", "R-131")
def test_the_transcript_is_saved_logged_and_the_log_is_read(client: Client) -> None:
    by = MembershipFactory.create(dese_reviewer=True)
    request = TranscriptRequestFactory.create(searching=True)
    ChosenRowFactory.create(request=request)
    issue(request, by)
    assert "Nothing about the former student has left" in opened(client, request)
    response: Any = client.post(reverse("movip:save"))
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert response["Content-Type"] == "application/pdf" and "no-store" in response["Cache-Control"]
    log = Disclosure.objects.get()
    html = page(client)
    for word in (log.what, log.why, log.to_whom, "Tuesday, November 10, 2026", "Saved from the page"):
        assert word in html
    assert by.user.name not in html
    assert client.get(reverse("movip:save")).status_code == 405


@pytest.mark.rule("R-121")
@pytest.mark.parametrize("trait", [{}, {"checked": True}, {"searching": True}, {"closed": True}])
def test_nothing_can_be_saved_before_it_is_issued(client: Client, trait: dict[str, bool]) -> None:
    opened(client, TranscriptRequestFactory.create(**trait))
    response: Any = client.post(reverse("movip:save"))
    assert (response.status_code, response.url) == (302, reverse("movip:status"))
    assert client.get(reverse("movip:letter")).status_code == 302
    assert not Disclosure.objects.exists()


@pytest.mark.rule("R-122")
def test_the_letter_that_nothing_was_found_is_read_in_ones_language(client: Client) -> None:
    by = MembershipFactory.create(dese_reviewer=True)
    request = TranscriptRequestFactory.create(searching=True, language="es")
    actions.look_elsewhere(request.pk, place=Place.FILM, what="Reel 12", found=0, by=by, at=NOW)
    actions.miss(request.pk, official=OFFICIAL, by=by, at=NOW)
    assert reverse("movip:letter") in opened(client, request)
    html = page(client, "movip:letter")
    assert "Reel 12" in html and "Southbrook High School" in html
    assert '<article class="portal-letter usa-prose" lang="es">' in html
    assert "No encontramos" in html


def test_a_request_to_a_college_says_whether_it_was_mailed(client: Client) -> None:
    by = MembershipFactory.create(dese_reviewer=True)
    request = TranscriptRequestFactory.create(searching=True, to_college=True)
    ChosenRowFactory.create(request=request)
    issue(request, by)
    assert "goes out to Ozark Falls College by mail" in opened(client, request)
    actions.hand_out(request.pk, way=Way.MAIL, on=NOW.date(), by=by, at=NOW)
    assert "was sent to Ozark Falls College" in page(client)


def test_every_page_is_kept_in_no_cache(client: Client) -> None:
    for name in ("movip:ask", "movip:status", "movip:verify"):
        assert "no-store" in client.get(reverse(name))["Cache-Control"]


# Check a transcript ----------------------------------------------------------------------------------


def test_whoever_holds_it_learns_that_it_is_genuine_and_nothing_else(client: Client) -> None:
    request = TranscriptRequestFactory.create(searching=True)
    ChosenRowFactory.create(request=request)
    answer = issue(request, MembershipFactory.create(dese_reviewer=True))
    good = client.post(reverse("movip:verify"), {"number": request.number, "code": code_of(answer)})
    html = good.content.decode()
    assert "This transcript is genuine." in html and "Tuesday, November 10, 2026" in html
    assert not re.search("Ashgrove|Hartley|Algebra|Southbrook|1993", html)
    bad = set()
    for number, code in [(request.number, NO_CODE), ("T-999999", code_of(answer)), ("T-999999", NO_CODE)]:
        response = client.post(reverse("movip:verify"), {"number": number, "code": code})
        bad.add(re.search(r'usa-alert__text">([^<]*)<', response.content.decode())[1])  # type: ignore[index]
    (sentence,) = bad
    assert sentence.startswith("No transcript has this number and this code. Check both.")


def checked(client: Client, *, language: str = "en", **typed: str) -> str:
    """What the page answers, without its marks."""
    response = client.post(reverse("movip:verify"), typed, headers={"Accept-Language": language})
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_of_a_recalled_transcript_it_says_so_and_never_that_it_is_genuine(client: Client) -> None:
    by = MembershipFactory.create(dese_reviewer=True, user__name="Dana Reyes")
    request = TranscriptRequestFactory.create(searching=True)
    ChosenRowFactory.create(request=request)
    old = issue(request, by)
    later = NOW + dt.timedelta(days=2)
    actions.recall(request.pk, text="The courses of Otto Zubrowski.", by=by, at=later)
    new = issue(request, by, at=later)
    typed = {"number": request.number, "code": code_of(old)}
    html = checked(client, **typed)
    assert (
        "The office has recalled this transcript on Thursday, November 12, 2026. Do not rely on it." in html
    )
    assert "This transcript is genuine" not in html and "It was issued on" not in html
    assert not re.search("Ashgrove|Hartley|Algebra|Southbrook|1993|Zubrowski|Dana", html)
    spanish = checked(client, language="es", **typed)
    assert "La oficina retiró este certificado el jueves 12 de noviembre de 2026" in spanish
    assert "Este certificado es auténtico" not in spanish
    html = checked(client, **typed | {"code": code_of(new)})
    assert "This transcript is genuine." in html and "recalled" not in html


def test_who_asked_reads_that_it_was_recalled_and_why(client: Client) -> None:
    by = MembershipFactory.create(dese_reviewer=True, user__name="Dana Reyes")
    request = TranscriptRequestFactory.create(searching=True)
    ChosenRowFactory.create(request=request)
    issue(request, by)
    assert reverse("movip:save") in opened(client, request)
    actions.recall(request.pk, text="The courses are not yours.", by=by, at=NOW)
    html = page(client)
    assert "The transcript was recalled" in html and "The courses are not yours." in html
    assert reverse("movip:save") not in html and "Dana Reyes" not in html
    response = client.post(reverse("movip:save"), follow=True)
    assert "the request is at “Being looked for”" in response.content.decode()
    assert not Disclosure.objects.exists()


# Who tries too often ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form", "tries"),
    [
        ("movip:status", {"number": "T-000001", "secret": NO_CODE}, 30),
        ("movip:verify", {"number": "T-000001", "code": NO_CODE}, 30),
        ("movip:ask", {}, 1000),
    ],
)
def test_a_thousand_tries_from_one_source_are_refused(
    client: Client, name: str, form: dict[str, str], tries: int, caplog: pytest.LogCaptureFixture
) -> None:
    codes = [client.post(reverse(name), form).status_code for _try in range(tries)]
    assert codes == [200] * 20 + [429] * (tries - 20)
    assert client.get(reverse(name)).status_code == 200
    assert not TranscriptRequest.objects.exists()
    assert "T-000001" not in caplog.text and NO_CODE not in caplog.text


def test_what_is_refused_is_logged_without_a_person(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    request = TranscriptRequestFactory.create()
    client.post(reverse("movip:status"), {"number": request.number, "secret": "ZEPHYRINE"})
    client.post(reverse("movip:ask"), answers(email="wrong", former_last_name="Zephyrine"))
    assert "ZEPHYRINE" not in caplog.text.upper() and "ASHGROVE" not in caplog.text.upper()
