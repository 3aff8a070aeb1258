"""The state office sees how far every district is, reminds those that owe, and moves the days."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from coredata import actions, tasks
from coredata.board import CellState, board, cycles, windows_of
from coredata.models import CollectionWindow, Reminder, Upload
from coredata.store import vault
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers.models import Notice
from tests.days import memorable
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import StoredCollectionFactory, UploadFactory
from tests.factories.directory import LeaFactory
from tests.sign_in import sign_in

from .kit import NOW, clerk_of, good

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 2)  # all of October's files were due
AT = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)
BOARD = "/core-data/state/"


@pytest.fixture(autouse=True)
def _now(_own_media: None) -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def office() -> Membership:
    hat: Membership = MembershipFactory.create(dese_admin=True, lea=None)  # no district beside the three
    return hat


@pytest.fixture
def client(office: Membership) -> Client:
    return sign_in(Client(), office)


def district(name: str, code: str) -> Lea:
    lea: Lea = LeaFactory.create(organization__name=name, state_district_id=code)
    return lea


def file_of(lea: Lea, kind: str, **more: object) -> Upload:
    collection = StoredCollectionFactory.create(kind=kind)
    # Gone since: nobody here gets a mail because a factory needs a sender.
    more["sent_by"] = MembershipFactory.create(data_clerk=True, lea=lea, ended=True)
    upload: Upload = UploadFactory.create(lea=lea, collection=collection, **more)
    return upload


def states(**asked: str) -> dict[str, list[str]]:
    rows = board(windows_of(2027, "Oct"), on=DAY, **asked)
    return {row.lea.state_district_id: [str(cell.state) for cell in row.cells] for row in rows}


@pytest.fixture
def three() -> list[Lea]:
    """Core, courses, students: one district has certified, one has errors and an outdated file, one nothing."""
    ash, birch, cedar = district("Ash", "991101"), district("Birch", "991102"), district("Cedar", "991103")
    file_of(ash, "stu_core", certified=True)
    file_of(ash, "crs_assign", trial=True)
    file_of(ash, "crs_assign", certified=True)
    file_of(birch, "stu_core", trial=True)
    file_of(birch, "crs_assign", trial=True, errors=2, rows_with_errors=1)
    file_of(birch, "stu_assign", certified=True, needs_recheck=True)
    return [ash, birch, cedar]


def test_how_far_each_district_is(three: list[Lea]) -> None:
    assert states() == {
        "991101": ["certified", "certified", "nothing"],
        "991102": ["trial", "errors", "again"],
        "991103": ["nothing", "nothing", "nothing"],
    }


def test_the_board_is_cut_by_state_name_and_code(three: list[Lea]) -> None:
    assert set(states(state="errors")) == {"991102"}
    assert set(states(state="overdue")) == {"991101", "991102", "991103"}
    assert set(states(state=CellState.CERTIFIED)) == {"991101"}
    assert set(states(words="birch")) == {"991102"} == set(states(words="991102"))


def test_a_district_that_closed_before_owes_nothing(three: list[Lea]) -> None:
    Lea.objects.filter(pk=three[2].pk).update(active_to=dt.date(2026, 8, 31))
    assert set(states()) == {"991101", "991102"}


def test_what_has_opened_can_be_looked_at_the_newest_first() -> None:
    assert cycles(DAY)[:2] == [(2027, "Oct"), (2026, "Jun")]


def test_the_page_tells_states_and_totals(client: Client, three: list[Lea]) -> None:
    text = client.get(BOARD).content.decode()
    assert "Ash (991101)" in text and "Trial with errors" in text and "Overdue" in text
    assert "Nothing sent: 2" in text and "Remind the 3 districts that owe a file" in text
    text = client.get(BOARD, {"state": "errors"}).content.decode()
    assert "Birch (991102)" in text and "Ash" not in text
    assert "No district is like this." in client.get(BOARD, {"words": "zebra"}).content.decode()
    assert "Student Course Completion" in client.get(BOARD, {"cycle": "2026-Jun"}).content.decode()


def test_what_the_address_asks_wrongly_is_said(client: Client, three: list[Lea]) -> None:
    text = client.get(BOARD, {"cycle": "1999-Oct", "state": "lost"}).content.decode()
    assert "Select a valid choice." in text and "Ash (991101)" in text


def test_the_list_as_a_file(client: Client, three: list[Lea]) -> None:
    text = client.get(reverse("coredata:board_csv"), {"words": "ash"}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["file"], row["state"], row["is_overdue"]) for row in rows] == [
        ("Student Core, October 2026", "certified", "no"),
        ("Course Assignment, October 2026", "certified", "no"),
        ("Student Assignment, October 2026", "nothing", "yes"),
    ]


def test_the_board_takes_the_same_queries_however_many(
    client: Client, three: list[Lea], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(BOARD)
    for _more in range(2):
        with django_assert_num_queries(14):  # six about the reports of providers
            client.get(BOARD)
        for lea in LeaFactory.create_batch(30):
            file_of(lea, "stu_core", trial=True)


# Reminders ----------------------------------------------------------------------------------------


def test_districts_that_owe_are_reminded_once_a_day(client: Client, three: list[Lea]) -> None:
    ash, birch, cedar = three
    clerk, other = clerk_of(ash), clerk_of(ash)
    coordinator = MembershipFactory.create(coordinator=True, lea=birch)
    address = reverse("coredata:remind")
    text = client.get(address).content.decode()
    assert "Remind 3 districts?" in text and "Ash: Student Assignment, October 2026" in text
    for told in (2, 0):
        text = client.post(address, follow=True).content.decode()
        assert f"{told} districts were reminded." in text
    mails = {notice.user_id: notice for notice in Notice.objects.filter(key__startswith="core-data-owed")}
    assert set(mails) == {clerk.user_id, other.user_id, coordinator.user_id}
    assert "Student Assignment, October 2026, Oct. 31, 2026" in mails[clerk.user_id].body
    assert "Course Assignment" not in mails[clerk.user_id].body
    assert "/core-data/" in mails[clerk.user_id].body
    assert Reminder.objects.filter(lea=ash).count() == 1 and Reminder.objects.filter(lea=birch).count() == 3
    assert not Reminder.objects.filter(lea=cedar).exists()  # nobody there would read it
    assert "Reminded " in client.get(BOARD).content.decode()
    with time_machine.travel(AT + dt.timedelta(days=1), tick=False):
        client = sign_in(Client(), Membership.objects.get(role=Role.DESE_ADMIN))
        assert "2 districts were reminded." in client.post(address, follow=True).content.decode()


def test_only_the_districts_of_the_list_are_reminded(client: Client, three: list[Lea]) -> None:
    clerks = [clerk_of(lea) for lea in three]
    text = client.post(f"{reverse('coredata:remind')}?words=cedar", follow=True).content.decode()
    assert "1 district was reminded." in text
    assert [notice.user_id for notice in Notice.objects.all()] == [clerks[2].user_id]
    response = client.get(f"{reverse('coredata:remind')}?words=cedar", follow=True)
    assert "No district of this list owes a file of which it was not reminded" in response.content.decode()


# Windows ------------------------------------------------------------------------------------------


def test_dese_moves_a_due_day(client: Client) -> None:
    window = CollectionWindow.objects.get(school_year=2027, cycle="Oct", kind="stu_assign")
    assert (
        reverse("coredata:window", args=[window.pk])
        in client.get(reverse("coredata:windows")).content.decode()
    )
    address = reverse("coredata:window", args=[window.pk])
    days = memorable("opens_on", dt.date(2026, 9, 1)) | {"source": "Notice of October 30"}
    wrong = days | memorable("due_on", dt.date(2026, 8, 1))
    assert "A collection opens first" in client.post(address, wrong).content.decode()
    text = client.post(
        address, days | memorable("due_on", dt.date(2026, 11, 9)), follow=True
    ).content.decode()
    assert "The days of Student Assignment, October 2026 are changed." in text
    window.refresh_from_db()
    assert (window.due_on, window.closes_on, window.source) == (
        dt.date(2026, 11, 9),
        None,
        "Notice of October 30",
    )
    assert window.events.count() == 2  # type: ignore[attr-defined]


def test_reviewers_read_the_days(three: list[Lea]) -> None:
    reader = sign_in(Client(), MembershipFactory.create(dese_reviewer=True))
    text = reader.get(reverse("coredata:windows")).content.decode()
    window = CollectionWindow.objects.get(school_year=2027, cycle="Oct", kind="stu_assign")
    assert str(window) in text and reverse("coredata:window", args=[window.pk]) not in text


# A mail when a file took a while ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [(good("core"), "Errors: 0. Warnings:"), (b"%PDF-1.7", "could not be used")],
)
def test_whoever_waited_long_gets_a_mail_once(clerk: Membership, data: bytes, words: str) -> None:
    upload = actions.receive(
        vault.seal([data]), name="a.csv", lea_id=clerk.organization_id or 0, by=clerk, at=NOW
    )
    with time_machine.travel(NOW + dt.timedelta(seconds=31), tick=False):
        for _twice in range(2):
            tasks.check_file(upload.pk)
    notice = Notice.objects.get(key__startswith="core-data-checked")
    assert words in notice.body and reverse("coredata:upload", args=[upload.pk]) in notice.body
    assert notice.user_id == clerk.user_id


def test_whoever_looks_on_gets_none(clerk: Membership) -> None:
    upload = actions.receive(
        vault.seal([good("core")]), name="a.csv", lea_id=clerk.organization_id or 0, by=clerk, at=NOW
    )
    with time_machine.travel(NOW + dt.timedelta(seconds=30), tick=False):
        tasks.check_file(upload.pk)
    assert not Notice.objects.exists()
