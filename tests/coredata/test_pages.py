"""A clerk sends a file, reads what is wrong, sends it again and certifies it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings
from python_calamine import CalamineWorkbook

from coredata import actions, progress, tasks
from coredata.models import Opening, Upload, UploadState
from coredata.store import rows, vault
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import ProblemFactory, StoredCollectionFactory, UploadFactory
from tests.sign_in import sign_in

from .kit import NOW, bad, certify, clerk_of, good, send, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
FILES = "/core-data/"


@pytest.fixture
def client(clerk: Membership) -> Client:
    return sign_in(Client(), clerk)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The files that a worker was asked to check."""
    found: list[int] = []
    monkeypatch.setattr(tasks.check_file, "delay", found.append)
    return found


def page(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"coredata:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_a_sent_file_is_sealed_and_a_worker_is_asked(
    client: Client,
    clerk: Membership,
    asked: list[int],
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    data = good("crs")
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(FILES, {"file": SimpleUploadedFile("october.csv", data)})
    upload = Upload.objects.get()
    assert response["Location"] == reverse("coredata:upload", args=[upload.pk])
    assert asked == [upload.pk]
    assert (upload.name, upload.size, upload.sent_by, upload.state) == (
        "october.csv",
        len(data),
        clerk,
        UploadState.UPLOADED,
    )
    assert vault.opened(upload.stored_as, bytes(upload.key)) == data
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) == 1 and b"Algebra" not in kept[0]

    waiting = page(client, "upload", upload.pk)
    assert "The file is being checked." in waiting and 'hx-trigger="every 2s"' in waiting
    tasks.check_file(upload.pk)
    done = client.get(
        reverse("coredata:upload", args=[upload.pk]), headers={"HX-Request": "true"}
    ).content.decode()
    assert "The file has no errors." in done and "hx-trigger" not in done and "<html" not in done


def test_no_file_and_one_too_large_are_said(
    client: Client, asked: list[int], settings: Settings, tmp_path: Path
) -> None:
    assert "This field is required." in client.post(FILES, {}).content.decode()
    settings.CORE_DATA_MOST_BYTES = 1_000
    response = client.post(FILES, {"file": SimpleUploadedFile("october.csv", b"x" * 1_001)})
    assert "The file is larger than 0 MB" in response.content.decode()
    assert asked == [] and not Upload.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_sending_needs_the_form_of_the_page(clerk: Membership, asked: list[int]) -> None:
    client = sign_in(Client(enforce_csrf_checks=True), clerk)
    response = client.post(FILES, {"file": SimpleUploadedFile("october.csv", good("crs"))})
    assert response.status_code == 403
    assert not Upload.objects.exists()


def test_what_is_wrong_by_rule_and_by_line(client: Client, clerk: Membership) -> None:
    upload = send(bad("V-25"), by=clerk)
    text = page(client, "upload", upload.pk)
    assert "A date is MM/DD/YYYY or YYYY-MM-DD, and there is such a day." in text
    assert "1 good\n".strip() in text and "2 with errors" in text
    assert reverse("coredata:certify", args=[upload.pk]) not in text
    places = page(client, "problems", upload.pk, "V-25")
    assert "“02/30/2011” is no date." in places and "“14.03.2011” is no date." in places
    assert client.get(reverse("coredata:problems", args=[upload.pk, "V-51"])).status_code == 302


def test_the_list_can_be_opened_by_a_spreadsheet(client: Client, clerk: Membership) -> None:
    upload = send(bad("V-18"), by=clerk)
    response = client.get(reverse("coredata:problems_csv", args=[upload.pk]))
    text = response.getvalue().decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(text))
    assert header == ["line", "column", "value", "rule", "severity", "message", "remedy"]
    assert row[:5] == ["4", "LocCourseName", "'=1+1", "V-18", "W"]


def test_the_list_is_a_workbook_too(client: Client, clerk: Membership) -> None:
    upload = send(bad("V-18"), by=clerk)
    data = client.get(reverse("coredata:problems_xlsx", args=[upload.pk])).getvalue()
    cells = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert cells[0] == ["line", "column", "value", "rule", "severity", "message", "remedy"]
    assert cells[1][:5] == ["4", "LocCourseName", "=1+1", "V-18", "W"]


