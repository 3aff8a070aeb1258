"""Mails about a registration. None names the child, the MOSIS ID or the birth date (R-31)."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.notices import family_of
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership, User
from mocap_portal.foundation.clocks.models import ClockMove
from mocap_portal.foundation.papers import actions as papers

from .models import RosterLine

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def staff_of(roster_line: RosterLine) -> list[User]:
    """The provider's people."""
    hats = Membership.objects.in_organization(roster_line.provider_id, *PROVIDER_ROLES)
    return sorted({hat.user for hat in hats.select_related("user")}, key=lambda user: user.pk)


def tell_registered(roster_line: RosterLine, *, at: dt.datetime) -> None:
    """The provider has a new student to confirm; the family hears that the district has done its part."""
    due = roster_line.clock.due_on
    assert due is not None  # register() has just started it
    _tell(
        roster_line,
        staff_of(roster_line),
        "roster",
        subject=_("A new student on your roster, confirm by %(due)s"),
        sentence=_("%(district)s registered a student in one of your courses. Please confirm by %(due)s."),
        path=_provider_page(roster_line),
        at=at,
        due=due,
    )
    _tell(
        roster_line,
        family_of(roster_line.line.request),
        "registered",
        subject=_("A course of request %(number)s was sent to its provider"),
        sentence=_("%(district)s registered the approved course. %(provider)s has to confirm by %(due)s."),
        path=_family_page(roster_line),
        at=at,
        due=due,
    )


def tell_confirmed(roster_line: RosterLine, *, at: dt.datetime) -> None:
    """Family and district hear that the course can begin."""
    district = [roster_line.sent_by.user] if roster_line.sent_by.ended_at is None else []
    for people, path in (
        (family_of(roster_line.line.request), _family_page(roster_line)),
        (district, reverse("registration:line", args=[roster_line.line_id])),
    ):
        _tell(
            roster_line,
            people,
            "confirmed",
            subject=_("A course of request %(number)s is confirmed"),
            sentence=_("%(provider)s confirmed the course. The first day and the section are on this page:"),
            path=path,
            at=at,
        )


def tell_moved(roster_line: RosterLine, move: ClockMove, *, at: dt.datetime) -> None:
    """A closed day moved the provider's last day: provider and family hear from which day to which, and why."""
    for people, path in (
        (staff_of(roster_line), _provider_page(roster_line)),
        (family_of(roster_line.line.request), _family_page(roster_line)),
    ):
        _tell(
            roster_line,
            people,
            f"moved:{move.pk}",
            subject=_("A course of request %(number)s: to be confirmed by %(due)s"),
            sentence=_(
                "The state office confirmed that schools were closed on %(closed)s. That day does not count. "
                "%(provider)s has to confirm by %(due)s instead of %(was)s."
            ),
            path=path,
            at=at,
            due=move.due_on,
            was=move.was_due_on,
            closed=move.closed_day.date,
        )


def _family_page(roster_line: RosterLine) -> str:
    return reverse("part_time:status", args=[roster_line.line.request_id])


def _provider_page(roster_line: RosterLine) -> str:
    return reverse("registration:confirm", args=[roster_line.pk])


def _tell(
    roster_line: RosterLine,
    people: Iterable[User],
    what: str,
    *,
    subject: "StrOrPromise",
    sentence: "StrOrPromise",
    path: str,
    at: dt.datetime,
    **names: dt.date,
) -> None:
    papers.tell(
        people,
        f"roster:{roster_line.pk}:{what}",
        subject=subject,
        sentences=[sentence],
        path=path,
        at=at,
        number=roster_line.line.request.number,
        district=roster_line.lea.organization.name,
        provider=roster_line.provider.organization.name,
        **names,
    )
