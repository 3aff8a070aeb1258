"""Two people of the office look at what goes, and hold what must stay."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client, TestCase
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import strip_tags

from concerns.models import Concern
from concerns.retention.models import Disposal, Hold, RetentionRule
from concerns.retention.tasks import dispose
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import ConcernFactory
from tests.factories.retention import DisposalFactory, DisposalItemFactory, HoldFactory, StubFactory
from tests.queries import queries_of
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = dt.datetime(2031, 11, 28, 9, tzinfo=CENTRAL)
OLD = dt.datetime(2026, 11, 2, 12, tzinfo=CENTRAL)
OVERVIEW = "/concerns/retention/concerns/"


def words(response: Any) -> str:
    """What the page says, without its tags."""
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).split())


def of_concerns(page: str) -> str:
    return reverse(f"retention:{page}", args=["concerns"])


def office(name: str) -> Client:
    return sign_in(Client(), MembershipFactory.create(dese_reviewer=True, user__name=name))


def test_one_proposes_and_another_confirms() -> None:
    concern = ConcernFactory.create(received_at=OLD, closed=True)
    with time_machine.travel(TODAY, tick=False):
        one, other = office("Ann One"), office("Olga Other")
        text = words(one.get(OVERVIEW))
        assert "One concern is old enough and not held." in text
        assert "Concerns: propose to dispose" in words(one.get(of_concerns("propose")))
        text = words(one.post(of_concerns("propose"), follow=True))
        assert "1 concern is on the list." in text
        assert "A disposal is proposed and waits for another person." in text
        disposal = Disposal.objects.get()
        here = reverse("retention:disposal", args=[disposal.pk])
        assert f"<title>Disposal of {date_format(disposal.as_of)} |" in one.get(here).content.decode()
        text = words(one.get(here))
        assert concern.number in text
        assert "Nov 12, 2026" in text
        assert "Another person of the MOCAP office has to confirm it." in text
        assert "Confirm it" not in text
        confirm = reverse("retention:confirm", args=[disposal.pk])
        assert "You have proposed this yourself." in words(one.post(confirm, follow=True))
        assert "Dispose of 1 concern for good?" in words(other.get(confirm))
        with TestCase.captureOnCommitCallbacks() as begun:
            assert "It is confirmed." in words(other.post(confirm, follow=True))
        assert len(begun) == 1
        dispose(disposal.pk)
        text = words(other.get(here))
        assert "Let go" in text
        assert "Confirmed by Olga Other" in text
        text = words(other.get(of_concerns("stubs")))
        assert concern.number in text
        assert "Ann One and Olga Other" in text
        assert "Settled: what was wrong was put right" in text
    assert not Concern.objects.exists()


def test_a_proposal_is_withdrawn() -> None:
    disposal = DisposalItemFactory.create().disposal
    client = office("Ann One")
    address = reverse("retention:withdraw", args=[disposal.pk])
    assert "Withdraw the proposal?" in words(client.get(address))
    assert "The proposal is withdrawn." in words(client.post(address, follow=True))
    assert "confirmed or withdrawn already" in words(client.post(address, follow=True))


def test_holds_are_placed_on_one_concern_or_on_a_kind() -> None:
    client, concern = office("Ann One"), ConcernFactory.create()
    address = of_concerns("place")
    filled_in = client.get(address, {"number": concern.number}).content.decode()
    assert f'value="{concern.number}"' in filled_in
    assert "<script>" not in client.get(address, {"number": "<script>"}).content.decode()
    said = {"kind": "litigation", "why": "Doe v. Board"}
    for wrong, sentence in (
        ({}, "Give the number of a concern, say which kind, or tick that all are held."),
        ({"number": "C-12a"}, "Write the number as it is on the receipt"),
        ({"number": concern.number, "category": "billing"}, "Not both."),
        ({"number": f"C-{concern.pk + 1}"}, "There is no record of this number."),
        (
            {
                "received_from_month": "3", "received_from_day": "2", "received_from_year": "2026",
                "received_to_month": "3", "received_to_day": "1", "received_to_year": "2026",
            },
            "This day is before the first one.",
        ),
    ):  # fmt: skip
        assert sentence in words(client.post(address, said | wrong))
    assert not Hold.objects.exists()
    for _twice in range(2):
        assert client.post(address, said | {"number": concern.number.lower()})["Location"] == OVERVIEW
    client.post(address, said | {"everything": "on"})
    assert list(Hold.objects.order_by("pk").values_list("number", "category")) == [
        (concern.pk, ""),
        (None, ""),
    ]
    text = words(client.get(OVERVIEW))
    assert concern.number in text
    assert "Every concern" in text


def test_a_hold_is_lifted_with_a_reason() -> None:
    client, hold = office("Ann One"), HoldFactory.create()
    address = reverse("retention:lift", args=[hold.pk])
    assert "Held: A bill, a fee or a price." in words(client.get(address))
    assert "This field is required." in words(client.post(address, {"why": ""}))
    assert "The hold is lifted." in words(client.post(address, {"why": "Settled."}, follow=True))
    assert "lifted this hold already" in words(client.post(address, {"why": "No."}))
    assert "Nothing is held." in words(client.get(OVERVIEW))


def test_empty_pages_say_so() -> None:
    client = office("Ann One")
    text = words(client.get(OVERVIEW))
    for sentence in ("Nothing is old enough", "Nothing is held.", "Nothing was ever disposed of.", "5 years"):
        assert sentence in text
    assert "Nothing was disposed of yet." in words(client.get(of_concerns("stubs")))
    RetentionRule.objects.all().delete()
    assert "No rule says how long concerns are kept." in words(client.get(OVERVIEW))
    assert "No rule says" in words(client.post(of_concerns("propose"), follow=True))


def test_pages_ask_the_same_few_questions_however_much_there_is() -> None:
    client, disposal = office("Ann One"), DisposalFactory.create(confirmed=True)
    addresses = [OVERVIEW, of_concerns("stubs"), reverse("retention:disposal", args=[disposal.pk])]

    def fill(number: int) -> None:
        for _each in range(number):
            HoldFactory.create()
            StubFactory.create()
            DisposalItemFactory.create(disposal=disposal, number=ConcernFactory.create(closed=True).pk)

    fill(2)
    few = queries_of(client, addresses)
    fill(8)
    assert queries_of(client, addresses) == few
    assert max(few) <= 20


def rule_form(day: dt.date, years: str = "7") -> dict[str, str]:
    return {
        "years": years,
        "valid_from_month": str(day.month),
        "valid_from_day": str(day.day),
        "valid_from_year": str(day.year),
        "source": "Records board, 2031-10-15",
    }


def test_an_administrator_changes_how_long_concerns_are_kept() -> None:
    hat = MembershipFactory.create(dese_admin=True)
    address, first = of_concerns("change_rule"), dt.date(2032, 1, 1)
    with time_machine.travel(TODAY, tick=False):
        admin = sign_in(Client(), hat)
        assert "Change how long" in words(admin.get(OVERVIEW))
        assert "Change how long" not in words(office("Ann One").get(OVERVIEW))
        assert office("Ben Two").post(address, rule_form(first)).status_code == 403
        past = admin.post(address, rule_form(dt.date(2031, 11, 27)))
        assert "November 28, 2031" in words(past)  # the first day that it may hold
        assert "November 27, 2033" in words(
            admin.post(address, rule_form(dt.date(2132, 1, 1)))
        )  # the last one
        for years in ("", "0", "five"):
            assert "Type a number from 1 to 100." in words(admin.post(address, rule_form(first, years=years)))
        assert RetentionRule.objects.filter(table="concerns").count() == 1
        text = words(admin.post(address, rule_form(first), follow=True))
        assert "The rule is changed." in text
        assert "A concern is kept for 5 years" in text
        assert "From Jan 1, 2032 on, for 7 years. Source: Records board, 2031-10-15." in text
        words(admin.post(address, rule_form(first, years="8"), follow=True))  # it does not hold yet
    rows = (
        RetentionRule.objects.filter(table="concerns")
        .order_by("valid_from")
        .values_list("years", "valid_from", "valid_to")
    )
    assert list(rows)[1:] == [(8, first, None)]
    assert rows[0][::2] == (5, dt.date(2031, 12, 31))
    with time_machine.travel(dt.datetime(2032, 1, 2, 9, tzinfo=CENTRAL), tick=False):
        assert "A concern is kept for 8 years" in words(sign_in(Client(), hat).get(OVERVIEW))


def test_what_was_proposed_under_an_older_rule_is_proposed_again() -> None:
    ConcernFactory.create(received_at=OLD, closed=True)
    with time_machine.travel(TODAY, tick=False):
        one, other = office("Ann One"), office("Olga Other")
        admin = sign_in(Client(), MembershipFactory.create(dese_admin=True))
        one.post(of_concerns("propose"))
        disposal = Disposal.objects.get()
        for _twice in range(2):
            sent = admin.post(of_concerns("change_rule"), rule_form(TODAY.date()), follow=True)
            assert "The rule is changed." in words(sent)
        assert RetentionRule.objects.filter(table="concerns").count() == 2
        confirm = reverse("retention:confirm", args=[disposal.pk])
        text = words(other.post(confirm, follow=True))
        assert "How long records are kept has changed since this was proposed." in text
        disposal.refresh_from_db()
        assert disposal.confirmed_at is None
        other.post(reverse("retention:withdraw", args=[disposal.pk]))
        assert "Nothing is old enough" in words(one.get(OVERVIEW))
    assert Concern.objects.count() == 1
