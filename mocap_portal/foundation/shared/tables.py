"""The base of every table on a page; templates/components/table.html draws it."""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP
from django.template import Context, Engine, Template
from django.utils.functional import Promise, cached_property
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column, Table
from django_tables2 import TemplateColumn as LibraryTemplateColumn
from django_tables2.columns import BoundColumn
from django_tables2.data import TableData
from django_tables2.rows import BoundRow

Drawer = Callable[[BoundRow], Any]


class TemplateColumn(LibraryTemplateColumn):
    """A column whose cells are small templates that see what the page sees.

    The library's own reads a template anew for each cell, or asks every context processor once more: on a page of 25
    rows that costs as much as its queries.
    """

    @cached_property
    def template(self) -> Template:
        if self.template_code:
            return Template(self.template_code)
        return Engine.get_default().get_template(self.template_name)

    def render(
        self, record: Any, table: Table, value: Any, bound_column: BoundColumn, **kwargs: Any
    ) -> SafeString:
        page: Context = getattr(table, "context", None) or Context()
        own = self.get_context_data(
            record=record, table=table, value=value, bound_column=bound_column, **kwargs
        )
        with page.update(own):
            return self.template.render(page)


@functools.cache
def _shown_of(model: type[Model], name: str) -> Callable[[Any], Any]:
    """How a record's value of this name is read: its words where it is one of some choices, None if it has none."""
    try:
        has_choices = bool(getattr(model._meta.get_field(name), "choices", None))  # noqa: SLF001
    except FieldDoesNotExist:
        has_choices = False
    if has_choices:
        return operator.methodcaller(f"get_{name}_display")

    def shown(record: Any) -> Any:
        try:
            value = getattr(record, name)
        except (AttributeError, ObjectDoesNotExist):
            return None
        if not callable(value) or getattr(value, "do_not_call_in_templates", False):
            return value
        return None if getattr(value, "alters_data", False) else value()

    return shown


class PortalTable(Table):
    """A table with a caption, a column that names each row, and words for when it is empty."""

    caption: str | Promise = ""
    row_header: str = ""  # the column that names the row: read out with every cell, bold on a phone

    class Meta:
        empty_text = _("Nothing here yet.")

    @property
    def has_rows(self) -> bool:
        """Whether this page shows any. Asked of the rows that it shows: to count all there are may take long."""
        data: Any = self.paginated_rows.data
        return bool(data.data if isinstance(data, TableData) else data)

    def body(self) -> SafeString:
        """The rows of this page, for the template.

        Drawn here because a page has hundreds of cells: what is the same in each row of a column, the heading that a
        phone shows among it, is put together once. A cell stands without the blanks that its own template leaves around
        it, so that `:empty` finds it.
        """
        around = {column.name: self._around(column) for column in self.columns}
        rows = []
        for row in self.paginated_rows:
            cells = [
                f"{start}{conditional_escape(cell).strip()}{end}"
                for (start, end), cell in ((around[column.name], cell) for column, cell in self.cells(row))
            ]
            rows.append(f'<tr {row.attrs.as_html()} role="row">{"".join(cells)}</tr>')
        return mark_safe("\n".join(rows))  # noqa: S308  # each part is escaped

    def cells(self, row: BoundRow) -> Iterable[tuple[BoundColumn, Any]]:
        """Each column with what this row shows there."""
        model = type(row.record)
        if self._drawn_for is not model:
            self._drawn_for = model
            self._drawers = [(column, self._drawer(column, model)) for column in self.columns]
        for column, draw in self._drawers:
            yield column, draw(row)

    _drawn_for: type | None = None  # the class of the records that the drawers are for
    _drawers: list[tuple[BoundColumn, Drawer]]

    def _drawer(self, column: BoundColumn, model: type) -> Drawer:
        """What gives a row's cell in this column: the same as `row.get_cell`, in a third of its time where it can.

        The library looks each cell's function over to see what to hand it, and raises and catches two exceptions where
        the column has a name that the record does not know. What its cells show besides fields and attributes of the
        record itself, and functions that ask for more than `record` and `value`, is left to it; so is what is no
        record of the database, but for functions that ask for the record alone.
        """
        own, name, accessor = column.column, column.name, str(column.accessor)
        render: Callable[..., Any] | None = getattr(self, f"render_{name}", None)
        wants = set(inspect.signature(render).parameters) if render else {"record", "value"}
        if render and wants == {"record"} and not own.empty_values and column.link is None:
            return lambda row: render(record=row.record)
        is_plain = (
            issubclass(model, Model)
            and LOOKUP_SEP not in accessor
            and "." not in accessor
            and column.link is None
            and (render is not None or isinstance(own, TemplateColumn) or type(own) is Column)
            and wants <= {"record", "value"}
        )
        if not is_plain:
            return operator.methodcaller("get_cell", name)
        read = _shown_of(model, accessor)

        def draw(row: BoundRow) -> Any:
            record = row.record
            value = read(record)
            if value in own.empty_values:
                return column.default
            if render:
                given = {"record": record, "value": value}
                return render(**{name: given[name] for name in wants})
            if type(own) is Column:
                return value
            return own.render(record=record, table=self, value=value, bound_column=column, bound_row=row)

        return draw

    def _around(self, column: BoundColumn) -> tuple[SafeString, SafeString]:
        """The tags before and after each cell of a column."""
        is_header = column.name == self.row_header
        start = format_html(
            '<th {} scope="row" role="rowheader" data-label="{}">'
            if is_header
            else '<td {} role="cell" data-label="{}">',
            column.attrs["td"].as_html(),
            column.header,
        )
        return start, mark_safe("</th>" if is_header else "</td>")  # noqa: S308  # a constant
