"""A provider's rehearsal says what the night finds once the report is accepted, and keeps nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from coredata.actions import accept_report, submit_report
from coredata.models import (
    ProviderReport,
    ReportedEnrollment,
    ReportState,
    StudentCourse,
    StudentOutcome,
)
from coredata.reconcile import actions
from coredata.reconcile.catalogue import CATALOGUE
from coredata.reconcile.engine import answer
from coredata.reconcile.files import Question
from coredata.reconcile.models import Mismatch, MismatchState, RunKind
from coredata.reconcile.rehearsal import Change, rehearse_report
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from tests.coredata.kit import DAY, NOW, certify, good, send
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import ProviderReportFactory, ReportRowFactory
from tests.factories.providers import CourseFactory
from tests.sign_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
LATER = NOW + dt.timedelta(hours=1)
NIGHTS = [DAY, dt.date(2027, 4, 1), dt.date(2026, 12, 1)]


@pytest.fixture
def lantern(lea: Lea) -> Provider:
    return Provider.objects.get(code="LANTERN")


@pytest.fixture
def office(db: None) -> Membership:
    hat: Membership = MembershipFactory.create(dese_reviewer=True)
    return hat


def certified(clerk: Membership) -> None:
    for kind in ("crs", "stu", "jun"):
        certify(send(good(kind), by=clerk), by=clerk)


def report(provider: Provider, rows: Sequence[Mapping[str, Any]], *, as_of: dt.date) -> ProviderReport:
    """A checked one with these rows."""
    made = ProviderReportFactory.create(
        checked=True, provider=provider, as_of=as_of, warnings=1, judged_at=NOW, rows_read=2 * len(rows) + 1
    )
    for line, row in enumerate(rows, start=2):
        ReportRowFactory.create(report=made, line=line, **row)
    return made


def accept(made: ProviderReport, *, by: Membership, at: dt.datetime) -> None:
    submit_report(made.pk, by=made.sent_by, at=at)
    accept_report(made.pk, by=by, at=at)


def random_rows(random: Random) -> list[dict[str, Any]]:
    """Enrollments of a few students in three districts, one of which the portal does not know."""
    rows = list[dict[str, Any]]()
    for number in range(random.randint(1, 6)):
        status = random.choice(["active", "active", "completed", "withdrawn", "pending", "incomplete"])
        is_over = status == "completed"
        rows.append(
            {
                "enrollment_id": f"E-{number}",
                "mosis_id": random.choice(["0000000042", "0000000043", "0000000077", ""]),
                # The first has no code and is in a classroom: only of students who are known it is looked at.
                "course_code": random.choice(["115844", "115845", "115846", "115900"]),
                "semester": random.choice(["S1", "S2", "YL"]),
                "district_code": random.choice(["991101", "991101", "992102", "999999"]),
                "basis": random.choice(["mocap", "mocap", "mocap", "private_pay"]),
                "status": status,
                "final_grade": random.choice(["A", "F"]) if is_over else "",
                "credits_earned": random.choice([Decimal("0.5"), Decimal(0)]) if is_over else None,
            }
        )
    return random.sample(rows, len(rows))[: random.randint(1, len(rows))]


@pytest.mark.parametrize("as_of", NIGHTS, ids=str)
def test_what_is_rehearsed_is_what_the_night_finds(
    lea: Lea, clerk: Membership, lantern: Provider, office: Membership, as_of: dt.date
) -> None:
    """Byte for byte, facts too, whatever was reported before; and of the provider's list each line."""
    certified(clerk)
    other = report(
        Provider.objects.exclude(pk=lantern.pk).earliest("pk"),
        [{"enrollment_id": "X-1", "mosis_id": "0000000043", "course_code": "115846", "semester": "YL"}],
        as_of=DAY,
    )
    accept(other, by=office, at=NOW)
    random, seen, codes = Random(f"{as_of}"), set[Change](), set[str]()
    for _number in range(8):
        with transaction.atomic():
            if random.random() < 0.8:
                earlier = report(lantern, random_rows(random), as_of=as_of - dt.timedelta(days=60))
                accept(earlier, by=office, at=NOW)
            actions.compare(2027, as_of=as_of, at=NOW, kind=RunKind.HAND)
            newest = as_of - dt.timedelta(days=random.choice([2, 2, 50]))  # most often none is overdue
            tried = report(lantern, random_rows(random), as_of=newest)
            ProviderReport.objects.filter(pk=tried.pk).update(judged_at=LATER)
            before = (list(Mismatch.objects.values()), list(ReportedEnrollment.objects.values()))
            found = answer(Question(2027, as_of, report=tried.pk, tried_at=LATER))
            rehearsed = rehearse_report(tried, as_of=as_of, at=LATER)
            assert (list(Mismatch.objects.values()), list(ReportedEnrollment.objects.values())) == before

            accept(ProviderReport.objects.get(pk=tried.pk), by=office, at=LATER)
            own_before = open_of(lantern)
            actions.compare(2027, as_of=as_of, at=LATER, kind=RunKind.HAND)
            own = open_of(lantern)
            assert answer(Question(2027, as_of)) == found
            told = {
                change: sorted(
                    (line.kind.id, line.mosis_id, line.course_code, line.semester)
                    for line in rehearsed.of(change)
                )
                for change in Change
            }
            assert told == {
                Change.OPENS: without_lea(own - own_before),
                Change.CLOSES: without_lea(own_before - own),
                Change.STAYS: without_lea(own & own_before),
            }
            codes |= {line.kind.id for line in rehearsed.of(Change.OPENS)}
            seen |= {change for change in Change if told[change]}
            transaction.set_rollback(True)
    assert seen == set(Change)
    assert "M-04" in codes or as_of < DAY  # who is left out, of which only the snapshot of reports knows


