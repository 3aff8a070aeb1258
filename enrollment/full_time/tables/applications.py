"""Lists of applications, of students, of a program's policies and schedules."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn

SHORT_DAY = "{% load ui %}{{ value|short_day }}"
STATE = TemplateColumn(
    template_name="full_time/application_state.html", verbose_name=_("State"), empty_values=()
)


class ApplicationTable(PortalTable):
    """Rows: ProgramApplication with claim, program, term, resident district and clock. The page names `today`, and the
    URL name of a row's page: `page`."""

    number = TemplateColumn(
        '<a class="usa-link" href="{% url page record.pk %}">{{ record.number }}</a>',
        verbose_name=_("Application"),
        empty_values=(),
    )
    student = tables.Column(accessor="claim__full_name", verbose_name=_("Student"))
    grade = tables.Column(accessor="claim__grade", verbose_name=_("Grade"))
    program = tables.Column(verbose_name=_("Program"))
    resident_lea = tables.Column(verbose_name=_("Resident district"))
    term = tables.Column(verbose_name=_("Term"))
    submitted_at = TemplateColumn(SHORT_DAY, verbose_name=_("Sent"))
    state = STATE

    caption = _("Applications")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No application fits.")


class EnrollmentTable(PortalTable):
    """Rows: ProgramEnrollment with student, program and resident district."""

    student = tables.Column(linkify=("full_time:enrollment", [tables.A("pk")]), verbose_name=_("Student"))
    grade = tables.Column(accessor="student__grade", verbose_name=_("Grade"))
    program = tables.Column(verbose_name=_("Program"))
    resident_lea = tables.Column(verbose_name=_("Resident district"))
    starts_on = TemplateColumn(SHORT_DAY, verbose_name=_("First day"))
    state = TemplateColumn(
        template_name="full_time/enrollment_state.html", verbose_name=_("State"), empty_values=()
    )

    caption = _("Full-time students")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student fits. A student appears here when a program admits one.")


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
