"""A request entered for a family, and decisions made on paper: what is stored, what follows, what is refused."""

import datetime as dt
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction

from enrollment.part_time import actions
from enrollment.part_time.actions import Asked, AskedCourse, Paper, PaperOutcome
from enrollment.part_time.actions.paper_decision import FROM_ENTRY
from enrollment.part_time.models import (
    Basis,
    Channel,
    CourseLine,
    CourseRequest,
    Decision,
    DecisionChannel,
    LineState,
    RequestState,
    Step,
    StepKind,
    Unfinished,
)
from enrollment.records import actions as records
from enrollment.records.actions import Asker, Child
from enrollment.records.models import Claim, ClaimState, Enrollment, Guardian, Student
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.explain import explain
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, Lea, School
from mocap_portal.foundation.papers.models import Document, Notice
from mocap_portal.foundation.shared.calendar import CENTRAL, central_date
from tests.factories.accounts import MembershipFactory
from tests.factories.clocks import ClockFactory
from tests.factories.directory import LeaPolicyFactory, SchoolFactory, TermFactory
from tests.factories.papers import DocumentFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import CourseFactory
from tests.factories.records import GuardianFactory, StudentFactory
from tests.personal_data import assert_no_personal_data

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 20, 16, tzinfo=dt.UTC)  # a Friday, ten in the morning in Missouri
CAME_ON = dt.date(2026, 11, 2)  # a Monday
CAME_AT = dt.datetime(2026, 11, 2, 12, tzinfo=CENTRAL)
DECIDED_ON = dt.date(2026, 11, 10)
EXPLANATION = "The student has failed two virtual courses in a row and asks for a teacher in the room."
GRANDMOTHER = Asker("Gloria Grand", "guardian", phone="573-555-0123")


@pytest.fixture
def school() -> School:
    school: School = SchoolFactory.create()
    return school


@pytest.fixture
def counselor(school: School) -> Membership:
    return staff(school.lea, counselor=True)


def staff(lea: Lea, **traits: bool) -> Membership:
    hat: Membership = MembershipFactory.create(**traits, lea=lea)
    return hat


def child(school: School, **changes: Any) -> Child:
    answers: dict[str, Any] = {
        "first_name": "Robin",
        "last_name": "Rivers",
        "birth_date": dt.date(2011, 3, 9),
        "grade": 10,
        "school_id": school.pk,
    }
    return Child(**answers | changes)


def asked(**changes: Any) -> Asked:
    """By phone on 2 November, for one course of the second semester."""
    answers: dict[str, Any] = {
        "channel": Channel.PHONE,
        "came_on": CAME_ON,
        "in_person_courses": 4,
        "signed_name": "Gloria Grand",
        "has_iep_or_504": False,
    } | changes
    if "term_id" not in answers:
        answers["term_id"] = TermFactory.create().pk
    if "courses" not in answers:
        answers["courses"] = [AskedCourse(CourseFactory.create().pk)]
    return Asked(**answers)


def statements(on: dt.date = CAME_ON) -> list[int]:
    return [statement.pk for statement in CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=on)]


def enter(school: School, by: Membership, **changes: Any) -> CourseRequest:
    who: Child = changes.pop("child", None) or child(school)
    asker: Asker = changes.pop("asker", GRANDMOTHER)
    more: dict[str, Any] = {"at": NOW, "acknowledged": statements()}
    more |= {
        name: changes.pop(name) for name in ("at", "acknowledged", "scan_id", "entry_id") if name in changes
    }
    return actions.enter_request(who, asker, changes.pop("asked", None) or asked(**changes), by=by, **more)


# A request ----------------------------------------------------------------------------------------


