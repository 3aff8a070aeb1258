"""Lists of students with their last activity, of files and of what is wrong in them."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import ProgramEnrollment
from enrollment.full_time.templatetags.full_time_marks import standing
from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn
from mocap_portal.foundation.ui.marks import short_day, status

from .models import AttendanceProblem, Flag, FlagReason, ProblemKind


class StudentTable(PortalTable):
    """Rows: ProgramEnrollment with student, program, district and `last_active`. `quiet`: by key, school days without
    activity."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    program = tables.Column(verbose_name=_("Program"))
    resident_lea = tables.Column(verbose_name=_("Resident district"))
    last_active = tables.Column(verbose_name=_("Last activity"), empty_values=())
    without = tables.Column(verbose_name=_("Since then without activity"), empty_values=())
    state = tables.Column(verbose_name=_("State"), empty_values=())

    quiet: Mapping[int, int] = MappingProxyType({})
    caption = _("Full-time students")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student is like this. Choose another state or program.")

    # Drawn here and not by templates: it is the list that a host opens all day, with 150 cells.

    def render_student(self, record: ProgramEnrollment) -> SafeString:
        address = reverse("attendance:student", args=[record.pk])
        return format_html('<a href="{}">{}</a>', address, record.student)

    def render_last_active(self, record: Any) -> str:
        return _last_activity(record.last_active)

    def render_without(self, record: ProgramEnrollment) -> str:
        days = self.quiet.get(record.pk)
        if not days:
            return "–"
        words = ngettext("%(days)d school day", "%(days)d school days", days) % {"days": days}
        limit = record.program.inactive_days
        return (
            gettext("%(words)s (limit: %(limit)d)") % {"words": words, "limit": limit}
            if days >= limit
            else words
        )

    def render_state(self, record: ProgramEnrollment) -> SafeString:
        return standing(record)


def _last_activity(day: dt.date | None) -> str:
    return short_day(day) if day else gettext("None yet")


class FileTable(PortalTable):
    """Rows: AttendanceFile with its program and sender."""

    name = tables.Column(linkify=("attendance:file", [tables.A("pk")]), verbose_name=_("File"))
    program = tables.Column(verbose_name=_("Program"))
    sent_at = TemplateColumn("{% load ui %}{{ value|moment }}", verbose_name=_("Sent"))
    sent_by = tables.Column(accessor="sent_by__user__name", verbose_name=_("By"))
    rows = tables.Column(verbose_name=_("Lines"))
    state = TemplateColumn(template_name="attendance/file_state.html", verbose_name=_("State"))

    caption = _("Files that were sent")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No file was sent yet. Choose one above.")


class ProblemTable(PortalTable):
    """Rows: AttendanceProblem."""

    line = tables.Column(verbose_name=_("Line"))
    column = tables.Column(verbose_name=_("Column"), default="–")
    value = tables.Column(verbose_name=_("What stands there"), default="–")
    kind = tables.Column(verbose_name=_("What is wrong, and what to do"))

    caption = _("What is wrong, line by line")
    row_header = "line"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Nothing is wrong.")

    def render_kind(self, record: AttendanceProblem) -> str:
        return str(ProblemKind(record.kind).sentence)


class ProgramTable(PortalTable):
    """Rows: Program with its host."""

    name = tables.Column(linkify=("attendance:ada", [tables.A("pk")]), verbose_name=_("Program"))
    host = tables.Column(verbose_name=_("Host"))

    caption = _("Full-time programs")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No program is here yet.")


class ExcludedTable(PortalTable):
    """Rows: dicts with course, teacher (empty for none) and hours."""

    course = tables.Column(verbose_name=_("Course"))
    teacher = tables.Column(verbose_name=_("Teacher"), empty_values=())
    hours = tables.Column(verbose_name=_("Hours that do not count"))

    caption = _("Hours without a certificated teacher")
    row_header = "course"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Every hour was under a certificated teacher.")

    def render_teacher(self, value: str) -> str:
        return value or gettext("No teacher is on the schedule")


class FlagTable(PortalTable):
    """Rows: Flag with student, program and notice, and `tried`: how many interventions there are."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    program = tables.Column(verbose_name=_("Program"), empty_values=())
    reason = tables.Column(verbose_name=_("Why"), empty_values=())
    last_active = tables.Column(verbose_name=_("Last activity"), empty_values=())
    opened_on = tables.Column(verbose_name=_("Flagged"), empty_values=())
    step = tables.Column(verbose_name=_("Next"), empty_values=())

    caption = _("Students who are not engaged")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Every student is engaged.")

    # Drawn here and not by templates, as the list of students.

    def render_student(self, record: Flag) -> SafeString:
        address = reverse("attendance:flag", args=[record.pk])
        return format_html('<a href="{}">{}</a>', address, record.enrollment.student)

    def render_program(self, record: Flag) -> str:
        return record.enrollment.program.name

    def render_reason(self, record: Flag) -> str:
        return str(FlagReason(record.reason).label)

    def render_last_active(self, record: Flag) -> str:
        return _last_activity(record.last_active)

    def render_opened_on(self, record: Flag) -> SafeString:
        return short_day(record.opened_on)

    def render_step(self, record: Any) -> SafeString:
        if not hasattr(record, "notice"):
            return status("todo", gettext("Write to the family"))
        if not record.tried:
            return status("todo", gettext("Talk and help"))
        return status("info", gettext("Told, and something was tried"))


class PlacementTable(PortalTable):
    """Rows: Placement with student, program and clock."""

    student = tables.Column(
        accessor="enrollment__student",
        linkify=("attendance:placement", [tables.A("pk")]),
        verbose_name=_("Student"),
    )
    program = tables.Column(accessor="enrollment__program", verbose_name=_("Left the program"))
    due = TemplateColumn(
        "{% load ui %}{{ record.clock.due_on|short_day }}", verbose_name=_("Options due"), empty_values=()
    )
    state = TemplateColumn(template_name="attendance/placement_state.html", verbose_name=_("State"))

    caption = _("Disenrolled students of your district")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student was disenrolled from a full-time program.")
