"""Lists of approved courses, of a provider's roster, and of teachers."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn


class LineTable(PortalTable):
    """Rows: views.district.Waiting, an approved course with what it waits for. The page's context names `today`."""

    course = tables.Column(
        accessor="line__course__title",
        linkify=("registration:line", [tables.A("line__pk")]),
        verbose_name=_("Course"),
    )
    student = tables.Column(accessor="line__request__claim__full_name", verbose_name=_("Student"))
    provider = tables.Column(accessor="line__course__provider", verbose_name=_("Provider"))
    due = TemplateColumn(
        template_name="registration/due.html", verbose_name=_("Where it stands"), empty_values=()
    )
    missing = TemplateColumn(
        template_name="registration/missing.html", verbose_name=_("What is missing"), empty_values=()
    )

    caption = _("Approved courses")
    row_header = "course"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No course fits. When a course is approved, it appears here.")


class PayerTable(PortalTable):
    """Rows: PayerChange with its line and both LEAs, annotated with `has_agreement`. The page names the `hat`."""

    student = tables.Column(accessor="line__request__claim__full_name", verbose_name=_("Student"))
    course = TemplateColumn(
        template_name="registration/payer_course.html", verbose_name=_("Course"), empty_values=()
    )
    pays_from = TemplateColumn(
        "{% load ui %}{{ record.pays_from|short_day }}", verbose_name=_("First day"), empty_values=()
    )
    from_lea = tables.Column(verbose_name=_("Paid until then"))
    to_lea = tables.Column(verbose_name=_("Pays from then on"))
    state = TemplateColumn(
        template_name="registration/payer_state.html", verbose_name=_("Payment"), empty_values=()
    )

    caption = _("Courses of students who moved")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student with a running course came to your district or left it.")


class RosterTable(PortalTable):
    """Rows: RosterLine with its course, district and clock. The page's context names the day: `today`."""

    student = TemplateColumn(
        template_name="registration/student.html", verbose_name=_("Student"), empty_values=()
    )
    course = tables.Column(accessor="line__course__title", verbose_name=_("Course"))
    section = tables.Column(accessor="line__section", verbose_name=_("Section"), default="–")
    lea = tables.Column(verbose_name=_("District"))
    due = TemplateColumn(
        template_name="registration/answer.html", verbose_name=_("Where it stands"), empty_values=()
    )

    caption = _("Roster")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student fits. When a district registers one, it appears here.")


class TeacherTable(PortalTable):
    """Rows: Teacher. The page's context names `today`, and `soon`, until when an end is near."""

    name = tables.Column(verbose_name=_("Teacher"), linkify=("registration:renew", [tables.A("pk")]))
    certificate_number = tables.Column(verbose_name=_("Missouri certificate"))
    certificate_kind = tables.Column(verbose_name=_("Kind"), default="–")
    valid_to = TemplateColumn(template_name="registration/valid_to.html", verbose_name=_("Last valid day"))

    caption = _("Teachers on file")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No teacher is on file yet.")
