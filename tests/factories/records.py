import datetime as dt

import factory
from factory.django import DjangoModelFactory

from enrollment.records.models import (
    Claim,
    ClaimState,
    Disclosure,
    Guardian,
    LearningPlan,
    PlanKind,
    Relationship,
    Student,
)

from .accounts import MembershipFactory, UserFactory
from .directory import SchoolFactory


class StudentFactory(DjangoModelFactory[Student]):
    class Meta:
        model = Student

    mosis_id = factory.Sequence(lambda n: f"{7000000000 + n}")
    first_name = "Robin"
    last_name = factory.Sequence(lambda n: f"Learner{n}")
    birth_date = dt.date(2011, 3, 9)
    school = factory.SubFactory(SchoolFactory)
    lea = factory.SelfAttribute("school.lea")
    grade = 10


class GuardianFactory(DjangoModelFactory[Guardian]):
    class Meta:
        model = Guardian

    student = factory.SubFactory(StudentFactory)
    user = factory.SubFactory(UserFactory)
    relationship = Relationship.MOTHER
    started_on = dt.date(2026, 1, 1)


class ClaimFactory(DjangoModelFactory[Claim]):
    """What a parent typed and sent; `unsent=True` only typed it.

    `confirmed=True` links it to a student and makes the claimant a guardian.
    """

    class Meta:
        model = Claim
        skip_postgeneration_save = True

    class Params:
        unsent = factory.Trait(state=ClaimState.UNSENT)
        confirmed = factory.Trait(
            state=ClaimState.CONFIRMED,
            student=factory.SubFactory(
                StudentFactory,
                first_name=factory.SelfAttribute("..first_name"),
                last_name=factory.SelfAttribute("..last_name"),
                birth_date=factory.SelfAttribute("..birth_date"),
                grade=factory.SelfAttribute("..grade"),
                school=factory.SelfAttribute("..school"),
            ),
            judged_at=dt.datetime(2026, 11, 3, 15, tzinfo=dt.UTC),
            judged_by=factory.SubFactory(
                MembershipFactory, counselor=True, lea=factory.SelfAttribute("..school.lea")
            ),
        )

        # What staff entered for a family without an account; with a `student`, who is then confirmed.
        by_staff = factory.Trait(
            claimant=None,
            asker_name="Gloria Grand",
            asker_phone="573-555-0123",
            entered_by=factory.SubFactory(
                MembershipFactory, counselor=True, lea=factory.SelfAttribute("..school.lea")
            ),
            student=None,
            state=factory.LazyAttribute(lambda o: ClaimState.CONFIRMED if o.student else ClaimState.TYPED),
            judged_at=factory.LazyAttribute(lambda o: o.created_at if o.student else None),
            judged_by=factory.LazyAttribute(lambda o: o.entered_by if o.student else None),
        )

    claimant = factory.SubFactory(UserFactory)
    relationship = Relationship.MOTHER
    first_name = "Robin"
    last_name = factory.Sequence(lambda n: f"Claimed{n}")
    birth_date = dt.date(2011, 3, 9)
    grade = 10
    school = factory.SubFactory(SchoolFactory)
    created_at = dt.datetime(2026, 11, 2, 17, tzinfo=dt.UTC)
    state = ClaimState.TYPED

    @factory.post_generation
    def guardian(obj: Claim, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        if create and obj.student and obj.claimant and extracted is not False:
            GuardianFactory.create(student=obj.student, user=obj.claimant, relationship=obj.relationship)


class DisclosureFactory(DjangoModelFactory[Disclosure]):
    class Meta:
        model = Disclosure

    student = factory.SubFactory(StudentFactory)
    at = dt.datetime(2026, 11, 5, 15, tzinfo=dt.UTC)
    recipient = factory.SubFactory("tests.factories.directory.OrganizationFactory")
    disclosed_by = factory.SubFactory(MembershipFactory, coordinator=True)
    what = "Name, MOSIS ID, birth date, grade"
    why = "Registration in an approved course"


class LearningPlanFactory(DjangoModelFactory[LearningPlan]):
    class Meta:
        model = LearningPlan

    student = factory.SubFactory(StudentFactory)
    kind = PlanKind.ILP
    reference = "Drawer 2"
    made_on = dt.date(2026, 9, 1)
    recorded_at = dt.datetime(2026, 9, 2, 15, tzinfo=dt.UTC)
    recorded_by = factory.SubFactory(
        MembershipFactory, counselor=True, organization=factory.SelfAttribute("..student.lea.organization")
    )
