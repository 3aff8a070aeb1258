import datetime as dt

import factory
from factory.django import DjangoModelFactory

from enrollment.membership.models import MembershipReport, ReportState
from mocap_portal.foundation.directory.models import SchoolYear

from .accounts import MembershipFactory
from .full_time import ProgramFactory


class MembershipReportFactory(DjangoModelFactory[MembershipReport]):
    """A draft of the last Wednesday of January 2027, without rows. `sent=True` is with DESE, `returned=True` was."""

    class Meta:
        model = MembershipReport

    class Params:
        sent = factory.Trait(
            state=ReportState.SENT,
            sent_at=dt.datetime(2027, 2, 3, 18, tzinfo=dt.UTC),
            sent_by=factory.SelfAttribute("made_by"),
            signed_name="Hanna Host",
        )
        returned = factory.Trait(
            sent=True,
            state=ReportState.RETURNED,
            answered_at=dt.datetime(2027, 2, 8, 18, tzinfo=dt.UTC),
            answered_by=factory.SubFactory(MembershipFactory, dese_reviewer=True),
            reason="Two students are missing.",
        )

    program = factory.SubFactory(ProgramFactory)
    school_year = factory.LazyFunction(lambda: SchoolYear.objects.get(year=2027))
    count_date = dt.date(2027, 1, 27)
    made_at = dt.datetime(2027, 2, 1, 18, tzinfo=dt.UTC)
    made_by = factory.SubFactory(
        MembershipFactory, host_staff=True, lea=factory.SelfAttribute("..program.host")
    )
