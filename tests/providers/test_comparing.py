"""Courses side by side, and the catalog as files."""

import csv
import datetime as dt
import io
import json
import re
from typing import Any

import pytest
from django.test import Client

from providers.actions import import_catalog
from providers.models import Course
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import TermFactory
from tests.factories.providers import AvailabilityFactory, CourseFactory, SanctionFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 22)
COMPARE = "/catalog/compare/"


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC))


def compared(client: Client, *courses: Course) -> tuple[list[str], str]:
    response = client.get(COMPARE, {"course": [course.pk for course in courses]})
    assert response.status_code == 200
    titles = [column["course"].title for column in response.context["columns"]]
    return titles, response.content.decode()


def test_up_to_four_stand_side_by_side(client: Client) -> None:
    courses = [CourseFactory.create(title=title) for title in ("D", "C", "B", "A", "E")]
    titles, content = compared(client, *courses[:4])
    assert titles == ["D", "C", "B", "A"]
    assert "fit side by side" not in content
    assert "Add another course" not in content
    titles, content = compared(client, *courses)
    assert titles == ["D", "C", "B", "A"]
    assert (
        "4 courses fit side by side. These are the first 4 you chose; remove one to add another." in content
    )


def test_a_course_is_removed_and_another_added(client: Client) -> None:
    one, two = CourseFactory.create_batch(2)
    _titles, content = compared(client, one, two, one)
    assert re.findall(r'href="(\?[^"]+)"', content) == [f"?course={two.pk}", f"?course={one.pk}"]
    address = f"/catalog/?course={one.pk}&amp;course={two.pk}"
    assert f'href="{address}"' in content
    catalog = client.get(f"/catalog/?course={one.pk}&course={two.pk}").content.decode()
    assert catalog.count(f'<input type="hidden" name="course" value="{one.pk}">') == 2  # in both forms
    assert f'id="compare-{one.pk}"' not in catalog


def test_what_left_the_catalog_is_said(client: Client) -> None:
    here, gone = CourseFactory.create_batch(2)
    SanctionFactory.create(provider=gone.provider)
    titles, content = compared(client, here, gone)
    assert titles == [here.title]
    assert "1 course you chose is not in the catalog now." in content


@pytest.mark.parametrize(
    "query", ["", "?course=", "?course=x&course=-1&course=99999999999999999999", "?course=0"]
)
def test_nothing_to_compare_leads_to_the_catalog(client: Client, query: str) -> None:
    content = client.get(f"{COMPARE}{query}").content.decode()
    assert "No course to compare" in content


def test_each_course_can_be_asked_for_while_it_is_open(client: Client) -> None:
    course = CourseFactory.create()
    button = f'/start/?course={course.pk}"'
    assert button in compared(client, course)[1]
    sign_in(client, MembershipFactory.create(counselor=True))
    assert button not in compared(client, course)[1]
    client.logout()
    for choice in client.get(course.get_absolute_url()).context["choices"]:
        AvailabilityFactory.create(course=course, term=choice.term)
    assert button not in compared(client, course)[1]


@pytest.mark.parametrize("count", [1, 4])
def test_comparing_asks_as_much_for_four(client: Client, count: int, django_assert_num_queries: Any) -> None:
    courses = CourseFactory.create_batch(count)
    TermFactory.create()
    # the courses, terms, what is closed in them, minutes, days, share, target
    with django_assert_num_queries(7):
        compared(client, *courses)


# Files --------------------------------------------------------------------------------------------


def rows_of(client: Client, **query: str) -> list[dict[str, str]]:
    response = client.get("/catalog/catalog.csv", query)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="mocap-catalog-2026-11-22.csv"'
    text = b"".join(response).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_file_has_what_the_search_finds(client: Client) -> None:
    CourseFactory.create(title="Biology", subject="Science")
    course = CourseFactory.create(
        title="Algebra II", subject="Mathematics", weekly_minutes=300, ap_course=True
    )
    assert [row["title"] for row in rows_of(client)] == ["Algebra II", "Biology"]
    (row,) = rows_of(client, q="algebre", subject="Mathematics")
    assert row["provider_code"] == course.provider.code
    assert (row["price_semester"], row["price_year"], row["ap"]) == ("450.00", "", "yes")
    assert (row["weekly_minutes"], row["valid_from"], row["valid_to"]) == ("300", "2000-01-01", "")


def test_a_downloaded_catalog_changes_nothing_when_it_is_imported(client: Client) -> None:
    CourseFactory.create(title="Algebra II")
    CourseFactory.create(title="Art", full_year=True, timing="synchronous", weekly_minutes=120)
    content = b"".join(client.get("/catalog/catalog.csv"))
    result = import_catalog(content, on=TODAY)
    assert (result.unchanged, result.created, result.problems) == (2, 0, [])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(client: Client, start: str) -> None:
    CourseFactory.create(title=f"{start}1+1", prerequisites=f"{start}cmd")
    (row,) = rows_of(client)
    assert (row["title"], row["prerequisites"]) == (f"'{start}1+1", f"'{start}cmd")


def test_json_says_day_search_and_courses(client: Client) -> None:
    CourseFactory.create(title="Biology", subject="Science")
    course = CourseFactory.create(title="Algebra “II”", subject="Mathematics")
    response = client.get("/catalog/catalog.json", {"subject": "Mathematics", "grade": "13"})
    found = json.loads(b"".join(response))
    assert (found["as_of"], found["search"]) == ("2026-11-22", {"q": "", "subject": "Mathematics"})
    (listed,) = found["courses"]
    assert (listed["id"], listed["title"], listed["price_semester"]) == (course.pk, "Algebra “II”", "450.00")
    assert (listed["ap"], listed["valid_from"], listed["valid_to"]) == (False, "2000-01-01", None)
    nothing = client.get("/catalog/catalog.json", {"q": "zzzz"})
    assert json.loads(b"".join(nothing))["courses"] == []


@pytest.mark.parametrize("count", [2, 30])
def test_files_ask_as_much_for_many(client: Client, count: int, django_assert_num_queries: Any) -> None:
    CourseFactory.create_batch(count)
    with django_assert_num_queries(4):  # what changed last, the cells, names of providers, the courses
        b"".join(client.get("/catalog/catalog.csv"))
