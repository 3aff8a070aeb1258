"""A family asks, a district decides: every step, every refusal."""

import datetime as dt
from typing import Any

import pytest
from django.db.models import QuerySet

from enrollment.part_time import actions
from enrollment.part_time.models import (
    CourseLine,
    CourseRequest,
    Decision,
    LineState,
    Outcome,
    RequestState,
    Step,
    StepKind,
    TeamOutcome,
)
from enrollment.part_time.rules import eligibility, lines_over_full_load
from enrollment.records import actions as records
from enrollment.records.age import age_on
from enrollment.records.models import Claim, ClaimState, Enrollment
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.papers.models import Letter, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaPolicyFactory, TermFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import CourseFactory
from tests.factories.records import ClaimFactory
from tests.personal_data import assert_no_personal_data

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)  # a Monday, noon in Missouri
LATER = dt.datetime(2026, 11, 6, 18, tzinfo=dt.UTC)
EXPLANATION = "The student has failed two virtual courses in a row and asks for a teacher in the room."


def parent_of(claim: Claim) -> Membership:
    return MembershipFactory.create(user=claim.claimant)


def counselor_of(request: CourseRequest, **traits: bool) -> Membership:
    return MembershipFactory.create(**(traits or {"counselor": True}), organization=request.lea.organization)


def statements() -> QuerySet[CodeMeaning]:
    return CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=AT.date())


def factor(code: str = "time_management") -> CodeMeaning:
    return CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=AT.date()).get(code=code)


def ready_draft(**changes: Any) -> CourseRequest:
    """A draft with one course and the number of in-person courses."""
    request = CourseRequestFactory.create(in_person_courses=4, **changes)
    CourseLineFactory.create(request=request)
    return request


def send(request: CourseRequest, **changes: Any) -> CourseRequest:
    arguments: dict[str, Any] = {
        "by": parent_of(request.claim),
        "signed_name": "Pat Parent",
        "acknowledged": [statement.pk for statement in statements()],
        "has_iep_or_504": False,
        "at": AT,
    } | changes
    return actions.submit(request.pk, **arguments)


def deny(line: CourseLine, **changes: Any) -> Decision:
    arguments: dict[str, Any] = {
        "by": counselor_of(line.request),
        "at": LATER,
        "factor_ids": [factor().pk],
        "explanation": EXPLANATION,
        "would_make_it_a_yes": "One term with good marks in study skills.",
        "in_person_considered": True,
    } | changes
    return actions.deny(line.pk, **arguments)


