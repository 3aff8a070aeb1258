"""The keys of core data, when the portal's secret key changes."""

from __future__ import annotations

from django.db import transaction

from ..models import HashKey, Upload
from ..store import vault


@transaction.atomic
def reencrypt_keys() -> int:
    """Encrypt each key with the newest secret key; how many. What the keys open stays as it is.

    Raises InvalidToken, and changes nothing, when one was encrypted with a secret key that is no longer known.
    """
    years = list(HashKey.objects.select_for_update().order_by("pk"))
    for year in years:
        year.encrypted = vault.wrap(vault.unwrap(bytes(year.encrypted)))
    HashKey.objects.bulk_update(years, ["encrypted"])
    kept = Upload.objects.select_for_update(of=("self",)).filter(destroyed_at=None).order_by("pk")
    uploads = list(kept)
    for upload in uploads:
        upload.key = vault.wrap(vault.unwrap(bytes(upload.key)))
    Upload.objects.bulk_update(uploads, ["key"], batch_size=500)
    return len(years) + len(uploads)
