"""What compares without anybody clicking. Each may run twice, in two workers at once, or be killed."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task
def compare_missed() -> list[int]:
    """Run the night that has begun, unless it is done. Returns the ids of the runs; most often there is none."""
    return [run.pk for run in actions.compare_night(at=timezone.now())]


@shared_task
def compare_newer() -> list[int]:
    """Compare the LEAs again that have something newer. Returns the ids of the runs; most often there is none."""
    return [run.pk for run in actions.compare_newer(at=timezone.now())]


@shared_task
def escalate_silent() -> list[int]:
    """Hand what a side has not answered to the MOCAP office. Returns the ids of the mismatches; most often none."""
    return [found.mismatch_id for found in actions.escalate_silent(at=timezone.now())]
