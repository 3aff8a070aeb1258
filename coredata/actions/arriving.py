"""A file arrives: its bytes are sealed, and a worker is asked to check it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from mocap_portal.foundation.accounts.models import Membership

from ..models import Upload
from ..store import vault


def receive(pieces: Iterable[bytes], *, name: str, lea_id: int, by: Membership, at: dt.datetime) -> Upload:
    """Keep the bytes of a file, encrypted as they come. Raises OSError when they cannot be kept.

    Nothing is read yet: `check_upload` does that, in a worker or in a command.
    """
    sealed = vault.seal(pieces)
    try:
        with transaction.atomic():
            return Upload.objects.create(
                lea_id=lea_id,
                name=name[-255:],
                size=sealed.size,
                sha256=sealed.sha256,
                stored_as=sealed.stored_as,
                key=sealed.key,
                sent_by=by,
                sent_at=at,
            )
    except BaseException:
        vault.destroy(sealed.stored_as)
        raise
