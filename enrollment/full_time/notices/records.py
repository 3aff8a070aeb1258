"""Mails about records: to the resident district when they are asked for, to the host when the answer comes."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.papers import actions as papers

from ..models import RecordsRequest
from .people import asked_for, host_of


def tell_asked(request: RecordsRequest, *, at: dt.datetime) -> None:
    due = request.clock.due_on
    assert due is not None  # ask_for_records() has just started it
    application = request.application
    papers.tell(
        asked_for(request),
        f"records-asked:{request.pk}",
        subject=_("Application %(number)s: send a student's records by %(due)s"),
        sentences=[
            _(
                "%(program)s asks for records of a student of yours, who applied there (application %(number)s)."
            ),
            _("The family's signed application releases them. Please send them by %(due)s:"),
        ],
        path=answer_page(request),
        at=at,
        number=application.number,
        program=application.program.name,
        due=due,
    )


def tell_answered(request: RecordsRequest, *, at: dt.datetime) -> None:
    application = request.application
    papers.tell(
        host_of(application),
        f"records-answered:{request.pk}",
        subject=_("Application %(number)s: the resident district answered about records"),
        sentences=[
            _("%(district)s answered your request for records for application %(number)s."),
            _("What it sent, or why something is not there, is on this page:"),
        ],
        path=records_page(request.application_id),
        at=at,
        number=application.number,
        district=str(request.asked_lea),
    )


def answer_page(request: RecordsRequest) -> str:
    return reverse("full_time:answer_records", args=[request.pk])


def records_page(application_id: int) -> str:
    return reverse("full_time:records", args=[application_id])
