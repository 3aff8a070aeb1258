"""Rules of routing, line by line; sorting by itself and by a person."""

import datetime as dt
from contextlib import suppress
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from concerns import actions
from concerns.actions import sorting
from concerns.models import Concern, ConcernState, RoutingRule
from concerns.routing import Facts, facts_of, first_fitting, fitting_any, route, rules_on
from concerns.tasks import sort_received
from concerns.words import category_words
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.papers.models import DigestItem, Notice
from mocap_portal.foundation.shared.calendar import central_date
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import RECEIVED, ConcernFactory, RoutingRuleFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.killed import Killed, killed_at

from .kit import AT, kinds, reviewer

pytestmark = pytest.mark.django_db

DAY = central_date(AT)


def facts(**more: Any) -> Facts:
    plain: dict[str, Any] = {
        "category": "quality",
        "track": "",
        "writer": "parent",
        "lea_id": None,
        "provider_id": None,
    }
    return Facts(**(plain | more))


# Which rule wins ----------------------------------------------------------------------------------


def test_the_first_whose_every_condition_is_met() -> None:
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    both = RoutingRuleFactory.create(position=50, category="billing", provider=provider)
    of_lea = RoutingRuleFactory.create(position=51, lea=lea)
    of_students = RoutingRuleFactory.create(position=52, writer="student", track="full_time")
    every = RoutingRuleFactory.create(position=53)
    rules = [both, of_lea, of_students, every]
    billing = {"category": "billing", "provider_id": provider.pk}
    assert [
        first_fitting(one, rules)
        for one in (
            facts(**billing),
            facts(category="billing"),
            facts(**billing, lea_id=lea.pk),
            facts(lea_id=lea.pk),
            facts(writer="student", track="full_time"),
            facts(writer="student"),
        )
    ] == [both, every, both, of_lea, of_students, every]
    assert first_fitting(facts(), []) is None


def test_of_rules_that_hold_that_day() -> None:
    RoutingRule.objects.all().delete()
    ended = RoutingRuleFactory.create(valid_to=DAY - dt.timedelta(days=1))
    RoutingRuleFactory.create(valid_from=DAY + dt.timedelta(days=1))
    now = RoutingRuleFactory.create(valid_to=DAY)
    concern = ConcernFactory.create()
    assert (route(concern, DAY), route(concern, DAY - dt.timedelta(days=1))) == (now, ended)
    assert route(concern, DAY + dt.timedelta(days=400)) == RoutingRule.objects.get(valid_from__gt=DAY)


def test_places_decide_and_then_age() -> None:
    RoutingRule.objects.all().delete()
    later = RoutingRuleFactory.create(position=7)
    first = RoutingRuleFactory.create(position=3)
    second = RoutingRuleFactory.create(position=7)
    assert rules_on(DAY) == [first, later, second]


def test_the_database_finds_what_any_rule_fits() -> None:
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    by_kind = {
        "category": RoutingRuleFactory.create(category="billing"),
        "both": RoutingRuleFactory.create(category="safety", writer="student"),
        "track": RoutingRuleFactory.create(category="", track="full_time"),
        "lea": RoutingRuleFactory.create(category="", lea=lea),
        "provider": RoutingRuleFactory.create(category="", provider=provider),
        "every": RoutingRuleFactory.create(category=""),
    }
    concerns = [
        ConcernFactory.create(category="billing"),
        ConcernFactory.create(category="safety"),
        ConcernFactory.create(category="safety", writer="student"),
        ConcernFactory.create(category="other", about_district=True, track="full_time"),
        ConcernFactory.create(category="other", lea=lea),
        ConcernFactory.create(category="other", provider=provider),
        ConcernFactory.create(category="other"),
    ]
    every = by_kind.pop("every")
    for rules in (
        [],
        *([rule] for rule in by_kind.values()),
        list(by_kind.values()),
        [every],
        [by_kind["lea"], every],
    ):
        by_hand = {one.pk for one in concerns if first_fitting(facts_of(one), rules)}
        assert set(Concern.objects.filter(fitting_any(rules)).values_list("pk", flat=True)) == by_hand


SHIPPED = [("safety", 1), ("discrimination", 5), ("disability", 5), ("privacy", 5), ("denial", 10)]


def test_every_shipped_rule_is_tried() -> None:
    rows = RoutingRule.objects.order_by("position")
    assert list(rows.values_list("category", "days")) == SHIPPED


