import datetime as dt

import factory
from factory.django import DjangoModelFactory

from enrollment.attendance.models import (
    AttendanceDay,
    AttendanceFile,
    AttendanceProblem,
    FileState,
    ProblemKind,
)

from .accounts import MembershipFactory
from .full_time import ProgramEnrollmentFactory, ProgramFactory

SENT_AT = dt.datetime(2027, 2, 2, 15, tzinfo=dt.UTC)


class AttendanceFileFactory(DjangoModelFactory[AttendanceFile]):
    """A file of Monday 1 February 2027 that was stored; `refused=True` has one problem or more, not made here."""

    class Meta:
        model = AttendanceFile

    class Params:
        refused = factory.Trait(state=FileState.REFUSED, problems=1)

    program = factory.SubFactory(ProgramFactory)
    name = factory.Sequence(lambda n: f"attendance{n}.csv")
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    sent_by = factory.SubFactory(
        MembershipFactory, host_staff=True, lea=factory.SelfAttribute("..program.host")
    )
    sent_at = SENT_AT
    state = FileState.STORED
    rows = 1


class AttendanceDayFactory(DjangoModelFactory[AttendanceDay]):
    """An hour of assignments under no course, on Monday 1 February 2027, typed by the host's staff."""

    class Meta:
        model = AttendanceDay

    enrollment = factory.SubFactory(ProgramEnrollmentFactory, enrolled=True)
    day = dt.date(2027, 2, 1)
    courses = factory.LazyAttribute(lambda o: [None] * len(o.minutes))
    activities = factory.LazyAttribute(lambda o: ["assignment"] * len(o.minutes))
    minutes = factory.LazyFunction(lambda: [60])
    total = factory.LazyAttribute(lambda o: sum(o.minutes))
    by = factory.SelfAttribute("enrollment.entered_by")
    at = SENT_AT


class AttendanceProblemFactory(DjangoModelFactory[AttendanceProblem]):
    """An activity that is none, in the second line."""

    class Meta:
        model = AttendanceProblem

    file = factory.SubFactory(AttendanceFileFactory, refused=True)
    line = 2
    column = "activity"
    value = "homework"
    kind = ProblemKind.ACTIVITY
