import datetime as dt
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from providers.models import (
    Agreement,
    AgreementKind,
    Application,
    Assurance,
    Authorization,
    Availability,
    AvailabilityState,
    CorrectiveAction,
    Course,
    Instruction,
    ProviderProfile,
    Review,
    ReviewKind,
    Sanction,
    SanctionKind,
    Structure,
)

from .accounts import MembershipFactory
from .directory import LONG_AGO, LeaFactory, ProviderFactory, TermFactory


class AuthorizationFactory(DjangoModelFactory[Authorization]):
    class Meta:
        model = Authorization

    provider = factory.SubFactory(ProviderFactory)
    valid_from = dt.date(2025, 7, 1)
    valid_to = dt.date(2028, 6, 30)


class ApplicationFactory(DjangoModelFactory[Application]):
    class Meta:
        model = Application

    provider = factory.SubFactory(ProviderFactory)
    received_on = dt.date(2026, 11, 2)
    answer_by = dt.date(2026, 12, 2)


class ReviewFactory(DjangoModelFactory[Review]):
    class Meta:
        model = Review

    provider = factory.SubFactory(ProviderFactory)
    kind = ReviewKind.ACCESSIBILITY
    done_on = dt.date(2026, 6, 1)
    reference = "Cabinet 2"
    entered_by = factory.SubFactory(MembershipFactory, dese_admin=True)


class CorrectiveActionFactory(DjangoModelFactory[CorrectiveAction]):
    class Meta:
        model = CorrectiveAction

    provider = factory.SubFactory(ProviderFactory)
    problem = "Teachers do not answer."
    noticed_on = dt.date(2026, 11, 2)
    cure_by = dt.date(2026, 11, 16)
    noticed_by = factory.SubFactory(MembershipFactory, dese_admin=True)


class SanctionFactory(DjangoModelFactory[Sanction]):
    """A suspension that is in force."""

    class Meta:
        model = Sanction

    class Params:
        revoked = factory.Trait(kind=SanctionKind.REVOCATION)

    provider = factory.SubFactory(ProviderFactory)
    kind = SanctionKind.SUSPENSION
    is_urgent = True
    reason = "Student data was sold."
    valid_from = dt.date(2026, 11, 20)
    imposed_by = factory.SubFactory(MembershipFactory, dese_admin=True)


class ProviderProfileFactory(DjangoModelFactory[ProviderProfile]):
    """A profile with everything a renewal needs."""

    class Meta:
        model = ProviderProfile

    provider = factory.SubFactory(ProviderFactory)
    integrity_url = "https://provider.example/integrity"
    netiquette_url = "https://provider.example/netiquette"
    plagiarism_url = "https://provider.example/plagiarism"
    privacy_url = "https://provider.example/privacy"
    consequences_url = "https://provider.example/consequences"
    contact_methods = ["phone", "email"]
    weekly_contact_attested_on = dt.date(2026, 8, 1)


class CourseFactory(DjangoModelFactory[Course]):
    class Meta:
        model = Course
        skip_postgeneration_save = True

    class Params:
        full_year = factory.Trait(
            structure=Structure.FULL_YEAR,
            price_semester=None,
            price_year=Decimal("900.00"),
            credits=Decimal("1.00"),
        )
        curriculum_only = factory.Trait(instruction=Instruction.CURRICULUM_ONLY)
        ap_course = factory.Trait(ap=True, college_board_approved=True, assurance_ap=Assurance.DESE)

    provider = factory.SubFactory(ProviderFactory)
    provider_course_code = factory.Sequence(lambda n: f"C{n}")
    title = factory.Sequence(lambda n: f"Course {n}")
    state_course_code = "054300"
    subject = "English"
    grade_low = 9
    grade_high = 12
    structure = Structure.A
    credits = Decimal("0.50")
    instruction = Instruction.PROVIDER
    price_semester = Decimal("450.00")
    assurance_data_security = Assurance.DESE
    assurance_educator = Assurance.DESE
    assurance_standards = Assurance.DESE
    assurance_accessibility = Assurance.DESE
    assurance_ap = Assurance.NOT_APPLICABLE
    valid_from = LONG_AGO

    @factory.post_generation
    def authorized(obj: Course, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        """The provider is authorized unless the test says `authorized=False`."""
        if create and extracted is not False and not obj.provider.authorizations.exists():
            AuthorizationFactory.create(provider=obj.provider)


class AgreementFactory(DjangoModelFactory[Agreement]):
    """A data agreement, the one without which no student's data flows."""

    class Meta:
        model = Agreement

    kind = AgreementKind.DATA
    lea = factory.SubFactory(LeaFactory)
    provider = factory.SubFactory(ProviderFactory)
    valid_from = dt.date(2025, 7, 1)
    forbids_sale = True
    forbids_advertising = True
    reference = "Drawer 4"

    class Params:
        attested = factory.Trait(
            attested_name="Sam Superintendent",
            attested_title="Superintendent",
            attested_on=dt.date(2025, 7, 1),
            attested_by=factory.SubFactory(MembershipFactory, coordinator=True),
        )
        partnership = factory.Trait(attested=True, kind=AgreementKind.PARTNERSHIP)
        site_license = factory.Trait(attested=True, kind=AgreementKind.SITE_LICENSE)
        cooperative = factory.Trait(
            attested=True,
            kind=AgreementKind.COOPERATIVE,
            provider=None,
            partner_lea=factory.SubFactory(LeaFactory),
        )


class AvailabilityFactory(DjangoModelFactory[Availability]):
    class Meta:
        model = Availability

    course = factory.SubFactory(CourseFactory)
    term = factory.SubFactory(TermFactory)
    state = AvailabilityState.FULL
    changed_at = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
