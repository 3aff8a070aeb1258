"""The office reads what rises, and takes trends along."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from concerns.models import Concern, Outcome
from concerns.patterns.drawing import draw
from concerns.patterns.models import Note
from concerns.patterns.trends import MONTHS, WEEKS, starts_of
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import ConcernFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.patterns import LookFactory, NoteFactory
from tests.queries import queries_of
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=CENTRAL)


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reviewer() -> Membership:
    return MembershipFactory.create(dese_reviewer=True, user__name="Rita Reviewer")


@pytest.fixture
def office(client: Client, reviewer: Membership) -> Client:
    return sign_in(client, reviewer)


def words(response: Any) -> str:
    """What the page says, without its tags."""
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).split())


def lines(response: Any) -> list[dict[str, str]]:
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def came_in(day: dt.date, **named: Any) -> None:
    at = dt.datetime.combine(day, dt.time(12), tzinfo=CENTRAL)
    ConcernFactory.create(received_at=at, clocked=False, **named)


def test_an_empty_portal_says_so(office: Client) -> None:
    text = words(office.get(reverse("patterns:notes")))
    assert "Nothing rises now." in text
    assert "The portal has not looked yet" in text
    assert "No note was ever raised." in words(office.get(reverse("patterns:notes"), {"show": "every"}))
    assert "Nothing came in that is like this." in words(office.get(reverse("patterns:trends")))


def test_the_list_says_how_the_portal_decides(office: Client) -> None:
    LookFactory.create(past_days=20)
    text = words(office.get(reverse("patterns:notes")))
    assert "the concerns of the last 28 days and of the 364 days before them" in text
    assert "never for fewer than 4" in text
    assert "The last look was at Nov 24, 2026, at 50 counts. There is too little past yet" in text


def test_a_note_shows_its_numbers_and_the_concerns_behind_it(office: Client) -> None:
    note = NoteFactory.create(provider=ProviderFactory.create(organization__name="Prairie Online"))
    came_in(dt.date(2026, 10, 27), category="teacher", provider=note.provider)  # a day too early
    came_in(dt.date(2026, 10, 28), category="teacher", provider=note.provider)
    came_in(dt.date(2026, 11, 24), category="teacher", provider=note.provider)
    came_in(dt.date(2026, 11, 24), category="billing", provider=note.provider)
    came_in(
        dt.date(2026, 11, 24),
        category="teacher",
        provider=note.provider,
        merged=True,
        merged_into=Concern.objects.first(),
    )
    response = office.get(reverse("patterns:note", args=[note.pk]))
    text = words(response)
    assert "The teacher cannot be reached: Prairie Online" in text
    assert "8 concerns came in from Oct 28, 2026 to Nov 24, 2026. In as many days, 1.0 were to be" in text
    for number in ("1 in 50,000", "1 in 1,000", "5 and 55", "Version 1"):
        assert number in text
    shown = {one.pk for one in Concern.objects.all() if one.number in text}
    behind = Concern.objects.filter(category="teacher", received_at__gte="2026-10-28T00:00-05:00")
    assert shown == set(behind.exclude(state="merged").values_list("pk", flat=True))
    assert len(shown) == 2
    assert b"<polyline" in response.content


def test_notes_of_districts_and_rules_have_a_page(office: Client) -> None:
    lea = LeaFactory.create(organization__name="Elm Bend")
    of_district = NoteFactory.create(of_district=True, lea=lea)
    of_rule = NoteFactory.create(of_rule=True, recent=1, last_recent=1)
    text = words(office.get(reverse("patterns:notes")))
    assert "The teacher cannot be reached: Elm Bend" in text
    assert "Rule R-15" in text
    assert "Elm Bend" in words(office.get(reverse("patterns:note", args=[of_district.pk])))
    assert "One concern came in from" in words(office.get(reverse("patterns:note", args=[of_rule.pk])))


def test_a_note_is_looked_at_dismissed_and_brought_back(office: Client) -> None:
    note = NoteFactory.create()
    here = reverse("patterns:note", args=[note.pk])
    assert "I have looked at it" in words(office.get(here))
    assert office.get(reverse("patterns:see", args=[note.pk])).status_code == 405
    office.post(reverse("patterns:see", args=[note.pk]))
    text = words(office.get(here))
    assert "By Rita Reviewer, Nov 25, 2026." in text
    assert "I have looked at it" not in text
    dismiss = reverse("patterns:dismiss", args=[note.pk])
    assert "This field is required." in words(office.post(dismiss, {"reason": " "}))
    for _twice in range(2):
        assert office.post(dismiss, {"reason": "=One teacher was ill."})["Location"] == here
    assert "=One teacher was ill." in words(office.get(here))
    assert "Nothing rises now." in words(office.get(reverse("patterns:notes")))
    every = {"show": "every"}
    assert "Dismissed" in words(office.get(reverse("patterns:notes"), every))
    (line,) = lines(office.get(reverse("patterns:notes_csv"), every))
    assert (line["state"], line["reason"]) == ("dismissed", "'=One teacher was ill.")
    assert lines(office.get(reverse("patterns:notes_csv"))) == []
    back = reverse("patterns:bring_back", args=[note.pk])
    assert "Bring the note back?" in words(office.get(back))
    office.post(back)
    assert Note.objects.get().dismissed_at is None
    assert "not dismissed any more" in words(office.post(back, follow=True))


def test_what_is_over_leaves_the_list(office: Client) -> None:
    NoteFactory.create(over=True)
    assert "Nothing rises now." in words(office.get(reverse("patterns:notes")))
    assert "Over" in words(office.get(reverse("patterns:notes"), {"show": "every"}))


def test_trends_count_by_month_and_by_part(office: Client) -> None:
    provider = ProviderFactory.create(organization__name="Prairie Online")
    came_in(dt.date(2026, 11, 3), category="teacher", provider=provider)
    came_in(dt.date(2026, 10, 31), category="teacher", closed=True, outcome=Outcome.EXPLAINED)
    came_in(dt.date(2026, 10, 5), category="billing", closed=True, provider=provider)
    came_in(dt.date(2026, 10, 5), category="billing", merged=True, merged_into=Concern.objects.first())
    came_in(dt.date(2020, 10, 5), category="billing")
    text = words(office.get(reverse("patterns:trends")))
    assert "3 concerns came in since Dec 1, 2024. 2 were closed." in text
    assert "Concerns that came in and that were closed, at most" in text
    found = lines(office.get(reverse("patterns:trends_csv"), {"provider": provider.pk}))
    months = {line["what"]: line for line in found if line["by"] == "month"}
    assert len(months) == MONTHS
    assert {
        what: (one["received"], one["closed"]) for what, one in months.items() if one["received"] != "0"
    } == {
        "2026-11-01": ("1", "0"),
        "2026-10-01": ("1", "1"),
    }
    assert months["2026-10-01"]["median_days_to_close"] == "10.0"
    parts = [(line["by"], line["what"], line["received"], line["open"]) for line in found[MONTHS:]]
    assert parts == [
        ("category", "A bill, a fee or a price", "1", "0"),
        ("category", "The teacher cannot be reached", "1", "1"),
        ("provider", "Prairie Online", "2", "1"),
        ("district", "None named", "2", "1"),
        ("outcome", "Not closed yet", "1", "1"),
        ("outcome", "Settled: what was wrong was put right", "1", "0"),
    ]


def test_trends_by_week_and_with_every_filter(office: Client) -> None:
    lea = LeaFactory.create()
    came_in(dt.date(2026, 11, 23), category="teacher", lea=lea, closed=True)
    came_in(dt.date(2026, 11, 22), category="teacher", lea=lea)
    came_in(dt.date(2026, 11, 23), category="billing", lea=lea)
    asked = {"by": "week", "category": "teacher", "lea": lea.pk}
    found = lines(office.get(reverse("patterns:trends_csv"), asked))
    weeks = [(line["what"], line["received"]) for line in found if line["by"] == "week"]
    assert len(weeks) == WEEKS
    assert weeks[-2:] == [("2026-11-16", "1"), ("2026-11-23", "1")]
    found = lines(office.get(reverse("patterns:trends_csv"), {**asked, "outcome": "settled"}))
    assert sum(int(line["received"]) for line in found if line["by"] == "week") == 1
    # What nobody can ask for is not asked.
    assert "2 concerns" not in words(office.get(reverse("patterns:trends"), {"by": "x", "lea": "none"}))


def test_the_days_to_the_first_reply_are_those_of_its_clock(office: Client) -> None:
    at = dt.datetime(2026, 11, 10, 12, tzinfo=CENTRAL)
    for days in (2, 4, 9):
        concern = ConcernFactory.create(received_at=at)
        clock = concern.reply_clock
        clock.stopped_at = at + dt.timedelta(days=days)
        clock.save()
    found = lines(office.get(reverse("patterns:trends_csv")))
    (line,) = [line for line in found if line["what"] == "2026-11-01"]
    assert (line["median_days_to_reply"], line["median_days_to_close"]) == ("4.0", "")


def test_pages_ask_the_same_few_questions_however_much_there_is(office: Client) -> None:
    def fill(number: int) -> None:
        for _each in range(number):
            note = NoteFactory.create()
            came_in(
                dt.date(2026, 11, 20), category="teacher", provider=note.provider, lea=LeaFactory.create()
            )
            NoteFactory.create(of_district=True, seen=True)

    fill(2)
    LookFactory.create()
    note = Note.objects.filter(kind="provider").first()
    addresses = [
        reverse("patterns:notes"),
        reverse("patterns:note", args=[note.pk]),
        reverse("patterns:trends"),
    ]
    few = queries_of(office, addresses)
    fill(6)
    assert queries_of(office, addresses) == few
    assert max(few) <= 24


def test_a_line_needs_two_points_and_lies_in_the_picture() -> None:
    days = [dt.date(2026, 10, 1), dt.date(2026, 11, 1), dt.date(2026, 12, 1)]
    assert draw(days[:1], received=[3]) is None
    drawing = draw(days, received=[0, 4, 2], closed=[0, 0, 0])
    assert [line.path for line in drawing.lines] == ["8,148 300,12 592,80", "8,148 300,148 592,148"]
    assert draw(days, received=[0, 0, 0]).lines[0].path == "8,148 300,148 592,148"


def test_periods_reach_back_over_years() -> None:
    months = starts_of("month", until=dt.date(2026, 1, 31))
    assert (months[0], months[-1], len(months)) == (dt.date(2024, 2, 1), dt.date(2026, 1, 1), 24)
    weeks = starts_of("week", until=dt.date(2026, 1, 1))
    assert (weeks[-1], len(weeks)) == (dt.date(2025, 12, 29), 26)
