"""Lists of collections, files and problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.rules import Rule
from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn
from mocap_portal.foundation.ui.words import short_day

from .board import BoardRow
from .layouts import layout
from .models import CollectionWindow, Problem, ProviderReport, ReportedEnrollment, Upload
from .report_summaries import Changes
from .store.lookup import Said


class DeadlineTable(PortalTable):
    """Rows: coredata.deadlines.Deadline."""

    what = tables.Column(verbose_name=_("File"), empty_values=())
    due_on = TemplateColumn("{% load ui %}{{ value|short_day }}", verbose_name=_("Due"))
    state = TemplateColumn(template_name="coredata/deadline.html", verbose_name=_("State"), empty_values=())

    caption = _("What is due")
    row_header = "what"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No collection is open now.")


class UploadTable(PortalTable):
    """Rows: Upload with its collection and sender."""

    name = tables.Column(verbose_name=_("File"))
    collection = tables.Column(verbose_name=_("Collection"), default="–")
    sent_at = TemplateColumn("{% load ui %}{{ value|moment }}", verbose_name=_("Sent"))
    sent_by = tables.Column(accessor="sent_by__user__name", verbose_name=_("By"))
    rows_read = tables.Column(verbose_name=_("Rows"))
    state = TemplateColumn(template_name="coredata/state.html", verbose_name=_("State"))

    caption = _("Files that were sent")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No file was sent yet. Choose one above.")

    def render_name(self, record: Upload) -> SafeString:
        address = reverse("coredata:upload", args=[record.pk])
        return format_html('<a class="usa-link" href="{}">{}</a>', address, record.name)


class ReportTable(PortalTable):
    """Rows: ProviderReport with its sender and school year."""

    name = tables.Column(verbose_name=_("File"))
    school_year = tables.Column(verbose_name=_("School year"), default="–")
    as_of = TemplateColumn(
        "{% load ui %}{% if value %}{{ value|short_day }}{% else %}–{% endif %}",
        verbose_name=_("As of"),
        empty_values=(),
    )
    sent_at = TemplateColumn("{% load ui %}{{ value|moment }}", verbose_name=_("Sent"))
    sent_by = tables.Column(accessor="sent_by__user__name", verbose_name=_("By"))
    rows_read = tables.Column(verbose_name=_("Rows"))
    state = TemplateColumn(template_name="coredata/reports/state.html", verbose_name=_("State"))

    caption = _("Reports that were sent")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No report was sent yet. Choose a file above.")

    def render_name(self, record: ProviderReport) -> SafeString:
        return _report_link(record, record.name)


class QueueTable(PortalTable):
    """Rows: ProviderReport with its provider. `changes`: of those that wait, by their key."""

    provider = tables.Column(verbose_name=_("Provider"))
    as_of = TemplateColumn(
        "{% load ui %}{% if value %}{{ value|short_day }}{% endif %}", verbose_name=_("As of")
    )
    submitted_at = TemplateColumn("{% load ui %}{{ value|moment }}", verbose_name=_("Sent"))
    rows_read = tables.Column(verbose_name=_("Rows"))
    change = tables.Column(verbose_name=_("Against the last accepted"), empty_values=())
    warnings = tables.Column(verbose_name=_("Warnings"))
    state = TemplateColumn(template_name="coredata/reports/state.html", verbose_name=_("State"))

    caption = _("Provider reports")
    row_header = "provider"
    changes: Mapping[int, Changes] = {}

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No report is like this.")

    def render_provider(self, record: ProviderReport) -> SafeString:
        return _report_link(record, str(record.provider))

    def render_change(self, record: ProviderReport) -> str:
        return str(self.changes.get(record.pk, "–"))


def _report_link(report: ProviderReport, words: str) -> SafeString:
    return format_html(
        '<a class="usa-link" href="{}">{}</a>', reverse("coredata:report", args=[report.pk]), words
    )


class DueTable(PortalTable):
    """Rows: coredata.reports_due.Due."""

    provider = tables.Column(verbose_name=_("Provider"))
    due_on = TemplateColumn("{% load ui %}{{ value|short_day }}", verbose_name=_("Was due"))
    last_as_of = TemplateColumn(
        "{% load ui %}{% if value %}{{ value|short_day }}{% else %}{% translate 'None this school year' %}{% endif %}",
        verbose_name=_("Last report as of"),
        empty_values=(),
    )

    caption = _("Overdue reports")
    row_header = "provider"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No report is overdue.")


class ReportedTable(PortalTable):
    """Rows: ReportedEnrollment with its provider, row and last report. `statuses`: the label of each code."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    mosis_id = tables.Column(accessor="row__mosis_id", verbose_name=_("MOSIS ID"), default="–")
    provider = tables.Column(verbose_name=_("Provider"))
    course = tables.Column(accessor="row__course_title", verbose_name=_("Course"))
    semester = tables.Column(accessor="row__semester", verbose_name=_("Term"))
    status = tables.Column(verbose_name=_("Status"))
    seen = TemplateColumn(
        "{% load ui %}{{ value|short_day }}", accessor="last_report__as_of", verbose_name=_("Last reported")
    )

    caption = _("What providers report")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No accepted report names a student of your district like this.")

    def __init__(self, rows: Any, *, statuses: Mapping[str, str]) -> None:
        super().__init__(rows)
        self.statuses = statuses

    def render_student(self, record: ReportedEnrollment) -> SafeString:
        address = reverse("coredata:reported_enrollment", args=[record.pk])
        name = f"{record.row.last_name}, {record.row.first_name}"
        return format_html('<a class="usa-link" href="{}">{}</a>', address, name)

    def render_course(self, record: ReportedEnrollment) -> str:
        return f"{record.row.course_title} ({record.row.course_code})"

    def render_status(self, record: ReportedEnrollment) -> str:
        words = self.statuses.get(record.status, record.status)
        if record.status_date:
            words = f"{words}, {short_day(record.status_date)}"
        return words if record.is_present else gettext("%(status)s (no longer reported)") % {"status": words}


