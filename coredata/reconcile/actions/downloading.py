"""Somebody takes a list of mismatches out of the portal: a file, and a line in the log of each student in it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_noop

from enrollment.records.actions import log_disclosures
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import Membership

from ..models import Mismatch, MismatchQuerySet

# Kept in English, shown in the reader's language.
WHAT_IS_DOWNLOADED = gettext_noop("MOSIS ID, courses, and how core data and reports about them differ")
WHY_IT_IS_DOWNLOADED = gettext_noop("The list of mismatches was downloaded as a file")


@transaction.atomic
def download_list(rows: MismatchQuerySet, *, by: Membership, at: dt.datetime) -> list[Mismatch]:
    """The mismatches of a file, and one disclosure about each student in it whom the portal knows (R-130).

    `rows`: what this hat may see.
    """
    found = list(rows.select_related("lea__organization", "provider__organization"))
    students = Student.objects.filter(mosis_id__in={mismatch.mosis_id for mismatch in found} - {""})
    if by.organization is not None:
        log_disclosures(
            students=list(students.values_list("pk", flat=True)),
            recipient=by.organization,
            by=by,
            at=at,
            what=WHAT_IS_DOWNLOADED,
            why=WHY_IT_IS_DOWNLOADED,
        )
    return found
