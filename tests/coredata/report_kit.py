"""A provider that reports, its reports, and what the portal keeps of them."""

from __future__ import annotations

import csv
import io
from typing import Any

from coredata import actions
from coredata.models import ProviderReport, ReportedEnrollment, StatusChange
from coredata.store import vault
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Provider
from tests.factories.accounts import MembershipFactory

from .kit import FILES, NOW

GOOD = FILES / "good" / "provider_report.csv"


def staff_of(code: str = "LANTERN") -> Membership:
    """Somebody who sends the reports of a provider that is there."""
    hat: Membership = MembershipFactory.create(provider_staff=True, provider=Provider.objects.get(code=code))
    return hat


def reviewer() -> Membership:
    hat: Membership = MembershipFactory.create(dese_reviewer=True)
    return hat


def report_of(
    *changes: dict[str, str], without: tuple[str, ...] = (), every: dict[str, str] | None = None, **more: str
) -> bytes:
    """The good report; each change names the enrollmentId of the row it changes, or of one that is added.

    `without`: enrollments that are left out. `every` and `more`: what stands in each row.
    """
    rows = {row["enrollmentId"]: row for row in csv.DictReader(io.StringIO(GOOD.read_text()))}
    first = next(iter(rows.values()))
    for change in changes:
        rows[change["enrollmentId"]] = rows.get(change["enrollmentId"], first) | change
    out = io.StringIO()
    writer = csv.DictWriter(out, list(first))
    writer.writeheader()
    writer.writerows(row | (every or {}) | more for name, row in rows.items() if name not in without)
    return out.getvalue().encode()


def send(data: bytes, *, by: Membership, name: str = "report.csv", **more: Any) -> ProviderReport:
    """A report that has arrived and was checked."""
    assert by.organization_id is not None
    at = more.get("at", NOW)
    report = actions.receive_report(
        vault.seal([data]), name=name, provider_id=by.organization_id, by=by, at=at
    )
    return actions.check_report(report.pk, at=at)


def submit(data: bytes, *, by: Membership, **more: Any) -> ProviderReport:
    report = send(data, by=by, **more)
    return actions.submit_report(report.pk, by=by, at=more.get("at", NOW))


def accept(data: bytes, *, by: Membership, **more: Any) -> ProviderReport:
    """A report that counts now."""
    report = submit(data, by=by, **more)
    return actions.accept_report(report.pk, by=more.get("reviewer") or reviewer(), at=more.get("at", NOW))


def rules_of(report: ProviderReport) -> dict[str, int]:
    """How often each rule is broken."""
    found: dict[str, int] = {}
    for rule in report.problems.order_by("rule").values_list("rule", flat=True):
        found[rule] = found.get(rule, 0) + 1
    return found


def kept() -> tuple[list[Any], list[Any]]:
    """The whole snapshot with its history, every column."""
    return (
        list(ReportedEnrollment.objects.order_by("pk").values()),
        list(StatusChange.objects.order_by("pk").values()),
    )
