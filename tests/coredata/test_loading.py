"""A file becomes the district's trial, whole or not at all, and a certified version that never changes."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from coredata import actions
from coredata.actions.certifying import what_changes
from coredata.checks import ask_ahead
from coredata.judging import Ready, read_files
from coredata.models import CollectionWindow, HashKey, Problem, StoredCollection, Upload, UploadState
from coredata.progress import Progress, progress_of
from coredata.store import columns, rows, vault
from coredata.store.lookup import of_student
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea

from .kit import FILES, NOW, bad, certify, clerk_of, good, send, stored

pytestmark = pytest.mark.django_db
UNKNOWN_COLLECTION = (
    "No row names a collection that the portal knows: CollectionVersion is “%s”. "
    "It is written as in 2027Oct1.0CrsAssign."
)
SECRETS = ("900112233", "Zebulon", "Quagmire")  # an educator's number and name, values of dropped columns


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def vaulted(settings: Settings, tmp_path: Path) -> Callable[[], list[str]]:
    """The names in the vault, which is this test's own."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return lambda: sorted(path.name for path in (tmp_path / "media" / vault.FOLDER).glob("*"))


Vaulted = Callable[[], list[str]]


def rules_of(upload: Upload) -> list[tuple[int | None, str]]:
    return list(upload.problems.order_by("line", "rule").values_list("line", "rule"))


# A trial ------------------------------------------------------------------------------------------


def test_a_good_file_is_a_trial_with_typed_rows(clerk: Membership) -> None:
    upload = send(good("crs"), by=clerk)
    assert (upload.state, upload.rows_read, upload.rows_good, upload.errors) == (UploadState.TRIAL, 6, 6, 0)
    assert upload.collection is not None and str(upload.collection) == "2027Oct1.0CrsAssign"
    first = stored(upload)[0]
    assert first | {"educator": "", "collection_id": 0} == {
        "collection_id": 0,
        "upload_id": upload.pk,
        "line": 2,
        "district_code": "991101",
        "school_code": "1050",
        "educator": "",
        "position_code": "60",
        "cte_program_type": None,
        "assignment_number": "A1",
        "local_course_number": "M1",
        "local_course_name": "Algebra I",
        "course_code": "115844",
        "sequence": None,
        "course_grade_level": None,
        "semester": "S1",
        "program_code": None,
        "delivery_system": None,
        "minutes_per_week": 250,
        "units_of_credit": Decimal("0.5"),
        "receiving_district_code": None,
        "sending_district_code": None,
        "sending_school_code": None,
        "virtual_instruction": None,
    }
    assert len(first["educator"]) == 32


def test_a_row_with_an_error_is_kept_without_its_bad_value(clerk: Membership) -> None:
    upload = send(bad("V-25"), by=clerk)
    assert (upload.rows_read, upload.rows_good, upload.rows_with_errors) == (3, 1, 2)
    assert [(row["line"], row["birth_date"]) for row in stored(upload)] == [
        (3, dt.date(2011, 3, 14)),
        (4, None),
        (5, None),
    ]
    assert rules_of(upload) == [(4, "V-25"), (5, "V-25")]


def test_a_row_that_does_not_fit_is_counted_and_kept_empty(clerk: Membership) -> None:
    upload = send(bad("V-08"), by=clerk)
    assert (upload.rows_read, upload.rows_good, upload.rows_with_errors) == (2, 1, 1)
    kept = stored(upload)
    assert [(row["line"], row["mosis_id"]) for row in kept] == [(3, "0000000042"), (4, None)]


def test_zeros_come_back_and_grades_have_one_form(clerk: Membership) -> None:
    upload = send(bad("V-23"), by=clerk)
    assert [row["mosis_id"] for row in stored(upload)] == ["0000000042", "0000000043"]


