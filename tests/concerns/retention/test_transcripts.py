"""Old requests for transcripts go when two people want it. What left the office stays known as long as the archive."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from pghistory.models import Event
from pytest_django.fixtures import Settings

from concerns import codes, files
from concerns.movip import actions as movip
from concerns.movip import opening
from concerns.movip.actions.asking import secret_of
from concerns.movip.actions.steps import LetGo, locked
from concerns.movip.matching import Terms
from concerns.movip.models import (
    Answer,
    ArchiveRow,
    ChosenRow,
    Disclosure,
    Entry,
    IdentityCheck,
    Look,
    LookedAt,
    Paper,
    PaperKind,
    Place,
    Recall,
    TranscriptRequest,
    Way,
)
from concerns.movip.rules import MOVES, State, Step
from concerns.movip.verifying import find
from concerns.retention import actions
from concerns.retention.models import Disposal, Hold, HoldKind, ItemState, RetentionRule, Stub, Table
from concerns.retention.of_transcripts import EVIDENCE, HANDLING
from concerns.retention.tasks import dispose_confirmed
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Letter, Notice
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.concerns.movip import kit
from tests.concerns.movip.test_answering import code_of
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import ConcernFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.movip import (
    AnswerFactory,
    ArchiveRowFactory,
    ChosenRowFactory,
    DisclosureFactory,
    PaperFactory,
    RecallFactory,
    TranscriptRequestFactory,
)
from tests.factories.papers import PDF
from tests.factories.retention import HoldFactory
from tests.killed import Killed, killed_at

from .test_letting_go import naming, states, tables_with

pytestmark = pytest.mark.django_db

OLD = dt.datetime(2026, 11, 10, 12, tzinfo=CENTRAL)
TODAY = dt.datetime(2031, 11, 27, 15, tzinfo=CENTRAL)
GOES = "Zyxquillon"  # stands in everything that only the handling of a request needs
STAYS = "Vorblemist"  # stands in what the log of disclosures is made of


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def one() -> Membership:
    return MembershipFactory.create(dese_reviewer=True)


@pytest.fixture
def other() -> Membership:
    return MembershipFactory.create(dese_reviewer=True)


def files_in(media: Path) -> set[str]:
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


def files_with(media: Path, text: str) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def old_request(*, at: dt.datetime = OLD, **named: Any) -> TranscriptRequest:
    """Closed without an answer, unless traits say otherwise."""
    request: TranscriptRequest = TranscriptRequestFactory.create(**(named or {"closed": True}))
    Entry.objects.create(request=request, step=Step.RECEIVE, state=State.REQUESTED, at=request.received_at)
    Entry.objects.create(request=request, step=Step.CLOSE, state=request.state, at=at)
    return request


def old_disclosure(**named: Any) -> Disclosure:
    """Of a transcript that its student has saved."""
    disclosure: Disclosure = DisclosureFactory.create(answer__request__sent=True, at=OLD, **named)
    entry = {"request": disclosure.request, "state": State.SENT, "at": OLD}
    Entry.objects.create(step=Step.ISSUE, **entry)
    return disclosure


def full_request(by: Membership, *, last: State) -> TranscriptRequest:
    """One with a row of every kind, led as people lead it, and something to recognise in each text."""
    kept = {
        kind: files.Kept(
            PDF + f" {GOES} {kind}".encode(), f"{GOES}.pdf", "application/pdf", 99, f"{kind:a<64}"
        )
        for kind in (PaperKind.PROOF, PaperKind.CONSENT)
    }
    request = kit.ask(
        kept,
        former_last_name=f"{STAYS} Ashgrove",
        former_first_name=f"{STAYS} Wilhelmina",
        current_last_name=f"{STAYS} Hartley",
        current_first_name=f"{STAYS} Willa",
        school_then=f"{STAYS} High School",
        years=GOES,
        courses=f"{GOES} Algebra",
        email=f"{GOES}@example.org",
        phone=GOES,
        asker="other",
        asker_name=f"{STAYS} Barnaby",
        delivery="college",
        recipient=f"{STAYS} College",
        recipient_address=f"{GOES} Road",
        consent_records=f"{STAYS} transcript",
        consent_purpose=f"{STAYS} admission",
        consent_signed_name=f"{STAYS} Willa",
        consent_signed_on=dt.date(2026, 11, 2),
    )
    pk = request.pk
    movip.ask_proof(pk, text=f"{GOES} paper", by=by, at=kit.NOW)
    movip.assign(pk, to=by, by=by, at=kit.NOW)
    movip.check_identity(pk, looked_at=LookedAt.OTHER, what=f"{STAYS} seen", by=by, at=kit.NOW)
    movip.look_elsewhere(pk, place=Place.FILM, what=f"{GOES} reels", found=0, by=by, at=kit.NOW)
    terms = Terms((f"{GOES}", "Ashgrove"), ("Wilhelmina",), dt.date(1993, 4, 12))
    look = movip.search_archive(pk, terms, by=by, at=kit.NOW)
    rows = [ArchiveRowFactory.create().pk for _each in range(2)]
    choose: dict[str, Any] = {"request_id": pk, "look_id": look.pk, "by": by, "at": kit.NOW}
    if last == State.SENT:
        movip.choose(rows=rows, before=[], **choose)
        movip.choose(rows=rows[:1], before=rows, **choose)
        request.refresh_from_db()
        kit.issue(request, by)
        movip.hand_out(pk, way=Way.MAIL, on=kit.TODAY, by=by, at=OLD)
    else:
        movip.miss(pk, official=kit.OFFICIAL, by=by, at=kit.NOW)
        movip.reopen(pk, text=f"{GOES} is new", by=by, at=kit.NOW)
        movip.choose(rows=rows, before=[], **choose)
        movip.close(pk, text=f"{GOES} taken back", by=by, at=OLD)
    hold = actions.place_hold(
        table=Table.TRANSCRIPTS, kind=HoldKind.AUDIT, why=f"{GOES} audit", number=pk, by=by, at=OLD
    )
    actions.lift_hold(hold.pk, why=f"{GOES} is over", by=by, at=OLD)
    request.refresh_from_db()
    return request


def proposed(one: Membership) -> Disposal:
    return actions.propose(Table.TRANSCRIPTS, by=one, at=TODAY)


def disposed(one: Membership, other: Membership) -> Disposal:
    disposal = proposed(one)
    actions.confirm(disposal.pk, by=other, at=TODAY)
    dispose_confirmed()
    disposal.refresh_from_db()
    return disposal


def test_of_a_request_from_which_nothing_left_a_stub_is_left(
    one: Membership, other: Membership, media: Path
) -> None:
    kept = AnswerFactory.create(request__sent=True)
    mail = Notice.objects.create(
        key="transcript:0", to="a@example.org", created_at=OLD, try_after=OLD, subject="Of another", body=""
    )
    before = files_in(media)
    request = full_request(one, last=State.CLOSED)
    assert Letter.objects.count() == 2
    assert len(files_in(media) - before) == 3
    assert tables_with(GOES) == {
        "movip_entry",
        "movip_look",
        "movip_paper",
        "movip_transcriptrequest",
        "movip_transcriptrequestevent",
        "papers_letter",  # names where was looked
        "papers_notice",
        "retention_hold",
    }
    disposal = disposed(one, other)
    assert tables_with(GOES) == tables_with(STAYS) == set()
    assert files_in(media) == before
    assert list(TranscriptRequest.objects.all()) == [kept.request]
    for model in (*HANDLING, *EVIDENCE, Answer):
        assert not model._default_manager.exclude(request=kept.request).exists()
    for name in ("TranscriptRequest", "Paper", "ChosenRow"):
        event = apps.get_model("movip", f"{name}Event")
        assert not event.objects.exclude(**{"pgh_obj": kept.request_id} if name[0] == "T" else {}).exists()
    events = apps.get_model("papers", "LetterEvent").objects
    assert set(events.values_list("pgh_obj", flat=True)) == {kept.letter_id}
    assert list(Notice.objects.all()) == [mail]
    assert not Hold.objects.exists()
    assert ArchiveRow.objects.count() == 2
    stub = Stub.objects.get()
    assert (stub.table, stub.number, stub.category, stub.outcome) == (
        "transcripts",
        request.pk,
        "",
        "closed",
    )
    assert (stub.received_on, stub.closed_on) == (kit.TODAY, OLD.date())
    assert (stub.disposal.proposed_by, stub.disposal.confirmed_by) == (one.user, other.user)
    assert states(disposal) == {request.pk: ItemState.GONE}
    assert disposal.finished_at is not None


@pytest.mark.rule("R-130")
def test_of_a_transcript_that_left_all_stays_that_its_log_needs(
    one: Membership, other: Membership, media: Path
) -> None:
    request = full_request(one, last=State.SENT)
    secret = secret_of(request)
    answer = Answer.objects.select_related("letter").get()
    code, log = code_of(answer), list(Disclosure.objects.values())
    before = Path(answer.letter.pdf.path).read_bytes()
    assert opening.find(request.number, secret) == request
    assert len(files_in(media)) == 3
    there = tables_with(STAYS)
    disposal = disposed(one, other)
    assert tables_with(GOES) == set()
    assert (
        tables_with(STAYS)
        == there
        == {
            "movip_disclosure",
            "movip_identitycheck",
            "movip_transcriptrequest",
            "movip_transcriptrequestevent",
            "papers_letter",
        }
    )
    assert files_in(media) == {answer.letter.pdf.name}
    assert Path(answer.letter.pdf.path).read_bytes() == before
    # Who, what, when, why, to whom, by whom, by whose leave
    assert list(Disclosure.objects.values()) == log
    assert [row["to_whom"] for row in log] == [f"{STAYS} College"]
    assert list(Answer.objects.all()) == [answer]
    assert IdentityCheck.objects.get() == request.identity_check
    left = TranscriptRequest.objects.get()
    gone = {"form", "secret_hash", "language", "years", "courses", "email", "phone", "recipient_address"}
    changed = {name for name in vars(left) if vars(left)[name] != vars(request)[name]} - {"_state"}
    assert changed == gone | {"assigned_to_id", "let_go_at"}
    assert (left.state, left.let_go_at) == (State.SENT, disposal.items.get().done_at)
    assert ChosenRow.objects.count() == 1
    # The printed paper is still known to be genuine, and nobody opens the page of the request.
    assert find(request.number, code) == answer
    assert find(request.number, "ABCD-EFGH-JKMN") is None
    assert opening.find(request.number, secret) is None
    assert not codes.is_secret("", left.secret_hash)
    # One row of history says what is left.
    (event,) = apps.get_model("movip", "TranscriptRequestEvent").objects.all()
    assert (event.pgh_label, event.form, event.let_go_at) == ("update", None, left.let_go_at)
    (chosen,) = apps.get_model("movip", "ChosenRowEvent").objects.all()
    assert chosen.pgh_obj_id == ChosenRow.objects.get().pk
    for model in HANDLING:
        assert not model._default_manager.exists()
    stub = Stub.objects.get()
    assert (stub.number, stub.outcome, stub.closed_on) == (request.pk, "sent", OLD.date())
    with pytest.raises(actions.NothingIsDue):
        actions.propose(Table.TRANSCRIPTS, by=one, at=TODAY + dt.timedelta(days=4000))


def test_a_letter_that_nobody_got_goes_and_the_one_that_left_stays(
    one: Membership, other: Membership, media: Path
) -> None:
    sent_on = AnswerFactory.create(request__closed=True, kind="sent_on", code_hash="")
    DisclosureFactory.create(answer=sent_on, at=OLD)
    missed = AnswerFactory.create(request=sent_on.request, kind="not_found", code_hash="")
    Entry.objects.create(request=sent_on.request, step=Step.CLOSE, state=State.CLOSED, at=OLD)
    assert len(files_in(media)) == 2
    disposed(one, other)
    assert list(Answer.objects.all()) == [sent_on]
    assert not Letter.objects.filter(pk=missed.letter_id).exists()
    assert files_in(media) == {sent_on.letter.pdf.name}
    assert TranscriptRequest.objects.get().let_go_at is not None


@pytest.mark.parametrize("ends", ["with another transcript", "without one"])
def test_a_recall_goes_or_stays_with_its_transcript(
    one: Membership, other: Membership, media: Path, ends: str
) -> None:
    request = TranscriptRequestFactory.create(searching=True, to_college=True)
    ChosenRowFactory.create(request=request)
    left = kit.issue(request, one)
    movip.hand_out(request.pk, way=Way.MAIL, on=kit.TODAY, by=one, at=kit.NOW)
    movip.recall(request.pk, text=f"{STAYS} of a namesake", by=one, at=kit.NOW)
    never_left = kit.issue(request, one)
    movip.recall(request.pk, text=f"{GOES} of a namesake", by=one, at=kit.NOW)
    if ends == "without one":
        movip.close(request.pk, text="No more.", by=one, at=OLD)
        stay = [left]
    else:
        stay = [left, kit.issue(request, one)]
        movip.hand_out(request.pk, way=Way.MAIL, on=kit.TODAY, by=one, at=OLD)
    code = code_of(left)
    assert tables_with(GOES) == tables_with(STAYS) == {"movip_entry", "movip_recall"}
    disposed(one, other)
    assert (tables_with(GOES), tables_with(STAYS)) == (set(), {"movip_recall"})
    assert sorted(Answer.objects.values_list("pk", flat=True)) == [answer.pk for answer in stay]
    assert never_left not in stay
    recalled = Recall.objects.get()
    assert (recalled.answer, recalled.by, recalled.at) == (left, one, kit.NOW)
    found = find(request.number, code)
    assert found == left and found.recall == recalled  # who holds the paper is told so for as long
    assert files_in(media) == {answer.letter.pdf.name for answer in stay}


def test_a_recall_of_what_nobody_got_goes_with_the_whole_request(one: Membership, other: Membership) -> None:
    request = TranscriptRequestFactory.create(searching=True)
    ChosenRowFactory.create(request=request)
    kit.issue(request, one)
    movip.recall(request.pk, text=f"{GOES} of a namesake", by=one, at=kit.NOW)
    movip.close(request.pk, text="No more.", by=one, at=OLD)
    disposed(one, other)
    assert tables_with(GOES) == set()
    assert not (TranscriptRequest.objects.exists() or Answer.objects.exists() or Recall.objects.exists())
    assert Stub.objects.get().outcome == "closed"


def test_a_recall_goes_by_no_other_way(one: Membership, other: Membership) -> None:
    def refuses(disposal: str, act: Callable[[], object], why: str) -> None:
        with pytest.raises(IntegrityError, match=why):
            naming(disposal, act)

    listed = RecallFactory.create(answer__request=old_request())
    logged = RecallFactory.create(answer=old_disclosure().answer)
    unlisted = RecallFactory.create(answer__request=old_request(at=TODAY))
    disposal = proposed(one)
    named = str(disposal.pk)
    rows = {row: Recall.objects.filter(pk=row.pk) for row in (listed, logged, unlisted)}
    for found in rows.values():
        refuses("", found.delete, "What was done")
        refuses(named, found.delete, "Nobody has confirmed")
        refuses(named, lambda found=found: found.update(reason="Else."), "What was done")  # type: ignore[misc]
    actions.confirm(disposal.pk, by=other, at=TODAY)
    refuses("", rows[listed].delete, "What was done")
    refuses(named, rows[unlisted].delete, "Nobody has confirmed")
    refuses(named, rows[logged].delete, "so the recall stays")
    dispose_confirmed()
    assert set(Recall.objects.all()) == {logged, unlisted}
    refuses(named, rows[logged].delete, "Nobody has confirmed")


def test_every_table_that_points_at_a_request_is_known() -> None:
    """Whoever adds one says in of_transcripts whether it goes, or here why it stays."""
    stays = {
        "movip.TranscriptRequest",  # itself, at its check
        "movip.Answer",  # by whether somebody got it
        "movip.Disclosure",  # the log
        "movip.Recall",  # with its answer
    }
    ours = {TranscriptRequest, Answer, IdentityCheck, Look, Entry, Paper, ChosenRow, Disclosure, Recall}
    pointing = {
        model
        for model in apps.get_models(include_auto_created=True)
        if not issubclass(model, Event)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model in ours
    }
    assert {model._meta.label for model in pointing - {*HANDLING, *EVIDENCE}} == stays


def test_it_is_due_so_many_years_after_its_last_step() -> None:
    last_day = dt.datetime(2026, 11, 27, 23, 59, 59, tzinfo=CENTRAL)
    due = actions.KINDS[Table.TRANSCRIPTS].due
    closed, missed, unsaved = (
        old_request(at=last_day),
        old_request(at=last_day, not_found=True),
        old_request(at=last_day, sent=True),  # nobody has saved it
    )
    old_request(at=last_day + dt.timedelta(seconds=1))
    for open_state in ({"email": ""}, {"checked": True}, {"searching": True}):
        old_request(**open_state)
    TranscriptRequestFactory.create(closed=True)  # nothing says when
    to_mail = [old_request(sent=True, to_college=True), old_request(sent_on=True)]
    saved = old_disclosure().request
    DisclosureFactory.create(answer=saved.answers.get(), at=last_day + dt.timedelta(days=30))
    assert due(TODAY.date(), 5) == [closed.pk, missed.pk, unsaved.pk]
    TranscriptRequest.objects.filter(pk__in=[row.pk for row in to_mail]).update(handed_out_at=OLD)
    later = sorted([closed.pk, missed.pk, unsaved.pk, saved.pk, *(row.pk for row in to_mail)])
    assert set(due(TODAY.date() + dt.timedelta(days=40), 5)) >= set(later)


def test_one_person_alone_lets_nothing_go(one: Membership, other: Membership) -> None:
    old_request()
    second_hat: Membership = MembershipFactory.create(dese_admin=True, user=one.user)
    disposal = proposed(one)
    for by in (one, second_hat):
        with pytest.raises(actions.TwoPeople):
            actions.confirm(disposal.pk, by=by, at=TODAY)
    assert dispose_confirmed() == 0
    with pytest.raises(actions.AlreadyProposed):
        proposed(other)
    actions.withdraw(disposal.pk, by=other, at=TODAY)
    assert TranscriptRequest.objects.count() == 1


def test_each_kind_of_record_has_its_own_rule_list_and_numbers(one: Membership, other: Membership) -> None:
    concern = ConcernFactory.create(received_at=OLD, closed=True)
    request = old_request()
    hold(one, number=request.pk)
    of_concerns = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    assert states(of_concerns) == {concern.pk: ItemState.LISTED}
    HoldFactory.create(category="", table=Table.CONCERNS)  # all of them
    Hold.objects.filter(table=Table.TRANSCRIPTS).delete()
    assert states(proposed(one)) == {request.pk: ItemState.LISTED}
    rule = RetentionRule.objects.get(table=Table.TRANSCRIPTS)
    assert (rule.years, "ASSUMPTION" in rule.source) == (5, True)


def hold(by: Membership, **named: Any) -> Hold:
    return actions.place_hold(
        table=Table.TRANSCRIPTS, kind=HoldKind.LITIGATION, why="Doe v. Board", by=by, at=TODAY, **named
    )


def test_what_is_held_is_not_proposed(one: Membership) -> None:
    numbered, free = old_request(), old_request()
    of_days = old_request(received_at=dt.datetime(2025, 9, 27, 12, tzinfo=CENTRAL), closed=True)
    hold(one, number=numbered.pk)
    hold(one, received_from=dt.date(2025, 9, 1), received_to=dt.date(2025, 9, 30))
    HoldFactory.create(number=free.pk, category="")  # on a concern of the same number
    lifted = hold(one, number=free.pk)
    actions.lift_hold(lifted.pk, why="Settled.", by=one, at=TODAY)
    assert states(proposed(one)) == {free.pk: ItemState.LISTED}
    assert of_days.pk not in actions.KINDS[Table.TRANSCRIPTS].due(TODAY.date(), 5)
    hold(one)
    assert actions.KINDS[Table.TRANSCRIPTS].due(TODAY.date(), 5) == []


def test_a_request_is_not_held_by_what_it_does_not_have(one: Membership) -> None:
    conditions: list[dict[str, Any]] = [
        {"category": "billing"},
        {"lea": LeaFactory.create()},
        {"provider": ProviderFactory.create()},
    ]
    for condition in conditions:
        with pytest.raises(actions.NoSuchCondition):
            hold(one, **condition)
        named = {"category": ""} | condition
        with (
            pytest.raises(IntegrityError, match="transcripts_are_held_by_number_or_by_day"),
            transaction.atomic(),
        ):
            HoldFactory.create(table=Table.TRANSCRIPTS, **named)
    with pytest.raises(actions.NotKnown):
        hold(one, number=999_999)
    assert not Hold.objects.exists()


@pytest.mark.parametrize("kind", HoldKind.values)
@pytest.mark.parametrize("when", ["before it is confirmed", "after it is confirmed"])
def test_a_hold_that_comes_later_still_holds(
    one: Membership, other: Membership, when: str, kind: str
) -> None:
    kept, goes, logged = old_request(), old_request(), old_disclosure().request
    disposal = proposed(one)
    if when == "after it is confirmed":
        actions.confirm(disposal.pk, by=other, at=TODAY)
    for number in (kept.pk, logged.pk):
        actions.place_hold(
            table=Table.TRANSCRIPTS, kind=HoldKind(kind), why="An audit.", number=number, by=other, at=TODAY
        )
    if when == "before it is confirmed":
        actions.confirm(disposal.pk, by=other, at=TODAY)
    assert dispose_confirmed() == 1
    assert states(disposal) == {kept.pk: "kept", goes.pk: "gone", logged.pk: "kept"}
    assert set(disposal.items.values_list("reason", flat=True)) == {"held", ""}
    assert set(TranscriptRequest.objects.filter(let_go_at=None)) == {kept, logged}


def test_what_was_opened_again_or_saved_meanwhile_stays(one: Membership, other: Membership) -> None:
    again, saved = old_request(), old_disclosure().request
    disposal = proposed(one)
    actions.confirm(disposal.pk, by=other, at=TODAY)
    movip.reopen(again.pk, text="A new paper.", by=one, at=TODAY)
    movip.save_own(saved.pk, at=TODAY)
    assert dispose_confirmed() == 0
    assert set(disposal.items.values_list("reason", flat=True)) == {"not_due"}


@pytest.mark.parametrize("state", [State.SENT, State.NOT_FOUND, State.SENT_ON, State.CLOSED])
def test_nothing_more_is_done_with_what_was_let_go(state: State, one: Membership, other: Membership) -> None:
    answer = AnswerFactory.create(request__step=state, kind="sent_on", code_hash="")
    DisclosureFactory.create(answer=answer, at=OLD)
    request = answer.request
    Entry.objects.create(request=request, step=Step.CLOSE, state=state, at=OLD)
    TranscriptRequest.objects.filter(state__in=[State.SENT, State.SENT_ON]).update(handed_out_at=OLD)
    disposed(one, other)
    for of_state, step in MOVES:
        if of_state == state:
            with pytest.raises(LetGo):
                locked(request.pk, step)
    with pytest.raises(LetGo):
        movip.reopen(request.pk, text="Why not.", by=one, at=TODAY)
    with pytest.raises(IntegrityError, match="what_is_let_go_is_over"), transaction.atomic():
        TranscriptRequest.objects.filter(pk=request.pk).update(email="new@example.org")
    with pytest.raises(IntegrityError, match="what_is_let_go_is_over"), transaction.atomic():
        TranscriptRequest.objects.filter(pk=request.pk).update(state=State.SEARCHING, handed_out_at=None)


def test_what_was_done_goes_by_no_other_way(one: Membership, other: Membership) -> None:
    listed, logged = old_request(not_found=True), old_disclosure().request
    AnswerFactory.create(request=listed, kind="not_found", code_hash="")
    unlisted = old_request(not_found=True, at=TODAY)
    disposal = proposed(one)
    named = str(disposal.pk)

    def refuses(disposal: str, act: Callable[[], object]) -> None:
        with pytest.raises(IntegrityError, match=r"What was done|Nobody has confirmed|Something left"):
            naming(disposal, act)

    rows = [model._default_manager.filter(request=listed) for model in (Answer, Entry, Look)]
    for found in rows:
        assert found.exists()
        refuses("", found.delete)
        refuses(named, found.delete)
    actions.confirm(disposal.pk, by=other, at=TODAY)
    for found in rows:
        refuses("", found.delete)
    refuses(named, Entry.objects.filter(request=unlisted).delete)
    refuses(named, lambda: Entry.objects.filter(request=listed).update(text="Else."))
    # The log has no way out, nor has what a disclosure rests on.
    refuses(named, Disclosure.objects.all().delete)
    refuses(named, lambda: IdentityCheck.objects.filter(request=logged)._raw_delete(using="default"))
    dispose_confirmed()
    assert set(Entry.objects.values_list("request", flat=True)) == {unlisted.pk}
    refuses(named, Entry.objects.filter(request=unlisted).delete)


def test_a_disposal_of_concerns_opens_no_way_to_requests(one: Membership, other: Membership) -> None:
    request = old_request()
    ConcernFactory.create(pk=request.pk, received_at=OLD, closed=True)
    disposal = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    actions.confirm(disposal.pk, by=other, at=TODAY)
    with pytest.raises(IntegrityError, match="Nobody has confirmed"):
        naming(str(disposal.pk), Entry.objects.filter(request=request).delete)


def test_killed_anywhere_it_is_gone_on_with(one: Membership, other: Membership, media: Path) -> None:
    plain, logged = old_request(not_found=True), old_disclosure().request
    AnswerFactory.create(request=plain, kind="not_found", code_hash="")
    for request in (plain, logged):
        PaperFactory.create(request=request)
    disposal = proposed(one)
    actions.confirm(disposal.pk, by=other, at=TODAY)
    statement = 0
    while Disposal.objects.to_do().exists():
        statement += 1
        # Each try gets a little farther; what it had committed stays, as outside of a test.
        try:
            with killed_at(statement):
                actions.dispose(disposal.pk, at=TODAY)
        except Killed:
            transaction.set_rollback(False)  # the test's own transaction, which outside is none
        gone = set(disposal.items.filter(state=ItemState.GONE).values_list("number", flat=True))
        assert gone == set(Stub.objects.values_list("number", flat=True))
        there = set(TranscriptRequest.objects.filter(let_go_at=None).values_list("pk", flat=True))
        assert there == {plain.pk, logged.pk} - gone
        assert set(Paper.objects.values_list("request", flat=True)) == there
        names = set(Paper.objects.values_list("file", flat=True)) | set(
            Letter.objects.values_list("pdf", flat=True)
        )
        waiting = {name for item in disposal.items.all() for name in item.files}
        assert names <= files_in(media) <= names | waiting
        assert Disclosure.objects.filter(request=logged).count() == 1
    assert states(disposal) == dict.fromkeys([plain.pk, logged.pk], ItemState.GONE)
    assert files_in(media) == {Letter.objects.get().pdf.name}


def test_done_twice_it_is_done_once(one: Membership, other: Membership) -> None:
    old_request()
    old_disclosure()
    disposal = disposed(one, other)
    assert actions.dispose(disposal.pk, at=TODAY) == 0
    with pytest.raises(actions.NotOpen):
        actions.confirm(disposal.pk, by=other, at=TODAY)
    assert (Stub.objects.count(), TranscriptRequest.objects.count()) == (2, 1)
