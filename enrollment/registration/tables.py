"""Lists of approved courses and of a provider's roster."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.tables import PortalTable


class LineTable(PortalTable):
    """Rows: views.Waiting, an approved course with what it waits for. The page's context names the day: `today`."""

    course = tables.Column(
        accessor="line__course__title",
        linkify=("registration:line", [tables.A("line__pk")]),
        verbose_name=_("Course"),
    )
    student = tables.Column(accessor="line__request__claim__full_name", verbose_name=_("Student"))
    provider = tables.Column(accessor="line__course__provider", verbose_name=_("Provider"))
    due = tables.TemplateColumn(
        template_name="registration/due.html", verbose_name=_("By when"), empty_values=()
    )
    missing = tables.TemplateColumn(
        template_name="registration/missing.html", verbose_name=_("What is missing"), empty_values=()
    )

    caption = _("Approved courses")
    row_header = "course"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No course fits. When a course is approved, it appears here.")


class RosterTable(PortalTable):
    """Rows: RosterLine with its course, district and clock. The page's context names the day: `today`."""

    student = tables.TemplateColumn(
        template_name="registration/student.html", verbose_name=_("Student"), empty_values=()
    )
    course = tables.Column(accessor="line__course__title", verbose_name=_("Course"))
    lea = tables.Column(verbose_name=_("District"))
    due = tables.TemplateColumn(
        template_name="registration/answer.html", verbose_name=_("Answer by"), empty_values=()
    )

    caption = _("Roster")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student fits. When a district registers one, it appears here.")
