"""What happens without anybody clicking. Each may run twice or be killed."""

from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from . import actions
from .models import Upload


@shared_task
def check_file(upload_id: int) -> None:
    """Read and check a file that was sent, then ask to check again what stands beside it."""
    upload = actions.check_upload(upload_id, at=timezone.now())
    ask_to_check_again(upload.lea_id, beside=upload)


@shared_task
def check_file_again(upload_id: int) -> None:
    """Check a trial anew: what it is judged by has changed."""
    actions.check_again(upload_id, at=timezone.now())


def ask_to_check_again(lea_id: int, *, beside: Upload | None = None) -> None:
    """Let a worker check an LEA's trials anew, all or those beside this file, once the transaction is through."""
    for upload_id in actions.trials_of(lea_id, beside=beside):
        transaction.on_commit(partial(check_file_again.delay, upload_id))


@shared_task
def check_waiting() -> int:
    """Ask again for what waits for long: a broker that was restarted forgets. Returns how many."""
    waiting = actions.long_unchecked(at=timezone.now())
    for upload_id in waiting:
        check_file.delay(upload_id)
    return len(waiting)


@shared_task
def destroy_old_bytes() -> int:
    """Destroy what was sent 30 days ago. Returns how many files."""
    return actions.destroy_old_bytes(at=timezone.now())
