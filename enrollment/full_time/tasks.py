"""What happens without anybody clicking. Each may run twice, in two workers at once, or be killed in between."""

import datetime as dt

from celery import shared_task
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.clocks import chasing
from mocap_portal.foundation.clocks.models import ChaseStep, Clock, ClockKind
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.shared.calendar import central_date

from . import actions, links, notices
from .actions import records
from .models import ApplicationState, ProgramApplication, ProgramPolicy, RecordsRequest
from .notices.people import INFORMING_ROLES, SENDING_ROLES, host_of, resident_of
from .notices.records import answer_page, records_page

OF_AN_APPLICATION = ("program__host__organization", "resident_lea__organization", "claim")


@shared_task
def chase(day: str | None = None) -> int:
    """Puts today's reminders about input and records into digests. Returns how many clocks were chased.

    `day` is an ISO date for a night that is caught up; today in Central time when left out. Of an application that
    was settled meanwhile nobody is reminded.
    """
    today = dt.date.fromisoformat(day) if day else central_date(timezone.now())
    chased = 0
    for clock, step in chasing.due_chases(today, kinds=[ClockKind.RESIDENT_INPUT, ClockKind.RECORDS]):
        with transaction.atomic():
            remind = _remind_of_input if clock.kind == ClockKind.RESIDENT_INPUT else _remind_of_records
            chased += remind(clock, ChaseStep(step), today)
    return chased


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


def _remind_of_input(clock: Clock, step: ChaseStep, today: dt.date) -> bool:
    """The resident district's counselors and coordinators. Late input changes nothing, so nobody else hears (D-10)."""
    applications = ProgramApplication.objects.filter(input_clock=clock, state=ApplicationState.APPLIED)
    application = applications.select_related(*OF_AN_APPLICATION).first()
    if application is None or not chasing.record(clock, step, today):
        return False
    late = step == ChaseStep.OVERDUE
    for user in resident_of(application, INFORMING_ROLES):
        with translation.override(user.language):
            sentence = (
                _("Your information about application %(number)s to %(program)s was due by %(due)s.")
                if late
                else _("Inform %(program)s about application %(number)s by %(due)s.")
            )
            path = reverse("full_time:resident_application", args=[application.pk])
            _add(user, clock, application, sentence, path=path, late=late, today=today)
    return True


def _remind_of_records(clock: Clock, step: ChaseStep, today: dt.date) -> bool:
    """Who sends records in the resident district; once they are late the host, too."""
    requests = RecordsRequest.objects.wanted().filter(clock=clock)
    request = requests.select_related(*(f"application__{name}" for name in OF_AN_APPLICATION)).first()
    if request is None or not chasing.record(clock, step, today):
        return False
    late = step == ChaseStep.OVERDUE
    application = request.application
    people = [(user, answer_page(request)) for user in resident_of(application, SENDING_ROLES)]
    if late:
        people += [(user, records_page(application.pk)) for user in host_of(application)]
    for user, path in people:
        with translation.override(user.language):
            sentence = (
                _("%(district)s should have sent the records for application %(number)s by %(due)s.")
                if late
                else _("Send %(program)s the records for application %(number)s by %(due)s.")
            )
            _add(user, clock, application, sentence, path=path, late=late, today=today)
    return True


def _add(
    user: User,
    clock: Clock,
    application: ProgramApplication,
    sentence: str,
    *,
    path: str,
    late: bool,
    today: dt.date,
) -> None:
    assert clock.due_on is not None  # paused clocks are not chased
    names = {
        "number": application.number,
        "program": application.program.name,
        "district": application.resident_lea.organization.name,
        "due": date_format(clock.due_on, "DATE_FORMAT"),
    }
    digest.add(user, day=today, key=f"clock:{clock.pk}", sentence=sentence % names, path=path, urgent=late)
