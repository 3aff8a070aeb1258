"""Chases providers that have not confirmed, tells them of moved due days. Each may run twice or be killed."""

import datetime as dt

from celery import shared_task
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enrollment.part_time.notices import coordinators_of, state_office
from mocap_portal.foundation.clocks import chasing
from mocap_portal.foundation.clocks.models import ChaseStep, ClockKind, ClockMove
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.shared.calendar import central_date

from . import notices
from .models import RosterLine


@shared_task
def chase_confirmations(day: str | None = None) -> int:
    """Puts today's reminders into the digests of providers; late ones into those of coordinators and DESE too (R-18).

    `day` is an ISO date; today in Central time when left out. Returns how many clocks were chased.
    """
    today = dt.date.fromisoformat(day) if day else central_date(timezone.now())
    chased = 0
    for clock, step in chasing.due_chases(today, kinds=[ClockKind.PROVIDER_CONFIRMATION]):
        with transaction.atomic():
            if chasing.record(clock, step, today):
                _remind(RosterLine.objects.get(clock=clock), ChaseStep(step), today)
                chased += 1
    return chased


@shared_task
def tell_moves() -> int:
    """Tells families and providers of days to confirm that a closure moved. Returns how many moves it looked at."""
    now = timezone.now()
    moves = ClockMove.objects.to_tell(at=now).filter(clock__kind=ClockKind.PROVIDER_CONFIRMATION)
    for move in moves:
        with transaction.atomic():
            notices.tell_moved(RosterLine.objects.get(clock=move.clock), move, at=now)
    return len(moves)


def _remind(roster_line: RosterLine, step: ChaseStep, today: dt.date) -> None:
    due = roster_line.clock.due_on
    assert due is not None  # paused clocks are not chased
    late = step == ChaseStep.OVERDUE
    people = [
        (user, reverse("registration:confirm", args=[roster_line.pk]))
        for user in notices.staff_of(roster_line)
    ]
    if late:
        request = roster_line.line.request
        line_page = reverse("registration:line", args=[roster_line.line_id])
        people += [(user, line_page) for user in coordinators_of(request)]
        request_page = reverse("part_time:review", args=[request.pk])
        people += [(user, request_page) for user in state_office()]
    for user, path in people:
        with translation.override(user.language):
            sentence = (
                _("A registration from %(district)s should have been confirmed by %(due)s.")
                if late
                else _("Confirm a registration from %(district)s by %(due)s.")
            )
            digest.add(
                user,
                day=today,
                key=f"clock:{roster_line.clock_id}",
                sentence=sentence
                % {"district": roster_line.lea.organization.name, "due": date_format(due, "DATE_FORMAT")},
                path=path,
                urgent=late,
            )
