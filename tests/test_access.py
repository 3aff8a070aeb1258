"""Who may open what: every address of the portal, by every hat, on rows of its own and of strangers, and by visitors.

`ADDRESSES` names each address once. A new address that is not in it fails `test_no_address_is_missing`. Denied means:
the right status, nothing changed in the database, no mail. Whatever is answered, a stranger or a visitor finds nothing
of the child in it, attributes and scripts included; MOSIS ID and birth date stand only on the pages that need them;
the log names nobody.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from concerns.actions import ANSWERING_ROLES
from concerns.models import BulkStep
from concerns.movip.models import Answer as TranscriptAnswer
from concerns.movip.models import Look, Paper, TranscriptRequest
from coredata.june.models import Acceptance
from coredata.models import CollectionWindow, Upload
from coredata.reconcile.models import MismatchState
from enrollment.attendance import actions as attendance
from enrollment.attendance.models import AttendanceFile, Flag, Placement
from enrollment.certification.models import (
    Certification,
    CessationTask,
    LetterConsent,
    LetterRequest,
    PaperConsent,
    StatedHours,
)
from enrollment.full_time import actions as full_time
from enrollment.full_time.models import PaperKind
from enrollment.full_time.views.resident import EXIT_ROLES
from enrollment.membership import actions as membership
from enrollment.part_time import actions as part_time
from enrollment.part_time import paper_file
from enrollment.part_time.models import REVIEWING_ROLES, CourseLine
from enrollment.progress.models import WRITING_ROLES
from enrollment.progress.points import report_year_on
from enrollment.registration import actions as registration
from enrollment.registration.models import PayerChange, RosterLine
from enrollment.transfers.models import Transfer
from mocap_portal.foundation.accounts.models import (
    ADMIN_ROLES,
    DESE_ROLES,
    FAMILY_ROLES,
    HOST_ROLES,
    LEA_ROLES,
    PROVIDER_ROLES,
    STAFF_ROLES,
    Membership,
    Role,
)
from mocap_portal.foundation.directory.models import LegalKey, Organization, Term, TermCode
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.letters import Block, LetterText
from mocap_portal.foundation.papers.models import LetterKind
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.tabular import write_csv
from tests.factories.accounts import ApiTokenFactory, InvitationFactory, MembershipFactory, UserFactory
from tests.factories.attendance import (
    AttendanceDayFactory,
    AttendanceFileFactory,
    AttendanceProblemFactory,
    FlagFactory,
    PlacementFactory,
)
from tests.factories.certification import (
    CertificationFactory,
    CessationTaskFactory,
    LetterConsentFactory,
    LetterRequestFactory,
    PaperConsentFactory,
    StatedHoursFactory,
)
from tests.factories.concerns import (
    AskedFactory,
    AttachmentFactory,
    ConcernFactory,
    ResponseTemplateFactory,
    RoutingRuleFactory,
)
from tests.factories.coredata import (
    ProblemFactory,
    ProviderReportFactory,
    ReportedEnrollmentFactory,
    StoredCollectionFactory,
    UploadFactory,
    WaiverFactory,
)
from tests.factories.directory import (
    ClosedDayFactory,
    LeaFactory,
    ProviderFactory,
    SchoolFactory,
    TermFactory,
)
from tests.factories.full_time import (
    ApplicationPaperFactory,
    DeterminationFactory,
    ProgramApplicationFactory,
    ProgramEnrollmentFactory,
    ProgramFactory,
    RecordsRequestFactory,
    ServicesAgreementFactory,
    ServicesFindingFactory,
)
from tests.factories.june import AcceptanceFactory
from tests.factories.movip import (
    AnswerFactory as TranscriptAnswerFactory,
)
from tests.factories.movip import (
    ArchiveRowFactory,
    ChosenRowFactory,
    LookFactory,
    PaperFactory,
    TranscriptRequestFactory,
)
from tests.factories.papers import DocumentFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.patterns import NoteFactory
from tests.factories.progress import ProgressReportFactory, StateAssessmentFactory
from tests.factories.providers import (
    AgreementFactory,
    CorrectiveActionFactory,
    CourseFactory,
    ReviewFactory,
)
from tests.factories.reconcile import AnswerFactory, CollectedRowFactory, MismatchFactory, RemarkFactory
from tests.factories.records import ClaimFactory, StudentFactory
from tests.factories.registration import RosterLineFactory
from tests.factories.retention import DisposalItemFactory, HoldFactory
from tests.factories.transfers import TransferFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
looks = pytest.mark.xdist_group(
    "access: looks"
)  # one process for each: the world is built twice, not for every test
posts = pytest.mark.xdist_group("access: posts")

FIRST_NAME, LAST_NAME, MOSIS_ID = "Quillon", "Zephyrine", "7999888777"
IDENTIFIERS = (MOSIS_ID, "2011-03-09", "March 9, 2011", "03/09/2011")
SECRETS = (FIRST_NAME, LAST_NAME, *IDENTIFIERS)

EVERYBODY = frozenset(Role)
DECIDING = {Role.COUNSELOR, Role.DECIDER}
JUDGING = {Role.COUNSELOR, Role.DECIDER, Role.COORDINATOR, Role.DATA_CLERK, Role.LEA_ADMIN}
KNOWING = JUDGING | {Role.SPECIAL_EDUCATION}
REGISTERING = {Role.COUNSELOR, Role.COORDINATOR, Role.LEA_ADMIN}
SEEING = FAMILY_ROLES | LEA_ROLES | DESE_ROLES
ENTERING = {Role.COUNSELOR, Role.DECIDER, Role.COORDINATOR}
PAUSING = {Role.COUNSELOR, Role.COORDINATOR, Role.SPECIAL_EDUCATION}
TEAM = {Role.COORDINATOR, Role.SPECIAL_EDUCATION}
KEEPING = {Role.COORDINATOR, Role.LEA_ADMIN}
SENDING = {Role.DATA_CLERK, Role.COORDINATOR, Role.LEA_ADMIN}
READING = SENDING | DESE_ROLES
REPORTING = PROVIDER_ROLES | DESE_ROLES
SERVING = {Role.HOST_STAFF, Role.SPECIAL_EDUCATION, Role.COORDINATOR, Role.LEA_ADMIN}
ANSWERING = {Role.COORDINATOR, Role.COUNSELOR, Role.DATA_CLERK}
FOLLOWING = WRITING_ROLES | LEA_ROLES | DESE_ROLES
CERTIFYING = KEEPING | {Role.HOST_STAFF}


# The pages that tell MOSIS ID or birth date to whoever they open for.
IDENTIFYING = {
    "full_time:sign",
    "full_time:status",
    "certification:letter",
    "coredata:reported_enrollment",
    "coredata:reported_students",
    "reconcile:answer_many",
    "reconcile:download",
    "reconcile:mismatch",
    "reconcile:of_all",
    "reconcile:of_district",
    "reconcile:of_provider",
    "reconcile:rehearsal",
    "reconcile:rows",
    "reconcile:room",
    "reconcile:rooms",
    "attendance:shares_csv",
    "part_time:enter_family",
    "part_time:import_preview",
    "part_time:import_problems",
    "part_time:review",
    "membership:report",
    "membership:report_csv",
    "movip:found",
    "movip:issue",
    "movip:miss",
    "movip:request",
    "movip:send_on",
    "part_time:sign",
    "progress:download",
    "records:claim",
    "records:claims",
    "records:merge",
    "records:student",
    "registration:confirm",
    "registration:download",
    "registration:line",
    "transfers:receive",
    "transfers:transfer",
}


class World:
    """One LEA, one provider and one family with a row of each kind, and every hat; then the same hats of strangers."""

    # Said here because mypy follows only so many methods.
    attendance_file: AttendanceFile
    attendance_letter: Certification
    cessation: CessationTask
    combined_request: LetterRequest
    flag: Flag
    letter_consent: LetterConsent
    letter_paper: PaperConsent
    letter_request: LetterRequest
    placement: Placement
    leaving: Transfer
    payer_change: PayerChange
    stated_hours: StatedHours
    transfer: Transfer
    trial: Upload
    certified: Upload
    june: Upload
    taken_over: Acceptance
    transcript: TranscriptRequest
    transcript_answer: TranscriptAnswer
    transcript_look: Look
    transcript_paper: Paper

    def __init__(self) -> None:
        now = timezone.now()
        self.lea, self.provider = LeaFactory.create(), ProviderFactory.create()
        other_lea, other_provider = LeaFactory.create(), ProviderFactory.create()
        state = Organization.objects.get(is_state_office=True)
        parent, stranger = UserFactory.create(), UserFactory.create()
        self.own = self._hats(parent, self.lea.organization, self.provider.organization)
        self.strangers = self._hats(stranger, other_lea.organization, other_provider.organization)
        for role in DESE_ROLES:
            self.own[role] = MembershipFactory.create(role=role, organization=state)

        school = SchoolFactory.create(lea=self.lea)
        self.claim = ClaimFactory.create(
            confirmed=True,
            claimant=parent,
            school=school,
            first_name=FIRST_NAME,
            last_name=LAST_NAME,
            student__mosis_id=MOSIS_ID,
        )
        self.student = self.claim.student
        self.namesake = StudentFactory.create(school=school, mosis_id=None)
        self.waiting_claim = ClaimFactory.create(school=school, first_name=FIRST_NAME, last_name=LAST_NAME)
        self.course = CourseFactory.create(provider=self.provider)
        signed = DocumentFactory.create(uploaded_by=self.own[Role.LEA_ADMIN])
        self.agreement = AgreementFactory.create(lea=self.lea, provider=self.provider, document=signed)
        self.notice = CorrectiveActionFactory.create(
            provider=self.provider, noticed_by=self.own[Role.DESE_ADMIN]
        )
        self.review = ReviewFactory.create(
            provider=self.provider, entered_by=self.own[Role.DESE_ADMIN], document=signed
        )
        self.term = TermFactory.create(
            code=TermCode.S2,
            starts_on=central_date(now) + dt.timedelta(days=30),
            ends_on=central_date(now) + dt.timedelta(days=150),
        )
        self.draft = CourseRequestFactory.create(claim=self.claim, term=self.term, in_person_courses=4)
        CourseLineFactory.create(request=self.draft, course=self.course)
        self.request = CourseRequestFactory.create(
            claim=self.claim,
            term=self.term,
            submitted=True,
            clock__due_on=central_date(now) + dt.timedelta(days=10),
            clock__first_due_on=central_date(now) + dt.timedelta(days=10),
        )
        self.line = CourseLineFactory.create(request=self.request, course=self.course)
        self.approved_line = self._approved_line(now)
        self.letter = self.approved_line.decision.letter
        for paper in (self.request, self.approved_line.decision):
            upload = ContentFile(b"%PDF-1.7 scanned", name=f"{LAST_NAME}.pdf")
            paper.scan = papers.store_document(upload, by=self.own[Role.COORDINATOR], at=now)
            paper.save()
        self.roster_line = registration.register(
            self._approved_line(now).pk, by=self.own[Role.COORDINATOR], at=now
        )
        self.running = self._roster_line(now, running=True)
        self.finished = self._roster_line(now, finished=True)
        self.closed_day = ClosedDayFactory.create(
            lea=self.lea,
            date=central_date(now) + dt.timedelta(days=200),
            entered_at=now,
            emergency_asked_at=now,
        )
        self._send_core_data()
        self._hear_from_providers()
        self.waiver = WaiverFactory.create(lea=self.lea, granted_by=self.own[Role.DESE_REVIEWER])
        self.invitation = InvitationFactory.create(
            invited_by=self.own[Role.LEA_ADMIN], invited_at=now, expires_at=now + dt.timedelta(days=14)
        )

        self.api_token = ApiTokenFactory.create(hat=self.own[Role.PROVIDER_ADMIN])
        self._enter_papers(now)
        self._apply_full_time(now)
        self._report_progress(now)
        self._ask_for_letters(now)
        self._attend(now)
        self._move(now)
        self._watch_concerns()
        self._complain(now)
        self._ask_for_transcripts()
        # Signed in before the first visit: what a test writes is rolled back with it, its sessions too.
        self._sessions = {
            hat.pk: str(sign_in(Client(), hat).session.session_key)
            for hat in (*self.own.values(), *self.strangers.values())
        }

    def _watch_concerns(self) -> None:
        """What rises, what is held and what somebody wants to let go."""
        self.pattern = NoteFactory.create(provider=self.provider)
        self.dismissed_pattern = NoteFactory.create(lea=self.lea, of_district=True, dismissed=True)
        self.hold = HoldFactory.create()
        self.disposal = DisposalItemFactory.create().disposal

    def _send_core_data(self) -> None:
        self.trial = UploadFactory.create(lea=self.lea, trial=True)
        ProblemFactory.create(upload=self.trial)
        self.certified = UploadFactory.create(lea=self.lea, certified=True)
        of_june = StoredCollectionFactory.create(cycle="Jun", kind="stu_crs_comp")
        self.june = UploadFactory.create(lea=self.lea, trial=True, collection=of_june)
        self.taken_over = AcceptanceFactory.create(draft__lea=self.lea, by=self.own[Role.DATA_CLERK])

    def _hear_from_providers(self) -> None:
        """A report of the provider in each state that somebody can do something with, and what they say together."""
        of_provider = {"provider": self.provider, "sent_by": self.own[Role.PROVIDER_STAFF]}
        self.checked_report = ProviderReportFactory.create(checked=True, warnings=1, **of_provider)
        ProblemFactory.create(upload=None, report=self.checked_report, rule="V-84", column="stateCourseCode")
        self.waiting_report = ProviderReportFactory.create(waiting=True, **of_provider)
        self.accepted_report = ProviderReportFactory.create(accepted=True, **of_provider)
        self.reported = ReportedEnrollmentFactory.create(
            row__report=self.accepted_report,
            row__district_code=self.lea.state_district_id,
            row__mosis_id=MOSIS_ID,
            row__first_name=FIRST_NAME,
            row__last_name=LAST_NAME,
        )
        self.mismatch = MismatchFactory.create(
            code="M-10",
            lea=self.lea,
            provider=self.provider,
            mosis_id=MOSIS_ID,
            state=MismatchState.ACKNOWLEDGED,
        )
        self.put_aside = CollectedRowFactory.create(mismatch=self.mismatch, by=self.own[Role.DATA_CLERK])
        RemarkFactory.create(
            mismatch=self.mismatch, by=self.own[Role.PROVIDER_STAFF], side="provider", contest=True
        )
        self.room_file = RemarkFactory.create(
            mismatch=self.mismatch,
            by=self.own[Role.PROVIDER_STAFF],
            side="provider",
            text=f"About {FIRST_NAME} {LAST_NAME}",
            with_file=True,
            document__name=f"{LAST_NAME}.pdf",
        )
        self.mismatch_answer = AnswerFactory.create(mismatch=self.mismatch, by=self.own[Role.DATA_CLERK])

    def _ask_for_letters(self, now: dt.datetime) -> None:
        """A full-time student of the district's own program, with a letter and one to issue; and combined study."""
        host, family = self.own[Role.HOST_STAFF], self.own[Role.PARENT]
        enrollment = self.enrollment
        asked: dict[str, Any] = {
            "student": self.student,
            "lea": self.lea,
            "asked_by": family,
            "asked_at": now,
        }
        self.letter_consent = LetterConsentFactory.create(
            parent=self.student.guardians.get(), student=self.student, signed_by=family
        )
        self.letter_request = LetterRequestFactory.create(enrollment=enrollment, **asked)
        self.letter_paper = PaperConsentFactory.create(
            request=LetterRequestFactory.create(enrollment=enrollment, **asked | {"asked_by": host})
        )
        self.attendance_letter = CertificationFactory.create(
            request=LetterRequestFactory.create(enrollment=enrollment, **asked),
            letter=papers.keep_letter(
                LetterKind.ATTENDANCE,
                text=LetterText(
                    "en",
                    LAST_NAME,
                    "Host",
                    "",
                    "",
                    "",
                    "Page",
                    (Block("paragraph", text=IDENTIFIERS[2]),),
                    (),
                ),
                facts={},
                day=central_date(now),
                at=now,
            ),
            issued_at=now,
            issued_by=host,
        )
        self.combined_request = LetterRequestFactory.create(enrollment=None, **asked)
        self.stated_hours = StatedHoursFactory.create(
            request=self.combined_request, entered_by=self.own[Role.COORDINATOR], entered_at=now
        )
        self.cessation = CessationTaskFactory.create(enrollment=enrollment, opened_at=now)

    def _complain(self, now: dt.datetime) -> None:
        """A family wrote about the district; the office asks it, and a question of the provider's is answered."""
        reviewer = self.own[Role.DESE_REVIEWER]
        about: dict[str, Any] = {"lea": self.lea, "provider": self.provider, "received_at": now}
        self.concern = ConcernFactory.create(
            assigned=True,
            assigned_to=reviewer,
            student_name=f"{FIRST_NAME} {LAST_NAME}",
            line=self.line,
            student=self.student,
            **about,
        )
        self.writers_file = AttachmentFactory.create(concern=self.concern, name=f"{LAST_NAME}.pdf")
        self.asked = AskedFactory.create(
            concern=ConcernFactory.create(awaiting=True, assigned_to=reviewer, **about),
            lea=self.lea,
            asked_by=reviewer,
            asked_at=now,
        )
        answered = AskedFactory.create(
            concern=self.concern,
            lea=self.lea,
            answered=True,
            answered_by=self.own[Role.COORDINATOR],
            asked_by=reviewer,
            asked_at=now,
        )
        self.answer_file = AttachmentFactory.create(
            concern=self.concern, asked=answered, name=f"{LAST_NAME}.pdf"
        )
        self.joined_concern = ConcernFactory.create(merged=True, merged_into=self.concern, **about)
        self.routing_rule = RoutingRuleFactory.create(to=reviewer)
        self.response_template = ResponseTemplateFactory.create()
        self.bulk_step = BulkStep.objects.create(kind="assign", by=reviewer, at=now)

    def _move(self, now: dt.datetime) -> None:
        """The child comes with a course from a third district; another student of the LEA leaves for it."""
        third = LeaFactory.create()
        self.transfer = TransferFactory.create(student=self.student, from_lea=third, to_lea=self.lea)
        self.leaving = TransferFactory.create(
            student=StudentFactory.create(school=self.claim.school), to_lea=third
        )
        self.payer_change = PayerChange.objects.create(
            line=self.running.line,
            from_lea=third,
            to_lea=self.lea,
            pays_from=central_date(now),
            at=now,
            by=self.own[Role.COORDINATOR],
        )

    def _ask_for_transcripts(self) -> None:
        """Somebody without an account asks: a request that is looked for, with a paper, and one that is answered."""
        born = dt.date.fromisoformat(IDENTIFIERS[1])
        name = {"former_first_name": FIRST_NAME, "former_last_name": LAST_NAME, "birth_date": born}
        self.transcript = TranscriptRequestFactory.create(searching=True, **name)
        self.transcript_paper = PaperFactory.create(request=self.transcript, name=f"{LAST_NAME}.pdf")
        self.transcript_look = LookFactory.create(
            request=self.transcript,
            terms={"last_names": [LAST_NAME], "first_names": [FIRST_NAME], "birth_date": born.isoformat()},
        )
        ChosenRowFactory.create(request=self.transcript, row=ArchiveRowFactory.create(**name))
        self.transcript_answer = TranscriptAnswerFactory.create(
            request=TranscriptRequestFactory.create(sent=True, to_college=True, **name)
        )

    def _attend(self, now: dt.datetime) -> None:
        """The child is in a program that its own district hosts: so each hat has a full-time student of its own."""
        host = self.own[Role.HOST_STAFF]
        first_day = Term.objects.get(school_year=self.last_report[0], code=TermCode.S1).starts_on
        self.a_term_has_begun = first_day <= central_date(now)
        AttendanceDayFactory.create(
            enrollment=self.enrollment,
            day=first_day if self.a_term_has_begun else self.enrollment.starts_on,
        )
        self.attendance_file = AttendanceFileFactory.create(program=self.program, sent_by=host, refused=True)
        AttendanceProblemFactory.create(file=self.attendance_file)
        self.flag = FlagFactory.create(enrollment=self.enrollment, opened_on=central_date(now))
        attendance.notify_family(self.flag.pk, by=host, at=now)
        ended = ProgramEnrollmentFactory.create(
            disenrolled=True,
            application=ProgramApplicationFactory.create(
                admitted=True, claim=self.claim, program=self.program
            ),
            entered_by=host,
            moved=False,
        )
        self.placement = PlacementFactory.create(enrollment=ended)

    def _enter_papers(self, now: dt.datetime) -> None:
        """What staff entered: a request with a decision on paper, one that is begun, and a file with a wrong row."""
        counselor, coordinator = self.own[Role.COUNSELOR], self.own[Role.COORDINATOR]
        claim = ClaimFactory.create(
            by_staff=True,
            entered_by=counselor,
            school=self.claim.school,
            first_name=FIRST_NAME,
            last_name=LAST_NAME,
            student=self.student,
        )
        self.paper_request = CourseRequestFactory.create(
            claim=claim, term=self.term, submitted=True, on_paper=True, entered_by=counselor
        )
        line, _waiting = CourseLineFactory.create_batch(2, request=self.paper_request)
        paper = part_time.Paper(
            central_date(now),
            "Dana Dean, principal",
            scan_id=DocumentFactory.create(uploaded_by=counselor).pk,
        )
        [self.paper_decision] = part_time.record_paper_decision(
            self.paper_request.pk,
            [part_time.PaperOutcome(line.pk, "approved")],
            paper,
            by=coordinator,
            at=now,
        )
        entry = part_time.start_entry(by=counselor, student_id=self.student.pk, at=now)
        day = central_date(now)
        family = {
            "school": self.claim.school_id,
            "grade": 10,
            "enrollment": "public",
            "missouri_resident": "yes",
            "prior_semester": "attended",
            "has_iep_or_504": "no",
            "asker_name": "Gloria Grand",
            "relationship": "guardian",
            "phone": "573-555-0123",
            "channel": "phone",
            "came_on_month": day.month,
            "came_on_day": day.day,
            "came_on_year": day.year,
            "term_id": self.term.pk,
        }
        self.entry = part_time.keep_entry(
            entry.pk,
            family={name: [str(answer)] for name, answer in family.items()},
            courses=[{"course_id": self.course.pk}],
            in_person_courses=4,
            at=now,
        )
        row = dict(zip(paper_file.COLUMNS, paper_file.EXAMPLES[0], strict=True))
        row |= {
            "student_first_name": FIRST_NAME,
            "student_last_name": LAST_NAME,
            "mosis_id": MOSIS_ID,  # of a student with another birth date
        }
        self.paper_file = part_time.keep_paper_file(
            write_csv(list(row), [list(row.values())]).removeprefix("\ufeff"), by=coordinator, at=now
        )

    def _apply_full_time(self, now: dt.datetime) -> None:
        """The LEA hosts a program of its own: applications to it in each state, and a student on the way."""
        parent = self.own[Role.PARENT]
        self.program = ProgramFactory.create(host=self.lea)
        common = {"claim": self.claim, "term": self.term, "has_iep_or_504": False}
        self.application_draft = ProgramApplicationFactory.create(**common, program=ProgramFactory.create())
        self.application_paper = full_time.add_paper(
            self.application_draft.pk,
            ContentFile(b"%PDF-1.7 scanned", name=f"{LAST_NAME}.pdf"),
            kind=PaperKind.BIRTH,
            by=parent,
            at=now,
        )
        self.application = ProgramApplicationFactory.create(
            **common | {"has_iep_or_504": True}, program=self.program, applied=True
        )
        ServicesFindingFactory.create(application=self.application)
        ServicesAgreementFactory.create(application=self.application, signed=True)
        ServicesAgreementFactory.create(application=self.application, version=2, change="Another room.")
        self.records_request = RecordsRequestFactory.create(application=self.application)
        self.sent_paper = ApplicationPaperFactory.create(application=self.application)
        self.determination = DeterminationFactory.create(
            refused=True,
            application__claim=self.claim,
            application__program=self.program,
            application__term=self.term,
        )
        self.program_review = full_time.ask_for_review(
            self.determination.application_id, reasons="Look at the new report card.", by=parent, at=now
        )

    def _report_progress(self, now: dt.datetime) -> None:
        """A full-time student of the whole school year, behind; and a course that runs from its term's first day on."""
        year = report_year_on(central_date(now))
        self.enrollment = ProgramEnrollmentFactory.create(
            enrolled=True,
            moved=False,
            application__claim=self.claim,
            application__program=self.program,
            starts_on=year.school_year.starts_on,
        )
        self.progress_report = ProgressReportFactory.create(
            enrollment=self.enrollment,
            school_year=year.school_year,
            number=1,
            due_on=year.points[0].due_on,
            behind=True,
        )
        self.assessment = StateAssessmentFactory.create(
            enrollment=self.enrollment,
            school_year=year.school_year,
            opens_on=central_date(now),
            closes_on=central_date(now),
        )
        self.membership = membership.make_report(
            self.program.pk, count_date=central_date(now), by=self.own[Role.HOST_STAFF], at=now
        )
        membership.send(self.membership.pk, name="Hanna Host", by=self.own[Role.HOST_STAFF], at=now)
        self.last_report = [year.school_year.year, year.points[-1].number]
        self.taught = RosterLineFactory.create(
            running=True,
            line__request=self.request,
            line__course=CourseFactory.create(provider=self.provider),
            line__starts_on=self.term.starts_on,
            line__started_on=self.term.starts_on,
            line__ends_on=self.term.ends_on,
        )

    def _approved_line(self, now: dt.datetime) -> CourseLine:
        line = CourseLineFactory.create(
            request=self.request, course=CourseFactory.create(provider=self.provider)
        )
        part_time.approve(line.pk, by=self.own[Role.COUNSELOR], at=now, in_person_considered=True)
        return CourseLine.objects.get(pk=line.pk)

    def _roster_line(self, now: dt.datetime, **trait: bool) -> RosterLine:
        """A course that started yesterday; a finished one ended yesterday."""
        yesterday = central_date(now) - dt.timedelta(days=1)
        row: RosterLine = RosterLineFactory.create(
            **trait,
            line__request=self.request,
            line__course=CourseFactory.create(provider=self.provider),
            line__starts_on=yesterday,
            line__started_on=yesterday,
            line__ends_on=central_date(now) + dt.timedelta(days=90),
            teacher__organization=self.provider.organization,
            **({"line__ended_on": yesterday} if "finished" in trait else {}),
        )
        return row

    def client_of(self, hat: Membership) -> Client:
        """A fresh client that wears the hat."""
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[hat.pk]
        return client

    @staticmethod
    def _hats(family: Any, lea: Organization, provider: Organization) -> dict[Role, Membership]:
        hats = {role: MembershipFactory.create(user=family, role=role) for role in FAMILY_ROLES}
        for role in LEA_ROLES | {Role.HOST_STAFF}:
            hats[role] = MembershipFactory.create(role=role, organization=lea)
        for role in PROVIDER_ROLES:
            hats[role] = MembershipFactory.create(role=role, organization=provider)
        return hats


