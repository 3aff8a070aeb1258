"""The due days of one hat as a calendar that other programs read (RFC 5545).

It names no child, no school and nothing of a district: a number, what is due, and the page that asks to sign in. An
event is known by its clock, so that a due day that moves moves its event. A paused clock has no due day and no event.
Days of the state's calendar have no clock: one that moves is another event.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, Value
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import TRANSP, Calendar, Event

from concerns.actions import ANSWERING_ROLES
from concerns.chases import CLOCK_OF
from concerns.models import Asked, Concern
from coredata.deadlines import deadlines
from enrollment.attendance.models import PLACING_ROLES, Placement, PlacementQuerySet, PlacementState
from enrollment.full_time.models import (
    ApplicationState,
    ProgramApplication,
    ProgramEnrollment,
    ProgramReview,
    RecordsRequest,
    RecordsRequestQuerySet,
)
from enrollment.full_time.notices.people import INFORMING_ROLES, SENDING_ROLES
from enrollment.part_time.models import REVIEWING_ROLES, CourseLine, CourseRequest, CourseRequestQuerySet
from enrollment.progress.models import WRITING_ROLES
from enrollment.progress.points import ReportYear, report_year_on
from enrollment.progress.rules import DuePoint
from enrollment.progress.standing import Track, missing, own_students, students_of, tracks_of
from enrollment.records.models import Claim
from enrollment.registration.models import REGISTERING_ROLES, RosterLine
from mocap_portal.foundation.accounts.models import DESE_ROLES, HOST_ROLES, PROVIDER_ROLES, Membership, Role
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.shared.calendar import CENTRAL, ONE_DAY

MOST = 500  # events; what is due soonest comes first
READ_AGAIN = dt.timedelta(hours=1)  # what a calendar program is asked to wait between two looks


@dataclass(frozen=True)
class DueDay:
    """What is due in a few words, and the path of the page where it is done; `uid` is what its event is known by.

    Either a clock runs, or it is a day of the state's calendar that has waited since `opened_on`.
    """

    uid: str
    due_on: dt.date
    what: str
    path: str
    clock_id: int | None = None
    opened_on: dt.date | None = None


@dataclass(frozen=True)
class Version:
    """How often an event has changed since it came to be, and when it last did."""

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
        for day, version in _with_versions(days):
            found.add_component(event(day, version))
    return bytes(found.to_ical())


def due_days(hat: Membership, *, today: dt.date) -> list[DueDay]:
    """What is due from this hat, the nearest first."""
    found = [day for source in SOURCES.get(Role(hat.role), ()) for day in source(hat, today)]
    return sorted(found, key=lambda day: (day.due_on, day.clock_id or 0, day.uid))[:MOST]


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


def inputs(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """Applications about which the resident district may still inform a program; late input changes nothing (D-10)."""
    rows = (
        ProgramApplication.objects.visible_to(hat)
        .about_others(hat)
        .filter(_running("input_clock"), state=ApplicationState.APPLIED, input_clock__due_on__gte=today)
        .select_related("input_clock")
    )
    for row in rows.order_by("input_clock__due_on", "pk")[:MOST]:
        yield _due(
            row.input_clock,
            _("%(number)s: information for the program due") % {"number": row.number},
            reverse("full_time:resident_application", args=[row.pk]),
        )


def records_to_send(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """Records that a full-time program asks of the district (R-48)."""
    for row in _records(hat)[:MOST]:
        yield _due(
            row.clock,
            _("%(number)s: records due") % {"number": row.application.number},
            reverse("full_time:answer_records", args=[row.pk]),
        )


def late_records(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """Records that a resident district did not send in time: whoever asked for them asks again (R-48)."""
    for row in _records(hat).filter(clock__due_on__lt=today)[:MOST]:
        yield _due(
            row.clock,
            _("%(number)s: records are late") % {"number": row.application.number},
            reverse("full_time:records", args=[row.application_id]),
        )


def reviews(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """Refusals that a family asked the program to look at again (R-71)."""
    applications = ProgramApplication.objects.visible_to(hat).about_others(hat)
    rows = ProgramReview.objects.filter(_running("clock"), outcome="", application__in=applications)
    for row in rows.select_related("application", "clock").order_by("clock__due_on", "pk")[:MOST]:
        yield _due(
            row.clock,
            _("%(number)s: second look due") % {"number": row.application.number},
            reverse("full_time:look_again", args=[row.pk]),
        )


def placements(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """Disenrolled students of the district whose family has no options yet (R-59)."""
    for row in _placements().filter(pk__in=Placement.objects.run_by(hat))[:MOST]:
        yield _options(row, reverse("attendance:placement", args=[row.pk]))


def late_placements(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """The same in the whole state, where the district is late (R-59)."""
    visible = ProgramEnrollment.objects.visible_to(hat)
    for row in _placements().filter(enrollment__in=visible, clock__due_on__lt=today)[:MOST]:
        yield _options(row, reverse("full_time:enrollment", args=[row.enrollment_id]))


def progress_reports(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """Due points of the school year whose reports can be written and are not all there: one day for all students."""
    try:
        year = report_year_on(today)
    except SchoolYear.DoesNotExist:  # the other days of the calendar stand
        return
    [track] = tracks_of(hat)
    students = students_of(track, year).filter(pk__in=own_students(hat, track).values("pk"))
    owed = [_owed(students, track, year, point) for point in year.points if point.opens_on <= today]
    numbers = set(owed[0].union(*owed[1:])) if owed else set()
    for point in year.points:
        if point.number in numbers:
            yield DueDay(
                f"progress-{year.school_year.pk}-{point.number}-{point.due_on:%Y%m%d}@mocap-portal",
                point.due_on,
                _("Progress reports due"),
                reverse("progress:students"),
                opened_on=point.opens_on,
            )


def core_data(hat: Membership, today: dt.date) -> Iterator[DueDay]:
    """Core data files that are to be certified, or certified again (V-16)."""
    assert hat.organization_id is not None  # roles of an LEA have one
    for owed in deadlines(hat.organization_id, on=today):
        if owed.is_owed:
            yield DueDay(
                f"collection-{owed.window.pk}-{owed.due_on:%Y%m%d}@mocap-portal",
                owed.due_on,
                _("Certify %(file)s") % {"file": owed.what},
                reverse("coredata:files"),
                opened_on=owed.window.opens_on,
            )


Source = Callable[[Membership, dt.date], Iterable[DueDay]]

SOURCES: dict[Role, tuple[Source, ...]] = {
    role: (
        *((decisions,) if role in REVIEWING_ROLES else ()),
        *((registrations,) if role in REGISTERING_ROLES else ()),
        *((confirmations,) if role in PROVIDER_ROLES else ()),
        *((answers_to_the_office,) if role in ANSWERING_ROLES else ()),
        *((inputs,) if role in INFORMING_ROLES else ()),
        *((records_to_send,) if role in SENDING_ROLES else ()),
        *((late_records, reviews) if role in HOST_ROLES else ()),
        *((placements,) if role in PLACING_ROLES else ()),
        *((progress_reports,) if role in WRITING_ROLES else ()),
        *((core_data,) if role == Role.DATA_CLERK else ()),
        *((overdue_in_the_state, late_placements, own_concerns) if role in DESE_ROLES else ()),
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


def _records(hat: Membership) -> RecordsRequestQuerySet:
    """Requests for records without an answer, due soonest first; none about a child of one's own."""
    return (
        RecordsRequest.objects.visible_to(hat)
        .wanted()
        .filter(_running("clock"), application__in=ProgramApplication.objects.about_others(hat))
        .select_related("application", "clock")
        .order_by("clock__due_on", "pk")
    )


