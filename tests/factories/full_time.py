import datetime as dt
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from enrollment.full_time.models import (
    ApplicationPaper,
    ApplicationState,
    Body,
    Determination,
    EnrollmentState,
    FindingOutcome,
    GoalReview,
    OperatingBasis,
    Outcome,
    PaperKind,
    PolicyKind,
    Program,
    ProgramApplication,
    ProgramEnrollment,
    ProgramPolicy,
    ProgramReview,
    RecordsKind,
    RecordsRequest,
    Schedule,
    ScheduledCourse,
    Service,
    ServicesAgreement,
    ServicesFinding,
    Side,
    Survey,
)
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import ClockKind
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.letters import LetterText
from mocap_portal.foundation.papers.models import Letter, LetterKind

from .accounts import MembershipFactory
from .clocks import ClockFactory
from .directory import LONG_AGO, LeaFactory, SchoolFactory, TermFactory
from .papers import DocumentFactory
from .records import ClaimFactory

APPLIED_AT = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)
DECIDED_AT = dt.datetime(2026, 11, 18, 18, tzinfo=dt.UTC)


class ProgramFactory(DjangoModelFactory[Program]):
    """A program with a published enrollment policy; `unpublished=True` has none (R-36)."""

    class Meta:
        model = Program
        skip_postgeneration_save = True

    class Params:
        correspondence = factory.Trait(is_correspondence=True)

    host = factory.SubFactory(LeaFactory)
    name = factory.Sequence(lambda n: f"Program {n}")
    school = factory.SubFactory(SchoolFactory, lea=factory.SelfAttribute("..host"))
    grades_low = 0
    grades_high = 12
    about = "A school without a building."
    conditions = "Resident of Missouri\nNot expelled"
    review_process = "Write to the head of the program within ten days."
    contact_name = "Hanna Host"
    contact_email = factory.Sequence(lambda n: f"host{n}@program.example")
    contact_phone = "573-555-0177"
    operating_basis = OperatingBasis.YEARLY
    attendance_method = "Teachers record attendance every school day."
    interaction = "Live lessons, phone calls and field trips with certificated teachers."
    inactive_days = 5
    active_from = LONG_AGO

    @factory.post_generation
    def unpublished(obj: Program, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        if create and not extracted:
            ProgramPolicyFactory.create(program=obj)


class ProgramPolicyFactory(DjangoModelFactory[ProgramPolicy]):
    class Meta:
        model = ProgramPolicy

    program = factory.SubFactory(ProgramFactory, unpublished=True)
    kind = PolicyKind.ENROLLMENT
    version = "1"
    url = factory.LazyAttribute(lambda o: f"https://program.example/{o.kind}")
    valid_from = LONG_AGO


class ProgramApplicationFactory(DjangoModelFactory[ProgramApplication]):
    """A draft. `applied=True` was sent on Monday 2 November 2026, the resident district's input is due on 17 November.

    `identified=True` (with `applied`) has a confirmed child. `admitted=True` and `refused=True` have only
    the state: the rows that belong to it come from `DeterminationFactory` and `ProgramEnrollmentFactory`.
    """

    class Meta:
        model = ProgramApplication

    class Params:
        applied = factory.Trait(
            state=ApplicationState.APPLIED,
            has_iep_or_504=False,
            prior_semester="attended",
            submitted_at=APPLIED_AT,
            releases_records=True,
            signed_by=factory.SelfAttribute("claim.claimant"),
            signed_name=factory.SelfAttribute("claim.claimant.name"),
            input_clock=factory.SubFactory(
                ClockFactory,
                kind=ClockKind.RESIDENT_INPUT,
                lea=factory.SelfAttribute("..resident_lea"),
                source="R-37",
            ),
        )
        identified = factory.Trait(claim=factory.SubFactory(ClaimFactory, confirmed=True))
        admitted = factory.Trait(applied=True, identified=True, state=ApplicationState.ADMITTED)
        refused = factory.Trait(applied=True, state=ApplicationState.REFUSED)

    claim = factory.SubFactory(ClaimFactory)
    program = factory.SubFactory(ProgramFactory)
    term = factory.SubFactory(TermFactory)
    resident_lea = factory.SelfAttribute("claim.school.lea")
    started_at = dt.datetime(2026, 11, 2, 17, tzinfo=dt.UTC)
    touched_at = dt.datetime(2026, 11, 2, 17, tzinfo=dt.UTC)


class SurveyFactory(DjangoModelFactory[Survey]):
    class Meta:
        model = Survey

    application = factory.SubFactory(ProgramApplicationFactory, applied=True)
    answered_at = APPLIED_AT
    answered_by = factory.SubFactory(
        MembershipFactory, parent=True, user=factory.SelfAttribute("..application.claim.claimant")
    )


def kept_letter(kind: LetterKind = LetterKind.ADMISSION) -> Letter:
    text = LetterText("en", "A letter", "Host", "", "", "", "Page", (), ("Hanna Host",))
    return papers.keep_letter(kind, text=text, facts={}, day=dt.date(2026, 11, 18), at=DECIDED_AT)


class DeterminationFactory(DjangoModelFactory[Determination]):
    """Admits on Wednesday 18 November 2026 from Wednesday 6 January 2027 on; `refused=True` does not."""

    class Meta:
        model = Determination

    class Params:
        refused = factory.Trait(
            outcome=Outcome.REFUSED,
            starts_on=None,
            application=factory.SubFactory(ProgramApplicationFactory, refused=True),
        )

    application = factory.SubFactory(ProgramApplicationFactory, admitted=True)
    outcome = Outcome.ADMITTED
    basis = "The student works alone and on time, and has a quiet place to learn."
    in_person_options = "A smaller class in the building was looked at."
    starts_on = dt.date(2027, 1, 6)
    decided_at = DECIDED_AT
    decided_by = factory.SubFactory(
        MembershipFactory, host_staff=True, lea=factory.SelfAttribute("..application.program.host")
    )
    letter = factory.LazyFunction(kept_letter)


class ProgramReviewFactory(DjangoModelFactory[ProgramReview]):
    """A family asked on Monday 2 November 2026 to look at a refusal again; the answer is due on 17 November."""

    class Meta:
        model = ProgramReview

    application = factory.SubFactory(ProgramApplicationFactory, refused=True)
    asked_at = APPLIED_AT
    asked_by = factory.LazyAttribute(lambda o: family_hat(o.application))
    reasons = "The report card was a year old."
    clock = factory.SubFactory(
        ClockFactory,
        kind=ClockKind.PROGRAM_REVIEW,
        lea=factory.SelfAttribute("..application.program.host"),
        source="R-71",
    )


class ProgramEnrollmentFactory(DjangoModelFactory[ProgramEnrollment]):
    """Admitted, to start on 6 January 2027. `enrolled=True` entered that day; `since=` is another first day.

    An enrolled student's record stands with the host (R-44). `disenrolled=True` ended on Friday 26 March 2027.
    """

    class Meta:
        model = ProgramEnrollment
        skip_postgeneration_save = True

    class Params:
        enrolled = factory.Trait(
            state=EnrollmentState.ENROLLED,
            entered_at=factory.LazyAttribute(
                lambda o: dt.datetime.combine(o.starts_on, dt.time(15), tzinfo=dt.UTC)
            ),
            entered_by=factory.SubFactory(
                MembershipFactory, host_staff=True, lea=factory.SelfAttribute("..program.host")
            ),
        )
        disenrolled = factory.Trait(
            enrolled=True,
            state=EnrollmentState.DISENROLLED,
            ended_on=dt.date(2027, 3, 26),
            ended_at=dt.datetime(2027, 3, 26, 15, tzinfo=dt.UTC),
            ended_by=factory.SelfAttribute("entered_by"),
            end_reason="No activity after a notice and a talk.",
        )

    application = factory.SubFactory(ProgramApplicationFactory, admitted=True)
    student = factory.SelfAttribute("application.claim.student")
    program = factory.SelfAttribute("application.program")
    resident_lea = factory.SelfAttribute("application.resident_lea")
    resident_school = factory.SelfAttribute("application.claim.school")
    admitted_at = DECIDED_AT
    starts_on = dt.date(2027, 1, 6)

    @factory.post_generation
    def moved(obj: ProgramEnrollment, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        if create and obj.state == EnrollmentState.ENROLLED and extracted is not False:
            obj.student.lea, obj.student.school = obj.program.host, obj.program.school
            obj.student.save()


class ScheduleFactory(DjangoModelFactory[Schedule]):
    """The first version of a schedule for 2026-27, without courses."""

    class Meta:
        model = Schedule

    enrollment = factory.SubFactory(ProgramEnrollmentFactory, enrolled=True)
    school_year = factory.LazyFunction(lambda: SchoolYear.objects.get(year=2027))
    version = 1
    valid_from = factory.SelfAttribute("enrollment.starts_on")
    made_at = DECIDED_AT
    made_by = factory.SelfAttribute("enrollment.entered_by")


class ScheduledCourseFactory(DjangoModelFactory[ScheduledCourse]):
    """An hour on each school day for one credit, until 22 May 2027."""

    class Meta:
        model = ScheduledCourse

    schedule = factory.SubFactory(ScheduleFactory)
    title = factory.Sequence(lambda n: f"Course {n}")
    credit = Decimal(1)
    starts_on = factory.SelfAttribute("schedule.valid_from")
    ends_on = dt.date(2027, 5, 22)
    minutes = factory.LazyFunction(lambda: [60, 60, 60, 60, 60, 0, 0])


# Services and records -------------------------------------------------------------------------------


def host_hat(application: ProgramApplication, **more: object) -> Membership:
    """A hat of the host's staff."""
    hat: Membership = MembershipFactory.create(host_staff=True, lea=application.program.host, **more)
    return hat


def resident_hat(application: ProgramApplication, **traits: object) -> Membership:
    """A hat of the resident district, of its special-education team unless another trait is named."""
    hat: Membership = MembershipFactory.create(
        **(traits or {"special_education": True}), lea=application.resident_lea
    )
    return hat


def family_hat(application: ProgramApplication) -> Membership:
    hat: Membership = MembershipFactory.create(parent=True, user=application.claim.claimant)
    return hat


class ServicesFindingFactory(DjangoModelFactory[ServicesFinding]):
    """The team met on Thursday 5 November 2026: the student can be served virtually. `not_needed=True`: no services."""

    class Meta:
        model = ServicesFinding

    class Params:
        not_needed = factory.Trait(outcome=FindingOutcome.NOT_NEEDED)

    application = factory.SubFactory(ProgramApplicationFactory, applied=True, has_iep_or_504=True)
    number = 1
    outcome = FindingOutcome.VIRTUAL
    met_on = dt.date(2026, 11, 5)
    finding = "The goals can be worked on by video, with speech therapy once a week."
    accommodations = "More time in tests."
    recorded_at = dt.datetime(2026, 11, 5, 20, tzinfo=dt.UTC)
    recorded_by = factory.LazyAttribute(lambda o: resident_hat(o.application))


class ServicesAgreementFactory(DjangoModelFactory[ServicesAgreement]):
    """The first version, for the spring of 2027, with one service. `signed=True` by both sides on 10 November 2026."""

    class Meta:
        model = ServicesAgreement
        skip_postgeneration_save = True

    class Params:
        host_signed = factory.Trait(
            host_signed_at=dt.datetime(2026, 11, 10, 16, tzinfo=dt.UTC),
            host_signed_by=factory.LazyAttribute(lambda o: host_hat(o.application)),
            host_signed_name="Hanna Host",
        )
        signed = factory.Trait(
            host_signed=True,
            resident_signed_at=dt.datetime(2026, 11, 10, 17, tzinfo=dt.UTC),
            resident_signed_by=factory.LazyAttribute(lambda o: resident_hat(o.application)),
            resident_signed_name="Rita Resident",
            letter=factory.LazyFunction(lambda: kept_letter(LetterKind.SERVICES)),
        )

    application = factory.LazyAttribute(lambda o: ServicesFindingFactory.create().application)
    version = 1
    starts_on = dt.date(2027, 1, 6)
    ends_on = dt.date(2027, 5, 22)
    place = "At home, and in room 4 of the middle school"
    money = "The resident district pays the therapist. Nobody else pays anything."
    host_does = "Teaches, tests and keeps the plan."
    resident_does = "Gives speech therapy."
    drafted_at = dt.datetime(2026, 11, 9, 16, tzinfo=dt.UTC)
    drafted_by = factory.LazyAttribute(lambda o: host_hat(o.application))

    @factory.post_generation
    def service(obj: ServicesAgreement, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        if create and extracted is not False:
            ServiceFactory.create(agreement=obj)


class ServiceFactory(DjangoModelFactory[Service]):
    """Speech therapy by the resident district, at its cost, as long as the agreement holds."""

    class Meta:
        model = Service

    agreement = factory.SubFactory(ServicesAgreementFactory, service=False)
    what = "Speech therapy"
    minutes_a_week = 60
    served_by = Body.RESIDENT
    paid_by = Body.RESIDENT
    place = "Room 4 of the middle school"
    starts_on = factory.SelfAttribute("agreement.starts_on")
    ends_on = factory.SelfAttribute("agreement.ends_on")


class GoalReviewFactory(DjangoModelFactory[GoalReview]):
    class Meta:
        model = GoalReview

    agreement = factory.SubFactory(ServicesAgreementFactory, signed=True)
    side = Side.HOST
    reviewed_on = dt.date(2027, 2, 1)
    goals = "Two of three goals are met."
    accommodations = "More time helps."
    at = dt.datetime(2027, 2, 1, 20, tzinfo=dt.UTC)
    by = factory.LazyAttribute(lambda o: host_hat(o.agreement.application))


class RecordsRequestFactory(DjangoModelFactory[RecordsRequest]):
    """Asked on Wednesday 4 November 2026, due on Thursday 12 November: Veterans Day is skipped.

    `answered=True` on 10 November, in words; the clock stopped.
    """

    class Meta:
        model = RecordsRequest

    class Params:
        answered = factory.Trait(
            answered_at=dt.datetime(2026, 11, 10, 17, tzinfo=dt.UTC),
            answered_by=factory.LazyAttribute(lambda o: resident_hat(o.application, data_clerk=True)),
            answer="The student never went to school here.",
            clock__stopped_at=dt.datetime(2026, 11, 10, 17, tzinfo=dt.UTC),
        )

    application = factory.SubFactory(ProgramApplicationFactory, applied=True, identified=True)
    kinds = factory.LazyFunction(lambda: [RecordsKind.TRANSCRIPT, RecordsKind.IMMUNIZATION])
    asked_at = dt.datetime(2026, 11, 4, 18, tzinfo=dt.UTC)
    asked_by = factory.LazyAttribute(lambda o: host_hat(o.application))
    clock = factory.SubFactory(
        ClockFactory,
        kind=ClockKind.RECORDS,
        lea=factory.SelfAttribute("..application.resident_lea"),
        started_at=factory.SelfAttribute("..asked_at"),
        business_days=5,
        source="R-48",
        first_due_on=dt.date(2026, 11, 12),
        due_on=dt.date(2026, 11, 12),
    )


class ApplicationPaperFactory(DjangoModelFactory[ApplicationPaper]):
    """A transcript that the family added."""

    class Meta:
        model = ApplicationPaper

    application = factory.SubFactory(ProgramApplicationFactory, applied=True, identified=True)
    kind = PaperKind.TRANSCRIPT
    added_by = factory.LazyAttribute(lambda o: family_hat(o.application))
    document = factory.SubFactory(DocumentFactory, uploaded_by=factory.SelfAttribute("..added_by"))
    added_at = APPLIED_AT