def nothing(world: World) -> list[Any]:
    return []


@dataclass(frozen=True)
class Address:
    """An address, and what each hat gets there.

    `opens`: the hats it opens for, with the status on a row of their own; all others get `closed`.
    `stranger`: what the same hats get on a row of a stranger; None where there is no row, so that they get their own.
    """

    name: str
    opens: dict[Role, int]
    args: Callable[[World], list[Any]] = nothing
    stranger: int | None = None
    closed: int = 403
    visitor: int = 302
    method: str = "get"
    data: Callable[[World], dict[str, Any]] = field(default=lambda world: {})

    def expected(self, role: Role, *, is_own: bool) -> int:
        if role not in self.opens:
            return self.closed
        if is_own or self.stranger is None or self.opens[role] in {403, 404}:
            return self.opens[role]
        return self.stranger


def public(name: str, *, status: int = 200, **more: Any) -> Address:
    """Open to everybody, with or without an account."""
    return Address(name, dict.fromkeys(EVERYBODY, status), visitor=more.pop("visitor", status), **more)


def signed_in(name: str, *, status: int = 200, **more: Any) -> Address:
    """Open to everybody who is signed in."""
    return Address(name, dict.fromkeys(EVERYBODY, status), **more)


def page(name: str, roles: Any, *, status: int = 200, **more: Any) -> Address:
    """A list or a form that shows each hat its own rows."""
    return Address(name, dict.fromkeys(roles, status), **more)


