"""Old concerns go when two people want it, and then really: a stub stays. What is held or opened again stays whole."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from pghistory.models import Event
from pytest_django.fixtures import Settings

from concerns.actions import timing
from concerns.models import (
    Asked,
    Attachment,
    BulkItem,
    BulkStep,
    Concern,
    ConcernState,
    Entry,
    IdentityConsent,
)
from concerns.retention import actions
from concerns.retention.models import (
    Disposal,
    DisposalItem,
    Hold,
    HoldKind,
    ItemState,
    RetentionRule,
    Stub,
    Table,
    same_day_after,
)
from concerns.retention.of_concerns import PARTS
from concerns.retention.tasks import dispose_confirmed
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.papers.models import DigestItem, Notice
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import (
    AskedFactory,
    AttachmentFactory,
    ConcernFactory,
    EntryFactory,
    IdentityConsentFactory,
    TagFactory,
)
from tests.factories.directory import LeaFactory
from tests.killed import Killed, killed_at

pytestmark = pytest.mark.django_db

TODAY = dt.datetime(2031, 11, 27, 15, tzinfo=CENTRAL)
OLD = dt.datetime(2026, 11, 1, 12, tzinfo=CENTRAL)  # closed ten days later
SECRET = "Zyxquillon"  # stands in everything that is written about the concern


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


def old_concern(**named: Any) -> Concern:
    return ConcernFactory.create(received_at=OLD, closed=True, **named)


def full_concern() -> Concern:
    """An old one with a row of every kind, and something to recognise in each text."""
    concern = old_concern(
        name=f"{SECRET} Name",
        email=f"{SECRET}@example.org",
        phone=SECRET,
        student_name=f"{SECRET} Child",
        course_title=f"{SECRET} Algebra",
        what_happened=f"{SECRET} happened",
        tried=f"{SECRET} tried",
        wanted=f"{SECRET} wanted",
        answers={"question": f"{SECRET} answer"},
        language=SECRET,
    )
    asked = AskedFactory.create(
        concern=concern, answered=True, summary=f"{SECRET} s", question=f"{SECRET} q", asked_at=OLD
    )
    Asked.objects.filter(pk=asked.pk).update(answer=f"{SECRET} a")
    EntryFactory.create(concern=concern, text=f"{SECRET} said")
    EntryFactory.create(concern=concern, text=f"{SECRET} asked", kind="asked", asked=asked)
    IdentityConsentFactory.create(concern=concern, text=f"{SECRET} may be told")
    AttachmentFactory.create(concern=concern, name=f"{SECRET}.pdf")
    AttachmentFactory.create(concern=concern, asked=asked, name=f"{SECRET}-2.pdf")
    concern.tags.add(TagFactory.create())
    timing.start_reply(concern, at=OLD)  # as when it is opened again: the first clock is nobody's then
    concern.save()
    step = BulkStep.objects.create(kind="close", by=asked.asked_by, at=OLD)
    entry = concern.entries.get(kind="to_writer")
    BulkItem.objects.create(step=step, concern=concern, entry=entry, was_state="assigned")
    hold = actions.place_hold(
        kind=HoldKind.LITIGATION,
        why=f"{SECRET} v. Board",
        number=concern.pk,
        by=MembershipFactory.create(dese_reviewer=True),
        at=OLD,
    )
    actions.lift_hold(hold.pk, why=f"{SECRET} settled", by=hold.placed_by, at=OLD)
    Notice.objects.create(
        key=f"concern-received:{concern.pk}",
        to=f"{SECRET}@example.org",
        subject="Your concern",
        body=f"Hello {SECRET}",
        created_at=OLD,
        try_after=OLD,
    )
    DigestItem.objects.create(
        user=MembershipFactory.create(dese_reviewer=True).user,
        day=OLD.date(),
        key=f"concern-late:{concern.pk}:reply",
        sentence=f"{SECRET} waits",
        path="/concerns/",
    )
    Concern.objects.filter(pk=concern.pk).update(student_grade="7")  # one more row in its history
    return concern


def tables_with(text: str) -> set[str]:
    """Every table of the database in which a row holds the text, whatever the column."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def disposed(one: Membership, other: Membership) -> Disposal:
    disposal = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    actions.confirm(disposal.pk, by=other, at=TODAY)
    dispose_confirmed()
    disposal.refresh_from_db()
    return disposal


def states(disposal: Disposal) -> dict[int, str]:
    return dict(disposal.items.values_list("number", "state"))


