"""Lists of students and their reports, of reports, of assessments, and of what is wrong with a file."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn

DAY = "{% load ui %}{{ value|short_day }}"


class StudentTable(PortalTable):
    """Rows: standing.Standing. The page's context names `today`."""

    student = TemplateColumn(
        template_name="progress/student_link.html", verbose_name=_("Student"), empty_values=()
    )
    place = tables.Column(verbose_name=_("Program or course"))
    district = tables.Column(verbose_name=_("District"))
    reports = TemplateColumn(
        template_name="progress/how_many.html", verbose_name=_("Reports"), empty_values=()
    )
    pace = TemplateColumn(
        template_name="progress/pace.html", verbose_name=_("Last report says"), empty_values=()
    )
    due = TemplateColumn(template_name="progress/due.html", verbose_name=_("To write"), empty_values=())

    caption = _("Students and their progress reports")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student fits. Choose another list above.")


class ReportTable(PortalTable):
    """Rows: ProgressReport with its courses and what it is about."""

    report = TemplateColumn(
        template_name="progress/report_link.html", verbose_name=_("Report"), empty_values=()
    )
    about = TemplateColumn(template_name="progress/about.html", verbose_name=_("About"), empty_values=())
    pace = TemplateColumn(
        template_name="progress/report_pace.html", verbose_name=_("What it says"), empty_values=()
    )
    written_at = TemplateColumn(DAY, verbose_name=_("Written on"))

    caption = _("Progress reports")
    row_header = "report"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No report is here yet. Each one is told to you by mail.")


class AssessmentTable(PortalTable):
    """Rows: StateAssessment with its student and program. The page's context names `today`."""

    chosen = TemplateColumn(
        template_name="progress/chosen.html", verbose_name=_("Took part"), empty_values=()
    )
    student = tables.Column(accessor="enrollment__student", verbose_name=_("Student"))
    name = tables.Column(linkify=("progress:assessment", [tables.A("pk")]), verbose_name=_("Assessment"))
    window = TemplateColumn(template_name="progress/window.html", verbose_name=_("Window"), empty_values=())
    place = tables.Column(verbose_name=_("Place"))
    answer = TemplateColumn(template_name="progress/answer.html", verbose_name=_("Answer"), empty_values=())

    caption = _("State assessments")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No assessment fits. Plan one, or choose another list above.")


class FileProblemTable(PortalTable):
    """Rows: shared.tabular.RowError, in the order of the file."""

    row = tables.Column(verbose_name=_("Line"))
    column = tables.Column(verbose_name=_("Column"))
    value = tables.Column(verbose_name=_("What stands there"))
    message = tables.Column(verbose_name=_("What is wrong, and what to do"))

    caption = _("What is wrong with the file")
    row_header = "row"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No row is wrong.")
