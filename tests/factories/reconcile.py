import datetime as dt

import factory
from factory.django import DjangoModelFactory

from coredata.reconcile.models import (
    Answer,
    AnswerKind,
    CollectedRow,
    Escalation,
    LeaRun,
    Mismatch,
    MismatchState,
    Reason,
    Remark,
    RemarkKind,
    Ruling,
    Run,
    RunKind,
    Side,
)
from mocap_portal.foundation.directory.models import SchoolYear

from .accounts import MembershipFactory
from .coredata import UploadFactory
from .directory import LeaFactory, ProviderFactory
from .papers import DocumentFactory

NIGHT = dt.datetime(2026, 11, 5, 8, tzinfo=dt.UTC)  # 02:00 Central


class RunFactory(DjangoModelFactory[Run]):
    """A night that ran through. `running=True` is not over, `failed=True` broke off."""

    class Meta:
        model = Run

    class Params:
        running = factory.Trait(finished_at=None)
        failed = factory.Trait(
            finished_at=None, failed_at=factory.SelfAttribute("started_at"), failure="OperationalError"
        )
        newer = factory.Trait(kind=RunKind.NEWER)

    kind = RunKind.NIGHT
    school_year = factory.LazyFunction(lambda: SchoolYear.objects.get(year=2027))
    as_of = factory.Sequence(lambda n: dt.date(2026, 8, 1) - dt.timedelta(days=n))
    started_at = NIGHT
    finished_at = factory.SelfAttribute("started_at")


class LeaRunFactory(DjangoModelFactory[LeaRun]):
    class Meta:
        model = LeaRun

    run = factory.SubFactory(RunFactory)
    lea = factory.SubFactory(LeaFactory)
    finished_at = factory.SelfAttribute("run.started_at")
    opened = 0
    reopened = 0
    resolved = 0
    open = 0


class MismatchFactory(DjangoModelFactory[Mismatch]):
    """An open one, M-01 of a student. `whole=True` is about the LEA; `provider_only=True` is M-10 of a provider."""

    class Meta:
        model = Mismatch

    class Params:
        whole = factory.Trait(code="M-70", mosis_id="", course_code="", semester="")
        provider_only = factory.Trait(code="M-10", provider=factory.SubFactory(ProviderFactory))
        must = factory.Trait(code="M-20", facts={"expected": "50"})
        review = factory.Trait(code="M-08")
        resolved = factory.Trait(
            state=MismatchState.RESOLVED,
            resolved_at=NIGHT + dt.timedelta(days=1),
            resolved_run=factory.SubFactory(RunFactory),
            resolved_by_upload=factory.SubFactory(
                UploadFactory, certified=True, lea=factory.SelfAttribute("..lea")
            ),
        )
        waived = factory.Trait(state=MismatchState.WAIVED, waived_until=dt.date(2027, 6, 30))

    school_year = factory.LazyFunction(lambda: SchoolYear.objects.get(year=2027))
    code = "M-01"
    lea = factory.SubFactory(LeaFactory)
    mosis_id = factory.Sequence(lambda n: f"{8000000000 + n}")
    course_code = "115845"
    semester = "S1"
    first_run = factory.SubFactory(RunFactory)
    first_seen_at = NIGHT
    opened_at = NIGHT
    changed_at = NIGHT


class AnswerFactory(DjangoModelFactory[Answer]):
    """What the district's data clerk has said; the state of the mismatch comes with the actions."""

    class Meta:
        model = Answer

    mismatch = factory.SubFactory(MismatchFactory)
    kind = AnswerKind.SEEN
    by = factory.SubFactory(MembershipFactory, data_clerk=True, lea=factory.SelfAttribute("..mismatch.lea"))
    at = NIGHT + dt.timedelta(hours=8)


class CollectedRowFactory(DjangoModelFactory[CollectedRow]):
    """The district's data clerk has put a row aside, of a Course Assignment that does not count any more."""

    class Meta:
        model = CollectedRow

    mismatch = factory.SubFactory(MismatchFactory)
    kind = "crs_assign"
    upload = factory.SubFactory(UploadFactory, lea=factory.SelfAttribute("..mismatch.lea"))
    line = 3
    by = factory.SubFactory(MembershipFactory, data_clerk=True, lea=factory.SelfAttribute("..mismatch.lea"))
    at = NIGHT + dt.timedelta(hours=8)


class RemarkFactory(DjangoModelFactory[Remark]):
    """A note of the district to all. `of_provider=True`: the provider's; `contest=True`: a position; `private=True`:
    for the own organization only; `with_file=True`.
    """

    class Meta:
        model = Remark

    class Params:
        of_provider = factory.Trait(
            side=Side.PROVIDER,
            by=factory.SubFactory(
                MembershipFactory, provider_staff=True, provider=factory.SelfAttribute("..mismatch.provider")
            ),
        )
        contest = factory.Trait(kind=RemarkKind.CONTEST, reason=Reason.AS_SENT, text="")
        private = factory.Trait(is_shared=False)
        with_file = factory.Trait(document=factory.SubFactory(DocumentFactory))

    mismatch = factory.SubFactory(MismatchFactory, provider_only=True)
    side = Side.DISTRICT
    by = factory.SubFactory(MembershipFactory, data_clerk=True, lea=factory.SelfAttribute("..mismatch.lea"))
    organization = factory.LazyAttribute(lambda remark: remark.by.organization)
    kind = RemarkKind.NOTE
    text = "We looked."
    is_shared = True
    at = NIGHT + dt.timedelta(hours=8)


class RulingFactory(DjangoModelFactory[Ruling]):
    """The district is right, the provider corrects. `given_back=True`: the sides settle it."""

    class Meta:
        model = Ruling

    class Params:
        given_back = factory.Trait(right="", must_correct="", what="")

    mismatch = factory.SubFactory(MismatchFactory, provider_only=True)
    right = Side.DISTRICT
    must_correct = Side.PROVIDER
    what = "Close the enrollment."
    reason = "The denial stands."
    by = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    at = NIGHT + dt.timedelta(days=20)


class EscalationFactory(DjangoModelFactory[Escalation]):
    """The provider did not answer in time."""

    class Meta:
        model = Escalation

    mismatch = factory.SubFactory(MismatchFactory, provider_only=True)
    silent = Side.PROVIDER
    organization = factory.SelfAttribute("mismatch.provider.organization")
    asked_at = NIGHT + dt.timedelta(hours=8)
    at = NIGHT + dt.timedelta(days=16)
