import datetime as dt

import factory
from factory.django import DjangoModelFactory

from coredata.june.models import Acceptance, Draft
from mocap_portal.foundation.directory.models import SchoolYear

from .accounts import MembershipFactory
from .directory import LeaFactory


class DraftFactory(DjangoModelFactory[Draft]):
    """What a district types on its June list of 2026-27."""

    class Meta:
        model = Draft
        django_get_or_create = ("lea", "school_year")

    lea = factory.SubFactory(LeaFactory)
    school_year = factory.LazyFunction(lambda: SchoolYear.objects.get(year=2027))


class AcceptanceFactory(DjangoModelFactory[Acceptance]):
    """The data clerk has taken over a proposal."""

    class Meta:
        model = Acceptance

    draft = factory.SubFactory(DraftFactory)
    count = 1
    fingerprint = factory.Sequence(lambda number: f"{number:064x}")
    by = factory.SubFactory(MembershipFactory, data_clerk=True, lea=factory.SelfAttribute("..draft.lea"))
    at = dt.datetime(2027, 6, 10, 15, tzinfo=dt.UTC)
