"""Mails about due days that a closed day moved: everybody who was told of the first day hears of the new one (R-16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.clocks.models import ClockKind, ClockMove
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers import actions as papers

from ..models import ApplicationState, ProgramApplication, ProgramReview, RecordsRequest
from .applications import FAMILY_PAGE, HOST_PAGE, RESIDENT_PAGE
from .people import INFORMING_ROLES, asked_for, family_of, host_of, resident_of
from .records import answer_page, records_page

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KINDS = (ClockKind.RESIDENT_INPUT, ClockKind.RECORDS, ClockKind.PROGRAM_REVIEW)


def tell_moved(move: ClockMove, *, at: dt.datetime) -> None:
    """From which day to which, and why. Of what was settled meanwhile nobody hears."""
    match move.clock.kind:
        case ClockKind.RESIDENT_INPUT:
            applications = ProgramApplication.objects.filter(state=ApplicationState.APPLIED)
            for application in applications.filter(input_clock=move.clock):
                _tell_input(application, move, at=at)
        case ClockKind.RECORDS:
            for request in RecordsRequest.objects.wanted().filter(clock=move.clock):
                _tell_records(request, move, at=at)
        case ClockKind.PROGRAM_REVIEW:
            for review in ProgramReview.objects.filter(clock=move.clock, outcome=""):
                _tell_review(review, move, at=at)


def _tell_input(application: ProgramApplication, move: ClockMove, *, at: dt.datetime) -> None:
    consequence = _(
        "That day does not count. %(district)s has until %(due)s instead of %(was)s to inform %(program)s."
    )
    for people, page in (
        (family_of(application), FAMILY_PAGE),
        (host_of(application), HOST_PAGE),
        (resident_of(application, INFORMING_ROLES), RESIDENT_PAGE),
    ):
        _tell(application, move, people, consequence, path=reverse(page, args=[application.pk]), at=at)


def _tell_records(request: RecordsRequest, move: ClockMove, *, at: dt.datetime) -> None:
    application = request.application
    consequence = _(
        "That day does not count. %(district)s has until %(due)s instead of %(was)s to send the records."
    )
    for people, path in (
        (host_of(application), records_page(application.pk)),
        (asked_for(request), answer_page(request)),
    ):
        _tell(application, move, people, consequence, path=path, district=request.asked_lea, at=at)


def _tell_review(review: ProgramReview, move: ClockMove, *, at: dt.datetime) -> None:
    application = review.application
    consequence = _(
        "That day does not count. %(program)s has until %(due)s instead of %(was)s to answer whoever asked it to look"
        " at its decision again."
    )
    for people, page in ((family_of(application), FAMILY_PAGE), (host_of(application), HOST_PAGE)):
        _tell(application, move, people, consequence, path=reverse(page, args=[application.pk]), at=at)


def _tell(
    application: ProgramApplication,
    move: ClockMove,
    people: Iterable[User],
    consequence: StrOrPromise,
    *,
    path: str,
    at: dt.datetime,
    district: Lea | None = None,
) -> None:
    papers.tell(
        people,
        f"moved:{move.pk}",
        subject=_("Application %(number)s: due by %(due)s now"),
        sentences=[_("The state office confirmed that schools were closed on %(closed)s."), consequence],
        path=path,
        at=at,
        number=application.number,
        program=application.program.name,
        district=str(district or application.current_resident_lea),
        closed=move.closed_day.date,
        was=move.was_due_on,
        due=move.due_on,
    )
