import datetime as dt

import factory
from factory.django import DjangoModelFactory

from enrollment.progress.models import CourseProgress, ProgressReport, StateAssessment
from mocap_portal.foundation.directory.models import SchoolYear

from .accounts import MembershipFactory
from .full_time import ProgramEnrollmentFactory
from .registration import RosterLineFactory

THIRD_QUARTER = dt.date(2027, 3, 14)


class ProgressReportFactory(DjangoModelFactory[ProgressReport]):
    """The third report of 2026-27 about a full-time student, on pace in one course.

    `behind=True` is behind in it; `part_time=True` is about a course at a provider.
    """

    class Meta:
        model = ProgressReport
        skip_postgeneration_save = True

    class Params:
        part_time = factory.Trait(
            enrollment=None,
            roster_line=factory.SubFactory(RosterLineFactory, running=True),
            written_by=factory.SubFactory(
                MembershipFactory,
                provider_staff=True,
                provider=factory.SelfAttribute("..roster_line.provider"),
            ),
        )

    enrollment = factory.SubFactory(ProgramEnrollmentFactory, enrolled=True)
    school_year = factory.LazyFunction(lambda: SchoolYear.objects.get(year=2027))
    number = 3
    due_on = THIRD_QUARTER
    written_at = dt.datetime(2027, 3, 12, 18, tzinfo=dt.UTC)
    written_by = factory.SubFactory(
        MembershipFactory, host_staff=True, lea=factory.SelfAttribute("..enrollment.program.host")
    )

    @factory.post_generation
    def behind(obj: ProgressReport, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        if create:
            CourseProgressFactory.create(report=obj, on_pace=not extracted)


class CourseProgressFactory(DjangoModelFactory[CourseProgress]):
    class Meta:
        model = CourseProgress

    report = factory.SubFactory(ProgressReportFactory)
    position = factory.Sequence(lambda n: n + 1)
    title = "English II"
    percent_complete = 60
    current_grade = "B"
    engagement = "240 minutes a week"
    on_pace = True


class StateAssessmentFactory(DjangoModelFactory[StateAssessment]):
    """Open from 1 to 30 April 2027, not answered. `answered=True` was taken, `missed=True` was not."""

    class Meta:
        model = StateAssessment

    class Params:
        answered = factory.Trait(
            recorded_at=dt.datetime(2027, 4, 20, 18, tzinfo=dt.UTC),
            recorded_by=factory.SelfAttribute("planned_by"),
            taken=True,
        )
        missed = factory.Trait(answered=True, taken=False, reason="Ill in all of April.")

    enrollment = factory.SubFactory(ProgramEnrollmentFactory, enrolled=True)
    school_year = factory.LazyFunction(lambda: SchoolYear.objects.get(year=2027))
    name = "End-of-Course English II"
    opens_on = dt.date(2027, 4, 1)
    closes_on = dt.date(2027, 4, 30)
    place = "Library of Sample City"
    planned_at = dt.datetime(2027, 2, 1, 18, tzinfo=dt.UTC)
    planned_by = factory.SubFactory(
        MembershipFactory, host_staff=True, lea=factory.SelfAttribute("..enrollment.program.host")
    )