def row(
    name: str, roles: Any, args: Callable[[World], list[Any]], *, status: int = 200, **more: Any
) -> Address:
    """A page about one row: 404 for a stranger."""
    return Address(name, dict.fromkeys(roles, status), args=args, stranger=more.pop("stranger", 404), **more)


def of_a_colleague(name: str, args: Callable[[World], list[Any]]) -> Address:
    """A page about what the counselor has begun to enter: 404 for the others who may enter."""
    return Address(name, dict.fromkeys(ENTERING, 404) | {Role.COUNSELOR: 200}, args=args, stranger=404)


def post(address: Address, data: Callable[[World], dict[str, Any]] | None = None) -> Address:
    """The same, by POST."""
    return Address(**{**vars(address), "method": "post"} | ({"data": data} if data else {}))


ADDRESSES = [
    # The roof
    public("home"),
    public("how_it_works"),
    public("how_full_time_works"),
    public("clock"),
    public("due_days", status=404),  # nobody has an address of this token
    public("health_live"),
    public("health_ready", status=503),  # no worker runs beside these tests
    post(public("set_language", status=302)),
    # Demo
    public("demo:people"),
    post(public("demo:sign_in", status=404, args=lambda world: [0])),
    public("demo:mailbox"),
    public("demo:mail", status=404, args=lambda world: [0]),
    # Catalog
    public("providers:catalog"),
    public("providers:course", args=lambda world: [world.course.pk]),
    public("providers:compare"),
    public("providers:catalog_csv"),
    public("providers:catalog_json"),
    page("providers:own_courses", PROVIDER_ROLES),
    row("providers:own_course", PROVIDER_ROLES, lambda world: [world.course.pk]),
    post(page("providers:undo_availability", PROVIDER_ROLES, status=302)),
    page("providers:profile", {Role.PROVIDER_ADMIN}),
    page("providers:change_profile", {Role.PROVIDER_ADMIN}),
    page("providers:apply", {Role.PROVIDER_ADMIN}),
    page("providers:providers", DESE_ROLES),
    page("providers:provider", DESE_ROLES, args=lambda world: [world.provider.pk]),
    *(
        page(f"providers:provider_{step}", {Role.DESE_ADMIN}, args=lambda world: [world.provider.pk])
        for step in ("apply", "review", "grant", "deny", "notice", "suspend", "lift", "revoke")
    ),
    page("providers:clear_notice", {Role.DESE_ADMIN}, args=lambda world: [world.notice.pk]),
    page("providers:review_document", DESE_ROLES, args=lambda world: [world.review.pk]),
    page("providers:agreements", KEEPING | DESE_ROLES),
    page("providers:record_agreement", KEEPING),
    *(page(f"providers:record_{kind}", KEEPING) for kind in ("partnership", "site_license", "cooperative")),
    row("providers:agreement_document", KEEPING | DESE_ROLES, lambda world: [world.agreement.pk]),
    row("providers:end_agreement", KEEPING, lambda world: [world.agreement.pk]),
    # Core data
    page("coredata:files", SENDING),
    page("coredata:board", DESE_ROLES),
    page("coredata:board_csv", DESE_ROLES),
    page("coredata:remind", DESE_ROLES),
    page("coredata:windows", DESE_ROLES),
    page(
        "coredata:window",
        {Role.DESE_ADMIN},
        args=lambda world: [CollectionWindow.objects.earliest("due_on").pk],
    ),
    page("coredata:student", READING),
    public("coredata:rules"),
    public("coredata:rule", args=lambda world: ["V-51"]),
    page("coredata:waive", DESE_ROLES, args=lambda world: ["V-51"]),
    page("coredata:waivers", DESE_ROLES),
    page("coredata:end_waiver", DESE_ROLES, args=lambda world: [world.waiver.pk]),
    public("coredata:which_code"),
    row("coredata:upload", READING, lambda world: [world.trial.pk]),
    row("coredata:problems", READING, lambda world: [world.trial.pk, "V-51"]),
    row("coredata:problems_csv", READING, lambda world: [world.trial.pk]),
    row("coredata:problems_xlsx", READING, lambda world: [world.trial.pk]),
    row("coredata:marked", SENDING, lambda world: [world.certified.pk], status=302),
    # The first version of its collection: tests/coredata/test_pages.py has two.
    row("coredata:changes", READING, lambda world: [world.trial.pk], status=302),
    row("coredata:changes_csv", READING, lambda world: [world.trial.pk], status=302),
    row("coredata:certify", SENDING, lambda world: [world.trial.pk]),
    row("coredata:withdraw", SENDING, lambda world: [world.certified.pk]),
    page("june:own", SENDING, status=302),
    row("june:june", READING, lambda world: [world.lea.pk, 2027]),
    row("june:june_csv", SENDING, lambda world: [world.lea.pk, 2027], status=302),
    # October is not certified there: tests/coredata/june/test_filling_pages.py fills in a list.
    post(row("june:save", SENDING, lambda world: [world.lea.pk, 2027], status=302)),
    row("june:accept", SENDING, lambda world: [world.lea.pk, 2027], status=302),
    row("june:undo", SENDING, lambda world: [world.taken_over.pk]),
    row("june:trial", READING, lambda world: [world.june.pk]),
    row("june:trial_csv", SENDING, lambda world: [world.june.pk], status=302),
    page("coredata:reports", PROVIDER_ROLES),
    page("coredata:report_template", PROVIDER_ROLES),
    page("coredata:report_queue", DESE_ROLES),
    page("coredata:reported_students", SENDING),
    row("coredata:reported_enrollment", SENDING | REPORTING, lambda world: [world.reported.pk]),
    row("coredata:report", REPORTING, lambda world: [world.checked_report.pk]),
    row("coredata:report_problems", REPORTING, lambda world: [world.checked_report.pk, "V-84"]),
    row("coredata:report_problems_csv", REPORTING, lambda world: [world.checked_report.pk]),
    row("coredata:submit_report", PROVIDER_ROLES, lambda world: [world.checked_report.pk]),
    page("coredata:accept_report", DESE_ROLES, args=lambda world: [world.waiting_report.pk]),
    page("coredata:return_report", DESE_ROLES, args=lambda world: [world.waiting_report.pk]),
    page("coredata:retract_report", DESE_ROLES, args=lambda world: [world.accepted_report.pk]),
    # Mismatches
    page("reconcile:of_district", SENDING),
    page("reconcile:of_provider", PROVIDER_ROLES),
    page("reconcile:state", DESE_ROLES),
    page("reconcile:of_all", DESE_ROLES),
    row("reconcile:rehearsal", SENDING, lambda world: [2027]),
    row("reconcile:rehearsal_of_report", PROVIDER_ROLES, lambda world: [world.checked_report.pk]),
    page("reconcile:rows", SENDING),
    page("reconcile:use_many", SENDING, status=302),
    post(page("reconcile:take_out", SENDING, status=302)),
    post(row("reconcile:use_row", SENDING, lambda world: [world.mismatch.pk], status=302)),
    post(row("reconcile:undo_rows", SENDING, lambda world: [world.put_aside.pk], status=302)),
    # What is put aside there is of no file that is certified now: tests/coredata/reconcile/test_corrected_rows.py
    post(page("reconcile:rows_csv", SENDING, args=lambda world: [2027, "crs_assign"], status=404)),
    page("reconcile:trial_of_rows", SENDING, args=lambda world: [2027, "crs_assign"], status=404),
    page("reconcile:student", SENDING | REPORTING),
    post(page("reconcile:download", SENDING | REPORTING)),
    page("reconcile:kinds", STAFF_ROLES),
    page("reconcile:kind", STAFF_ROLES, args=lambda world: ["M-01"]),
    row("reconcile:mismatch", SENDING | REPORTING, lambda world: [world.mismatch.pk]),
    page("reconcile:rooms", SENDING | REPORTING),
    row("reconcile:room", SENDING | REPORTING, lambda world: [world.mismatch.pk]),
    *(
        Address(
            name,
            dict.fromkeys(SENDING | PROVIDER_ROLES, 200) | dict.fromkeys(DESE_ROLES, 404),
            args=lambda world: [world.mismatch.pk],
            stranger=404,
        )
        for name in ("reconcile:agree", "reconcile:contest")
    ),
    row("reconcile:note", SENDING | REPORTING, lambda world: [world.mismatch.pk]),
    page("reconcile:decide", DESE_ROLES, args=lambda world: [world.mismatch.pk]),
    post(row("reconcile:room_file", SENDING | REPORTING, lambda world: [world.room_file.pk])),
    # What rises among concerns, and how long they are kept
    page("patterns:notes", DESE_ROLES),
    page("patterns:notes_csv", DESE_ROLES),
    page("patterns:trends", DESE_ROLES),
    page("patterns:trends_csv", DESE_ROLES),
    page("patterns:note", DESE_ROLES, args=lambda world: [world.pattern.pk]),
    post(page("patterns:see", DESE_ROLES, args=lambda world: [world.pattern.pk], status=302)),
    page("patterns:dismiss", DESE_ROLES, args=lambda world: [world.pattern.pk]),
    page("patterns:bring_back", DESE_ROLES, args=lambda world: [world.dismissed_pattern.pk]),
    # Which kind of record stands in the address; tests/concerns/retention asks every role for the other one.
    page("retention:overview", DESE_ROLES, args=lambda world: ["concerns"]),
    page("retention:change_rule", [Role.DESE_ADMIN], args=lambda world: ["concerns"]),
    page("retention:place", DESE_ROLES, args=lambda world: ["concerns"]),
    page("retention:lift", DESE_ROLES, args=lambda world: [world.hold.pk]),
    page("retention:propose", DESE_ROLES, args=lambda world: ["concerns"]),
    page("retention:stubs", DESE_ROLES, args=lambda world: ["concerns"]),
    *(
        page(f"retention:{name}", DESE_ROLES, args=lambda world: [world.disposal.pk])
        for name in ("disposal", "confirm", "withdraw")
    ),
    row("reconcile:answer", READING, lambda world: [world.mismatch.pk, "waive"]),
    # A stranger has nothing to answer, and goes back to the list.
    page("reconcile:answer_many", SENDING, args=lambda world: ["harmless"], stranger=302),
    Address(
        "reconcile:take_back",
        dict.fromkeys(SENDING, 200) | dict.fromkeys(DESE_ROLES, 404),
        args=lambda world: [world.mismatch_answer.pk],
        stranger=404,
    ),
    Address(
        "reconcile:take_back_together",
        dict.fromkeys(SENDING, 200) | dict.fromkeys(DESE_ROLES, 404),
        args=lambda world: [world.mismatch_answer.pk],
        stranger=404,
    ),
    # What programs ask: no session opens it, whoever's it is. With tokens: tests/coredata/test_api_access.py.
    public("api:docs"),
    public("api:openapi"),
    public("api:nothing", status=404, args=lambda world: ["nowhere"]),
    public("api:reports", status=401),
    public("api:report", status=401, args=lambda world: [world.checked_report.pk]),
    public("api:report_problems", status=401, args=lambda world: [world.checked_report.pk]),
    post(public("api:submit_report", status=401, args=lambda world: [world.checked_report.pk])),
    public("api:enrollments", status=401),
    # A family asks
    page("part_time:requests", FAMILY_ROLES),
    page("part_time:start", FAMILY_ROLES, stranger=302),  # who has told of no child goes on to the school
    page("part_time:school", FAMILY_ROLES),
    page("part_time:child", FAMILY_ROLES, args=lambda world: [world.claim.school_id]),
    row("part_time:child_again", FAMILY_ROLES, lambda world: [world.claim.pk]),
    # Confirmed children and those of whom something was sent are not corrected by the family.
    row("part_time:child_correct", FAMILY_ROLES, lambda world: [world.draft.pk], status=302),
    row("part_time:courses", FAMILY_ROLES, lambda world: [world.draft.pk]),
    row("part_time:sign", FAMILY_ROLES, lambda world: [world.draft.pk]),
    row("part_time:amend", FAMILY_ROLES, lambda world: [world.request.pk]),
    row("part_time:exchange", FAMILY_ROLES, lambda world: [world.line.pk]),
    public("part_time:private_pay"),
    row("part_time:discard", FAMILY_ROLES, lambda world: [world.draft.pk]),
    row("part_time:status", FAMILY_ROLES, lambda world: [world.request.pk]),
    row("part_time:receipt", FAMILY_ROLES, lambda world: [world.request.pk]),
    row(
        "part_time:letter", FAMILY_ROLES | LEA_ROLES | DESE_ROLES, lambda world: [world.letter.pk], closed=404
    ),
    row(
        "part_time:letter_pdf",
        FAMILY_ROLES | LEA_ROLES | DESE_ROLES,
        lambda world: [world.letter.pk],
        closed=404,
    ),
    page("records:children", FAMILY_ROLES),
    post(row("records:ask_to_confirm", FAMILY_ROLES, lambda world: [world.claim.pk], status=302)),
    row("records:disclosures", FAMILY_ROLES, lambda world: [world.student.pk]),
    # The district decides
    page("part_time:inbox", REVIEWING_ROLES | DESE_ROLES),
    row("part_time:review", REVIEWING_ROLES | DESE_ROLES, lambda world: [world.request.pk]),
    post(row("part_time:assign", REVIEWING_ROLES, lambda world: [world.request.pk], status=302)),
    row("part_time:pause", PAUSING, lambda world: [world.request.pk]),
    row("part_time:resume", TEAM, lambda world: [world.request.pk]),
    row("part_time:decide", DECIDING, lambda world: [world.line.pk]),
    page("part_time:reasons", REVIEWING_ROLES | {Role.LEA_ADMIN} | DESE_ROLES),
    row("part_time:advise", {Role.COUNSELOR}, lambda world: [world.line.pk]),
    row("part_time:supersede", DECIDING, lambda world: [world.approved_line.decision_id]),
    post(page("part_time:hand_over", REVIEWING_ROLES, status=302)),
    post(page("part_time:undo_hand_over", REVIEWING_ROLES, status=302)),
    # Staff enter what came on paper
    page("part_time:enter", ENTERING),
    post(page("part_time:enter_start", ENTERING, status=302)),
    of_a_colleague("part_time:enter_family", lambda world: [world.entry.pk]),
    of_a_colleague("part_time:enter_courses", lambda world: [world.entry.pk]),
    of_a_colleague("part_time:enter_sign", lambda world: [world.entry.pk]),
    of_a_colleague("part_time:enter_discard", lambda world: [world.entry.pk]),
    row("part_time:entry_receipt", ENTERING, lambda world: [world.paper_request.pk]),
    row("part_time:record_paper", ENTERING, lambda world: [world.paper_request.pk]),
    row("part_time:request_scan", SEEING, lambda world: [world.paper_request.pk], closed=404),
    row("part_time:decision_scan", SEEING, lambda world: [world.paper_decision.pk], closed=404),
    page("part_time:import_papers", {Role.COORDINATOR}),
    page("part_time:paper_template", {Role.COORDINATOR}),
    row("part_time:import_preview", {Role.COORDINATOR}, lambda world: [world.paper_file.pk]),
    row("part_time:import_problems", {Role.COORDINATOR}, lambda world: [world.paper_file.pk]),
    # The district knows its students
    page("records:claims", KNOWING),
    row("records:claim", KNOWING, lambda world: [world.waiting_claim.pk]),
    post(row("records:refuse_claim", JUDGING, lambda world: [world.waiting_claim.pk])),
    # The world's claim was never refused, so there is nothing to take back: that changes nothing.
    post(row("records:reopen_claim", JUDGING, lambda world: [world.waiting_claim.pk], status=302)),
    page("records:students", KNOWING),
    row("records:student", KNOWING, lambda world: [world.student.pk]),
    post(row("records:correct_student", JUDGING, lambda world: [world.namesake.pk])),
    post(row("records:mosis_id", JUDGING, lambda world: [world.namesake.pk])),
    row("records:adult_basis", JUDGING, lambda world: [world.student.pk, world.student.guardians.get().pk]),
    row(
        "records:end_guardianship",
        JUDGING,
        lambda world: [world.student.pk, world.student.guardians.get().pk],
    ),
    # Nobody has ended this one's access: there is nothing to give back.
    row(
        "records:give_back",
        JUDGING,
        lambda world: [world.student.pk, world.student.guardians.get().pk],
        status=302,
    ),
    row("records:learning_plan", JUDGING, lambda world: [world.student.pk]),
    row("records:merge", JUDGING, lambda world: [world.namesake.pk, world.student.pk]),
    # Full-time programs
    public("full_time:programs"),
    public("full_time:program", args=lambda world: [world.program.pk]),
    page("full_time:apply", FAMILY_ROLES, args=lambda world: [world.program.pk], stranger=302),
    page("full_time:apply_school", FAMILY_ROLES, args=lambda world: [world.program.pk]),
    page(
        "full_time:apply_child",
        FAMILY_ROLES,
        args=lambda world: [world.program.pk, world.claim.school_id],
    ),
    row("full_time:apply_again", FAMILY_ROLES, lambda world: [world.program.pk, world.claim.pk]),
    page("full_time:applications", FAMILY_ROLES),
    row("full_time:status", FAMILY_ROLES, lambda world: [world.application.pk]),
    row("full_time:answers", FAMILY_ROLES, lambda world: [world.application_draft.pk]),
    row("full_time:papers", FAMILY_ROLES, lambda world: [world.application_draft.pk]),
    post(row("full_time:remove_paper", FAMILY_ROLES, lambda world: [world.application_paper.pk], status=302)),
    row("full_time:survey", FAMILY_ROLES, lambda world: [world.application_draft.pk]),
    row("full_time:sign", FAMILY_ROLES, lambda world: [world.application_draft.pk]),
    row("full_time:discard", FAMILY_ROLES, lambda world: [world.application_draft.pk]),
    row("full_time:cancel", FAMILY_ROLES, lambda world: [world.application.pk]),
    post(row("full_time:policies_read", FAMILY_ROLES, lambda world: [world.application.pk], status=302)),
    row("full_time:ask_review", FAMILY_ROLES, lambda world: [world.determination.application_id]),
    row(
        "full_time:letter",
        FAMILY_ROLES | LEA_ROLES | HOST_ROLES | DESE_ROLES,
        lambda world: [world.determination.letter_id],
        closed=404,
    ),
    row(
        "full_time:letter_pdf",
        FAMILY_ROLES | LEA_ROLES | HOST_ROLES | DESE_ROLES,
        lambda world: [world.determination.letter_id],
        closed=404,
    ),
    page("full_time:inbox", HOST_ROLES | DESE_ROLES),
    row("full_time:review", HOST_ROLES | DESE_ROLES, lambda world: [world.application.pk]),
    row("full_time:determine", HOST_ROLES, lambda world: [world.application.pk]),
    row("full_time:look_again", HOST_ROLES, lambda world: [world.program_review.pk]),
    page("full_time:state_programs", DESE_ROLES),
    page("full_time:open_program", {Role.DESE_ADMIN}),
    page("full_time:state_program", {Role.DESE_ADMIN}, args=lambda world: [world.program.pk]),
    # A host with one program sees it at once.
    page("full_time:own_programs", HOST_ROLES, status=302, stranger=200),
    row("full_time:own_program", HOST_ROLES, lambda world: [world.program.pk]),
    row("full_time:describe", HOST_ROLES, lambda world: [world.program.pk]),
    row("full_time:policy", HOST_ROLES, lambda world: [world.program.pk]),
    row("full_time:window", HOST_ROLES, lambda world: [world.program.pk, world.term.pk]),
    post(
        row(
            "full_time:lift_window",
            HOST_ROLES,
            lambda world: [world.program.pk, world.term.pk],
            status=302,
        )
    ),
    page("full_time:resident_inbox", LEA_ROLES),
    row("full_time:resident_application", LEA_ROLES, lambda world: [world.application.pk]),
    row("full_time:exit", EXIT_ROLES, lambda world: [world.enrollment.pk]),
    page("full_time:enrollments", LEA_ROLES | HOST_ROLES | DESE_ROLES),
    row(
        "full_time:enrollment",
        FAMILY_ROLES | LEA_ROLES | HOST_ROLES | DESE_ROLES,
        lambda world: [world.enrollment.pk],
    ),
    row("full_time:schedule", HOST_ROLES, lambda world: [world.enrollment.pk]),
    # Who is enrolled is not enrolled again: that changes nothing.
    post(row("full_time:enter", HOST_ROLES, lambda world: [world.enrollment.pk], status=302)),
    row("transfers:end", FAMILY_ROLES | HOST_ROLES, lambda world: [world.enrollment.pk]),
    row("full_time:sports_notice", HOST_ROLES, lambda world: [world.enrollment.pk]),
    # Registration
    page("registration:waiting", REGISTERING),
    row("registration:line", REGISTERING, lambda world: [world.approved_line.pk]),
    page("registration:roster", PROVIDER_ROLES),
    row("registration:confirm", PROVIDER_ROLES, lambda world: [world.roster_line.pk]),
    post(page("registration:download", PROVIDER_ROLES)),
    row("registration:finish", PROVIDER_ROLES, lambda world: [world.running.pk]),
    # Of a course that the provider teaches the district does not name the teacher.
    Address(
        "registration:teacher",
        dict.fromkeys(PROVIDER_ROLES, 200) | dict.fromkeys(REGISTERING, 302),
        args=lambda world: [world.running.pk],
        stranger=404,
    ),
    row("registration:extend", PROVIDER_ROLES | REGISTERING, lambda world: [world.running.pk]),
    row("registration:remove", PROVIDER_ROLES | REGISTERING, lambda world: [world.running.pk]),
    post(row("registration:start", REGISTERING, lambda world: [world.running.line_id], status=302)),
    row("registration:swap", DECIDING, lambda world: [world.running.line_id]),
    row("registration:result", REGISTERING, lambda world: [world.finished.line_id]),
    row("registration:return_result", REGISTERING, lambda world: [world.finished.line_id]),
    row(
        "registration:withdraw",
        FAMILY_ROLES | REVIEWING_ROLES | REGISTERING,
        lambda world: [world.request.pk],
    ),
    page("registration:payers", REGISTERING),
    post(row("registration:arranged", REGISTERING, lambda world: [world.payer_change.pk], status=302)),
    # Concerns: the office
    page("concerns:inbox", DESE_ROLES),
    page("concerns:download", DESE_ROLES),
    page("concerns:together", DESE_ROLES, args=lambda world: ["assign"]),
    page("concerns:undo_together", DESE_ROLES, args=lambda world: [world.bulk_step.pk]),
    page("concerns:rules", DESE_ROLES),
    page("concerns:add_rule", {Role.DESE_ADMIN}),
    page("concerns:end_rule", {Role.DESE_ADMIN}, args=lambda world: [world.routing_rule.pk]),
    post(
        page("concerns:move_rule", {Role.DESE_ADMIN}, args=lambda world: [world.routing_rule.pk], status=302)
    ),
    page("concerns:templates", DESE_ROLES),
    page("concerns:add_template", DESE_ROLES),
    page("concerns:template", DESE_ROLES, args=lambda world: [world.response_template.pk]),
    page("concerns:retire_template", DESE_ROLES, args=lambda world: [world.response_template.pk]),
    *(
        page(f"concerns:{step}", DESE_ROLES, args=lambda world: [world.concern.pk])
        for step in (
            "concern",
            "sort",
            "assign",
            "take",
            "note",
            "tag",
            "link",
            "join",
            "open_again",
            "write_back",
            "ask_writer",
            "ask",
            "close",
        )
    ),
    page("concerns:link_this", DESE_ROLES, args=lambda world: [world.concern.pk, "line", world.line.pk]),
    page("concerns:unlink", DESE_ROLES, args=lambda world: [world.concern.pk, "line"]),
    page("concerns:separate", DESE_ROLES, args=lambda world: [world.joined_concern.pk]),
    page("concerns:take_question_back", DESE_ROLES, args=lambda world: [world.asked.pk]),
    post(page("concerns:office_file", DESE_ROLES, args=lambda world: [world.writers_file.pk])),
    # Concerns: whom the office asks
    page("concerns:questions", ANSWERING_ROLES),
    *(
        Address(
            address,
            dict.fromkeys(ANSWERING_ROLES & LEA_ROLES, 200) | dict.fromkeys(PROVIDER_ROLES, 404),
            args=args,
            stranger=404,
            method=method,
        )
        for address, args, method in (
            ("concerns:question", lambda world: [world.asked.pk], "get"),
            ("concerns:answer_file", lambda world: [world.answer_file.pk], "post"),
        )
    ),
    # Students who move
    page("transfers:transfers", REGISTERING),
    row("transfers:transfer", REGISTERING, lambda world: [world.transfer.pk]),
    row("transfers:receive", REGISTERING, lambda world: [world.transfer.pk]),
    row("transfers:decline", REGISTERING, lambda world: [world.transfer.pk]),
    post(row("transfers:take_back", REGISTERING, lambda world: [world.leaving.pk], status=302)),
    row("transfers:announce", REGISTERING, lambda world: [world.student.pk]),
    row("transfers:credit", LEA_ROLES | FAMILY_ROLES, lambda world: [world.student.pk]),
    row("registration:course", FAMILY_ROLES, lambda world: [world.running.line_id]),
    page("registration:teachers", PROVIDER_ROLES | REGISTERING),
    page("registration:add_teacher", PROVIDER_ROLES | REGISTERING),
    Address(
        "registration:renew",
        dict.fromkeys(PROVIDER_ROLES, 200) | dict.fromkeys(REGISTERING, 404),
        args=lambda world: [world.running.teacher.pk],
        stranger=404,
    ),
    # Full-time: services
    row("full_time:services", SERVING | FAMILY_ROLES | DESE_ROLES, lambda world: [world.application.pk]),
    *(
        row(
            f"full_time:{name}",
            SERVING | FAMILY_ROLES | DESE_ROLES,
            lambda world: [world.application.pk, 1],
        )
        for name in ("services_agreement", "services_pdf")
    ),
    *(
        row(f"full_time:{name}", SERVING, lambda world: [world.application.pk])
        for name in ("services_finding", "draft_services", "review_goals")
    ),
    row("full_time:sign_services", SERVING, lambda world: [world.application.pk, 2]),
    # Full-time: records
    page("full_time:records_requests", ANSWERING | {Role.HOST_STAFF}),
    row("full_time:answer_records", ANSWERING, lambda world: [world.records_request.pk]),
    row(
        "full_time:records",
        FAMILY_ROLES | LEA_ROLES | DESE_ROLES | {Role.HOST_STAFF},
        lambda world: [world.application.pk],
    ),
    row("full_time:ask_records", {Role.HOST_STAFF}, lambda world: [world.application.pk]),
    row(
        "full_time:paper",
        FAMILY_ROLES | LEA_ROLES | {Role.HOST_STAFF},
        lambda world: [world.sent_paper.pk],
    ),
    # How students get on
    page("progress:students", FOLLOWING),
    post(page("progress:download", FOLLOWING)),
    page("progress:upload", WRITING_ROLES),
    page("progress:own", FAMILY_ROLES),
    *(
        Address(
            name,
            dict.fromkeys(FOLLOWING | FAMILY_ROLES, 200) | dict.fromkeys(others, 404),
            args=args,
            stranger=404,
        )
        for name, others, args in (
            ("progress:enrollment", PROVIDER_ROLES, lambda world: [world.enrollment.pk]),
            ("progress:line", HOST_ROLES, lambda world: [world.taught.pk]),
            ("progress:report", PROVIDER_ROLES, lambda world: [world.progress_report.pk]),
        )
    ),
    row("progress:write", HOST_ROLES, lambda world: [world.enrollment.pk, *world.last_report]),
    row(
        "progress:write_line",
        PROVIDER_ROLES,
        lambda world: [world.taught.pk, world.taught.line.request.term.school_year_id, 4],
    ),
    page("progress:assessments", HOST_ROLES),
    post(page("progress:took_part", HOST_ROLES, status=302)),
    page("progress:plan_assessment", HOST_ROLES),
    row("progress:assessment", HOST_ROLES, lambda world: [world.assessment.pk]),
    # How many students full-time programs have
    page("membership:reports", HOST_ROLES),
    page("membership:queue", DESE_ROLES),
    row("membership:report", HOST_ROLES | DESE_ROLES, lambda world: [world.membership.pk]),
    row("membership:report_csv", HOST_ROLES | DESE_ROLES, lambda world: [world.membership.pk]),
    row("membership:report_xlsx", HOST_ROLES | DESE_ROLES, lambda world: [world.membership.pk]),
    post(row("membership:count_again", HOST_ROLES, lambda world: [world.membership.pk], status=302)),
    post(row("membership:accept", DESE_ROLES, lambda world: [world.membership.pk], status=302)),
    row("membership:give_back", DESE_ROLES, lambda world: [world.membership.pk]),
    # Attendance letters
    page("certification:letters", FAMILY_ROLES),
    row("certification:ask", FAMILY_ROLES, lambda world: [world.student.pk]),
    row("certification:consent", FAMILY_ROLES, lambda world: [world.student.pk]),
    # The host takes back and gives again only what came on paper.
    Address(
        "certification:take_back",
        dict.fromkeys(FAMILY_ROLES, 200) | {Role.HOST_STAFF: 404},
        args=lambda world: [world.letter_request.pk],
        stranger=404,
    ),
    post(
        row(
            "certification:ask_again",
            FAMILY_ROLES | {Role.HOST_STAFF},
            lambda world: [world.letter_paper.request_id],
            status=302,
        )
    ),
    row("certification:record_paper", {Role.HOST_STAFF}, lambda world: [world.enrollment.pk]),
    row(
        "certification:paper_scan",
        FAMILY_ROLES | {Role.HOST_STAFF},
        lambda world: [world.letter_paper.request_id],
    ),
    row("certification:withdraw_consent", FAMILY_ROLES, lambda world: [world.letter_consent.pk]),
    public("certification:verify"),
    page("certification:requests", CERTIFYING),
    page("certification:cessations", CERTIFYING),
    Address(
        "certification:cessation",
        dict.fromkeys(KEEPING, 404) | {Role.HOST_STAFF: 200},
        args=lambda world: [world.cessation.pk],
        stranger=404,
    ),
    post(row("certification:forget_hours", KEEPING, lambda world: [world.stated_hours.pk], status=302)),
    *(
        Address(
            name,
            dict.fromkeys(FAMILY_ROLES, 200) | dict.fromkeys(KEEPING, 404) | {Role.HOST_STAFF: 200},
            args=lambda world: [world.attendance_letter.request_id],
            stranger=404,
        )
        for name in ("certification:letter", "certification:letter_pdf")
    ),
    Address(
        "certification:issue",
        dict.fromkeys(KEEPING, 404) | {Role.HOST_STAFF: 200},
        args=lambda world: [world.letter_request.pk],
        stranger=404,
    ),
    row("certification:state_hours", KEEPING, lambda world: [world.combined_request.pk]),
    # Old transcripts: without an account a signed cookie opens them, which nobody has here
    public("movip:ask"),
    public("movip:receipt", status=302),
    public("movip:status"),
    post(public("movip:leave", status=302)),
    public("movip:add_paper", status=302),
    post(public("movip:save", status=302)),
    public("movip:letter", status=302),
    public("movip:verify"),
    page("movip:requests", DESE_ROLES),
    *(
        page(f"movip:{step}", DESE_ROLES, args=lambda world: [world.transcript.pk])
        for step in (
            "request",
            "assign",
            "check",
            "uncheck",
            "ask_proof",
            "search",
            "look",
            "issue",
            "miss",
            "send_on",
            "hand_out",
            "recall",
            "close",
            "reopen",
        )
    ),
    page("movip:found", DESE_ROLES, args=lambda world: [world.transcript.pk, world.transcript_look.pk]),
    page("movip:paper", DESE_ROLES, args=lambda world: [world.transcript_paper.pk]),
    page("movip:answer", DESE_ROLES, args=lambda world: [world.transcript_answer.pk]),
    page("movip:answer_pdf", DESE_ROLES, args=lambda world: [world.transcript_answer.pk]),
    # Attendance of full-time students
    page("attendance:students", {Role.HOST_STAFF} | LEA_ROLES),
    row(
        "attendance:student",
        {Role.HOST_STAFF} | LEA_ROLES | FAMILY_ROLES,
        lambda world: [world.enrollment.pk],
    ),
    row("attendance:day", {Role.HOST_STAFF}, lambda world: [world.enrollment.pk, world.enrollment.starts_on]),
    page("attendance:files", {Role.HOST_STAFF}),
    page("attendance:template", {Role.HOST_STAFF}),
    row("attendance:file", {Role.HOST_STAFF}, lambda world: [world.attendance_file.pk]),
    row("attendance:problems_csv", {Role.HOST_STAFF}, lambda world: [world.attendance_file.pk]),
    page("attendance:engagement", {Role.HOST_STAFF}),
    row("attendance:flag", {Role.HOST_STAFF}, lambda world: [world.flag.pk]),
    row("attendance:notify", {Role.HOST_STAFF}, lambda world: [world.flag.pk]),
    row("attendance:intervene", {Role.HOST_STAFF}, lambda world: [world.flag.pk]),
    # No policy is posted: that is said on the flag's page.
    row("attendance:disenroll", {Role.HOST_STAFF}, lambda world: [world.flag.pk], status=302),
    row(
        "attendance:letter",
        {Role.HOST_STAFF} | LEA_ROLES | FAMILY_ROLES,
        lambda world: [world.flag.notice.letter_id],
    ),
    row(
        "attendance:letter_pdf",
        {Role.HOST_STAFF} | LEA_ROLES | FAMILY_ROLES,
        lambda world: [world.flag.notice.letter_id],
    ),
    page("attendance:placements", KEEPING),
    row("attendance:placement", KEEPING, lambda world: [world.placement.pk]),
    row("attendance:options", KEEPING, lambda world: [world.placement.pk]),
    # The options are not sent yet.
    row("attendance:choice", KEEPING, lambda world: [world.placement.pk], status=302),
    row("attendance:place", KEEPING, lambda world: [world.placement.pk], status=302),
    # Whoever has a single program goes on to its figure.
    Address(
        "attendance:programs",
        {Role.HOST_STAFF: 302, Role.DESE_REVIEWER: 200, Role.DESE_ADMIN: 200},
        stranger=200,
    ),
    row("attendance:ada", {Role.HOST_STAFF} | DESE_ROLES, lambda world: [world.enrollment.program_id]),
    row("attendance:shares_csv", {Role.HOST_STAFF}, lambda world: [world.enrollment.program_id]),
    row("attendance:excluded_csv", {Role.HOST_STAFF}, lambda world: [world.enrollment.program_id]),
    # People
    page("accounts:people", ADMIN_ROLES),
    page("accounts:invite", ADMIN_ROLES),
    page("accounts:review", ADMIN_ROLES),
    page("accounts:reviews", DESE_ROLES),
    page("accounts:administrators", {Role.DESE_ADMIN}),
    page("accounts:invite_administrator", {Role.DESE_ADMIN}),
    Address(
        "accounts:remove_hat",
        {Role.LEA_ADMIN: 200, Role.PROVIDER_ADMIN: 404, Role.DESE_ADMIN: 404},
        args=lambda world: [world.own[Role.COUNSELOR].pk],
        stranger=404,
    ),
    post(
        Address(
            "accounts:resend_invitation",
            {Role.LEA_ADMIN: 302, Role.PROVIDER_ADMIN: 404, Role.DESE_ADMIN: 404},
            args=lambda world: [world.invitation.pk],
            stranger=404,
        )
    ),
    post(
        Address(
            "accounts:revoke_invitation",
            {Role.LEA_ADMIN: 302, Role.PROVIDER_ADMIN: 404, Role.DESE_ADMIN: 404},
            args=lambda world: [world.invitation.pk],
            stranger=404,
        )
    ),
    page("accounts:api_tokens", {Role.PROVIDER_ADMIN} | DESE_ROLES),
    row("accounts:revoke_api_token", {Role.PROVIDER_ADMIN}, lambda world: [world.api_token.pk]),
    public("accounts:open_invitation", status=302),
    public("accounts:accept_invitation"),
    signed_in("accounts:own_page"),
    signed_in("accounts:add_family_hat"),
    page("accounts:calendar", STAFF_ROLES),
    post(page("accounts:revoke_calendar", STAFF_ROLES, status=302)),
    post(
        Address(
            "accounts:switch_hat",
            dict.fromkeys(EVERYBODY, 404) | {Role.COUNSELOR: 302},
            data=lambda world: {"hat": world.own[Role.COUNSELOR].pk},
            stranger=404,
        )
    ),
    # The state's map
    page("state_map:overview", DESE_ROLES),
    page("state_map:legal_values", DESE_ROLES),
    page("state_map:legal_value", DESE_ROLES, args=lambda world: [LegalKey.DECISION_DAYS]),
    page("state_map:change_legal_value", {Role.DESE_ADMIN}, args=lambda world: [LegalKey.DECISION_DAYS]),
    page("state_map:codes", DESE_ROLES),
    page("state_map:code_set", DESE_ROLES, args=lambda world: ["program"]),
    page("state_map:import_codes", {Role.DESE_ADMIN}, args=lambda world: ["program"]),
    page("state_map:code", DESE_ROLES, args=lambda world: ["program", "50"]),
    page("state_map:change_code", {Role.DESE_ADMIN}, args=lambda world: ["program", "50"]),
    page("state_map:terms", DESE_ROLES),
    page("state_map:change_term", {Role.DESE_ADMIN}, args=lambda world: [world.term.pk]),
    page("state_map:closed_days", KEEPING | DESE_ROLES),
    page("state_map:close_day", KEEPING | {Role.DESE_ADMIN}),
    Address(
        "state_map:open_day",
        {Role.COORDINATOR: 200, Role.LEA_ADMIN: 200, Role.DESE_ADMIN: 404},
        args=lambda world: [world.closed_day.pk],
        stranger=404,
    ),
    row("state_map:ask_emergency", KEEPING, lambda world: [world.closed_day.pk]),
    row("state_map:confirm_emergency", {Role.DESE_ADMIN}, lambda world: [world.closed_day.pk]),
    page("state_map:district", KEEPING),
    page("state_map:change_policy", {Role.LEA_ADMIN}),
    page("state_map:change_contact", {Role.LEA_ADMIN}),
    page("state_map:change_links", {Role.LEA_ADMIN}),
    page("state_map:change_window", {Role.LEA_ADMIN}, args=lambda world: [world.term.pk]),
    page("state_map:incomplete", DESE_ROLES),
    # A district, for everybody
    public("districts:districts"),
    public("districts:district", args=lambda world: [world.lea.state_district_id]),
    public("districts:notice", args=lambda world: [world.lea.state_district_id, "en"]),
    public("districts:notice_pdf", args=lambda world: [world.lea.state_district_id, "en"]),
    # Concerns: their writers have no account. Without number and secret nobody gets further than to be asked for them.
    public("concerns:start"),
    public("concerns:choose"),
    public("concerns:write", args=lambda world: ["denial"]),
    public("concerns:status"),
    *(
        public(f"concerns:{name}", status=302)
        for name in ("receipt", "own", "consent", "take_back", "reopen", "rate")
    ),
    public("concerns:own_file", status=302, args=lambda world: [UUID(int=0)]),
    *(post(public(f"concerns:{name}", status=302)) for name in ("write_on", "leave")),
    # Sign-in
    public("account_login", status=302, visitor=200),
    signed_in("account_logout"),
    public("account_inactive"),
    public("account_signup", status=302, visitor=200),
    signed_in("account_reauthenticate"),
    signed_in("account_email"),
    public("account_email_verification_sent"),
    signed_in("account_change_password"),
    signed_in("account_set_password", status=302),
    public("account_reset_password"),
    public("account_reset_password_done"),
    public("account_reset_password_from_key", args=lambda world: ["0", "no-key"]),
    public("account_reset_password_from_key_done"),
    public("account_confirm_email", args=lambda world: ["no-key"]),
    public("account_confirm_login_code", status=302),
    signed_in("mfa_index"),
    public("mfa_authenticate", status=302),
    signed_in("mfa_reauthenticate", status=302),
    signed_in("mfa_activate_totp", status=302),
    signed_in("mfa_deactivate_totp", status=404),
    signed_in("mfa_view_recovery_codes", status=404),
    signed_in("mfa_generate_recovery_codes", status=302),
    signed_in("mfa_download_recovery_codes", status=404),
]


