import datetime as dt

import factory
from factory.django import DjangoModelFactory

from enrollment.transfers.models import Transfer, TransferState

from .accounts import MembershipFactory
from .directory import LeaFactory, SchoolFactory
from .records import StudentFactory


class TransferFactory(DjangoModelFactory[Transfer]):
    """Announced on 5 November 2026, last day the 6th. `received=True` began on the 9th with the new LEA."""

    class Meta:
        model = Transfer

    class Params:
        received = factory.Trait(
            state=TransferState.RECEIVED,
            to_school=factory.SubFactory(SchoolFactory, lea=factory.SelfAttribute("..to_lea")),
            starts_on=dt.date(2026, 11, 9),
            answered_at=dt.datetime(2026, 11, 9, 15, tzinfo=dt.UTC),
            answered_by=factory.SubFactory(
                MembershipFactory, coordinator=True, lea=factory.SelfAttribute("..to_lea")
            ),
        )

    student = factory.SubFactory(StudentFactory)
    from_lea = factory.SelfAttribute("student.lea")
    to_lea = factory.SubFactory(LeaFactory)
    leaves_on = dt.date(2026, 11, 6)
    announced_at = dt.datetime(2026, 11, 5, 15, tzinfo=dt.UTC)
    announced_by = factory.SubFactory(
        MembershipFactory, coordinator=True, lea=factory.SelfAttribute("..from_lea")
    )