def test_the_file_comes_back_with_what_is_wrong_beside_each_row(client: Client, clerk: Membership) -> None:
    upload = send(bad("V-25"), by=clerk)
    address = reverse("coredata:marked", args=[upload.pk])
    assert address in page(client, "upload", upload.pk)
    text = client.get(address).getvalue().decode("utf-8-sig")
    sent = list(csv.reader(io.StringIO(bad("V-25").decode())))
    back = list(csv.reader(io.StringIO(text)))
    assert back[0] == sent[0] and back[1] == [*sent[1], "Errors"]
    assert [row[:-1] for row in back[1:]] == sent[1:]
    assert back[3][-1] == "V-25 StudentDateOfBirth: “02/30/2011” is no date."
    assert Opening.objects.get().by == clerk
    assert "Taken along as it was sent" in page(client, "upload", upload.pk)
    # What comes back may be sent again: the column of errors is not taken for one of the layout.
    again = send(text.encode(), by=clerk)
    assert set(again.problems.values_list("rule", flat=True)) == {"V-25"}


def test_what_is_wrong_in_the_whole_file_stands_above_the_header(client: Client, clerk: Membership) -> None:
    upload = send(bad("V-05"), by=clerk)
    text = client.get(reverse("coredata:marked", args=[upload.pk])).getvalue().decode("utf-8-sig")
    assert "is not in the layout and was not read." in text.splitlines()[0]
    assert set(send(text.encode(), by=clerk).problems.values_list("rule", flat=True)) == {"V-05"}


def test_bytes_that_are_destroyed_cannot_be_taken_along(client: Client, clerk: Membership) -> None:
    upload = certify(send(bad("V-51"), by=clerk), by=clerk)
    address = reverse("coredata:marked", args=[upload.pk])
    assert address not in page(client, "upload", upload.pk)
    response = client.get(address, follow=True)
    assert "What you sent is destroyed" in response.content.decode()
    assert not Opening.objects.exists()


def test_bytes_that_go_at_this_very_moment(client: Client, clerk: Membership) -> None:
    upload = send(bad("V-51"), by=clerk)
    vault.destroy(upload.stored_as)
    response = client.get(reverse("coredata:marked", args=[upload.pk]), follow=True)
    assert "What you sent is destroyed" in response.content.decode()


def test_a_file_that_is_being_checked_says_how_far_it_is(client: Client, lea: Lea, clerk: Membership) -> None:
    upload = UploadFactory.create(lea=lea, sent_by=clerk)
    progress.begin(upload.pk)
    assert 'class="portal-steps__now" aria-current="step">Read' in page(client, "upload", upload.pk)
    collection = StoredCollectionFactory.create()
    Upload.objects.filter(pk=upload.pk).update(state="parsed", collection=collection, rows_read=30_000)
    text = page(client, "upload", upload.pk)
    assert 'aria-current="step">Checked' in text and 'aria-current="step">Stored<' in text
    assert "30000 rows were read" in text and "with errors" not in text
    progress.note(upload.pk, progress.Progress(is_checked=True, stored=25_000))
    text = page(client, "upload", upload.pk)
    assert 'class="portal-steps__done">Checked' in text and "Stored: 25,000 of 30,000 rows" in text
    progress.begin(upload.pk)
    assert "25,000" not in page(client, "upload", upload.pk)


def test_a_load_tells_how_far_it_is(clerk: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "PIECE", 2)
    told: list[progress.Progress] = []
    monkeypatch.setattr(progress, "note", lambda upload_id, noted: told.append(noted))
    upload = send(good("crs"), by=clerk)
    assert [noted.stored for noted in told] == [2, 4, 6, 6] and upload.rows_read == 6
    assert told[-1].is_checked


def test_the_same_bytes_again_say_so(client: Client, clerk: Membership) -> None:
    first = send(good("crs"), by=clerk, name="monday.csv")
    second = send(good("crs"), by=clerk, name="tuesday.csv")
    assert "byte for byte" not in page(client, "upload", first.pk)
    assert "This is the same file, byte for byte, as monday.csv, sent June 10, 2027" in page(
        client, "upload", second.pk
    )


def test_rules_that_could_not_be_checked_are_named(client: Client, clerk: Membership) -> None:
    upload = send(good("stu"), by=clerk)
    text = page(client, "upload", upload.pk)
    assert "V-63</a> Every row of Student Assignment joins one row" in text
    assert "Course Assignment of the same district and year" in text


def agreed(client: Client, upload: Upload) -> dict[str, str]:
    """What the form to certify sends of somebody who has read it."""
    form = client.get(reverse("coredata:certify", args=[upload.pk])).context["form"]
    return {"name": "Casey Clerk", "is_true": "on", "seen": form.initial["seen"]}


