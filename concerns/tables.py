"""The office's lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn

from .models import OPEN_STATES, Asked, ConcernState
from .naming import veiled
from .words import KIND_OF_STATUS


class ConcernTable(PortalTable):
    """Rows: Concern with lea, provider, assigned_to. `categories`: words by code. `left_out`: columns not shown."""

    one = TemplateColumn(
        template_name="concerns/office/chosen.html", verbose_name=_("Choose"), empty_values=()
    )
    number = TemplateColumn(
        template_name="concerns/office/number.html", verbose_name=_("Concern"), empty_values=()
    )
    state = TemplateColumn(template_name="concerns/office/state.html", verbose_name=_("State"))
    about = TemplateColumn(
        template_name="concerns/office/about.html", verbose_name=_("About whom"), empty_values=()
    )
    assigned_to = TemplateColumn(
        "{% if value %}{{ value.user.name }}{% else %}–{% endif %}",
        verbose_name=_("Whose"),
        empty_values=(),
    )
    due_on = TemplateColumn(template_name="concerns/office/due.html", verbose_name=_("Due"), empty_values=())
    received_at = TemplateColumn("{% load ui %}{{ value|short_day }}", verbose_name=_("Received"))

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

    def cells(self, row: BoundRow) -> Iterable[tuple[BoundColumn, Any]]:
        """Each row gets the words that its cells show."""
        concern = row.record
        concern.category_words = self.categories.get(concern.category, concern.category)
        concern.status_kind = KIND_OF_STATUS[ConcernState(concern.state)]
        concern.is_late = (
            concern.state in OPEN_STATES and concern.due_on is not None and concern.due_on < self.today
        )
        return super().cells(row)


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
