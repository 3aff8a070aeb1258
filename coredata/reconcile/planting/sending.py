"""The files and reports of a planted state, sent as districts and providers send theirs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from coredata import actions
from coredata.layouts import Kind
from coredata.models import ReportState, Upload
from coredata.store import vault
from coredata.synthesis.planting.files import BEFORE, Tables
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import Lea, Provider, School
from providers.models import Agreement, AgreementKind

from .tables import State, at_noon, day, read

STATEMENT = "Made up."
DAY = dt.timedelta(days=1)
OCTOBER = (Kind.STU_CORE, Kind.CRS_ASSIGN, Kind.STU_ASSIGN)
JUNE = (Kind.STU_ENRL_ATTND, Kind.STU_CRS_COMP)
LAST_YEAR, TRIAL = ".lastyear", ".trial"


class NotClean(AssertionError):
    """A made-up file has errors: whoever plants has planted what no district could certify."""


def send(state: State) -> None:
    """Reports accepted, files certified in the order of a year; then what the directory learns late.

    In a school year a trial comes last. Agreements and closed schools are entered after the files were certified, or
    these could not have been.
    """
    for path in sorted(
        state.folder.glob("report_*.csv"), key=lambda path: (BEFORE not in path.name, path.name)
    ):
        accept(path)
    october, june = state.moment("october_certified_on"), state.moment("june_certified_on")
    for lea in Lea.objects.order_by("state_district_id"):
        certify(state, lea, Kind.STU_CRS_COMP, version=LAST_YEAR, at=june.replace(year=june.year - 1))
        for kind in OCTOBER:
            certify(state, lea, kind, version=BEFORE, at=october - DAY)
            certify(state, lea, kind, at=october)
        for kind in JUNE:
            certify(state, lea, kind, at=june)
        for path in state.folder.glob(f"{lea.state_district_id}_*{TRIAL}.csv"):
            upload(path, lea, at=june)
    _learn(state)


def accept(path: Path) -> None:
    """A provider's report, checked, sent and accepted on the day after the one it was made for."""
    first = read(path)[0]
    provider = Provider.objects.get(code=first["vendorCode"])
    at = at_noon(day(first["asOfDate"])) + DAY
    by = Membership.objects.get(organization=provider.organization_id, role=Role.PROVIDER_STAFF)
    report = actions.receive_report(
        vault.seal([path.read_bytes()]), name=path.name, provider_id=provider.pk, by=by, at=at
    )
    report = actions.check_report(report.pk, at=at)
    if report.state != ReportState.CHECKED or report.errors:
        raise NotClean(
            path.name, report.refusal, [str(one.__dict__) for one in report.problems.filter(severity="E")]
        )
    actions.submit_report(report.pk, by=by, at=at)
    reviewer = Membership.objects.get(role=Role.DESE_REVIEWER)
    actions.accept_report(report.pk, by=reviewer, at=at)


def certify(state: State, lea: Lea, kind: Kind, *, version: str = "", at: dt.datetime) -> None:
    """A district's file of this kind, if there is one: its trial, and then certified."""
    path = state.folder / f"{lea.state_district_id}_{kind}{version}.csv"
    if not path.exists():
        return
    trial = upload(path, lea, at=at)
    actions.certify(
        trial.pk, by=_clerk(lea), at=at, name="Casey Clerk", statement=STATEMENT, acknowledges_warnings=True
    )


def upload(path: Path, lea: Lea, *, at: dt.datetime) -> Upload:
    sealed = vault.seal([path.read_bytes()])
    sent = actions.receive(sealed, name=path.name, lea_id=lea.pk, by=_clerk(lea), at=at)
    sent = actions.check_upload(sent.pk, at=at)
    if sent.refusal or sent.errors:
        raise NotClean(
            path.name, sent.refusal, [str(one.__dict__) for one in sent.problems.filter(severity="E")]
        )
    return sent


def _clerk(lea: Lea) -> Membership:
    return Membership.objects.select_related("user").get(organization=lea.pk, role=Role.DATA_CLERK)


def _learn(state: State) -> None:
    leas = {lea.state_district_id: lea for lea in Lea.objects.all()}
    providers = {provider.code: provider for provider in Provider.objects.all()}
    year = state.year
    for row in state.rows(Tables.AGREEMENTS):
        is_shared = row["kind"] == AgreementKind.COOPERATIVE
        Agreement.objects.create(
            kind=row["kind"],
            lea=leas[row["lea"]],
            provider=None if is_shared else providers[row["other"]],
            partner_lea=leas[row["other"]] if is_shared else None,
            valid_from=dt.date(year - 1, 7, 1),
            reference="Nowhere",
            attested_name="Sam Superintendent",
            attested_title="Superintendent",
            attested_on=dt.date(year - 1, 7, 1),
            attested_by=_clerk(leas[row["lea"]]),
        )
    for row in state.rows(Tables.SCHOOLS):
        if row["closed_on"]:
            School.objects.filter(lea=leas[row["lea"]], state_school_id=row["code"]).update(
                active_to=day(row["closed_on"])
            )
