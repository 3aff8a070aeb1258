"""Somebody takes mismatches or corrected rows along: a file, and a line in the log of each student in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_noop

from enrollment.records.actions import log_disclosures
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import Membership

from ..corrected import CorrectedFile, whole_rows
from ..models import Mismatch, MismatchQuerySet

# Kept in English, shown in the reader's language.
WHAT_IS_DOWNLOADED = gettext_noop("MOSIS ID, courses, and how core data and reports about them differ")
WHY_IT_IS_DOWNLOADED = gettext_noop("The list of mismatches was downloaded as a file")
WHAT_IS_IN_ROWS = gettext_noop("Rows of core data, as they should read")
WHY_ROWS_ARE_DOWNLOADED = gettext_noop("Corrected rows were downloaded for the student information system")


@transaction.atomic
def download_list(rows: MismatchQuerySet, *, by: Membership, at: dt.datetime) -> list[Mismatch]:
    """The mismatches of a file, and one disclosure about each student in it whom the portal knows (R-130).

    `rows`: what this hat may see.
    """
    found = list(rows.select_related("lea__organization", "provider__organization"))
    _log(found, by=by, at=at, what=WHAT_IS_DOWNLOADED, why=WHY_IT_IS_DOWNLOADED)
    return found


@transaction.atomic
def download_rows(file: CorrectedFile, *, by: Membership, at: dt.datetime) -> list[dict[str, str]]:
    """The corrected rows of a file, and one disclosure about each student whom they concern (R-130)."""
    mismatches = [mismatch for one in file.rows for mismatch in one.mismatches]
    _log(mismatches, by=by, at=at, what=WHAT_IS_IN_ROWS, why=WHY_ROWS_ARE_DOWNLOADED)
    return whole_rows(file)


def _log(mismatches: Iterable[Mismatch], *, by: Membership, at: dt.datetime, what: str, why: str) -> None:
    students = Student.objects.filter(mosis_id__in={mismatch.mosis_id for mismatch in mismatches} - {""})
    if by.organization is not None:
        log_disclosures(
            students=list(students.values_list("pk", flat=True)),
            recipient=by.organization,
            by=by,
            at=at,
            what=what,
            why=why,
        )
