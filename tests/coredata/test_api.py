"""What a provider's program does with its token: send, read, submit; and what it is told when something is wrong."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from coredata import actions, tasks
from coredata.models import AnsweredRequest, ProviderReport, ReportState
from coredata.store import vault
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import ProviderReportFactory

from .api_kit import Program, refusal
from .kit import NOW
from .report_kit import accept, report_of, send, staff_of
from .test_oneroster import packed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
WRONG = {"enrollmentId": "E-1002", "districtCode": "999999"}


@pytest.fixture
def staff(lea: Lea) -> Membership:
    return staff_of()


@pytest.fixture
def program(staff: Membership) -> Program:
    return Program.of(staff)


@pytest.fixture
def stranger(lea: Lea) -> Program:
    return Program.of(MembershipFactory.create(provider_staff=True))


def in_the_vault(settings: Settings) -> int:
    """How many files lie there."""
    return len(list((Path(settings.MEDIA_ROOT) / vault.FOLDER).glob("*")))


# Sending ------------------------------------------------------------------------------------------


def test_a_report_is_received_sealed_and_a_worker_is_asked(
    program: Program,
    staff: Membership,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.check_report, "delay", asked.append)
    with django_capture_on_commit_callbacks(execute=True):
        response = program.send(report_of())
    report = ProviderReport.objects.get()
    assert (response.status_code, response["Location"]) == (202, reverse("api:report", args=[report.pk]))
    answer = response.json()
    assert (answer["file"], answer["upload"], answer["state"]) == ("may.csv", report.pk, "received")
    assert answer["seconds"] is None and answer["rows_read"] == 0
    assert asked == [report.pk]
    assert (report.provider_id, report.sent_by) == (staff.organization_id, staff)
    assert vault.opened(report.stored_as, bytes(report.key)) == report_of()
    event = ProviderReport.pgh_event_model.objects.get()  # type: ignore[attr-defined]
    assert event.pgh_context.metadata == {"user": staff.user_id, "url": "/api/v1/reports"}


@pytest.mark.parametrize(
    ("kind", "data", "disposition", "name"),
    [
        ("text/csv", report_of, "", "report.csv"),
        ("text/csv", report_of, 'attachment; filename="C:\\exports\\may.csv"', "may.csv"),
        ("text/csv; charset=utf-8", report_of, "attachment; filename*=UTF-8''m%C3%A4rz.csv", "märz.csv"),
        ("text/tab-separated-values", lambda: report_of().replace(b",", b"\t"), "", "report.tsv"),
        ("application/zip", packed, "", "report.zip"),
    ],
)
def test_the_body_itself_may_be_the_report(
    program: Program, kind: str, data: Callable[[], bytes], disposition: str, name: str
) -> None:
    headers = {"Content-Disposition": disposition} if disposition else {}
    response = program.post("reports", data=data(), content_type=kind, headers=headers)
    assert (response.status_code, response.json()["file"]) == (202, name)
    report = actions.check_report(response.json()["upload"], at=NOW)
    assert (report.state, report.rows_read > 0) == (ReportState.CHECKED, True)


def test_what_cannot_be_taken_is_refused_in_a_sentence_and_not_kept(
    program: Program, settings: Settings
) -> None:
    one, other = (SimpleUploadedFile("may.csv", report_of()) for _ in range(2))
    headers = program.headers() | {"Content-Type": "text/csv"}
    empty = program.client.generic("POST", reverse("api:reports"), b"", headers=headers)
    said = [
        refusal(program.post("reports", data=b"{}", content_type="application/json"), 415),
        refusal(program.post("reports"), 422),
        refusal(program.post("reports", data={"report": one}), 422),
        refusal(program.post("reports", data={"file": [one, other]}), 422),
        refusal(program.send(b""), 422),
        refusal(empty, 422),
        refusal(program.post("reports", data=b"--x", content_type="multipart/form-data"), 400),
    ]
    settings.CORE_DATA_MOST_BYTES = 1_000
    said += [
        refusal(program.send(report_of() * 2), 413),
        refusal(program.post("reports", data=report_of() * 2, content_type="text/csv"), 413),
    ]
    assert said[0].startswith("Say in the header Content-Type what you send: multipart/form-data, text/csv,")
    assert said[1:] == [
        *["Send one file, in the field “file”."] * 3,
        *["The report is empty."] * 2,
        "The body could not be read to its end. Send the report again.",
        *["The report is larger than 0 MB."] * 2,
    ]
    assert (ProviderReport.objects.count(), in_the_vault(settings)) == (0, 0)


# Reading ------------------------------------------------------------------------------------------


def test_a_report_is_told_as_the_commands_tell_it(
    program: Program, staff: Membership, tmp_path: Path
) -> None:
    file = tmp_path / "may.csv"
    file.write_bytes(report_of(WRONG))
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "load_provider_report", str(file), provider="LANTERN", by=staff.user.email, json=True, stdout=out
        )
    (loaded,) = json.loads(out.getvalue())["files"]
    told = program.get("report", loaded["upload"]).json()
    assert loaded | {"seconds": 0} == {name: told[name] for name in loaded}
    assert told | dict.fromkeys(("problems", "rules_not_run", *loaded), "") == {
        **dict.fromkeys(loaded, ""),
        "errors": 1,
        "warnings": 0,
        "school_year": 2027,
        "as_of": "2027-05-31",
        "refusal": "",
        "reason": "",
        "sent_at": told["sent_at"],
        "checked_at": told["sent_at"],
        "submitted_at": None,
        "accepted_at": None,
        "problems": "",
        "rules_not_run": "",
    }
    (broken,) = told["problems"]
    assert (broken["rule"], broken["severity"], broken["count"]) == ("V-83", "E", 1)

    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("check_file", str(file), provider="LANTERN", json=True, stdout=out)
    (checked,) = json.loads(out.getvalue())["files"]
    told = program.get("report_problems", loaded["upload"]).json()
    assert told == {"problems": checked["problems"], "count": 1, "pages": 1}


def test_problems_come_by_line_by_rule_and_by_page(program: Program, staff: Membership) -> None:
    many = [{"enrollmentId": f"E-{number}", "districtCode": "999999"} for number in range(2000, 2150)]
    report = send(report_of(*many), by=staff)
    first = program.get("report_problems", report.pk, rule="V-83").json()
    second = program.get("report_problems", report.pk, rule="V-83", page=2).json()
    assert (first["count"], first["pages"]) == (150, 2)
    rows = [problem["row"] for problem in first["problems"] + second["problems"]]
    assert rows == list(range(6, 156))
    assert program.get("report_problems", report.pk, rule="V-83", page=3).json()["problems"] == []
    assert program.get("report_problems", report.pk, rule="V-99").json()["problems"] == []
    assert "rule: " in refusal(program.get("report_problems", report.pk, rule="\0"), 422)
    assert "page: " in refusal(program.get("report_problems", report.pk, page=0), 422)


def test_a_refused_report_says_why(program: Program, staff: Membership) -> None:
    report = send(report_of(vendorCode="OTHER"), by=staff)
    told = program.get("report", report.pk).json()
    assert (told["state"], told["problems"]) == ("refused", [])
    assert told["refusal"] == "Every row is of provider OTHER, none of LANTERN. Send your own report."


def test_the_list_is_the_provider_s_own_and_takes_as_many_queries_whatever_there_is(
    program: Program,
    staff: Membership,
    stranger: Program,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    sent = [ProviderReportFactory.create(provider_id=staff.organization_id, sent_by=staff)]
    ProviderReportFactory.create(accepted=True)
    program.get("reports")  # notes that the token was used
    with django_assert_max_num_queries(10) as few:
        program.get("reports")
    sent += ProviderReportFactory.create_batch(5, provider_id=staff.organization_id, sent_by=staff)
    with django_assert_max_num_queries(10) as many:
        told = program.get("reports").json()
    assert len(few) == len(many)
    assert [report["upload"] for report in told["files"]] == [report.pk for report in reversed(sent)]
    assert (told["count"], told["pages"]) == (6, 1)
    assert stranger.get("reports").json() == {"files": [], "count": 0, "pages": 1}


def test_enrollments_are_told_by_the_provider_s_own_id(
    program: Program, staff: Membership, stranger: Program
) -> None:
    accept(report_of(), by=staff)
    told = program.get("enrollments").json()
    assert [row["enrollment_id"] for row in told["enrollments"]] == ["E-1001", "E-1002", "E-1003", "E-1004"]
    assert told["enrollments"][0] == {
        "enrollment_id": "E-1001",
        "school_year": 2027,
        "status": "completed",
        "status_date": told["enrollments"][0]["status_date"],
        "is_present": True,
        "first_as_of": "2027-05-31",
        "last_as_of": "2027-05-31",
    }
    assert stranger.get("enrollments").json()["enrollments"] == []


def test_a_stranger_s_report_is_not_there(program: Program, staff: Membership, stranger: Program) -> None:
    report = send(report_of(), by=staff)
    for number in (report.pk, 0, 10**30):
        asker = stranger if number == report.pk else program
        for response in (
            asker.get("report", number),
            asker.get("report_problems", number),
            asker.post("submit_report", number),
        ):
            assert refusal(response, 404) == "Your provider has no report of this number."
    report.refresh_from_db()
    assert report.state == ReportState.CHECKED


# Submitting ---------------------------------------------------------------------------------------


def test_a_clean_report_is_submitted_once(program: Program, staff: Membership) -> None:
    report = send(report_of(), by=staff)
    first, second = (program.post("submit_report", report.pk) for _ in range(2))
    assert (first.status_code, first.json()["state"]) == (200, "waiting")
    assert second.json() == first.json()
    report.refresh_from_db()
    assert report.submitted_by == staff


def test_what_cannot_be_submitted_is_told_why(program: Program, staff: Membership) -> None:
    unread = program.send(report_of()).json()["upload"]
    assert "Only a checked report can be sent" in refusal(program.post("submit_report", unread), 409)
    wrong = send(report_of(WRONG), by=staff)
    said = refusal(program.post("submit_report", wrong.pk, key="a"), 409)
    assert said == "The report has errors. Correct them and send a new file."
    assert not AnsweredRequest.objects.exists()  # a refusal is no answer to keep


# The same request again ---------------------------------------------------------------------------


def test_the_same_key_gives_the_same_answer(program: Program, settings: Settings) -> None:
    first = program.send(report_of(), key="may")
    again = program.send(report_of(), name="other.csv", key="may")
    assert (again.status_code, again.content, again["Location"]) == (202, first.content, first["Location"])
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert (ProviderReport.objects.count(), in_the_vault(settings)) == (1, 1)


def test_a_submission_under_a_key_is_answered_as_it_was(program: Program, staff: Membership) -> None:
    report = send(report_of(), by=staff)
    first = program.post("submit_report", report.pk, key="s")
    actions.return_report(
        report.pk, reason="Half is missing.", by=MembershipFactory.create(dese_reviewer=True), at=NOW
    )
    again = program.post("submit_report", report.pk, key="s")
    assert (again.status_code, again.content) == (200, first.content)
    assert "Only a checked report" in refusal(program.post("submit_report", report.pk, key="t"), 409)


def test_a_key_is_not_taken_for_something_else(
    program: Program, staff: Membership, stranger: Program, settings: Settings
) -> None:
    program.send(report_of(), key="k")
    said = refusal(program.send(report_of(WRONG), key="k"), 409)
    assert said.startswith("This Idempotency-Key was used for something else.")
    checked = send(report_of(), by=staff)
    refusal(program.post("submit_report", checked.pk, key="k"), 409)
    checked.refresh_from_db()
    assert (checked.state, in_the_vault(settings)) == (ReportState.CHECKED, 2)
    assert stranger.send(report_of(), key="k").status_code == 202  # of another token
    assert "Idempotency-Key: " in refusal(program.send(report_of(), key="two words"), 422)
    assert "Idempotency-Key: " in refusal(program.send(report_of(), key="k" * 201), 422)
    assert in_the_vault(settings) == 3


def test_a_key_is_kept_for_some_hours(program: Program, settings: Settings) -> None:
    settings.API_KEY_HOURS = 2
    program.send(report_of(), key="k")
    for hours, sent in [(1.9, 1), (2, 2)]:
        with time_machine.travel(NOW + dt.timedelta(hours=hours), tick=False):
            program.send(report_of(), key="k")
        assert ProviderReport.objects.count() == sent
    assert actions.forget_answers(at=NOW + dt.timedelta(hours=3)) == 0
    assert actions.forget_answers(at=NOW + dt.timedelta(hours=4)) == 1
    assert (tasks.forget_answers(), AnsweredRequest.objects.count()) == (0, 0)


def test_what_failed_halfway_is_not_kept_and_may_be_sent_again(
    program: Program, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("E-1001 of Ada Okafor")

    with monkeypatch.context() as patch:
        patch.setattr("coredata.api.reports._json", fails)
        said = refusal(program.send(report_of(), key="k"), 500)
    assert said == "Something went wrong in the portal. Please try again later."
    assert [record.exc_info for record in caplog.records if record.name == "coredata.api.problems"] != []
    assert (ProviderReport.objects.count(), AnsweredRequest.objects.count(), in_the_vault(settings)) == (
        0,
        0,
        0,
    )
    assert program.send(report_of(), key="k").status_code == 202