def test_what_is_no_file_of_theirs_is_refused_and_nothing_stays(
    clerk: Membership,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    vaulted: Vaulted,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        upload = send(b"%PDF-1.7", by=clerk)
    assert upload.state == UploadState.REFUSED
    assert upload.refusal == "The file is a PDF document. Send the table itself, as CSV or XLSX."
    assert (bytes(upload.key), upload.destroyed_at, vaulted()) == (b"", NOW, [])
    assert not Problem.objects.exists() and not StoredCollection.objects.exists()


def test_a_later_trial_replaces_the_earlier_one_whole(
    clerk: Membership,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    vaulted: Vaulted,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = send(bad("V-25"), by=clerk)
        second = send(good("stu"), by=clerk)
    first.refresh_from_db()
    assert (first.state, first.ended_at) == (UploadState.REPLACED, NOW)
    assert stored(first) == [] and rules_of(first) == []
    assert len(stored(second)) == 6
    assert vaulted() == [second.stored_as]


def test_files_are_judged_beside_what_the_district_has(clerk: Membership) -> None:
    send(good("crs"), by=clerk)
    upload = send((FILES / "bad" / "V-63" / "stu.csv").read_bytes(), by=clerk)
    assert rules_of(upload) == [(4, "V-63")]


def test_a_kept_file_beside_another_finds_what_both_files_together_do(clerk: Membership) -> None:
    """Rows that went through the database say the same as rows that were just read."""
    folder = FILES / "bad" / "V-75"
    for kind in ("crs", "stu"):
        send((folder / f"{kind}.csv").read_bytes(), by=clerk)
    upload = send((folder / "jun.csv").read_bytes(), by=clerk)
    assert rules_of(upload) == [(4, "V-75"), (None, "V-17")]


# Twice, killed, at once ---------------------------------------------------------------------------


def test_checking_twice_is_checking_once(clerk: Membership) -> None:
    upload = send(bad("V-25"), by=clerk)
    before = stored(upload), rules_of(upload)
    actions.check_upload(upload.pk, at=NOW + dt.timedelta(minutes=1))
    upload.refresh_from_db()
    assert (stored(upload), rules_of(upload)) == before
    assert upload.judged_at == NOW


def test_what_was_sent_later_counts_whichever_is_checked_first(clerk: Membership, vaulted: Vaulted) -> None:
    first, second = (
        actions.receive(vault.seal([data]), name=name, lea_id=clerk.organization_id or 0, by=clerk, at=NOW)
        for name, data in (("first.csv", bad("V-25")), ("second.csv", good("stu")))
    )
    second = actions.check_upload(second.pk, at=NOW)
    first = actions.check_upload(first.pk, at=NOW)
    assert (first.state, second.state) == (UploadState.REPLACED, UploadState.TRIAL)
    assert stored(first) == [] and len(stored(second)) == 6


def test_a_file_that_is_read_says_what_it_is_while_it_is_checked(
    clerk: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str, int]] = []

    def look(*args: Any, **options: Any) -> None:
        row = Upload.objects.get()
        seen.append((row.state, str(row.collection), row.rows_read))

    monkeypatch.setattr(rows, "keep", look)
    send(good("crs"), by=clerk)
    assert seen == [("parsed", "2027Oct1.0CrsAssign", 6)]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (
            good("crs").replace(b"2027", b"2051"),
            "The portal has no school year that ends in 2051. Correct CollectionVersion and export the file again.",
        ),
        (
            good("crs").replace(b"2027Oct1.0CrsAssign", b"x" * 900),
            UNKNOWN_COLLECTION % ("x" * 60),
        ),
    ],
    ids=["no such year", "no such collection"],
)
def test_a_collection_that_cannot_be_kept_is_refused(clerk: Membership, data: bytes, refusal: str) -> None:
    upload = send(data, by=clerk)
    assert (upload.state, upload.refusal) == (UploadState.REFUSED, refusal)


def test_a_header_may_hold_anything(clerk: Membership) -> None:
    header, *rest = good("crs").decode().splitlines()
    longer = "\n".join([f"{header},{'Extra' * 100}", *(f"{line},1" for line in rest)])
    upload = send(longer.encode(), by=clerk)
    assert rules_of(upload) == [(None, "V-05")]


