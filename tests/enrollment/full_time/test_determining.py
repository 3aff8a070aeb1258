"""The resident district informs, the host decides: what is asked first, who reads it, what at once does."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from enrollment.full_time import actions
from enrollment.full_time.actions import records, services
from enrollment.full_time.models import (
    ApplicationState,
    Determination,
    EnrollmentState,
    FindingOutcome,
    Outcome,
    ProgramApplication,
    ProgramEnrollment,
    ProgramReview,
    RecordsKind,
    ResidentInput,
    ReviewOutcome,
)
from enrollment.records.actions import OwnChild, SeveralStudents, end_guardianship, refuse_claim
from enrollment.records.models import ClaimState, Guardian, Relationship, Student
from mocap_portal.foundation.papers.models import LetterKind, Notice
from mocap_portal.foundation.shared.refusals import Refusal
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import SchoolFactory
from tests.factories.full_time import (
    ProgramEnrollmentFactory,
    ServicesAgreementFactory,
    ServicesFindingFactory,
    resident_hat,
)
from tests.factories.records import GuardianFactory, StudentFactory
from tests.pdf import pdf_text
from tests.personal_data import assert_no_personal_data

from .kit import (
    BASIS,
    DUE,
    FIRST_DAY,
    LATER,
    NOW,
    OPTIONS,
    again,
    client_of,
    decided,
    family_of,
    host_of,
    resident_of,
    scan,
    sent,
    surveyed,
    told,
)

pytestmark = pytest.mark.django_db
LAST_MOMENT = dt.datetime(2026, 11, 18, 5, 59, 59, tzinfo=dt.UTC)  # 23:59:59 Central of the due day


class TestInforming:
    @pytest.mark.rule("R-38")
    @pytest.mark.parametrize(
        ("at", "is_late"), [(LAST_MOMENT, False), (LAST_MOMENT + dt.timedelta(seconds=1), True)]
    )
    def test_what_is_said_is_stamped_in_time_or_late(self, at: dt.datetime, is_late: bool) -> None:
        application = sent()
        host = host_of(application)
        Notice.objects.all().delete()
        given = actions.inform(
            application.pk, information=" Works well alone. ", by=resident_of(application), at=at
        )
        assert (given.is_late, given.information) == (is_late, "Works well alone.")
        assert again(application).input_clock.stopped_at == at
        assert told() == {host.user}

    def test_the_same_words_twice_are_one_input_and_more_may_follow(self) -> None:
        application = sent()
        hat = resident_of(application)
        first = actions.inform(application.pk, information="Ready.", by=hat, at=NOW)
        assert actions.inform(application.pk, information="Ready.", by=hat, at=LATER) == first
        actions.inform(application.pk, information="One more thing.", upload=scan(), by=hat, at=LATER)
        assert ResidentInput.objects.count() == 2

    def test_nobody_informs_about_what_was_taken_back_or_about_a_child_of_their_own(self) -> None:
        application = sent()
        own = MembershipFactory.create(
            coordinator=True, lea=application.resident_lea, user=application.claim.claimant
        )
        with pytest.raises(OwnChild):
            actions.inform(application.pk, information="Ready.", by=own, at=NOW)
        with pytest.raises(actions.NothingSaid):
            actions.inform(application.pk, information=" ", by=resident_of(application), at=NOW)
        actions.cancel(application.pk, at=NOW)
        with pytest.raises(actions.NotAsked):
            actions.inform(application.pk, information="Ready.", by=resident_of(application), at=NOW)
        assert not ResidentInput.objects.exists()


class TestDetermining:
    @pytest.mark.rule("R-39")
    def test_nobody_decides_before_the_survey(self) -> None:
        with pytest.raises(actions.SurveyMissing):
            decided(sent())

    @pytest.mark.rule("R-38")
    def test_the_resident_districts_days_are_waited_for_unless_it_has_informed(self) -> None:
        application = surveyed(sent())
        with pytest.raises(actions.InputStillOpen, match=r"November 17, 2026"):
            decided(application, at=LAST_MOMENT)
        actions.inform(application.pk, information="Ready.", by=resident_of(application), at=NOW)
        assert decided(application, at=NOW + dt.timedelta(hours=1)).outcome == Outcome.ADMITTED

    @pytest.mark.rule("R-38")
    def test_silence_holds_nothing_up_once_the_days_are_over(self) -> None:
        application = surveyed(sent())
        assert decided(application, at=LAST_MOMENT + dt.timedelta(seconds=1)).outcome == Outcome.ADMITTED
        late = actions.inform(application.pk, information="Wait!", by=resident_of(application), at=LATER)
        assert late.is_late
        assert again(application).state == ApplicationState.ADMITTED

    @pytest.mark.rule("R-41")
    def test_a_student_with_a_plan_is_admitted_after_finding_and_agreement(self) -> None:
        application = surveyed(sent(has_iep_or_504=True))
        with pytest.raises(actions.ServicesMissing, match="finding of the IEP or 504 team is missing"):
            decided(application)
        ServicesFindingFactory.create(application=application)
        with pytest.raises(actions.ServicesMissing, match="services agreement is missing"):
            decided(application)
        agreement = ServicesAgreementFactory.create(application=application, host_signed=True)
        with pytest.raises(actions.ServicesMissing, match="waits for the signature of the resident district"):
            decided(application)
        assert not Determination.objects.exists()
        services.sign(agreement.pk, by=resident_hat(application), at=LATER, name="Rita Resident")
        assert decided(application).outcome == Outcome.ADMITTED

    @pytest.mark.rule("R-41")
    def test_a_finding_that_no_services_are_needed_is_enough_to_admit(self) -> None:
        application = surveyed(sent(has_iep_or_504=True))
        ServicesFindingFactory.create(application=application, not_needed=True)
        assert decided(application).outcome == Outcome.ADMITTED

    @pytest.mark.rule("R-41")
    def test_a_plan_that_the_family_did_not_tell_of_waits_for_the_agreement_too(self) -> None:
        application = surveyed(sent())
        ServicesFindingFactory.create(application=application)
        with pytest.raises(actions.ServicesMissing, match="services agreement is missing"):
            decided(application)

    @pytest.mark.rule("R-41")
    def test_a_student_with_a_plan_is_not_refused_before_the_team_has_met(self) -> None:
        application = surveyed(sent(has_iep_or_504=True))
        with pytest.raises(actions.ServicesMissing, match="is not refused before the team has met"):
            decided(application, Outcome.REFUSED)
        assert again(application).state == ApplicationState.APPLIED
        ServicesFindingFactory.create(application=application, outcome=FindingOutcome.NOT_VIRTUAL)
        assert decided(application, Outcome.REFUSED).outcome == Outcome.REFUSED

    @pytest.mark.rule("R-42")
    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_family_host_and_resident_district_get_one_letter_in_one_transaction(
        self, outcome: Outcome
    ) -> None:
        application = surveyed(sent())
        family, host, resident = family_of(application), host_of(application), resident_of(application)
        Notice.objects.all().delete()
        determination = decided(application, outcome, by=host)
        assert told() == {family.user, host.user, resident.user}
        with determination.letter.pdf.open("rb") as pdf:
            text = pdf_text(pdf.read())
        words = " ".join(text.split())
        for said in (application.claim.full_name, "quiet place to learn", "smaller class", str(application)):
            assert said in words
        expected = LetterKind.ADMISSION if outcome == Outcome.ADMITTED else LetterKind.REFUSAL
        assert determination.letter.kind == expected
        assert ("look at this decision again" in words) == (outcome == Outcome.REFUSED)

    @pytest.mark.rule("R-42")
    def test_when_a_mail_cannot_be_queued_nothing_is_decided(self, monkeypatch: pytest.MonkeyPatch) -> None:
        application = surveyed(sent())

        def fails(*args: object, **kwargs: object) -> None:
            raise RuntimeError("the outbox is away")

        monkeypatch.setattr("enrollment.full_time.notices.applications.papers.tell", fails)
        with pytest.raises(RuntimeError):
            decided(application)
        assert again(application).state == ApplicationState.APPLIED
        assert not Determination.objects.exists()
        assert not ProgramEnrollment.objects.exists()

    def test_an_admission_says_who_the_child_is_and_begins_the_move(self) -> None:
        application = surveyed(sent())
        decided(application)
        enrollment = ProgramEnrollment.objects.get(application=application)
        claim = again(application).claim
        assert (claim.state, claim.student) == (ClaimState.CONFIRMED, enrollment.student)
        assert (enrollment.state, enrollment.starts_on, enrollment.resident_lea_id) == (
            EnrollmentState.MOVING,
            FIRST_DAY,
            application.resident_lea_id,
        )
        assert enrollment.student.lea_id == application.resident_lea_id  # until entry

    @pytest.mark.rule("R-35")
    def test_a_resident_district_that_refused_or_ignores_the_child_is_no_veto(self) -> None:
        application = surveyed(sent())
        known = StudentFactory.create(
            school=application.claim.school,
            first_name=application.claim.first_name.lower(),
            last_name=application.claim.last_name,
            birth_date=application.claim.birth_date,
        )
        claim = application.claim
        claim.state, claim.refusal, claim.judged_at = ClaimState.REFUSED, "Unknown here.", NOW
        claim.judged_by = resident_of(application)
        claim.save()
        decided(application)
        assert ProgramEnrollment.objects.get().student == known
        assert Student.objects.count() == 1

    @pytest.mark.rule("R-133")
    @pytest.mark.parametrize("is_refused", [False, True])
    def test_a_father_whose_access_was_ended_does_not_get_it_back_by_an_admission(
        self, is_refused: bool
    ) -> None:
        mother = GuardianFactory.create(student__first_name="Robin", student__last_name="Reyes")
        student = mother.student
        father = GuardianFactory.create(student=student, relationship=Relationship.FATHER)
        resident = MembershipFactory.create(coordinator=True, lea=student.lea)
        end_guardianship(father.pk, reason="A court document is on file: drawer 2", by=resident, at=NOW)
        application = surveyed(
            sent(
                claim__claimant=father.user,
                claim__first_name="ROBIN",
                claim__last_name="reyes",
                claim__birth_date=student.birth_date,
                claim__school=SchoolFactory.create(lea=student.lea),
            )
        )
        hat = family_of(application)
        if is_refused:
            refuse_claim(application.claim_id, reason="Not a guardian.", by=resident, at=NOW)
        decided(application)
        assert ProgramEnrollment.objects.get().student == student
        assert not Student.objects.visible_to(hat).exists()
        assert list(Guardian.objects.active().filter(student=student)) == [mother]
        notice = Notice.objects.get(user=resident.user, subject__startswith="A person whose access was ended")
        address = reverse("records:student", args=[student.pk])
        assert address in notice.body
        assert client_of(resident).get(address).status_code == 200
        assert_no_personal_data(notice.subject, notice.body, about=student)
        assert not Notice.objects.filter(user=father.user, subject__contains="admitted").exists()

    def test_two_students_of_one_name_and_birth_date_are_a_question_for_the_district(self) -> None:
        application = surveyed(sent())
        for _number in range(2):
            StudentFactory.create(
                school=application.claim.school,
                first_name=application.claim.first_name,
                last_name=application.claim.last_name,
                birth_date=application.claim.birth_date,
            )
        with pytest.raises(SeveralStudents):
            decided(application)
        assert again(application).state == ApplicationState.APPLIED

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"basis": "Too short."}, actions.BasisTooShort),
            ({"in_person_options": " "}, actions.NoInPersonOptions),
            ({"starts_on": None}, actions.NoFirstDay),
            ({"starts_on": dt.date(2026, 11, 17)}, actions.NoFirstDay),
        ],
    )
    def test_what_a_decision_needs(self, changes: dict[str, Any], refusal: type[Refusal]) -> None:
        application = surveyed(sent())
        with pytest.raises(refusal):
            decided(application, **changes)
        assert again(application).state == ApplicationState.APPLIED
        assert not ProgramEnrollment.objects.exists()

    def test_only_the_hosts_staff_decide_and_never_about_a_child_of_their_own(self) -> None:
        application = surveyed(sent())
        host = application.program.host
        for hat in (
            resident_of(application),
            MembershipFactory.create(host_staff=True),
            MembershipFactory.create(lea_admin=True, lea=host),
            MembershipFactory.create(dese_admin=True),
        ):
            with pytest.raises(actions.NotYourProgram):
                decided(application, by=hat)
        own = MembershipFactory.create(host_staff=True, lea=host, user=application.claim.claimant)
        with pytest.raises(OwnChild):
            decided(application, by=own)

    def test_a_student_of_another_program_has_to_leave_it_first(self) -> None:
        running = ProgramEnrollmentFactory.create(enrolled=True)
        application = surveyed(sent(claim=running.application.claim))
        with pytest.raises(actions.InAnotherProgram):
            decided(application)
        assert again(application).state == ApplicationState.APPLIED

    def test_decided_twice_is_decided_once(self) -> None:
        application = surveyed(sent())
        decided(application)
        with pytest.raises(actions.AlreadyDecided):
            decided(application, Outcome.REFUSED)
        assert Determination.objects.get().outcome == Outcome.ADMITTED

    def test_a_preview_stores_nothing(self) -> None:
        application = surveyed(sent())
        html = actions.preview(
            application,
            outcome=Outcome.ADMITTED,
            basis=BASIS,
            in_person_options=OPTIONS,
            starts_on=FIRST_DAY,
            by=host_of(application),
            at=LATER,
        )
        assert application.claim.full_name in html
        assert not Determination.objects.exists()


class TestLookingAgain:
    def refused(self) -> Determination:
        return decided(surveyed(sent()), Outcome.REFUSED)

    def ask(self, determination: Determination) -> ProgramReview:
        application = determination.application
        return actions.ask_for_review(
            application.pk, reasons="The report card was a year old.", by=family_of(application), at=LATER
        )

    @pytest.mark.rule("R-71")
    def test_the_host_is_asked_on_its_own_clock_and_the_resident_district_is_not(self) -> None:
        refusal = self.refused()
        application = refusal.application
        family, host, resident = family_of(application), host_of(application), resident_of(application)
        Notice.objects.all().delete()
        review = self.ask(refusal)
        assert self.ask(refusal) == review
        assert told() == {family.user, host.user, refusal.decided_by.user}
        assert resident.user not in told()
        assert (review.clock.lea, review.clock.due_on) == (application.program.host, dt.date(2026, 12, 3))

    @pytest.mark.rule("R-71")
    def test_reversed_the_student_is_admitted_by_a_letter_that_names_the_one_it_replaces(self) -> None:
        refusal = self.refused()
        application = refusal.application
        review = actions.answer_review(
            self.ask(refusal).pk,
            outcome=ReviewOutcome.REVERSED,
            answer="The new report card shows what was missing before.",
            starts_on=FIRST_DAY,
            by=host_of(application),
            at=LATER + dt.timedelta(days=1),
        )
        assert again(application).state == ApplicationState.ADMITTED
        letter = review.determination.letter
        assert "replaces our letter of Wednesday, November 18, 2026" in letter.html
        assert list(application.determinations.order_by("pk").values_list("outcome", flat=True)) == [
            Outcome.REFUSED,
            Outcome.ADMITTED,
        ]
        assert ProgramEnrollment.objects.get().application == application

    @pytest.mark.rule("R-41")
    def test_a_refusal_is_reversed_only_after_the_services_agreement(self) -> None:
        application = surveyed(sent(has_iep_or_504=True))
        ServicesFindingFactory.create(application=application)
        review = self.ask(decided(application, Outcome.REFUSED))
        answer: dict[str, Any] = {
            "outcome": ReviewOutcome.REVERSED,
            "answer": "The new report card shows what was missing before.",
            "starts_on": FIRST_DAY,
            "by": host_of(application),
            "at": LATER + dt.timedelta(days=1),
        }
        with pytest.raises(actions.ServicesMissing, match="services agreement is missing"):
            actions.answer_review(review.pk, **answer)
        review.refresh_from_db()
        assert (review.outcome, again(application).state) == ("", ApplicationState.REFUSED)
        ServicesAgreementFactory.create(application=application, signed=True)
        actions.answer_review(review.pk, **answer)
        assert again(application).state == ApplicationState.ADMITTED

    def test_upheld_the_refusal_stands_and_the_family_reads_why(self) -> None:
        refusal = self.refused()
        application = refusal.application
        family = family_of(application)
        review = self.ask(refusal)
        Notice.objects.all().delete()
        answer: dict[str, Any] = {
            "outcome": ReviewOutcome.UPHELD,
            "answer": "The conditions of the program are still not met.",
            "at": LATER + dt.timedelta(days=1),
        }
        actions.answer_review(review.pk, by=host_of(application), **answer)
        assert told() == {family.user}
        assert again(application).state == ApplicationState.REFUSED
        with pytest.raises(actions.AlreadyDecided):
            actions.answer_review(review.pk, by=host_of(application), **answer)

    def test_who_decided_does_not_look_again(self) -> None:
        refusal = self.refused()
        with pytest.raises(actions.SamePerson):
            actions.answer_review(
                self.ask(refusal).pk,
                outcome=ReviewOutcome.UPHELD,
                answer="The conditions of the program are still not met.",
                by=refusal.decided_by,
                at=LATER,
            )

    def test_an_admission_is_not_looked_at_again(self) -> None:
        application = surveyed(sent())
        decided(application)
        with pytest.raises(actions.NothingToReview):
            actions.ask_for_review(application.pk, reasons="x", by=family_of(application), at=LATER)


def test_the_days_of_the_resident_district_end_with_the_decision() -> None:
    application = surveyed(sent())
    decided(application)
    row: ProgramApplication = again(application)
    assert (row.input_clock.due_on, row.input_clock.stopped_at) == (DUE, LATER)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_records_are_waited_for_on_when_the_student_is_admitted(outcome: Outcome) -> None:
    application = surveyed(sent())
    asked = records.ask_for_records(
        application.pk, by=host_of(application), at=NOW, kinds=[RecordsKind.TRANSCRIPT]
    )
    decided(application, outcome)
    asked.clock.refresh_from_db()
    admitted = outcome == Outcome.ADMITTED
    assert (asked.clock.stopped_at is None) == admitted
    if admitted:
        answered = records.answer_records(
            asked.pk, by=resident_of(application), at=LATER, files={}, words="No transcript is here yet."
        )
        assert answered.answered_at == LATER
