"""The courses of the catalog, and those of one provider."""

from collections.abc import Iterator, Sequence
from typing import Any

import django_tables2 as tables
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import RequestConfig
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow

from mocap_portal.foundation.shared.tables import PortalTable
from mocap_portal.foundation.ui.marks import status
from mocap_portal.foundation.ui.words import dollars

from ..choice import TermChoice, terms_of
from ..days import CatalogDay
from ..models import AvailabilityState, Course, CourseQuerySet
from ..words import grade_words

NUMBER = {"th": {"class": "portal-number"}, "td": {"class": "portal-number"}}

KINDS = {AvailabilityState.OPEN: "good", AvailabilityState.CLOSED: "off", AvailabilityState.FULL: "waiting"}


class CourseTable(PortalTable):
    """Courses of the catalog of a day, with a box beside each to compare it with others."""

    title = tables.Column(gettext_lazy("Course"))
    subject = tables.Column(gettext_lazy("Subject"))
    grades = tables.Column(gettext_lazy("Grades"), accessor="grade_low", order_by=("grade_low", "grade_high"))
    structure = tables.Column(gettext_lazy("Length"))
    instruction = tables.Column(gettext_lazy("Teacher"))
    price = tables.Column(gettext_lazy("Price"), orderable=False, attrs=NUMBER)
    provider = tables.Column(gettext_lazy("Provider"), order_by="provider__organization__name")
    compare = tables.Column(gettext_lazy("Compare"), accessor="id", orderable=False)

    caption = gettext_lazy("Courses on offer")
    row_header = "title"

    class Meta(PortalTable.Meta):
        empty_text = gettext_lazy("No course fits. Try fewer words, or another grade or subject.")

    def __init__(self, *args: Any, day: CatalogDay, compared: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        self.compared = compared
        self.choices: dict[int, list[TermChoice]] = {}

    def cut(self, request: HttpRequest, *, count: int, per_page: int) -> None:
        """Sort as the address asks and cut out its page; that there are `count` rows is known already."""
        RequestConfig(request, paginate=False).configure(self)
        self.data._length = count  # noqa: SLF001 - else it is counted anew
        self.paginate(per_page=per_page)
        self.page = self.paginator.get_page(request.GET.get(self.prefixed_page_field))
        courses = [row.record for row in self.page.object_list]
        self.choices = terms_of(courses, self.day)

    def cells(self, row: BoundRow) -> Iterator[tuple[BoundColumn, str]]:
        """Every column here has a `render_…` that takes the course alone: no need to look for what each one takes."""
        for column in self.columns:
            yield column, getattr(self, f"render_{column.name}")(row.record)

    def order_title(self, courses: CourseQuerySet, is_descending: bool) -> tuple[CourseQuerySet, bool]:
        """By the alphabet, whatever the case: AP Biology stands after Algebra."""
        title = Lower("title")
        return courses.order_by(title.desc() if is_descending else title, "id"), True

    def render_title(self, record: Course) -> str:
        link = format_html('<a href="{}{}">{}</a>', record.get_absolute_url(), self.day.query, record.title)
        notes = format_html_join(
            "",
            "<br>{}",
            (
                (status(KINDS[choice.state], _closed(choice)),)
                for choice in self.choices[record.id]
                if not choice.is_open
            ),
        )
        return format_html("{}{}", link, notes)

    def render_subject(self, record: Course) -> str:
        return record.subject

    def render_structure(self, record: Course) -> str:
        return record.get_structure_display()

    def render_provider(self, record: Course) -> str:
        return str(record.provider)

    def render_grades(self, record: Course) -> str:
        return grade_words(record)

    def render_price(self, record: Course) -> str:
        return dollars(record.price)

    def render_instruction(self, record: Course) -> str:
        return _("Provider") if record.instruction == "provider" else _("Your district")

    def render_compare(self, record: Course) -> str:
        if record.id in self.compared:
            return _("On your list")
        return format_html(
            '<span class="usa-checkbox"><input class="usa-checkbox__input" id="compare-{0}" type="checkbox" '
            'name="course" value="{0}" form="compare">'
            '<label class="usa-checkbox__label" for="compare-{0}">{1}'
            '<span class="usa-sr-only">: {2}</span></label></span>',
            record.id,
            _("Compare"),
            record.title,
        )


def _closed(choice: TermChoice) -> str:
    return _("%(state)s: %(term)s") % {"state": choice.state.label, "term": choice.term}


class OwnCourseTable(CourseTable):
    """A provider's own courses, with their coming terms and a way to change them."""

    structure = tables.Column(gettext_lazy("Length"))
    provider_course_code = tables.Column(gettext_lazy("Your code"))
    terms = tables.Column(gettext_lazy("Takes students"), accessor="id", orderable=False)
    change = tables.Column(gettext_lazy("Change"), accessor="id", orderable=False)

    caption = gettext_lazy("Your courses")

    class Meta(PortalTable.Meta):
        exclude = ("grades", "instruction", "price", "provider", "compare")
        sequence = ("title", "provider_course_code", "subject", "structure", "terms", "change")
        empty_text = gettext_lazy("No course of yours fits.")

    def render_title(self, record: Course) -> str:
        return record.title

    def render_provider_course_code(self, record: Course) -> str:
        return record.provider_course_code

    def render_terms(self, record: Course) -> str:
        notes = (
            (choice.term, status(KINDS[choice.state], str(choice.state.label)))
            for choice in self.choices[record.id]
        )
        return format_html_join("", "{}: {}<br>", notes) or _("No coming term fits this course.")

    def render_change(self, record: Course) -> str:
        if not self.choices[record.id]:
            return ""
        return format_html(
            '<a class="usa-link" href="{}">{}<span class="usa-sr-only">: {}, {}</span></a>',
            reverse("providers:own_course", args=[record.id]),
            _("Change"),
            record.title,
            record.get_structure_display(),
        )