def test_nothing_is_left_but_a_stub(one: Membership, other: Membership, media: Path) -> None:
    concern, kept = full_concern(), ConcernFactory.create(what_happened="Another, and new.")
    files = [Path(row.file.path) for row in Attachment.objects.filter(concern=concern)]
    assert [file.exists() for file in files] == [True, True]
    assert tables_with(SECRET) == {
        "concerns_concern",
        "concerns_asked",
        "concerns_entry",
        "concerns_attachment",
        "concerns_concernevent",
        "concerns_identityconsent",
        "retention_hold",
        "papers_notice",
        "papers_digestitem",
    }
    clocks = set(Clock.objects.values_list("pk", flat=True))
    disposal = disposed(one, other)
    assert tables_with(SECRET) == set()
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert list(Concern.objects.all()) == [kept]
    for part in PARTS:
        assert not part._default_manager.exists()
    for name in ("Concern", "Asked", "Attachment", "IdentityConsent"):
        event = apps.get_model("concerns", f"{name}Event")
        assert not event.objects.exclude(pgh_obj_id=kept.pk).exists()
    own = {kept.acknowledge_clock_id, kept.sort_clock_id, kept.reply_clock_id}
    assert set(Clock.objects.values_list("pk", flat=True)) == own < clocks
    assert set(apps.get_model("clocks", "ClockEvent").objects.values_list("pgh_obj_id", flat=True)) == own
    stub = Stub.objects.get()
    assert (stub.table, stub.number, stub.category, stub.outcome, stub.joined_to) == (
        "concerns",
        concern.pk,
        "no_decision",
        "settled",
        None,
    )
    assert (stub.received_on, stub.closed_on) == (dt.date(2026, 11, 1), dt.date(2026, 11, 11))
    assert (stub.disposal.proposed_by, stub.disposal.confirmed_by) == (one.user, other.user)
    assert states(disposal) == {concern.pk: ItemState.GONE}
    assert disposal.finished_at is not None


def test_every_table_that_points_at_a_concern_goes_with_it() -> None:
    """Whoever adds one adds it to PARTS, or says here why it stays."""
    stays = {
        # Of the same family, or pointed to by number only.
        "concerns.Concern",
    }
    ours = {Concern, Asked, Entry, Attachment, IdentityConsent}
    pointing = {
        model
        for model in apps.get_models(include_auto_created=True)
        if not issubclass(model, Event)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and not field.many_to_many and field.related_model in ours
    }
    assert {model._meta.label for model in pointing - set(PARTS)} == stays
    assert all(any(field.name == "concern" for field in part._meta.get_fields()) for part in PARTS)


def test_what_is_closed_for_less_than_five_years_stays(one: Membership) -> None:
    last_day = dt.datetime(2026, 11, 27, 23, 59, 59, tzinfo=CENTRAL)
    due = old_concern(closed_at=last_day)
    old_concern(closed_at=last_day + dt.timedelta(seconds=1))
    ConcernFactory.create(received_at=OLD)
    ConcernFactory.create(received_at=OLD, reopened=True)
    disposal = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    assert states(disposal) == {due.pk: ItemState.LISTED}


def test_years_are_those_of_the_calendar() -> None:
    assert same_day_after(dt.date(2024, 2, 29), -5) == dt.date(2019, 2, 28)
    assert same_day_after(dt.date(2024, 2, 29), -4) == dt.date(2020, 2, 29)


def test_one_person_alone_lets_nothing_go(one: Membership, other: Membership) -> None:
    old_concern()
    second_hat: Membership = MembershipFactory.create(dese_admin=True, user=one.user)
    disposal = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    for by in (one, second_hat):
        with pytest.raises(actions.TwoPeople):
            actions.confirm(disposal.pk, by=by, at=TODAY)
    with pytest.raises(IntegrityError, match="two_people_let_go"), transaction.atomic():
        Disposal.objects.filter(pk=disposal.pk).update(confirmed_by=one.user, confirmed_at=TODAY)
    actions.confirm(disposal.pk, by=other, at=TODAY)
    with pytest.raises(actions.NotOpen):
        actions.confirm(disposal.pk, by=other, at=TODAY)


def test_what_nobody_has_confirmed_is_not_done(one: Membership) -> None:
    old_concern()
    disposal = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    assert actions.dispose(disposal.pk, at=TODAY) == 0
    assert Concern.objects.count() == 1


def test_one_proposal_at_a_time_which_can_be_withdrawn(one: Membership, other: Membership) -> None:
    old_concern()
    disposal = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    with pytest.raises(actions.AlreadyProposed):
        actions.propose(Table.CONCERNS, by=other, at=TODAY)
    actions.withdraw(disposal.pk, by=one, at=TODAY)
    with pytest.raises(actions.NotOpen):
        actions.confirm(disposal.pk, by=other, at=TODAY)
    assert actions.propose(Table.CONCERNS, by=other, at=TODAY).pk != disposal.pk


