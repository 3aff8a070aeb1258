"""Lists of reports, of the students of one, of its totals, and of what changed."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import GRADES
from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn

DAY = "{% load ui %}{{ value|short_day }}"


class ReportTable(PortalTable):
    """Rows: MembershipReport with its program and host."""

    count_date = TemplateColumn(template_name="membership/report_link.html", verbose_name=_("Count date"))
    program = tables.Column(verbose_name=_("Program"))
    host = tables.Column(accessor="program__host", verbose_name=_("Host"))
    state = TemplateColumn(template_name="membership/state.html", verbose_name=_("Where it stands"))
    sent_at = TemplateColumn(DAY, verbose_name=_("Sent"))

    caption = _("Membership reports")
    row_header = "count_date"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No membership report fits.")


class RowTable(PortalTable):
    """Rows: MembershipRow with its student and district."""

    student = tables.Column(accessor="enrollment__student", verbose_name=_("Student"))
    mosis_id = tables.Column(verbose_name=_("MOSIS ID"), default=_("Missing"))
    grade = tables.Column(verbose_name=_("Grade"))
    age = tables.Column(verbose_name=_("Age"))
    resident_lea = tables.Column(verbose_name=_("Resident district"))
    share = tables.Column(verbose_name=_("Share"))

    caption = _("Students who are counted")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Nobody was enrolled on this day.")

    def render_grade(self, value: int) -> str:
        return str(dict(GRADES)[value])


class TotalTable(PortalTable):
    """Rows: counting.Total."""

    name = tables.Column(verbose_name=_("Group"))
    students = tables.Column(verbose_name=_("Students"))
    share = tables.Column(verbose_name=_("Shares together"))

    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False


class ChangeTable(PortalTable):
    """Rows: counting.Change."""

    student = tables.Column(accessor="row__enrollment__student", verbose_name=_("Student"))
    words = tables.Column(verbose_name=_("What is different"))

    caption = _("Different from what was sent before")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Nothing is different.")
