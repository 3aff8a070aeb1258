"""Lists of requests."""

from collections.abc import Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn

from .models import CourseRequest, LineState
from .suspicions import Suspicion


class InboxTable(PortalTable):
    """Rows: CourseRequest with its claim, clock, colleague and lines.

    The page's context names the day: `today`.
    """

    chosen = TemplateColumn(
        template_name="part_time/review/chosen.html", verbose_name=_("Choose"), empty_values=()
    )
    number = tables.Column(verbose_name=_("Request"))
    student = tables.Column(accessor="claim__full_name", verbose_name=_("Student"))
    lea = tables.Column(verbose_name=_("District"))
    school = tables.Column(accessor="claim__school", verbose_name=_("School"))
    courses = tables.Column(verbose_name=_("Courses"), empty_values=())
    due = TemplateColumn(
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suspicions: Mapping[int, Sequence[Suspicion]] = {}  # by the key of the request

    def render_number(self, record: CourseRequest) -> SafeString:
        """The number, with marks for what makes this row different from the others."""
        context = {"record": record, "suspicions": self.suspicions.get(record.pk, [])}
        return render_to_string("part_time/review/number.html", context)

    def render_courses(self, record: CourseRequest) -> str:
        """3 courses, 1 to decide"""
        states = [line.state for line in record.lines.all()]
        undecided = states.count(LineState.REQUESTED)
        courses = ngettext("%(count)d course", "%(count)d courses", len(states)) % {"count": len(states)}
        if undecided in {0, len(states)}:
            return courses
        return gettext("%(courses)s, %(undecided)d to decide") % {"courses": courses, "undecided": undecided}


class ProblemTable(PortalTable):
    """Rows: providers.catalog.Problem, in the order of the file."""

    row = tables.Column(verbose_name=_("Line"))
    column = tables.Column(verbose_name=_("Column"))
    value = tables.Column(verbose_name=_("What stands there"))
    message = tables.Column(verbose_name=_("What is wrong"))
    remedy = tables.Column(verbose_name=_("What to do"))

    caption = _("Rows that are left out")
    row_header = "row"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No row is wrong.")