@pytest.mark.rule("R-12", "R-13", "R-15")
def test_a_call_becomes_a_request_whose_clock_runs_from_its_day(
    school: School, counselor: Membership
) -> None:
    colleague = staff(school.lea, decider=True)
    request = CourseRequest.objects.get(pk=enter(school, counselor).pk)
    assert (request.state, request.channel, request.entered_by) == (
        RequestState.SUBMITTED,
        Channel.PHONE,
        counselor,
    )
    assert (request.signed_by, request.signed_name, request.scan) == (None, "Gloria Grand", None)
    assert request.submitted_at == CAME_AT
    assert request.clock is not None
    # Ten business days from Monday 2 November, without Veterans Day: over already.
    assert (request.clock.started_at, request.clock.due_on) == (CAME_AT, dt.date(2026, 11, 17))
    claim = request.claim
    assert (claim.claimant, claim.entered_by, claim.state) == (None, counselor, ClaimState.TYPED)
    assert (claim.asked_by, claim.how_to_reach) == ("Gloria Grand", ["573-555-0123"])
    steps = Step.objects.order_by("at").values_list("kind", "at", "by")
    assert list(steps) == [
        (StepKind.SUBMITTED, CAME_AT, counselor.pk),
        (StepKind.ENTERED, NOW, counselor.pk),
    ]
    agreed = request.acknowledgements.values_list("statement", "at")
    assert set(agreed) == {(statement, CAME_AT) for statement in statements()}
    assert {notice.user for notice in Notice.objects.all()} == {counselor.user, colleague.user}
    assert_no_personal_data(*(n.subject + n.body for n in Notice.objects.all()), about=claim)


def test_a_request_of_today_starts_its_clock_now(school: School, counselor: Membership) -> None:
    request = enter(school, counselor, came_on=NOW.date(), acknowledged=statements(NOW.date()))
    assert request.submitted_at == NOW


def test_a_known_student_is_confirmed_at_once_and_family_with_an_account_is_told(
    school: School, counselor: Membership
) -> None:
    student = StudentFactory.create(school=school)
    mother = GuardianFactory.create(student=student).user
    request = enter(
        school, counselor, child=child(school, student_id=student.pk, first_name="Wrong", birth_date=None)
    )
    claim = request.claim
    assert (claim.state, claim.student, claim.judged_by) == (ClaimState.CONFIRMED, student, counselor)
    assert (claim.first_name, claim.birth_date) == (student.first_name, student.birth_date)
    assert Guardian.objects.get().user == mother  # nobody is linked by an address or a name
    assert {notice.user for notice in Notice.objects.all()} == {counselor.user, mother}


def test_the_same_family_is_one_claim(school: School, counselor: Membership) -> None:
    first, second = enter(school, counselor), enter(school, counselor, came_on=dt.date(2026, 11, 3))
    assert first.claim == second.claim
    other = enter(school, counselor, asker=Asker("Ada Aunt", "other", email="ada@example.org"))
    assert other.claim != first.claim


@pytest.mark.rule("R-07")
def test_what_lies_above_a_full_load_is_asked_for_and_private_courses_come_last(
    school: School, counselor: Membership
) -> None:
    paid, first, second = (CourseFactory.create().pk for _ in range(3))
    request = enter(
        school,
        counselor,
        in_person_courses=5,
        courses=[AskedCourse(paid, basis=Basis.PRIVATE), AskedCourse(first), AskedCourse(second)],
    )
    lines = request.lines.order_by("position").values_list("course", "over_full_load", "basis")
    assert list(lines) == [
        (paid, True, Basis.PRIVATE),
        (first, False, Basis.DISTRICT),
        (second, True, Basis.ASKED),
    ]


def test_a_line_keeps_why_it_is_asked_for(school: School, counselor: Membership) -> None:
    reason = CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=CAME_ON).get(code="other")
    course = AskedCourse(CourseFactory.create().pk, reason_id=reason.pk, reason_words="Moves in spring")
    enter(school, counselor, courses=[course])
    line = CourseLine.objects.get()
    assert (line.reason, line.reason_words) == (reason, "Moves in spring")


