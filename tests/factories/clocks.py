import datetime as dt

import factory
from factory.django import DjangoModelFactory

from mocap_portal.foundation.clocks.models import Clock, ClockKind

from .directory import LeaFactory


class ClockFactory(DjangoModelFactory[Clock]):
    """Ten business days from Monday 2 November 2026: Veterans Day is skipped, due Tuesday 17 November."""

    class Meta:
        model = Clock

    class Params:
        stopped = factory.Trait(stopped_at=dt.datetime(2026, 11, 5, 18, tzinfo=dt.UTC))
        paused = factory.Trait(due_on=None)

    kind = ClockKind.PART_TIME_DECISION
    lea = factory.SubFactory(LeaFactory)
    started_at = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)
    business_days = 10
    source = "R-15"
    first_due_on = dt.date(2026, 11, 17)
    due_on = dt.date(2026, 11, 17)
