"""Lists of students who move, and of the credit that they bring."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn


class TransferTable(PortalTable):
    """Rows: Transfer with its student and both LEAs."""

    student = tables.Column(
        accessor="student", linkify=("transfers:transfer", [tables.A("pk")]), verbose_name=_("Student")
    )
    from_lea = tables.Column(verbose_name=_("From"))
    to_lea = tables.Column(verbose_name=_("To"))
    leaves_on = TemplateColumn(
        "{% load ui %}{{ record.leaves_on|short_day }}", verbose_name=_("Last day"), empty_values=()
    )
    state = TemplateColumn(
        template_name="transfers/state.html", verbose_name=_("Where it stands"), empty_values=()
    )

    caption = _("Students who move")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student came to your district or left it with the portal's help.")


class CreditTable(PortalTable):
    """Rows: CourseLine with its course and the LEA that confirmed the credit."""

    course = tables.Column(accessor="course__title", verbose_name=_("Course"))
    code = tables.Column(accessor="course__state_course_code", verbose_name=_("Course code"), default="–")
    provider = tables.Column(accessor="course__provider", verbose_name=_("Provider"))
    ended_on = TemplateColumn(
        "{% load ui %}{{ record.ended_on|short_day }}", verbose_name=_("Last day"), empty_values=()
    )
    final_grade = tables.Column(verbose_name=_("Grade"), default="–")
    credit_earned = tables.Column(verbose_name=_("Credit"))
    confirmed_by = tables.Column(accessor="roster_line__lea", verbose_name=_("Confirmed by"))

    caption = _("Credit from MOCAP courses")
    row_header = "course"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No MOCAP course of this student has earned credit yet.")
