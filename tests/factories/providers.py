import datetime as dt
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from providers.models import (
    Agreement,
    AgreementKind,
    Assurance,
    Authorization,
    Course,
    Instruction,
    Structure,
)

from .directory import LONG_AGO, LeaFactory, ProviderFactory


class AuthorizationFactory(DjangoModelFactory[Authorization]):
    class Meta:
        model = Authorization

    provider = factory.SubFactory(ProviderFactory)
    valid_from = dt.date(2025, 7, 1)
    valid_to = dt.date(2028, 6, 30)


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
