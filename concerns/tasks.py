"""What happens without anybody clicking. Each may run twice, in two workers at once, or be killed."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from mocap_portal.foundation.clocks import chasing
from mocap_portal.foundation.clocks.models import ChaseStep
from mocap_portal.foundation.shared.calendar import central_date

from . import actions, chases
from .actions import filing


@shared_task
def sort_received() -> int:
    """Sort what came in by the office's rules. Returns how many concerns a rule has sorted."""
    return actions.sort_received(at=timezone.now())


@shared_task
def chase_concerns(day: str | None = None) -> int:
    """Puts today's reminders about concerns into digests. Returns how many it gave.

    `day` is an ISO date for a night that is caught up; today in Central time when left out.
    """
    today = dt.date.fromisoformat(day) if day else central_date(timezone.now())
    chased = 0
    for clock, step in chasing.due_chases(today, kinds=chases.KINDS):
        with transaction.atomic():
            if chasing.record(clock, step, today):
                chases.remind(clock, ChaseStep(step), today, at=timezone.now())
                chased += 1
    return chased


@shared_task
def tell_moves() -> int:
    """Tells of due days that a confirmed closure moved. Returns how many moves it looked at."""
    return actions.follow_moves(at=timezone.now())


@shared_task
def scan_waiting() -> int:
    """Asks the virus scanner about files that wait for it. Returns how many it has answered; most often none waits."""
    return filing.scan_waiting(at=timezone.now())
