"""The catalog as of a past day, exactly as it was: also when everything was changed afterwards."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from providers.choice import terms_of
from providers.days import CatalogDay
from providers.models import Authorization, Course, Sanction
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import ProviderFactory
from tests.factories.providers import (
    AuthorizationFactory,
    AvailabilityFactory,
    CourseFactory,
    SanctionFactory,
)

TODAY = dt.date(2026, 11, 22)
FIRST = dt.date(2026, 10, 1)
TRACKED = (Course, Authorization, Sanction, LegalValue)


def written_on(day: dt.date, *, after: dict[Any, int]) -> dict[Any, int]:
    """Says of the history written since `after` that it was written on this day, at noon in Missouri.

    The database stamps an event with the time of its transaction; a test has but one transaction. Returns the last
    event of each table.
    """
    last = {}
    for model in TRACKED:
        history = model.pgh_event_model
        table = history._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET pgh_created_at = %s WHERE pgh_id > %s",
                [dt.datetime(day.year, day.month, day.day, 18, tzinfo=dt.UTC), after.get(model, 0)],
            )
            cursor.execute(f"SELECT coalesce(max(pgh_id), 0) FROM {table}")
            last[model] = max(cursor.fetchone()[0], after.get(model, 0))
    return last


def said(day: CatalogDay) -> list[tuple[Any, ...]]:
    """What the catalog says on a day."""
    rows = day.courses().order_by("id")
    return list(rows.values_list("id", "title", "price_semester", "valid_from", "valid_to"))


# A day between two changes, which course or provider, which change, and by how many days an end moves.
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 2),
        st.sampled_from(
            [
                "list",
                "end",
                "grow",
                "unlist",
                "authorize",
                "shorten",
                "lengthen",
                "withdraw",
                "suspend",
                "lift",
            ]
        ),
        st.integers(0, 30),
    ),
    max_size=14,
)


class TestAnyPastDay(TestCase):
    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(changes=CHANGES)
    def test_equals_what_was_written_down_on_that_day(self, changes: list[tuple[int, int, str, int]]) -> None:
        providers = ProviderFactory.create_batch(3)
        state_office = MembershipFactory.create(dese_admin=True)
        last = written_on(FIRST - dt.timedelta(days=30), after={})
        written_down: dict[dt.date, list[tuple[Any, ...]]] = {}
        today = FIRST
        for wait, which, change, span in changes:
            for _night in range(wait):
                written_down[today] = said(CatalogDay(on=today, is_past=False))
                today += dt.timedelta(days=1)
            self.change(change, providers[which], today, span, state_office)
            last = written_on(today, after=last)
        written_down[today] = said(CatalogDay(on=today, is_past=False))
        for day, then in written_down.items():
            assert said(CatalogDay(on=day, is_past=True)) == then, day

    def change(self, change: str, provider: Any, today: dt.date, span: int, by: Any) -> None:
        end = today + dt.timedelta(days=span - 10)
        courses = Course.objects.filter(provider=provider)
        authorization = Authorization.objects.filter(provider=provider).first()
        sanction = Sanction.objects.filter(provider=provider, valid_to=None).first()
        if change == "list":
            CourseFactory.create(provider=provider, authorized=False, valid_from=end)
        elif change == "end":
            courses.filter(valid_from__lte=end).update(valid_to=end)
        elif change == "grow":
            courses.update(valid_to=None)
        elif change == "unlist":
            courses.delete()
        elif change == "authorize" and authorization is None:
            AuthorizationFactory.create(provider=provider, valid_from=today)
        elif change in {"shorten", "lengthen"} and authorization and authorization.valid_from <= end:
            authorization.valid_to = end
            authorization.save()
        elif change == "withdraw" and authorization:
            authorization.delete()
        elif change == "suspend" and sanction is None:
            Sanction.objects.filter(provider=provider).delete()
            SanctionFactory.create(provider=provider, valid_from=today, imposed_by=by)
        elif change == "lift" and sanction and sanction.valid_from <= today:
            sanction.valid_to = today
            sanction.save()


# The pages ----------------------------------------------------------------------------------------


@pytest.fixture
def changed(time_machine: Any) -> Course:
    """A course listed in October, whose price limit, days and provider changed in November."""
    time_machine.move_to(dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC))
    course = CourseFactory.create(title="Algebra II", subject="Mathematics")
    last = written_on(FIRST, after={})
    course.valid_to = dt.date(2026, 10, 5)  # as if it had ended long ago
    course.save()
    Authorization.objects.update(valid_to=dt.date(2026, 9, 1))
    SanctionFactory.create(provider=course.provider, valid_from=FIRST)
    LegalValue.objects.filter(key=LegalKey.ADEQUACY_TARGET, valid_to=None).update(number=9000)
    written_on(dt.date(2026, 11, 10), after=last)
    return course


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "expected"), [("2026-09-30", 0), ("2026-10-01", 1), ("2026-11-09", 1), ("2026-11-10", 0)]
)
def test_the_list_says_what_it_said(client: Client, changed: Course, day: str, expected: int) -> None:
    page = client.get("/catalog/", {"on": day})
    assert page.context["count"] == expected
    assert ("Algebra II" in page.content.decode()) is bool(expected)
    content = " ".join(page.content.decode().split())
    assert "The catalog as it stood at the end of" in content
    assert "Back to today" in content
    csv = b"".join(client.get("/catalog/catalog.csv", {"on": day}))
    assert csv.count(b"\r\n") == expected + 1


@pytest.mark.django_db
def test_a_course_page_says_what_it_said(client: Client, changed: Course) -> None:
    address = changed.get_absolute_url()
    assert client.get(address).status_code == 404
    content = " ".join(client.get(address, {"on": "2026-11-09"}).content.decode().split())
    assert "7 % of $7,145.00 = $500.15" in content
    assert "until further notice" in content
    assert "Ask for this course" not in content
    assert client.get(address, {"on": "2026-11-10"}).status_code == 404
    comparison = client.get("/catalog/compare/", {"course": str(changed.pk), "on": "2026-11-09"})
    assert [column["course"].id for column in comparison.context["columns"]] == [changed.pk]


@pytest.mark.django_db
def test_what_is_full_was_open(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC))
    full = AvailabilityFactory.create()
    course = full.course
    for on, is_past, expected in [(TODAY, False, [False]), (dt.date(2026, 11, 1), True, [True])]:
        choices = terms_of([course], CatalogDay(on=on, is_past=is_past))[course.pk]
        assert [choice.is_open for choice in choices if choice.term == full.term] == expected


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["2026-11-23", "2026-02-30", "yesterday"])
def test_a_day_without_a_catalog_shows_today_and_says_so(client: Client, day: str, time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC))
    CourseFactory.create(title="Algebra II")
    content = client.get("/catalog/", {"on": day}).content.decode()
    assert "There is no catalog of the day you asked for." in content
    assert "Algebra II" in content


@pytest.mark.django_db
def test_a_day_ends_at_midnight_in_missouri() -> None:
    course = CourseFactory.create()
    table = Course.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    written_on(FIRST, after={})
    midnight = dt.datetime(2026, 10, 11, 5, tzinfo=dt.UTC)  # 0:00 in Missouri
    for moment, expected in [(midnight - dt.timedelta(seconds=1), [course.pk]), (midnight, [])]:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET pgh_created_at = %s", [moment])
        day = CatalogDay(on=dt.date(2026, 10, 10), is_past=True)
        assert [pk for pk, *_rest in said(day)] == expected