class TestAsking:
    def test_a_second_click_on_start_finds_the_same_draft(self) -> None:
        claim, term = ClaimFactory.create(), TermFactory.create()
        parent = parent_of(claim)
        first = actions.start_request(claim.pk, by=parent, term_id=term.pk, at=AT)
        again = actions.start_request(claim.pk, by=parent, term_id=term.pk, at=AT)
        assert first == again
        assert CourseRequest.objects.get().lea == claim.school.lea
        assert Step.objects.get().kind == StepKind.STARTED

    @pytest.mark.rule("R-09")
    def test_summer_cannot_be_chosen(self) -> None:
        claim = ClaimFactory.create()
        summer = TermFactory.create(code="SU")
        with pytest.raises(actions.TermOver):
            actions.start_request(claim.pk, by=parent_of(claim), term_id=summer.pk, at=AT)

    @pytest.mark.rule("R-01")
    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"birth_date": dt.date(2005, 11, 2)}, "MOCAP courses are for students under 21 years of age."),
            ({"missouri_resident": False}, "MOCAP courses are for students who live in Missouri."),
        ],
    )
    def test_too_old_or_not_from_missouri_is_refused(self, typed: dict[str, Any], sentence: str) -> None:
        claim, term = ClaimFactory.create(**typed), TermFactory.create()
        with pytest.raises(actions.NotEligible) as refusal:
            actions.start_request(claim.pk, by=parent_of(claim), term_id=term.pk, at=AT)
        assert str(refusal.value.sentence) == sentence
        assert not CourseRequest.objects.exists()

    @pytest.mark.rule("R-02")
    @pytest.mark.parametrize("enrollment", [Enrollment.HOME, Enrollment.PRIVATE])
    def test_home_and_private_school_families_are_told_who_pays(self, enrollment: Enrollment) -> None:
        claim, term = ClaimFactory.create(enrollment=enrollment), TermFactory.create()
        with pytest.raises(actions.NotEligible, match="buy courses from a provider directly"):
            actions.start_request(claim.pk, by=parent_of(claim), term_id=term.pk, at=AT)

    @pytest.mark.rule("R-10")
    def test_a_course_of_a_provider_that_is_not_authorized_cannot_be_chosen(self) -> None:
        request = CourseRequestFactory.create()
        course = CourseFactory.create(authorized=False)
        with pytest.raises(actions.CourseNotOnOffer):
            actions.choose_courses(request.pk, course_ids=[course.pk], in_person_courses=4, at=AT)

    @pytest.mark.rule("R-10")
    def test_a_course_that_left_the_catalog_before_the_signature_is_told(self) -> None:
        request = ready_draft()
        course = request.lines.get().course
        course.valid_to = dt.date(2026, 12, 1)
        course.save()
        with pytest.raises(actions.CourseNotOnOffer):
            send(request)
        request = CourseRequest.objects.get()
        assert (request.state, request.clock) == (RequestState.DRAFT, None)

    @pytest.mark.rule("R-07")
    def test_the_last_courses_above_a_full_load_are_flagged(self) -> None:
        request = CourseRequestFactory.create()
        courses = CourseFactory.create_batch(2)
        actions.choose_courses(
            request.pk, course_ids=[course.pk for course in courses], in_person_courses=5, at=AT
        )
        flags = request.lines.order_by("position").values_list("course", "over_full_load")
        assert list(flags) == [(courses[0].pk, False), (courses[1].pk, True)]

    def test_choosing_again_replaces_the_lines_and_keeps_the_order(self) -> None:
        request = CourseRequestFactory.create()
        first, second, third = CourseFactory.create_batch(3)
        actions.choose_courses(request.pk, course_ids=[first.pk, second.pk], in_person_courses=4, at=AT)
        actions.choose_courses(request.pk, course_ids=[third.pk, first.pk], in_person_courses=3, at=AT)
        lines = request.lines.order_by("position").values_list("position", "course")
        assert list(lines) == [(1, third.pk), (2, first.pk)]


