"""Lists in pages, whatever an address asks for."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.query import ModelIterable
from django.http import HttpRequest
from django_tables2 import RequestConfig, Table
from django_tables2.rows import BoundRows


class Pages(Paginator):  # type: ignore[type-arg]  # it takes none while it runs
    """Cuts a page out of the keys alone and reads what it shows of those few rows, both in one statement.

    Left alone, the database joins all that a row shows to every row there is, and sorts them so, to throw all but one
    page of them away. A list that fits on one page is read as it is.
    """

    def page(self, number: int | str) -> Page[Any]:
        page: Page[Any] = super().page(number)
        if self.num_pages > 1:
            rows: Any = page.object_list
            if isinstance(rows, QuerySet):
                page.object_list = _by_keys(rows)
            elif isinstance(rows, BoundRows) and isinstance(rows.data, QuerySet):
                rows.data = _by_keys(rows.data)
        return page


def sort_and_cut(table: Table, request: HttpRequest, *, per_page: int) -> None:
    """Sort a table as the address asks and cut out the page it asks for, the last one when there are fewer.

    How long a page is, the address cannot say: django-tables2 alone would read `per_page` from it, and so write out
    every row there is for a visitor, or fail on -1.
    """
    RequestConfig(request, paginate=False).configure(table)
    table.paginate(paginator_class=Pages, per_page=per_page)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))


def _by_keys(cut: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of a slice, found by their keys."""
    has_keys = issubclass(cut._iterable_class, ModelIterable)  # noqa: SLF001 – Django tells it nowhere else
    if not has_keys or cut.query.combinator or cut.query.distinct:
        return cut
    rows = cut.all()
    rows.query.clear_limits()
    # As an array: of an IN, the planner makes one more table to join, and with many of them it joins that one last.
    return rows.filter(_IsOneOf(F("pk"), ArraySubquery(cut.values("pk"))))


class _IsOneOf(Func):
    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = BooleanField()
