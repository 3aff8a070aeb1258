"""A family applies: what is kept, what is refused with which sentence, who is told, what twice does."""

import datetime as dt
from typing import Any

import pytest

from enrollment.full_time import actions
from enrollment.full_time.eligibility import questions
from enrollment.full_time.models import (
    ApplicationPaper,
    ApplicationState,
    PaperKind,
    PolicyKind,
    PolicyReceipt,
    ProgramApplication,
    Survey,
    Whose,
)
from enrollment.records.models import Claim, ClaimState
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.papers.actions import WrongKindOfFile
from mocap_portal.foundation.papers.models import Document, Notice
from mocap_portal.foundation.shared.refusals import Refusal
from tests.factories.directory import ClosedDayFactory
from tests.factories.full_time import (
    ProgramApplicationFactory,
    ProgramEnrollmentFactory,
    ProgramFactory,
    ProgramPolicyFactory,
)
from tests.factories.papers import PNG
from tests.factories.records import ClaimFactory
from tests.personal_data import assert_no_personal_data

from .kit import (
    DUE,
    LATER,
    NOW,
    TODAY,
    again,
    decided,
    draft,
    family_of,
    host_of,
    reasons,
    resident_of,
    scan,
    second_term,
    sent,
    surveyed,
    told,
)

pytestmark = pytest.mark.django_db


def start(claim: Claim, **changes: Any) -> ProgramApplication:
    answers: dict[str, Any] = {"term_id": second_term().pk, "at": NOW} | changes
    program_id = answers.pop("program_id", None) or ProgramFactory.create().pk
    hat = family_of(ProgramApplicationFactory.build(claim=claim))
    return actions.start_application(claim.pk, program_id=program_id, by=hat, **answers)


class TestStart:
    def test_a_second_click_gets_the_same_draft(self) -> None:
        claim, program = ClaimFactory.create(unsent=True), ProgramFactory.create()
        first = start(claim, program_id=program.pk)
        assert start(claim, program_id=program.pk) == first
        assert (first.state, first.resident_lea_id) == (ApplicationState.DRAFT, claim.school.lea_id)

    @pytest.mark.rule("R-36")
    def test_a_program_without_an_enrollment_policy_takes_none(self) -> None:
        with pytest.raises(actions.NotOpen):
            start(ClaimFactory.create(unsent=True), program_id=ProgramFactory.create(unpublished=True).pk)

    @pytest.mark.rule("R-49")
    @pytest.mark.parametrize("grade", [5, 12])
    def test_a_grade_that_the_program_does_not_have_is_refused(self, grade: int) -> None:
        program = ProgramFactory.create(grades_low=6, grades_high=11)
        with pytest.raises(actions.NotTaken, match="does not have the grade"):
            start(ClaimFactory.create(unsent=True, grade=grade), program_id=program.pk)

    @pytest.mark.rule("R-49")
    @pytest.mark.parametrize(
        ("opens", "closes", "is_taken"),
        [(0, 0, True), (1, 9, False), (-9, -1, False), (-9, 0, True), (0, 9, True)],
    )
    def test_a_window_is_the_programs_own_and_counts_both_days(
        self, opens: int, closes: int, is_taken: bool
    ) -> None:
        program = ProgramFactory.create()
        actions.set_window(
            program.pk,
            term_id=second_term().pk,
            opens_on=TODAY + dt.timedelta(days=opens),
            closes_on=TODAY + dt.timedelta(days=closes),
        )
        claim = ClaimFactory.create(unsent=True)
        if is_taken:
            assert start(claim, program_id=program.pk).program == program
        else:
            with pytest.raises(actions.NotTaken, match="takes applications for this term from"):
                start(claim, program_id=program.pk)

    def test_a_student_of_21_or_from_elsewhere_is_refused(self) -> None:
        with pytest.raises(actions.NotTaken, match="under 21"):
            start(ClaimFactory.create(unsent=True, birth_date=dt.date(2005, 11, 2)))
        with pytest.raises(actions.NotTaken, match="live in Missouri"):
            start(ClaimFactory.create(unsent=True, missouri_resident=False))

    @pytest.mark.parametrize("enrollment", ["home", "private"])
    def test_home_and_private_school_families_may_apply(self, enrollment: str) -> None:
        assert start(ClaimFactory.create(unsent=True, enrollment=enrollment)).pk

    def test_a_term_that_is_over_is_refused(self) -> None:
        with pytest.raises(actions.TermOver):
            start(ClaimFactory.create(unsent=True), at=dt.datetime(2027, 5, 22, 18, tzinfo=dt.UTC))

    @pytest.mark.rule("R-60")
    def test_whom_the_program_disenrolled_waits_for_the_next_school_year(self) -> None:
        ended = ProgramEnrollmentFactory.create(disenrolled=True)
        claim = ended.application.claim
        with pytest.raises(actions.NotTaken, match="Apply for the next one"):
            start(claim, program_id=ended.program_id)
        assert start(claim).program_id != ended.program_id  # another program
        next_year = second_term().school_year.terms.model.objects.get(school_year=2028, code="S1")
        assert start(claim, program_id=ended.program_id, term_id=next_year.pk).term == next_year

    @pytest.mark.rule("R-60")
    def test_typing_the_child_anew_is_no_way_round(self) -> None:
        ended = ProgramEnrollmentFactory.create(disenrolled=True)
        student = ended.student
        other = ClaimFactory.create(
            unsent=True,
            first_name=student.first_name.upper(),
            last_name=student.last_name,
            birth_date=student.birth_date,
        )
        with pytest.raises(actions.NotTaken, match="Apply for the next one"):
            start(other, program_id=ended.program_id)

    def test_every_question_has_an_answer_and_a_source(self) -> None:
        application = draft()
        asked = questions(application.claim, application.program, application.term, on=TODAY)
        assert [(finding.rule, finding.met) for finding in asked] == [
            ("R-01", True),
            ("R-01", True),
            ("R-49", True),
            ("R-49", True),
            ("R-60", True),
        ]
        assert all(finding.source for finding in asked)


