"""A file arrives, its bytes already sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from mocap_portal.foundation.accounts.models import Membership

from ..models import Upload
from ..store.vault import Sealed, destroy


def receive(
    sealed: Sealed, *, name: str, lea_id: int, by: Membership, at: dt.datetime, made_of: Upload | None = None
) -> Upload:
    """Note whose file it is. Nothing is read yet: `check_upload` does that, in a worker or in a command.

    `made_of`: the certified one out of whose rows the portal made it; none for what was sent.
    """
    with keep_or_destroy(sealed):
        return Upload.objects.create(
            lea_id=lea_id,
            name=name[-255:],
            size=sealed.size,
            sha256=sealed.sha256,
            stored_as=sealed.stored_as,
            key=sealed.key,
            sent_by=by,
            sent_at=at,
            made_of=made_of,
        )


@contextmanager
def keep_or_destroy(sealed: Sealed) -> Iterator[None]:
    """In one transaction; where it fails, nothing of the file stays."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        destroy(sealed.stored_as)
        raise
