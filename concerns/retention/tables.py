"""Holds, disposals and what is left of disposed records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concerns.models import Concern, Outcome
from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn
from mocap_portal.foundation.ui.words import short_day

from .models import Disposal, DisposalItem, Hold, Stub

DAY = "{% load ui %}{{ value|short_day }}"


class HoldTable(PortalTable):
    """Rows: Hold with LEA, provider and people. `categories`: names by code."""

    what = tables.Column(verbose_name=_("What is held"), empty_values=())
    kind = tables.Column(verbose_name=_("Because of"))
    why = tables.Column(verbose_name=_("Why"))
    placed_at = TemplateColumn(DAY, verbose_name=_("Since"))
    placed_by = tables.Column(verbose_name=_("By"), accessor="placed_by__user")
    end = TemplateColumn(template_name="retention/end.html", verbose_name=_("Until"), empty_values=())

    caption = _("Holds")
    row_header = "what"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Nothing is held.")

    def __init__(self, rows: Any, *, categories: Mapping[str, str]) -> None:
        super().__init__(rows, prefix="h-")
        self.categories = categories

    def render_what(self, record: Hold) -> str:
        return scope(record, self.categories)


class DisposalTable(PortalTable):
    """Rows: Disposal with people and `count`."""

    as_of = tables.Column(verbose_name=_("Proposed"))
    proposed_by = tables.Column(verbose_name=_("By"))
    count = tables.Column(verbose_name=_("Concerns"))
    confirmed_by = tables.Column(verbose_name=_("Confirmed by"), default="–")
    state = TemplateColumn(template_name="retention/standing.html", verbose_name=_("State"), empty_values=())

    caption = _("Disposals")
    row_header = "as_of"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Nothing was ever disposed of.")

    def __init__(self, rows: Any) -> None:
        super().__init__(rows, prefix="d-")

    def render_as_of(self, record: Disposal) -> SafeString:
        address = reverse("retention:disposal", args=[record.pk])
        return format_html('<a class="usa-link" href="{}">{}</a>', address, short_day(record.as_of))


class ItemTable(PortalTable):
    """Rows: DisposalItem. `concerns`: those of the page that are still there, by number; set once it is cut."""

    number = tables.Column(verbose_name=_("Concern"))
    category = tables.Column(verbose_name=_("Category"), empty_values=())
    closed = tables.Column(verbose_name=_("Closed"), empty_values=())
    state = tables.Column(verbose_name=_("State"))

    caption = _("What is on the list")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False

    def __init__(self, rows: Any, *, categories: Mapping[str, str]) -> None:
        super().__init__(rows)
        self.categories = categories
        self.concerns: Mapping[int, Concern] = {}

    def render_number(self, value: int) -> str:
        return number_of(value)

    def render_category(self, record: DisposalItem) -> str:
        concern = self.concerns.get(record.number)
        return self.categories.get(concern.category, concern.category) if concern else "–"

    def render_closed(self, record: DisposalItem) -> str:
        concern = self.concerns.get(record.number)
        if concern is None:
            return "–"
        return short_day(concern.closed_at) if concern.closed_at else gettext("Joined with another concern")

    def render_state(self, record: DisposalItem) -> str:
        if record.reason:
            return f"{record.get_state_display()}: {record.get_reason_display()}"
        return str(record.get_state_display())


class StubTable(PortalTable):
    """Rows: Stub with its disposal's people."""

    number = tables.Column(verbose_name=_("Concern"))
    category = tables.Column(verbose_name=_("Category"))
    received_on = TemplateColumn(DAY, verbose_name=_("Came in"))
    closed_on = TemplateColumn(DAY, verbose_name=_("Closed"))
    outcome = tables.Column(verbose_name=_("Outcome"))
    disposed_at = TemplateColumn(DAY, verbose_name=_("Disposed of"))
    by = tables.Column(verbose_name=_("By"), empty_values=())

    caption = _("What was disposed of")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False

    def __init__(self, rows: Any, *, categories: Mapping[str, str]) -> None:
        super().__init__(rows)
        self.categories = categories

    def render_number(self, record: Stub) -> str:
        if record.joined_to is None:
            return number_of(record.number)
        names = {"number": number_of(record.number), "other": number_of(record.joined_to)}
        return gettext("%(number)s, joined with %(other)s") % names

    def render_category(self, value: str) -> str:
        return self.categories.get(value, value)

    def render_outcome(self, value: str) -> str:
        return str(dict(Outcome.choices).get(value, value))

    def render_by(self, record: Stub) -> str:
        people = {"one": record.disposal.proposed_by, "other": record.disposal.confirmed_by}
        return gettext("%(one)s and %(other)s") % people


def number_of(number: int) -> str:
    """As the writer was told it."""
    return Concern(pk=number).number


def scope(hold: Hold, categories: Mapping[str, str]) -> str:
    """What a hold is on, in words."""
    if hold.number is not None:
        return number_of(hold.number)
    words = [categories.get(hold.category, hold.category), str(hold.lea or ""), str(hold.provider or "")]
    if hold.received_from:
        words.append(gettext("from %(day)s on") % {"day": short_day(hold.received_from)})
    if hold.received_to:
        words.append(gettext("until %(day)s") % {"day": short_day(hold.received_to)})
    return ", ".join(filter(None, words)) or gettext("Every concern")