@pytest.mark.parametrize("step", ["keep", "copy_rows"])
def test_a_worker_that_is_killed_leaves_the_trial_before(
    clerk: Membership, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = send(good("stu"), by=clerk)

    class Killed(BaseException):
        pass

    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    second = actions.receive(
        vault.seal([bad("V-25")]), name="second.csv", lea_id=clerk.organization_id or 0, by=clerk, at=NOW
    )
    with monkeypatch.context() as patched:
        patched.setattr(rows, step, die)
        with pytest.raises(Killed), transaction.atomic():
            actions.check_upload(second.pk, at=NOW)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (UploadState.TRIAL, UploadState.UPLOADED)
    assert len(stored(first)) == 6

    second = actions.check_upload(second.pk, at=NOW)
    assert second.state == UploadState.TRIAL and len(stored(second)) == 3


# Certified ----------------------------------------------------------------------------------------


def test_certifying_names_who_and_destroys_the_bytes(
    clerk: Membership,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    vaulted: Vaulted,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        upload = certify(send(good("crs"), by=clerk), by=clerk)
    assert upload.state == UploadState.CERTIFIED
    assert (upload.certified_by, upload.certified_at, upload.certified_name) == (clerk, NOW, "Casey Clerk")
    assert (bytes(upload.key), upload.destroyed_at, vaulted()) == (b"", NOW, [])


@pytest.mark.rule("V-14")
def test_an_error_blocks(clerk: Membership) -> None:
    upload = send(bad("V-25"), by=clerk)
    with pytest.raises(actions.HasErrors):
        certify(upload, by=clerk)
    with pytest.raises(DatabaseError, match="a_certified_file_has_no_errors"), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(
            state=UploadState.CERTIFIED, certified_at=NOW, certified_by=clerk, certified_name="Casey"
        )


def test_warnings_have_to_be_seen(clerk: Membership) -> None:
    upload = send(bad("V-51"), by=clerk)
    with pytest.raises(actions.WarningsNotAcknowledged):
        actions.certify(upload.pk, by=clerk, at=NOW, name="Casey", statement="", acknowledges_warnings=False)
    assert certify(upload, by=clerk).acknowledged_at == NOW


@pytest.mark.rule("V-15", "V-16")
def test_student_assignment_comes_after_course_assignment(clerk: Membership) -> None:
    courses, students = send(good("crs"), by=clerk), send(good("stu"), by=clerk)
    with pytest.raises(actions.CourseAssignmentFirst):
        certify(students, by=clerk)
    certify(courses, by=clerk)
    students = certify(students, by=clerk)
    assert not students.needs_recheck

    certify(send(good("crs"), by=clerk, at=NOW + dt.timedelta(hours=1)), by=clerk)
    students.refresh_from_db()
    assert students.needs_recheck


@pytest.mark.rule("V-12", "V-13")
def test_a_file_is_held_against_the_one_certified_last(clerk: Membership) -> None:
    certify(send(good("core"), by=clerk), by=clerk)
    assert rules_of(send(good("core"), by=clerk)) == [(None, "V-12")]
    header, first, second = good("core").decode().splitlines()
    three = [first, second, first.replace("0000000042", "0000000077").replace("Ann", "Bea")]
    assert rules_of(send("\n".join([header, *three]).encode(), by=clerk)) == [(None, "V-13")]


@pytest.mark.rule("V-17")
def test_june_before_october_is_a_warning(clerk: Membership) -> None:
    assert rules_of(send(good("jun"), by=clerk)) == [(None, "V-17")]
    certify(send(good("crs"), by=clerk), by=clerk)
    certify(send(good("stu"), by=clerk), by=clerk)
    assert rules_of(send(good("jun"), by=clerk)) == []


def test_a_new_version_supersedes_the_last_and_both_keep_their_rows(clerk: Membership) -> None:
    first = certify(send(good("crs"), by=clerk), by=clerk)
    second = certify(send(good("crs"), by=clerk), by=clerk, at=NOW + dt.timedelta(hours=1))
    first.refresh_from_db()
    assert (first.state, second.state) == (UploadState.SUPERSEDED, UploadState.CERTIFIED)
    assert len(stored(first)) == len(stored(second)) == 6


@pytest.mark.rule("V-15")
def test_students_are_certified_with_the_courses_they_were_checked_with(clerk: Membership) -> None:
    """A newer Course Assignment stands as a trial: the students' rows were joined to that, not to the certified one."""
    certify(send(good("crs"), by=clerk), by=clerk)
    certify(send(good("stu"), by=clerk), by=clerk)
    courses = send(good("crs").replace(b",A2,", b",A9,"), by=clerk)
    students = send(good("stu").replace(b",A2,", b",A9,"), by=clerk)
    assert students.errors == 0
    with pytest.raises(actions.CourseAssignmentWaits):
        certify(students, by=clerk)
    certify(courses, by=clerk)
    assert certify(students, by=clerk).state == UploadState.CERTIFIED


@pytest.mark.rule("V-15")
def test_a_trial_that_was_a_mistake_is_taken_back(clerk: Membership) -> None:
    certify(send(good("crs"), by=clerk), by=clerk)
    mistake = send(good("crs").replace(b",A2,", b",A9,"), by=clerk)
    students = send(good("stu").replace(b",A2,", b",A9,"), by=clerk)
    windows = CollectionWindow.objects.filter(school_year=2027, cycle="Oct", kind="crs_assign")
    windows.update(closes_on=dt.date(2027, 6, 9))
    mistake = actions.withdraw(mistake.pk, by=clerk, at=NOW)
    assert (mistake.state, mistake.ended_at, mistake.destroyed_at) == (UploadState.WITHDRAWN, NOW, NOW)
    assert stored(mistake) == [] and mistake.key == b""
    with pytest.raises(actions.NotCertified):
        actions.withdraw(mistake.pk, by=clerk, at=NOW)
    assert actions.check_again(students.pk, at=NOW).errors > 0
    with pytest.raises(actions.HasErrors):
        certify(students, by=clerk)


def test_what_cannot_be_checked_again_is_not_certified(clerk: Membership) -> None:
    upload = send(good("crs"), by=clerk)
    later = NOW + dt.timedelta(days=30)
    assert actions.destroy_old_bytes(at=later) == 1
    with pytest.raises(actions.CannotBeCheckedAgain):
        certify(upload, by=clerk, at=later)
    upload.refresh_from_db()
    assert upload.state == UploadState.TRIAL and len(stored(upload)) == 6


def test_what_changed_since_it_was_looked_at_is_looked_at_again(clerk: Membership) -> None:
    def seen() -> str:
        before = Upload.objects.filter(state=UploadState.CERTIFIED, lea=upload.lea_id).first()
        return what_changes(upload, before)

    def certify_as(seen: str) -> Upload:
        return actions.certify(
            upload.pk, by=clerk, at=NOW, name="C", statement="S", acknowledges_warnings=True, seen=seen
        )

    upload = send(good("core"), by=clerk)
    first = seen()
    upload = actions.check_again(upload.pk, at=NOW + dt.timedelta(minutes=1))
    with pytest.raises(actions.ChangedMeanwhile):
        certify_as(first)
    assert certify_as(seen()).state == UploadState.CERTIFIED

    upload = send(good("core"), by=clerk, at=NOW + dt.timedelta(minutes=2))
    against_first = seen()
    Upload.objects.filter(state=UploadState.CERTIFIED).update(state=UploadState.WITHDRAWN)
    with pytest.raises(actions.ChangedMeanwhile):
        certify_as(against_first)


def test_certifying_twice_is_refused(clerk: Membership) -> None:
    upload = certify(send(good("crs"), by=clerk), by=clerk)
    with pytest.raises(actions.NotATrial):
        certify(upload, by=clerk)


def test_a_certified_file_can_be_taken_back_inside_its_window(clerk: Membership) -> None:
    upload = certify(send(good("crs"), by=clerk), by=clerk)
    windows = CollectionWindow.objects.filter(school_year=2027, cycle="Oct", kind="crs_assign")
    windows.update(closes_on=dt.date(2027, 6, 9))
    with pytest.raises(actions.WindowIsClosed):
        actions.withdraw(upload.pk, by=clerk, at=NOW)
    windows.update(closes_on=None)
    upload = actions.withdraw(upload.pk, by=clerk, at=NOW)
    assert (upload.state, upload.ended_at) == (UploadState.WITHDRAWN, NOW)
    with pytest.raises(actions.NotCertified):
        actions.withdraw(upload.pk, by=clerk, at=NOW)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {} SET program_code = '50'",
        "DELETE FROM {}",
        "INSERT INTO {} SELECT * FROM {}",
        "TRUNCATE {}",
    ],
    ids=["update", "delete", "insert", "truncate"],
)
@pytest.mark.parametrize("part", ["table", "partition", "shelf"])
def test_the_database_refuses_to_change_certified_rows(clerk: Membership, change: str, part: str) -> None:
    upload = certify(send(good("crs"), by=clerk), by=clerk)
    assert upload.collection is not None
    name = "coredata_crs_assign" if part == "table" else columns.partition(upload.collection)
    if part == "shelf":
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT DISTINCT tableoid::regclass::text FROM "{name}"')
            ((name,),) = cursor.fetchall()
        assert name.rpartition("_")[2] in map(str, range(columns.SHELVES))
    statement = change.replace("{}", f'"{name}"')
    with (
        pytest.raises(DatabaseError, match=r"never change|leave with|none is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert len(stored(upload)) == 6


def test_a_collection_from_before_there_were_shelves_is_used_as_it_is(
    clerk: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(columns, "SHELVES", 0)
        first = send(good("stu"), by=clerk)
    second = send(good("stu").replace(b"0000000042", b"0000000077"), by=clerk)
    assert stored(first) == [] and len(stored(second)) == 6
    (said,) = of_student("0000000077", Upload.objects.visible_to(clerk))
    assert said.upload == second and len(said.rows) == 5


# Privacy ------------------------------------------------------------------------------------------


def with_secrets() -> bytes:
    """A file whose dropped and hashed columns hold values that would be known again anywhere."""
    text = (
        good("stu").decode().replace("500112222", SECRETS[0]).replace(",F,W,", f",{SECRETS[1]},{SECRETS[2]},")
    )
    assert all(secret in text for secret in SECRETS)
    return text.encode()


def everything_stored() -> str:
    """Every row of every table as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(f'SELECT row_to_json(kept)::text FROM "{table}" AS kept')
            found += [text for (text,) in cursor.fetchall()]
    return "\n".join(found)


@pytest.mark.rule("V-42")
def test_what_is_hashed_or_dropped_stands_nowhere(
    clerk: Membership, caplog: pytest.LogCaptureFixture, mailoutbox: list[Any], tmp_path: Path
) -> None:
    upload = send(with_secrets(), by=clerk)
    assert upload.state == UploadState.TRIAL and len(stored(upload)) == 6
    places = [everything_stored(), caplog.text, *(mail.body for mail in mailoutbox)]
    places += [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    assert [secret for secret in SECRETS for place in places if secret in place] == []
    assert vault.opened(upload.stored_as, bytes(upload.key)) == with_secrets()


def test_a_school_year_has_a_key_of_its_own(clerk: Membership) -> None:
    send(good("crs"), by=clerk)
    (key,) = HashKey.objects.all()
    assert key.school_year_id == 2027
    assert vault.unwrap(bytes(key.encrypted)) not in bytes(key.encrypted)


def test_bytes_are_destroyed_after_thirty_days(
    clerk: Membership,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    vaulted: Vaulted,
) -> None:
    upload = send(good("crs"), by=clerk)
    almost = NOW + dt.timedelta(days=30) - dt.timedelta(seconds=1)
    assert actions.destroy_old_bytes(at=almost) == 0 and len(vaulted()) == 1
    for _again in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            actions.destroy_old_bytes(at=NOW + dt.timedelta(days=30))
    upload.refresh_from_db()
    assert (bytes(upload.key), vaulted()) == (b"", [])
    assert upload.state == UploadState.TRIAL and len(stored(upload)) == 6


def test_a_new_secret_key_takes_over(clerk: Membership, settings: Settings) -> None:
    upload = send(good("crs"), by=clerk)
    before = stored(upload)[0]["educator"]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another secret key for the portal",
    )
    call_command("reencrypt_core_data", stdout=io.StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    upload.refresh_from_db()
    assert vault.opened(upload.stored_as, bytes(upload.key)) == good("crs")
    assert stored(send(good("crs"), by=clerk))[0]["educator"] == before


# The command --------------------------------------------------------------------------------------


def load(
    *names: str, clerk: Membership, exits: int | None = None, more: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    out = io.StringIO()
    paths = [str(FILES / "good" / "one_district" / f"{name}.csv") for name in names]
    arguments = [*paths, "--district", "991101", "--by", clerk.user.email, "--json", *more]
    if exits is None:
        call_command("load_file", *arguments, stdout=out, stderr=io.StringIO())
    else:
        with pytest.raises(SystemExit) as end:
            call_command("load_file", *arguments, stdout=out, stderr=io.StringIO())
        assert end.value.code == exits
    files: list[dict[str, Any]] = json.loads(out.getvalue())["files"]
    return files


def test_the_command_loads_and_certifies_in_the_right_order(clerk: Membership) -> None:
    files = load("stu", "crs", clerk=clerk, more=("--certify",))
    assert [file.pop("seconds") >= 0 for file in files] == [True, True]
    uploads = {upload.name: upload.pk for upload in Upload.objects.all()}
    assert files == [
        {
            "file": f"{name}.csv",
            "upload": uploads[f"{name}.csv"],
            "state": "certified",
            "rows_read": 6,
            "rows_good": 6,
            "rows_with_warnings": 0,
            "rows_with_errors": 0,
        }
        for name in ("stu", "crs")
    ]


def test_the_command_says_when_it_may_not_certify(clerk: Membership) -> None:
    (file,) = load("stu", clerk=clerk, more=("--certify",), exits=1)
    assert file["state"] == "trial"


def test_the_command_asks_who_sends_whose_file(clerk: Membership) -> None:
    stranger = clerk_of(Lea.objects.get(state_district_id="992102"))
    with pytest.raises(SystemExit) as end:
        load("crs", clerk=stranger)
    assert end.value.code == 64
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", ["crs", "stu", "core", "jun"])
def test_rows_are_compared_without_a_question_to_the_database(
    clerk: Membership, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """It happens in another thread, while the connection takes the rows in."""
    names = ["crs", "stu", "core", "jun"]
    files = [(f"{kind}.csv", good(kind)) for kind in names]
    read = read_files(files, district_code="991101", on=NOW.date(), key_of=actions.checking.hash_key)
    ready = read[names.index(name)]
    assert isinstance(ready, Ready)
    found = ready.judge_rows()
    ask_ahead(ready.case)
    with django_assert_num_queries(0):
        judgement = ready.judge_rest(found)
    assert judgement.rows_read == judgement.rows_good


def test_a_failure_of_comparing_leaves_nothing(clerk: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError

    upload = actions.receive(
        vault.seal([good("crs")]), name="a.csv", lea_id=clerk.organization_id or 0, by=clerk, at=NOW
    )
    with monkeypatch.context() as broken:
        broken.setattr(Ready, "judge_rest", fail)
        with pytest.raises(RuntimeError):
            actions.check_upload(upload.pk, at=NOW)
    assert stored(upload) == [] and upload.state == UploadState.PARSED
    assert actions.check_upload(upload.pk, at=NOW).state == UploadState.TRIAL
    assert len(stored(upload)) == 6


def test_without_a_cache_a_file_is_loaded_all_the_same(clerk: Membership, settings: Settings) -> None:
    nowhere = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}
    upload = send(good("crs"), by=clerk)
    assert upload.state == UploadState.TRIAL and len(stored(upload)) == 6
    assert progress_of(upload.pk) == Progress(is_checked=False, stored=0)


def test_a_trial_whose_bytes_go_meanwhile_is_not_checked_again(clerk: Membership) -> None:
    upload = send(bad("V-51"), by=clerk)
    vault.destroy(upload.stored_as)
    assert actions.check_again(upload.pk, at=NOW).state == UploadState.TRIAL
    assert rules_of(upload) == [(4, "V-51")]


def test_a_student_is_found_across_collections(clerk: Membership) -> None:
    other = clerk_of(Lea.objects.get(state_district_id="992102"))
    core = certify(send(good("core"), by=clerk), by=clerk)
    send(good("crs"), by=clerk)
    students = send(good("stu"), by=clerk, at=NOW + dt.timedelta(hours=1))
    found = of_student("0000000042", Upload.objects.visible_to(clerk))
    assert [(said.upload, [row["line"] for row in said.rows]) for said in found] == [
        (students, [2, 3, 4, 5, 6]),
        (core, [2]),
    ]
    assert found[0].rows[0]["course_code"] == "115844" and found[1].rows[0]["last_name"] == "Roe"
    assert of_student("0000000042", Upload.objects.visible_to(other)) == []
    assert of_student("1234567890", Upload.objects.all()) == []
    # What was replaced is not found, nor what was taken back.
    send(good("stu").replace(b"0000000042", b"0000000077"), by=clerk, at=NOW + dt.timedelta(hours=2))
    actions.withdraw(core.pk, by=clerk, at=NOW)
    assert of_student("0000000042", Upload.objects.all()) == []
