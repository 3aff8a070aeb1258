"""The night counts what is in the tables, raises a note once an episode, and tells the office."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from concerns.models import Outcome
from concerns.patterns import actions, notices
from concerns.patterns.counting import count
from concerns.patterns.method import Cell, Counted, NoteKind
from concerns.patterns.models import Look, Method, NoMethod, Note
from concerns.patterns.tasks import look_at_the_night
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.papers.models import DigestItem
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import ConcernFactory
from tests.factories.directory import LeaFactory, ProviderFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 24)
NIGHT = dt.datetime(2026, 11, 25, 2, 40, tzinfo=CENTRAL)


def concerns(number: int, *, ago: int, every: int = 1, **named: Any) -> None:
    """So many, the newest so many days before the day, one every so many days."""
    for place in range(number):
        at = dt.datetime.combine(DAY - dt.timedelta(days=ago + place * every), dt.time(12), tzinfo=CENTRAL)
        ConcernFactory.create(received_at=at, clocked=False, **named)


@pytest.fixture
def provider() -> Provider:
    return ProviderFactory.create()


@pytest.fixture
def cluster(provider: Provider) -> None:
    """A year in which little came in, and a week in which six did."""
    concerns(12, ago=30, every=30, category="teacher", provider=provider)
    concerns(60, ago=0, every=6, category="teacher", provider=ProviderFactory.create())
    concerns(8, ago=0, category="teacher", provider=provider)


def test_cells_are_counted_with_the_others_of_their_category(provider: Provider) -> None:
    lea: Lea = LeaFactory.create()
    concerns(3, ago=0, category="teacher", provider=provider, lea=lea, rule="R-15")
    concerns(2, ago=28, category="teacher", provider=provider)
    concerns(4, ago=27, every=0, category="teacher")
    concerns(1, ago=5, category="billing", rule="R-15")
    concerns(1, ago=0, category="teacher", provider=provider, merged=True)
    concerns(1, ago=0, category="teacher", provider=provider, closed=True, outcome=Outcome.NOT_A_CONCERN)
    concerns(1, ago=-1, category="teacher", provider=provider)
    ConcernFactory.create(  # the last moment of the day
        received_at=dt.datetime.combine(DAY, dt.time(23, 59, 59), tzinfo=CENTRAL), category="billing", lea=lea
    )
    night = count(DAY, Method.objects.at(DAY))
    # What a joined concern was joined with is one, too, received when nobody says otherwise.
    assert sorted(night.cells, key=lambda one: (one.cell.kind, one.cell.category)) == [
        Counted(Cell(NoteKind.DISTRICT, category="billing", lea_id=lea.pk), 1, 0, 1, 0),
        Counted(Cell(NoteKind.DISTRICT, category="teacher", lea_id=lea.pk), 3, 0, 4, 2),
        Counted(Cell(NoteKind.PROVIDER, category="teacher", provider_id=provider.pk), 3, 2, 4, 0),
        Counted(Cell(NoteKind.RULE, rule="R-15"), 4, 0, 6, 2),
    ]
    assert night.past_days == 2


def test_counting_asks_twice_however_much_there_is(cluster: None) -> None:
    with connection.execute_wrapper(Asked()) as asked:
        count(DAY, Method.objects.at(DAY))
    del asked


class Asked:
    """Fails at the fourth statement: one for the method, two for counting."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Any, *question: Any) -> Any:
        self.number += 1
        assert self.number <= 3
        return execute(*question)


def test_a_rise_is_noted_with_its_numbers_and_told_to_the_office(cluster: None, provider: Provider) -> None:
    reviewer: Membership = MembershipFactory.create(dese_reviewer=True)
    looked = actions.look_at_night(at=NIGHT)
    assert (looked.day, looked.raised, looked.rising) == (DAY, 1, 1)
    note = Note.objects.get()
    assert (note.kind, note.category, note.provider, note.lea, note.rule) == (
        "provider",
        "teacher",
        provider,
        None,
        "",
    )
    assert (note.recent, note.past, note.others_recent, note.others_past) == (8, 12, 5, 55)
    assert (note.found_on, note.last_on, note.ended_on, note.raised_at) == (DAY, DAY, None, NIGHT)
    assert note.chance < note.threshold == 0.05 / looked.cells
    assert note.past_days == 333
    assert note.expected == pytest.approx(12 * (5 + 20 * 28 / 361) / (55 + 20 * 333 / 361))
    item = DigestItem.objects.get(user=reviewer.user)
    assert (item.key, item.path) == ("patterns-rise", "/concerns/patterns/")


