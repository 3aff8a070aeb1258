"""What is kept for a time leaves when it is over: a collection whole, rows of reports that do not count."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import LegalKey, LegalValue, NoLegalValue, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import (
    Problem,
    ProviderReport,
    ReportRow,
    ReportState,
    StoredCollection,
    StudentCourse,
    StudentOutcome,
    Upload,
)
from ..store import rows
from .checking import destroy_bytes


class StillKept(Refusal):
    sentence = _("The collection is kept until the end of its retention. Nothing was removed.")


@transaction.atomic
def remove_collection(stored_id: int, *, at: dt.datetime) -> int:
    """Remove the rows of a collection, all districts' at once; how many rows there were.

    That its files were sent, certified by whom and with which counts, stays; their rows, problems and bytes go. Removed
    twice, nothing more happens. Raises StillKept.
    """
    stored = StoredCollection.objects.select_for_update(of=("self",)).get(pk=stored_id)
    if stored.keep_until >= central_date(at):
        raise StillKept
    if stored.removed_at is not None:
        return 0
    uploads = Upload.objects.filter(collection=stored)
    StudentCourse.objects.filter(student_upload__in=uploads).delete()
    StudentCourse.objects.filter(course_upload__in=uploads).delete()
    StudentOutcome.objects.filter(upload__in=uploads).delete()
    Problem.objects.filter(upload__in=uploads).delete()
    for upload in uploads.filter(destroyed_at=None).select_for_update(of=("self",)):
        destroy_bytes(upload, at=at)
        upload.save(update_fields=["key", "destroyed_at"])
    count = rows.detach(stored)
    stored.removed_at = at
    stored.save(update_fields=["removed_at"])
    return count


def last_year_end(*, on: dt.date) -> dt.date | None:
    """Reports that do not count keep no rows of school years that ended by this day. None: all do (R-142)."""
    try:
        return on - dt.timedelta(days=LegalValue.objects.whole(LegalKey.REPORT_ROWS_DAYS, on=on))
    except NoLegalValue:
        return None


def is_long_over(year: SchoolYear | None, *, on: dt.date) -> bool:
    """Whether only the report that counts of this school year still has rows."""
    if year is None or year.ends_on >= on:
        return False
    last = last_year_end(on=on)
    return last is not None and year.ends_on <= last


def destroy_old_report_rows(*, at: dt.datetime) -> int:
    """Destroy rows and problems of reports that do not count and whose school year is long over; how many rows.

    Also of those that nobody ever sent on or decided about: from then on nobody can. Each report by itself, so that
    killed anywhere it goes on the next night. That it was sent, by whom, with which counts and what became of it
    stays, and so does the row by which an enrollment was last seen: it is the enrollment's.
    """
    last = last_year_end(on=central_date(at))
    if last is None:
        return 0
    old = ProviderReport.objects.exclude(state=ReportState.ACCEPTED).filter(school_year__ends_on__lte=last)
    rows_left = ReportRow.objects.filter(report=OuterRef("pk"), enrollment__isnull=True)
    problems_left = Problem.objects.filter(report=OuterRef("pk"))
    kept = old.filter(Exists(rows_left) | Exists(problems_left)).order_by("pk")
    return sum(_destroy_rows(pk) for pk in list(kept.values_list("pk", flat=True)))


@transaction.atomic
def _destroy_rows(report_id: int) -> int:
    report = ProviderReport.objects.select_for_update(of=("self",)).get(pk=report_id)
    if report.state == ReportState.ACCEPTED:
        return 0
    with connection.cursor() as cursor:
        # The database lets rows of a report that was accepted go for nobody else.
        cursor.execute("SELECT set_config('coredata.forgetting', %s, true)", [str(report.pk)])
    count, _of = report.rows.filter(enrollment__isnull=True).delete()
    report.problems.all().delete()
    return count
