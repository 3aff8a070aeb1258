import datetime as dt

import factory
from factory.django import DjangoModelFactory

from coredata.models import Problem, StoredCollection, Upload, UploadState, Waiver
from mocap_portal.foundation.directory.models import SchoolYear

from .accounts import MembershipFactory
from .directory import LeaFactory

SENT_AT = dt.datetime(2026, 10, 5, 15, tzinfo=dt.UTC)


class StoredCollectionFactory(DjangoModelFactory[StoredCollection]):
    class Meta:
        model = StoredCollection
        django_get_or_create = ("school_year", "cycle", "kind")

    school_year = factory.LazyFunction(lambda: SchoolYear.objects.get(year=2027))
    cycle = "Oct"
    kind = "crs_assign"
    purpose = "To test."
    keep_until = dt.date(2034, 6, 30)


class UploadFactory(DjangoModelFactory[Upload]):
    """A file that has arrived. Rows come with the actions: a trial of the factory has counts only."""

    class Meta:
        model = Upload

    class Params:
        trial = factory.Trait(
            state=UploadState.TRIAL,
            collection=factory.SubFactory(StoredCollectionFactory),
            rows_read=3,
            rows_with_warnings=1,
            warnings=1,
            judged_at=SENT_AT,
        )
        certified = factory.Trait(
            trial=True,
            state=UploadState.CERTIFIED,
            collection=factory.SubFactory(StoredCollectionFactory, kind="stu_core"),
            certified_at=SENT_AT,
            certified_by=factory.SelfAttribute("sent_by"),
            certified_name="Casey Clerk",
            destroyed_at=SENT_AT,
        )

    lea = factory.SubFactory(LeaFactory)
    name = factory.Sequence(lambda n: f"file-{n}.csv")
    size = 100
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    sent_by = factory.SubFactory(MembershipFactory, data_clerk=True, lea=factory.SelfAttribute("..lea"))
    sent_at = SENT_AT


class ProblemFactory(DjangoModelFactory[Problem]):
    class Meta:
        model = Problem

    upload = factory.SubFactory(UploadFactory, trial=True)
    line = 4
    column = "DeliverySystem"
    value = "S"
    rule = "V-51"
    severity = "W"
    message = "Program code 50 stands with delivery S."


class WaiverFactory(DjangoModelFactory[Waiver]):
    class Meta:
        model = Waiver

    class Params:
        ended = factory.Trait(ended_at=SENT_AT, ended_by=factory.SelfAttribute("granted_by"))

    lea = factory.SubFactory(LeaFactory)
    rule = "V-51"
    reason = "The system of this district cannot say it otherwise this year."
    until = dt.date(2027, 6, 30)
    granted_by = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    granted_at = SENT_AT
