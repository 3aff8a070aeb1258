"""What lets go of records without anybody clicking. Each may run twice, in two workers at once, or be killed."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import actions
from .models import Disposal


@shared_task
def dispose(disposal_id: int) -> int:
    """Do what is left of one disposal. Returns how many records are gone now."""
    return actions.dispose(disposal_id, at=timezone.now())


@shared_task
def dispose_confirmed() -> int:
    """Go on with every disposal that was confirmed and is not done. Returns how many records are gone now."""
    waiting = list(Disposal.objects.to_do().order_by("pk").values_list("pk", flat=True))
    return sum(actions.dispose(disposal_id, at=timezone.now()) for disposal_id in waiting)