@pytest.mark.rule("R-12")
def test_a_paper_needs_its_scan(school: School, counselor: Membership) -> None:
    with pytest.raises(actions.PaperMissing):
        enter(school, counselor, channel=Channel.PAPER)
    scan = DocumentFactory.create(uploaded_by=counselor)
    request = enter(school, counselor, channel=Channel.PAPER, scan_id=scan.pk)
    assert request.scan == scan


@pytest.mark.rule("R-12")
@pytest.mark.parametrize("missing", [{"acknowledged": []}, {"signed_name": " "}, {"courses": []}])
def test_statements_a_name_and_courses_are_needed(
    missing: dict[str, Any], school: School, counselor: Membership
) -> None:
    with pytest.raises(actions.NotYetComplete):
        enter(school, counselor, **missing)
    assert not CourseRequest.objects.exists()
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    "day",
    [dt.date(2026, 1, 4), dt.date(2027, 5, 22)],
    ids=["more than a year before the term", "when the term was over"],
)
def test_the_day_fits_the_term(day: dt.date, school: School, counselor: Membership) -> None:
    with pytest.raises(actions.TermNotOpen):
        enter(
            school,
            counselor,
            came_on=day,
            at=dt.datetime(2027, 6, 1, 16, tzinfo=dt.UTC),
            acknowledged=statements(day),
        )


def test_a_term_of_this_school_year_may_be_over_today_but_not_the_year(
    school: School, counselor: Membership
) -> None:
    june, july = (dt.datetime(2027, month, 1, 16, tzinfo=dt.UTC) for month in (6, 7))
    with pytest.raises(actions.TermNotOpen):
        enter(school, counselor, at=july)
    assert enter(school, counselor, at=june).submitted_at == CAME_AT


def test_a_day_of_the_future_is_refused(school: School, counselor: Membership) -> None:
    with pytest.raises(actions.InTheFuture):
        enter(school, counselor, came_on=dt.date(2026, 11, 21), acknowledged=statements())


@pytest.mark.rule("R-01", "R-02")
@pytest.mark.parametrize(
    "changes",
    [
        {"birth_date": dt.date(2005, 11, 2)},
        {"missouri_resident": False},
        {"enrollment": Enrollment.HOME},
    ],
)
def test_who_is_not_eligible_is_refused_here_too(
    changes: dict[str, Any], school: School, counselor: Membership
) -> None:
    with pytest.raises(actions.NotEligible):
        enter(school, counselor, child=child(school, **changes))
    assert not Claim.objects.exists()


@pytest.mark.rule("R-132")
def test_a_student_of_age_asks_alone_unless_a_parent_has_a_basis(
    school: School, counselor: Membership
) -> None:
    born = dt.date(2008, 11, 2)  # 18 on the day of the call
    grown = child(school, birth_date=born)
    with pytest.raises(actions.OfAge):
        enter(school, counselor, child=grown)
    own = enter(school, counselor, child=grown, asker=Asker("Robin Rivers", "self", "r@example.org"))
    assert own.claim.relationship == "self"
    student = StudentFactory.create(school=school, birth_date=born)
    known = child(school, student_id=student.pk)
    GuardianFactory.create(student=student)
    with pytest.raises(actions.OfAge):
        enter(school, counselor, child=known)
    GuardianFactory.create(
        student=student, adult_basis="consent", adult_basis_by=counselor, adult_basis_at=NOW
    )
    assert enter(school, counselor, child=known).claim.student == student


@pytest.mark.rule("R-10")
def test_a_course_that_was_not_on_offer_is_refused(school: School, counselor: Membership) -> None:
    course = CourseFactory.create(valid_to=dt.date(2026, 12, 31))
    with pytest.raises(actions.CourseNotOnOffer):
        enter(school, counselor, courses=[AskedCourse(course.pk)])


def test_somebody_can_be_reached(school: School, counselor: Membership) -> None:
    with pytest.raises(records.NoWayToReach):
        enter(school, counselor, asker=Asker("Gloria Grand", "guardian"))


