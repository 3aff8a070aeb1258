"""What happens without anybody clicking. Each may run twice, in two workers at once, or be killed in between."""

import datetime as dt

from celery import shared_task
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mocap_portal.foundation.clocks import chasing
from mocap_portal.foundation.clocks.models import ChaseStep, ClockMove
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.shared.calendar import central_date

from . import actions, links, notices, reminders
from .actions import records
from .models import ProgramPolicy
from .notices import moves
from .notices.people import host_of


@shared_task
def chase(day: str | None = None) -> int:
    """Puts today's reminders about input, records and reviews into digests. Returns how many clocks were chased.

    `day` is an ISO date for a night that is caught up; today in Central time when left out. Of an application that
    was settled meanwhile nobody is reminded.
    """
    today = dt.date.fromisoformat(day) if day else central_date(timezone.now())
    chased = 0
    for clock, step in chasing.due_chases(today, kinds=reminders.KINDS):
        with transaction.atomic():
            chased += reminders.remind(clock, ChaseStep(step), today)
    return chased


@shared_task
def tell_moves() -> int:
    """Tells families, programs and resident districts of due days that a closure moved. Returns how many moves it
    looked at."""
    now = timezone.now()
    found = ClockMove.objects.to_tell(at=now).filter(clock__kind__in=moves.KINDS)
    for move in found:
        with transaction.atomic():
            notices.tell_moved(move, at=now)
    return len(found)


@shared_task
def remind_to_ask(day: str | None = None) -> int:
    """Reminds hosts of applications for which nobody asked for records in time (R-48). Returns how many.

    `day` is an ISO date; today in Central time when left out. Each day until somebody asks; the digest keeps one
    sentence for a person and day.
    """
    today = dt.date.fromisoformat(day) if day else central_date(timezone.now())
    number = 0
    for application, due in records.to_ask(today):
        with transaction.atomic():
            path = reverse("full_time:ask_records", args=[application.pk])
            for user in host_of(application):
                with translation.override(user.language):
                    sentence = _("Ask for the records of application %(number)s: due by %(due)s.") % {
                        "number": application.number,
                        "due": date_format(due, "DATE_FORMAT"),
                    }
                    digest.add(
                        user,
                        day=today,
                        key=f"ask-records:{application.pk}",
                        sentence=sentence,
                        path=path,
                        urgent=due < today,
                    )
            number += 1
    return number


@shared_task
def check_policies() -> int:
    """Opens each policy of today as a stranger would; a host hears of each new problem. Returns how many it opened."""
    today = central_date(timezone.now())
    policies = list(ProgramPolicy.objects.on(today).order_by("pk").values_list("pk", "url"))
    for pk, url in policies:
        problem = links.problem_with(url)  # outside the transaction: it may take seconds
        now = timezone.now()
        with transaction.atomic():
            if actions.note_check(pk, url=url, problem=problem, at=now):
                policy = ProgramPolicy.objects.select_related("program").get(pk=pk)
                notices.tell_link_broken(policy, at=now)
    return len(policies)
