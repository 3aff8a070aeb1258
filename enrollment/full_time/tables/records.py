"""The list of requests for records, as each of the two districts needs it."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn


class RecordsTable(PortalTable):
    """Rows: RecordsRequest with its clock and application. The page's context names `today` and `answers`, whether
    the reader is the one who answers."""

    number = TemplateColumn(
        template_name="full_time/records/number.html", verbose_name=_("Application"), empty_values=()
    )
    student = tables.Column(accessor="application__claim__full_name", verbose_name=_("Student"))
    program = tables.Column(accessor="application__program__name", verbose_name=_("Program"))
    district = tables.Column(accessor="application__resident_lea", verbose_name=_("Resident district"))
    kinds = TemplateColumn(
        template_name="full_time/records/kinds.html", verbose_name=_("Records"), empty_values=()
    )
    due = TemplateColumn(
        template_name="full_time/records/due.html", verbose_name=_("Where it stands"), empty_values=()
    )

    caption = _("Records asked for")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No request fits. When a program asks for records, it appears here.")
