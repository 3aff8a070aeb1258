"""The base of every table on a page; templates/components/table.html draws it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_tables2 import Table


class PortalTable(Table):
    """A table with a caption, a column that names each row, and words for when it is empty."""

    caption: str | Promise = ""
    row_header: str = ""  # the column that names the row: read out with every cell, bold on a phone

    class Meta:
        empty_text = _("Nothing here yet.")
