"""Files of the person who asks: kept, scanned, opened."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concerns import files
from concerns.models import ScanState
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import Paper, PaperKind, TranscriptRequest

SCANNED = (ScanState.CLEAN, ScanState.INFECTED)


class NeverOpened(Refusal):
    sentence = _("The virus scanner found something in this file, so nobody opens it. Ask for another one.")


def keep_paper(request: TranscriptRequest, kind: PaperKind, kept: files.Kept, *, at: dt.datetime) -> Paper:
    """Store a file that `files.keep` has read. A transaction that is rolled back may leave the file behind."""
    paper = Paper(
        request=request,
        kind=kind,
        name=kept.name,
        content_type=kept.content_type,
        size=kept.size,
        sha256=kept.sha256,
        state=ScanState.WAITING if settings.CLAMD_ADDRESS else ScanState.UNSCANNED,
        added_at=at,
    )
    paper.file.save(f"{paper.pk}.{kept.ending}", ContentFile(kept.bytes), save=False)
    paper.save(force_insert=True)
    return paper


@transaction.atomic
def scan_paper(paper_id: UUID, *, at: dt.datetime) -> Paper:
    """Ask the scanner about a file that it has not judged yet. Twice asks once; without an answer it waits on."""
    paper = Paper.objects.select_for_update().get(pk=paper_id)
    if paper.state not in SCANNED:
        with paper.file.open("rb") as stored:
            found = files.scan(stored.read())
        if found != paper.state:
            paper.state = found
            paper.scanned_at = at if found in SCANNED else None
            paper.save(update_fields=["state", "scanned_at"])
    return paper


def open_paper(paper_id: UUID, *, at: dt.datetime) -> Paper:
    """The file for whoever looks at the request; a scanner that is there is asked first. Raises NeverOpened."""
    paper = scan_paper(paper_id, at=at)
    if paper.state == ScanState.INFECTED:
        raise NeverOpened
    return paper