def names_of(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names_of(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def test_no_address_is_missing() -> None:
    known = {address.name for address in ADDRESSES}
    there = {name for name in names_of(get_resolver()) if not name.startswith("admin:")}
    assert (there - known, known - there) == (set(), set())


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once: every visit is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def rows_written() -> int:
    """How many rows this transaction added, changed or removed so far, by PostgreSQL's own count.

    Sessions are left out: that somebody was here is no change of what they may not touch.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables "
            "WHERE relname <> 'django_session'"
        )
        return int(cursor.fetchone()[0])


def open_address(client: Client, address: Address, world: World) -> HttpResponse:
    url = reverse(address.name, args=address.args(world))
    if address.method == "post":
        return client.post(url, address.data(world))  # type: ignore[return-value]
    return client.get(url)  # type: ignore[return-value]


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode("utf-8", errors="replace"))


@looks
@pytest.mark.rule("R-134", "R-29", "R-28", "R-31")
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_access(address: Address, world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    problems = {}
    for role, hat in world.own.items():
        kept_back = () if address.name in IDENTIFYING else IDENTIFIERS
        expected = address.expected(role, is_own=True)
        problems[f"own {role}"] = _visit(address, world, hat, expected, kept_back)
    for role, hat in _strangers(address, world):
        expected = address.expected(role, is_own=False)
        problems[f"stranger {role}"] = _visit(address, world, hat, expected, SECRETS)
    problems["visitor"] = _visit(address, world, None, address.visitor, SECRETS)
    assert {who: problem for who, problem in problems.items() if problem} == {}
    assert [secret for secret in SECRETS if secret in caplog.text] == []


@posts
@pytest.mark.rule("R-134", "R-29")
@pytest.mark.parametrize(
    "address", [address for address in ADDRESSES if address.method == "get"], ids=lambda address: address.name
)
def test_what_is_closed_takes_no_post_either(address: Address, world: World) -> None:
    """An address that only shows answers 405; the others what they answer to a look."""
    denied: dict[str, tuple[Membership | None, int]] = {
        f"own {role}": (hat, address.expected(role, is_own=True)) for role, hat in world.own.items()
    }
    denied |= {
        f"stranger {role}": (hat, address.expected(role, is_own=False))
        for role, hat in _strangers(address, world)
    }
    denied = {who: (hat, expected) for who, (hat, expected) in denied.items() if expected >= 400}
    if address.visitor == 302:
        denied["visitor"] = (None, 302)
    problems = {
        who: _visit(post(address), world, hat, expected, SECRETS) for who, (hat, expected) in denied.items()
    }
    problems = {who: problem for who, problem in problems.items() if not problem.startswith("405 instead of")}
    assert {who: problem for who, problem in problems.items() if problem} == {}


@posts
def test_what_an_address_writes_is_noticed(world: World) -> None:
    """So that "changed something" above can be said at all."""
    client = sign_in(Client(), world.own[Role.COUNSELOR])
    with transaction.atomic():
        before = rows_written()
        client.post(reverse("part_time:assign", args=[world.request.pk]), {"to": world.own[Role.DECIDER].pk})
        after = rows_written()
        transaction.set_rollback(True)
    assert after == before + 3  # the request, its history, and who did it


def _strangers(address: Address, world: World) -> Iterator[tuple[Role, Membership]]:
    """Those of roles that may come here at all: whom the door refuses with rows of its own it never asks for rows."""
    for role, hat in world.strangers.items():
        if role in address.opens:
            yield role, hat


def _visit(
    address: Address, world: World, hat: Membership | None, expected: int, kept_back: tuple[str, ...]
) -> str:
    """What is wrong with this visit, in words; nothing when all is well. The visit leaves no trace."""
    denied = expected >= 400 or (hat is None and expected == 302)
    client = Client() if hat is None else world.client_of(hat)
    with transaction.atomic():
        before = rows_written() if denied else 0
        response = open_address(client, address, world)
        after = rows_written() if denied else 0
        text = text_of(response)
        transaction.set_rollback(True)
    if response.status_code != expected:
        return f"{response.status_code} instead of {expected}"
    told = [secret for secret in (SECRETS if denied else kept_back) if secret in text]
    if told:
        return f"told {told}"
    if denied and (before != after or mail.outbox):
        return "changed something"
    return ""


@posts
@pytest.mark.parametrize("name", sorted(IDENTIFYING))
def test_the_pages_said_to_identify_a_child_do(name: str, world: World) -> None:
    """So that the list above is no longer than it has to be, and the search finds what stands there."""
    if name == "attendance:shares_csv" and not world.a_term_has_begun:
        pytest.skip("In July and August nobody has a share of a term yet.")
    address = next(address for address in ADDRESSES if address.name == name)
    role = min(role for role in address.opens if address.opens[role] == 200)
    with transaction.atomic():
        text = text_of(open_address(sign_in(Client(), world.own[role]), address, world))
        transaction.set_rollback(True)
    assert [identifier for identifier in IDENTIFIERS if identifier in text] != []


@posts
@pytest.mark.parametrize("role", list(Role))
def test_the_technical_pages_are_closed_to_every_hat(role: Role, world: World) -> None:
    client = sign_in(Client(), world.own[role])
    for name in names_of(get_resolver()):
        if name.startswith("admin:") and name != "admin:None":  # the last one catches what is no page
            with transaction.atomic():
                response = client.get(_admin_url(name))
                text = text_of(response)
                transaction.set_rollback(True)
            assert response.status_code in {302, 403, 404}, (name, response.status_code)
            assert LAST_NAME not in text


def _admin_url(name: str) -> str:
    for args in ([], ["1"], [1, UUID(int=0)], ["accounts"]):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    raise AssertionError(name)
