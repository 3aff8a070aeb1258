"""Sentences for the mail of the day about clocks that run: whom each reminds, and of what (R-18)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enrollment.part_time.notices import state_office
from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.clocks import chasing
from mocap_portal.foundation.clocks.models import ChaseStep, Clock, ClockKind
from mocap_portal.foundation.papers import digest

from .models import ApplicationState, ProgramApplication, ProgramReview, RecordsRequest
from .notices.applications import HOST_PAGE, RESIDENT_PAGE
from .notices.people import INFORMING_ROLES, asked_for, host_of, resident_of
from .notices.records import answer_page, records_page

OF_AN_APPLICATION = (
    "program__host__organization",
    "resident_lea__organization",
    "enrollment__resident_lea__organization",
    "claim",
)
KINDS = (ClockKind.RESIDENT_INPUT, ClockKind.RECORDS, ClockKind.PROGRAM_REVIEW)


def remind(clock: Clock, step: ChaseStep, today: dt.date) -> bool:
    """Put today's reminder about a clock of these KINDS into digests. Whether anybody still has to act."""
    match clock.kind:
        case ClockKind.RESIDENT_INPUT:
            return _of_input(clock, step, today)
        case ClockKind.RECORDS:
            return _of_records(clock, step, today)
        case _:
            return _of_review(clock, step, today)


def _of_input(clock: Clock, step: ChaseStep, today: dt.date) -> bool:
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
            path = reverse(RESIDENT_PAGE, args=[application.pk])
            _add(user, clock, application, sentence, path=path, late=late, today=today)
    return True


def _of_records(clock: Clock, step: ChaseStep, today: dt.date) -> bool:
    """Who sends records in the resident district; once they are late the host, too."""
    requests = RecordsRequest.objects.wanted().filter(clock=clock)
    request = requests.select_related(*(f"application__{name}" for name in OF_AN_APPLICATION)).first()
    if request is None or not chasing.record(clock, step, today):
        return False
    late = step == ChaseStep.OVERDUE
    application = request.application
    people = [(user, answer_page(request)) for user in asked_for(request)]
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


def _of_review(clock: Clock, step: ChaseStep, today: dt.date) -> bool:
    """The host, which has to look at its refusal again; once the answer is late the state office, too (R-71)."""
    reviews = ProgramReview.objects.filter(clock=clock, outcome="")
    review = reviews.select_related(*(f"application__{name}" for name in OF_AN_APPLICATION)).first()
    if review is None or not chasing.record(clock, step, today):
        return False
    late = step == ChaseStep.OVERDUE
    application = review.application
    people = host_of(application) + (state_office() if late else [])
    for user in people:
        with translation.override(user.language):
            sentence = (
                _(
                    "%(program)s should have looked at its decision about application %(number)s again by %(due)s."
                )
                if late
                else _(
                    "Look at your decision about application %(number)s again by %(due)s: the family waits."
                )
            )
            path = reverse(HOST_PAGE, args=[application.pk])
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
        "district": str(clock.lea),
        "due": date_format(clock.due_on, "DATE_FORMAT"),
    }
    digest.add(user, day=today, key=f"clock:{clock.pk}", sentence=sentence % names, path=path, urgent=late)
