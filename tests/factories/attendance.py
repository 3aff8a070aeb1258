import datetime as dt

import factory
from factory.django import DjangoModelFactory

from enrollment.attendance.models import (
    AttendanceDay,
    AttendanceFile,
    AttendanceProblem,
    FileState,
    Flag,
    FlagReason,
    Placement,
    ProblemKind,
)
from mocap_portal.foundation.clocks.models import ClockKind
from mocap_portal.foundation.papers.models import LetterKind

from .accounts import MembershipFactory
from .clocks import ClockFactory
from .full_time import ProgramEnrollmentFactory, ProgramFactory, kept_letter

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


class FlagFactory(DjangoModelFactory[Flag]):
    """No activity, found in the night to Tuesday 2 February 2027."""

    class Meta:
        model = Flag

    enrollment = factory.SubFactory(ProgramEnrollmentFactory, enrolled=True)
    reason = FlagReason.INACTIVE
    opened_on = dt.date(2027, 2, 2)
    planned = 600
    recorded = 0


class PlacementFactory(DjangoModelFactory[Placement]):
    """Of a student who was disenrolled on 26 March 2027: options to send by Wednesday 31 March."""

    class Meta:
        model = Placement

    enrollment = factory.SubFactory(ProgramEnrollmentFactory, disenrolled=True)
    lea = factory.SelfAttribute("enrollment.resident_lea")
    notice = factory.LazyFunction(lambda: kept_letter(LetterKind.DISENROLLMENT))
    clock = factory.SubFactory(
        ClockFactory,
        kind=ClockKind.PLACEMENT,
        lea=factory.SelfAttribute("..lea"),
        source="R-59",
        started_at=factory.SelfAttribute("..opened_at"),
        business_days=3,
        due_on=dt.date(2027, 3, 31),
        first_due_on=dt.date(2027, 3, 31),
    )
    opened_at = dt.datetime(2027, 3, 26, 15, tzinfo=dt.UTC)
