"""The outbox at work. Every task may run twice, on two workers at once, and be killed in between."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from mocap_portal.foundation.accounts.models import User

from . import actions, digest
from .models import Notice

AT_A_TIME = 500  # one minute's work for one worker; the rest waits for the next minute


@shared_task(name="papers.send_notice")
def send_notice(notice_id: int) -> None:
    """Send one notice, if it still waits."""
    actions.send(notice_id, at=timezone.now())


@shared_task(name="papers.send_waiting")
def send_waiting() -> None:
    """Send what is due: what failed before, and what a killed worker or a broken broker left."""
    waiting = Notice.objects.waiting(at=timezone.now()).order_by("try_after", "pk")
    for notice_id in waiting.values_list("pk", flat=True)[:AT_A_TIME]:
        actions.send(notice_id, at=timezone.now())


@shared_task(name="papers.send_digests")
def send_digests(day: str | None = None) -> None:
    """Queue the mail of a day (ISO date; today in Missouri when left out) for everybody for whom something waits."""
    on = dt.date.fromisoformat(day) if day else timezone.localdate()
    people = User.objects.filter(
        is_active=True, digest_items__day__lte=on, digest_items__notice__isnull=True
    ).distinct()
    for user in people.order_by("pk").iterator():
        digest.send(user, day=on, at=timezone.now())
