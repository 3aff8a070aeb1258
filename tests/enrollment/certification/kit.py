"""Shorthands for the tests of attendance letters."""

import datetime as dt
from typing import Any

from enrollment.certification import actions
from enrollment.certification.actions import Official
from enrollment.certification.facts import AttendanceFacts, CombinedWords, gather
from enrollment.certification.models import Certification, LetterRequest
from enrollment.full_time.models import ProgramEnrollment
from enrollment.records.models import Relationship, Student
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from tests.factories.accounts import MembershipFactory
from tests.factories.certification import LetterRequestFactory
from tests.factories.full_time import ProgramEnrollmentFactory, ScheduledCourseFactory, ScheduleFactory
from tests.factories.records import GuardianFactory

NOW = dt.datetime(2027, 2, 1, 18, tzinfo=dt.UTC)  # a Monday in the second semester
TODAY = dt.date(2027, 2, 1)
OFFICIAL = Official("Kim Counsel", "Manager of counseling services", "573-555-0177")
WORDS = CombinedWords("The school records attendance every day.", "By video and phone every week.", "yearly")
GROWN, YOUNG = dt.date(2009, 1, 15), dt.date(2011, 3, 9)


def enrolled(*, courses: int = 6, **changes: Any) -> ProgramEnrollment:
    """A student since 6 January 2027 with so many courses of an hour a day, until 22 May."""
    changes = {"enrolled": True} | changes
    enrollment: ProgramEnrollment = ProgramEnrollmentFactory.create(**changes)
    schedule = ScheduleFactory.create(enrollment=enrollment)
    ScheduledCourseFactory.create_batch(courses, schedule=schedule)
    return enrollment


def asked(enrollment: ProgramEnrollment | None = None, **changes: Any) -> LetterRequest:
    """A letter that a parent asked for."""
    request: LetterRequest = LetterRequestFactory.create(enrollment=enrollment or enrolled(), **changes)
    return request


def combined(**changes: Any) -> LetterRequest:
    request: LetterRequest = LetterRequestFactory.create(combined=True, **changes)
    return request


def official_of(request: LetterRequest, **trait: bool) -> Membership:
    """A hat that may issue this letter."""
    trait = trait or ({"coordinator": True} if request.is_combined else {"host_staff": True})
    hat: Membership = MembershipFactory.create(**trait, organization=request.lea.organization)
    return hat


def seen(request: LetterRequest, *, at: dt.datetime = NOW) -> AttendanceFacts:
    """What a preview at this moment shows."""
    row = LetterRequest.objects.get(pk=request.pk)
    return gather(row, on=central_date(at), words=WORDS if row.is_combined else None)


def issue(
    request: LetterRequest, *, by: Membership | None = None, at: dt.datetime = NOW, digest: str = ""
) -> Certification:
    return actions.issue(
        request.pk,
        by=by or official_of(request),
        at=at,
        official=OFFICIAL,
        seen=digest or seen(request, at=at).digest,
        words=WORDS if request.is_combined else None,
    )


def parent_of(student: Student, **basis: Any) -> Membership:
    """A parent's hat; of a student of age with a recorded basis, unless another is named."""
    guardian = GuardianFactory.create(student=student)
    hat: Membership = MembershipFactory.create(parent=True, user=guardian.user)
    return hat


def self_of(student: Student, **trait: bool) -> Membership:
    """The student's own hat."""
    guardian = GuardianFactory.create(student=student, relationship=Relationship.SELF)
    hat: Membership = MembershipFactory.create(**(trait or {"adult_student": True}), user=guardian.user)
    return hat