def open_of(provider: Provider) -> set[tuple[Any, ...]]:
    """What the provider is told of."""
    rows = Mismatch.objects.filter(provider=provider).exclude(state=MismatchState.RESOLVED)
    shown = [code for code, kind in CATALOGUE.items() if kind.provider]
    return set(rows.filter(code__in=shown).values_list("lea", "code", "mosis_id", "course_code", "semester"))


def without_lea(rows: set[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(row[1:] for row in rows)


@pytest.mark.rule("M-01", "M-07")
def test_of_whom_only_this_report_knows_the_uncoded_rows_are_looked_at(
    clerk: Membership, lantern: Provider
) -> None:
    """Nothing is derived of a classroom course of a student whom nobody knows; by the report somebody does."""
    CourseFactory.create(provider=lantern, state_course_code="115844", provider_course_code="ALG-1")
    certified(clerk)
    before = (list(StudentCourse.objects.values()), list(StudentOutcome.objects.values()))
    assert not StudentCourse.objects.filter(course_code="115844").exists()
    row = {"mosis_id": "0000000042", "course_code": "115844", "semester": "S1"}
    row["provider_course_code"] = "ALG-1"
    tried = report(lantern, [row], as_of=DAY)
    rehearsed = rehearse_report(tried, as_of=DAY, at=NOW)
    found = {line.kind.id for line in rehearsed.every if line.course_code == "115844"}
    assert found == {"M-01", "M-07"}
    assert (list(StudentCourse.objects.values()), list(StudentOutcome.objects.values())) == before


@pytest.mark.rule("M-04")
def test_who_is_left_out_and_what_that_opens(
    client: Client, clerk: Membership, lantern: Provider, office: Membership
) -> None:
    certified(clerk)
    row = {"mosis_id": "0000000042", "enrollment_id": "E-1"}
    second = {"mosis_id": "0000000043", "enrollment_id": "E-2", "course_code": "115846"}
    accept(report(lantern, [row, second], as_of=DAY - dt.timedelta(days=9)), by=office, at=NOW)
    tried = report(lantern, [row], as_of=DAY)
    opens = rehearse_report(tried, as_of=DAY, at=NOW).of(Change.OPENS)
    assert ("M-04", "0000000043") in [(line.kind.id, line.mosis_id) for line in opens]

    sign_in(client, tried.sent_by)
    there = client.get(reverse("coredata:report", args=[tried.pk])).content.decode()
    assert reverse("reconcile:rehearsal_of_report", args=[tried.pk]) in there
    page = client.get(reverse("reconcile:rehearsal_of_report", args=[tried.pk])).content.decode()
    assert "What the night would find" in page
    assert "M-04" in page
    assert "0000000043" in page
    assert "Send it to the state office" in page


def test_a_report_that_is_decided_is_not_rehearsed(client: Client, lantern: Provider) -> None:
    accepted = ProviderReportFactory.create(accepted=True, provider=lantern)
    sign_in(client, accepted.sent_by)
    address = reverse("reconcile:rehearsal_of_report", args=[accepted.pk])
    assert client.get(address).status_code == 404
    ProviderReport.objects.filter(pk=accepted.pk).update(state=ReportState.WAITING, accepted_at=None)
    page = client.get(address).content.decode()
    assert "Send it to the state office" not in page