class RuleTable(PortalTable):
    """Rows: dicts with rule, severity, sentence, count, example and url, the worst first."""

    rule = tables.Column(verbose_name=_("Rule"))
    severity = TemplateColumn(template_name="coredata/severity.html", verbose_name=_("Weight"))
    example = tables.Column(verbose_name=_("For example"))
    remedy = tables.Column(verbose_name=_("What to do"))
    count = tables.Column(verbose_name=_("Times"))

    caption = _("What is wrong, by rule")
    row_header = "rule"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Nothing is wrong.")

    def render_rule(self, record: dict[str, Any]) -> SafeString:
        return format_html(
            '<a class="usa-link" href="{}">{}</a> {}', record["url"], record["rule"], record["sentence"]
        )


class ChangeTable(PortalTable):
    """Rows: dicts with change (a coredata.store.difference.Change), line, what and how."""

    change = TemplateColumn(template_name="coredata/change.html", verbose_name=_("Change"))
    line = tables.Column(verbose_name=_("Line"))
    what = tables.Column(verbose_name=_("Row"))
    how = tables.Column(verbose_name=_("What changes"))

    caption = _("Rows that differ")
    row_header = "what"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No row differs.")


class BoardTable(PortalTable):
    """Rows: coredata.board.BoardRow. A column for each file."""

    lea = tables.Column(verbose_name=_("District"))

    caption = _("Districts and their files")
    row_header = "lea"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No district is like this. Choose another state, or fewer words.")

    def __init__(self, rows: Sequence[BoardRow], windows: Sequence[CollectionWindow]) -> None:
        cells = [
            (
                f"file{place}",
                TemplateColumn(
                    template_name="coredata/cell.html",
                    accessor=f"cells__{place}",
                    verbose_name=window.get_kind_display(),
                ),
            )
            for place, window in enumerate(windows)
        ]
        super().__init__(rows, extra_columns=cells)

    def render_lea(self, value: Lea) -> str:
        return f"{value} ({value.state_district_id})"


class SaidTable(PortalTable):
    """The rows that one file has of a student, with a column for each field in which they say anything."""

    line = tables.Column(verbose_name=_("Line"))

    row_header = "line"

    class Meta(PortalTable.Meta):
        orderable = False

    def __init__(self, said: Said) -> None:
        assert said.upload.collection is not None
        collection = said.upload.collection.collection
        shown = [
            (column.field, tables.Column(verbose_name=column.name, default="–"))
            for column in layout(collection.kind, collection.year).columns
            if not column.is_secret and any(row.get(column.field) is not None for row in said.rows)
        ]
        super().__init__(said.rows, extra_columns=shown)
        self.caption = gettext("Rows in %(file)s") % {"file": said.upload.name}


