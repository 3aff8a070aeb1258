"""Lists of mismatches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.tables import PortalTable, TemplateColumn
from mocap_portal.foundation.ui import marks
from mocap_portal.foundation.ui.words import short_day

from .catalogue import CATALOGUE, Kind
from .corrected import Corrected
from .lists import CauseRow
from .models import PARTIES, Mismatch, MismatchState, Side
from .rehearsal import Count, Line
from .silence import asked_at, last_day
from .templatetags.reconcile_marks import standing, weight


class CauseTable(PortalTable):
    """Rows: CauseRow. `around`: the address of the list with its other filters, to which that of a code is added."""

    name = tables.Column(verbose_name=_("Cause"), empty_values=())
    severity = tables.Column(verbose_name=_("Weight"), empty_values=())
    count = tables.Column(verbose_name=_("Open"))
    oldest = tables.Column(verbose_name=_("The oldest since"), empty_values=())

    caption = _("By cause")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False

    def __init__(self, rows: list[CauseRow], *, around: str) -> None:
        super().__init__(rows)
        self.around = around

    # Drawn here and not by templates, as the list of mismatches below it.

    def render_name(self, record: CauseRow) -> SafeString:
        return format_html(
            '<a class="usa-link" href="{}code={}">{}</a> {}',
            self.around,
            record.kind.id,
            record.kind.id,
            record.kind.name,
        )

    def render_severity(self, record: CauseRow) -> SafeString:
        return weight(record.kind.severity)

    def render_oldest(self, record: CauseRow) -> SafeString:
        return marks.short_day(record.oldest)


class AboutStudents(PortalTable):
    """Rows: Mismatch with LEA and provider. `students`: names by MOSIS ID. `leads_to`: the page of each row."""

    student = tables.Column(verbose_name=_("Student"), empty_values=())
    code = tables.Column(verbose_name=_("Mismatch"))
    course = tables.Column(accessor="course_code", verbose_name=_("Course"), default="–")
    lea = tables.Column(verbose_name=_("District"), default="–")
    provider = tables.Column(verbose_name=_("Provider"), default="–")

    leads_to = "reconcile:mismatch"
    row_header = "student"

    def __init__(self, rows: Any, *, students: Mapping[str, str], **more: Any) -> None:
        super().__init__(rows, **more)
        self.students = students

    # Drawn here and not by templates: it is the list that clerks open all day, with 175 cells.

    def render_student(self, record: Mismatch) -> SafeString:
        words = record.mosis_id or gettext("The whole district")
        if not record.mosis_id and record.lea_id is None:
            words = gettext("The whole report")
        name = self.students.get(record.mosis_id, "")
        link = format_html(
            '<a class="usa-link" href="{}">{}</a>', reverse(self.leads_to, args=[record.pk]), name or words
        )
        return format_html("{}<br>{}", link, words) if name else link

    def render_code(self, value: str) -> str:
        return f"{value} {CATALOGUE[value].name}"

    def render_course(self, record: Mismatch) -> str:
        return f"{record.course_code}, {record.semester}" if record.semester else record.course_code


class MismatchTable(AboutStudents):
    """`left_out`: columns not shown."""

    one = tables.Column(verbose_name=_("Choose"), empty_values=(), exclude_from_export=True)
    opened_at = tables.Column(verbose_name=_("Since"), empty_values=())
    state = tables.Column(verbose_name=_("State"), empty_values=())

    caption = _("Mismatches")

    class Meta(PortalTable.Meta):
        orderable = False
        sequence = ("one", "...")
        empty_text = _("No mismatch is like this.")

    def __init__(self, rows: Any, *, students: Mapping[str, str], left_out: tuple[str, ...] = ()) -> None:
        super().__init__(rows, students=students, exclude=left_out)

    def render_one(self, record: Mismatch) -> SafeString:
        """The box belongs to the form below the list."""
        named = {"code": record.code, "student": record.mosis_id}
        label = gettext("Choose %(code)s, %(student)s") % named
        return marks.tick(record.pk, label, name="one", form="together")

    def render_opened_at(self, record: Mismatch) -> SafeString:
        return marks.short_day(record.opened_at)

    def render_state(self, record: Mismatch) -> SafeString:
        return standing(record)


class RoomTable(AboutStudents):
    """Rows: with questions too (silence.with_questions). `of_office`: all of them wait for the MOCAP office."""

    state = tables.Column(verbose_name=_("State"), empty_values=())
    until = tables.Column(verbose_name=_("What waits"), empty_values=())

    leads_to = "reconcile:room"
    caption = _("Rooms")

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("There is none.")

    def __init__(self, rows: Any, *, students: Mapping[str, str], of_office: bool) -> None:
        super().__init__(rows, students=students)
        self.of_office = of_office

    def render_state(self, record: Mismatch) -> SafeString:
        return standing(record)

    def render_until(self, record: Any) -> str:
        """Whom it waits for, of those who are asked."""
        if record.state == MismatchState.RESOLVED:
            return "–"
        words = [str(Side.OFFICE.label)] if self.of_office else []
        for side in PARTIES:
            asked = asked_at(record, side)
            if asked:
                named = {"side": side.label, "day": short_day(last_day(asked))}
                words.append(gettext("%(side)s: answer until %(day)s") % named)
            elif record.must_correct == side:
                words.append(gettext("%(side)s: correct what was decided") % {"side": side.label})
        return "; ".join(words) or "–"


class KindTable(PortalTable):
    """Rows: Kind, of one family."""

    id = tables.Column(verbose_name=_("Code"))
    severity = tables.Column(verbose_name=_("Weight"), empty_values=())
    sentence = tables.Column(verbose_name=_("When it is found"))
    acts = tables.Column(verbose_name=_("Who acts"), default="–")

    row_header = "id"

    class Meta(PortalTable.Meta):
        orderable = False

    def render_id(self, record: Kind) -> SafeString:
        return _named(record)

    def render_acts(self, record: Kind) -> str:
        return ", ".join(str(actor.label) for actor in record.acts)


class CountTable(PortalTable):
    """Rows: dicts with name, query, count and oldest. `first`: what the names are. `around`: where their lists are."""

    name = tables.Column()
    count = tables.Column(verbose_name=_("Open"))
    oldest = tables.Column(verbose_name=_("The oldest since"), empty_values=())

    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("Nothing is open.")

    def __init__(self, rows: Any, *, caption: Any, first: Any, around: str, prefix: str = "") -> None:
        super().__init__(rows, prefix=prefix, extra_columns=[("name", tables.Column(verbose_name=first))])
        self.caption, self.around = caption, around

    def render_name(self, record: dict[str, Any]) -> SafeString:
        return format_html(
            '<a class="usa-link" href="{}?{}">{}</a>', self.around, record["query"], record["name"]
        )

    def render_oldest(self, record: dict[str, Any]) -> SafeString:
        return marks.short_day(record["oldest"])


class RunTable(PortalTable):
    """Rows: Run, the newest first."""

    as_of = TemplateColumn("{% load ui %}{{ value|short_day }}", verbose_name=_("Night of"))
    open = tables.Column(verbose_name=_("Open after it"))
    opened = tables.Column(verbose_name=_("New"))
    reopened = tables.Column(verbose_name=_("Back again"))
    resolved = tables.Column(verbose_name=_("Resolved"))
    leas = tables.Column(verbose_name=_("Districts"))

    row_header = "as_of"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No night has run yet.")

    def __init__(self, rows: Any, *, caption: Any, prefix: str = "") -> None:
        super().__init__(rows, prefix=prefix)
        self.caption = caption


class RehearsedCountTable(PortalTable):
    """Rows: rehearsal.Count."""

    name = tables.Column(verbose_name=_("Cause"), empty_values=())
    opens = tables.Column(verbose_name=_("Would open"))
    closes = tables.Column(verbose_name=_("Would close"))
    stays = tables.Column(verbose_name=_("Would stay open"))

    caption = _("By cause")
    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False

    def render_name(self, record: Count) -> SafeString:
        return _named(record.kind)


class RehearsedTable(PortalTable):
    """Rows: rehearsal.Line."""

    name = tables.Column(verbose_name=_("Cause"), empty_values=())
    mosis_id = tables.Column(verbose_name=_("MOSIS ID"), empty_values=("",))
    course_code = tables.Column(verbose_name=_("Course"))
    semester = tables.Column(verbose_name=_("Semester"))
    sentence = tables.Column(verbose_name=_("What it would say"))

    row_header = "name"

    class Meta(PortalTable.Meta):
        orderable = False

    def __init__(self, rows: Sequence[Line], *, caption: str) -> None:
        self.caption = caption
        super().__init__(rows)

    def render_name(self, record: Line) -> SafeString:
        return _named(record.kind)


class CorrectedTable(PortalTable):
    """Rows: corrected.Corrected, of one file. `left_out`: columns not shown."""

    line = tables.Column(verbose_name=_("Line"), empty_values=())
    values = TemplateColumn(
        template_name="reconcile/values.html",
        verbose_name=_("Before → after"),
        extra_context={"is_new": False},
    )
    why_not = tables.Column(verbose_name=_("Why it is not used"))
    mismatches = TemplateColumn(template_name="reconcile/asked_by.html", verbose_name=_("Because of"))
    by = TemplateColumn(
        template_name="reconcile/put_aside_by.html", verbose_name=_("Put aside"), empty_values=()
    )
    out = TemplateColumn(template_name="reconcile/take_out.html", verbose_name=_("Undo"), empty_values=())

    row_header = "line"

    class Meta(PortalTable.Meta):
        orderable = False

    def __init__(
        self, rows: Sequence[Corrected], *, caption: str, prefix: str = "", left_out: tuple[str, ...] = ()
    ) -> None:
        self.caption = caption
        super().__init__(rows, prefix=prefix, exclude=left_out)

    def render_line(self, record: Corrected) -> str:
        return gettext("New row") if record.line is None else str(record.line)


def _named(kind: Kind) -> SafeString:
    """A code that leads to its article, and its name."""
    address = reverse("reconcile:kind", args=[kind.id])
    return format_html('<a class="usa-link" href="{}">{}</a> {}', address, kind.id, kind.name)
