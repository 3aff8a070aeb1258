"""The list of requests for records, as each of the two districts needs it."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable
from mocap_portal.foundation.ui.marks import by_when, short_day, status

from ..models import RecordsRequest


class RecordsTable(PortalTable):
    """Rows: RecordsRequest with its clock and application. `answers`: the reader is the one who answers. `today`: a
    Central date."""

    number = tables.Column(verbose_name=_("Application"), empty_values=())
    student = tables.Column(verbose_name=_("Student"), empty_values=())
    program = tables.Column(verbose_name=_("Program"), empty_values=())
    district = tables.Column(verbose_name=_("Resident district"), empty_values=())
    kinds = tables.Column(verbose_name=_("Records"), empty_values=())
    due = tables.Column(verbose_name=_("Where it stands"), empty_values=())

    caption = _("Records asked for")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No request fits. When a program asks for records, it appears here.")

    def __init__(self, rows: Any, *, answers: bool, today: dt.date) -> None:
        super().__init__(rows, exclude=("district",) if answers else ("program",))
        self.answers, self.today = answers, today

    # Drawn here and not by templates: both districts open it all day, with 125 cells.

    def render_number(self, record: RecordsRequest) -> SafeString:
        if self.answers and record.answered_at is None:
            address = reverse("full_time:answer_records", args=[record.pk])
        else:
            address = reverse("full_time:records", args=[record.application_id])
        return format_html('<a class="usa-link" href="{}">{}</a>', address, record.application.number)

    def render_student(self, record: RecordsRequest) -> str:
        return record.application.claim.full_name

    def render_program(self, record: RecordsRequest) -> str:
        return record.application.program.name

    def render_district(self, record: RecordsRequest) -> str:
        return str(record.asked_lea)

    def render_kinds(self, record: RecordsRequest) -> str:
        return ", ".join(record.kind_labels)

    def render_due(self, record: RecordsRequest) -> SafeString:
        if record.answered_at is None:
            return by_when(record.clock.due_on, self.today)
        return format_html("{} {}", status("good", gettext("Answered")), short_day(record.answered_at))
