"""Lists of student-courses: what June has to have, what a June file lacks, what it has too many."""

from __future__ import annotations

from collections.abc import Mapping

import django_tables2 as tables
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn

from .expected import Expected, Extra


def _student(record: Expected | Extra) -> SafeString:
    return _lines(record.student, record.mosis_id)


def _course(record: Expected | Extra) -> SafeString:
    codes = [record.course_code, record.semester, record.program_code]
    return _lines(record.title, " · ".join(filter(None, codes)))


def _lines(*texts: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((text,) for text in texts if text))


class JuneTable(PortalTable):
    """Rows: coredata.june.expected.Expected. `statuses`: what a provider's status is called."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    course = tables.Column(verbose_name=_("Course"), empty_values=())
    why = tables.Column(verbose_name=_("Why it is on the list"), empty_values=())
    outcome = TemplateColumn(
        template_name="june/outcome.html", verbose_name=_("Outcome in your file"), empty_values=()
    )
    provider = tables.Column(verbose_name=_("Provider says"), default="–")
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
        told = f" ({record.told})" if record.told else ""
        return f"{record.provider}: {self.statuses.get(record.status, record.status)}{told}"

    def render_in_june(self, record: Expected) -> str:
        if record.june_line is None:
            return gettext("Not in it")
        where = gettext("Line %(line)s") % {"line": record.june_line}
        return f"{where}: {record.june_grade}" if record.june_grade else where


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