def test_nothing_is_proposed_without_a_rule_or_a_record(one: Membership) -> None:
    with pytest.raises(actions.NothingIsDue):
        actions.propose(Table.CONCERNS, by=one, at=TODAY)
    assert not Disposal.objects.exists()
    RetentionRule.objects.update(valid_to=dt.date(2031, 1, 1))
    with pytest.raises(actions.NoRule):
        actions.propose(Table.CONCERNS, by=one, at=TODAY)


def hold(by: Membership, **named: Any) -> Hold:
    return actions.place_hold(kind=HoldKind.LITIGATION, why="Doe v. Board", by=by, at=TODAY, **named)


def test_what_is_held_is_not_proposed(one: Membership) -> None:
    lea = LeaFactory.create()
    numbered, of_lea, of_category, of_days = (
        old_concern(),
        old_concern(lea=lea),
        old_concern(category="billing"),
        ConcernFactory.create(received_at=OLD - dt.timedelta(days=400), closed=True),
    )
    free = old_concern()
    hold(one, number=numbered.pk)
    hold(one, lea=lea)
    hold(one, category="billing")
    hold(one, received_from=dt.date(2025, 9, 1), received_to=dt.date(2025, 9, 30))
    lifted = hold(one, number=free.pk)
    actions.lift_hold(lifted.pk, why="Settled.", by=one, at=TODAY)
    assert of_days.received_at.date() == dt.date(2025, 9, 27)
    assert states(actions.propose(Table.CONCERNS, by=one, at=TODAY)) == {free.pk: ItemState.LISTED}
    assert {numbered, of_lea, of_category} <= set(Concern.objects.all())


def test_a_hold_without_conditions_keeps_everything(one: Membership) -> None:
    old_concern()
    hold(one)
    with pytest.raises(actions.NothingIsDue):
        actions.propose(Table.CONCERNS, by=one, at=TODAY)


@pytest.mark.parametrize("kind", HoldKind.values)
@pytest.mark.parametrize("when", ["before it is confirmed", "after it is confirmed"])
def test_a_hold_that_comes_later_still_holds(
    one: Membership, other: Membership, when: str, kind: str
) -> None:
    kept, goes = old_concern(), old_concern()
    disposal = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    if when == "after it is confirmed":
        actions.confirm(disposal.pk, by=other, at=TODAY)
    actions.place_hold(kind=HoldKind(kind), why="Asked to see it.", number=kept.pk, by=other, at=TODAY)
    if when == "before it is confirmed":
        actions.confirm(disposal.pk, by=other, at=TODAY)
    assert dispose_confirmed() == 1
    assert states(disposal) == {kept.pk: ItemState.KEPT, goes.pk: ItemState.GONE}
    assert disposal.items.get(number=kept.pk).reason == "held"
    assert list(Concern.objects.all()) == [kept]


def test_what_was_opened_again_meanwhile_stays(one: Membership, other: Membership) -> None:
    concern = old_concern()
    disposal = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    actions.confirm(disposal.pk, by=other, at=TODAY)
    Concern.objects.update(state=ConcernState.REOPENED, closed_at=None, outcome="")
    assert dispose_confirmed() == 0
    assert disposal.items.get(number=concern.pk).reason == "not_due"


def test_joined_concerns_go_together(one: Membership, other: Membership) -> None:
    first = old_concern()
    second = ConcernFactory.create(received_at=OLD, merged=True, merged_into=first)
    third = ConcernFactory.create(received_at=OLD, merged=True, merged_into=second)
    disposal = disposed(one, other)
    assert set(states(disposal)) == {first.pk, second.pk, third.pk}
    assert not Concern.objects.exists()
    assert list(Stub.objects.order_by("number").values_list("number", "joined_to", "closed_on")) == [
        (first.pk, None, dt.date(2026, 11, 11)),
        (second.pk, first.pk, dt.date(2026, 11, 11)),
        (third.pk, second.pk, dt.date(2026, 11, 11)),
    ]


def test_a_hold_on_a_joined_concern_keeps_what_it_was_joined_with(one: Membership, other: Membership) -> None:
    first, free = old_concern(), old_concern()
    joined = ConcernFactory.create(received_at=OLD, merged=True, merged_into=first)
    disposal = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    actions.confirm(disposal.pk, by=other, at=TODAY)
    hold(one, number=joined.pk)
    dispose_confirmed()
    assert states(disposal) == {first.pk: "kept", joined.pk: "kept", free.pk: "gone"}
    with pytest.raises(actions.NothingIsDue):
        actions.propose(Table.CONCERNS, by=one, at=TODAY)