@pytest.mark.rule("R-134")
def test_nobody_enters_for_a_child_of_their_own_or_of_another_district(
    school: School, counselor: Membership
) -> None:
    own = StudentFactory.create(school=school)
    GuardianFactory.create(student=own, user=counselor.user)
    with pytest.raises(actions.OwnChild):
        enter(school, counselor, child=child(school, student_id=own.pk))
    namesake = child(
        school, first_name=own.first_name.upper(), last_name=own.last_name, birth_date=own.birth_date
    )
    with pytest.raises(actions.OwnChild):
        enter(school, counselor, child=namesake)
    with pytest.raises(records.WrongLea):
        enter(SchoolFactory.create(), counselor)
    with pytest.raises(records.WrongLea):
        enter(school, counselor, child=child(school, student_id=StudentFactory.create().pk))
    assert not Claim.objects.exists()


def test_an_entry_sent_twice_is_one_request(school: School, counselor: Membership) -> None:
    entry = Unfinished.objects.create(user=counselor.user, page="paper:1", answers={"lea": 1}, saved_at=NOW)
    request = enter(school, counselor, entry_id=entry.pk)
    with pytest.raises(actions.AlreadyEntered) as refusal:
        enter(school, counselor, entry_id=entry.pk)
    assert refusal.value.request_id == request.pk
    entry.refresh_from_db()
    assert entry.answers == {"lea": school.lea_id, "request": request.pk}  # nothing of the child is left here


def test_the_same_paper_entered_by_a_colleague_is_refused(school: School, counselor: Membership) -> None:
    call = asked()
    request = enter(school, counselor, asked=call)
    with pytest.raises(actions.AlreadyEntered, match=request.number):
        enter(
            school,
            staff(school.lea, coordinator=True),
            asked=call,
            asker=Asker("G. Grand", "guardian", "g@x.org"),
        )
    assert CourseRequest.objects.count() == 1


