"""A collection leaves whole when its time is over, and not a day before."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from coredata import actions
from coredata.models import StoredCollection, StudentCourse, UploadState
from coredata.store import columns
from mocap_portal.foundation.accounts.models import Membership

from .kit import bad, certify, good, send, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
LAST_DAY = dt.datetime(2034, 6, 30, 18, tzinfo=dt.UTC)  # seven years after the school year's end
OVER = LAST_DAY + dt.timedelta(days=1)


def partitions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits ORDER BY 1")
        return [name for (name,) in cursor.fetchall() if name.startswith("coredata_")]


def test_not_before_its_last_day_is_over(clerk: Membership) -> None:
    upload = certify(send(good("crs"), by=clerk), by=clerk)
    with pytest.raises(actions.StillKept):
        actions.remove_collection(upload.collection_id or 0, at=LAST_DAY)
    assert len(stored(upload)) == 6


def test_then_its_rows_leave_and_what_was_certified_stays_known(clerk: Membership) -> None:
    courses = certify(send(good("crs"), by=clerk), by=clerk)
    students = certify(send(good("stu"), by=clerk), by=clerk)
    trial = send(bad("V-51"), by=clerk)
    assert StudentCourse.objects.count() == 4 and trial.problems.exists()
    assert courses.collection and students.collection
    for removed in (6 + trial.rows_read, 0):
        assert actions.remove_collection(courses.collection_id or 0, at=OVER) == removed
    assert columns.partition(courses.collection) not in partitions()
    assert columns.partition(students.collection) in partitions()
    assert not StudentCourse.objects.exists() and not trial.problems.exists()
    courses.refresh_from_db()
    assert (courses.state, courses.certified_name, courses.rows_read) == (
        UploadState.CERTIFIED,
        "Casey Clerk",
        6,
    )
    assert stored(courses) == [] and len(stored(students)) == 6


def test_the_command_lists_first_and_removes_when_told(clerk: Membership) -> None:
    certify(send(good("core"), by=clerk), by=clerk)
    with time_machine.travel(LAST_DAY, tick=False):
        out = io.StringIO()
        call_command("remove_collections", "--yes", stdout=out)
        assert out.getvalue() == "No collection is over.\n"
    with time_machine.travel(OVER, tick=False):
        for arguments, removed in ([], None), (["--yes"], 2):
            out = io.StringIO()
            call_command("remove_collections", *arguments, json=True, stdout=out)
            (found,) = json.loads(out.getvalue())["collections"]
            assert (found["collection"], found["keep_until"]) == ("2027Oct1.0StuCore", "2034-06-30")
            assert found["rows_removed"] == removed and "RSMo 161.670" in found["purpose"]
    assert StoredCollection.objects.get().removed_at == OVER