@pytest.mark.parametrize(("category", "days"), SHIPPED)
def test_a_shipped_rule_wants_a_sooner_reply(category: str, days: int) -> None:
    concern = ConcernFactory.create(category=category, about_district=True, track="part_time")
    rule = route(concern, DAY)
    assert rule is not None
    assert (rule.category, rule.days, rule.to) == (category, days, None)
    actions.sort_received(at=AT)
    concern.refresh_from_db()
    assert concern.reply_clock is not None
    assert (concern.state, concern.reply_clock.business_days) == (ConcernState.SORTED, days)


def test_what_no_shipped_rule_names_waits_for_a_person() -> None:
    for category in set(category_words()) - {category for category, _days in SHIPPED}:
        assert route(ConcernFactory.create(category=category), DAY) is None


# By itself ----------------------------------------------------------------------------------------


class TestSortingByItself:
    def test_a_rule_gives_it_to_a_reviewer(self) -> None:
        rule = RoutingRuleFactory.create()
        concern = ConcernFactory.create()
        assert actions.sort_received(at=AT) == 1
        concern.refresh_from_db()
        assert (concern.state, concern.assigned_to, kinds(concern)) == (
            ConcernState.ASSIGNED,
            rule.to,
            ["sorted", "assigned"],
        )
        assert concern.sort_clock is not None
        assert concern.sort_clock.stopped_at == AT
        # A rule is nobody who has taken it up.
        assert concern.acknowledge_clock is not None
        assert concern.acknowledge_clock.stopped_at is None
        (notice,) = Notice.objects.all()
        assert rule.to is not None
        assert (notice.user, concern.number in notice.body) == (rule.to.user, True)
        assert "Wanda" not in notice.body + notice.subject

    def test_twice_is_once(self) -> None:
        RoutingRuleFactory.create()
        concern = ConcernFactory.create()
        assert [actions.sort_received(at=AT) for _time in range(2)] == [1, 0]
        assert (kinds(concern), Notice.objects.count()) == (["sorted", "assigned"], 1)

    def test_without_a_rule_it_waits_and_the_office_hears_once_a_day(self) -> None:
        RoutingRule.objects.all().delete()
        office = reviewer()
        concern = ConcernFactory.create()
        ConcernFactory.create()
        assert [actions.sort_received(at=AT) for _time in range(2)] == [0, 0]
        concern.refresh_from_db()
        assert (concern.state, kinds(concern)) == (ConcernState.RECEIVED, [])
        assert DigestItem.objects.filter(user=office.user).count() == 1
        RoutingRuleFactory.create(to=office)
        assert actions.sort_received(at=AT) == 2  # a rule that comes later sorts what waits

    def test_however_many_no_rule_fits_what_comes_later_is_sorted(
        self, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        monkeypatch.setattr(sorting, "SORTED_AT_ONCE", 2)
        RoutingRule.objects.all().delete()
        RoutingRuleFactory.create(category="safety")
        early = [ConcernFactory.create(category="other") for _number in range(3)]
        late = [
            ConcernFactory.create(category="safety", received_at=RECEIVED + dt.timedelta(hours=1))
            for _number in range(3)
        ]
        assert [actions.sort_received(at=AT) for _time in range(3)] == [2, 1, 0]
        for concern in early + late:
            concern.refresh_from_db()
        assert [concern.state for concern in early + late] == ["received"] * 3 + ["assigned"] * 3
        # The rules, whether any is left to people, telling the office so, and that there is nothing to sort.
        with django_assert_num_queries(5):
            actions.sort_received(at=AT)

    @pytest.mark.parametrize("why", ["nobody", "ended", "elsewhere"])
    def test_to_nobody_it_stays_in_the_common_inbox(self, why: str) -> None:
        to = {
            "nobody": None,
            "ended": MembershipFactory.create(dese_reviewer=True, ended_at=AT),
            "elsewhere": MembershipFactory.create(coordinator=True),
        }[why]
        RoutingRuleFactory.create(to=to)
        concern = ConcernFactory.create()
        actions.sort_received(at=AT)
        concern.refresh_from_db()
        assert (concern.state, concern.assigned_to, kinds(concern)) == (ConcernState.SORTED, None, ["sorted"])

    @pytest.mark.parametrize(("days", "due"), [(3, dt.date(2026, 11, 13)), (40, dt.date(2026, 12, 2))])
    def test_fewer_days_for_the_reply(self, days: int, due: dt.date) -> None:
        RoutingRuleFactory.create(days=days)
        concern = ConcernFactory.create()
        actions.sort_received(at=AT)
        concern.refresh_from_db()
        assert concern.reply_clock is not None
        assert (concern.reply_clock.due_on, concern.reply_clock.started_at) == (due, RECEIVED)
        own = {concern.acknowledge_clock_id, concern.reply_clock_id}
        assert set(Clock.objects.unfinished().values_list("pk", flat=True)) == own

    def test_killed_anywhere_a_concern_is_sorted_or_as_it_came(self) -> None:
        RoutingRuleFactory.create()
        concerns = [ConcernFactory.create() for _number in range(2)]
        whole: list[tuple[str, list[str]]] = [("received", []), ("assigned", ["sorted", "assigned"])]
        for statement in (3, 5, 9, 14, 20, 27, 35):
            with suppress(Killed), killed_at(statement):
                actions.sort_received(at=AT)
            for concern in concerns:
                concern.refresh_from_db()
                assert (concern.state, kinds(concern)) in whole
        sort_received()
        assert [kinds(concern) for concern in concerns] == [["sorted", "assigned"]] * 2
        assert Notice.objects.count() == 2


# By a person --------------------------------------------------------------------------------------


def test_a_person_sorts() -> None:
    by, lea = reviewer(), LeaFactory.create()
    concern = ConcernFactory.create()
    for _time in range(2):
        actions.sort(concern.pk, category="billing", lea=lea, rule="R-15", by=by, at=AT)
    concern.refresh_from_db()
    assert (concern.state, concern.category, concern.lea, concern.rule) == (
        ConcernState.SORTED,
        "billing",
        lea,
        "R-15",
    )
    assert kinds(concern) == ["sorted"]
    assert concern.due_on == Concern.objects.get().due_on == dt.date(2026, 12, 2)  # the reply is left
    assert concern.acknowledge_clock is not None
    assert concern.acknowledge_clock.stopped_at == AT


def test_a_person_sorts_nothing_else() -> None:
    concern = ConcernFactory.create()
    with pytest.raises(TypeError):
        actions.sort(concern.pk, name="Somebody", by=reviewer(), at=AT)


# The list of rules --------------------------------------------------------------------------------


class TestRules:
    def test_added_at_the_end_moved_and_ended(self) -> None:
        RoutingRule.objects.all().delete()
        admin = MembershipFactory.create(dese_admin=True)
        first, second = (
            actions.add_rule(by=admin, note=note, valid_from=DAY, category=category, to=admin)
            for note, category in (("one", "billing"), ("two", "quality"))
        )
        again = actions.add_rule(by=admin, note="two", valid_from=DAY, category="quality", to=admin)
        assert (again, rules_on(DAY)) == (second, [first, second])
        actions.move_rule(second.pk, up=True, on=DAY, by=admin)
        assert rules_on(DAY) == [second, first]
        actions.move_rule(second.pk, up=True, on=DAY, by=admin)  # it is the first
        actions.move_rule(second.pk, up=False, on=DAY, by=admin)
        assert rules_on(DAY) == [first, second]
        with pytest.raises(actions.EndsBeforeItStarts):
            actions.end_rule(first.pk, on=DAY - dt.timedelta(days=1), by=admin)
        actions.end_rule(first.pk, on=DAY, by=admin)
        assert (rules_on(DAY), rules_on(DAY + dt.timedelta(days=1))) == ([first, second], [second])

    def test_only_an_administrator(self) -> None:
        rule, by = RoutingRuleFactory.create(), reviewer()
        for act in (
            lambda: actions.add_rule(by=by, note="one", valid_from=DAY),
            lambda: actions.end_rule(rule.pk, on=DAY, by=by),
            lambda: actions.move_rule(rule.pk, up=True, on=DAY, by=by),
        ):
            with pytest.raises(actions.OnlyAdministrators):
                act()

    def test_to_nobody_elsewhere(self) -> None:
        admin = MembershipFactory.create(dese_admin=True)
        with pytest.raises(actions.NotOfTheOffice):
            actions.add_rule(
                by=admin, note="one", valid_from=DAY, to=MembershipFactory.create(coordinator=True)
            )