def test_nothing_is_half_stored_when_it_ends_in_the_middle(school: School, counselor: Membership) -> None:
    entry = Unfinished.objects.create(user=counselor.user, page="paper:1", answers={"lea": 1}, saved_at=NOW)
    with (
        patch("enrollment.part_time.notices.tell_entered", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        enter(school, counselor, entry_id=entry.pk)
    left = (CourseRequest, CourseLine, Claim, Clock, Step, Notice)
    assert [model.__name__ for model in left if model.objects.exists()] == []
    assert Unfinished.objects.get().answers == {"lea": 1}


# Decisions ----------------------------------------------------------------------------------------


def waiting(lines: int = 1, **changes: Any) -> CourseRequest:
    """Sent on 2 November."""
    request: CourseRequest = CourseRequestFactory.create(submitted=True, **changes)
    CourseLineFactory.create_batch(lines, request=request)
    return request


def paper(**changes: Any) -> Paper:
    answers: dict[str, Any] = {
        "decided_on": DECIDED_ON,
        "decided_by_name": "Dana Dean, principal",
        "reference": "Drawer 4",
    }
    return Paper(**answers | changes)


def record(request: CourseRequest, *outcomes: str, **changes: Any) -> list[Decision]:
    """Records these outcomes of the request's lines, in their order."""
    by = changes.pop("by", None) or staff(request.lea, counselor=True)
    lines = request.lines.order_by("position")
    said = [
        PaperOutcome(line.pk, outcome, explanation=EXPLANATION if outcome == "denied" else "")
        for line, outcome in zip(lines, outcomes, strict=False)
    ]
    return actions.record_paper_decision(
        request.pk, changes.pop("said", said), paper(**changes), by=by, at=NOW
    )


@pytest.mark.rule("R-06", "R-21", "R-23")
def test_a_paper_decides_each_course_with_what_follows_from_its_day(time_machine: Any) -> None:
    time_machine.move_to(NOW)
    request = waiting(2)
    CourseRequest.objects.filter(pk=request.pk).update(
        review_clock=ClockFactory.create(kind="counselor_review")
    )
    request.refresh_from_db()
    scan = DocumentFactory.create()
    by = staff(request.lea, counselor=True)
    approved, denied = record(
        request, "approved", "denied", by=by, scan_id=scan.pk, reference="", in_person_considered=True
    )
    noon = dt.datetime(2026, 11, 10, 12, tzinfo=CENTRAL)
    for decision in (approved, denied):
        decision.refresh_from_db()
        assert (decision.channel, decision.decided_by, decision.decided_by_name) == (
            DecisionChannel.PAPER,
            by,
            "Dana Dean, principal",
        )
        assert (decision.decided_at, decision.letter, decision.scan) == (noon, None, scan)
    lines = {line.pk: line for line in CourseLine.objects.select_related("registration_clock")}
    yes, no = lines[approved.line_id], lines[denied.line_id]
    assert (yes.state, yes.decision) == (LineState.APPROVED, approved)
    assert (no.state, no.decision, no.registration_clock) == (LineState.DENIED, denied, None)
    # Three business days from Tuesday 10 November, without Veterans Day, were over: from Friday 20 November then.
    assert (yes.registration_clock.started_at, yes.registration_clock.due_on) == (NOW, dt.date(2026, 11, 25))
    request.refresh_from_db()
    assert (request.state, request.clock.stopped_at) == (RequestState.DECIDED, noon)
    assert request.review_clock is not None
    assert request.review_clock.stopped_at == noon  # nobody is asked for advice any more
    assert set(Step.objects.values_list("kind", "at")) == {("approved", noon), ("denied", noon)}
    notices = Notice.objects.filter(user=request.claim.claimant)
    assert [notice.subject for notice in notices] == [
        f"Your district recorded a decision on paper about course request {request.number}"
    ]


@pytest.mark.parametrize(
    ("decided_on", "due_on", "own"),
    [
        (dt.date(2026, 11, 16), dt.date(2026, 11, 25), False),  # its own day was yesterday
        (dt.date(2026, 11, 17), dt.date(2026, 11, 20), True),  # its own day is today
        (dt.date(2026, 11, 19), dt.date(2026, 11, 24), True),
        (dt.date(2026, 11, 20), dt.date(2026, 11, 25), True),
    ],
)
def test_days_to_register_run_from_the_entry_where_their_own_are_over(
    decided_on: dt.date, due_on: dt.date, own: bool
) -> None:
    [decision] = record(waiting(), "approved", decided_on=decided_on)
    clock = CourseLine.objects.get().registration_clock
    assert clock is not None
    assert (central_date(decision.decided_at), clock.due_on) == (decided_on, due_on)
    assert clock.started_at == (decision.decided_at if own else NOW)
    assert clock.source == ("A-04" if own else FROM_ENTRY)
    assert explain(clock).on == due_on


def test_a_paper_about_some_courses_leaves_the_others_waiting() -> None:
    request = waiting(2)
    record(request, "approved")
    request.refresh_from_db()
    assert (request.state, request.clock.stopped_at) == (RequestState.SUBMITTED, None)
    last = request.lines.get(state=LineState.REQUESTED)
    record(request, said=[PaperOutcome(last.pk, "approved")], decided_on=dt.date(2026, 11, 4))
    request.refresh_from_db()
    # The clock ran until the later of the two decisions.
    assert request.clock.stopped_at == dt.datetime(2026, 11, 10, 12, tzinfo=CENTRAL)


def test_a_decision_on_the_day_it_was_asked_is_not_before_it() -> None:
    request = waiting(submitted_at=dt.datetime(2026, 11, 2, 20, tzinfo=dt.UTC))
    Clock.objects.update(started_at=request.submitted_at)
    [decision] = record(request, "approved", decided_on=CAME_ON)
    assert decision.decided_at == request.submitted_at


@pytest.mark.parametrize(
    ("basis", "clocks", "then"),
    [(Basis.PRIVATE, 0, Basis.PRIVATE), (Basis.ASKED, 1, Basis.AGREED)],
)
def test_who_pays_says_whether_it_is_registered(basis: str, clocks: int, then: str) -> None:
    request = waiting(0)
    CourseLineFactory.create(request=request, over_full_load=True, basis=basis)
    record(request, "approved")
    assert Clock.objects.filter(kind=ClockKind.REGISTRATION).count() == clocks
    assert CourseLine.objects.get().basis == then


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"decided_on": dt.date(2026, 11, 1)}, actions.DecidedBeforeAsked),
        ({"decided_on": dt.date(2026, 11, 21)}, actions.InTheFuture),
        ({"reference": " "}, actions.PaperNotFound),
        ({"said": []}, actions.NothingDecided),
    ],
)
def test_a_paper_that_cannot_be(changes: dict[str, Any], refusal: type[Exception]) -> None:
    request = waiting()
    with pytest.raises(refusal):
        record(request, "approved", **changes)
    assert not Decision.objects.exists()
    assert CourseLine.objects.get().state == LineState.REQUESTED


