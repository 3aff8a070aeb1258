"""Somebody takes students out of the portal as a file: each one gets a line in the log (R-130)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext_noop

from enrollment.records.actions import log_disclosures
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import Membership

from .. import files
from ..expected import JuneList, Shown

# Kept in English, shown in the reader's language.
LIST = gettext_noop("Name, birth date, MOSIS ID, MOCAP courses and their outcomes")
WHY_LIST = gettext_noop("The June list was downloaded as a file, to report it in core data")
DIFFERENCES = gettext_noop("Name, MOSIS ID, MOCAP courses and their outcomes")
WHY_DIFFERENCES = gettext_noop("What is missing and extra in a June file was downloaded, to correct it")


@transaction.atomic
def download_list(found: JuneList, *, by: Membership, at: dt.datetime) -> Iterator[str]:
    """The lines of the June list as a file."""
    rows = found.as_filed()
    _note({row["mosis_id"] for row in rows}, by=by, at=at, what=LIST, why=WHY_LIST)
    return files.june_file(found.lea, found.year.pk, rows)


@transaction.atomic
def download_differences(found: JuneList, *, by: Membership, at: dt.datetime) -> Iterator[str]:
    """The lines of what is missing and extra in the June file that the list is held against."""
    missing, extra = list(found.rows(Shown.MISSING)), list(found.extra())
    students = {row.mosis_id for row in missing} | {row.mosis_id for row in extra}
    _note(students, by=by, at=at, what=DIFFERENCES, why=WHY_DIFFERENCES)
    return files.differences(missing, extra)


def _note(mosis_ids: set[str], *, by: Membership, at: dt.datetime, what: str, why: str) -> None:
    """One disclosure about each of these students whom the portal has on record."""
    assert by.organization is not None  # roles of an LEA have one
    students = Student.objects.filter(mosis_id__in=mosis_ids).values_list("pk", flat=True)
    log_disclosures(students=students, recipient=by.organization, by=by, at=at, what=what, why=why)
