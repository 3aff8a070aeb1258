"""Providers whose report is overdue are told, once for each day on which one was due."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from mocap_portal.foundation.shared.calendar import central_date

from .. import notices
from ..models import ReportReminder
from ..reports_due import Due, reports_due


def chase_reports(*, at: dt.datetime) -> int:
    """Tell each provider that owes a report; how many were told now.

    One after the other, each whole: done twice, or killed and started again, nobody is told twice.
    """
    return sum(_tell(due, at=at) for due in reports_due(central_date(at)) if due.is_overdue)


@transaction.atomic
def _tell(due: Due, *, at: dt.datetime) -> bool:
    _reminder, is_new = ReportReminder.objects.get_or_create(
        provider=due.provider, due_on=due.due_on, defaults={"told_at": at}
    )
    if is_new:
        notices.tell_report_due(due.provider.pk, name=str(due.provider), due_on=due.due_on, at=at)
    return is_new
