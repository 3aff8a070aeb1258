"""`load_provider_report` does what the page does, in the shape of `load_file`."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from coredata.models import ProviderReport, ReportState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea

from .report_kit import GOOD, report_of, staff_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]


@pytest.fixture
def staff(lea: Lea) -> Membership:
    return staff_of()


def load(file: Path, by: str, *more: str, exits: int | None = None, code: str = "LANTERN") -> Any:
    out = io.StringIO()
    arguments = [str(file), "--provider", code, "--by", by, *more]
    if exits is None:
        call_command("load_provider_report", *arguments, stdout=out)
    else:
        with pytest.raises(SystemExit) as end:
            call_command("load_provider_report", *arguments, stdout=out, stderr=io.StringIO())
        assert end.value.code == exits
    return json.loads(out.getvalue()) if "--json" in more and out.getvalue() else out.getvalue()


def test_a_clean_report_goes_to_the_state_office(staff: Membership) -> None:
    (answer,) = load(GOOD, staff.user.email.upper(), "--json")["files"]
    report = ProviderReport.objects.get()
    assert report.state == ReportState.WAITING
    assert answer.pop("seconds") >= 0
    assert answer == {
        "file": "provider_report.csv",
        "upload": report.pk,
        "state": "waiting",
        "rows_read": 4,
        "rows_good": 4,
        "rows_with_warnings": 0,
        "rows_with_errors": 0,
    }


def test_one_with_errors_stays_with_the_provider(staff: Membership, tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(report_of({"enrollmentId": "E-1001", "districtCode": "999999"}))
    (answer,) = load(file, staff.user.email, "--json", exits=1)["files"]
    assert (answer["state"], answer["rows_with_errors"]) == ("checked", 1)


def test_what_cannot_be_read_or_is_not_theirs(staff: Membership, tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(report_of(vendorCode="EMBER"))
    assert "Every row is of provider EMBER" in load(file, staff.user.email, exits=2)
    load(tmp_path / "none.csv", staff.user.email, exits=2)
    load(GOOD, "nobody@provider.example", exits=64)
    load(GOOD, staff.user.email, exits=64, code="EMBER")
    assert list(ProviderReport.objects.values_list("state", flat=True)) == [ReportState.REFUSED]
