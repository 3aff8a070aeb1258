"""A page is the same rows in the same order, whether it is cut out of the rows or of their keys."""

from typing import Any

import django_tables2 as tables
import pytest
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.paging import Pages, sort_and_cut
from mocap_portal.foundation.shared.tables import PortalTable
from tests.factories.directory import LeaFactory, SchoolFactory

PER_PAGE = 3


@pytest.fixture
def leas() -> QuerySet[Lea]:
    for number in range(7):
        lea = LeaFactory.create(organization__name=f"District {number % 2} {9 - number}")
        SchoolFactory.create_batch(number % 3, lea=lea)
    return Lea.objects.select_related("organization").order_by("organization__name")


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_page_is_what_it_would_be_without_keys(leas: QuerySet[Lea], number: int) -> None:
    rows = leas.filter(Q(organization__name__contains="District 1") | Q(active_to=None))
    assert list(Pages(rows, PER_PAGE).page(number)) == list(Paginator(rows, PER_PAGE).page(number))


@pytest.mark.django_db
def test_what_was_counted_is_there(leas: QuerySet[Lea]) -> None:
    rows = leas.annotate(many=Count("schools")).order_by("-many", "organization__name")
    page = Pages(rows, PER_PAGE).page(2)
    assert [(lea.pk, lea.many) for lea in page] == [(lea.pk, lea.many) for lea in rows[3:6]]


@pytest.mark.django_db
def test_a_page_is_one_statement_and_shows_what_was_joined(
    leas: QuerySet[Lea], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pages = Pages(leas, PER_PAGE)
    assert pages.count == 7
    with django_assert_num_queries(1) as queries:
        names = [str(lea.organization) for lea in pages.page(1)]
    assert names == ["District 0 3", "District 0 5", "District 0 7"]
    assert " = ANY (ARRAY(SELECT " in queries.captured_queries[0]["sql"]


@pytest.mark.django_db
@pytest.mark.parametrize("per_page", [7, 25])
def test_a_list_on_one_page_is_read_as_it_is(leas: QuerySet[Lea], per_page: int) -> None:
    page: Any = Pages(leas, per_page).page(1).object_list
    assert str(page.query) == str(leas[:7].query)


@pytest.mark.django_db
def test_rows_without_keys_are_cut_as_they_are(leas: QuerySet[Lea]) -> None:
    names = leas.values_list("organization__name", flat=True)
    assert list(Pages(names, PER_PAGE).page(3)) == ["District 1 8"]
    assert list(Pages(list(names), PER_PAGE).page(3)) == ["District 1 8"]
    alike = leas.distinct()
    assert list(Pages(alike, PER_PAGE).page(2)) == list(leas[3:6])
    both = leas.order_by().filter(organization__name__contains="District 0").union(leas.order_by())
    assert len(list(Pages(both.order_by("pk"), PER_PAGE).page(3))) == 1


class LeaTable(PortalTable):
    organization = tables.Column(order_by="organization__name")
    row_header = "organization"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, ["District 0 3", "District 0 5", "District 0 7"]),
        ({"sort": "-organization", "page": "2"}, ["District 0 9", "District 0 7", "District 0 5"]),
        ({"page": "99"}, ["District 1 8"]),
        ({"page": "all", "per_page": "-1"}, ["District 0 3", "District 0 5", "District 0 7"]),
    ],
)
def test_a_table_is_sorted_and_cut(leas: QuerySet[Lea], asked: dict[str, str], shown: list[str]) -> None:
    table = LeaTable(leas)
    sort_and_cut(table, RequestFactory().get("/", asked), per_page=PER_PAGE)
    assert [str(row.record.organization) for row in table.paginated_rows] == shown
