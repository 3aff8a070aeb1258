"""A file arrives, its bytes already sealed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from mocap_portal.foundation.accounts.models import Membership

from ..models import Upload
from ..store.vault import Sealed, destroy


def receive(sealed: Sealed, *, name: str, lea_id: int, by: Membership, at: dt.datetime) -> Upload:
    """Note whose file it is. Nothing is read yet: `check_upload` does that, in a worker or in a command."""
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
        destroy(sealed.stored_as)
        raise
