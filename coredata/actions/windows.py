"""The state office moves the days on which a collection takes files."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.refusals import Refusal

from ..models import CollectionWindow


class DaysOutOfOrder(Refusal):
    sentence = _("A collection opens first, then it is due, then it closes. Correct the days.")


@transaction.atomic
def change_window(
    window_id: int, *, opens_on: dt.date, due_on: dt.date, closes_on: dt.date | None, source: str
) -> CollectionWindow:
    """The collection takes files on these days from now on; the history keeps those before. Raises DaysOutOfOrder."""
    if opens_on > due_on or (closes_on is not None and closes_on < due_on):
        raise DaysOutOfOrder
    window = CollectionWindow.objects.select_for_update(of=("self",)).get(pk=window_id)
    window.opens_on, window.due_on, window.closes_on, window.source = opens_on, due_on, closes_on, source
    window.save()
    return window