def _placements() -> PlacementQuerySet:
    rows = Placement.objects.filter(_running("clock"), state=PlacementState.OPEN)
    return rows.select_related("enrollment__application", "clock").order_by("clock__due_on", "pk")


def _options(row: Placement, path: str) -> DueDay:
    number = row.enrollment.application.number
    return _due(row.clock, _("%(number)s: options for the family due") % {"number": number}, path)


def _owed(students: Any, track: Track, year: ReportYear, point: DuePoint) -> Any:
    """The number of this due point, once, if a report of it is missing: a queryset of no row or one."""
    rows = missing(students, track, ReportYear(year.school_year, [point]), until=point.due_on)
    return rows.annotate(number=Value(point.number)).values_list("number", flat=True)[:1]


def _running(clock: str) -> Q:
    """The clock behind this name has started, and is neither stopped nor paused."""
    return Q(**{f"{clock}__stopped_at__isnull": True, f"{clock}__due_on__isnull": False})


def _due(clock: Clock | None, what: str, path: str) -> DueDay:
    assert clock is not None and clock.due_on is not None  # _running asked for both
    return DueDay(f"clock-{clock.pk}@mocap-portal", clock.due_on, what, path, clock_id=clock.pk)


def _with_versions(days: Sequence[DueDay]) -> Iterator[tuple[DueDay, Version]]:
    of_clocks = _versions(day.clock_id for day in days if day.clock_id is not None)
    for day in days:
        if day.clock_id is not None:
            yield day, of_clocks[day.clock_id]
        else:
            opened_at = _start_of(day.opened_on)
            assert opened_at is not None  # what has no clock has been open since a day
            yield day, Version(0, opened_at)


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
        uid=day.uid,
        summary=day.what,
        start=day.due_on,
        end=day.due_on + ONE_DAY,
        url=f"{settings.PORTAL_URL.rstrip('/')}{day.path}",
        sequence=version.number,
        stamp=version.at,
        last_modified=version.at,
        transparency=TRANSP.TRANSPARENT,  # the day itself stays free
    )
