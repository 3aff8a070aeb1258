"""What happens to concerns without anybody's doing."""

from celery import shared_task
from django.utils import timezone

from .actions.filing import scan_waiting as scan_files_that_wait


@shared_task
def scan_waiting() -> None:
    """Ask the scanner about files that wait for it."""
    scan_files_that_wait(at=timezone.now())
