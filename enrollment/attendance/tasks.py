"""Who is not engaged, night after night. It may run twice or be killed: each program is a transaction of its own."""

import datetime as dt

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from enrollment.full_time.models import EnrollmentState, Program
from mocap_portal.foundation.shared.calendar import central_date

from . import actions


@shared_task
def flag_students(day: str | None = None) -> int:
    """Opens and closes the flags of every program. `day` is an ISO date; today in Central time when left out.

    Returns how many flags were opened.
    """
    night = dt.date.fromisoformat(day) if day else central_date(timezone.now())
    with_students = Q(enrollments__state=EnrollmentState.ENROLLED) | Q(
        enrollments__flags__closed_on__isnull=True
    )
    programs = Program.objects.filter(with_students).distinct().order_by("pk")
    return sum(actions.flag_program(key, night=night)[0] for key in programs.values_list("pk", flat=True))
