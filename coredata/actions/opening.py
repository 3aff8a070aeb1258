"""Somebody takes back what was sent: who and when is noted before a byte leaves."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from mocap_portal.foundation.accounts.models import Membership

from ..models import Opening, Upload


@transaction.atomic
def open_bytes(upload_id: int, *, by: Membership, at: dt.datetime) -> Opening | None:
    """Note that this person takes the bytes of a file along. None, and nothing noted, when they are destroyed."""
    upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload_id)
    if upload.destroyed_at is not None:
        return None
    return Opening.objects.create(upload=upload, by=by, at=at)
