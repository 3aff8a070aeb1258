"""A program that does not know whether its request arrived sends it again while the first is still under way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from coredata import tasks
from coredata.models import AnsweredRequest, ProviderReport
from coredata.store import vault
from mocap_portal.foundation.directory.models import Provider
from tests.test_exactly_once import at_once

from .api_kit import Program, refusal
from .kit import walnut_fork
from .report_kit import report_of, send, staff_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_in_june")]


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    walnut_fork()
    monkeypatch.setattr(tasks.check_report, "delay", lambda report_id: None)
    return Program.of(staff_of())


def both(program: Program, *data: bytes) -> list[Any]:
    """Each is sent under one key. One of them waits for the provider's row, the others for its answer."""
    assert program.token is not None
    provider = Provider.objects.get(pk=program.token.hat.organization_id)
    return at_once(provider, *(lambda body=body: program.send(body, key="k") for body in data))


def test_two_at_once_under_one_key_are_one_report_with_one_answer(
    program: Program, settings: Settings
) -> None:
    answers = both(program, report_of(), report_of())
    report = ProviderReport.objects.get()
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    assert [answer["Location"] for answer in answers] == [f"/api/v1/reports/{report.pk}"] * 2
    assert sorted("Idempotent-Replayed" in answer for answer in answers) == [False, True]
    assert AnsweredRequest.objects.count() == 1
    assert [file.name for file in (Path(settings.MEDIA_ROOT) / vault.FOLDER).iterdir()] == [report.stored_as]


def test_two_at_once_under_one_key_with_different_bodies_are_one_report(program: Program) -> None:
    answers = both(program, report_of(), report_of(without=("E-1001",)))
    (refused,) = (answer for answer in answers if answer.status_code != 202)
    assert "This Idempotency-Key was used for something else." in refusal(refused, 409)
    assert ProviderReport.objects.count() == 1


def test_without_a_key_two_are_two(program: Program) -> None:
    assert program.token is not None
    provider = Provider.objects.get(pk=program.token.hat.organization_id)
    answers = at_once(provider, *[lambda: program.send(report_of())] * 2)
    assert answers[0].json()["upload"] != answers[1].json()["upload"]


def test_two_who_submit_at_once_submit_once(program: Program) -> None:
    assert program.token is not None
    report = send(report_of(), by=program.token.hat)
    provider = Provider.objects.get(pk=program.token.hat.organization_id)
    click = lambda: program.post("submit_report", report.pk, key="s")  # noqa: E731
    answers = at_once(provider, click, click)
    assert [answer.json()["state"] for answer in answers] == ["waiting", "waiting"]
    assert answers[0].content == answers[1].content
    assert ProviderReport.pgh_event_model.objects.filter(state="waiting").count() == 1  # type: ignore[attr-defined]
