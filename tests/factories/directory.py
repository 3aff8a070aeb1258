import datetime as dt

import factory
from factory.django import DjangoModelFactory

from mocap_portal.foundation.directory.models import (
    ClosedDay,
    CodeMeaning,
    CodeSet,
    Lea,
    LeaKind,
    LeaPolicy,
    LegalKey,
    LegalValue,
    Organization,
    Provider,
    School,
    SchoolYear,
    Term,
    TermCode,
)

LONG_AGO = dt.date(2000, 1, 1)


class OrganizationFactory(DjangoModelFactory[Organization]):
    class Meta:
        model = Organization

    class Params:
        state_office = factory.Trait(name="State office", is_state_office=True)

    name = factory.Sequence(lambda n: f"Organization {n}")


class LeaFactory(DjangoModelFactory[Lea]):
    class Meta:
        model = Lea

    class Params:
        charter = factory.Trait(kind=LeaKind.CHARTER)
        bare = factory.Trait(guidance_url="", policy_part_time_url="", policy_full_time_url="")

    organization = factory.SubFactory(OrganizationFactory, name=factory.Sequence(lambda n: f"District {n}"))
    state_district_id = factory.Sequence(lambda n: f"{n:06d}")
    kind = LeaKind.DISTRICT
    active_from = LONG_AGO
    contact_name = "Carla Contact"
    contact_email = factory.Sequence(lambda n: f"contact{n}@district.example")
    contact_phone = "573-555-0100"
    guidance_url = "https://district.example/mocap"
    policy_part_time_url = "https://district.example/6190"
    policy_full_time_url = "https://district.example/6191"


class LeaPolicyFactory(DjangoModelFactory[LeaPolicy]):
    class Meta:
        model = LeaPolicy

    class Params:
        reserved = factory.Trait(decision_by="decider")
        local_appeal = factory.Trait(appeal_ladder="local")

    lea = factory.SubFactory(LeaFactory)
    valid_from = LONG_AGO
    source = "Policy 6190"
    appeal_instructions = "Write to the superintendent, 100 Main Street."


class ProviderFactory(DjangoModelFactory[Provider]):
    class Meta:
        model = Provider

    organization = factory.SubFactory(OrganizationFactory, name=factory.Sequence(lambda n: f"Provider {n}"))
    code = factory.Sequence(lambda n: f"PRV{n}")
    contact_email = factory.Sequence(lambda n: f"desk{n}@provider.example")


class SchoolFactory(DjangoModelFactory[School]):
    class Meta:
        model = School

    lea = factory.SubFactory(LeaFactory)
    state_school_id = factory.Sequence(lambda n: f"{5000 + n % 4000}")  # tests write 0105, 1050, 4020, 9090
    name = factory.Sequence(lambda n: f"School {n}")
    grades_low = 0
    grades_high = 12
    active_from = LONG_AGO


class SchoolYearFactory(DjangoModelFactory[SchoolYear]):
    """The data migration brings the real years; this finds or adds one."""

    class Meta:
        model = SchoolYear
        django_get_or_create = ("year",)

    year = 2027
    starts_on = factory.LazyAttribute(lambda o: dt.date(o.year - 1, 7, 1))
    ends_on = factory.LazyAttribute(lambda o: dt.date(o.year, 6, 30))


class TermFactory(DjangoModelFactory[Term]):
    class Meta:
        model = Term
        django_get_or_create = ("school_year", "code")

    school_year = factory.SubFactory(SchoolYearFactory)
    code = TermCode.S2
    starts_on = factory.LazyAttribute(lambda o: dt.date(o.school_year.year, 1, 5))
    ends_on = factory.LazyAttribute(lambda o: dt.date(o.school_year.year, 5, 22))


class ClosedDayFactory(DjangoModelFactory[ClosedDay]):
    class Meta:
        model = ClosedDay

    class Params:
        statewide = factory.Trait(lea=None)

    lea = factory.SubFactory(LeaFactory)
    date = dt.date(2026, 12, 23)
    reason = "Winter break"
    entered_at = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


class LegalValueFactory(DjangoModelFactory[LegalValue]):
    """The data migration brings the real values; use this for values of another time."""

    class Meta:
        model = LegalValue

    key = LegalKey.DECISION_DAYS
    number = 10
    valid_from = LONG_AGO
    source = "Test"


class CodeMeaningFactory(DjangoModelFactory[CodeMeaning]):
    class Meta:
        model = CodeMeaning

    code_set = CodeSet.DENIAL_FACTOR
    code = factory.Sequence(lambda n: f"code_{n}")
    label = factory.Sequence(lambda n: f"Code {n}")
    valid_from = LONG_AGO
    source = "Test"
