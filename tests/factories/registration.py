import datetime as dt

import factory
from factory.django import DjangoModelFactory

from enrollment.part_time.models import LineState
from enrollment.registration.models import Result, RosterLine, Teacher

from .accounts import MembershipFactory
from .clocks import ClockFactory
from .part_time import CourseLineFactory


class TeacherFactory(DjangoModelFactory[Teacher]):
    """A provider's teacher with a certificate for the school year; `expired=True` ended on 1 November 2026."""

    class Meta:
        model = Teacher

    class Params:
        expired = factory.Trait(valid_to=dt.date(2026, 11, 1))

    organization = factory.SubFactory("tests.factories.directory.OrganizationFactory")
    name = factory.Sequence(lambda n: f"Terry Teacher{n}")
    certificate_number = factory.Sequence(lambda n: f"MO-{n:06}")
    valid_from = dt.date(2025, 7, 1)
    valid_to = dt.date(2027, 6, 30)


class RosterLineFactory(DjangoModelFactory[RosterLine]):
    """A registration the provider has not answered.

    `confirmed=True` starts on Thursday 5 November 2026; `running=True` did so; `finished=True` was reported later.
    """

    class Meta:
        model = RosterLine

    class Params:
        confirmed = factory.Trait(
            confirmed_at=dt.datetime(2026, 11, 5, 16, tzinfo=dt.UTC),
            confirmed_by=factory.SubFactory(
                MembershipFactory, provider_staff=True, provider=factory.SelfAttribute("..provider")
            ),
            teacher=factory.SubFactory(
                TeacherFactory, organization=factory.SelfAttribute("..provider.organization")
            ),
            clock__stopped_at=dt.datetime(2026, 11, 5, 16, tzinfo=dt.UTC),
            line__state=LineState.CONFIRMED,
            line__registration_clock__stopped_at=dt.datetime(2026, 11, 5, 15, tzinfo=dt.UTC),
            line__starts_on=dt.date(2026, 11, 5),
            line__ends_on=dt.date(2026, 12, 18),
            line__section="A-1",
        )
        running = factory.Trait(
            confirmed=True, line__state=LineState.ACTIVE, line__started_on=dt.date(2026, 11, 5)
        )
        finished = factory.Trait(
            running=True,
            result=Result.COMPLETED,
            line__state=LineState.FINISHED,
            line__ended_on=dt.date(2026, 12, 18),
            line__percent_complete=100,
            line__final_grade="A",
        )

    line = factory.SubFactory(
        CourseLineFactory,
        approved=True,
        request__claim__confirmed=True,
    )
    line__state = LineState.REGISTERED
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
