"""A provider takes its roster out of the portal: a file, and a line in the log of each student in it."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_noop

from enrollment.records.actions import log_disclosures
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership

from ..models import RosterLine, RosterLineQuerySet
from .locking import NotYourRoster

# Kept in English, shown in the reader's language.
WHAT_IS_DOWNLOADED = gettext_noop(
    "Name, MOSIS ID, birth date, grade, courses with their days, teacher and result"
)
WHY_IT_IS_DOWNLOADED = gettext_noop("The provider downloaded the roster of its students as a file")


@transaction.atomic
def download_roster(rows: RosterLineQuerySet, *, by: Membership, at: dt.datetime) -> Sequence[RosterLine]:
    """The rows of a file, and one disclosure about each student in it (R-130). Raises NotYourRoster.

    `rows` are locked against what would change them meanwhile: what is logged is what is in the file.
    """
    if by.role not in PROVIDER_ROLES:
        raise NotYourRoster
    found = list(rows.filter(provider=by.organization_id).select_for_update(of=("self",)))
    students = {row.line.request.claim.student_id for row in found}
    assert by.organization is not None  # a provider's hat
    log_disclosures(
        students=[key for key in students if key is not None],
        recipient=by.organization,
        by=by,
        at=at,
        what=WHAT_IS_DOWNLOADED,
        why=WHY_IT_IS_DOWNLOADED,
    )
    return found
