"""Lists of students and their reports, of reports, of assessments, and of what is wrong with a file."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable
from mocap_portal.foundation.ui.marks import NOTHING, by_when, filled, short_day, tick

from .models import ProgressReport, StateAssessment
from .rules import DuePoint
from .standing import Standing, Track
from .templatetags.progress_marks import answer, pace, window


class StudentTable(PortalTable):
    """Rows: standing.Standing. `today`: a Central date."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    place = tables.Column(verbose_name=_("Program or course"), empty_values=())
    district = tables.Column(verbose_name=_("District"), empty_values=())
    reports = tables.Column(verbose_name=_("Reports"), empty_values=())
    pace = tables.Column(verbose_name=_("Last report says"), empty_values=())
    due = tables.Column(verbose_name=_("To write"), empty_values=())

    caption = _("Students and their progress reports")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No student fits. Choose another list above.")

    def __init__(self, rows: list[Standing], *, today: dt.date) -> None:
        super().__init__(rows)
        self.today = today

    # Drawn here and not by templates: it is the list that writers of reports open all day, with 150 cells.

    def render_student(self, record: Standing) -> SafeString:
        page = "progress:enrollment" if record.track == Track.FULL_TIME else "progress:line"
        address = reverse(page, args=[record.pk])
        return format_html('<a class="usa-link" href="{}">{}</a>', address, record.student_name)

    def render_place(self, record: Standing) -> str:
        return record.place

    def render_district(self, record: Standing) -> str:
        return record.district

    def render_reports(self, record: Standing) -> str:
        counts = {"written": len(record.reports), "owed": len(record.owed)}
        return gettext("%(written)s of %(owed)s") % counts

    def renderpace(self, record: Standing) -> str:
        return pace(record.last_report) if record.last_report else "–"

    def render_due(self, record: Standing) -> str:
        point = record.next_point
        if point is None:
            return gettext("Nothing now")
        due = by_when(point.due_on, self.today)
        return format_html("{} {}", _writing(record, point), due) if record.may_write else due


class ReportTable(PortalTable):
    """Rows: ProgressReport with its courses and what it is about."""

    report = tables.Column(verbose_name=_("Report"), empty_values=())
    about = tables.Column(verbose_name=_("About"), empty_values=())
    pace = tables.Column(verbose_name=_("What it says"), empty_values=())
    written_at = tables.Column(verbose_name=_("Written on"), empty_values=())

    caption = _("Progress reports")
    row_header = "report"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No report is here yet. Each one is told to you by mail.")

    # Drawn here and not by templates, as the list of students.

    def render_report(self, record: ProgressReport) -> SafeString:
        words = filled(gettext("Report due %(day)s"), day=short_day(record.due_on))
        address = reverse("progress:report", args=[record.pk])
        return format_html('<a class="usa-link" href="{}">{}</a>', address, words)

    def render_about(self, record: ProgressReport) -> SafeString:
        if record.enrollment is not None:
            address = reverse("progress:enrollment", args=[record.enrollment_id])
            student, source = str(record.enrollment.student), record.writer
        else:
            line = record.roster_line
            assert line is not None  # a constraint
            address = reverse("progress:line", args=[line.pk])
            student, source = line.student_name, line.line.course.title
        return format_html('<a class="usa-link" href="{}">{}</a>, {}', address, student, source)

    def renderpace(self, record: ProgressReport) -> SafeString:
        return pace(record)

    def render_written_at(self, record: ProgressReport) -> SafeString:
        return short_day(record.written_at)


class AssessmentTable(PortalTable):
    """Rows: StateAssessment with its student and program. `today`: a Central date."""

    chosen = tables.Column(verbose_name=_("Took part"), empty_values=())
    student = tables.Column(verbose_name=_("Student"), empty_values=())
    name = tables.Column(verbose_name=_("Assessment"))
    window = tables.Column(verbose_name=_("Window"), empty_values=())
    place = tables.Column(verbose_name=_("Place"))
    answer = tables.Column(verbose_name=_("Answer"), empty_values=())

    caption = _("State assessments")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No assessment fits. Plan one, or choose another list above.")

    def __init__(self, rows: Any, *, today: dt.date) -> None:
        super().__init__(rows)
        self.today = today

    # Drawn here and not by templates, as the list of students.

    def render_chosen(self, record: StateAssessment) -> SafeString:
        """The box that says it was taken; none before its window and where an answer is there."""
        if record.taken is not None or record.opens_on > self.today:
            return NOTHING
        named = {"student": record.enrollment.student, "name": record.name}
        label = gettext("%(student)s took part in %(name)s") % named
        return tick(record.pk, label, name="assessment")

    def render_student(self, record: StateAssessment) -> str:
        return str(record.enrollment.student)

    def render_name(self, value: str, record: StateAssessment) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("progress:assessment", args=[record.pk]), value)

    def render_window(self, record: StateAssessment) -> SafeString:
        return window(record)

    def render_answer(self, record: StateAssessment) -> SafeString:
        return answer(record, self.today)


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


def _writing(standing: Standing, point: DuePoint) -> SafeString:
    """The link to the report that is to be written."""
    page = "progress:write" if standing.track == Track.FULL_TIME else "progress:write_line"
    return format_html(
        '<a class="usa-link" href="{}">{}<span class="usa-sr-only">: {}, {}</span></a>',
        reverse(page, args=[standing.pk, standing.year.school_year.pk, point.number]),
        gettext("Write the report"),
        standing.student_name,
        short_day(point.due_on),
    )
