"""Somebody takes the list of students out of the portal: a file, and a line in the log of each student in it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from enrollment.records.actions import log_disclosures
from mocap_portal.foundation.accounts.models import Membership

from ..points import ReportYear
from ..standing import Standing, Track, standings

# Kept in English, shown in the reader's language.
WHAT_IS_DOWNLOADED = gettext_noop("Name, MOSIS ID, courses and how far the progress reports are")
WHY_IT_IS_DOWNLOADED = gettext_noop("The list of progress reports was downloaded as a file")


@transaction.atomic
def download_list(
    rows: QuerySet[Any],
    track: Track,
    year: ReportYear,
    *,
    today: dt.date,
    by: Membership,
    at: dt.datetime,
) -> Sequence[Standing]:
    """The students of a file, and one disclosure about each of them (R-130). `rows`: what this hat may see."""
    related = "student" if track == Track.FULL_TIME else "line__request__claim"
    found = standings(list(rows.select_related(related)), track, year, today=today)
    students = {standing.student_id for standing in found}
    if by.organization is not None:
        log_disclosures(
            students=[key for key in students if key is not None],
            recipient=by.organization,
            by=by,
            at=at,
            what=WHAT_IS_DOWNLOADED,
            why=WHY_IT_IS_DOWNLOADED,
        )
    return found
