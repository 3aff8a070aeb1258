"""Files are kept beside a concern; what a scanner says of them comes later."""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from ..files import Kept, scan
from ..models import Asked, Attachment, Concern, ScanState

SCANNED_AT_ONCE = 50


def keep_files(
    concern: Concern, kept: Sequence[Kept], *, at: dt.datetime, asked: Asked | None = None
) -> list[Attachment]:
    """Store what `files.keep` has read. `asked`: the answer it belongs to.

    A transaction that is rolled back may leave the files behind; no row names them.
    """
    state = ScanState.WAITING if settings.CLAMD_ADDRESS else ScanState.UNSCANNED
    rows = []
    for each in kept:
        row = Attachment(
            concern=concern,
            asked=asked,
            name=each.name,
            content_type=each.content_type,
            size=each.size,
            sha256=each.sha256,
            state=state,
            added_at=at,
        )
        row.file.save(f"{row.pk}.{each.ending}", ContentFile(each.bytes), save=False)
        row.save(force_insert=True)
        rows.append(row)
    return rows


def scan_waiting(*, at: dt.datetime) -> int:
    """Ask the scanner about files that wait for it. Returns how many it has answered.

    One after the other, so that whoever is killed has kept what was answered; two at once share the files.
    """
    answered = 0
    waiting = Attachment.objects.waiting().order_by("added_at", "pk")
    for pk in list(waiting.values_list("pk", flat=True)[:SCANNED_AT_ONCE]):
        with transaction.atomic():
            row = waiting.select_for_update(skip_locked=True).filter(pk=pk).first()
            if row is None:
                continue
            state = ScanState.WAITING
            # The storage may have lost it: then nobody can say what it was.
            with suppress(FileNotFoundError), row.file.open("rb") as file:
                state = scan(file.read())
            if state == ScanState.WAITING:
                continue
            row.state = state
            row.scanned_at = None if state == ScanState.UNSCANNED else at
            row.save(update_fields=["state", "scanned_at"])
            answered += 1
    return answered
