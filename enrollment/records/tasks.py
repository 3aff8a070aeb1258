"""What the night does about students' records. It may run twice, on two workers at once, and be killed in between."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from mocap_portal.foundation.shared.calendar import central_date

from . import actions
from .models import Guardian


@shared_task(name="records.end_outgrown")
def end_outgrown(day: str | None = None) -> int:
    """End the rights of parents whose child is of age on a day (ISO date; today in Missouri when left out).

    Pages do not wait for it: they look at the birth date (R-132). Returns how many ended now.
    """
    now = timezone.now()
    on = dt.date.fromisoformat(day) if day else central_date(now)
    rows = Guardian.objects.outgrown(on=on).order_by("pk").values_list("pk", flat=True)
    return sum(actions.end_outgrown(pk, on=on, at=now) for pk in list(rows))
