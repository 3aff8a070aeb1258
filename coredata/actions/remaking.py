"""A new file out of a certified one: the same rows, some of them corrected. It goes the way of a file that was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from django.db import transaction

from mocap_portal.foundation.accounts.models import Membership

from ..models import Upload, UploadState
from ..remaking import remade
from ..store import vault
from .arriving import receive
from .certifying import NotCertified
from .checking import locked

LONGEST_STEM = 200  # characters


@transaction.atomic
def remake(
    certified_id: int,
    *,
    changed: Mapping[int, Mapping[str, str]],
    added: Sequence[Mapping[str, str]],
    by: Membership,
    at: dt.datetime,
) -> Upload:
    """Make a file of a certified one's kept rows; `check_upload` then reads and checks it as any other.

    `changed`: new values by line, `added`: whole rows, both by the layout's column names. What is certified stays as it
    is. Raises NotCertified, LookupError for a line that the file does not have.
    """
    certified = locked(certified_id)
    if certified.state != UploadState.CERTIFIED:
        raise NotCertified
    sealed = vault.seal([remade(certified, changed=changed, added=added)])
    name = f"{PurePath(certified.name).stem[:LONGEST_STEM]}-corrected.csv"
    return receive(sealed, name=name, lea_id=certified.lea_id, by=by, at=at, made_of=certified)