class TestSubmit:
    @pytest.mark.rule("R-13", "R-15")
    def test_the_clock_starts_and_everybody_is_told_without_personal_data(self) -> None:
        request = ready_draft()
        counselor = counselor_of(request)
        send(request)
        request.refresh_from_db()
        assert (request.state, request.submitted_at, request.signed_name) == (
            RequestState.SUBMITTED,
            AT,
            "Pat Parent",
        )
        # Ten business days from 2 November 2026: Veterans Day (11 November) does not count.
        assert request.clock.due_on == dt.date(2026, 11, 17)
        receipt, task = Notice.objects.order_by("pk")
        assert (receipt.user, task.user) == (request.claim.claimant, counselor.user)
        assert "Nov. 17, 2026" in receipt.body
        for notice in (receipt, task):
            assert_no_personal_data(notice.subject, notice.body, about=request.claim)

    @pytest.mark.rule("R-12")
    def test_every_statement_and_a_signature_are_needed(self) -> None:
        request = ready_draft()
        all_but_one = [statement.pk for statement in statements()][1:]
        with pytest.raises(actions.NotYetComplete):
            send(request, acknowledged=all_but_one)
        with pytest.raises(actions.NotYetComplete):
            send(request, signed_name="  ")
        assert not Clock.objects.exists()
        send(request)
        kept = request.acknowledgements.values_list("statement", flat=True)
        assert set(kept) == {statement.pk for statement in statements()}

    def test_what_was_typed_goes_to_the_district_with_the_first_request(self) -> None:
        request = ready_draft(claim__unsent=True)
        counselor = counselor_of(request)
        assert not Claim.objects.visible_to(counselor).exists()
        send(request)
        assert list(Claim.objects.visible_to(counselor)) == [request.claim]
        request.claim.refresh_from_db()
        assert request.claim.state == ClaimState.TYPED

    def test_a_child_that_the_district_did_not_confirm_is_not_asked_for_again(self) -> None:
        request = ready_draft()
        records.refuse_claim(request.claim_id, by=counselor_of(request), at=AT, reason="Not ours")
        with pytest.raises(actions.ChildNotConfirmed):
            send(request)
        with pytest.raises(actions.ChildNotConfirmed):
            actions.start_request(
                request.claim_id, by=parent_of(request.claim), term_id=request.term_id, at=AT
            )

    def test_the_last_draft_thrown_away_takes_what_was_typed_along(self) -> None:
        claim = ClaimFactory.create(unsent=True)
        one = CourseRequestFactory.create(claim=claim)
        other = CourseRequestFactory.create(claim=claim, term=TermFactory.create(code="YL"))
        actions.discard_draft(one.pk)
        assert list(Claim.objects.all()) == [claim]
        actions.discard_draft(other.pk)
        assert not Claim.objects.exists()

    def test_what_was_sent_stays_when_a_later_draft_is_thrown_away(self) -> None:
        request = CourseRequestFactory.create()
        actions.discard_draft(request.pk)
        assert list(Claim.objects.all()) == [request.claim]

    def test_a_request_without_courses_is_not_sent(self) -> None:
        with pytest.raises(actions.NotYetComplete):
            send(CourseRequestFactory.create(in_person_courses=4))

    def test_sent_twice_is_sent_once(self) -> None:
        request = ready_draft()
        send(request)
        with pytest.raises(actions.AlreadySent):
            send(request)
        assert Clock.objects.count() == 1
        assert Step.objects.filter(kind=StepKind.SUBMITTED).count() == 1

    def test_a_sent_request_cannot_be_changed_or_thrown_away(self) -> None:
        request = ready_draft()
        course = request.lines.get().course
        send(request)
        with pytest.raises(actions.AlreadySent):
            actions.choose_courses(request.pk, course_ids=[course.pk], in_person_courses=1, at=AT)
        with pytest.raises(actions.AlreadySent):
            actions.discard_draft(request.pk)
        with pytest.raises(actions.AlreadySent):
            actions.correct_child(
                request.pk,
                first_name="X",
                last_name="Y",
                birth_date=dt.date(2011, 1, 1),
                grade=9,
                relationship="mother",
            )

    def test_a_family_mends_what_it_typed_before_it_signs(self) -> None:
        request = ready_draft(claim__unsent=True)
        actions.correct_child(
            request.pk,
            first_name="Robyn",
            last_name="Reyes",
            birth_date=dt.date(2011, 3, 10),
            grade=9,
            relationship="guardian",
        )
        claim = request.claim
        claim.refresh_from_db()
        assert (claim.first_name, claim.last_name, claim.birth_date, claim.grade, claim.relationship) == (
            "Robyn",
            "Reyes",
            dt.date(2011, 3, 10),
            9,
            "guardian",
        )