class TestPapers:
    def test_a_paper_is_stored_once_and_goes_with_the_draft(self) -> None:
        application = draft()
        hat = family_of(application)
        paper = actions.add_paper(application.pk, scan(), kind=PaperKind.BIRTH, by=hat, at=NOW)
        twice = actions.add_paper(application.pk, scan(), kind=PaperKind.BIRTH, by=hat, at=NOW)
        assert twice == paper
        assert Document.objects.count() == 1
        actions.remove_paper(paper.pk, at=NOW)
        assert (ApplicationPaper.objects.count(), Document.objects.count()) == (0, 0)

    def test_a_forged_document_is_refused_and_nothing_is_kept(self) -> None:
        application = draft()
        forged = scan()
        forged.seek(0)
        forged.truncate()
        forged.write(b"MZ this is a program")
        with pytest.raises(WrongKindOfFile):
            actions.add_paper(application.pk, forged, kind=PaperKind.BIRTH, by=family_of(application), at=NOW)
        assert (ApplicationPaper.objects.count(), Document.objects.count()) == (0, 0)

    def test_what_was_sent_stays(self) -> None:
        application = draft()
        paper = actions.add_paper(
            application.pk, scan(), kind=PaperKind.BIRTH, by=family_of(application), at=NOW
        )
        actions.submit(
            application.pk,
            by=family_of(application),
            signed_name="Pat Parent",
            releases_records=True,
            at=NOW,
        )
        with pytest.raises(actions.AlreadySent):
            actions.remove_paper(paper.pk, at=NOW)

    def test_papers_are_added_until_the_program_decides(self) -> None:
        application = surveyed(sent())
        actions.add_paper(application.pk, scan(), kind=PaperKind.OTHER, by=family_of(application), at=NOW)
        decided(application)
        with pytest.raises(actions.AlreadyDecided):
            actions.add_paper(application.pk, scan(), kind=PaperKind.BIRTH, by=family_of(application), at=NOW)
        assert PNG  # another kind of bytes is another paper
        assert ApplicationPaper.objects.count() == 1


class TestSurvey:
    @pytest.mark.rule("R-39")
    def test_student_and_parent_each_give_reasons_and_the_newest_count(self) -> None:
        application = draft()
        hat = family_of(application)
        with pytest.raises(Refusal, match="at least one reason"):
            actions.answer_survey(application.pk, student=reasons(), parent=[], words="", by=hat, at=NOW)
        for count in (2, 1):
            actions.answer_survey(
                application.pk, student=reasons(count), parent=reasons(1), words=" pace ", by=hat, at=NOW
            )
        survey = Survey.objects.get()
        assert survey.words == "pace"
        assert list(survey.reasons.order_by("whose").values_list("whose", "reason")) == [
            (Whose.PARENT, reasons(1)[0]),
            (Whose.STUDENT, reasons(1)[0]),
        ]

    @pytest.mark.rule("R-40")
    def test_a_homeless_student_answers_alone(self) -> None:
        application = draft(is_homeless=True)
        actions.answer_survey(
            application.pk, student=reasons(), parent=[], words="", by=family_of(application), at=NOW
        )
        assert set(Survey.objects.get().reasons.values_list("whose", flat=True)) == {Whose.STUDENT}

    def test_a_reason_that_does_not_exist_is_none(self) -> None:
        application = draft(is_homeless=True)
        with pytest.raises(Refusal):
            actions.answer_survey(
                application.pk, student=[0], parent=[], words="", by=family_of(application), at=NOW
            )


