"""What happens without anybody clicking. Each may run twice or be killed."""

from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task
def check_file(upload_id: int) -> None:
    """Read and check a file that was sent."""
    actions.check_upload(upload_id, at=timezone.now())


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
