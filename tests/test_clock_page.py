"""The public page that counts business days: the same answers as the clocks, in the address, in plain words."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import ClockKind
from mocap_portal.foundation.directory.models import ClosedDay, LegalKey, LegalValue
from tests.days import memorable
from tests.factories.directory import ClosedDayFactory, LeaFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 12, 18, tzinfo=dt.UTC)


def ask(
    client: Client,
    *,
    start: dt.date = dt.date(2026, 11, 20),
    days: int = 10,
    district: str = "",
    more: dict[str, str] | None = None,
) -> Any:
    query = {**memorable("start", start), "days": str(days), "district": district, **(more or {})}
    return client.get(reverse("clock"), query)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.rule("R-15")
def test_it_starts_with_today_and_the_states_days(client: Client) -> None:
    LegalValue.objects.filter(key=LegalKey.DECISION_DAYS).update(number=12)
    with time_machine.travel(NOW, tick=False):
        response = client.get(reverse("clock"))
    form = response.context["form"]
    assert (form.initial, form.is_bound) == ({"start": dt.date(2026, 11, 12), "days": 12}, False)
    assert 'value="12"' in text_of(response)
    assert "Due by" not in text_of(response)


@pytest.mark.rule("R-15", "R-16")
def test_every_counted_and_skipped_day(client: Client) -> None:
    lea = LeaFactory.create(state_district_id="007001")
    ClosedDayFactory.create(lea=lea, date=dt.date(2026, 11, 25), reason="Fall break")
    response = ask(client, days=3, district="007001")
    assert [(str(day.date), day.words, day.number) for day in response.context["days"]] == [
        ("2026-11-21", "Weekend", None),
        ("2026-11-22", "Weekend", None),
        ("2026-11-23", "Business day", 1),
        ("2026-11-24", "Business day", 2),
        ("2026-11-25", "District closed: Fall break", None),
        ("2026-11-26", "State holiday or closure: Thanksgiving Day", None),
        ("2026-11-27", "Business day", 3),
    ]
    text = text_of(response)
    assert 'Due by <time datetime="2026-11-27">Friday, November 27, 2026</time>' in text
    assert f"By the calendar of {lea.organization.name}." in text


@pytest.mark.rule("R-16")
def test_without_a_district_only_the_state_is_closed(client: Client) -> None:
    ClosedDayFactory.create(date=dt.date(2026, 11, 25))
    response = ask(client)
    assert response.context["due"].on == dt.date(2026, 12, 7)
    assert "By the state's calendar alone." in text_of(response).replace("&#x27;", "'")


@pytest.mark.rule("R-17")
def test_a_pause(client: Client) -> None:
    pause = {**memorable("pause", dt.date(2026, 11, 24)), **memorable("resume", dt.date(2026, 12, 1))}
    assert ask(client, more=pause).context["due"].on == dt.date(2026, 12, 11)


@pytest.mark.rule("R-17")
def test_a_pause_that_goes_on_has_no_due_day(client: Client) -> None:
    response = ask(client, more=memorable("pause", dt.date(2026, 11, 24)))
    assert response.context["due"].on is None
    assert "The clock stands still" in text_of(response)
    assert "9 business days are left" in text_of(response)


@pytest.mark.parametrize("start", [dt.date(2026, 11, 2), dt.date(2026, 12, 23), dt.date(2027, 7, 2)])
@pytest.mark.parametrize("days", [1, 10, 60])
def test_it_answers_as_a_clock_does(client: Client, start: dt.date, days: int) -> None:
    lea = LeaFactory.create()
    ClosedDayFactory.create(lea=lea, date=dt.date(2027, 1, 4))
    started_at = dt.datetime.combine(start, dt.time(18), dt.UTC)
    clock = clocks.start(
        ClockKind.PART_TIME_DECISION, lea_id=lea.pk, at=started_at, business_days=days, source="R-15"
    )
    due = ask(client, start=start, days=days, district=lea.state_district_id).context["due"]
    assert due.on == clock.due_on


@pytest.mark.parametrize(
    ("question", "field", "sentence"),
    [
        ({"days": ""}, "days", "Type a number of days."),
        ({"days": "0"}, "days", "Type a number of at least 1."),
        ({"days": "251"}, "days", "Type a number of at most 250."),
        ({"days": "ten"}, "days", "Type a whole number, such as 10."),
        ({"start_day": "31"}, "start", "This day does not exist. Check the month and the day."),
        ({"start_year": "9999"}, "start", "The date must be Tuesday, December 31, 2199 or earlier."),
        (
            {"start_year": "2010"},
            "start",
            (
                "The state's calendar is known from Tuesday, January 1, 2019 to Monday, December 31, 2040. "
                "Choose days in between."
            ),
        ),
        (
            {"district": "nowhere"},
            "district",
            "Choose a district of the list.",
        ),
        (memorable("resume", dt.date(2026, 12, 1)), "pause", "Say from which day on the clock stood still."),
        (
            memorable("pause", dt.date(2026, 11, 24)) | memorable("resume", dt.date(2026, 11, 23)),
            "resume",
            "The clock cannot run again before it stands still.",
        ),
        (
            memorable("pause", dt.date(2026, 11, 19)),
            "pause",
            "The clock cannot stand still before it starts.",
        ),
    ],
)
def test_what_cannot_be_counted(
    client: Client, question: dict[str, str], field: str | None, sentence: str
) -> None:
    query = {**memorable("start", dt.date(2026, 11, 20)), "days": "10", **question}
    if question.get("start_year") == "9999":
        query |= {"start_month": "12", "start_day": "31"}
    response = client.get(reverse("clock"), query)
    assert response.status_code == 200
    assert response.context["due"] is None
    assert response.context["form"].errors == {field or "__all__": [sentence]}


def test_a_calendar_without_a_business_day(client: Client) -> None:
    lea = LeaFactory.create(state_district_id="007001")
    first = dt.date(2026, 11, 21)
    ClosedDay.objects.bulk_create(
        ClosedDayFactory.build(lea=lea, date=first + dt.timedelta(days=number)) for number in range(400)
    )
    response = ask(client, district="007001")
    assert response.context["form"].non_field_errors() == [
        "No due day can be counted from this day. Choose another day."
    ]


@pytest.mark.parametrize("number", [1, 6])
def test_queries(client: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for lea in LeaFactory.create_batch(number):
        ClosedDayFactory.create(lea=lea)
    # The usual days; the districts to choose from; closed days; the first and the last known day.
    with django_assert_num_queries(5):
        response = ask(client, district=lea.state_district_id)
    assert response.context["due"].on == dt.date(2026, 12, 7)


def test_how_it_works_leads_there(client: Client) -> None:
    assert f'href="{reverse("clock")}"' in client.get(reverse("how_it_works")).content.decode()
