"""Workers that are killed, connections that break, tasks and files that come twice: a trial is whole or absent.

Real workers on the real broker, real locks: a test holds a lock that the worker meets at the point in question.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coredata import actions, tasks
from coredata.actions.certifying import what_changes
from coredata.models import Problem, Upload, UploadState
from coredata.store import vault
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from tests.sign_in import sign_in
from tests.test_exactly_once import at_once, how_many_wait, told
from tests.worker import Worker, eventually

from .kit import STATEMENT, clerk_of, good, stored

pytestmark = pytest.mark.django_db(transaction=True)
WRONG = good("core").replace(b"2011", b"2031", 1)  # one row with a problem
Start = Callable[[], Worker]


def arrived(clerk: Membership, data: bytes, name: str = "file.csv") -> Upload:
    assert clerk.organization_id is not None
    sealed = vault.seal([data])
    return actions.receive(sealed, name=name, lea_id=clerk.organization_id, by=clerk, at=timezone.now())


def checked(clerk: Membership, data: bytes) -> Upload:
    return actions.check_upload(arrived(clerk, data).pk, at=timezone.now())


def state_of(upload: Upload) -> str:
    return Upload.objects.values_list("state", flat=True).get(pk=upload.pk)


@contextmanager
def problems_locked() -> Iterator[None]:
    """Whoever loads a file stops here: its rows are in, its problems are not, nothing is committed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE coredata_problem IN ACCESS EXCLUSIVE MODE")
        yield


def page_of(clerk: Membership, upload: Upload) -> str:
    return sign_in(Client(), clerk).get(reverse("coredata:upload", args=[upload.pk])).content.decode()


def test_a_worker_killed_while_it_stores_leaves_the_trial_before(
    clerk: Membership, start_worker: Start
) -> None:
    before = checked(clerk, good("core"))
    upload = arrived(clerk, WRONG)
    worker = start_worker()
    with problems_locked():
        tasks.check_file.delay(upload.pk)
        eventually(lambda: how_many_wait() == 1)
        worker.end(signal.SIGKILL)
    eventually(lambda: how_many_wait() == 0)
    assert (state_of(before), state_of(upload)) == (UploadState.TRIAL, UploadState.PARSED)
    assert len(stored(before)) == before.rows_read and stored(upload) == []
    assert not Problem.objects.filter(upload=upload).exists()
    assert "The file is being checked." in page_of(clerk, upload)
    # Asked for again, as the portal does by itself after some minutes.
    Upload.objects.filter(pk=upload.pk).update(sent_at=timezone.now() - actions.checking.PATIENCE)
    start_worker()
    tasks.check_waiting()
    eventually(lambda: state_of(upload) == UploadState.TRIAL)
    assert state_of(before) == UploadState.REPLACED and stored(before) == []
    upload.refresh_from_db()
    assert len(stored(upload)) == upload.rows_read
    assert "What is wrong" in page_of(clerk, upload)


def test_a_connection_that_breaks_leaves_nothing_half_stored(clerk: Membership, start_worker: Start) -> None:
    upload = arrived(clerk, WRONG)
    start_worker()
    with problems_locked(), connection.cursor() as cursor:
        tasks.check_file.delay(upload.pk)
        eventually(lambda: how_many_wait() == 1)
        # As a database does that is shut down: the connection ends in the middle of the transaction.
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        eventually(lambda: how_many_wait() == 0)
    assert state_of(upload) == UploadState.PARSED and stored(upload) == []
    tasks.check_file.delay(upload.pk)
    eventually(lambda: state_of(upload) == UploadState.TRIAL)
    upload.refresh_from_db()
    assert len(stored(upload)) == upload.rows_read


def test_a_task_that_is_delivered_twice_stores_once(lea: Lea, clerk: Membership) -> None:
    upload = arrived(clerk, good("core"))
    answers = at_once(lea, *[lambda: actions.check_upload(upload.pk, at=timezone.now())] * 2)
    assert [answer.state for answer in answers] == [UploadState.TRIAL] * 2
    assert [row["line"] for row in stored(upload)] == [2, 3]


def test_of_two_files_at_once_the_later_one_is_the_trial(lea: Lea, clerk: Membership) -> None:
    earlier, later = arrived(clerk, good("core")), arrived(clerk, WRONG)
    at_once(
        lea,
        lambda: actions.check_upload(later.pk, at=timezone.now()),
        lambda: actions.check_upload(earlier.pk, at=timezone.now()),
    )
    assert (state_of(earlier), state_of(later)) == (UploadState.REPLACED, UploadState.TRIAL)
    later.refresh_from_db()
    assert stored(earlier) == [] and len(stored(later)) == later.rows_read


def test_files_of_two_districts_are_loaded_at_the_same_time(clerk: Membership) -> None:
    """The first file of a collection makes its tables; whoever finds them made waits for nobody."""
    neighbor = clerk_of(Lea.objects.get(state_district_id="992102"))
    checked(clerk, good("core"))
    first, second = (
        arrived(clerk, good("core")),
        arrived(neighbor, good("core").replace(b"991101", b"992102")),
    )

    def load() -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            return actions.check_upload(second.pk, at=timezone.now()).state
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(max_workers=1) as elsewhere:
        actions.check_upload(first.pk, at=timezone.now())  # through when the block ends, and not before
        assert elsewhere.submit(load).result() == UploadState.TRIAL
    assert state_of(first) == UploadState.TRIAL


def test_certifying_and_a_new_trial_at_once_are_one_after_the_other(lea: Lea, clerk: Membership) -> None:
    trial, new = checked(clerk, good("core")), arrived(clerk, good("core"))

    def certify() -> Upload | actions.NotATrial:
        try:
            return actions.certify(
                trial.pk,
                by=clerk,
                at=timezone.now(),
                name="Casey Clerk",
                statement=STATEMENT,
                acknowledges_warnings=True,
            )
        except actions.NotATrial as refusal:  # the new trial was quicker
            return refusal

    certified, _checked = at_once(lea, certify, lambda: actions.check_upload(new.pk, at=timezone.now()))
    assert state_of(new) == UploadState.TRIAL and len(stored(new)) == 2
    if isinstance(certified, Upload):
        assert state_of(trial) == UploadState.CERTIFIED and len(stored(trial)) == 2
    else:
        assert state_of(trial) == UploadState.REPLACED and stored(trial) == []


def test_certified_twice_at_once_it_is_certified_once(lea: Lea, clerk: Membership) -> None:
    trial = checked(clerk, good("core"))
    address = reverse("coredata:certify", args=[trial.pk])
    clients = [sign_in(Client(), clerk) for _twice in range(2)]
    seen = what_changes(trial, None)
    signed = {"name": "Casey Clerk", "is_true": "on", "has_seen_warnings": "on", "seen": seen}
    answers = at_once(lea, *(partial(client.post, address, signed) for client in clients))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert told(answers) == [
        "Only a trial can be certified. Reload the page to see what became of this file.",
        "file.csv is certified.",
    ]
    trial.refresh_from_db()
    assert trial.state == UploadState.CERTIFIED and len(stored(trial)) == 2