class TestDeciding:
    @pytest.mark.rule("R-06")
    def test_each_line_has_its_own_decision_and_the_last_one_stops_the_clock(self) -> None:
        request = CourseRequestFactory.create(submitted=True)
        yes, no = CourseLineFactory.create_batch(2, request=request)
        counselor = counselor_of(request)
        actions.approve(yes.pk, by=counselor, at=LATER, in_person_considered=True)
        request.refresh_from_db()
        assert (request.state, request.clock.stopped_at) == (RequestState.SUBMITTED, None)
        deny(no, by=counselor)
        request = CourseRequest.objects.get()
        assert (request.state, request.clock.stopped_at) == (RequestState.DECIDED, LATER)
        states = request.lines.order_by("position").values_list("pk", "state", "decision__outcome")
        assert list(states) == [(yes.pk, "approved", "approved"), (no.pk, "denied", "denied")]

    def test_an_approval_gives_the_district_three_days_to_register(self) -> None:
        line = CourseLineFactory.create()
        actions.approve(line.pk, by=counselor_of(line.request), at=LATER, in_person_considered=True)
        line = CourseLine.objects.get()
        # From Friday 6 November: Monday, Tuesday, then Veterans Day is skipped.
        assert line.registration_clock.due_on == dt.date(2026, 11, 12)
        assert Decision.objects.get().letter.kind == "approval"

    @pytest.mark.rule("R-25", "R-62")
    def test_a_denial_letter_says_why_and_how_to_appeal_and_is_kept(self) -> None:
        line = CourseLineFactory.create()
        LeaPolicyFactory.create(lea=line.request.lea)
        deny(line)
        letter = Letter.objects.get()
        assert Decision.objects.get().letter == letter
        assert EXPLANATION in letter.html
        assert "school board" in letter.html
        assert "30 calendar days" in letter.html
        assert "7 calendar days" in letter.html
        assert "Write to the superintendent, 100 Main Street." in letter.html
        with letter.pdf.open() as pdf:
            assert pdf.read(5) == b"%PDF-"
        notice = Notice.objects.get()
        assert notice.user == line.request.claim.claimant
        assert_no_personal_data(notice.subject, notice.body, about=line.request.claim)

    @pytest.mark.rule("R-62")
    def test_a_district_with_its_own_appeal_prints_that_one(self) -> None:
        line = CourseLineFactory.create()
        LeaPolicyFactory.create(lea=line.request.lea, local_appeal=True)
        deny(line)
        html = Letter.objects.get().html
        assert "course-appeal policy" in html
        assert "school board" not in html

    @pytest.mark.rule("R-21")
    def test_a_denial_needs_a_factor_and_an_explanation(self) -> None:
        line = CourseLineFactory.create()
        with pytest.raises(actions.NoFactor):
            deny(line, factor_ids=[])
        with pytest.raises(actions.NoFactor):
            deny(line, factor_ids=[factor("other").pk])
        with pytest.raises(actions.ExplanationTooShort, match="at least 40 characters"):
            deny(line, explanation="No.            " + " " * 80)
        assert not Decision.objects.exists()
        assert not Letter.objects.exists()

    @pytest.mark.rule("R-22")
    def test_price_vendor_and_local_program_are_no_factors(self) -> None:
        words = " ".join(
            f"{row.code} {row.label} {row.meaning}".lower()
            for row in CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=AT.date())
        )
        for word in ("price", "cost", "vendor", "contract", "local", "budget"):
            assert word not in words
        # A code of another set is not taken for a factor either.
        stranger = statements().first()
        with pytest.raises(actions.NoFactor):
            deny(CourseLineFactory.create(), factor_ids=[stranger.pk])

    @pytest.mark.rule("R-23")
    def test_in_person_options_must_have_been_considered(self) -> None:
        line = CourseLineFactory.create()
        with pytest.raises(actions.InPersonNotConsidered):
            deny(line, in_person_considered=False)
        with pytest.raises(actions.InPersonNotConsidered):
            actions.approve(line.pk, by=counselor_of(line.request), at=LATER, in_person_considered=False)

    @pytest.mark.rule("R-26")
    def test_a_decided_line_is_not_decided_again(self) -> None:
        line = CourseLineFactory.create()
        deny(line)
        with pytest.raises(actions.AlreadyDecided):
            actions.approve(line.pk, by=counselor_of(line.request), at=LATER, in_person_considered=True)
        with pytest.raises(actions.AlreadyDecided):
            deny(line)
        assert Letter.objects.count() == Decision.objects.count() == 1

    @pytest.mark.rule("R-19")
    def test_where_the_decision_is_reserved_a_counselor_may_not_decide(self) -> None:
        line = CourseLineFactory.create()
        LeaPolicyFactory.create(lea=line.request.lea, reserved=True)
        with pytest.raises(actions.MayNotDecide):
            deny(line)
        deny(line, by=counselor_of(line.request, decider=True))
        assert Decision.objects.get().decided_by.role == Role.DECIDER

    @pytest.mark.parametrize(
        "trait", ["coordinator", "special_education", "data_clerk", "lea_admin", "host_staff"]
    )
    def test_other_hats_of_the_district_do_not_decide(self, trait: str) -> None:
        line = CourseLineFactory.create()
        with pytest.raises(actions.MayNotDecide):
            deny(line, by=counselor_of(line.request, **{trait: True}))

    @pytest.mark.rule("R-134")
    def test_a_counselor_of_another_district_does_not_decide(self) -> None:
        with pytest.raises(actions.MayNotDecide):
            deny(CourseLineFactory.create(), by=MembershipFactory.create(counselor=True))

    def test_nobody_decides_for_a_child_of_their_own(self) -> None:
        line = CourseLineFactory.create()
        own = MembershipFactory.create(
            counselor=True,
            user=line.request.claim.claimant,
            organization=line.request.lea.organization,
        )
        with pytest.raises(actions.OwnChild):
            deny(line, by=own)
        assert line.request not in CourseRequest.objects.reviewable_by(own)

    def test_the_preview_is_the_letter_that_is_sent_and_stores_nothing(self) -> None:
        line = CourseLineFactory.create()
        counselor = counselor_of(line.request)
        words: dict[str, Any] = {"explanation": EXPLANATION, "would_make_it_a_yes": "Better marks."}
        preview = actions.preview_letter(
            line, by=counselor, at=LATER, outcome=Outcome.DENIED, factor_ids=[factor().pk], **words
        )
        assert not Letter.objects.exists()
        deny(line, by=counselor, **words)
        assert Letter.objects.get().html == preview

    def test_the_preview_of_an_approval_is_the_letter_that_is_sent(self) -> None:
        line = CourseLineFactory.create()
        counselor = counselor_of(line.request)
        preview = actions.preview_letter(line, by=counselor, at=LATER, outcome=Outcome.APPROVED)
        assert not Clock.objects.filter(kind="registration").exists()
        actions.approve(line.pk, by=counselor, at=LATER, in_person_considered=True)
        assert Letter.objects.get().html == preview


