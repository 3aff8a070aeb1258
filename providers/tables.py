"""The list of courses and the list of agreements."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.ui.tables import PortalTable
from mocap_portal.foundation.ui.templatetags.ui import short_day
from mocap_portal.foundation.ui.words import dollars

from .models import Agreement, Course, CourseQuerySet

NUMBER = {"th": {"class": "portal-number"}, "td": {"class": "portal-number"}}


def grade_words(course: Course) -> str:
    """K–5, 9–12, or 9 when it is one grade."""
    low, high = (_("K") if grade == 0 else str(grade) for grade in (course.grade_low, course.grade_high))
    return low if low == high else f"{low}–{high}"


class CourseTable(PortalTable):
    title = tables.Column(gettext_lazy("Course"), linkify=True)
    subject = tables.Column(gettext_lazy("Subject"))
    grades = tables.Column(gettext_lazy("Grades"), accessor="grade_low", order_by=("grade_low", "grade_high"))
    structure = tables.Column(gettext_lazy("Length"))
    instruction = tables.Column(gettext_lazy("Teacher"))
    price = tables.Column(gettext_lazy("Price"), orderable=False, attrs=NUMBER)
    provider = tables.Column(gettext_lazy("Provider"), order_by="provider__organization__name")

    caption = gettext_lazy("Courses on offer")
    row_header = "title"

    class Meta(PortalTable.Meta):
        empty_text = gettext_lazy("No course fits. Try fewer words, or another grade or subject.")

    def order_title(self, courses: CourseQuerySet, is_descending: bool) -> tuple[CourseQuerySet, bool]:
        """By the alphabet, whatever the case: AP Biology stands after Algebra."""
        title = Lower("title")
        return courses.order_by(title.desc() if is_descending else title, "pk"), True

    def render_grades(self, record: Course) -> str:
        return grade_words(record)

    def render_price(self, record: Course) -> str:
        return dollars(record.price)

    def render_instruction(self, record: Course) -> str:
        return _("Provider") if record.instruction == "provider" else _("Your district")


class AgreementTable(PortalTable):
    provider = tables.Column(gettext_lazy("Provider"), order_by="provider__organization__name")
    lea = tables.Column(gettext_lazy("District"), order_by="lea__organization__name")
    kind = tables.Column(gettext_lazy("Kind"))
    valid_from = tables.Column(gettext_lazy("First day"))
    valid_to = tables.Column(gettext_lazy("Last day"), default=gettext_lazy("Not ended"))
    reference = tables.Column(gettext_lazy("Signed paper"), orderable=False)
    end = tables.Column(gettext_lazy("Change"), accessor="pk", orderable=False)

    caption = gettext_lazy("Agreements on file")
    row_header = "provider"

    class Meta(PortalTable.Meta):
        empty_text = gettext_lazy("No agreement is on file.")

    def __init__(self, *args: Any, may_end: bool, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, exclude=("lea",) if may_end else ("end",), **kwargs)
        self.today = today

    def render_valid_from(self, value: dt.date) -> str:
        return short_day(value)

    def render_valid_to(self, value: dt.date) -> str:
        return short_day(value)

    def render_end(self, record: Agreement) -> str:
        if record.valid_to and record.valid_to <= self.today:
            return ""
        return format_html(
            '<a class="usa-link" href="{}">{}<span class="usa-sr-only">: {}</span></a>',
            reverse("providers:end_agreement", args=[record.pk]),
            _("End it"),
            record.provider,
        )
