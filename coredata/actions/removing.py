"""A collection whose time is over leaves whole."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import Problem, StoredCollection, StudentCourse, StudentOutcome, Upload
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
