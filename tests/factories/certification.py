import datetime as dt

import factory
from factory.django import DjangoModelFactory

from enrollment.certification import codes
from enrollment.certification.facts import gather
from enrollment.certification.models import (
    Certification,
    CessationTask,
    LetterConsent,
    LetterRequest,
    PaperConsent,
    Signer,
    StatedHours,
    StudyKind,
)
from enrollment.part_time.models import LineState
from enrollment.records.models import Relationship
from mocap_portal.foundation.papers.models import LetterKind
from mocap_portal.foundation.shared.calendar import central_date

from .accounts import MembershipFactory
from .full_time import ProgramEnrollmentFactory, kept_letter
from .papers import DocumentFactory
from .part_time import CourseLineFactory
from .records import GuardianFactory

ASKED_AT = dt.datetime(2027, 2, 1, 15, tzinfo=dt.UTC)
ISSUED_AT = dt.datetime(2027, 2, 2, 15, tzinfo=dt.UTC)
CODE = "ABCD-EFGH-JKMN"  # of every letter that a factory makes


class LetterRequestFactory(DjangoModelFactory[LetterRequest]):
    """A parent asks the host on Monday 1 February 2027. `combined=True`: the resident district, about one course."""

    class Meta:
        model = LetterRequest
        skip_postgeneration_save = True

    class Params:
        line = factory.SubFactory(
            CourseLineFactory,
            request__claim__confirmed=True,
            state=LineState.ACTIVE,
            started_on=dt.date(2027, 1, 6),
            ends_on=dt.date(2027, 5, 21),
            planned_minutes=300,
        )
        combined = factory.Trait(
            enrollment=None,
            student=factory.SelfAttribute("line.request.claim.student"),
            lea=factory.SelfAttribute("line.request.lea"),
            asked_by=factory.SubFactory(
                MembershipFactory,
                parent=True,
                user=factory.SelfAttribute("..line.request.claim.claimant"),
            ),
        )

    enrollment = factory.SubFactory(ProgramEnrollmentFactory, enrolled=True)
    student = factory.SelfAttribute("enrollment.student")
    lea = factory.SelfAttribute("enrollment.program.host")
    recipient = "Social Security Administration"
    asked_by = factory.SubFactory(
        MembershipFactory,
        parent=True,
        user=factory.SelfAttribute("..enrollment.application.claim.claimant"),
    )
    asked_at = ASKED_AT


class LetterConsentFactory(DjangoModelFactory[LetterConsent]):
    """A student's, for a parent with a basis. Both need accounts of their own."""

    class Meta:
        model = LetterConsent

    parent = factory.SubFactory(GuardianFactory, adult_basis="")
    student = factory.SelfAttribute("parent.student")
    records = "Schedule and attendance"
    purpose = "Child's insurance benefit"
    recipient = "Social Security Administration"
    signed_name = "Robin Learner"
    signed_at = ASKED_AT
    signed_by = factory.LazyAttribute(
        lambda o: MembershipFactory.create(
            adult_student=True,
            user=GuardianFactory.create(student=o.student, relationship=Relationship.SELF).user,
        )
    )


class PaperConsentFactory(DjangoModelFactory[PaperConsent]):
    """A parent signed on Friday 29 January 2027; the host's staff recorded it."""

    class Meta:
        model = PaperConsent

    request = factory.SubFactory(LetterRequestFactory)
    scan = factory.SubFactory(DocumentFactory, uploaded_by=factory.SelfAttribute("..request.asked_by"))
    signer = Signer.PARENT
    signed_name = "Pat Parent"
    signed_on = dt.date(2027, 1, 29)


class StatedHoursFactory(DjangoModelFactory[StatedHours]):
    """Ten hours a week in a building."""

    class Meta:
        model = StatedHours

    request = factory.SubFactory(LetterRequestFactory, combined=True)
    kind = StudyKind.SEATED
    minutes = 600
    stated_by = "Rita Registrar, Cedar High"
    stated_on = dt.date(2027, 2, 1)
    entered_by = factory.SubFactory(
        MembershipFactory, coordinator=True, lea=factory.SelfAttribute("..request.lea")
    )
    entered_at = ASKED_AT


class CertificationFactory(DjangoModelFactory[Certification]):
    """Issued on Tuesday 2 February 2027; its facts are those of that day."""

    class Meta:
        model = Certification

    request = factory.SubFactory(LetterRequestFactory)
    letter = factory.LazyFunction(lambda: kept_letter(LetterKind.ATTENDANCE))
    code_hash = factory.LazyAttribute(lambda o: codes.hash_code(o.request.number, CODE))
    issued_at = ISSUED_AT
    facts = factory.LazyAttribute(lambda o: gather(o.request, on=central_date(o.issued_at)).to_json())
    issued_by = factory.SubFactory(
        MembershipFactory, host_staff=True, lea=factory.SelfAttribute("..request.lea")
    )
    official_name = "Kim Counsel"
    official_title = "Manager of counseling services"


class CessationTaskFactory(DjangoModelFactory[CessationTask]):
    """Of a student who was disenrolled on Friday 26 March 2027."""

    class Meta:
        model = CessationTask

    enrollment = factory.SubFactory(ProgramEnrollmentFactory, disenrolled=True)
    opened_at = dt.datetime(2027, 3, 26, 16, tzinfo=dt.UTC)
