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

from concerns.models import Outcome
from concerns.movip.rules import State
from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn
from mocap_portal.foundation.ui.words import short_day

from . import words
from .models import Disposal, DisposalItem, Hold, Stub, Table

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
    """Rows: Disposal with people and `count`. `counted`: what is counted."""

    as_of = tables.Column(verbose_name=_("Proposed"))
    proposed_by = tables.Column(verbose_name=_("By"))
    count = tables.Column()
    confirmed_by = tables.Column(verbose_name=_("Confirmed by"), default="–")
    state = TemplateColumn(template_name="retention/standing.html", verbose_name=_("State"), empty_values=())

    caption = _("Disposals")
    row_header = "as_of"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Nothing was ever disposed of.")

    def __init__(self, rows: Any, *, counted: Any) -> None:
        super().__init__(rows, prefix="d-")
        self.columns["count"].column.verbose_name = counted

    def render_as_of(self, record: Disposal) -> SafeString:
        address = reverse("retention:disposal", args=[record.pk])
        return format_html('<a class="usa-link" href="{}">{}</a>', address, short_day(record.as_of))


class ItemTable(PortalTable):
    """Rows: DisposalItem. `records`: those of the page that are still there, by number; set once it is cut."""

    records: Mapping[int, Any]

    state = tables.Column(verbose_name=_("State"))

    caption = _("What is on the list")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False

    def __init__(self, rows: Any, *, categories: Mapping[str, str]) -> None:
        super().__init__(rows)
        self.categories = categories
        self.records = {}

    def render_number(self, record: DisposalItem) -> str:
        return linked(record.disposal.table, record.number, is_there=record.number in self.records)

    def render_state(self, record: DisposalItem) -> str:
        if record.reason:
            return f"{record.get_state_display()}: {record.get_reason_display()}"
        return str(record.get_state_display())


class ConcernItems(ItemTable):
    """`records`: Concern."""

    number = tables.Column(verbose_name=_("Concern"))
    category = tables.Column(verbose_name=_("Category"), empty_values=())
    closed = tables.Column(verbose_name=_("Closed"), empty_values=())

    class Meta(ItemTable.Meta):
        sequence = ("number", "category", "closed", "state")

    def render_category(self, record: DisposalItem) -> str:
        concern = self.records.get(record.number)
        return self.categories.get(concern.category, concern.category) if concern else "–"

    def render_closed(self, record: DisposalItem) -> str:
        concern = self.records.get(record.number)
        if concern is None:
            return "–"
        return short_day(concern.closed_at) if concern.closed_at else gettext("Joined with another concern")


class TranscriptItems(ItemTable):
    """`records`: TranscriptRequest with `ended_at` and `is_logged`."""

    number = tables.Column(verbose_name=_("Request"))
    outcome = tables.Column(verbose_name=_("Outcome"), empty_values=())
    ended = tables.Column(verbose_name=_("Last step"), empty_values=())
    goes = tables.Column(verbose_name=_("What goes"), empty_values=())

    class Meta(ItemTable.Meta):
        sequence = ("number", "outcome", "ended", "goes", "state")

    def render_outcome(self, record: DisposalItem) -> str:
        request = self.records.get(record.number)
        return str(request.get_state_display()) if request else "–"

    def render_ended(self, record: DisposalItem) -> str:
        request = self.records.get(record.number)
        return short_day(request.ended_at) if request and request.ended_at else "–"

    def render_goes(self, record: DisposalItem) -> str:
        request = self.records.get(record.number)
        is_logged = request is not None and request.is_logged
        return gettext("All but the log of what left") if is_logged else gettext("Everything")


class StubTable(PortalTable):
    """Rows: Stub with its disposal's people. `records`: those of the page of which more is left; set once it is cut."""

    records: Mapping[int, Any]

    received_on = TemplateColumn(DAY, verbose_name=_("Came in"))
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
        self.records = {}

    def render_by(self, record: Stub) -> str:
        people = {"one": record.disposal.proposed_by, "other": record.disposal.confirmed_by}
        return gettext("%(one)s and %(other)s") % people


class ConcernStubs(StubTable):
    number = tables.Column(verbose_name=_("Concern"))
    category = tables.Column(verbose_name=_("Category"))
    closed_on = TemplateColumn(DAY, verbose_name=_("Closed"))

    class Meta(StubTable.Meta):
        sequence = ("number", "category", "received_on", "closed_on", "outcome", "disposed_at", "by")

    def render_number(self, record: Stub) -> str:
        number = words.CONCERNS.number_of
        if record.joined_to is None:
            return number(record.number)
        names = {"number": number(record.number), "other": number(record.joined_to)}
        return gettext("%(number)s, joined with %(other)s") % names

    def render_category(self, value: str) -> str:
        return self.categories.get(value, value)

    def render_outcome(self, value: str) -> str:
        return str(dict(Outcome.choices).get(value, value))


class TranscriptStubs(StubTable):
    """`records`: requests of which the log is left."""

    number = tables.Column(verbose_name=_("Request"))
    closed_on = TemplateColumn(DAY, verbose_name=_("Last step"))
    left = tables.Column(verbose_name=_("What is left beside this"), empty_values=())

    class Meta(StubTable.Meta):
        sequence = ("number", "received_on", "closed_on", "outcome", "left", "disposed_at", "by")

    def render_number(self, record: Stub) -> str:
        return linked(record.table, record.number, is_there=record.number in self.records)

    def render_outcome(self, value: str) -> str:
        return str(dict(State.choices).get(value, value))

    def render_left(self, record: Stub) -> str:
        is_logged = record.number in self.records
        return gettext("The log of what left") if is_logged else gettext("Nothing")


ITEMS: dict[str, type[ItemTable]] = {Table.CONCERNS: ConcernItems, Table.TRANSCRIPTS: TranscriptItems}
STUBS: dict[str, type[StubTable]] = {Table.CONCERNS: ConcernStubs, Table.TRANSCRIPTS: TranscriptStubs}


def linked(table: str, number: int, *, is_there: bool) -> str:
    """The number of a record, which leads to it as long as it is there."""
    text = words.OF[table].number_of(number)
    if not is_there:
        return text
    return format_html(
        '<a class="usa-link" href="{}">{}</a>', reverse(words.OF[table].page, args=[number]), text
    )


def scope(hold: Hold, categories: Mapping[str, str]) -> str:
    """What a hold is on, in words."""
    if hold.number is not None:
        return words.OF[hold.table].number_of(hold.number)
    said = [categories.get(hold.category, hold.category), str(hold.lea or ""), str(hold.provider or "")]
    if hold.received_from:
        said.append(gettext("from %(day)s on") % {"day": short_day(hold.received_from)})
    if hold.received_to:
        said.append(gettext("until %(day)s") % {"day": short_day(hold.received_to)})
    return ", ".join(filter(None, said)) or str(words.OF[hold.table].all_held)
