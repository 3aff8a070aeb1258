"""Lists of attendance letters and of students who have stopped."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn


class LetterTable(PortalTable):
    """Rows: LetterRequest with its student and certification. `hat` of the page's context says who looks."""

    number = TemplateColumn(
        template_name="certification/number.html", verbose_name=_("Letter"), empty_values=()
    )
    student = tables.Column(accessor="student", verbose_name=_("Student"))
    recipient = tables.Column(verbose_name=_("For"))
    asked_at = TemplateColumn("{% load ui %}{{ record.asked_at|short_day }}", verbose_name=_("Asked for on"))
    state = TemplateColumn(
        template_name="certification/state.html", verbose_name=_("Where it stands"), empty_values=()
    )

    caption = _("Attendance letters")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No letter fits. When a family asks for one, it appears here.")


class CessationTable(PortalTable):
    """Rows: CessationTask with its people."""

    student = tables.Column(
        accessor="student",
        linkify=("certification:cessation", [tables.A("pk")]),
        verbose_name=_("Student"),
    )
    place = tables.Column(accessor="place", verbose_name=_("Program"))
    ended_on = TemplateColumn(
        "{% load ui %}{{ record.last_day|short_day }}", verbose_name=_("Last day"), empty_values=()
    )
    state = TemplateColumn(
        template_name="certification/sent.html", verbose_name=_("Where it stands"), empty_values=()
    )

    caption = _("Notices of cessation")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student with an attendance letter has stopped.")