class TestSubmit:
    @pytest.mark.rule("R-37")
    def test_the_resident_district_is_told_at_once_and_its_ten_days_start(self) -> None:
        application = draft()
        family, host, resident = family_of(application), host_of(application), resident_of(application)
        actions.submit(application.pk, by=family, signed_name=" Pat Parent ", releases_records=True, at=NOW)
        row = again(application)
        assert (row.state, row.submitted_at, row.signed_name, row.signed_by) == (
            ApplicationState.APPLIED,
            NOW,
            "Pat Parent",
            family.user,
        )
        assert (row.input_clock.started_at, row.input_clock.due_on, row.input_clock.lea) == (
            NOW,
            DUE,
            application.resident_lea,
        )
        assert told() == {family.user, host.user, resident.user}
        assert row.claim.state == ClaimState.TYPED

    @pytest.mark.rule("R-37")
    def test_a_deadline_never_falls_on_a_closed_day(self) -> None:
        # Sent on a Friday; ten business days without Veterans Day, Thanksgiving and a day that the district closed.
        application = draft()
        at = dt.datetime(2026, 11, 13, 18, tzinfo=dt.UTC)
        ClosedDayFactory.create(lea=application.resident_lea, date=dt.date(2026, 11, 30))
        actions.submit(
            application.pk, by=family_of(application), signed_name="P", releases_records=True, at=at
        )
        assert again(application).input_clock.due_on == dt.date(2026, 12, 1)

    def test_sent_twice_is_sent_once(self) -> None:
        application = sent()
        with pytest.raises(actions.AlreadySent):
            actions.submit(
                application.pk,
                by=family_of(application),
                signed_name="Pat Parent",
                releases_records=True,
                at=NOW,
            )
        assert Clock.objects.count() == 1

    @pytest.mark.parametrize(
        "missing",
        [{"signed_name": " "}, {"releases_records": False}],
    )
    def test_name_and_release_are_needed(self, missing: dict[str, Any]) -> None:
        application = draft()
        answers: dict[str, Any] = {"signed_name": "Pat Parent", "releases_records": True} | missing
        with pytest.raises(actions.NotYetComplete):
            actions.submit(application.pk, by=family_of(application), at=NOW, **answers)
        assert again(application).state == ApplicationState.DRAFT
        assert not Notice.objects.exists()

    def test_an_open_question_is_needed(self) -> None:
        application = draft(has_iep_or_504=None)
        with pytest.raises(actions.NotYetComplete):
            actions.submit(
                application.pk, by=family_of(application), signed_name="P", releases_records=True, at=NOW
            )

    def test_the_family_is_sent_the_policies_that_hold_and_says_once_that_it_read_them(self) -> None:
        application = draft()
        program = application.program
        ProgramPolicyFactory.create(program=program, kind=PolicyKind.PRIVACY)
        ProgramPolicyFactory.create(
            program=program, kind=PolicyKind.NETIQUETTE, valid_from=TODAY + dt.timedelta(days=1)
        )
        actions.submit(
            application.pk, by=family_of(application), signed_name="P", releases_records=True, at=NOW
        )
        receipts = PolicyReceipt.objects.filter(application=application)
        assert set(receipts.values_list("policy__kind", flat=True)) == {
            PolicyKind.ENROLLMENT,
            PolicyKind.PRIVACY,
        }
        hat = family_of(application)
        assert actions.note_reading(application.pk, by=hat, at=LATER) == 2
        assert actions.note_reading(application.pk, by=hat, at=LATER + dt.timedelta(days=1)) == 0
        assert set(receipts.values_list("read_at", "read_by")) == {(LATER, hat.user_id)}

    @pytest.mark.rule("R-31")
    def test_no_mail_names_the_child(self) -> None:
        host_of(application := draft()), resident_of(application)
        actions.submit(
            application.pk, by=family_of(application), signed_name="P", releases_records=True, at=NOW
        )
        for notice in Notice.objects.all():
            assert_no_personal_data(notice.subject, notice.body, about=application.claim)


class TestTakingBack:
    def test_host_and_district_hear_and_no_clock_runs_on(self) -> None:
        application = sent()
        host, resident = host_of(application), resident_of(application)
        Notice.objects.all().delete()
        actions.cancel(application.pk, at=LATER)
        actions.cancel(application.pk, at=LATER + dt.timedelta(hours=1))
        row = again(application)
        assert (row.state, row.cancelled_at, row.input_clock.stopped_at) == (
            ApplicationState.CANCELLED,
            LATER,
            LATER,
        )
        assert told() == {host.user, resident.user}

    def test_a_decision_is_not_taken_back(self) -> None:
        application = surveyed(sent())
        decided(application)
        with pytest.raises(actions.AlreadyDecided):
            actions.cancel(application.pk, at=LATER)

    def test_a_draft_is_thrown_away_with_its_papers_and_the_child_nobody_knows(self) -> None:
        application = draft()
        actions.add_paper(application.pk, scan(), kind=PaperKind.BIRTH, by=family_of(application), at=NOW)
        actions.discard_draft(application.pk)
        assert not ProgramApplication.objects.exists()
        assert not Document.objects.exists()
        assert not Claim.objects.exists()

    def test_what_was_sent_is_not_thrown_away(self) -> None:
        with pytest.raises(actions.AlreadySent):
            actions.discard_draft(sent().pk)
