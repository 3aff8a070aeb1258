"""The base of every table on a page; templates/components/table.html draws it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template import Context, Engine, Template
from django.utils.functional import Promise, cached_property
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django_tables2 import Table
from django_tables2 import TemplateColumn as LibraryTemplateColumn
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow


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


class PortalTable(Table):
    """A table with a caption, a column that names each row, and words for when it is empty."""

    caption: str | Promise = ""
    row_header: str = ""  # the column that names the row: read out with every cell, bold on a phone

    class Meta:
        empty_text = _("Nothing here yet.")

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
        """Each column with what this row shows there. A long list may draw it in a shorter way than the library."""
        pairs: Iterable[tuple[BoundColumn, Any]] = row.items()
        return pairs

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
