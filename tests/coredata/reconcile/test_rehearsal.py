"""The rehearsal says what the night then finds, and keeps nothing."""

from __future__ import annotations

import csv
import io
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from coredata.models import StudentCourse, Upload
from coredata.reconcile import actions
from coredata.reconcile.engine import answer
from coredata.reconcile.files import Question
from coredata.reconcile.models import Mismatch, RunKind
from coredata.reconcile.rehearsal import Change, Side, rehearse
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from tests.coredata.kit import DAY, NOW, certify, good, send
from tests.factories.coredata import ProviderReportFactory, ReportRowFactory
from tests.sign_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]


def changed(kind: str, column: str, old: str, new: str) -> bytes:
    """A good file of the district in which one column says something else."""
    rows = list(csv.DictReader(io.StringIO(good(kind).decode())))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows({**row, column: new} if row[column] == old else row for row in rows)
    return out.getvalue().encode()


def identities(lea: Lea) -> list[tuple[str, str, str, str]]:
    found = answer(Question(2027, DAY, leas=(lea.pk,), is_whole=False))
    return [(row[0], row[3], row[4], row[5]) for row in found]


@pytest.mark.parametrize(
    ("courses", "students"),
    list(
        product(
            [("50", "50"), ("50", "52"), ("52", "")],
            [("0000000042", "0000000042"), ("0000000042", "0000000077")],
        )
    ),
)
def test_what_is_rehearsed_is_what_the_night_finds(
    lea: Lea, clerk: Membership, courses: tuple[str, str], students: tuple[str, str]
) -> None:
    """Byte for byte, facts too."""
    certify(send(good("crs"), by=clerk), by=clerk)
    certify(send(good("stu"), by=clerk), by=clerk)
    actions.compare(2027, as_of=DAY, at=NOW, kind=RunKind.NIGHT)
    trials = [
        send(changed("crs", "ProgramCode", *courses), by=clerk),
        send(changed("stu", "StateID", *students), by=clerk),
        send(good("jun"), by=clerk),
    ]
    before = (list(Mismatch.objects.values()), StudentCourse.objects.count())
    question = Question(
        2027, DAY, leas=(lea.pk,), is_whole=False, trials=tuple(trial.pk for trial in trials), tried_at=NOW
    )
    tried = answer(question)
    rehearsed = rehearse(lea.pk, 2027, as_of=DAY, at=NOW)
    assert (list(Mismatch.objects.values()), StudentCourse.objects.count()) == before

    for trial in trials:
        trial.refresh_from_db()
        if not trial.errors:
            certify(trial, by=clerk)
    if all(not trial.errors for trial in trials):
        assert answer(Question(2027, DAY, leas=(lea.pk,), is_whole=False)) == tried
    told = {
        (line.kind.id, line.mosis_id, line.course_code, line.semester)
        for line in rehearsed.lines
        if line.change != Change.CLOSES
    }
    assert told == {(row[0], row[3], row[4], row[5]) for row in tried}


@pytest.mark.rule("M-86")
def test_a_row_that_was_certified_before_and_is_gone(lea: Lea, clerk: Membership) -> None:
    report = ProviderReportFactory.create(provider=Provider.objects.get(code="LANTERN"), accepted=True)
    ReportRowFactory.create(report=report, status="active")
    certify(send(good("crs"), by=clerk), by=clerk)
    certify(send(good("stu"), by=clerk), by=clerk)
    gone = ("M-86", "0000000042", "115845", "S1")
    assert gone not in identities(lea)
    certify(send(changed("stu", "StateID", "0000000042", "0000000077"), by=clerk), by=clerk)
    assert gone in identities(lea)
    certify(send(good("stu"), by=clerk), by=clerk)
    assert gone not in identities(lea)


def opens(lea: Lea) -> set[str]:
    return {line.kind.id for line in rehearse(lea.pk, 2027, as_of=DAY, at=NOW).of(Change.OPENS)}


@pytest.mark.parametrize(
    ("delivery", "code"), [("", "M-25"), ("VH", "M-26")], ids=["no delivery", "after school"]
)
@pytest.mark.rule("M-25", "M-26")
def test_what_blocks_certifying_is_rehearsed(lea: Lea, clerk: Membership, delivery: str, code: str) -> None:
    send(changed("crs", "DeliverySystem", "V", delivery), by=clerk)
    send(good("stu"), by=clerk)
    assert code in opens(lea)


@pytest.mark.rule("M-12")
def test_a_mosis_id_of_a_bad_form_is_rehearsed(lea: Lea, clerk: Membership) -> None:
    send(good("crs"), by=clerk)
    send(changed("stu", "StateID", "0000000042", "12345678901"), by=clerk)
    assert "M-12" in opens(lea)


@pytest.mark.rule("M-75")
def test_rows_of_another_year_are_rehearsed(lea: Lea, clerk: Membership) -> None:
    first, *rest = good("crs").decode().splitlines()
    rest[0] = rest[0].replace("2027Oct1.0CrsAssign", "2026Oct1.0CrsAssign")
    send("\n".join([first, *rest]).encode(), by=clerk)
    assert "M-75" in opens(lea)


def test_the_page_says_what_would_change(client: Client, lea: Lea, clerk: Membership) -> None:
    certify(send(good("crs"), by=clerk), by=clerk)
    certify(send(good("stu"), by=clerk), by=clerk)
    send(changed("crs", "ProgramCode", "50", "52"), by=clerk)
    sign_in(client, clerk)
    page = client.get(reverse("reconcile:rehearsal", args=[2027])).content.decode()
    assert "What the night would find" in page
    assert "M-08" in page


def test_the_page_says_what_the_state_would_see(client: Client, lea: Lea, clerk: Membership) -> None:
    report = ProviderReportFactory.create(provider=Provider.objects.get(code="LANTERN"), accepted=True)
    ReportRowFactory.create(report=report, status="active")
    certify(send(good("crs"), by=clerk), by=clerk)
    send(good("stu"), by=clerk)
    found = rehearse(lea.pk, 2027, as_of=DAY, at=NOW)
    seen = found.seen_by(Side.DESE)
    assert {line.kind.id for line in seen.lines} == {line.kind.id for line in found.every if line.kind.dese}
    line = next(line for line in seen.of(Change.OPENS) if line.kind.dese != line.kind.district)
    sign_in(client, clerk)
    page = client.get(reverse("reconcile:rehearsal", args=[2027])).content.decode()
    assert "As the MOCAP office would see it" in page
    assert escape(line.sentence) not in page
    page = client.get(reverse("reconcile:rehearsal", args=[2027]), {"as": "dese"}).content.decode()
    assert escape(line.sentence) in page
    assert "?as=dese&amp;show=closes" in page


def test_without_a_file_of_that_year_there_is_no_page(client: Client, clerk: Membership) -> None:
    sign_in(client, clerk)
    assert Upload.objects.count() == 0
    assert client.get(reverse("reconcile:rehearsal", args=[2027])).status_code == 404
