"""Who is not engaged, and which districts owe a family its options, night after night. Each may run twice or be killed:
each program, and each reminder, is a transaction of its own."""

import datetime as dt

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enrollment.full_time.models import EnrollmentState, Program
from enrollment.part_time.notices import state_office
from mocap_portal.foundation.clocks import chasing
from mocap_portal.foundation.clocks.models import ChaseStep, Clock, ClockKind, ClockMove
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.shared.calendar import central_date

from . import actions, notices
from .models import Placement, PlacementState


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


@shared_task
def chase_placements(day: str | None = None) -> int:
    """Puts today's reminders about options for disenrolled students into the digests of resident districts; late ones
    into those of the state office too (R-18, R-59). Returns how many clocks were chased.

    `day` is an ISO date for a night that is caught up; today in Central time when left out. Of options that were sent
    meanwhile nobody is reminded.
    """
    today = dt.date.fromisoformat(day) if day else central_date(timezone.now())
    chased = 0
    for clock, step in chasing.due_chases(today, kinds=[ClockKind.PLACEMENT]):
        with transaction.atomic():
            chased += _remind_of_options(clock, ChaseStep(step), today)
    return chased


@shared_task
def tell_moves() -> int:
    """Tells families and resident districts of last days to send options that a closure moved. Returns how many moves
    it looked at."""
    now = timezone.now()
    moves = ClockMove.objects.to_tell(at=now).filter(clock__kind=ClockKind.PLACEMENT)
    for move in moves:
        for placement in Placement.objects.filter(clock=move.clock, state=PlacementState.OPEN):
            with transaction.atomic():
                notices.tell_moved(placement, move, at=now)
    return len(moves)


def _remind_of_options(clock: Clock, step: ChaseStep, today: dt.date) -> bool:
    open_ones = Placement.objects.filter(clock=clock, state=PlacementState.OPEN)
    placement = open_ones.select_related(
        "enrollment__program", "enrollment__application", "lea__organization"
    ).first()
    if placement is None or not chasing.record(clock, step, today):
        return False
    assert clock.due_on is not None  # paused clocks are not chased
    late = step == ChaseStep.OVERDUE
    own_page = reverse("attendance:placement", args=[placement.pk])
    people = [(user, own_page) for user in notices.placing_staff_of(placement)]
    if late:
        state_page = reverse("full_time:enrollment", args=[placement.enrollment_id])
        people += [(user, state_page) for user in state_office()]
    for user, path in people:
        with translation.override(user.language):
            sentence = (
                _(
                    "%(district)s should have sent options by %(due)s to the family of a student whom %(program)s "
                    "disenrolled (application %(number)s)."
                )
                if late
                else _("By %(due)s send options to the family of a student whom %(program)s disenrolled.")
            )
            names = {
                "district": placement.lea.organization.name,
                "program": placement.enrollment.program.name,
                "number": placement.enrollment.application.number,
                "due": date_format(clock.due_on, "DATE_FORMAT"),
            }
            digest.add(
                user, day=today, key=f"clock:{clock.pk}", sentence=sentence % names, path=path, urgent=late
            )
    return True
