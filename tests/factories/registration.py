import datetime as dt

import factory
from factory.django import DjangoModelFactory

from enrollment.part_time.models import LineState
from enrollment.registration.models import RosterLine

from .accounts import MembershipFactory
from .clocks import ClockFactory
from .part_time import CourseLineFactory


class RosterLineFactory(DjangoModelFactory[RosterLine]):
    """A registration the provider has not answered."""

    class Meta:
        model = RosterLine

    line = factory.SubFactory(
        CourseLineFactory,
        approved=True,
        state=LineState.REGISTERED,
        request__claim__confirmed=True,
    )
    provider = factory.SelfAttribute("line.course.provider")
    lea = factory.SelfAttribute("line.request.lea")
    mosis_id = factory.SelfAttribute("line.request.claim.student.mosis_id")
    first_name = factory.SelfAttribute("line.request.claim.student.first_name")
    last_name = factory.SelfAttribute("line.request.claim.student.last_name")
    birth_date = factory.SelfAttribute("line.request.claim.student.birth_date")
    grade = factory.SelfAttribute("line.request.claim.student.grade")
    contact_name = factory.SelfAttribute("lea.contact_name")
    contact_email = factory.SelfAttribute("lea.contact_email")
    contact_phone = factory.SelfAttribute("lea.contact_phone")
    sent_at = dt.datetime(2026, 11, 5, 15, tzinfo=dt.UTC)
    sent_by = factory.SubFactory(MembershipFactory, coordinator=True, lea=factory.SelfAttribute("..lea"))
    clock = factory.SubFactory(
        ClockFactory,
        kind="provider_confirmation",
        lea=factory.SelfAttribute("..lea"),
        started_at=dt.datetime(2026, 11, 5, 15, tzinfo=dt.UTC),
        business_days=5,
        source="A-04",
        first_due_on=dt.date(2026, 11, 13),
        due_on=dt.date(2026, 11, 13),
    )
