import datetime as dt

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from mocap_portal.foundation.accounts.actions import hash_token
from mocap_portal.foundation.accounts.models import (
    AccessReview,
    ApiToken,
    Invitation,
    Membership,
    Role,
    User,
)
from mocap_portal.foundation.directory.models import Organization

from .directory import LeaFactory, ProviderFactory

PASSWORD = "a long enough pass phrase"


def state_office() -> Organization:
    """There is one: a migration brings it, and a test that empties the tables needs it anew."""
    return Organization.objects.get_or_create(is_state_office=True, defaults={"name": "State office"})[0]


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        superuser = factory.Trait(is_staff=True, is_superuser=True)

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def verified(obj: User, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        if create and extracted is not False:
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True, verified=True)


class MembershipFactory(DjangoModelFactory[Membership]):
    """A hat. `MembershipFactory(counselor=True, organization=lea.organization)`; a parent's by default."""

    class Meta:
        model = Membership
        django_get_or_create = ("user", "role", "organization")  # a person wears a hat of a kind once

    class Params:
        lea = factory.SubFactory(LeaFactory)
        provider = factory.SubFactory(ProviderFactory)
        parent = factory.Trait(role=Role.PARENT)
        adult_student = factory.Trait(role=Role.ADULT_STUDENT)
        student_on_own = factory.Trait(role=Role.STUDENT_ON_OWN)
        counselor = factory.Trait(role=Role.COUNSELOR, organization=factory.SelfAttribute("lea.organization"))
        special_education = factory.Trait(
            role=Role.SPECIAL_EDUCATION, organization=factory.SelfAttribute("lea.organization")
        )
        decider = factory.Trait(role=Role.DECIDER, organization=factory.SelfAttribute("lea.organization"))
        coordinator = factory.Trait(
            role=Role.COORDINATOR, organization=factory.SelfAttribute("lea.organization")
        )
        data_clerk = factory.Trait(
            role=Role.DATA_CLERK, organization=factory.SelfAttribute("lea.organization")
        )
        lea_admin = factory.Trait(role=Role.LEA_ADMIN, organization=factory.SelfAttribute("lea.organization"))
        host_staff = factory.Trait(
            role=Role.HOST_STAFF, organization=factory.SelfAttribute("lea.organization")
        )
        provider_staff = factory.Trait(
            role=Role.PROVIDER_STAFF, organization=factory.SelfAttribute("provider.organization")
        )
        provider_admin = factory.Trait(
            role=Role.PROVIDER_ADMIN, organization=factory.SelfAttribute("provider.organization")
        )
        dese_reviewer = factory.Trait(
            role=Role.DESE_REVIEWER, organization=factory.LazyFunction(state_office)
        )
        dese_admin = factory.Trait(role=Role.DESE_ADMIN, organization=factory.LazyFunction(state_office))
        ended = factory.Trait(ended_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC))

    user = factory.SubFactory(UserFactory)
    role = Role.PARENT
    organization = None
    started_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class InvitationFactory(DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    role = Role.COUNSELOR
    organization = factory.SelfAttribute("invited_by.organization")
    invited_by = factory.SubFactory(MembershipFactory, lea_admin=True)
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    invited_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    expires_at = dt.datetime(2026, 1, 15, tzinfo=dt.UTC)


class AccessReviewFactory(DjangoModelFactory[AccessReview]):
    """The yearly question to a district's administrators, asked on 15 September 2026, due on 15 October."""

    class Meta:
        model = AccessReview

    class Params:
        finished = factory.Trait(
            finished_at=dt.datetime(2026, 9, 20, 15, tzinfo=dt.UTC),
            finished_by=factory.SubFactory(
                MembershipFactory,
                role=factory.SelfAttribute("..role"),
                organization=factory.SelfAttribute("..organization"),
            ),
        )

    organization = factory.SubFactory("tests.factories.directory.OrganizationFactory")
    role = Role.LEA_ADMIN
    year = 2026
    asked_at = dt.datetime(2026, 9, 15, 12, tzinfo=dt.UTC)
    due_on = dt.date(2026, 10, 15)


class ApiTokenFactory(DjangoModelFactory[ApiToken]):
    """A token of a provider's administrator that works for long. `secret`: what a program sends."""

    class Meta:
        model = ApiToken

    class Params:
        secret = factory.Sequence(lambda n: f"mocap_secret-{n}")
        revoked = factory.Trait(
            revoked_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC), revoked_by=factory.SelfAttribute("hat")
        )

    hat = factory.SubFactory(MembershipFactory, provider_admin=True)
    name = factory.Sequence(lambda n: f"Export {n}")
    token_hash = factory.LazyAttribute(lambda token: hash_token(token.secret))
    made_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    expires_at = dt.datetime(2126, 1, 1, tzinfo=dt.UTC)
