"""What looks at concerns without anybody clicking. It may run twice, in two workers at once, or be killed."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task
def look_at_the_night() -> int | None:
    """Look at the day that is over, unless that is done. Returns how many notes are new, None where nothing was."""
    looked = actions.look_at_night(at=timezone.now())
    return looked.raised if looked else None
