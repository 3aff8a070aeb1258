"""Anybody writes to the office, without an account (R-117): the form, what it refuses, the receipt."""

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from concerns import codes
from concerns.forms.writing import CONSENT
from concerns.models import Attachment, Concern, IdentityConsent
from mocap_portal.foundation.papers.models import Notice
from tests.concerns.public import ANONYMOUS, ANSWERS, OPENED, SENT, opened_form, send_form, somewhere
from tests.factories.directory import LeaFactory, LeaPolicyFactory, ProviderFactory
from tests.factories.full_time import ProgramFactory
from tests.factories.papers import HEIC, PDF
from tests.factories.providers import CourseFactory

pytestmark = pytest.mark.django_db
WRITE = "concerns:write"


@pytest.fixture
def client() -> Client:
    return somewhere()


@pytest.fixture(autouse=True)
def _five_minutes_later() -> Iterator[None]:
    with time_machine.travel(SENT, tick=False):
        yield


def errors_of(response: Any) -> dict[str, list[str]]:
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


@pytest.mark.rule("R-117")
def test_anybody_sends_a_concern_and_gets_a_number_and_a_secret(client: Client) -> None:
    lea, program = LeaFactory.create(), ProgramFactory.create()
    form = uuid.uuid4()
    response = send_form(
        client,
        form=opened_form(form),
        lea=lea.pk,
        program=program.pk,
        course_title="Latin I",
        track="part_time",
        student_name="Sam Student",
        student_grade="9",
        answer_asked_on_month="10",
        answer_asked_on_day="1",
        answer_asked_on_year="2026",
        answer_asked_how="paper",
        happened_from_month="10",
        happened_from_day="2",
        happened_from_year="2026",
        tried="We called.",
        wanted="A decision.",
    )
    assert response.status_code == 302
    assert response.url == reverse("concerns:receipt")  # neither number nor secret stands in an address
    concern = Concern.objects.get()
    assert (concern.form, concern.writer, concern.name, concern.email, concern.contact) == (
        form,
        "parent",
        "Wanda Writer",
        "wanda@example.org",
        "email",
    )
    assert (concern.lea, concern.program, concern.provider, concern.course) == (lea, program, None, None)
    assert (concern.course_title, concern.track) == ("Latin I", "part_time")
    assert (concern.student_name, concern.student_grade) == ("Sam Student", "9")
    assert concern.answers == {"asked_on": "2026-10-01", "asked_how": "paper"}
    assert (concern.happened_from, concern.happened_to) == (dt.date(2026, 10, 2), None)
    assert (concern.tried, concern.wanted) == ("We called.", "A decision.")
    assert (concern.received_at, concern.category, concern.is_anonymous) == (SENT, "no_decision", False)
    receipt = client.get(response.url)
    assert receipt.status_code == 200
    text = receipt.content.decode()
    assert concern.number in text
    assert codes.secret_of(form) in text
    for day in ("Thursday, November 12, 2026", "Tuesday, November 17, 2026", "Wednesday, December 2, 2026"):
        assert day in text


def test_who_stays_anonymous_is_kept_without_a_name(client: Client) -> None:
    told = ANONYMOUS | {"name": "Sam Student", "email": "not an address", "may_be_named": "on"}
    assert send_form(client, **told).status_code == 302
    concern = Concern.objects.get()
    assert (concern.is_anonymous, concern.name, concern.email, concern.contact) == (True, "", "", "none")
    assert not IdentityConsent.objects.exists()
    assert not Notice.objects.exists()
    assert "Nobody writes to you or calls you" in client.get(reverse("concerns:receipt")).content.decode()


def test_consent_keeps_the_sentence_as_it_was_read(client: Client) -> None:
    send_form(client, may_be_named="on")
    assert IdentityConsent.objects.get().text == str(CONSENT)


