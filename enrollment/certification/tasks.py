"""Looks for students with a letter who have stopped. May run twice, by two workers at once, or be killed."""

from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task
def open_cessations() -> int:
    """Opens a cessation task for each enrollment, and each combined study, that ended after a letter (R-153).

    Returns how many it opened. Each is a transaction of its own.
    """
    opened = sum(actions.open_task(pk, at=timezone.now()) for pk in actions.due_to_open())
    return opened + sum(
        actions.open_combined_task(pk, at=timezone.now()) for pk in actions.combined_due_to_open()
    )