class TestPause:
    @pytest.mark.rule("R-17")
    def test_the_team_pauses_the_clock_and_the_family_is_told(self) -> None:
        request = CourseRequestFactory.create(submitted=True)
        team = counselor_of(request, special_education=True)
        actions.pause_for_team(request.pk, by=team, at=LATER, reason="The IEP team meets")
        request.clock.refresh_from_db()
        assert request.clock.is_paused
        with pytest.raises(actions.AlreadyPaused):
            actions.pause_for_team(request.pk, by=team, at=LATER, reason="Again")
        # Three days had counted, 3 to 5 November. The other seven: 20, 23, 24, 25, 27, 30 November (Thanksgiving
        # is skipped) and 1 December.
        found: dict[str, Any] = {"by": team, "met_on": dt.date(2026, 11, 6), "outcome": TeamOutcome.SUITS}
        actions.resume_after_team(request.pk, at=dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC), **found)
        request.clock.refresh_from_db()
        assert request.clock.due_on == dt.date(2026, 12, 1)
        kinds = request.steps.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == [StepKind.PAUSED, StepKind.RESUMED]
        assert Notice.objects.count() == 2
        with pytest.raises(actions.NotPaused):
            actions.resume_after_team(request.pk, at=LATER, **found)

    def test_a_decided_request_is_not_paused(self) -> None:
        line = CourseLineFactory.create()
        deny(line)
        with pytest.raises(actions.AlreadyDecided):
            actions.pause_for_team(line.request_id, by=counselor_of(line.request), at=LATER, reason="Late")


