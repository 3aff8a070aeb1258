"""What happens without anybody clicking. Each may run twice or be killed."""

import datetime as dt
import logging
from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from . import actions, notices
from .models import Upload

log = logging.getLogger(__name__)

PATIENCE = dt.timedelta(seconds=30)  # of somebody who looks at a page that says "being checked"


@shared_task
def check_file(upload_id: int) -> None:
    """Read and check a file that was sent, then ask to check again what stands beside it.

    Whoever sent it and may have left the page since gets a mail.
    """
    upload = actions.check_upload(upload_id, at=timezone.now())
    if (now := timezone.now()) - upload.sent_at > PATIENCE:
        notices.tell_checked(upload, at=now)
    ask_to_check_again(upload.lea_id, beside=upload)


@shared_task
def check_report(report_id: int) -> None:
    """Read and check a provider's report that was sent; who may have left its page since gets a mail."""
    report = actions.check_report(report_id, at=timezone.now())
    if (now := timezone.now()) - report.sent_at > PATIENCE:
        notices.tell_report_checked(report, at=now)


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
    reports = actions.long_unchecked_reports(at=timezone.now())
    for report_id in reports:
        check_report.delay(report_id)
    return len(waiting) + len(reports)


@shared_task
def chase_reports() -> int:
    """Tell providers whose report is overdue. Returns how many."""
    return actions.chase_reports(at=timezone.now())


@shared_task
def forget_answers() -> int:
    """Forget what programs were answered long ago. Returns how many answers."""
    return actions.forget_answers(at=timezone.now())


@shared_task
def destroy_old_bytes() -> int:
    """Destroy what was sent 30 days ago. Returns how many files."""
    return actions.destroy_old_bytes(at=timezone.now())


@shared_task
def destroy_old_report_rows() -> int:
    """Destroy the rows of reports that do not count, once their time is over. Returns how many rows."""
    count = actions.destroy_old_report_rows(at=timezone.now())
    if count:
        log.info("rows of old reports destroyed: %s", count)
    return count
