"""Lists of requests."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.tables import PortalTable


class InboxTable(PortalTable):
    """Rows: CourseRequest with its claim, clock and colleague, and the counts `courses` and `undecided`.

    The page's context names the day: `today`.
    """

    number = tables.TemplateColumn(template_name="part_time/review/number.html", verbose_name=_("Request"))
    student = tables.Column(accessor="claim__full_name", verbose_name=_("Student"))
    lea = tables.Column(verbose_name=_("District"))
    school = tables.Column(accessor="claim__school", verbose_name=_("School"))
    courses = tables.TemplateColumn(template_name="part_time/review/courses.html", verbose_name=_("Courses"))
    due = tables.TemplateColumn(
        template_name="part_time/review/due.html", verbose_name=_("Answer due"), empty_values=()
    )
    assigned_to = tables.Column(
        accessor="assigned_to__user__name", verbose_name=_("Whose"), default=_("Nobody's yet")
    )

    caption = _("Course requests")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No request fits. When a family sends one, it appears here.")