def test_consent_in_spanish_keeps_the_spanish_sentence(client: Client) -> None:
    client.post(reverse("set_language"), {"language": "es"})
    send_form(client, may_be_named="on")
    assert IdentityConsent.objects.get().text.startswith("La oficina de MOCAP puede decir quién soy")


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"writer": ""}, {"writer": ["Choose one answer."]}),
        ({"who": ""}, {"who": ["Choose one answer."]}),
        ({"name": " "}, {"name": ["Type your name, or choose above to stay anonymous."]}),
        ({"contact": ""}, {"contact": ["Choose one answer."]}),
        ({"email": ""}, {"email": ["Type your email address, or choose another way to reach you."]}),
        ({"email": "nonsense"}, {"email": ["Enter a valid email address."]}),
        (
            {"contact": "phone"},
            {"phone": ["Type your telephone number, or choose another way to reach you."]},
        ),
        ({"what_happened": " "}, {"what_happened": ["Write what happened, in a few words."]}),
        ({"language": "other"}, {"other_language": ["Type the name of the language."]}),
        (
            {"happened_to_month": "1", "happened_to_day": "2", "happened_to_year": "2026"},
            {"happened_from": ["Say when it began, or leave the end empty."]},
        ),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(
    client: Client, answers: dict[str, str], errors: dict[str, list[str]]
) -> None:
    response = send_form(client, **answers)
    assert response.status_code == 200
    assert errors_of(response) == errors
    assert not Concern.objects.exists()


def test_an_end_before_the_beginning_is_refused(client: Client) -> None:
    days = {f"happened_{end}_{part}": "5" for end in ("from", "to") for part in ("month", "day")}
    response = send_form(client, **days, happened_from_year="2026", happened_to_year="2025")
    assert errors_of(response) == {"happened_to": ["The end lies before the beginning. Check both dates."]}


@pytest.mark.parametrize("name", ["lea", "provider", "program"])
@pytest.mark.parametrize("key", ["999999", "nonsense", "-1"])
def test_a_district_that_is_none_is_refused(client: Client, name: str, key: str) -> None:
    assert list(errors_of(send_form(client, **{name: key}))) == [name]


def test_an_unknown_category_is_no_page(client: Client) -> None:
    assert client.get(reverse(WRITE, args=["nonsense"])).status_code == 404
    assert send_form(client, "nonsense").status_code == 404


# Files --------------------------------------------------------------------------------------------


def upload(data: bytes = PDF, name: str = "letter.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="text/html")


def test_files_are_kept_with_what_was_written(client: Client) -> None:
    send_form(client, attached=[upload(name="a.pdf"), upload(name="b.pdf")])
    rows = Attachment.objects.order_by("name").values_list("name", "content_type", "state")
    assert list(rows) == [
        ("a.pdf", "application/pdf", "unscanned"),
        ("b.pdf", "application/pdf", "unscanned"),
    ]


def test_a_file_that_is_not_taken_is_named_and_nothing_is_sent(client: Client) -> None:
    response = send_form(client, attached=[upload(), upload(b"<script>", "evil.pdf")])
    (problem,) = errors_of(response)["attached"]
    assert problem.startswith("evil.pdf: This file is not a PDF")
    assert not Concern.objects.exists()
    assert list(errors_of(send_form(client, attached=[upload(HEIC, "a.pdf")]))) == ["attached"]


def test_more_files_than_three_are_refused(client: Client) -> None:
    response = send_form(client, attached=[upload() for _file in range(4)])
    assert errors_of(response) == {
        "attached": ["Choose at most 3 files. Send the others later, from the page of your concern."]
    }


# Programs that fill in forms ----------------------------------------------------------------------


def test_the_page_carries_a_form_that_can_be_sent(client: Client) -> None:
    with time_machine.travel(OPENED, tick=False):
        page = client.get(reverse(WRITE, args=["no_decision"])).content.decode()
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found
    assert send_form(client, form=found[1]).status_code == 302
    assert Concern.objects.count() == 1


def test_each_visit_gets_a_form_of_its_own(client: Client) -> None:
    forms = {
        client.get(reverse(WRITE, args=["other"])).context["form"]["form"].value() for _visit in range(3)
    }
    assert len(forms) == 3


def test_the_box_that_nobody_sees_stays_empty(client: Client) -> None:
    with structlog.testing.capture_logs() as logs:
        response = send_form(client, website="https://buy.example")
    assert errors_of(response) == {
        "website": ["Perhaps a program filled in this box. Empty it and press Send again."]
    }
    assert "portal-away" not in response.content.decode()  # a person sees it now, and can empty it
    assert not Concern.objects.exists()
    assert logs == [{"event": "concern_refused", "why": "box_filled", "log_level": "info"}]


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("", None),
        ("nonsense", "forged"),
        (opened_form() + "x", "forged"),
        (opened_form(at=SENT + dt.timedelta(hours=1)), "forged"),
        (opened_form(at=SENT - dt.timedelta(seconds=4)), "too_fast"),
        (opened_form(at=SENT - dt.timedelta(hours=24, seconds=1)), "too_old"),
    ],
    ids=["empty", "nonsense", "changed", "of tomorrow", "too fast", "too old"],
)
def test_a_form_that_the_portal_did_not_show_just_now_is_not_taken(
    client: Client, form: str, why: str | None
) -> None:
    with structlog.testing.capture_logs() as logs:
        response = send_form(client, form=form, what_happened="What I typed stays.")
    assert not Concern.objects.exists()
    assert [entry["why"] for entry in logs] == ([why] if why else [])
    assert "What I typed stays." in response.content.decode()
    # The page that comes back can be sent, now or in a few seconds.
    with time_machine.travel(SENT + dt.timedelta(seconds=10), tick=False):
        again = response.context["form"]["form"].value()
        assert send_form(client, form=again).status_code == 302
    assert Concern.objects.count() == 1


