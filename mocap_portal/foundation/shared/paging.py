"""Tables in pages, whatever an address asks for."""

from django.http import HttpRequest
from django_tables2 import RequestConfig, Table


def sort_and_cut(table: Table, request: HttpRequest, *, per_page: int) -> None:
    """Sort a table as the address asks and cut out the page it asks for, the last one when there are fewer.

    How long a page is, the address cannot say: django-tables2 alone would read `per_page` from it, and so write out
    every row there is for a visitor, or fail on -1.
    """
    RequestConfig(request, paginate=False).configure(table)
    table.paginate(per_page=per_page)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
