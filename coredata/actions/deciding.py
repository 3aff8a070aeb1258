"""The state office decides about a provider's report: accepts it, returns it, retracts one that it accepted."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import ProviderReport, ReportedEnrollment, ReportState
from ..store import snapshot
from .checking import destroy_bytes
from .removing import is_long_over


class NotWaiting(Refusal):
    sentence = _("This report does not wait for a decision now. Reload the page to see what became of it.")


class NotAccepted(Refusal):
    sentence = _(
        "Only the report that counts now can be retracted. Reload the page to see what became of this one."
    )


class Outdated(Refusal):
    sentence = _(
        "A report of a later day was accepted meanwhile. Return this one and ask for a newer report."
    )


class RowsDestroyed(Refusal):
    sentence = _(
        "The school year of this report ended so long ago that rows of its reports are no longer kept. What counts"
        " of that school year stays as it is."
    )


class EnrollmentOfAnotherYear(Refusal):
    sentence = _(
        "An enrollmentId of this report stands for an enrollment of another school year (V-81). Return the report."
    )


def locked_report(report_id: int) -> ProviderReport:
    """The report, and its provider: what happens to the reports of one provider happens one at a time."""
    provider_id = ProviderReport.objects.values_list("provider", flat=True).get(pk=report_id)
    Provider.objects.select_for_update(of=("self",)).get(pk=provider_id)
    return ProviderReport.objects.select_for_update(of=("self",)).get(pk=report_id)


@transaction.atomic
def accept_report(report_id: int, *, by: Membership, at: dt.datetime) -> ProviderReport:
    """Make a report what counts of the provider's school year. The one that counted before stays, superseded.

    Raises NotWaiting, RowsDestroyed, Outdated, EnrollmentOfAnotherYear.
    """
    report = locked_report(report_id)
    if report.state != ReportState.WAITING:
        raise NotWaiting
    if is_long_over(report.school_year, on=central_date(at)):
        raise RowsDestroyed
    accept_locked(report, by=by, at=at)
    notices.tell_decided(report, at=at)
    return report


def accept_locked(report: ProviderReport, *, by: Membership | None, at: dt.datetime) -> None:
    """The same of a report that is locked. `by`: None where it is accepted by itself."""
    before = ProviderReport.objects.filter(
        provider=report.provider_id, school_year=report.school_year_id, state=ReportState.ACCEPTED
    ).first()
    if before and before.as_of and report.as_of and report.as_of < before.as_of:
        raise Outdated
    others = ReportedEnrollment.objects.filter(provider=report.provider_id).exclude(
        school_year=report.school_year_id
    )
    if others.filter(enrollment_id__in=report.rows.values("enrollment_id")).exists():
        raise EnrollmentOfAnotherYear
    if before:
        before.state, before.ended_at, before.ended_by = ReportState.SUPERSEDED, at, by
        before.save(update_fields=["state", "ended_at", "ended_by"])
    report.state = ReportState.ACCEPTED
    report.accepted_at, report.accepted_by, report.before = at, by, before
    destroy_bytes(report, at=at)
    report.save()
    snapshot.include(report)


@transaction.atomic
def return_report(report_id: int, *, reason: str, by: Membership, at: dt.datetime) -> ProviderReport:
    """Send a report back: the provider reads why and sends another. Raises NotWaiting."""
    report = locked_report(report_id)
    if report.state != ReportState.WAITING:
        raise NotWaiting
    report.state, report.reason, report.ended_at, report.ended_by = ReportState.RETURNED, reason, at, by
    destroy_bytes(report, at=at)
    report.save()
    notices.tell_decided(report, at=at)
    return report


@transaction.atomic
def retract_report(report_id: int, *, reason: str, by: Membership, at: dt.datetime) -> ProviderReport:
    """Undo an acceptance: the report before counts again, and the snapshot is as it was then.

    Raises NotAccepted, RowsDestroyed.
    """
    report = locked_report(report_id)
    if report.state != ReportState.ACCEPTED:
        raise NotAccepted
    if is_long_over(report.school_year, on=central_date(at)):
        raise RowsDestroyed
    report.state, report.reason, report.ended_at, report.ended_by = ReportState.RETRACTED, reason, at, by
    report.save(update_fields=["state", "reason", "ended_at", "ended_by"])
    if report.before_id is not None:
        before = ProviderReport.objects.select_for_update(of=("self",)).get(pk=report.before_id)
        before.state, before.ended_at, before.ended_by = ReportState.ACCEPTED, None, None
        before.save(update_fields=["state", "ended_at", "ended_by"])
    snapshot.exclude(report)
    notices.tell_decided(report, at=at)
    return report
