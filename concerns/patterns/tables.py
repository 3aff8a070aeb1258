"""Notes, and concerns by time and by what they are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn

from .models import Note
from .trends import Part, Period
from .words import about

NUMBER = {"th": {"class": "portal-number"}, "td": {"class": "portal-number"}}


class NoteTable(PortalTable):
    """Rows: Note with provider and LEA. `categories`: their names by code."""

    about = tables.Column(verbose_name=_("What rises"), empty_values=())
    found_on = TemplateColumn("{% load ui %}{{ value|short_day }}", verbose_name=_("Found"))
    recent = tables.Column(verbose_name=_("Came in"), attrs=NUMBER)
    expected = tables.Column(verbose_name=_("To be expected"), attrs=NUMBER)
    state = TemplateColumn(template_name="patterns/standing.html", verbose_name=_("State"), empty_values=())

    caption = _("Notes")
    row_header = "about"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("There is none.")

    def __init__(self, rows: Any, *, categories: Mapping[str, str]) -> None:
        super().__init__(rows)
        self.categories = categories

    def render_about(self, record: Note) -> SafeString:
        return format_html(
            '<a class="usa-link" href="{}">{}</a>',
            reverse("patterns:note", args=[record.pk]),
            about(record, self.categories),
        )

    def render_expected(self, value: float) -> str:
        return number_format(value, decimal_pos=1)


class Times(PortalTable):
    """What tables of counts have in common."""

    to_reply = tables.Column(verbose_name=_("Days to the first reply"), attrs=NUMBER, default="–")
    to_close = tables.Column(verbose_name=_("Days until it was closed"), attrs=NUMBER, default="–")

    class Meta(PortalTable.Meta):
        orderable = False

    def render_to_reply(self, value: dt.timedelta) -> str:
        return number_format(value / dt.timedelta(days=1), decimal_pos=1)

    def render_to_close(self, value: dt.timedelta) -> str:
        return number_format(value / dt.timedelta(days=1), decimal_pos=1)


class PeriodTable(Times):
    """Rows: Period, the newest first."""

    start = TemplateColumn("{% load ui %}{{ value|short_day }}", verbose_name=_("From"))
    received = tables.Column(verbose_name=_("Came in"), attrs=NUMBER)
    closed = tables.Column(verbose_name=_("Closed"), attrs=NUMBER)

    row_header = "start"

    class Meta(Times.Meta):
        sequence = ("start", "received", "closed", "...")

    def __init__(self, rows: Sequence[Period], *, caption: str) -> None:
        self.caption = caption
        super().__init__(rows, prefix="t-")


class PartTable(Times):
    """Rows: Part. `around`: the other filters of the page, to which that of a row is added as `part`."""

    name = tables.Column()
    received = tables.Column(verbose_name=_("Came in"), attrs=NUMBER)
    open = tables.Column(verbose_name=_("Open"), attrs=NUMBER)

    row_header = "name"

    class Meta(Times.Meta):
        sequence = ("name", "received", "open", "...")
        empty_text = _("Nothing came in.")

    def __init__(
        self, rows: Sequence[Part], *, part: str, caption: Any, first: Any, around: Mapping[str, str]
    ) -> None:
        super().__init__(rows, prefix=f"{part}-", extra_columns=[("name", tables.Column(verbose_name=first))])
        self.part, self.caption, self.around = part, caption, around

    def render_name(self, record: Part) -> SafeString | str:
        if not record.key:
            return record.name
        query = urlencode({**self.around, self.part: record.key})
        return format_html('<a class="usa-link" href="?{}">{}</a>', query, record.name)


class ConcernTable(PortalTable):
    """Rows: Concern, of one note."""

    number = tables.Column(verbose_name=_("Concern"))
    received_at = TemplateColumn("{% load ui %}{{ value|short_day }}", verbose_name=_("Came in"))
    category = tables.Column(verbose_name=_("Category"))
    state = tables.Column(verbose_name=_("State"))

    caption = _("The concerns behind it")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("They are not kept any more.")

    def __init__(self, rows: Any, *, categories: Mapping[str, str]) -> None:
        super().__init__(rows)
        self.categories = categories

    def render_number(self, record: Any) -> SafeString:
        address = reverse("concerns:concern", args=[record.pk])
        return format_html('<a class="usa-link" href="{}">{}</a>', address, record.number)

    def render_category(self, value: str) -> str:
        return self.categories.get(value, value)

    def render_state(self, record: Any) -> str:
        return str(record.get_state_display())
