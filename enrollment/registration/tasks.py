"""Starts courses, chases providers that have not confirmed, tells of moved days. Each may run twice or be killed."""

import datetime as dt

from celery import shared_task
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enrollment.part_time.models import CourseLine, LineState
from enrollment.part_time.notices import coordinators_at, state_office
from mocap_portal.foundation.clocks import chasing
from mocap_portal.foundation.clocks.models import ChaseStep, ClockKind, ClockMove
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Instruction

from . import actions, notices
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
        people += [(user, line_page) for user in coordinators_at(roster_line.lea_id, request)]
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


@shared_task
def start_courses(day: str | None = None) -> int:
    """Starts the courses whose first day has come; what keeps one back goes into digests. Returns how many started.

    `day` is an ISO date; today in Central time when left out. Each course is a transaction of its own.
    """
    now = timezone.now()
    today = dt.date.fromisoformat(day) if day else central_date(now)
    started = 0
    for line_id in actions.due_to_start(today):
        try:
            actions.start(line_id, at=now, on=today)
        except Refusal:
            with transaction.atomic():
                _tell_what_keeps_it_back(line_id, today)
        else:
            started += 1
    return started


def _tell_what_keeps_it_back(line_id: int, today: dt.date) -> None:
    """Coordinators of the LEA that pays hear of every course that could not start; the provider of those that lack its
    teacher."""
    lines = CourseLine.objects.select_related(
        "course__provider__organization",
        "request__claim",
        "roster_line__lea__organization",
        "roster_line__teacher",
    )
    line = lines.filter(pk=line_id, state=LineState.CONFIRMED).first()
    if line is None or line.starts_on is None:
        return  # somebody started it or took it back meanwhile
    lea = line.roster_line.lea
    people = [
        (user, reverse("registration:line", args=[line_id])) for user in coordinators_at(lea.pk, line.request)
    ]
    ways = actions.what_is_in_the_way(line, on=today)
    if line.course.instruction == Instruction.PROVIDER and any(
        isinstance(way, actions.TeacherMissing | actions.CertificateNotValid) for way in ways
    ):
        page = reverse("registration:confirm", args=[line.roster_line.pk])
        people += [(user, page) for user in notices.staff_of(line.roster_line)]
    names = {
        "number": line.request.number,
        "district": lea.organization.name,
        "day": date_format(line.starts_on, "DATE_FORMAT"),
    }
    for user, path in people:
        with translation.override(user.language):
            sentence = _(
                "A course of request %(number)s of %(district)s should have started on %(day)s. What is missing is on "
                "its page."
            )
            digest.add(
                user, day=today, key=f"start:{line_id}", sentence=sentence % names, path=path, urgent=True
            )
