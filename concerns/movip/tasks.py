"""Files of requests go to the virus scanner. Every task may run twice, and be killed in between."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from concerns.models import ScanState

from . import actions
from .models import Paper

AT_A_TIME = 50


@shared_task(name="movip.scan_paper")
def scan_paper(paper_id: str) -> None:
    """One file, if it still waits."""
    if Paper.objects.filter(pk=paper_id, state=ScanState.WAITING).exists():
        actions.scan_paper(UUID(paper_id), at=timezone.now())


@shared_task(name="movip.scan_waiting")
def scan_waiting() -> None:
    """What a silent scanner or a broken broker left, the oldest first."""
    waiting = Paper.objects.filter(state=ScanState.WAITING).order_by("added_at", "pk")
    for paper_id in waiting.values_list("pk", flat=True)[:AT_A_TIME]:
        actions.scan_paper(paper_id, at=timezone.now())