def test_the_same_form_sent_twice_shows_the_same_receipt(client: Client) -> None:
    form = opened_form()
    receipts = []
    for _click in range(2):
        response = send_form(client, form=form)
        receipts.append(client.get(response.url).context["secret"])
    concern = Concern.objects.get()
    assert receipts == [codes.secret_of(concern.form)] * 2


def test_what_was_changed_before_the_second_click_is_not_lost_without_a_word(client: Client) -> None:
    form = opened_form()
    send_form(client, form=form)
    receipt = client.get(send_form(client, form=form, what_happened="Something new.").url)
    assert "What you have changed since was not added" in receipt.content.decode()
    assert Concern.objects.get().what_happened == ANSWERS["what_happened"]


def test_an_old_form_that_was_sent_shows_no_secret_any_more(client: Client) -> None:
    form = opened_form()
    send_form(client, form=form)
    client.cookies.clear()
    with time_machine.travel(SENT + dt.timedelta(days=2), tick=False):
        response = send_form(client, form=form)
    assert response.url == reverse("concerns:status")
    assert Concern.objects.count() == 1


def test_a_thousand_forms_from_one_source_are_stopped_with_one_sentence(client: Client) -> None:
    with structlog.testing.capture_logs() as logs:
        answers = [send_form(client, **ANONYMOUS).status_code for _form in range(1000)]
    assert answers == [302] * 20 + [429] * 980
    assert Concern.objects.count() == 20
    assert {(entry["event"], entry["why"]) for entry in logs} == {("concern_refused", "too_many")}
    response = send_form(client, what_happened="What I typed stays.")
    assert response.headers["Retry-After"] == "300"
    page = response.content.decode()
    assert "Too many concerns came from your network in the last minutes" in page
    # Somebody elsewhere is not stopped, and a whole school not for long: one press of the button sends what was typed.
    assert send_form(somewhere()).status_code == 302
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    with time_machine.travel(SENT + dt.timedelta(minutes=5, seconds=1), tick=False):
        assert client.post(reverse(WRITE, args=["no_decision"]), kept).status_code == 302
    concern = Concern.objects.order_by("-pk")[0]
    assert (concern.what_happened, concern.name) == ("What I typed stays.", "Wanda Writer")


def test_mistakes_do_not_count_as_sent(client: Client) -> None:
    for _try in range(25):
        assert send_form(client, what_happened="").status_code == 200
    assert send_form(client).status_code == 302


def test_the_page_is_kept_in_no_cache_and_the_cookie_names_no_secret(client: Client) -> None:
    response = send_form(client)
    assert "no-store" in response.headers["Cache-Control"]
    assert "no-store" in client.get(response.url).headers["Cache-Control"]
    cookie = client.cookies["concern"]
    concern = Concern.objects.get()
    secret = codes.secret_of(concern.form)
    assert secret not in cookie.value
    assert secret.replace("-", "") not in cookie.value
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (
        "/concerns/",
        True,
        "Lax",
        1800,
    )