def test_certifying_shows_what_changes(client: Client, clerk: Membership) -> None:
    certify(send(good("crs"), by=clerk), by=clerk)
    text = good("crs").decode().replace(",250,", ",245,", 1)
    upload = send(text.encode(), by=clerk)
    shown = page(client, "certify", upload.pk)
    assert "MinutesPerWeek: 250 → 245" in shown and "AssignNum A1, CourseNum 115844" in shown
    whole = client.get(reverse("coredata:changes_csv", args=[upload.pk])).content.decode("utf-8-sig")
    assert whole.splitlines()[0] == "change,line,row,what_changes" and len(whole.splitlines()) == 2
    address = reverse("coredata:certify", args=[upload.pk])
    assert client.post(address, {"name": "Casey Clerk"}).status_code == 200
    upload.refresh_from_db()
    assert upload.state == UploadState.TRIAL
    response = client.post(address, agreed(client, upload), follow=True)
    assert "file.csv is certified." in response.content.decode()
    upload.refresh_from_db()
    assert (upload.state, upload.certified_name) == (UploadState.CERTIFIED, "Casey Clerk")
    assert upload.statement.startswith("I certify for my district")


def test_what_each_version_changed_is_read_for_good(client: Client, clerk: Membership, lea: Lea) -> None:
    versions = []
    for day, minutes in enumerate((b",250,", b",245,", b",240,")):
        at = NOW + dt.timedelta(days=day)
        versions.append(
            certify(send(good("crs").replace(b",250,", minutes, 1), by=clerk, at=at), by=clerk, at=at)
        )
    trial = send(good("crs").replace(b",250,", b",235,", 1), by=clerk, at=at)
    first, second, third = versions
    address = reverse("coredata:changes", args=[first.pk])
    assert address not in page(client, "upload", first.pk) and client.get(address).status_code == 302
    state_office = sign_in(Client(), MembershipFactory.create(dese_reviewer=True))
    for version, change, before in (
        (second, "MinutesPerWeek: 250 → 245", first),
        (third, "MinutesPerWeek: 245 → 240", second),
        (trial, "MinutesPerWeek: 240 → 235", third),
    ):
        address = reverse("coredata:changes", args=[version.pk])
        assert address in page(client, "upload", version.pk)
        for reader in (client, state_office):
            text = reader.get(address).content.decode()
            assert change in text and reverse("coredata:upload", args=[before.pk]) in text
            whole = reader.get(reverse("coredata:changes_csv", args=[version.pk])).content.decode("utf-8-sig")
            assert change.removeprefix("MinutesPerWeek: ") in whole and len(whole.splitlines()) == 2


def test_a_file_that_says_the_same_as_the_certified_one(client: Client, clerk: Membership) -> None:
    certify(send(good("crs"), by=clerk), by=clerk)
    upload = send(good("crs") + b"\n", by=clerk)
    text = page(client, "certify", upload.pk)
    assert "No row differs." in text and "Every row that differs" not in text


def test_warnings_are_acknowledged_on_the_form(client: Client, clerk: Membership) -> None:
    upload = send(bad("V-51"), by=clerk)
    address = reverse("coredata:certify", args=[upload.pk])
    filled = agreed(client, upload)
    assert "This field is required." in client.post(address, filled).content.decode()
    client.post(address, filled | {"has_seen_warnings": "on"})
    upload.refresh_from_db()
    assert upload.state == UploadState.CERTIFIED


def test_who_has_not_seen_what_changes_is_shown_it(client: Client, clerk: Membership) -> None:
    upload = send(good("crs"), by=clerk)
    filled = agreed(client, upload)
    certify(send(good("crs").replace(b",250,", b",245,"), by=clerk, at=NOW - dt.timedelta(days=1)), by=clerk)
    upload = send(good("crs"), by=clerk)
    address = reverse("coredata:certify", args=[upload.pk])
    for unseen in (filled, filled | {"seen": ""}):
        text = client.post(address, unseen, follow=True).content.decode()
        assert "Since you opened this page" in text and "MinutesPerWeek: 245 → 250" in text
        assert 'value="Casey Clerk"' in text
    upload.refresh_from_db()
    assert upload.state == UploadState.TRIAL
    client.post(address, agreed(client, upload))
    upload.refresh_from_db()
    assert upload.state == UploadState.CERTIFIED


