"""The pages of records: the lists of both districts, asking, sending, and papers that only they and the family open."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enrollment.full_time.models import ProgramApplication, RecordsFile, RecordsRequest
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Document
from mocap_portal.home import waiting
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import (
    ApplicationPaperFactory,
    ProgramApplicationFactory,
    RecordsRequestFactory,
    family_hat,
    host_hat,
    resident_hat,
)
from tests.factories.papers import PDF
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 12, 18, tzinfo=dt.UTC)  # the day on which the factory's requests are due
TODAY = dt.date(2026, 11, 12)
LIST = "/full-time/records/"


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def client_of(hat: Membership) -> Client:
    return sign_in(Client(), hat)


def asked(**more: Any) -> RecordsRequest:
    request: RecordsRequest = RecordsRequestFactory.create(**more)
    return request


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def numbers(response: Any) -> list[str]:
    return re.findall(r">(FT-\d+)<", response.content.decode())


def upload(name: str = "scan.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def at(lea: Any, **more: Any) -> RecordsRequest:
    """A request of which this is the resident district."""
    return asked(application__claim__school__lea=lea, **more)


# The list -------------------------------------------------------------------------------------------


def test_the_resident_district_sees_what_is_asked_of_it_due_soonest_first() -> None:
    later = asked()
    lea = later.application.resident_lea
    late = at(lea, clock__due_on=dt.date(2026, 11, 10))
    at(lea, answered=True)
    asked()  # of another district
    at(lea, application__state="cancelled", application__cancelled_at=NOW)
    for trait in ("coordinator", "counselor", "data_clerk"):
        response = client_of(MembershipFactory.create(**{trait: True}, lea=lea)).get(LIST)
        assert numbers(response) == [late.application.number, later.application.number]
        words = text(response)
        assert "Records asked of us" in words
        assert (words.count("Overdue"), words.count("Due today")) == (1, 1)
        assert reverse("full_time:answer_records", args=[late.pk]) in words


def test_the_host_sees_what_it_asked_for() -> None:
    request = asked()
    asked()  # by another host
    response = client_of(host_hat(request.application)).get(LIST)
    assert numbers(response) == [request.application.number]
    words = text(response)
    assert "Records we asked for" in words
    assert str(request.application.resident_lea) in words
    assert reverse("full_time:records", args=[request.application_id]) in words


def test_filters_stand_in_the_address() -> None:
    due_today = asked()
    lea = due_today.application.resident_lea
    late = at(lea, clock__due_on=dt.date(2026, 11, 10))
    answered = at(lea, answered=True)
    client = client_of(MembershipFactory.create(coordinator=True, lea=lea))
    for state, found in (
        ("", [late, due_today]),
        ("late", [late]),
        ("answered", [answered]),
        ("all", [late, due_today, answered]),
    ):
        response = client.get(LIST, {"state": state})
        assert numbers(response) == [request.application.number for request in found]
    response = client.get(LIST, {"program": late.application.program_id})
    assert numbers(response) == [late.application.number]


def test_a_long_list_has_pages_and_asks_as_often_as_a_short_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    first = asked()
    lea = first.application.resident_lea
    for _ in range(26):
        at(lea)
    client = client_of(MembershipFactory.create(data_clerk=True, lea=lea))
    with django_assert_max_num_queries(12):
        assert len(numbers(client.get(LIST))) == 25
    assert len(numbers(client.get(LIST, {"page": 2}))) == 2


def test_an_empty_list_says_so() -> None:
    words = text(client_of(MembershipFactory.create(coordinator=True)).get(LIST))
    assert "No request fits. When a program asks for records, it appears here." in words


@pytest.mark.parametrize(
    "trait", ["parent", "decider", "special_education", "lea_admin", "dese_admin", "provider_staff"]
)
def test_the_list_is_closed_to_others(trait: str) -> None:
    assert client_of(MembershipFactory.create(**{trait: True})).get(LIST).status_code == 403


# One application ------------------------------------------------------------------------------------


def test_host_resident_district_family_and_state_office_read_what_was_asked_and_answered() -> None:
    request = asked(answered=True)
    application = request.application
    for hat in (
        host_hat(application),
        resident_hat(application, coordinator=True),
        resident_hat(application, decider=True),
        family_hat(application),
        MembershipFactory.create(dese_reviewer=True),
    ):
        words = text(client_of(hat).get(reverse("full_time:records", args=[application.pk])))
        assert "Transcript, Immunization" in words
        assert "The student never went to school here." in words
    for stranger in (
        MembershipFactory.create(host_staff=True),
        MembershipFactory.create(coordinator=True),
        MembershipFactory.create(parent=True),
    ):
        response = client_of(stranger).get(reverse("full_time:records", args=[application.pk]))
        assert response.status_code == 404


def test_only_who_may_act_is_offered_it() -> None:
    request = asked()
    application = request.application
    ask, answer = (
        reverse("full_time:ask_records", args=[application.pk]),
        reverse("full_time:answer_records", args=[request.pk]),
    )
    offered = {
        "host": (host_hat(application), {ask}),
        "sender": (resident_hat(application, counselor=True), {answer}),
        "decider": (resident_hat(application, decider=True), set()),
        "family": (family_hat(application), set()),
        "parent of the host": (host_hat(application, user=application.claim.claimant), set()),
    }
    for who, (hat, links) in offered.items():
        words = text(client_of(hat).get(reverse("full_time:records", args=[application.pk])))
        assert {link for link in (ask, answer) if link in words} == links, who


def test_the_host_asks_from_the_page_once() -> None:
    application: ProgramApplication = ProgramApplicationFactory.create(applied=True)
    address = reverse("full_time:ask_records", args=[application.pk])
    client = client_of(host_hat(application))
    assert client.get(address).status_code == 200
    assert "Choose at least one kind of record." in text(client.post(address, {"other": ""}))
    answers = {"kinds": ["transcript", "discipline"]}
    for said in ("The resident district was asked.", "Some of these records are asked for already"):
        assert said in text(client.post(address, answers, follow=True))
    request = RecordsRequest.objects.get()
    assert (request.kinds, request.clock.due_on) == (["transcript", "discipline"], dt.date(2026, 11, 19))


def test_the_resident_district_sends_files_from_the_page() -> None:
    request = asked()
    address = reverse("full_time:answer_records", args=[request.pk])
    client = client_of(resident_hat(request.application, data_clerk=True))
    words = text(client.get(address))
    assert "Why this date?" in words
    assert "Confirm who the student is" not in words
    response = client.post(address, {"transcript": upload(), "immunization": upload("shots.pdf")})
    assert response.headers["Location"] == reverse("full_time:records", args=[request.application_id])
    assert RecordsFile.objects.count() == 2
    again = client.post(address, {"words": "Nothing."}, follow=True)
    assert "This request was answered before." in text(again)


def test_what_is_wrong_with_an_answer_is_said_in_the_form() -> None:
    request = asked()
    address = reverse("full_time:answer_records", args=[request.pk])
    client = client_of(resident_hat(request.application, coordinator=True))
    for answers, said in (
        ({"words": " "}, "Not every record is here."),
        ({"transcript": upload()}, "Not every record is here."),
        ({"transcript": upload(content=b"words"), "words": "The rest is lost."}, "This file is not a PDF"),
        ({"transcript": upload(content=b""), "words": "The rest is lost."}, "This file is empty."),
    ):
        assert said in text(client.post(address, answers))
    assert (RecordsRequest.objects.get().answered_at, Document.objects.count()) == (None, 0)


def test_who_the_student_is_comes_first() -> None:
    request = asked(application=ProgramApplicationFactory.create(applied=True))
    address = reverse("full_time:answer_records", args=[request.pk])
    client = client_of(resident_hat(request.application, coordinator=True))
    assert reverse("records:claim", args=[request.application.claim_id]) in text(client.get(address))
    said = text(client.post(address, {"transcript": upload(), "immunization": upload()}))
    assert "Confirm first who the student is" in said


@pytest.mark.rule("R-134")
def test_strangers_and_parents_who_work_there_neither_ask_nor_answer() -> None:
    request = asked()
    application = request.application
    ask, answer = (
        reverse("full_time:ask_records", args=[application.pk]),
        reverse("full_time:answer_records", args=[request.pk]),
    )
    own = application.claim.claimant
    for hat, address, status in (
        (MembershipFactory.create(host_staff=True), ask, 404),
        (host_hat(application, user=own), ask, 404),
        (resident_hat(application, coordinator=True), ask, 403),
        (MembershipFactory.create(coordinator=True), answer, 404),
        (MembershipFactory.create(coordinator=True, lea=application.resident_lea, user=own), answer, 404),
        (host_hat(application), answer, 403),
        (family_hat(application), answer, 403),
    ):
        client = client_of(hat)
        assert (client.get(address).status_code, client.post(address).status_code) == (status, status)


# Papers ---------------------------------------------------------------------------------------------


@pytest.mark.rule("R-134")
def test_a_paper_is_opened_by_its_family_and_its_two_districts_alone() -> None:
    paper = ApplicationPaperFactory.create()
    application = paper.application
    address = reverse("full_time:paper", args=[paper.pk])
    for hat in (host_hat(application), resident_hat(application, counselor=True), family_hat(application)):
        response: Any = client_of(hat).get(address)
        assert (response.status_code, b"".join(response.streaming_content)) == (200, PDF)
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        assert application.claim.last_name not in response.headers["Content-Disposition"]
    for hat, status in (
        (MembershipFactory.create(host_staff=True), 404),
        (MembershipFactory.create(counselor=True), 404),
        (
            MembershipFactory.create(coordinator=True, lea=application.program.host),
            404,
        ),  # not its host program
        (MembershipFactory.create(parent=True), 404),
        (MembershipFactory.create(provider_admin=True), 403),
        (MembershipFactory.create(dese_admin=True), 403),
    ):
        assert client_of(hat).get(address).status_code == status
    assert Client().get(address).status_code == 302


def test_files_that_were_sent_are_linked_for_who_may_open_them() -> None:
    request = asked()
    sender = client_of(resident_hat(request.application, data_clerk=True))
    sender.post(
        reverse("full_time:answer_records", args=[request.pk]),
        {"transcript": upload(), "words": "The rest is with the doctor."},
    )
    link = reverse("full_time:paper", args=[RecordsFile.objects.get().paper_id])
    page = reverse("full_time:records", args=[request.application_id])
    for hat in (host_hat(request.application), family_hat(request.application)):
        assert link in text(client_of(hat).get(page))
    assert link not in text(client_of(MembershipFactory.create(dese_admin=True)).get(page))


# What waits -----------------------------------------------------------------------------------------


def found(hat: Membership) -> list[tuple[str, list[tuple[str, str, dt.date | None]]]]:
    return [
        (block.title, [(item.what, item.url, item.due_on) for item in block.shown])
        for block in waiting.blocks(hat, today=TODAY)
        if block.list_name == "full_time:records_requests"
    ]


def test_records_to_send_wait_for_the_resident_districts_people() -> None:
    request = asked()
    at(request.application.resident_lea, answered=True)
    name, number = request.application.claim.full_name, request.application.number
    item = (
        f"Send the records of {name} (application {number})",
        reverse("full_time:answer_records", args=[request.pk]),
        dt.date(2026, 11, 12),
    )
    for trait in ("coordinator", "counselor", "data_clerk"):
        assert found(resident_hat(request.application, **{trait: True})) == [("Records to send", [item])]
    assert found(resident_hat(request.application, decider=True)) == []
    own = MembershipFactory.create(
        coordinator=True, lea=request.application.resident_lea, user=request.application.claim.claimant
    )
    assert found(own) == []


def test_records_that_are_late_wait_for_the_host() -> None:
    late = asked(clock__due_on=dt.date(2026, 11, 10))
    host = late.application.program.host
    asked(application__program=late.application.program)  # due today
    item = (
        f"Records of {late.application.claim.full_name} (application {late.application.number}) are late",
        reverse("full_time:records", args=[late.application_id]),
        dt.date(2026, 11, 10),
    )
    assert found(MembershipFactory.create(host_staff=True, lea=host)) == [("Records that are late", [item])]
    assert found(MembershipFactory.create(host_staff=True)) == []
