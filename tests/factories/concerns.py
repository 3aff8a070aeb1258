import datetime as dt
import uuid

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from concerns import codes
from concerns.actions import timing
from concerns.models import (
    Asked,
    Attachment,
    Concern,
    ConcernState,
    Contact,
    Entry,
    EntryKind,
    IdentityConsent,
    Outcome,
    ResponseTemplate,
    RoutingRule,
    ScanState,
    Tag,
    Writer,
)
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import ClockKind

from .accounts import MembershipFactory
from .directory import LONG_AGO, LeaFactory, ProviderFactory
from .papers import PDF

RECEIVED = dt.datetime(2026, 11, 9, 16, tzinfo=dt.UTC)  # a Monday morning; Veterans Day is that Wednesday


class ConcernFactory(DjangoModelFactory[Concern]):
    """A parent's, with an address, about no decision in time; received, its clocks running from `received_at` on.

    Its secret is `secret_of(concern)`. States: `sorted`, `assigned`, `awaiting`, `responded`, `closed`, `reopened`,
    `merged`; they set rows as the actions leave them but write no entries and stop no clocks beyond what is said here.
    """

    class Meta:
        model = Concern
        skip_postgeneration_save = True

    class Params:
        anonymous = factory.Trait(is_anonymous=True, name="", email="", phone="", contact=Contact.NONE)
        spanish = factory.Trait(language="es")
        by_phone = factory.Trait(contact=Contact.PHONE, phone="573-555-0142")
        denial = factory.Trait(category="denial")
        about_district = factory.Trait(lea=factory.SubFactory(LeaFactory))
        about_provider = factory.Trait(provider=factory.SubFactory(ProviderFactory))
        sorted = factory.Trait(state=ConcernState.SORTED)
        assigned = factory.Trait(
            state=ConcernState.ASSIGNED,
            assigned_to=factory.SubFactory(MembershipFactory, dese_reviewer=True),
        )
        awaiting = factory.Trait(
            state=ConcernState.AWAITING,
            assigned_to=factory.SubFactory(MembershipFactory, dese_reviewer=True),
        )
        responded = factory.Trait(
            state=ConcernState.RESPONDED,
            assigned_to=factory.SubFactory(MembershipFactory, dese_reviewer=True),
        )
        closed = factory.Trait(
            state=ConcernState.CLOSED,
            outcome=Outcome.SETTLED,
            closed_at=factory.LazyAttribute(lambda o: o.received_at + dt.timedelta(days=10)),
        )
        reopened = factory.Trait(state=ConcernState.REOPENED)
        merged = factory.Trait(
            state=ConcernState.MERGED,
            merged_into=factory.SubFactory("tests.factories.concerns.ConcernFactory"),
        )

    form = factory.LazyFunction(uuid.uuid4)
    secret_hash = factory.LazyAttribute(lambda o: codes.hash_secret(codes.secret_of(o.form)))
    received_at = RECEIVED
    writer = Writer.PARENT
    name = "Wanda Writer"
    email = factory.Sequence(lambda n: f"writer{n}@example.org")
    contact = Contact.EMAIL
    category = "no_decision"
    what_happened = "We asked in October and nobody has answered."

    @factory.post_generation
    def clocked(obj: Concern, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        """`clocked=False`: no clock runs. A closed or joined one has stopped all of them."""
        if not create or extracted is False:
            return
        obj.acknowledge_clock, obj.sort_clock, obj.reply_clock = timing.start(at=obj.received_at)
        obj.due_on = obj.acknowledge_clock.due_on
        obj.save()
        if obj.state in {ConcernState.CLOSED, ConcernState.MERGED}:
            timing.stop_all(obj, at=obj.closed_at or obj.received_at)


def secret_of(concern: Concern) -> str:
    """What its writer was told."""
    return codes.secret_of(concern.form)


class AskedFactory(DjangoModelFactory[Asked]):
    """A district was asked the day after; `of_provider=True`: a provider. `answered=True`, `taken_back=True`."""

    class Meta:
        model = Asked

    class Params:
        of_provider = factory.Trait(lea=None, provider=factory.SubFactory(ProviderFactory))
        answered = factory.Trait(
            answer="We decided on October 30 and send the letter again.",
            answered_by=factory.SubFactory(
                MembershipFactory, coordinator=True, lea=factory.SelfAttribute("..lea")
            ),
            answered_at=factory.LazyAttribute(lambda o: o.asked_at + dt.timedelta(days=2)),
        )
        taken_back = factory.Trait(
            taken_back_at=factory.LazyAttribute(lambda o: o.asked_at + dt.timedelta(days=1))
        )

    concern = factory.SubFactory(ConcernFactory, awaiting=True)
    lea = factory.SubFactory(LeaFactory)
    provider = None
    summary = "A family says that its request of October was not decided."
    question = "When was it decided, and where is the letter?"
    asked_by = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    asked_at = RECEIVED + dt.timedelta(days=1)
    clock = factory.LazyAttribute(
        lambda o: clocks.start(
            ClockKind.CONCERN_ANSWER,
            lea_id=o.lea.pk if o.lea else None,
            at=o.asked_at,
            business_days=5,
            source="R-117",
        )
    )


class EntryFactory(DjangoModelFactory[Entry]):
    """The office wrote to the writer."""

    class Meta:
        model = Entry

    concern = factory.SubFactory(ConcernFactory)
    kind = EntryKind.TO_WRITER
    text = "We have asked the district."
    by = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    at = RECEIVED + dt.timedelta(days=1)


class IdentityConsentFactory(DjangoModelFactory[IdentityConsent]):
    class Meta:
        model = IdentityConsent

    concern = factory.SubFactory(ConcernFactory)
    is_given = True
    text = "The MOCAP office may tell who I am to whom it asks about this."
    at = RECEIVED


class AttachmentFactory(DjangoModelFactory[Attachment]):
    """A PDF of the writer, kept apart: no scanner. `clean=True`, `waiting=True`, `infected=True`."""

    class Meta:
        model = Attachment

    class Params:
        clean = factory.Trait(state=ScanState.CLEAN, scanned_at=RECEIVED)
        infected = factory.Trait(state=ScanState.INFECTED, scanned_at=RECEIVED)
        waiting = factory.Trait(state=ScanState.WAITING)

    concern = factory.SubFactory(ConcernFactory)
    file = factory.LazyFunction(lambda: ContentFile(PDF, name="letter.pdf"))
    name = "letter.pdf"
    content_type = "application/pdf"
    size = len(PDF)
    sha256 = "0" * 64
    state = ScanState.UNSCANNED
    added_at = RECEIVED


class TagFactory(DjangoModelFactory[Tag]):
    class Meta:
        model = Tag

    name = factory.Sequence(lambda n: f"tag {n}")


class RoutingRuleFactory(DjangoModelFactory[RoutingRule]):
    """Everything goes to one reviewer."""

    class Meta:
        model = RoutingRule

    position = factory.Sequence(lambda n: n)
    to = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    valid_from = LONG_AGO


class ResponseTemplateFactory(DjangoModelFactory[ResponseTemplate]):
    class Meta:
        model = ResponseTemplate

    title = factory.Sequence(lambda n: f"Template {n}")
    text_en = "We have received {number} and answer by {due}."
    text_es = "Hemos recibido {number} y respondemos antes del {due}."
