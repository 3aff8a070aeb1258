"""A provider's report arrives, is checked, and goes to the state office."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.shared.rules import Severity

from ..checks.reports import as_of
from ..judging import Judgement, Ready, read_report
from ..models import ProviderReport, ReportState
from ..store import report_rows, vault
from ..store.vault import Sealed
from .arriving import keep_or_destroy
from .checking import LONGEST_REFUSAL, PATIENCE, destroy_bytes, keep_problems
from .deciding import RowsDestroyed, accept_locked, locked_report
from .removing import is_long_over


class NotChecked(Refusal):
    sentence = _(
        "Only a checked report can be sent to the state office. Reload the page to see what became of it."
    )


class ReportHasErrors(Refusal):
    sentence = _("The report has errors. Correct them and send a new file.")


class AcceptedSince(Refusal):
    sentence = _(
        "Another report was accepted after this one was checked. Send the file again to have both compared."
    )


def receive_report(
    sealed: Sealed, *, name: str, provider_id: int, by: Membership, at: dt.datetime
) -> ProviderReport:
    """Note whose report it is, its bytes already sealed. `check_report` reads it, in a worker or in a command."""
    with keep_or_destroy(sealed):
        return ProviderReport.objects.create(
            provider_id=provider_id,
            name=name[-255:],
            size=sealed.size,
            sha256=sealed.sha256,
            stored_as=sealed.stored_as,
            key=sealed.key,
            sent_by=by,
            sent_at=at,
        )


def check_report(report_id: int, *, at: dt.datetime) -> ProviderReport:
    """Read and check a report, keep its rows, or refuse it. Done twice, it is done once.

    Killed anywhere, it leaves the report as it was; started again, it begins anew.
    """
    report = ProviderReport.objects.select_related("provider").get(pk=report_id)
    if report.state != ReportState.RECEIVED:
        return report
    try:
        data = vault.opened(report.stored_as, bytes(report.key))
    except FileNotFoundError:  # another worker has refused it a moment ago
        return ProviderReport.objects.get(pk=report_id)
    read = read_report(report.name, data, provider_code=report.provider.code, on=central_date(at))
    if isinstance(read, Judgement):
        return _refuse(report_id, read, at=at)
    return _keep(report_id, read, at=at)


@transaction.atomic
def submit_report(report_id: int, *, by: Membership, at: dt.datetime) -> ProviderReport:
    """Send a checked report to the state office, in the place of one that waits there. Sent twice, it is sent once.

    A report without errors and warnings is accepted by itself where the setting says so. Raises NotChecked,
    ReportHasErrors, RowsDestroyed, AcceptedSince.
    """
    report = locked_report(report_id)
    if report.state in {ReportState.WAITING, ReportState.ACCEPTED}:
        return report
    if report.state != ReportState.CHECKED:
        raise NotChecked
    if report.errors or report.as_of is None:
        raise ReportHasErrors
    if is_long_over(report.school_year, on=central_date(at)):
        raise RowsDestroyed
    of_year = ProviderReport.objects.filter(provider=report.provider_id, school_year=report.school_year_id)
    if of_year.filter(state=ReportState.ACCEPTED, accepted_at__gt=report.judged_at).exists():
        raise AcceptedSince
    for waiting in of_year.filter(state=ReportState.WAITING):
        _replace(waiting, at=at)
    report.state = ReportState.WAITING
    report.submitted_at, report.submitted_by = at, by
    report.save(update_fields=["state", "submitted_at", "submitted_by"])
    if settings.PROVIDER_REPORTS_ACCEPT_CLEAN and not report.warnings:
        accept_locked(report, by=None, at=at)
    return report


def long_unchecked_reports(*, at: dt.datetime) -> list[int]:
    """The reports that were sent some minutes ago and are not checked yet."""
    waiting = ProviderReport.objects.filter(state=ReportState.RECEIVED, sent_at__lte=at - PATIENCE)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _refuse(report_id: int, judgement: Judgement, *, at: dt.datetime) -> ProviderReport:
    report = locked_report(report_id)
    if report.state == ReportState.RECEIVED:
        report.state = ReportState.REFUSED
        report.refusal = judgement.problems["message"][0][:LONGEST_REFUSAL]
        report.judged_at = at
        report.errors = 1
        destroy_bytes(report, at=at)
        report.save()
    return report


@transaction.atomic
def _keep(report_id: int, read: Ready, *, at: dt.datetime) -> ProviderReport:
    """Keep rows and problems. The provider's report of that school year that was checked before makes room."""
    report = locked_report(report_id)
    if report.state != ReportState.RECEIVED:
        return report
    report.school_year_id = read.case.collection.year
    earlier = ProviderReport.objects.filter(
        provider=report.provider_id, school_year=report.school_year_id, state=ReportState.CHECKED
    ).first()
    if earlier and earlier.pk > report.pk:
        # What was sent later counts, whichever worker was quicker.
        _replace(report, at=at)
        return report
    if earlier:
        _replace(earlier, at=at)
    judgement = read.judge()
    errors = judgement.problems.filter(pl.col("severity") == Severity.ERROR)
    report_rows.keep(report, read.case, errors)
    keep_problems("report_id", report.pk, judgement.problems)
    report.state = ReportState.CHECKED
    report.as_of = as_of(read.case)
    report.rows_read = judgement.rows_read
    report.rows_with_warnings = judgement.rows_with_warnings
    report.rows_with_errors = judgement.rows_with_errors
    report.errors = errors.height
    report.warnings = judgement.problems.height - errors.height
    report.not_run = [asdict(rule) for rule in judgement.not_run]
    report.judged_at = at
    report.save()
    return report


def _replace(report: ProviderReport, *, at: dt.datetime) -> None:
    report.rows.all().delete()
    report.problems.all().delete()
    report.state = ReportState.REPLACED
    report.ended_at = at
    destroy_bytes(report, at=at)
    report.save()
