"""A set of codes comes as a file: looked at first, then changed, all or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mocap_portal.foundation.directory import actions as directory
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from tests.days import memorable
from tests.factories.accounts import MembershipFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
TODAY, FIRST = dt.date(2026, 11, 20), dt.date(2027, 7, 1)
OLD = b"code,label\n100001,Algebra I\n100002,Algebra II\n100003,Latin\n"
NEW = "\ufeffLabel,Code,Meaning\nAlgebra One,100001,\nAlgebra II,100002,\n“Café” French,100004,New\n".encode()


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def client() -> Client:
    return sign_in(Client(), MembershipFactory.create(dese_admin=True))


def change(data: bytes, *, on: dt.date = FIRST, is_whole: bool = True) -> directory.CodePlan:
    rows, errors = directory.read_codes(data, CodeSet.STATE_COURSE)
    assert errors == []
    return directory.change_codes(
        CodeSet.STATE_COURSE, rows, valid_from=on, source="Exhibit 10", is_whole=is_whole, today=TODAY
    )


def codes(on: dt.date) -> dict[str, str]:
    return dict(CodeMeaning.objects.of(CodeSet.STATE_COURSE, on=on).values_list("code", "label"))


def test_new_changed_and_ended_codes_from_a_day_on() -> None:
    change(OLD, on=dt.date(2025, 7, 1))
    plan = change(NEW)
    assert [row.code for row in plan.added] == ["100004"]
    assert [(old.label, row.label) for old, row in plan.changed] == [("Algebra I", "Algebra One")]
    assert [old.code for old in plan.ended] == ["100003"] and plan.unchanged == 1
    day_before = FIRST - dt.timedelta(days=1)
    assert codes(day_before) == {"100001": "Algebra I", "100002": "Algebra II", "100003": "Latin"}
    assert codes(FIRST) == {"100001": "Algebra One", "100002": "Algebra II", "100004": "“Café” French"}
    assert not change(NEW, on=FIRST + dt.timedelta(days=1))  # the same file again changes nothing


def test_a_part_of_a_set_ends_nothing_and_a_code_may_come_back() -> None:
    change(OLD, on=dt.date(2025, 7, 1))
    change(NEW)
    change(OLD, on=dt.date(2028, 7, 1), is_whole=False)
    assert codes(dt.date(2028, 7, 1)) == {
        "100001": "Algebra I",
        "100002": "Algebra II",
        "100003": "Latin",
        "100004": "“Café” French",
    }


def test_spanish_that_a_file_does_not_tell_stays_as_long_as_the_english_does() -> None:
    first = "code,label,label_es,meaning,meaning_es\n100001,Algebra I,Álgebra I,Numbers,Números\n100003,Latin,Latín,,\n"
    change(first.encode(), on=dt.date(2025, 7, 1))
    before = b"code,label,meaning\n100001,Algebra I,Numbers\n100003,Latin,\n"
    assert not change(before, on=FIRST)  # tells nothing new
    plan = change(b"code,label,meaning\n100001,Algebra One,Numbers\n100003,Latin,\n", on=FIRST)
    assert [row.code for _old, row in plan.changed] == ["100001"]
    told = CodeMeaning.objects.of(CodeSet.STATE_COURSE, on=FIRST)
    assert list(told.values_list("code", "label_es", "meaning_es")) == [
        ("100001", "", "Números"),
        ("100003", "Latín", ""),
    ]
    later = FIRST + dt.timedelta(days=1)
    plan = change(b"code,label,label_es\n100003,Latin,Lengua latina\n", on=later, is_whole=False)
    assert [row.label_es for _old, row in plan.changed] == ["Lengua latina"]
    assert (
        CodeMeaning.objects.of(CodeSet.STATE_COURSE, on=later).get(code="100003").label_es == "Lengua latina"
    )


def test_what_holds_since_that_day_is_not_changed_and_nothing_else_is() -> None:
    change(OLD, on=TODAY)
    with pytest.raises(directory.AlreadyInForce):
        change(NEW, on=TODAY)
    assert codes(TODAY) == {"100001": "Algebra I", "100002": "Algebra II", "100003": "Latin"}


def test_what_is_wrong_in_a_file_is_said_by_line() -> None:
    data = b"code,label,group\n,Empty,\n100001,,\n100002,Algebra,\n100002,Again,\n100003,Latin,dead\n"
    rows, errors = directory.read_codes(data, CodeSet.STATE_COURSE)
    assert [(error.row, error.column) for error in errors] == [
        (2, "code"),
        (3, "label"),
        (5, "code"),
        (6, "group"),
    ]
    assert [row.code for row in rows] == ["100002"]


def test_an_administrator_looks_first_and_then_changes(client: Client) -> None:
    change(OLD, on=dt.date(2025, 7, 1))
    address = reverse("state_map:import_codes", args=["state_course"])
    assert address in client.get(reverse("state_map:code_set", args=["state_course"])).content.decode()
    asked = {"source": "Exhibit 10 of 2027", "is_whole": "on"} | memorable("valid_from", FIRST)
    page = client.post(address, asked | {"file": SimpleUploadedFile("codes.csv", NEW)})
    text = page.content.decode()
    assert "1 new, 1 changed, 1 ended, 1 as before. Nothing is changed yet." in text
    assert "Algebra One" in text and codes(FIRST)["100003"] == "Latin"
    looked_at = page.context["looked_at"]
    response = client.post(address, {"looked_at": looked_at}, follow=True)
    assert "New codes: 1. Changed: 1. Ended: 1." in response.content.decode()
    assert codes(FIRST) == {"100001": "Algebra One", "100002": "Algebra II", "100004": "“Café” French"}
    assert CodeMeaning.objects.get(code="100004").source == "Exhibit 10 of 2027"
    # Sent a second time, it says what holds and changes nothing.
    before = CodeMeaning.objects.count()
    response = client.post(address, {"looked_at": looked_at}, follow=True)
    assert "New codes: 0. Changed: 0. Ended: 0." in response.content.decode()
    assert CodeMeaning.objects.count() == before


def test_what_was_looked_at_cannot_be_changed_nor_kept_for_long(client: Client) -> None:
    address = reverse("state_map:import_codes", args=["state_course"])
    asked = {"source": "Exhibit 10"} | memorable("valid_from", FIRST)
    looked_at = client.post(address, asked | {"file": SimpleUploadedFile("a.csv", OLD)}).context["looked_at"]
    for other, words in (
        (reverse("state_map:import_codes", args=["semester"]), "Choose the file again."),
        (address, "New codes: 3."),
    ):
        assert words in client.post(other, {"looked_at": looked_at}, follow=True).content.decode()
    response = client.post(address, {"looked_at": looked_at[:-2]}, follow=True)
    assert "Choose the file again." in response.content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The submitted file is empty."),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"name\nAlgebra\n", "The header lacks these columns: code, label."),
        (b"code,label\n,Algebra\n", "Line 2, code: This is empty."),
    ],
)
def test_a_file_that_cannot_be_used_is_said_on_the_form(client: Client, data: bytes, words: str) -> None:
    address = reverse("state_map:import_codes", args=["state_course"])
    asked = {"source": "Exhibit 10"} | memorable("valid_from", FIRST)
    response = client.post(address, asked | {"file": SimpleUploadedFile("codes.csv", data)})
    assert words in response.content.decode() and "looked_at" not in response.context
