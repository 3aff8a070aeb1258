"""Rows of reports that do not count are destroyed when their time is over, and not a day before."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from coredata import actions, tasks
from coredata.models import Problem, ProviderReport, ReportedEnrollment, ReportRow, ReportState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, LegalKey, LegalValue
from tests.factories.coredata import ProblemFactory, ReportRowFactory
from tests.killed import Killed, killed_at
from tests.sign_in import sign_in

from .report_kit import accept, report_of, reviewer, send, staff_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
LAST = dt.datetime(2028, 6, 28, 18, tzinfo=dt.UTC)  # the school year ended 364 days ago
OVER = LAST + dt.timedelta(days=1)


@pytest.fixture
def staff(lea: Lea) -> Membership:
    return staff_of()


def rows() -> dict[int, int]:
    """How many rows each report has."""
    return {report.pk: report.rows.count() for report in ProviderReport.objects.order_by("pk")}


@pytest.fixture
def reports(staff: Membership) -> list[ProviderReport]:
    """One that is superseded, with an enrollment that the next one lacks; the next one, which counts."""
    first = accept(report_of(), by=staff)
    ProblemFactory.create(upload=None, report=first)
    second = accept(report_of(without=("E-1001",), asOfDate="2027-06-04"), by=staff)
    return [first, second]


@pytest.mark.rule("R-142")
def test_what_no_longer_counts_leaves_a_year_after_its_school_year(reports: list[ProviderReport]) -> None:
    first, second = reports
    assert rows() == {first.pk: 4, second.pk: 3}
    assert actions.destroy_old_report_rows(at=LAST) == 0
    snapshot = list(ReportedEnrollment.objects.order_by("pk").values())

    assert actions.destroy_old_report_rows(at=OVER) == 3
    assert rows() == {first.pk: 1, second.pk: 3}
    assert not Problem.objects.filter(report=first).exists()
    assert list(ReportedEnrollment.objects.order_by("pk").values()) == snapshot
    first.refresh_from_db()
    assert (first.state, first.rows_read) == (ReportState.SUPERSEDED, 4)
    assert actions.destroy_old_report_rows(at=OVER) == 0


@pytest.mark.rule("R-142")
def test_without_a_period_nothing_is_destroyed(reports: list[ProviderReport]) -> None:
    LegalValue.objects.filter(key=LegalKey.REPORT_ROWS_DAYS).delete()
    assert actions.destroy_old_report_rows(at=OVER + dt.timedelta(days=9999)) == 0
    assert rows() == {reports[0].pk: 4, reports[1].pk: 3}


def test_a_retracted_and_a_returned_report_leave_too(staff: Membership) -> None:
    retracted = accept(report_of(), by=staff)
    actions.retract_report(
        retracted.pk, reason="Of another year.", by=reviewer(), at=LAST - dt.timedelta(700)
    )
    waiting = actions.submit_report(send(report_of(), by=staff).pk, by=staff, at=LAST)
    actions.return_report(waiting.pk, reason="Half is missing.", by=reviewer(), at=LAST)
    assert actions.destroy_old_report_rows(at=OVER) == 8
    assert rows() == {retracted.pk: 0, waiting.pk: 0}


@pytest.mark.rule("R-142")
def test_what_nobody_sent_on_or_decided_about_leaves_too_and_nobody_can_any_more(staff: Membership) -> None:
    waiting = actions.submit_report(send(report_of(), by=staff).pk, by=staff, at=LAST)
    checked = send(report_of(), by=staff)
    assert actions.destroy_old_report_rows(at=LAST) == 0

    assert actions.destroy_old_report_rows(at=OVER) == 8
    assert rows() == {waiting.pk: 0, checked.pk: 0}
    with pytest.raises(actions.RowsDestroyed):
        actions.submit_report(checked.pk, by=staff, at=OVER)
    with pytest.raises(actions.RowsDestroyed):
        actions.accept_report(waiting.pk, by=reviewer(), at=OVER)
    returned = actions.return_report(waiting.pk, reason="Never decided.", by=reviewer(), at=OVER)
    assert returned.state == ReportState.RETURNED


def test_the_page_says_that_only_counts_are_left(staff: Membership) -> None:
    waiting = actions.submit_report(send(report_of(), by=staff).pk, by=staff, at=LAST)
    office = reviewer()
    assert actions.destroy_old_report_rows(at=OVER) == 4
    pages = {}
    for day in LAST, OVER:
        with time_machine.travel(day, tick=False):
            answer = sign_in(Client(), office).get(reverse("coredata:report", args=[waiting.pk]))
            pages[day] = answer.content.decode()
    choices = "its rows are no longer kept", "Accept the report", "Return it"
    assert [choice in pages[LAST] for choice in choices] == [False, True, True]
    assert [choice in pages[OVER] for choice in choices] == [True, False, True]


def test_what_a_night_would_find_of_it_is_not_asked_any_more(staff: Membership) -> None:
    checked = send(report_of(), by=staff)
    answers = []
    for day in LAST, OVER:
        with time_machine.travel(day, tick=False):
            rehearsal = reverse("reconcile:rehearsal_of_report", args=[checked.pk])
            answers.append(sign_in(Client(), staff).get(rehearsal).status_code)
    assert answers == [200, 404]


def test_from_then_on_nothing_is_retracted(reports: list[ProviderReport]) -> None:
    """What it would fall back on is gone."""
    _first, second = reports
    actions.destroy_old_report_rows(at=OVER)
    with pytest.raises(actions.RowsDestroyed):
        actions.retract_report(second.pk, reason="Of another year.", by=reviewer(), at=OVER)
    second.refresh_from_db()
    assert second.state == ReportState.ACCEPTED
    actions.retract_report(second.pk, reason="Of another year.", by=reviewer(), at=LAST)


def test_the_database_lets_them_go_for_nobody_else(reports: list[ProviderReport]) -> None:
    first, second = reports
    for report in reports:
        ReportRowFactory.create(report=report, line=99)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportRow.objects.filter(report=first, line=99).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('coredata.forgetting', %s, true)", [str(second.pk)])
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportRow.objects.filter(report=second, line=99).delete()


def test_killed_anywhere_the_next_night_goes_on(reports: list[ProviderReport]) -> None:
    with transaction.atomic():
        with killed_at(0) as statements:
            actions.destroy_old_report_rows(at=OVER)
        transaction.set_rollback(True)
    for statement in range(1, statements[0]):
        with transaction.atomic():
            with killed_at(statement), pytest.raises(Killed):
                actions.destroy_old_report_rows(at=OVER)
            actions.destroy_old_report_rows(at=OVER)
            assert list(rows().values()) == [1, 3]
            assert not Problem.objects.filter(report=reports[0]).exists()
            transaction.set_rollback(True)


def test_the_task_says_how_many(reports: list[ProviderReport]) -> None:
    assert reports
    assert tasks.destroy_old_report_rows() == 0  # June 2027
