"""Every state with every step: what the table allows happens, all else is refused and changes nothing (R-121)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from concerns.movip import actions
from concerns.movip.actions.checking import NotOfTheOffice
from concerns.movip.models import (
    Answer,
    AnswerKind,
    Disclosure,
    Entry,
    IdentityCheck,
    Look,
    LookedAt,
    PaperKind,
    Place,
    Recall,
    TranscriptRequest,
    Way,
)
from concerns.movip.rules import ANSWERED, MOVES, OPEN, State, Step
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.movip import (
    AnswerFactory,
    ArchiveRowFactory,
    ChosenRowFactory,
    LookFactory,
    RecallFactory,
    TranscriptRequestFactory,
)
from tests.rows import everything

from .kit import KEPT, NOW, OFFICIAL, TERMS, TODAY, ask, issue

pytestmark = pytest.mark.django_db

Do = Callable[[TranscriptRequest, Membership], Any]
CHANGES: list[Callable[[Any], Any]] = [
    lambda rows: rows.update(at=NOW + dt.timedelta(days=1)),
    lambda rows: rows.delete(),
]


def look_of(request: TranscriptRequest) -> Look:
    look: Look = request.looks.filter(place=Place.ARCHIVE).first() or LookFactory.create(request=request)
    return look


def choose(request: TranscriptRequest, by: Membership) -> Any:
    row = ArchiveRowFactory.create()
    look = look_of(request)
    return actions.choose(request.pk, look.pk, rows=[row.pk], before=[], by=by, at=NOW)


def issue_chosen(request: TranscriptRequest, by: Membership) -> Any:
    ChosenRowFactory.create(request=request)
    return issue(request, by)


DO: dict[Step, Do] = {
    Step.ADD_PAPER: lambda request, by: actions.add_paper(
        request.pk, kind=PaperKind.PROOF, kept=KEPT, at=NOW
    ),
    Step.ASK_PROOF: lambda request, by: actions.ask_proof(request.pk, text="An ID, please.", by=by, at=NOW),
    Step.ASSIGN: lambda request, by: actions.assign(request.pk, to=by, by=by, at=NOW),
    Step.CHECK: lambda request, by: actions.check_identity(
        request.pk, looked_at=LookedAt.SHOWN_ID, what="", by=by, at=NOW
    ),
    Step.UNCHECK: lambda request, by: actions.uncheck_identity(request.pk, by=by, at=NOW),
    Step.LOOK: lambda request, by: actions.search_archive(request.pk, TERMS, by=by, at=NOW),
    Step.CHOOSE: choose,
    Step.ISSUE: issue_chosen,
    Step.MISS: lambda request, by: actions.miss(request.pk, official=OFFICIAL, by=by, at=NOW),
    Step.SEND_ON: lambda request, by: actions.send_on(
        request.pk, school="Southbrook High School", address="1 Main", official=OFFICIAL, by=by, at=NOW
    ),
    Step.HAND_OUT: lambda request, by: actions.hand_out(request.pk, way=Way.MAIL, on=TODAY, by=by, at=NOW),
    Step.RECALL: lambda request, by: actions.recall(request.pk, text="Sent twice.", by=by, at=NOW),
    Step.CLOSE: lambda request, by: actions.close(request.pk, text="Sent twice.", by=by, at=NOW),
    Step.REOPEN: lambda request, by: actions.reopen(request.pk, text="A new name.", by=by, at=NOW),
}
TRAITS = {
    State.REQUESTED: {},
    State.CHECKED: {"checked": True},
    State.SEARCHING: {"searching": True},
    State.SENT: {"sent": True},
    State.NOT_FOUND: {"not_found": True},
    State.SENT_ON: {"sent_on": True},
    State.CLOSED: {"closed": True},
}
KINDS = {
    State.SENT: AnswerKind.TRANSCRIPT,
    State.NOT_FOUND: AnswerKind.NOT_FOUND,
    State.SENT_ON: AnswerKind.SENT_ON,
}


def at(state: State, **more: Any) -> TranscriptRequest:
    """A request that stands there, with its answer."""
    request: TranscriptRequest = TranscriptRequestFactory.create(**TRAITS[state], **more)
    if state in KINDS:
        kind = KINDS[state]
        code = {} if kind == AnswerKind.TRANSCRIPT else {"code_hash": ""}
        answer = AnswerFactory.create(request=request, kind=kind, **code)
        answer.letter.facts = {"school": "Southbrook High School"}
        answer.letter.save()
    return request


@pytest.fixture
def by() -> Membership:
    hat: Membership = MembershipFactory.create(dese_reviewer=True)
    return hat


def test_the_table_names_every_state_and_step() -> None:
    assert {state for state, _step in MOVES} == set(State)
    assert {step for _state, step in MOVES} | {Step.RECEIVE} == set(Step)
    assert set(DO) == set(Step) - {Step.RECEIVE}
    assert {*OPEN, *ANSWERED, State.CLOSED} == set(State)


@pytest.mark.rule("R-121")
@pytest.mark.parametrize(("state", "step"), list(product(State, DO)))
def test_every_state_with_every_step(state: State, step: Step, by: Membership) -> None:
    request = at(state)
    to = MOVES.get((state, step))
    if to is None:
        if step == Step.CHOOSE:
            look_of(request)
        if step in (Step.CHOOSE, Step.ISSUE):
            ArchiveRowFactory.create()
        before = request.entries.count(), request.answers.count(), request.disclosures.count()
        with pytest.raises(actions.NotPossibleNow) as refusal:
            DO[step](request, by)
        assert str(State(state).label) in str(refusal.value.sentence)
        request.refresh_from_db()
        assert request.state == state
        assert (request.entries.count(), request.answers.count(), request.disclosures.count()) == before
        return
    DO[step](request, by)
    request.refresh_from_db()
    assert request.state == to
    entry = request.entries.get()
    assert (entry.step, entry.state, entry.at) == (step, to, NOW)
    assert entry.by == (None if step == Step.ADD_PAPER else by)


@pytest.mark.rule("R-121")
def test_no_path_goes_around_the_identity_check() -> None:
    """Without the check, nothing but waiting and the end can be reached."""
    reached, new = {State.REQUESTED}, {State.REQUESTED}
    while new:
        new = {to for (state, step), to in MOVES.items() if state in new and step != Step.CHECK} - reached
        reached |= new
    assert reached == {State.REQUESTED, State.CLOSED}


@pytest.mark.rule("R-121")
@pytest.mark.parametrize("state", [*ANSWERED, State.CHECKED, State.SEARCHING])
def test_the_database_lets_nothing_leave_before_the_check(state: State) -> None:
    request = TranscriptRequestFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        TranscriptRequest.objects.filter(pk=request.pk).update(state=state, looked_at=NOW)


@pytest.mark.rule("R-121", "R-136")
@pytest.mark.parametrize("trait", ["for_other", "to_college"])
def test_the_database_lets_nothing_leave_to_another_without_consent(trait: str) -> None:
    request = TranscriptRequestFactory.create(**{trait: True}, searching=True)
    gone = {f"consent_{name}": "" for name in ("records", "purpose", "recipient", "signed_name")}
    with pytest.raises(IntegrityError), transaction.atomic():
        TranscriptRequest.objects.filter(pk=request.pk).update(
            state=State.SENT, consent_signed_on=None, **gone
        )


@pytest.mark.rule("R-136")
@pytest.mark.parametrize(
    "missing", ["consent_records", "consent_purpose", "consent_recipient", "consent_signed_name"]
)
def test_the_database_refuses_half_a_consent(missing: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TranscriptRequestFactory.create(to_college=True, **{missing: ""})
    with pytest.raises(IntegrityError), transaction.atomic():
        TranscriptRequestFactory.create(to_college=True, consent_signed_on=None)


@pytest.mark.rule("R-122")
def test_the_database_refuses_an_answer_without_a_look(by: Membership) -> None:
    request = TranscriptRequestFactory.create(checked=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        TranscriptRequest.objects.filter(pk=request.pk).update(state=State.NOT_FOUND)


def test_what_was_done_cannot_be_changed(by: Membership) -> None:
    request = at(State.SENT)
    actions.hand_out(request.pk, way=Way.MAIL, on=TODAY, by=by, at=NOW)
    actions.recall(request.pk, text="Of somebody else.", by=by, at=NOW)
    for model in (Entry, IdentityCheck, Look, Answer, Disclosure, Recall):
        assert model.objects.exists()
        for change in CHANGES:
            with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
                change(model.objects.all())


def test_the_database_lets_one_transcript_of_a_request_stand(by: Membership) -> None:
    request = at(State.SENT)
    AnswerFactory.create(
        request=request, kind=AnswerKind.NOT_FOUND, code_hash=""
    )  # letters are no transcripts
    with pytest.raises(IntegrityError, match="a transcript that is not recalled"), transaction.atomic():
        AnswerFactory.create(request=request)
    RecallFactory.create(answer=request.answers.get(kind=AnswerKind.TRANSCRIPT))
    AnswerFactory.create(request=request)
    with pytest.raises(IntegrityError, match="a transcript that is not recalled"), transaction.atomic():
        AnswerFactory.create(request=request)
    AnswerFactory.create()  # of another request
    with pytest.raises(IntegrityError, match="a_recall_says_why"), transaction.atomic():
        RecallFactory.create(answer=AnswerFactory.create(), reason="")


def test_the_checker_looks_after_the_request_unless_somebody_does(by: Membership) -> None:
    mine, other = at(State.REQUESTED), MembershipFactory.create(dese_admin=True)
    theirs = at(State.REQUESTED, assigned_to=other)
    for request in (mine, theirs):
        DO[Step.CHECK](request, by)
        request.refresh_from_db()
    assert (mine.assigned_to, theirs.assigned_to) == (by, other)
    assert mine.identity_check.by == by


def test_only_the_office_looks_after_requests(by: Membership) -> None:
    request = at(State.REQUESTED)
    for stranger in (
        MembershipFactory.create(counselor=True),
        MembershipFactory.create(dese_reviewer=True, ended=True),
    ):
        with pytest.raises(NotOfTheOffice):
            actions.assign(request.pk, to=stranger, by=by, at=NOW)
    actions.assign(request.pk, to=by, by=by, at=NOW)
    before = everything()
    actions.assign(request.pk, to=by, by=by, at=NOW)  # the same again
    assert everything() == before
    actions.assign(request.pk, to=None, by=by, at=NOW)
    request.refresh_from_db()
    assert request.assigned_to is None


def test_a_paper_that_is_not_there_was_not_looked_at(by: Membership) -> None:
    request = at(State.REQUESTED)
    for looked_at in (LookedAt.SENT_ID, LookedAt.CONSENT):
        with pytest.raises(actions.ProofMissing):
            actions.check_identity(request.pk, looked_at=looked_at, what="", by=by, at=NOW)
    assert not IdentityCheck.objects.exists()


def test_a_closed_request_begins_anew(by: Membership) -> None:
    request = at(State.CHECKED)
    DO[Step.CLOSE](request, by)
    DO[Step.REOPEN](request, by)
    request.refresh_from_db()
    assert (request.state, request.identity_check) == (State.REQUESTED, None)
    assert IdentityCheck.objects.filter(request=request).count() == 1  # it stays to be read


@pytest.mark.parametrize(
    ("state", "step", "is_told"),
    [
        (State.REQUESTED, Step.ASK_PROOF, True),
        (State.REQUESTED, Step.CHECK, False),
        (State.CHECKED, Step.LOOK, False),
        (State.SEARCHING, Step.ISSUE, True),
        (State.SEARCHING, Step.MISS, True),
        (State.SEARCHING, Step.SEND_ON, True),
        (State.SEARCHING, Step.CLOSE, True),
        (State.SENT, Step.HAND_OUT, True),
        (State.SENT, Step.RECALL, True),
        (State.CLOSED, Step.REOPEN, True),
    ],
)
def test_the_person_is_mailed_without_a_name(state: State, step: Step, is_told: bool, by: Membership) -> None:
    request = at(state)
    DO[step](request, by)
    mails = list(Notice.objects.values_list("to", "subject", "body"))
    assert len(mails) == is_told
    for to, subject, body in mails:
        assert (to, subject) == (
            "hartley@example.org",
            f"Your request {request.number} for a MoVIP transcript",
        )
        assert body.endswith("/transcripts/status/")
        for secret in ("Ashgrove", "Hartley", "Wilhelmina", "1993", "Southbrook", "Sent twice"):
            assert secret not in subject + body


def test_who_left_no_address_gets_no_mail(by: Membership) -> None:
    DO[Step.ASK_PROOF](at(State.REQUESTED, email=""), by)
    assert not Notice.objects.exists()


def test_requests_of_others_are_nobodys_but_the_office() -> None:
    request = ask()
    for role in ("parent", "counselor", "coordinator", "provider_admin", "host_staff"):
        hat = MembershipFactory.create(**{role: True})
        assert not TranscriptRequest.objects.visible_to(hat).exists()
    for role in ("dese_reviewer", "dese_admin"):
        hat = MembershipFactory.create(**{role: True})
        assert TranscriptRequest.objects.visible_to(hat).get() == request


def test_the_due_list_is_read_by_its_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'transcripts_by_due_day'")
        assert "due_on" in cursor.fetchone()[0]


def test_asking_for_another_needs_a_name() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TranscriptRequestFactory.create(for_other=True, asker_name="")
