"""Lists of student-courses: what June has to have, what a June file lacks, what it has too many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn
from mocap_portal.foundation.ui.words import short_day

from .expected import Expected, Extra, Key, Unexpected
from .forms import RowForm, outcome_in_words

Row = Expected | Extra | Unexpected


def _student(record: Row) -> SafeString:
    return _lines(record.student, record.mosis_id)


def _course(record: Expected | Extra, *more: str) -> SafeString:
    codes = [record.course_code, record.semester, record.program_code]
    return _lines(record.title, " · ".join(filter(None, codes)), *more)


def _lines(*texts: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((text,) for text in texts if text))


def _provider(record: Expected, statuses: Mapping[str, str]) -> str:
    if not record.provider:
        return ""
    told = f" ({record.told})" if record.told else ""
    return f"{record.provider}: {statuses.get(record.status, record.status)}{told}"


def _in_june(record: Expected) -> str:
    if record.june_line is None:
        return gettext("Not in it")
    where = gettext("Line %(line)s") % {"line": record.june_line}
    return f"{where}: {record.june_grade}" if record.june_grade else where


class JuneTable(PortalTable):
    """Rows: coredata.june.expected.Expected. `statuses`: what a provider's status is called."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    course = tables.Column(verbose_name=_("Course"), empty_values=())
    why = tables.Column(verbose_name=_("Why it is on the list"), empty_values=())
    outcome = TemplateColumn(
        template_name="june/outcome.html", verbose_name=_("Outcome in your file"), empty_values=()
    )
    provider = tables.Column(verbose_name=_("Provider says"), empty_values=())
    in_june = tables.Column(verbose_name=_("June file that was sent"), empty_values=())

    caption = _("What June has to have")
    row_header = "student"
    statuses: Mapping[str, str] = {}

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No course is like this.")

    def render_student(self, record: Expected) -> SafeString:
        return _student(record)

    def render_course(self, record: Expected) -> SafeString:
        return _course(record)

    def render_why(self, record: Expected) -> str:
        return record.why

    def render_provider(self, record: Expected) -> str:
        return _provider(record, self.statuses) or "–"

    def render_in_june(self, record: Expected) -> str:
        return _in_june(record)


class BoxColumn(TemplateColumn):
    """A column of boxes to type in. They are no part of a printed list."""

    attrs_off_paper = {"th": {"class": "portal-off-paper"}, "td": {"class": "portal-off-paper"}}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(empty_values=(), attrs=self.attrs_off_paper, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        table, record = kwargs["table"], kwargs["record"]
        return context | {"form": table.boxes[record.key], "provider": table.provider_of(record)}


class FillingTable(PortalTable):
    """The same, to be filled in. `boxes`: those of each row, by its key."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    course = tables.Column(verbose_name=_("Course"), empty_values=())
    proposed = BoxColumn(template_name="june/proposed.html", verbose_name=_("Proposed"))
    grade = BoxColumn(template_name="june/grade.html", verbose_name=_("Grade earned"))
    credits = BoxColumn(template_name="june/credits.html", verbose_name=_("Credits earned"))
    others = BoxColumn(template_name="june/others.html", verbose_name=_("Also asked"))
    outcome = TemplateColumn(
        template_name="june/outcome.html", verbose_name=_("Outcome in your file"), empty_values=()
    )
    in_june = tables.Column(verbose_name=_("June file that was sent"), empty_values=())

    caption: str | Promise = _("What June has to have")
    row_header = "student"
    statuses: Mapping[str, str] = {}
    boxes: Mapping[Key, RowForm] = {}

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No course is like this.")

    def render_student(self, record: Expected) -> SafeString:
        return _student(record)

    def render_course(self, record: Expected) -> SafeString:
        return _course(record, record.why)

    def render_in_june(self, record: Expected) -> str:
        return _in_june(record)

    def provider_of(self, record: Expected) -> str:
        return _provider(record, self.statuses)


class UnexpectedTable(PortalTable):
    """Rows: Unexpected."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    course_code = tables.Column(verbose_name=_("Course"), default="–")
    semester = tables.Column(verbose_name=_("Semester"), default="–")
    outcome = tables.Column(verbose_name=_("Outcome"), empty_values=())
    typed = tables.Column(verbose_name=_("Typed"), empty_values=())

    caption = _("Typed for courses that are no longer on the list")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False

    def render_student(self, record: Unexpected) -> SafeString:
        return _student(record)

    def render_outcome(self, record: Unexpected) -> str:
        return outcome_in_words(record.grade, record.credits)

    def render_typed(self, record: Unexpected) -> str:
        return f"{record.typed_by}, {short_day(record.typed_at)}"


class UnlikeTable(PortalTable):
    """Rows: Expected, held against the certified June file, which says otherwise than somebody typed."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    course = tables.Column(verbose_name=_("Course"), empty_values=())
    typed = tables.Column(verbose_name=_("Typed"), empty_values=())
    certified = tables.Column(verbose_name=_("Certified"), empty_values=())

    caption = _("Typed and certified otherwise")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False

    def render_student(self, record: Expected) -> SafeString:
        return _student(record)

    def render_course(self, record: Expected) -> SafeString:
        return _course(record)

    def render_typed(self, record: Expected) -> str:
        return outcome_in_words(record.typed_grade, record.typed_credits)

    def render_certified(self, record: Expected) -> str:
        if record.june_line is None:
            return gettext("Not in it")
        where = gettext("Line %(line)s") % {"line": record.june_line}
        return f"{where}: {outcome_in_words(record.june_grade, record.june_credits)}"


class MissingTable(PortalTable):
    """Rows: Expected, which the June file lacks."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    course = tables.Column(verbose_name=_("Course"), empty_values=())
    why = tables.Column(verbose_name=_("Why June needs it"), empty_values=())
    student_line = tables.Column(verbose_name=_("Line in Student Assignment"), default="–")
    proposed_grade = tables.Column(verbose_name=_("Outcome proposed"), default="–")

    caption = _("Missing: June has to have these courses")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False

    def render_student(self, record: Expected) -> SafeString:
        return _student(record)

    def render_course(self, record: Expected) -> SafeString:
        return _course(record)

    def render_why(self, record: Expected) -> str:
        return record.why


class ExtraTable(PortalTable):
    """Rows: Extra."""

    line = tables.Column(verbose_name=_("Line"))
    student = tables.Column(verbose_name=_("Student"), empty_values=())
    course = tables.Column(verbose_name=_("Course"), empty_values=())
    grade = tables.Column(verbose_name=_("Outcome"), default="–")
    what_to_do = tables.Column(verbose_name=_("What to do"), empty_values=())

    caption = _("Extra: MOCAP courses that nothing asks for")
    row_header = "student"

    class Meta(PortalTable.Meta):
        orderable = False

    def render_student(self, record: Extra) -> SafeString:
        return _student(record)

    def render_course(self, record: Extra) -> SafeString:
        return _course(record)

    def render_what_to_do(self, record: Extra) -> str:
        if not record.course_code:
            return gettext("Its course code has an error. Correct that first.")
        if record.is_in_october:
            return gettext("October has it without a program code. Make both files say the same.")
        return gettext(
            "If it is a MOCAP course, add it to October and certify October again. If not, take the program code out."
        )
