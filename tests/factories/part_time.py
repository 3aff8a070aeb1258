import datetime as dt

import factory
from factory.django import DjangoModelFactory

from enrollment.part_time.models import CourseLine, CourseRequest, LineState, RequestState

from .clocks import ClockFactory
from .directory import TermFactory
from .papers import DocumentFactory
from .providers import CourseFactory
from .records import ClaimFactory


class CourseRequestFactory(DjangoModelFactory[CourseRequest]):
    """A draft; `submitted=True` was sent on Monday 2 November 2026 and is due on 17 November."""

    class Meta:
        model = CourseRequest

    class Params:
        submitted = factory.Trait(
            state=RequestState.SUBMITTED,
            in_person_courses=4,
            has_iep_or_504=False,
            submitted_at=dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC),
            signed_by=factory.SelfAttribute("claim.claimant"),
            signed_name=factory.SelfAttribute("claim.claimant.name"),
            clock=factory.SubFactory(ClockFactory, lea=factory.SelfAttribute("..lea")),
        )

        # Of a claim that staff entered: `claim__by_staff=True`.
        on_paper = factory.Trait(
            channel="paper",
            entered_by=factory.SelfAttribute("claim.entered_by"),
            signed_by=None,
            signed_name=factory.SelfAttribute("claim.asker_name"),
            scan=factory.SubFactory(DocumentFactory),
        )

    claim = factory.SubFactory(ClaimFactory)
    lea = factory.SelfAttribute("claim.school.lea")
    term = factory.SubFactory(TermFactory)
    started_at = dt.datetime(2026, 11, 2, 17, tzinfo=dt.UTC)
    touched_at = factory.SelfAttribute("started_at")


class CourseLineFactory(DjangoModelFactory[CourseLine]):
    """A line that waits. Decided lines come from the actions: a decision has a letter."""

    class Meta:
        model = CourseLine

    class Params:
        approved = factory.Trait(
            state=LineState.APPROVED,
            registration_clock=factory.SubFactory(
                ClockFactory,
                kind="registration",
                lea=factory.SelfAttribute("..request.lea"),
                business_days=3,
                source="A-04",
                first_due_on=dt.date(2026, 11, 5),
                due_on=dt.date(2026, 11, 5),
            ),
        )

    request = factory.SubFactory(CourseRequestFactory, submitted=True)
    course = factory.SubFactory(CourseFactory)
    position = factory.Sequence(lambda n: n)