def test_the_first_look_is_a_step_and_the_second_is_not() -> None:
    request = CourseRequestFactory.create(submitted=True)
    counselor = counselor_of(request)
    actions.mark_opened(request.pk, by=counselor, at=LATER)
    actions.mark_opened(request.pk, by=counselor, at=LATER + dt.timedelta(hours=1))
    step = Step.objects.get()
    assert (step.kind, step.at) == (StepKind.OPENED, LATER)


class TestAssign:
    def test_a_request_is_given_to_a_reviewer_and_back_to_nobody(self) -> None:
        request = CourseRequestFactory.create(submitted=True)
        colleague = counselor_of(request)
        actions.assign(request.pk, to=colleague)
        assert CourseRequest.objects.get().assigned_to == colleague
        actions.assign(request.pk, to=None)
        assert CourseRequest.objects.get().assigned_to is None

    def test_it_is_not_given_to_whom_it_does_not_concern(self) -> None:
        request = CourseRequestFactory.create(submitted=True)
        own_parent = MembershipFactory.create(
            counselor=True, user=request.claim.claimant, organization=request.lea.organization
        )
        others = (
            MembershipFactory.create(counselor=True),
            counselor_of(request, data_clerk=True),
            counselor_of(request, counselor=True, ended=True),
            own_parent,
        )
        for hat in others:
            with pytest.raises(actions.NotAReviewer):
                actions.assign(request.pk, to=hat)
        assert CourseRequest.objects.get().assigned_to is None


class TestVisibility:
    def test_a_draft_is_its_claimants_alone(self) -> None:
        mine = CourseRequestFactory.create()
        assert list(CourseRequest.objects.visible_to(parent_of(mine.claim))) == [mine]
        assert not CourseRequest.objects.visible_to(counselor_of(mine)).exists()
        assert not CourseRequest.objects.visible_to(MembershipFactory.create(dese_admin=True)).exists()

    @pytest.mark.rule("R-133")
    def test_a_second_guardian_sees_what_was_sent_but_no_draft(self) -> None:
        hers = ClaimFactory.create(confirmed=True)
        his = ClaimFactory.create(confirmed=True, school=hers.school, student=hers.student)
        sent = CourseRequestFactory.create(claim=hers, submitted=True)
        CourseRequestFactory.create(claim=hers, term=TermFactory.create(code="YL"))
        assert list(CourseRequest.objects.visible_to(parent_of(his))) == [sent]

    @pytest.mark.rule("R-28")
    def test_a_provider_sees_no_request(self) -> None:
        line = CourseLineFactory.create()
        provider = MembershipFactory.create(
            provider_staff=True, organization=line.course.provider.organization
        )
        assert not CourseRequest.objects.visible_to(provider).exists()
        assert line.state == LineState.REQUESTED


class TestRules:
    @pytest.mark.parametrize(
        ("born", "day", "age"),
        [
            (dt.date(2005, 11, 3), dt.date(2026, 11, 2), 20),
            (dt.date(2005, 11, 2), dt.date(2026, 11, 2), 21),
            (dt.date(2008, 2, 29), dt.date(2026, 2, 28), 17),
            (dt.date(2008, 2, 29), dt.date(2026, 3, 1), 18),
        ],
    )
    def test_age(self, born: dt.date, day: dt.date, age: int) -> None:
        assert age_on(born, day) == age

    @pytest.mark.parametrize(
        ("lines", "in_person", "over"), [(1, 5, 0), (2, 5, 1), (1, 6, 1), (3, 0, 0), (7, 0, 1), (1, 9, 1)]
    )
    def test_over_full_load(self, lines: int, in_person: int, over: int) -> None:
        assert lines_over_full_load(lines=lines, in_person=in_person, full_load=6) == over

    def test_findings_name_their_rule(self) -> None:
        findings = eligibility(ClaimFactory.create(), on=AT.date())
        assert [(finding.rule, finding.met) for finding in findings] == [
            ("R-01", True),
            ("R-01", True),
            ("R-02", True),
        ]
