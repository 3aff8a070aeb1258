"""Mails about a registration. None names the child, the MOSIS ID or the birth date (R-31)."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enrollment.part_time.notices import family_of
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership, User
from mocap_portal.foundation.clocks.models import ClockMove
from mocap_portal.foundation.papers import actions as papers

from .models import RosterLine


def staff_of(roster_line: RosterLine) -> list[User]:
    """The provider's people."""
    hats = Membership.objects.in_organization(roster_line.provider_id, *PROVIDER_ROLES)
    return sorted({hat.user for hat in hats.select_related("user")}, key=lambda user: user.pk)


def tell_registered(roster_line: RosterLine, *, at: dt.datetime) -> None:
    """The provider has a new student to confirm; the family hears that the district has done its part."""
    due = roster_line.clock.due_on
    assert due is not None  # register() has just started it
    for user in staff_of(roster_line):
        with translation.override(user.language):
            _queue(
                roster_line,
                "roster",
                user,
                at=at,
                subject=_("A new student on your roster, confirm by %(due)s"),
                body=_(
                    "%(district)s registered a student in one of your courses. Please confirm by %(due)s."
                ),
                address=reverse("registration:confirm", args=[roster_line.pk]),
                due=date_format(due, "DATE_FORMAT"),
            )
    for user in family_of(roster_line.line.request):
        with translation.override(user.language):
            _queue(
                roster_line,
                "registered",
                user,
                at=at,
                subject=_("A course of request %(number)s was sent to its provider"),
                body=_(
                    "%(district)s registered the approved course. %(provider)s has to confirm by %(due)s."
                ),
                address=reverse("part_time:status", args=[roster_line.line.request_id]),
                due=date_format(due, "DATE_FORMAT"),
            )


def tell_confirmed(roster_line: RosterLine, *, at: dt.datetime) -> None:
    """Family and district hear that the course can begin."""
    request_id = roster_line.line.request_id
    people = [
        (user, reverse("part_time:status", args=[request_id])) for user in family_of(roster_line.line.request)
    ]
    if roster_line.sent_by.ended_at is None:
        people.append((roster_line.sent_by.user, reverse("registration:line", args=[roster_line.line_id])))
    for user, address in people:
        with translation.override(user.language):
            _queue(
                roster_line,
                "confirmed",
                user,
                at=at,
                subject=_("A course of request %(number)s is confirmed"),
                body=_("%(provider)s confirmed the course. The first day and the section are on this page:"),
                address=address,
            )


def tell_moved(roster_line: RosterLine, move: ClockMove, *, at: dt.datetime) -> None:
    """A closed day moved the provider's last day: provider and family hear from which day to which, and why."""
    people = [
        (user, reverse("registration:confirm", args=[roster_line.pk])) for user in staff_of(roster_line)
    ]
    request_id = roster_line.line.request_id
    people += [
        (user, reverse("part_time:status", args=[request_id])) for user in family_of(roster_line.line.request)
    ]
    for user, address in people:
        with translation.override(user.language):
            _queue(
                roster_line,
                f"moved:{move.pk}",
                user,
                at=at,
                subject=_("A course of request %(number)s: to be confirmed by %(due)s"),
                body=_(
                    "The state office confirmed that schools were closed on %(closed)s. That day does not count. "
                    "%(provider)s has to confirm by %(due)s instead of %(was)s."
                ),
                address=address,
                due=date_format(move.due_on, "DATE_FORMAT"),
                was=date_format(move.was_due_on, "DATE_FORMAT"),
                closed=date_format(move.closed_day.date, "DATE_FORMAT"),
            )


def _queue(
    roster_line: RosterLine,
    what: str,
    user: User,
    *,
    at: dt.datetime,
    subject: str,
    body: str,
    address: str,
    **names: str,
) -> None:
    names |= {
        "number": roster_line.line.request.number,
        "district": roster_line.lea.organization.name,
        "provider": roster_line.provider.organization.name,
    }
    papers.queue_notice(
        f"roster:{roster_line.pk}:{what}:{user.pk}",
        user=user,
        subject=subject % names,
        body=f"{body % names}\n\n{settings.PORTAL_URL}{address}",
        at=at,
    )