class WindowTable(PortalTable):
    """Rows: CollectionWindow."""

    what = tables.Column(verbose_name=_("Files"), empty_values=())
    opens_on = TemplateColumn("{% load ui %}{{ value|short_day }}", verbose_name=_("Opens"))
    due_on = TemplateColumn("{% load ui %}{{ value|short_day }}", verbose_name=_("Due"))
    closes_on = TemplateColumn(
        "{% load ui %}{% if value %}{{ value|short_day }}{% else %}{% translate 'Not set' %}{% endif %}",
        verbose_name=_("Closes"),
        empty_values=(),
    )
    source = tables.Column(verbose_name=_("Source"))

    caption = _("When files are taken")
    row_header = "what"

    class Meta(PortalTable.Meta):
        orderable = False

    def __init__(self, rows: Any, *, may_change: bool) -> None:
        super().__init__(rows)
        self.may_change = may_change

    def render_what(self, record: CollectionWindow) -> SafeString | str:
        words = gettext("%(what)s (optional)") % {"what": record} if record.is_optional else str(record)
        if not self.may_change:
            return words
        return format_html(
            '<a class="usa-link" href="{}">{}</a>', reverse("coredata:window", args=[record.pk]), words
        )


class RuleListTable(PortalTable):
    """Rows: dicts with rule (a Rule), severity and files."""

    rule = tables.Column(verbose_name=_("Rule"))
    severity = TemplateColumn(template_name="coredata/severity.html", verbose_name=_("Weight"))
    files = tables.Column(verbose_name=_("Files"))

    caption = _("Rules about core data files")
    row_header = "rule"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No rule has these words. Try fewer, or another file.")

    def render_rule(self, value: Rule) -> SafeString:
        address = reverse("coredata:rule", args=[value.id])
        return format_html('<a class="usa-link" href="{}">{}</a> {}', address, value.id, value.sentence)


class WaiverTable(PortalTable):
    """Rows: Waiver with its LEA and who granted it."""

    rule = tables.Column(verbose_name=_("Rule"))
    lea = tables.Column(verbose_name=_("District"))
    reason = tables.Column(verbose_name=_("Why"))
    until = TemplateColumn("{% load ui %}{{ value|short_day }}", verbose_name=_("Last day"))
    granted_by = tables.Column(accessor="granted_by__user__name", verbose_name=_("Granted by"))
    state = TemplateColumn(
        template_name="coredata/waiver_state.html", verbose_name=_("State"), empty_values=()
    )

    caption = _("Rules that are waived")
    row_header = "lea"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No rule was ever waived.")

    def render_rule(self, value: str) -> SafeString:
        return format_html(
            '<a class="usa-link" href="{}">{}</a>', reverse("coredata:rule", args=[value]), value
        )


class NotRunTable(PortalTable):
    """Rows: dicts with rule, sentence and needs."""

    rule = tables.Column(verbose_name=_("Rule"))
    needs = tables.Column(verbose_name=_("Needs"))

    caption = _("What could not be checked")
    row_header = "rule"

    class Meta(PortalTable.Meta):
        orderable = False

    def render_rule(self, record: dict[str, str]) -> SafeString:
        address = reverse("coredata:rule", args=[record["rule"]])
        return format_html(
            '<a class="usa-link" href="{}">{}</a> {}', address, record["rule"], record["sentence"]
        )


class ProblemTable(PortalTable):
    """Rows: Problem."""

    line = tables.Column(verbose_name=_("Line"), default=_("Whole file"))
    column = tables.Column(verbose_name=_("Column"), default="–")
    value = tables.Column(verbose_name=_("What stands there"), default=_("Not shown"))
    message = tables.Column(verbose_name=_("What is wrong"))

    caption = _("Where it is")
    row_header = "line"

    class Meta(PortalTable.Meta):
        orderable = False

    def render_column(self, record: Problem) -> str:
        return record.column or gettext("Whole row")
