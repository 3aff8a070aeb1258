"""The keys of core data, when the portal's secret key changes."""

from __future__ import annotations

from typing import TypeVar

from django.db import models, transaction

from ..models import HashKey, ProviderReport, SentFile, Upload
from ..store import vault

Sent = TypeVar("Sent", bound=SentFile)


@transaction.atomic
def reencrypt_keys() -> int:
    """Encrypt each key with the newest secret key; how many. What the keys open stays as it is.

    Raises InvalidToken, and changes nothing, when one was encrypted with a secret key that is no longer known.
    """
    years = list(HashKey.objects.select_for_update().order_by("pk"))
    for year in years:
        year.encrypted = vault.wrap(vault.unwrap(bytes(year.encrypted)))
    HashKey.objects.bulk_update(years, ["encrypted"])
    return len(years) + _reencrypt(Upload.objects.all()) + _reencrypt(ProviderReport.objects.all())


def _reencrypt(files: models.QuerySet[Sent]) -> int:
    kept = list(files.select_for_update(of=("self",)).filter(destroyed_at=None).order_by("pk"))
    for sent in kept:
        sent.key = vault.wrap(vault.unwrap(bytes(sent.key)))
    files.bulk_update(kept, ["key"], batch_size=500)
    return len(kept)
