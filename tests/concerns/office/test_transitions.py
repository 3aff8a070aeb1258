"""Every act in every state: what the table says happens, and everything else is refused and changes nothing."""

import datetime as dt
from collections.abc import Callable

import pytest

from concerns import actions
from concerns.models import OPEN_STATES, Concern, ConcernState, Entry, Outcome
from concerns.transitions import TABLE, Act, NotNow
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import AskedFactory, ConcernFactory, TagFactory
from tests.factories.directory import LeaFactory
from tests.factories.records import StudentFactory

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 12, 16, tzinfo=dt.UTC)
Do = Callable[[Concern, Membership], object]


def ask(concern: Concern, by: Membership) -> object:
    lea = LeaFactory.create()
    return actions.ask(concern.pk, lea, summary="A family waits.", question="Why?", by=by, at=AT)


def join(concern: Concern, by: Membership) -> object:
    return actions.join(concern.pk, ConcernFactory.create().pk, by=by, at=AT)


DOES: dict[Act, Do] = {
    Act.SORT: lambda concern, by: actions.sort(concern.pk, category="billing", by=by, at=AT),
    Act.ASSIGN: lambda concern, by: actions.assign(
        concern.pk, MembershipFactory.create(dese_reviewer=True), by=by, at=AT
    ),
    Act.RELEASE: lambda concern, by: actions.assign(concern.pk, None, by=by, at=AT),
    Act.NOTE: lambda concern, by: actions.note(concern.pk, "They called.", by=by, at=AT),
    Act.TAG: lambda concern, by: actions.tag(concern.pk, ["urgent"], by=by, at=AT),
    Act.LINK: lambda concern, by: actions.link(concern.pk, StudentFactory.create(), by=by, at=AT),
    Act.WRITE: lambda concern, by: actions.write(concern.pk, "We look into it.", by=by, at=AT),
    Act.ASK_WRITER: lambda concern, by: actions.ask_writer(concern.pk, "When?", by=by, at=AT),
    Act.ASK: ask,
    Act.CLOSE: lambda concern, by: actions.close(
        concern.pk, Outcome.SETTLED, text="It was put right.", by=by, at=AT
    ),
    Act.REOPEN: lambda concern, by: actions.reopen(concern.pk, "We were wrong.", by=by, at=AT),
    Act.JOIN: join,
}
# Of the office; the rest is the writer's and the other side's.
ELSEWHERE = {Act.ANSWER, Act.TAKE_BACK, Act.SEPARATE, Act.HEAR, Act.CONSENT, Act.RATE}
TRAITS = {state: {} if state == ConcernState.RECEIVED else {state.value: True} for state in ConcernState}


def test_every_act_has_a_row_and_every_act_of_the_office_is_tried() -> None:
    assert set(TABLE) == set(Act) == {*DOES, *ELSEWHERE}


@pytest.mark.parametrize("state", list(ConcernState))
@pytest.mark.parametrize("act", list(DOES))
def test_what_the_table_says(act: Act, state: ConcernState) -> None:
    by = MembershipFactory.create(dese_reviewer=True)
    concern = ConcernFactory.create(**TRAITS[state])
    if act == Act.RELEASE and state in TABLE[act] and concern.assigned_to is None:
        concern.assigned_to = by
        concern.save()
    if act == Act.REOPEN and concern.merged_into is not None:
        actions.close(concern.merged_into.pk, Outcome.SETTLED, text="Put right.", by=by, at=AT)
    before = Entry.objects.filter(concern=concern).count()
    if state not in TABLE[act]:
        with pytest.raises(NotNow) as refusal:
            DOES[act](concern, by)
        assert str(refusal.value)
        concern.refresh_from_db()
        assert (concern.state, Entry.objects.filter(concern=concern).count()) == (state, before)
        return
    DOES[act](concern, by)
    concern.refresh_from_db()
    target = TABLE[act][state]
    if target is None:
        target = ConcernState.ASSIGNED if concern.assigned_to_id else ConcernState.SORTED
    assert concern.state == target
    assert Entry.objects.filter(concern=concern).count() > before


@pytest.mark.parametrize("act", list(DOES))
def test_only_the_office(act: Act) -> None:
    stranger = MembershipFactory.create(coordinator=True)
    state = ConcernState.CLOSED if act == Act.REOPEN else ConcernState.ASSIGNED
    concern = ConcernFactory.create(**TRAITS[state])
    TagFactory.create()
    with pytest.raises(actions.OnlyTheOffice):
        DOES[act](concern, stranger)
    concern.refresh_from_db()
    assert (concern.state, Entry.objects.filter(concern=concern).count()) == (state, 0)


@pytest.mark.parametrize("state", [*OPEN_STATES])
def test_a_question_waits_until_the_last_one_is_answered(state: ConcernState) -> None:
    office = MembershipFactory.create(dese_reviewer=True)
    concern = ConcernFactory.create(**TRAITS[state])
    leas: list[Lea] = [LeaFactory.create(), LeaFactory.create()]
    first, second = (
        actions.ask(concern.pk, lea, summary="A family waits.", question="Why?", by=office, at=AT)
        for lea in leas
    )
    for asked, expected in ((first, ConcernState.AWAITING), (second, ConcernState.RESPONDED)):
        assert asked.lea is not None
        hat = MembershipFactory.create(coordinator=True, organization=asked.lea.organization)
        actions.answer(asked.pk, "We decided.", by=hat, at=AT)
        concern.refresh_from_db()
        assert concern.state == expected


@pytest.mark.parametrize("assigned", [True, False])
def test_a_question_taken_back_lets_it_rest(assigned: bool) -> None:
    office = MembershipFactory.create(dese_reviewer=True)
    concern = ConcernFactory.create(awaiting=True) if assigned else ConcernFactory.create(state="awaiting")
    asked = AskedFactory.create(concern=concern)
    actions.take_question_back(asked.pk, by=office, at=AT)
    actions.take_question_back(asked.pk, by=office, at=AT)
    concern.refresh_from_db()
    assert concern.state == (ConcernState.ASSIGNED if assigned else ConcernState.SORTED)
    assert list(Entry.objects.filter(concern=concern).values_list("kind", flat=True)) == ["asked_no_more"]
