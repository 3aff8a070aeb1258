"""The list of requests for old transcripts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn


class RequestTable(PortalTable):
    """Rows: TranscriptRequest with `assigned_to__user`. `today` says what is overdue."""

    number = tables.Column(
        accessor="number", linkify=("movip:request", [tables.A("pk")]), verbose_name=_("Request")
    )
    former_name = tables.Column(accessor="former_name", verbose_name=_("Former student"))
    received_at = TemplateColumn(
        "{% load ui %}{{ record.received_at|short_day }}", verbose_name=_("Received")
    )
    due_on = TemplateColumn(template_name="movip/due.html", verbose_name=_("Answer due"))
    state = TemplateColumn(template_name="movip/state.html", verbose_name=_("Where it stands"))
    assigned_to = tables.Column(
        accessor="assigned_to__user__name", verbose_name=_("Who looks after it"), default=_("Nobody yet")
    )

    caption = _("Requests for MoVIP transcripts")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No request fits. Choose “All requests” to see those that are answered.")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