def naming(disposal: str, act: Callable[[], object]) -> None:
    """Does it in a transaction that says which disposal it belongs to."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('retention.disposal', %s, true)", [disposal])
        act()


def test_what_was_said_goes_by_no_other_way(one: Membership, other: Membership) -> None:
    entry = EntryFactory.create(concern=old_concern())
    unlisted = EntryFactory.create()
    disposal = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    named = str(disposal.pk)

    def refuses(disposal: str, act: Callable[[], object]) -> None:
        with pytest.raises(IntegrityError, match=r"What was said|Nobody has confirmed"):
            naming(disposal, act)

    listed, unknown = Entry.objects.filter(pk=entry.pk), Entry.objects.filter(pk=unlisted.pk)
    refuses("", listed.delete)
    refuses(named, listed.delete)
    actions.confirm(disposal.pk, by=other, at=TODAY)
    refuses("", listed.delete)
    refuses(named, unknown.delete)
    for said in ("", named):
        refuses(said, lambda: listed.update(text="Something else."))
    dispose_confirmed()
    assert list(Entry.objects.all()) == [unlisted]
    refuses(named, unknown.delete)


def test_killed_anywhere_it_is_gone_on_with(one: Membership, other: Membership, media: Path) -> None:
    concerns = [old_concern() for _number in range(2)]
    for concern in concerns:
        EntryFactory.create(concern=concern)
        AttachmentFactory.create(concern=concern)
    disposal = actions.propose(Table.CONCERNS, by=one, at=TODAY)
    actions.confirm(disposal.pk, by=other, at=TODAY)
    statement = 0
    while Disposal.objects.to_do().exists():
        statement += 3
        # Each try gets a little farther; what it had committed stays, as outside of a test.
        try:
            with killed_at(statement):
                actions.dispose(disposal.pk, at=TODAY)
        except Killed:
            transaction.set_rollback(False)  # the test's own transaction, which outside is none
        gone = disposal.items.filter(state=ItemState.GONE).count()
        assert gone == Stub.objects.count() == 2 - Concern.objects.count()
        names = set(Attachment.objects.values_list("file", flat=True))
        waiting = {name for item in disposal.items.all() for name in item.files}
        on_disk = {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}
        assert names <= on_disk <= names | waiting
    assert states(disposal) == dict.fromkeys([concern.pk for concern in concerns], ItemState.GONE)
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_done_twice_it_is_done_once(one: Membership, other: Membership) -> None:
    old_concern()
    disposal = disposed(one, other)
    assert actions.dispose(disposal.pk, at=TODAY) == 0
    assert (Stub.objects.count(), DisposalItem.objects.count()) == (1, 1)


def test_holds_are_placed_and_lifted_once_and_say_why(one: Membership, other: Membership) -> None:
    concern = old_concern()
    with pytest.raises(actions.WhyMissing):
        actions.place_hold(kind=HoldKind.AUDIT, why="", number=concern.pk, by=one, at=TODAY)
    with pytest.raises(actions.NotKnown):
        hold(one, number=concern.pk + 1)
    placed = hold(one, number=concern.pk)
    assert hold(one, number=concern.pk) == placed
    with pytest.raises(actions.WhyMissing):
        actions.lift_hold(placed.pk, why="", by=one, at=TODAY)
    for _twice in range(2):
        actions.lift_hold(placed.pk, why="Settled.", by=one, at=TODAY)
    with pytest.raises(actions.WasLifted):
        actions.lift_hold(placed.pk, why="Settled, too.", by=other, at=TODAY)
    assert Hold.objects.count() == 1


def test_strangers_hold_and_let_go_of_nothing(one: Membership) -> None:
    concern, stranger = old_concern(), MembershipFactory.create(lea_admin=True)
    placed, disposal = hold(one, category="billing"), actions.propose(Table.CONCERNS, by=one, at=TODAY)
    for act in (
        lambda: hold(stranger, number=concern.pk),
        lambda: actions.lift_hold(placed.pk, why="No.", by=stranger, at=TODAY),
        lambda: actions.propose(Table.CONCERNS, by=stranger, at=TODAY),
        lambda: actions.confirm(disposal.pk, by=stranger, at=TODAY),
        lambda: actions.withdraw(disposal.pk, by=stranger, at=TODAY),
    ):
        with pytest.raises(actions.OnlyTheOffice):
            act()
    models: list[type[Model]] = [Hold, Disposal, Stub]
    assert not any(model._default_manager.visible_to(stranger).exists() for model in models)  # type: ignore[attr-defined]
