"""The office's lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn
from mocap_portal.foundation.ui.marks import short_day, status, tick

from .models import OPEN_STATES, Asked, Concern, ConcernState
from .naming import veiled
from .words import KIND_OF_STATUS


class ConcernTable(PortalTable):
    """Rows: Concern with RELATED, of which FIELDS are read. `categories`: words by code. `left_out`: not shown."""

    RELATED = ("lea__organization", "provider__organization", "assigned_to__user")
    FIELDS = (
        "category",
        "due_on",
        "received_at",
        "state",
        "lea__organization__name",
        "provider__organization__name",
        "assigned_to__user__name",
    )

    one = tables.Column(_("Choose"), empty_values=())
    number = tables.Column(_("Concern"), empty_values=())
    state = tables.Column(_("State"), empty_values=())
    about = tables.Column(_("About whom"), empty_values=())
    assigned_to = tables.Column(_("Whose"), empty_values=())
    due_on = tables.Column(_("Due"), empty_values=())
    received_at = tables.Column(_("Received"), empty_values=())

    caption = _("Concerns")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No concern is like this.")

    def __init__(
        self, rows: Any, *, categories: dict[str, str], today: dt.date, left_out: tuple[str, ...] = ()
    ) -> None:
        super().__init__(rows, exclude=left_out)
        self.categories, self.today = categories, today

    # Drawn here and not by templates: it is the list that the office opens all day, with 175 cells.

    def render_one(self, record: Concern) -> SafeString:
        """The box belongs to the form below the list."""
        label = gettext("Choose %(number)s") % {"number": record.number}
        return tick(record.pk, label, name="one", form="together")

    def render_number(self, record: Concern) -> SafeString:
        return format_html(
            '<a class="usa-link" href="{}">{}</a><br><span class="usa-hint">{}</span>',
            reverse("concerns:concern", args=[record.pk]),
            record.number,
            self.categories.get(record.category, record.category),
        )

    def render_state(self, record: Concern) -> SafeString:
        state = ConcernState(record.state)
        return status(KIND_OF_STATUS[state], str(state.label))

    def render_about(self, record: Concern) -> SafeString:
        parties = [(party,) for party in (record.lea, record.provider) if party]
        return format_html_join(mark_safe("<br>"), "{}", parties) or mark_safe("–")

    def render_assigned_to(self, record: Concern) -> str:
        return record.assigned_to.user.name if record.assigned_to else "–"

    def render_due_on(self, record: Concern) -> SafeString | str:
        """Of an open one: the next day by which something is due."""
        if record.due_on is None:
            return "–"
        if record.state in OPEN_STATES and record.due_on < self.today:
            return format_html("{} {}", short_day(record.due_on), status("bad", gettext("Overdue")))
        return short_day(record.due_on)

    def render_received_at(self, record: Concern) -> SafeString:
        return short_day(record.received_at)


class AskedTable(PortalTable):
    """Rows: Asked with its clock, as who is asked reads them."""

    asked_at = TemplateColumn(template_name="concerns/respondent/link.html", verbose_name=_("Asked on"))
    question = tables.Column(verbose_name=_("Question"))
    state = TemplateColumn(
        template_name="concerns/respondent/state.html", verbose_name=_("State"), empty_values=()
    )

    caption = _("What the state office asks you")
    row_header = "asked_at"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("The state office has asked you nothing.")

    def __init__(self, rows: Any, *, today: dt.date) -> None:
        super().__init__(rows)
        self.today = today

    def render_question(self, record: Asked) -> str:
        value = veiled(record.question, record.concern)
        return value if len(value) <= 160 else f"{value[:160].rstrip()} …"

    def cells(self, row: BoundRow) -> Iterable[tuple[BoundColumn, Any]]:
        """Each row says whether its day is over."""
        asked = row.record
        asked.is_late = asked.clock.due_on is not None and asked.clock.due_on < self.today
        return super().cells(row)
