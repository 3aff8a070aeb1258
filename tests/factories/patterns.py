import datetime as dt

import factory
from factory.django import DjangoModelFactory

from concerns.patterns.method import NoteKind
from concerns.patterns.models import Look, Method, Note

from .accounts import MembershipFactory
from .directory import LeaFactory, ProviderFactory

FOUND = dt.date(2026, 11, 24)
NIGHT = dt.datetime(2026, 11, 25, 8, 40, tzinfo=dt.UTC)


class NoteFactory(DjangoModelFactory[Note]):
    """Eight concerns about a provider's teachers where one was to be expected, going on and seen by nobody.

    `of_district=True`, `of_rule=True`; `seen=True`, `dismissed=True`, `over=True`.
    """

    class Meta:
        model = Note

    class Params:
        of_district = factory.Trait(kind=NoteKind.DISTRICT, provider=None, lea=factory.SubFactory(LeaFactory))
        of_rule = factory.Trait(kind=NoteKind.RULE, category="", provider=None, rule="R-15")
        seen = factory.Trait(seen_at=NIGHT, seen_by=factory.SubFactory(MembershipFactory, dese_reviewer=True))
        dismissed = factory.Trait(
            dismissed_at=NIGHT,
            dismissed_by=factory.SubFactory(MembershipFactory, dese_reviewer=True),
            reason="One teacher was ill.",
        )
        over = factory.Trait(ended_on=FOUND + dt.timedelta(days=28))

    kind = NoteKind.PROVIDER
    category = "teacher"
    provider = factory.SubFactory(ProviderFactory)
    found_on = FOUND
    recent = 8
    past = 12
    others_recent = 5
    others_past = 55
    past_days = 364
    expected = 1.0
    chance = 0.00002
    threshold = 0.001
    cells = 50
    method = factory.LazyFunction(lambda: Method.objects.at(FOUND))
    raised_at = NIGHT
    last_on = factory.SelfAttribute("found_on")
    last_recent = factory.SelfAttribute("recent")


class LookFactory(DjangoModelFactory[Look]):
    class Meta:
        model = Look

    day = FOUND
    at = NIGHT
    method = factory.LazyFunction(lambda: Method.objects.at(FOUND))
    cells = 50
    rising = 1
    raised = 1
    past_days = 364
