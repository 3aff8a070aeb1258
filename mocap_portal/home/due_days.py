"""The due days of one hat as a calendar that other programs read (RFC 5545).

It names no child, no school and nothing of a district: a number, what is due, and the page that asks to sign in. An
event is known by its clock, so that a due day that moves moves its event. A paused clock has no due day and no event.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import TRANSP, Calendar, Event

from concerns.actions import ANSWERING_ROLES
from concerns.chases import CLOCK_OF
from concerns.models import Asked, Concern
from enrollment.part_time.models import REVIEWING_ROLES, CourseLine, CourseRequest, CourseRequestQuerySet
from enrollment.records.models import Claim
from enrollment.registration.models import REGISTERING_ROLES, RosterLine
from mocap_portal.foundation.accounts.models import DESE_ROLES, PROVIDER_ROLES, Membership, Role
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.shared.calendar import CENTRAL, ONE_DAY

MOST = 500  # events; what is due soonest comes first
READ_AGAIN = dt.timedelta(hours=1)  # what a calendar program is asked to wait between two looks


@dataclass(frozen=True)
class DueDay:
    """A clock that runs, what is due in a few words, and the path of the page where it is done."""

    clock_id: int
    due_on: dt.date
    what: str
    path: str


@dataclass(frozen=True)
class Version:
    """How often an event has changed since its clock started, and when it last did."""

    number: int
    at: dt.datetime


def calendar(hat: Membership, *, today: dt.date) -> bytes:
    """The calendar of this hat in its person's language, overdue days included."""
    with translation.override(hat.user.language):
        days = due_days(hat, today=today)
        found = Calendar.new(
            name=_("MOCAP due days"),
            prodid="-//MOCAP portal//due days//EN",
            uid=f"due-days-{hat.pk}@mocap-portal",
        )
        found.add("REFRESH-INTERVAL", READ_AGAIN, parameters={"VALUE": "DURATION"})  # RFC 7986 asks for it
        found.add("X-PUBLISHED-TTL", "PT1H")  # the same for older programs
        versions = _versions(day.clock_id for day in days)
        for day in days:
            found.add_component(event(day, versions[day.clock_id]))
    return bytes(found.to_ical())


def due_days(hat: Membership, *, today: dt.date) -> list[DueDay]:
    """What is due from this hat, the nearest first."""
    found = [day for source in SOURCES.get(Role(hat.role), ()) for day in source(hat, today)]
    return sorted(found, key=lambda day: (day.due_on, day.clock_id))[:MOST]


def decisions(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """Requests that this hat may review."""
    return _answers(CourseRequest.objects.reviewable_by(hat).filter(_running("clock")))


def overdue_in_the_state(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """Requests that a district did not decide in time (R-18)."""
    late = CourseRequest.objects.visible_to(hat).filter(_running("clock"), clock__due_on__lt=today)
    return _answers(late)


def registrations(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """Approved courses that this hat registers, none of a child of its own."""
    lines = (
        CourseLine.objects.visible_to(hat)
        .filter(_running("registration_clock"))
        .exclude(request__claim__in=Claim.objects.about_own_child_of(hat.user_id))
        .select_related("request", "registration_clock")
        .order_by("registration_clock__due_on", "pk")
    )
    for line in lines[:MOST]:
        yield _due(
            line.registration_clock,
            _("%(number)s: registration due") % {"number": line.request.number},
            reverse("registration:line", args=[line.pk]),
        )


def confirmations(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """Students that a provider has to confirm."""
    rows = RosterLine.objects.visible_to(hat).filter(_running("clock")).select_related("clock")
    for row in rows.order_by("clock__due_on", "pk")[:MOST]:
        yield _due(
            row.clock,
            _("Roster line %(number)d: confirmation due") % {"number": row.pk},
            reverse("registration:confirm", args=[row.pk]),
        )


def answers_to_the_office(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """What the state office asks this organization."""
    rows = Asked.objects.visible_to(hat).waiting().filter(_running("clock")).select_related("clock")
    for row in rows.order_by("clock__due_on", "pk")[:MOST]:
        yield _due(
            row.clock,
            _("Answer to the state office due"),
            reverse("concerns:question", args=[row.pk]),
        )


def own_concerns(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """What this reviewer has to do about the concerns that it was given."""
    for kind, name in CLOCK_OF.items():
        rows = Concern.objects.open().filter(_running(name), assigned_to=hat.pk).select_related(name)
        for row in rows.order_by(f"{name}__due_on", "pk")[:MOST]:
            yield _due(
                getattr(row, name),
                _("%(number)s: %(what)s") % {"number": row.number, "what": kind.label},
                reverse("concerns:concern", args=[row.pk]),
            )


Source = Callable[[Membership, dt.date], Iterable[DueDay]]

SOURCES: dict[Role, tuple[Source, ...]] = {
    role: (
        *((decisions,) if role in REVIEWING_ROLES else ()),
        *((registrations,) if role in REGISTERING_ROLES else ()),
        *((confirmations,) if role in PROVIDER_ROLES else ()),
        *((answers_to_the_office,) if role in ANSWERING_ROLES else ()),
        *((overdue_in_the_state, own_concerns) if role in DESE_ROLES else ()),
    )
    for role in Role
}


def _answers(requests: CourseRequestQuerySet) -> Iterator[DueDay]:
    rows = requests.select_related("clock").order_by("clock__due_on", "pk")
    for request in rows[:MOST]:
        yield _due(
            request.clock,
            _("%(number)s: answer due") % {"number": request.number},
            reverse("part_time:review", args=[request.pk]),
        )


def _running(clock: str) -> Q:
    """The clock behind this name has started, and is neither stopped nor paused."""
    return Q(**{f"{clock}__stopped_at__isnull": True, f"{clock}__due_on__isnull": False})


def _due(clock: Clock | None, what: str, path: str) -> DueDay:
    assert clock is not None and clock.due_on is not None  # _running asked for both
    return DueDay(clock.pk, clock.due_on, what, path)


def _versions(clock_ids: Iterable[int]) -> dict[int, Version]:
    """A due day changes when a closure moves it and when a pause ends."""
    rows = (
        Clock.objects.filter(pk__in=list(clock_ids))
        .annotate(
            moves_made=Count("moves", distinct=True),
            pauses_ended=Count("pauses", filter=Q(pauses__ends_on__isnull=False), distinct=True),
            moved_at=Max("moves__moved_at"),
            resumed_on=Max("pauses__ends_on"),
        )
        .values_list("pk", "started_at", "moved_at", "resumed_on", "moves_made", "pauses_ended")
    )
    return {
        pk: Version(moves + pauses, max(filter(None, [started_at, moved_at, _start_of(resumed_on)])))
        for pk, started_at, moved_at, resumed_on, moves, pauses in rows
    }


def _start_of(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(), CENTRAL) if day else None


def event(day: DueDay, version: Version) -> Event:
    return Event.new(
        uid=f"clock-{day.clock_id}@mocap-portal",
        summary=day.what,
        start=day.due_on,
        end=day.due_on + ONE_DAY,
        url=f"{settings.PORTAL_URL.rstrip('/')}{day.path}",
        sequence=version.number,
        stamp=version.at,
        last_modified=version.at,
        transparency=TRANSP.TRANSPARENT,  # the day itself stays free
    )