def test_a_trial_is_taken_back_after_a_question(client: Client, clerk: Membership) -> None:
    upload = send(bad("V-51"), by=clerk)
    assert "It is your trial no longer" in page(client, "withdraw", upload.pk)
    text = client.post(reverse("coredata:withdraw", args=[upload.pk]), follow=True).content.decode()
    assert "file.csv is taken back." in text and "Withdrawn" in text and "Certify this file" not in text
    upload.refresh_from_db()
    assert upload.state == UploadState.WITHDRAWN and stored(upload) == []
    assert client.get(reverse("coredata:withdraw", args=[upload.pk])).status_code == 302


def test_a_trial_whose_bytes_are_gone_says_to_send_it_again(client: Client, clerk: Membership) -> None:
    upload = send(good("crs"), by=clerk, at=NOW - dt.timedelta(days=31))
    actions.destroy_old_bytes(at=NOW)
    text = page(client, "upload", upload.pk)
    assert "Send it again and certify that." in text and "Certify this file" not in text
    assert client.get(reverse("coredata:certify", args=[upload.pk])).status_code == 302


def test_student_assignment_first_is_said_on_the_form(client: Client, clerk: Membership) -> None:
    upload = send(good("stu"), by=clerk)
    response = client.post(reverse("coredata:certify", args=[upload.pk]), agreed(client, upload))
    assert "Certify Course Assignment of this school year first" in response.content.decode()


def test_a_certified_file_is_taken_back_after_a_question(client: Client, clerk: Membership) -> None:
    upload = certify(send(good("crs"), by=clerk), by=clerk)
    assert "Take back file.csv?" in page(client, "withdraw", upload.pk)
    client.post(reverse("coredata:withdraw", args=[upload.pk]))
    upload.refresh_from_db()
    assert upload.state == UploadState.WITHDRAWN and len(stored(upload)) == 6


def test_what_is_due_and_how_far_it_is(client: Client, clerk: Membership) -> None:
    text = page(client, "files")
    assert "Student Course Completion, June 2027" in text and "Not certified" in text
    upload = certify(send(good("core").replace(b"Oct1.0", b"Jun1.0"), by=clerk), by=clerk)
    text = page(client, "files")
    assert "Certified" in text and reverse("coredata:upload", args=[upload.pk]) in text


def test_pages_take_the_same_queries_however_long(
    client: Client, clerk: Membership, lea: Lea, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    upload = UploadFactory.create(lea=lea, trial=True, sent_by=clerk)
    ProblemFactory.create(upload=upload)
    client.get(FILES)
    addresses = {
        FILES: 7,
        reverse("coredata:upload", args=[upload.pk]): 9,
        reverse("coredata:problems", args=[upload.pk, "V-51"]): 6,
    }
    for _more in range(2):
        for address, queries in addresses.items():
            with django_assert_num_queries(queries):
                client.get(address)
        ProblemFactory.create_batch(30, upload=upload)
        UploadFactory.create_batch(30, lea=lea, sent_by=clerk)


def test_what_the_files_say_of_a_student(client: Client, clerk: Membership, lea: Lea) -> None:
    certify(send(good("core"), by=clerk, name="core.csv"), by=clerk)
    send(good("stu"), by=clerk, name="students.csv")
    address = reverse("coredata:student")
    text = client.post(address, {"mosis_id": "0000000042"}).content.decode()
    assert text.index("students.csv") < text.index("core.csv") and "115844" in text and "StateID" in text
    assert "EDSSN" not in text
    assert "A MOSIS ID has ten digits" in client.post(address, {"mosis_id": "42"}).content.decode()
    assert (
        "No file has a row of 9999999999."
        in client.post(address, {"mosis_id": "9999999999"}).content.decode()
    )
    other = sign_in(Client(), clerk_of(Lea.objects.get(state_district_id="992102")))
    assert "No file has a row" in other.post(address, {"mosis_id": "0000000042"}).content.decode()


def test_a_file_that_waits_for_long_is_asked_for_again(clerk: Membership, asked: list[int]) -> None:
    upload = actions.receive(
        vault.seal([good("crs")]), name="a.csv", lea_id=clerk.organization_id or 0, by=clerk, at=NOW
    )
    assert tasks.check_waiting() == 0
    with time_machine.travel(NOW + actions.checking.PATIENCE, tick=False):
        assert tasks.check_waiting() == 1
    assert asked == [upload.pk]