def test_the_receipt_is_for_who_has_just_sent_it(client: Client) -> None:
    assert client.get(reverse("concerns:receipt")).url == reverse("concerns:status")  # type: ignore[attr-defined]
    send_form(client)
    with time_machine.travel(SENT + dt.timedelta(minutes=31), tick=False):
        assert client.get(reverse("concerns:receipt")).status_code == 302


def test_sending_costs_few_queries(client: Client, django_assert_num_queries: Any) -> None:
    """No session, no list of districts: a burst of them must not hold up anybody else."""
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    with django_assert_num_queries(14):
        assert send_form(client, **ANONYMOUS, lea=lea.pk, provider=provider.pk).status_code == 302


# What a link says, and the right office -----------------------------------------------------------


def test_a_course_of_the_catalog_comes_along(client: Client) -> None:
    course = CourseFactory.create(title="Latin I")
    about = f"?course={course.pk}"
    page = client.get(reverse("concerns:start") + about)
    assert f"{reverse('concerns:choose')}{about}" in page.content.decode()
    chosen = client.get(f"{reverse('concerns:choose')}{about}&category=quality")
    assert chosen.url == f"{reverse(WRITE, args=['quality'])}{about}"  # type: ignore[attr-defined]
    form = client.get(chosen.url).context["form"]  # type: ignore[attr-defined]
    initial = {name: form[name].value() for name in ("course", "course_title", "provider")}
    assert initial == {"course": course.pk, "course_title": "Latin I", "provider": course.provider_id}
    send_form(client, "quality", course=course.pk, course_title="Latin I", provider=course.provider_id)
    assert Concern.objects.get().course == course


def test_another_title_is_another_course(client: Client) -> None:
    course = CourseFactory.create(title="Latin I")
    send_form(client, course=course.pk, course_title="Greek I")
    assert (Concern.objects.get().course, Concern.objects.get().course_title) == (None, "Greek I")


@pytest.mark.parametrize("about", ["?course=nonsense", "?course=999999999999", "?course=5&lea=²", "?lea=-1"])
def test_a_link_that_says_nonsense_is_a_plain_form(client: Client, about: str) -> None:
    assert client.get(reverse(WRITE, args=["quality"]) + about).status_code == 200
    assert client.get(reverse("concerns:choose") + about).status_code == 200


@pytest.mark.parametrize(
    ("category", "words"),
    [
        ("denial", "This is not an appeal. The days for an appeal run on."),
        ("disability", "Special education has an office of its own."),
        ("discrimination", "Two offices decide about discrimination and harassment."),
        ("safety", "If a child is in danger now, call 911."),
    ],
)
def test_the_right_office_is_shown_before_anything_is_written(
    client: Client, category: str, words: str
) -> None:
    """While one chooses, where htmx runs; on the form; on the receipt; on the page of the concern."""
    fragment = client.get(reverse("concerns:choose"), {"category": category}, headers={"HX-Request": "true"})
    assert words in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert words in client.get(reverse(WRITE, args=[category])).content.decode()
    send_form(client, category)
    assert words in client.get(reverse("concerns:receipt")).content.decode()
    assert words in client.get(reverse("concerns:own")).content.decode()


def test_other_categories_have_no_other_office(client: Client) -> None:
    fragment = client.get(reverse("concerns:choose"), {"category": "billing"}, headers={"HX-Request": "true"})
    assert "usa-alert" not in fragment.content.decode()


def test_the_hotline_can_be_called_at_once(client: Client) -> None:
    page = client.get(reverse(WRITE, args=["safety"])).content.decode()
    assert '<a class="usa-link" href="tel:1-800-392-3738"><strong>1-800-392-3738</strong></a>' in page


@pytest.mark.rule("R-118")
def test_a_denial_shows_the_districts_own_way_to_appeal_and_its_clock_runs_on(client: Client) -> None:
    policy = LeaPolicyFactory.create()
    send_form(client, "denial", lea=policy.lea_id)
    for name in ("concerns:receipt", "concerns:own"):
        text = client.get(reverse(name)).content.decode()
        assert "Your appeal goes to the school board, and after that to the state office (DESE)." in text
        assert "Write to the superintendent, 100 Main Street." in text
        assert reverse("districts:district", args=[policy.lea.state_district_id]) in text
        assert "Writing to us stops no clock" in text
