"""A table draws its cells by a shorter way than its library, to the same end."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
import pytest
from django.core.paginator import Paginator
from pytest_django import DjangoAssertNumQueries

from mocap_portal.foundation.directory.models import CodeMeaning, Lea
from mocap_portal.foundation.shared.paging import Pages
from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn
from tests.factories.directory import LeaFactory, SchoolFactory

VALUE = "{{ column.name }} {{ value }} {{ record.pk }} {{ row_counter }}"


class LeaTable(PortalTable):
    """A column for each way in which a cell can come by its value."""

    kind = TemplateColumn(VALUE)  # the words of a choice
    active_from = TemplateColumn(VALUE)
    organization = TemplateColumn(VALUE)  # another record
    pk = TemplateColumn(VALUE)
    active_to = TemplateColumn(VALUE)  # empty, and drawn all the same
    website = TemplateColumn(VALUE, empty_values=(None, ""))
    missing = TemplateColumn(VALUE)  # no name of the record's
    delete = TemplateColumn(VALUE)  # the name of what nobody may call
    schools = TemplateColumn("{{ value.count }}")
    validate_unique = TemplateColumn(VALUE)  # a function of the record
    far = TemplateColumn(VALUE, accessor="organization__name")
    own = TemplateColumn(VALUE)
    linked = TemplateColumn(VALUE, accessor="pk", linkify=lambda record: f"/{record.pk}/")
    plain = tables.Column(accessor="state_district_id")
    plain_choice = tables.Column(accessor="kind")
    plain_record = tables.Column(accessor="organization")
    plain_nothing = tables.Column(accessor="active_to", default="never")
    plain_unknown = tables.Column(accessor="unknown")
    plain_function = tables.Column(accessor="get_kind_display")
    plain_deed = tables.Column(accessor="delete")  # not called
    of_record = tables.Column(empty_values=())
    of_value = tables.Column(accessor="kind")
    of_both = tables.Column(accessor="state_district_id")
    of_nothing = tables.Column(accessor="active_to")  # empty: the method is not asked
    of_more = tables.Column(accessor="kind")
    through = tables.Column(accessor="organization__name")

    def render_own(self, record: Lea) -> str:
        return f"{record.pk} by the table"

    def render_of_record(self, record: Lea) -> str:
        return f"record {record.pk}"

    def render_of_value(self, value: str) -> str:
        return f"value {value}"

    def render_of_both(self, value: str, record: Lea) -> str:
        return f"both {value} {record.pk}"

    def render_of_nothing(self, value: object) -> str:
        return f"not nothing: {value}"

    def render_of_more(self, record: Lea, column: tables.Column) -> str:
        return f"more {record.pk} {column.accessor}"

    def render_through(self, value: str) -> str:
        return f"through {value}"


@pytest.mark.django_db
def test_each_cell_is_what_the_library_makes_of_it() -> None:
    SchoolFactory.create(lea=LeaFactory.create(website=""))
    table = LeaTable(Lea.objects.all())
    (row,) = table.rows
    drawn = {column.name: str(cell) for column, cell in table.cells(row)}
    assert drawn == {column.name: str(row.get_cell(column.name)) for column in table.columns}
    assert list(drawn) == list(table.base_columns)
    assert drawn["kind"].startswith("kind District")
    assert (drawn["website"], drawn["linked"][:9]) == ("—", '<a href="')
    assert (drawn["of_value"], drawn["of_nothing"]) == ("value District", "—")
    assert drawn["of_both"] == f"both {row.record.state_district_id} {row.record.pk}"
    assert (drawn["plain_choice"], drawn["plain_nothing"]) == ("District", "never")
    assert Lea.objects.count() == 1  # nothing was called that deletes


class PairTable(PortalTable):
    """Rows: dicts with a pair."""

    pair = tables.Column(empty_values=())
    last = tables.Column(accessor="pair__1")

    def render_pair(self, record: dict[str, list[int]]) -> str:
        return " and ".join(str(one) for one in record["pair"])


def test_what_is_no_record_of_the_database_is_drawn_too() -> None:
    table = PairTable([{"pair": [1, 2]}])
    (row,) = table.rows
    assert [cell for _column, cell in table.cells(row)] == ["1 and 2", 2]


@pytest.mark.django_db
@pytest.mark.parametrize("per_page", [2, 25])
def test_rows_are_looked_for_where_they_are_shown(
    django_assert_num_queries: DjangoAssertNumQueries, per_page: int
) -> None:
    LeaFactory.create_batch(3)
    table = LeaTable(Lea.objects.select_related("organization").order_by("pk"))
    table.paginate(paginator_class=Pages, per_page=per_page)
    assert table.paginator.count == 3
    with django_assert_num_queries(1):
        assert table.has_rows
        assert len([row.record for row in table.paginated_rows]) == min(per_page, 3)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [[], CodeMeaning.objects.none()])
def test_a_table_without_rows_says_so(rows: Any) -> None:
    table = PortalTable(rows)
    assert not table.has_rows
    table.paginate(paginator_class=Paginator, per_page=2)
    assert not table.has_rows
