"""Lists of applications, of students, of a program's policies and schedules."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn
from mocap_portal.foundation.ui.marks import short_day, status

from ..models import ApplicationState, ProgramApplication, ProgramEnrollment
from ..templatetags.full_time_marks import standing

SHORT_DAY = "{% load ui %}{{ value|short_day }}"


class ApplicationTable(PortalTable):
    """Rows: ProgramApplication with claim, program, term, resident district and clock. `leads_to`: the page of each
    row. `today`: a Central date."""

    number = tables.Column(verbose_name=_("Application"), empty_values=())
    student = tables.Column(verbose_name=_("Student"), empty_values=())
    grade = tables.Column(verbose_name=_("Grade"), empty_values=())
    program = tables.Column(verbose_name=_("Program"))
    resident_lea = tables.Column(accessor="current_resident_lea", verbose_name=_("Resident district"))
    term = tables.Column(verbose_name=_("Term"))
    submitted_at = tables.Column(verbose_name=_("Sent"), empty_values=())
    state = tables.Column(verbose_name=_("State"), empty_values=())

    caption = _("Applications")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No application fits.")

    def __init__(self, rows: Any, *, leads_to: str, today: dt.date) -> None:
        super().__init__(rows)
        self.leads_to, self.today = leads_to, today

    # Drawn here and not by templates: it is the list that both sides of a program open all day, with 200 cells.

    def render_number(self, record: ProgramApplication) -> SafeString:
        address = reverse(self.leads_to, args=[record.pk])
        return format_html('<a class="usa-link" href="{}">{}</a>', address, record.number)

    def render_student(self, record: ProgramApplication) -> str:
        return record.claim.full_name

    def render_grade(self, record: ProgramApplication) -> int:
        return record.claim.grade

    def render_submitted_at(self, record: ProgramApplication) -> SafeString:
        return short_day(record.submitted_at)

    def render_state(self, record: ProgramApplication) -> SafeString:
        state = ApplicationState(record.state)
        if state == ApplicationState.APPLIED:
            return self._informing(record.input_clock)
        kind = {ApplicationState.ADMITTED: "good", ApplicationState.REFUSED: "bad"}.get(state, "off")
        return status(kind, str(state.label))

    def _informing(self, clock: Clock | None) -> SafeString:
        """Whether the resident district has informed the program, or until when it does."""
        # By a constraint, and because only clocks of part-time requests pause.
        assert clock is not None and clock.due_on is not None
        if clock.stopped_at:
            return status("todo", gettext("The district has informed"))
        if clock.due_on < self.today:
            return status("todo", gettext("The days to inform are over"))
        day = date_format(clock.due_on, "DATE_FORMAT")
        return status("waiting", gettext("District informs by %(day)s") % {"day": day})


class EnrollmentTable(PortalTable):
    """Rows: ProgramEnrollment with student, program and resident district."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    grade = tables.Column(verbose_name=_("Grade"), empty_values=())
    program = tables.Column(verbose_name=_("Program"))
    resident_lea = tables.Column(verbose_name=_("Resident district"))
    starts_on = tables.Column(verbose_name=_("First day"), empty_values=())
    state = tables.Column(verbose_name=_("State"), empty_values=())

    caption = _("Full-time students")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student fits. A student appears here when a program admits one.")

    # Drawn here and not by templates, as the list of applications.

    def render_student(self, record: ProgramEnrollment) -> SafeString:
        address = reverse("full_time:enrollment", args=[record.pk])
        return format_html('<a href="{}">{}</a>', address, record.student)

    def render_grade(self, record: ProgramEnrollment) -> int:
        return record.student.grade

    def render_starts_on(self, record: ProgramEnrollment) -> SafeString:
        return short_day(record.starts_on)

    def render_state(self, record: ProgramEnrollment) -> SafeString:
        return standing(record)


class PolicyTable(PortalTable):
    """Rows: ProgramPolicy, the newest of each kind first."""

    kind = tables.Column(accessor="get_kind_display", verbose_name=_("Policy"))
    version = tables.Column(verbose_name=_("Version"))
    url = TemplateColumn('<a class="usa-link" href="{{ value }}">{{ value }}</a>', verbose_name=_("Address"))
    valid_from = TemplateColumn(SHORT_DAY, verbose_name=_("From"))
    valid_to = TemplateColumn('{% load ui %}{{ value|short_day|default:"–" }}', verbose_name=_("To"))
    opens = TemplateColumn(
        template_name="full_time/policy_opens.html", verbose_name=_("Opens"), empty_values=()
    )

    caption = _("Policies by version")
    row_header = "kind"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No policy is posted. Families can apply once the enrollment policy is.")


class ScheduleTable(PortalTable):
    """Rows: ScheduledCourse with its teacher. `minutes` in a week."""

    title = tables.Column(verbose_name=_("Course"))
    credit = tables.Column(verbose_name=_("Credit"))
    starts_on = TemplateColumn(SHORT_DAY, verbose_name=_("From"))
    ends_on = TemplateColumn(SHORT_DAY, verbose_name=_("To"))
    minutes = TemplateColumn(
        template_name="full_time/minutes.html", verbose_name=_("Planned each week"), empty_values=()
    )
    teacher = tables.Column(verbose_name=_("Teacher"), default=_("Not known yet"))

    caption = _("Courses of the schedule")
    row_header = "title"

    class Meta(PortalTable.Meta):
        orderable = False
