import datetime as dt

import factory
from factory.django import DjangoModelFactory

from concerns.retention.models import (
    Disposal,
    DisposalItem,
    Hold,
    HoldKind,
    ItemState,
    RetentionRule,
    Stub,
    Table,
)

from .accounts import MembershipFactory, UserFactory

PROPOSED = dt.datetime(2026, 11, 20, 16, tzinfo=dt.UTC)


class HoldFactory(DjangoModelFactory[Hold]):
    """A lawsuit holds every concern about bills. `lifted=True`."""

    class Meta:
        model = Hold

    class Params:
        lifted = factory.Trait(
            lifted_at=PROPOSED,
            lifted_by=factory.SelfAttribute("placed_by"),
            why_lifted="The case is settled.",
        )

    table = Table.CONCERNS
    kind = HoldKind.LITIGATION
    why = "Doe v. Board of Education"
    category = "billing"
    placed_by = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    placed_at = PROPOSED


class DisposalFactory(DjangoModelFactory[Disposal]):
    """Proposed. `confirmed=True`, `withdrawn=True`."""

    class Meta:
        model = Disposal

    class Params:
        confirmed = factory.Trait(confirmed_at=PROPOSED, confirmed_by=factory.SubFactory(UserFactory))
        withdrawn = factory.Trait(withdrawn_at=PROPOSED, withdrawn_by=factory.SelfAttribute("proposed_by"))

    table = Table.CONCERNS
    rule = factory.LazyAttribute(lambda row: RetentionRule.objects.get(table=row.table))
    as_of = PROPOSED.date()
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = PROPOSED


class DisposalItemFactory(DjangoModelFactory[DisposalItem]):
    class Meta:
        model = DisposalItem

    class Params:
        gone = factory.Trait(state=ItemState.GONE, done_at=PROPOSED)

    disposal = factory.SubFactory(DisposalFactory)
    number = factory.Sequence(lambda n: 700_000 + n)


class StubFactory(DjangoModelFactory[Stub]):
    class Meta:
        model = Stub

    table = Table.CONCERNS
    number = factory.Sequence(lambda n: 800_000 + n)
    category = "billing"
    received_on = dt.date(2021, 11, 1)
    closed_on = dt.date(2021, 11, 11)
    outcome = "settled"
    disposal = factory.SubFactory(DisposalFactory, confirmed=True, finished_at=PROPOSED)
    disposed_at = PROPOSED