def test_a_night_is_looked_at_once(cluster: None) -> None:
    assert actions.look_at_night(at=NIGHT) is not None
    assert actions.look_at_night(at=NIGHT + dt.timedelta(hours=1)) is None
    assert actions.look(DAY - dt.timedelta(days=1), at=NIGHT) is None
    assert (Look.objects.count(), Note.objects.count()) == (1, 1)


def test_what_was_killed_is_done_again_whole(cluster: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(**_named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(notices, "tell_office", killed)
        with pytest.raises(KeyboardInterrupt):
            actions.look_at_night(at=NIGHT)
    assert (Look.objects.count(), Note.objects.count()) == (0, 0)
    assert actions.look_at_night(at=NIGHT).raised == 1


def test_an_episode_has_one_note_and_ends_after_a_quiet_window(cluster: None, provider: Provider) -> None:
    first = actions.look_at_night(at=NIGHT)
    note = Note.objects.get()
    raised, last = [first.raised], DAY
    for days in range(1, 60):
        looked = actions.look(DAY + dt.timedelta(days=days), at=NIGHT + dt.timedelta(days=days))
        raised.append(looked.raised)
        if looked.rising:
            last = looked.day
    note.refresh_from_db()
    assert sum(raised) == 1
    assert (note.last_on, note.ended_on) == (last, last + dt.timedelta(days=28))
    # What comes back after that is another episode.
    day = DAY + dt.timedelta(days=60)
    for hour in range(9):
        at = dt.datetime.combine(day, dt.time(8 + hour), tzinfo=CENTRAL)
        ConcernFactory.create(received_at=at, category="teacher", provider=provider, clocked=False)
    assert actions.look(day, at=NIGHT + dt.timedelta(days=60)).raised == 1


def test_with_too_little_past_nothing_is_compared(provider: Provider) -> None:
    concerns(9, ago=0, category="teacher", provider=provider)
    concerns(1, ago=28 + 54, category="billing")
    looked = actions.look_at_night(at=NIGHT)
    assert (looked.past_days, looked.rising) == (55, 0)
    concerns(1, ago=28 + 55, category="billing")
    assert actions.look(DAY + dt.timedelta(days=1), at=NIGHT).rising == 1


def test_an_empty_portal_is_looked_at_too() -> None:
    looked = actions.look_at_night(at=NIGHT)
    assert (looked.cells, looked.past_days, looked.raised) == (0, 0, 0)


def test_a_day_without_numbers_is_refused() -> None:
    with pytest.raises(NoMethod):
        actions.look(dt.date(2020, 1, 1), at=NIGHT)


def test_the_worker_looks(cluster: None) -> None:
    look_at_the_night()
    assert Look.objects.count() == 1
    assert look_at_the_night() is None


def test_a_note_is_seen_dismissed_and_brought_back(cluster: None) -> None:
    actions.look_at_night(at=NIGHT)
    note = Note.objects.get()
    one: Membership = MembershipFactory.create(dese_reviewer=True)
    other: Membership = MembershipFactory.create(dese_admin=True)
    for by in (one, other):
        actions.see(note.pk, by=by, at=NIGHT)
    note.refresh_from_db()
    assert note.seen_by == one
    with pytest.raises(actions.ReasonMissing):
        actions.dismiss(note.pk, reason="", by=one, at=NIGHT)
    for _twice in range(2):
        actions.dismiss(note.pk, reason="One teacher was ill.", by=one, at=NIGHT)
    with pytest.raises(actions.WasDismissed):
        actions.dismiss(note.pk, reason="Another reason.", by=other, at=NIGHT)
    # Dismissed, it is not raised anew while the same goes on.
    assert actions.look(DAY + dt.timedelta(days=1), at=NIGHT).raised == 0
    note.refresh_from_db()
    assert (note.reason, note.dismissed_by, note.last_on) == (
        "One teacher was ill.",
        one,
        DAY + dt.timedelta(days=1),
    )
    actions.bring_back(note.pk, by=other)
    with pytest.raises(actions.NotDismissed):
        actions.bring_back(note.pk, by=other)


def test_only_the_office_touches_notes(cluster: None) -> None:
    actions.look_at_night(at=NIGHT)
    note, stranger = Note.objects.get(), MembershipFactory.create(provider_admin=True)
    with pytest.raises(actions.OnlyTheOffice):
        actions.see(note.pk, by=stranger, at=NIGHT)
    with pytest.raises(actions.OnlyTheOffice):
        actions.dismiss(note.pk, reason="No.", by=stranger, at=NIGHT)
    with pytest.raises(actions.OnlyTheOffice):
        actions.bring_back(note.pk, by=stranger)
    assert not Note.objects.visible_to(stranger).exists()
