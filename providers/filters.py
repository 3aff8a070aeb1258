"""What somebody looks for in the catalog: all of it stands in the address."""

import datetime as dt
from typing import Any

import django_filters
from crispy_forms.layout import Column, Field, Row
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import GRADES, Provider
from mocap_portal.foundation.ui.forms import PortalFormHelper

from .models import Course, CourseQuerySet, Instruction, Structure

RESULTS = "results"  # the part of the page that changes while somebody types


class CatalogFilter(django_filters.FilterSet):
    """Courses on offer, by words, subject, grade, provider, structure and who teaches."""

    q = django_filters.CharFilter(
        label=_("Words in the title, subject or provider"), method="by_words", max_length=100
    )
    subject = django_filters.ChoiceFilter(label=_("Subject"), empty_label=_("All subjects"))
    grade = django_filters.ChoiceFilter(
        label=_("Grade"), empty_label=_("All grades"), choices=GRADES, method="by_grade"
    )
    structure = django_filters.ChoiceFilter(
        label=_("Length"), empty_label=_("All lengths"), choices=Structure.choices
    )
    instruction = django_filters.ChoiceFilter(
        label=_("Teacher"),
        empty_label=_("All courses"),
        choices=[
            (Instruction.PROVIDER, _("With a teacher")),
            (Instruction.CURRICULUM_ONLY, _("Curriculum only")),
        ],
    )
    provider = django_filters.ModelChoiceFilter(
        label=_("Provider"), empty_label=_("All providers"), queryset=Provider.objects.none()
    )

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        offered = Course.objects.on_offer(starting=on)
        super().__init__(*args, queryset=offered, **kwargs)
        subjects = offered.order_by("subject").values_list("subject", flat=True).distinct()
        self.filters["subject"].extra["choices"] = [(subject, subject) for subject in subjects]
        self.filters["provider"].queryset = (
            Provider.objects.filter(Exists(offered.filter(provider=OuterRef("pk"))))
            .select_related("organization")
            .order_by("organization__name")
        )
        self.form.helper = _helper()

    def by_words(self, courses: CourseQuerySet, name: str, value: str) -> CourseQuerySet:
        return courses.matching(value)

    def by_grade(self, courses: CourseQuerySet, name: str, value: str) -> CourseQuerySet:
        return courses.for_grade(int(value))


def _helper() -> PortalFormHelper:
    """A GET form; with JavaScript the results follow while one types."""
    helper = PortalFormHelper(
        Field("q", autocomplete="off"),
        Row(*(Column(name) for name in ("subject", "grade", "structure", "instruction", "provider"))),
        submit=_("Search"),
        method="get",
    )
    helper.form_class = "portal-filters"
    helper.attrs = {
        "role": "search",
        "hx-get": reverse("providers:catalog"),
        "hx-target": f"#{RESULTS}",
        "hx-swap": "outerHTML",
        "hx-trigger": "input changed delay:300ms from:#id_q, change, submit",
        "hx-replace-url": "true",
        "hx-sync": "this:replace",
    }
    return helper
