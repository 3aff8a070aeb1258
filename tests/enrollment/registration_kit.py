"""Shorthands for the tests of what becomes of an approved course."""

import datetime as dt
from typing import Any

from django.test import Client
from django.urls import reverse

from enrollment.part_time.models import CourseLine, CourseRequest
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.registration import RosterLineFactory
from tests.sign_in import sign_in

NOW = dt.datetime(2026, 11, 9, 18, tzinfo=dt.UTC)  # a Monday, four days after the first day of `running=True`
TODAY = dt.date(2026, 11, 9)


def on_roster(**traits: Any) -> RosterLine:
    """A roster line in some state, its line loaded."""
    roster_line: RosterLine = RosterLineFactory.create(**traits)
    return roster_line


def coordinator_of(row: RosterLine | CourseLine | CourseRequest, **traits: bool) -> Membership:
    """A hat of the district, a coordinator's unless another trait is named."""
    request = row if isinstance(row, CourseRequest) else request_of(row)
    hat: Membership = MembershipFactory.create(
        **(traits or {"coordinator": True}), organization=request.lea.organization
    )
    return hat


def desk_of(roster_line: RosterLine) -> Membership:
    """A hat of the provider."""
    hat: Membership = MembershipFactory.create(
        provider_staff=True, organization=roster_line.provider.organization
    )
    return hat


def parent_of(row: RosterLine | CourseLine | CourseRequest) -> Membership:
    request = row if isinstance(row, CourseRequest) else request_of(row)
    hat: Membership = MembershipFactory.create(user=request.claim.claimant)
    return hat


def request_of(row: RosterLine | CourseLine) -> CourseRequest:
    return row.line.request if isinstance(row, RosterLine) else row.request


def client_of(hat: Membership) -> Client:
    return sign_in(Client(), hat)


def address(name: str, pk: int) -> str:
    return reverse(f"registration:{name}", args=[pk])


def day(name: str, value: dt.date) -> dict[str, Any]:
    """The three boxes of a date."""
    return {f"{name}_month": value.month, f"{name}_day": value.day, f"{name}_year": value.year}


def words_of(response: Any) -> str:
    text: str = response.content.decode()
    return text


def told() -> set[int]:
    """Whom the outbox holds mails for."""
    return set(Notice.objects.values_list("user", flat=True))


def again(line: CourseLine) -> CourseLine:
    """The line as it stands in the database."""
    return CourseLine.objects.get(pk=line.pk)
