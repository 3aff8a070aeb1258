"""Mismatches for a spreadsheet: a line for each, as their reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.tabular import write_csv

from .catalogue import CATALOGUE
from .lists import said
from .models import Mismatch

COLUMNS = [
    "school_year",
    "code",
    "name",
    "severity",
    "district_code",
    "district",
    "provider",
    "mosis_id",
    "course_code",
    "semester",
    "state",
    "open_since",
    "what_is_wrong",
]


def mismatches_csv(rows: Iterable[Mismatch], hat: Membership) -> str:
    """`rows` with LEA and provider."""
    return write_csv(COLUMNS, _lines(rows, hat))


def _lines(rows: Iterable[Mismatch], hat: Membership) -> Iterator[list[str]]:
    for row in rows:
        kind = CATALOGUE[row.code]
        yield [
            str(row.school_year_id),
            row.code,
            kind.name,
            kind.severity,
            row.lea.state_district_id if row.lea else "",
            str(row.lea or ""),
            str(row.provider or ""),
            row.mosis_id,
            row.course_code,
            row.semester,
            row.state,
            central_date(row.opened_at).isoformat(),
            said(hat, row),
        ]
