"""The lists of a full-time program with 20,000 students: how soon, and how soon without the page.

Each list is visited at an even rate beside a bare page that sends the same statements, as `pages` does it. Three people
look: the host's, the resident district's, from which every student comes, and DESE's.

columns: those of `pages`.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from enrollment.membership.actions import make_report
from mocap_portal.command.state import say
from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.directory.models import Organization
from mocap_portal.foundation.shared.calendar import central_date

from .filling.program import Places, lay_program, lay_year
from .pages import measure
from .pages.visits import Visit, sign_in

WEEKS = 12  # for which the students have been there


def run(
    *, students: int = 20_000, courses: int = 6, seconds: int = 5, per_second: int = 10
) -> dict[str, Any]:
    """Lay the program, and measure each list for `seconds` at `per_second` visits a second. Raises Problem."""
    started, today = time.monotonic(), central_date(timezone.now())
    first = today - dt.timedelta(weeks=WEEKS)
    say(f"laying a program of {students:,} students …")
    places = lay_program(students, courses, first=first, last=today + dt.timedelta(weeks=WEEKS))
    lay_year(places, until=today)
    say(f"laid in {time.monotonic() - started:.0f} s")
    return {"pages": measure(all_visits(places), seconds=seconds, per_second=per_second)}


def all_visits(places: Places) -> dict[str, list[Visit]]:
    """Every list that grows with the students, for each who looks at it."""
    at = timezone.now()
    host = sign_in(places.hat)
    resident = sign_in(_hat(Role.COORDINATOR, places.resident.organization))
    office = sign_in(_hat(Role.DESE_REVIEWER, Organization.objects.get(is_state_office=True)))
    report = make_report(places.program.pk, count_date=central_date(at), by=places.hat, at=at)

    def visit(name: str, session: str, *args: object, **asked: object) -> list[Visit]:
        return [Visit(f"{reverse(name, args=args)}?{urlencode(asked)}", session)]

    return {
        "students, host": visit("full_time:enrollments", host),
        "students, page 400": visit("full_time:enrollments", host, page=400),
        "students, resident": visit("full_time:enrollments", resident),
        "students, DESE": visit("full_time:enrollments", office),
        "applications": visit("full_time:inbox", host, state="all"),
        "applications, resident": visit("full_time:resident_inbox", resident),
        "attendance": visit("attendance:students", host),
        "attendance, quiet": visit("attendance:students", host, state="quiet-5"),
        "attendance, resident": visit("attendance:students", resident),
        "not engaged": visit("attendance:engagement", host),
        "progress": visit("progress:students", host),
        "progress, behind": visit("progress:students", host, which="behind"),
        "progress, DESE": visit("progress:students", office),
        "assessments": visit("progress:assessments", host),
        "membership report": visit("membership:report", host, report.pk),
    }


def _hat(role: Role, organization: Organization) -> Membership:
    user = User.objects.create_user(email=f"{role}@measured.example", name=f"Measured {role}")
    return Membership.objects.create(
        user=user, organization=organization, role=role, started_at=timezone.now()
    )
