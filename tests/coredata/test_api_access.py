"""Who may ask what: a token in a header opens what its hat may see, and nothing else opens anything."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from coredata.models import ProviderReport
from mocap_portal.foundation.accounts.models import ApiToken, Membership
from mocap_portal.foundation.directory.models import Lea
from tests.factories.accounts import ApiTokenFactory, MembershipFactory
from tests.sign_in import sign_in

from .api_kit import Program, refusal
from .kit import NOW
from .report_kit import report_of, send, staff_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]


@pytest.fixture
def staff(lea: Lea) -> Membership:
    return staff_of()


@pytest.fixture
def program(staff: Membership) -> Program:
    return Program.of(staff)


def answers(client: Client, report: ProviderReport, **headers: str) -> list[Any]:
    """What every address answers."""
    one = [report.pk]
    return [
        client.get(reverse("api:reports"), headers=headers),
        client.post(reverse("api:reports"), {"file": "x"}, headers=headers),
        client.get(reverse("api:report", args=one), headers=headers),
        client.get(reverse("api:report_problems", args=one), headers=headers),
        client.post(reverse("api:submit_report", args=one), headers=headers),
        client.get(reverse("api:enrollments"), headers=headers),
    ]


HEADERS = [
    *("", "Bearer", "Bearer ", "Bearer mocap_unknown", "Bearer " + "x" * 5000),
    *("Basic bW9jYXA6eA==", "{secret}", "Bearer  {secret}"),
]


@pytest.mark.parametrize("header", HEADERS, ids=range(len(HEADERS)))
def test_without_a_token_that_works_nothing_opens(program: Program, staff: Membership, header: str) -> None:
    report = send(report_of(), by=staff)
    headers = {"Authorization": header.replace("{secret}", program.secret)} if header else {}
    for response in answers(Client(), report, **headers):
        assert "Send a token that works" in refusal(response, 401)
        assert response["WWW-Authenticate"] == "Bearer"
        assert response["Cache-Control"] == "no-store, private"
    report.refresh_from_db()
    assert report.state == "checked"


@pytest.mark.parametrize("ending", ["revoked", "expired", "role", "person"])
def test_a_token_is_refused_from_the_moment_it_ends(program: Program, staff: Membership, ending: str) -> None:
    assert program.get("reports").status_code == 200
    if ending == "revoked":
        ApiToken.objects.update(revoked_at=NOW, revoked_by=staff)
    elif ending == "expired":
        ApiToken.objects.update(expires_at=NOW)
    elif ending == "role":
        Membership.objects.filter(pk=staff.pk).update(ended_at=NOW)
    else:
        staff.user.is_active = False
        staff.user.save()
    refusal(program.get("reports"), 401)


def test_a_session_opens_nothing_and_no_form_elsewhere_can_use_it(staff: Membership) -> None:
    """The same browser is signed in with the portal: its cookie is no token, with or without a form's token."""
    report = send(report_of(), by=staff)
    client = sign_in(Client(enforce_csrf_checks=True), staff)
    assert client.get(reverse("coredata:reports")).status_code == 200
    for response in answers(client, report):
        refusal(response, 401)


def test_a_token_needs_no_session_and_leaves_none(program: Program) -> None:
    program.client = Client(enforce_csrf_checks=True)
    response = program.send(report_of())
    assert (response.status_code, dict(response.cookies), dict(program.client.cookies)) == (202, {}, {})


def test_a_token_counts_whoever_is_signed_in_beside_it(program: Program, staff: Membership) -> None:
    sign_in(program.client, MembershipFactory.create(data_clerk=True))
    program.send(report_of())
    report = ProviderReport.objects.get()
    assert report.sent_by == staff
    event = ProviderReport.pgh_event_model.objects.get()  # type: ignore[attr-defined]
    assert event.pgh_context.metadata["user"] == staff.user_id


def test_no_token_stands_in_the_log_or_in_an_answer(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    answer = program.send(report_of()).content.decode()
    for scheme in ("Bearer", "Token"):
        said = Client().get(reverse("api:reports"), headers={"Authorization": f"{scheme} mocap_wrong"})
        answer += said.content.decode()
    for secret in (program.secret, "mocap_wrong", ApiToken.objects.get().token_hash):
        assert secret not in caplog.text and secret not in answer


def test_when_a_token_was_used_stands_on_its_page(program: Program) -> None:
    program.get("reports")
    assert ApiToken.objects.get().last_used_at == NOW


# How often ----------------------------------------------------------------------------------------


def test_a_token_may_ask_so_often_in_a_minute(
    program: Program, staff: Membership, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    other = Program("mocap_other", Client(), ApiTokenFactory.create(hat=staff, secret="mocap_other"))
    moment = NOW.replace(second=18)
    with time_machine.travel(moment, tick=False):
        assert [program.get("reports").status_code for _ in range(2)] == [200, 200]
        refused = program.send(report_of())
        assert refusal(refused, 429) == "These are more than 2 requests in a minute. Go on in 42 seconds."
        assert refused["Retry-After"] == "42"
        assert other.get("reports").status_code == 200
    with time_machine.travel(moment + dt.timedelta(seconds=42), tick=False):
        assert program.get("reports").status_code == 200
    assert not ProviderReport.objects.exists()


# What is not there --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "reports/", "reports/x", "reports/1/accept", "reports/" + "9" * 5000])
def test_another_address_says_so_in_json(program: Program, path: str) -> None:
    for method in ("get", "post", "delete"):
        response = getattr(program.client, method)(f"/api/v1/{path}", headers=program.headers())
        assert refusal(response, 404) == "There is no such address. /api/v1/docs says which there are."


def test_another_method_says_which_there_are(program: Program) -> None:
    response = program.client.delete(reverse("api:reports"), headers=program.headers())
    assert refusal(response, 405) == f"This address takes {response['Allow']} only."
    assert set(response["Allow"].split(", ")) == {"GET", "POST"}


# Its description ----------------------------------------------------------------------------------


def test_the_page_says_what_the_description_says_and_loads_nothing_from_elsewhere(client: Client) -> None:
    described = client.get(reverse("api:openapi")).json()
    text = client.get(reverse("api:docs")).content.decode()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert f"{method.upper()} {path}" in text
            assert all(f"{parameter['name']}</code>" in text for parameter in operation["parameters"])
    shapes = described["components"]["schemas"].keys() - {"PageQuery", "ProblemQuery", "KeyHeader"}
    assert {name for name in shapes if f'id="{name}"' not in text} == set()
    loaded = re.findall(r'(?:src|href)="([^"#]+)"', text)
    assert [address for address in loaded if not address.startswith("/")] == []


def test_a_provider_finds_it_from_its_reports(staff: Membership) -> None:
    admin = MembershipFactory.create(provider_admin=True, organization=staff.organization)
    page = reverse("coredata:reports")
    for hat, has_tokens in [(staff, False), (admin, True)]:
        text = sign_in(Client(), hat).get(page).content.decode()
        assert reverse("api:docs") in text
        assert (reverse("accounts:api_tokens") in text) is has_tokens
    office = sign_in(Client(), MembershipFactory.create(dese_reviewer=True))
    assert reverse("accounts:api_tokens") in office.get(reverse("coredata:report_queue")).content.decode()
