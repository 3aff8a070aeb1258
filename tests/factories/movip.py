import datetime as dt
import uuid
from typing import Any

import factory
from factory.django import DjangoModelFactory

from concerns import codes
from concerns.movip.matching import spaced
from concerns.movip.models import (
    Answer,
    AnswerKind,
    ArchiveRow,
    Asker,
    ChosenRow,
    Delivery,
    Disclosure,
    IdentityCheck,
    Look,
    LookedAt,
    Paper,
    PaperKind,
    Place,
    Recall,
    TranscriptRequest,
    Way,
)
from concerns.movip.rules import State
from enrollment.certification.codes import hash_code
from mocap_portal.foundation.papers.models import LetterKind

from .accounts import MembershipFactory
from .full_time import kept_letter
from .papers import PDF

RECEIVED_AT = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)  # a Monday, noon in Missouri
ANSWERED_AT = dt.datetime(2026, 11, 9, 18, tzinfo=dt.UTC)
CODE = "ABCD-EFGH-JKMN"  # of every transcript that a factory makes


class ArchiveRowFactory(DjangoModelFactory[ArchiveRow]):
    """Algebra I of Wilhelmina Ashgrove in the fall of 2009."""

    class Meta:
        model = ArchiveRow

    former_last_name = "Ashgrove"
    former_first_name = "Wilhelmina"
    birth_date = dt.date(1993, 4, 12)
    school_year = 2010
    term = "Fall"
    course_title = factory.Sequence(lambda number: f"Algebra {number}")
    course_code = "MV0410"
    percent_complete = "98.50"
    credit = "0.50"
    grade = "B"
    school_of_credit = "Southbrook High School"
    district_code = "001001"
    plain_last = factory.LazyAttribute(lambda row: spaced(row.former_last_name))
    plain_first = factory.LazyAttribute(lambda row: spaced(row.former_first_name))


class TranscriptRequestFactory(DjangoModelFactory[TranscriptRequest]):
    """Wilhelmina Ashgrove, now Hartley, asks for her own. Traits lead on: `checked`, `searching`, `sent`, …

    `for_other`: her brother asks, with her consent. `to_college`: it goes to a college by mail.
    """

    class Meta:
        model = TranscriptRequest
        skip_postgeneration_save = True

    class Params:
        for_other = factory.Trait(
            asker=Asker.OTHER,
            asker_name="Barnaby Ashgrove",
            consent_records="My MoVIP transcript",
            consent_purpose="He keeps my papers",
            consent_recipient="Barnaby Ashgrove",
            consent_signed_name="Wilhelmina Hartley",
            consent_signed_on=dt.date(2026, 10, 30),
        )
        to_college = factory.Trait(
            delivery=Delivery.COLLEGE,
            recipient="Ozark Falls College",
            recipient_address="1 College Road\nOzark Falls, MO 65000",
            consent_records="My MoVIP transcript",
            consent_purpose="Admission",
            consent_recipient="Ozark Falls College",
            consent_signed_name="Wilhelmina Hartley",
            consent_signed_on=dt.date(2026, 11, 2),
        )
        checked = factory.Trait(step=State.CHECKED)
        searching = factory.Trait(step=State.SEARCHING)
        sent = factory.Trait(step=State.SENT)
        not_found = factory.Trait(step=State.NOT_FOUND)
        sent_on = factory.Trait(step=State.SENT_ON)
        closed = factory.Trait(state=State.CLOSED)

    step = State.REQUESTED  # no column: where the trait leads
    form = factory.LazyFunction(uuid.uuid4)
    secret_hash = factory.LazyAttribute(lambda row: codes.hash_secret(codes.secret_of(row.form)))
    received_at = RECEIVED_AT
    due_on = dt.date(2026, 12, 17)
    former_last_name = "Ashgrove"
    former_first_name = "Wilhelmina"
    current_last_name = "Hartley"
    birth_date = dt.date(1993, 4, 12)
    years = "2009 to 2011"
    school_then = "Southbrook High School"
    asker = Asker.STUDENT
    delivery = Delivery.SELF
    email = "hartley@example.org"

    @classmethod
    def _create(cls, model_class: type[TranscriptRequest], *args: Any, **kwargs: Any) -> TranscriptRequest:
        step = State(kwargs.pop("step"))
        request: TranscriptRequest = super()._create(model_class, *args, **kwargs)
        if step != State.REQUESTED:
            request.identity_check = IdentityCheckFactory.create(request=request)
            request.state = step
            if step != State.CHECKED:
                request.looked_at = LookFactory.create(request=request).at
            request.save()
        return request


class IdentityCheckFactory(DjangoModelFactory[IdentityCheck]):
    class Meta:
        model = IdentityCheck

    request = factory.SubFactory(TranscriptRequestFactory)
    looked_at = LookedAt.SHOWN_ID
    by = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    at = RECEIVED_AT


class LookFactory(DjangoModelFactory[Look]):
    class Meta:
        model = Look

    request = factory.SubFactory(TranscriptRequestFactory, checked=True)
    place = Place.ARCHIVE
    terms = factory.LazyFunction(
        lambda: {
            "last_names": ["Ashgrove", "Hartley"],
            "first_names": ["Wilhelmina"],
            "birth_date": "1993-04-12",
        }
    )
    found = 0
    by = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    at = RECEIVED_AT


class ChosenRowFactory(DjangoModelFactory[ChosenRow]):
    class Meta:
        model = ChosenRow

    request = factory.SubFactory(TranscriptRequestFactory, searching=True)
    row = factory.SubFactory(ArchiveRowFactory)
    by = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    at = RECEIVED_AT


class AnswerFactory(DjangoModelFactory[Answer]):
    """The transcript of a request."""

    class Meta:
        model = Answer

    request = factory.SubFactory(TranscriptRequestFactory, sent=True)
    kind = AnswerKind.TRANSCRIPT
    letter = factory.LazyFunction(lambda: kept_letter(LetterKind.TRANSCRIPT))
    code_hash = factory.LazyAttribute(lambda row: hash_code(row.request.number, CODE))
    official_name = "Dana Reyes"
    official_title = "MOCAP office"
    by = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    at = ANSWERED_AT


class RecallFactory(DjangoModelFactory[Recall]):
    class Meta:
        model = Recall

    answer = factory.SubFactory(AnswerFactory)
    reason = "These are the courses of somebody else."
    by = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    at = ANSWERED_AT


class DisclosureFactory(DjangoModelFactory[Disclosure]):
    class Meta:
        model = Disclosure

    answer = factory.SubFactory(AnswerFactory)
    request = factory.SelfAttribute("answer.request")
    what = "A transcript of MoVIP"
    why = "The former student asked for it"
    to_whom = "Wilhelmina Hartley"
    way = Way.SAVED
    on = dt.date(2026, 11, 10)
    at = ANSWERED_AT


class PaperFactory(DjangoModelFactory[Paper]):
    class Meta:
        model = Paper

    request = factory.SubFactory(TranscriptRequestFactory)
    kind = PaperKind.PROOF
    file = factory.django.FileField(data=PDF, filename="id.pdf")
    name = "id.pdf"
    content_type = "application/pdf"
    size = len(PDF)
    sha256 = factory.Sequence(lambda number: f"{number:064x}")
    state = "unscanned"
    added_at = RECEIVED_AT