@pytest.mark.rule("R-21")
def test_a_denial_on_paper_is_explained() -> None:
    request = waiting()
    with pytest.raises(actions.ExplanationTooShort):
        record(request, said=[PaperOutcome(request.lines.get().pk, "denied", explanation="No.")])
    assert not Decision.objects.exists()


@pytest.mark.rule("R-19")
@pytest.mark.parametrize(
    ("trait", "reserved", "may"),
    [
        ("counselor", False, True),
        ("decider", False, True),
        ("coordinator", False, True),
        ("special_education", False, False),
        ("counselor", True, False),
        ("decider", True, True),
        ("coordinator", True, True),
    ],
)
def test_who_may_record(trait: str, *, reserved: bool, may: bool) -> None:
    request = waiting()
    LeaPolicyFactory.create(lea=request.lea, reserved=reserved)
    by = staff(request.lea, **{trait: True})
    if may:
        assert [decision.decided_by for decision in record(request, "approved", by=by)] == [by]
    else:
        with pytest.raises(actions.MayNotRecord):
            record(request, "approved", by=by)


def test_nobody_records_for_a_child_of_their_own_or_of_another_district() -> None:
    request = waiting()
    own = MembershipFactory.create(coordinator=True, lea=request.lea, user=request.claim.claimant)
    with pytest.raises(actions.OwnChild):
        record(request, "approved", by=own)
    with pytest.raises(actions.MayNotRecord):
        record(request, "approved", by=MembershipFactory.create(coordinator=True))


@pytest.mark.rule("R-26")
def test_a_paper_recorded_twice_is_refused() -> None:
    request = waiting(2)
    record(request, "approved")
    with pytest.raises(actions.AlreadyDecided):
        record(request, "approved", "approved")
    assert Decision.objects.count() == 1
    assert request.lines.filter(state=LineState.REQUESTED).count() == 1


def test_a_paper_is_recorded_whole_or_not_at_all() -> None:
    request = waiting(2)
    with (
        patch("enrollment.part_time.notices.tell_decided_on_paper", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
        transaction.atomic(),
    ):
        record(request, "approved", "approved")
    assert not Decision.objects.exists()
    assert request.lines.filter(state=LineState.REQUESTED).count() == 2
    assert not Clock.objects.filter(kind=ClockKind.REGISTRATION).exists()


def test_a_request_of_an_unknown_family_is_found_by_its_student_later(
    school: School, counselor: Membership
) -> None:
    """What a claim without an account needs of the district's page: it is confirmed, and nobody becomes a guardian."""
    claim = enter(school, counselor).claim
    records.confirm_claim(claim.pk, by=counselor, at=NOW)
    assert Student.objects.get().claims.get() == claim
    assert not Guardian.objects.exists()
    assert not Document.objects.exists()
