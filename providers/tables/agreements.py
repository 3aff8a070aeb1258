"""The list of agreements."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.tables import PortalTable
from mocap_portal.foundation.ui.marks import short_day

from ..models import WITHOUT_PROGRAM_CODE, Agreement


class AgreementTable(PortalTable):
    other_side = tables.Column(
        gettext_lazy("With"), order_by=("provider__organization__name", "partner_lea__organization__name")
    )
    lea = tables.Column(gettext_lazy("District"), order_by="lea__organization__name")
    kind = tables.Column(gettext_lazy("Kind"))
    valid_from = tables.Column(gettext_lazy("First day"))
    valid_to = tables.Column(gettext_lazy("Last day"), default=gettext_lazy("Not ended"))
    paper = tables.Column(gettext_lazy("Signed paper"), accessor="pk", orderable=False)
    attested = tables.Column(
        gettext_lazy("Attested by"), accessor="attested_name", default="–", orderable=False
    )
    end = tables.Column(gettext_lazy("Change"), accessor="pk", orderable=False)

    caption = gettext_lazy("Agreements on file")
    row_header = "other_side"

    class Meta(PortalTable.Meta):
        empty_text = gettext_lazy("No agreement is on file.")

    def __init__(self, *args: Any, hat: Membership, may_end: bool, today: dt.date, **kwargs: Any) -> None:
        hidden = [*([] if hat.is_dese else ["lea"]), *([] if may_end else ["end"])]
        super().__init__(*args, exclude=hidden, **kwargs)
        self.hat = hat
        self.today = today

    def render_other_side(self, record: Agreement) -> str:
        """Seen from a partner of a cooperative, the other side is the LEA that recorded it."""
        is_partner = self.hat.organization_id == record.partner_lea_id
        return str(record.lea if is_partner and not self.hat.is_dese else record.other_side)

    def render_kind(self, record: Agreement) -> str:
        label = record.get_kind_display()
        if record.kind not in WITHOUT_PROGRAM_CODE:
            return label
        return format_html("{}<br>{}", label, _("Report without a program code"))

    def render_valid_from(self, value: dt.date) -> str:
        return short_day(value)

    def render_valid_to(self, value: dt.date) -> str:
        return short_day(value)

    def render_paper(self, record: Agreement) -> str:
        if record.document_id is None:
            return record.reference
        return format_html(
            '<a class="usa-link" href="{}">{}<span class="usa-sr-only">: {}</span></a> {}',
            reverse("providers:agreement_document", args=[record.pk]),
            _("Download"),
            record.other_side,
            record.reference,
        )

    def render_attested(self, record: Agreement) -> str:
        assert record.attested_on
        words = {"name": record.attested_name, "title": record.attested_title}
        return format_html("{}<br>{}", _("%(name)s, %(title)s") % words, short_day(record.attested_on))

    def render_end(self, record: Agreement) -> str:
        is_over = record.valid_to and record.valid_to <= self.today
        if is_over or record.lea_id != self.hat.organization_id:
            return ""
        return format_html(
            '<a class="usa-link" href="{}">{}<span class="usa-sr-only">: {}</span></a>',
            reverse("providers:end_agreement", args=[record.pk]),
            _("End it"),
            record.other_side,
        )
