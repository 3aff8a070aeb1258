"""The state office reminds districts of the files that they owe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date

from ..board import BoardRow
from ..models import Reminder
from ..notices import senders_of, tell_owed


def remind(rows: Iterable[BoardRow], *, by: Membership, at: dt.datetime) -> int:
    """Remind each LEA of what it owes, once a day per file; how many LEAs were reminded now.

    One LEA after the other, each whole: killed and started again, nobody is reminded twice. An LEA without anybody who
    sends files is passed over.
    """
    return sum(_remind(row, by=by, at=at) for row in rows)


@transaction.atomic
def _remind(row: BoardRow, *, by: Membership, at: dt.datetime) -> bool:
    day, told = central_date(at), []
    if not senders_of(row.lea.pk):
        return False
    for cell in row.owed:
        _reminder, is_new = Reminder.objects.get_or_create(
            lea=row.lea, window=cell.window, day=day, defaults={"sent_by": by, "sent_at": at}
        )
        if is_new:
            told.append(cell.window)
    if told:
        tell_owed(row.lea, told, day=day, at=at)
    return bool(told)
