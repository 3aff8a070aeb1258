"""Which applications and students a page shows. Without a choice: what somebody has to do."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Term
from mocap_portal.foundation.ui.forms import FilterFormHelper

from ..models import (
    ENDED,
    ApplicationState,
    EnrollmentState,
    Program,
    ProgramApplication,
    ProgramApplicationQuerySet,
    ProgramEnrollmentQuerySet,
)


class ApplicationFilter(django_filters.FilterSet):
    """Applications to decide, or others; of a program, for a term."""

    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("Not decided yet"),
        choices=[
            (ApplicationState.ADMITTED, _("Admitted")),
            (ApplicationState.REFUSED, _("Not admitted")),
            ("again", _("To look at again")),
            (ApplicationState.CANCELLED, _("Taken back")),
            ("all", _("All")),
        ],
        method="in_state",
    )
    program = django_filters.ModelChoiceFilter(
        label=_("Program"), empty_label=_("All programs"), queryset=Program.objects.none()
    )
    term = django_filters.ModelChoiceFilter(
        label=_("Term"), empty_label=_("All terms"), queryset=Term.objects.none()
    )

    def __init__(self, *args: Any, queryset: ProgramApplicationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        programs = Program.objects.filter(pk__in=queryset.values("program"))
        self.filters["program"].field.queryset = programs.order_by("name", "pk")
        terms = Term.objects.filter(pk__in=queryset.values("term")).select_related("school_year")
        self.filters["term"].field.queryset = terms.order_by("-starts_on", "pk")
        self.form.helper = FilterFormHelper("state", "program", "term")

    def filter_queryset(self, queryset: ProgramApplicationQuerySet) -> QuerySet[ProgramApplication]:
        filtered: ProgramApplicationQuerySet = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("state"):
            return filtered
        return filtered.filter(state=ApplicationState.APPLIED)

    def in_state(
        self, queryset: ProgramApplicationQuerySet, name: str, value: str
    ) -> QuerySet[ProgramApplication]:
        if value == "again":
            return queryset.filter(reviews__outcome="", reviews__isnull=False)
        return queryset if value == "all" else queryset.filter(state=value)


class EnrollmentFilter(django_filters.FilterSet):
    """Students of programs: those who move or are enrolled, those who left; by words in the name."""

    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("Admitted and enrolled"),
        choices=[
            (EnrollmentState.MOVING, _("Admitted, not entered yet")),
            (EnrollmentState.ENROLLED, _("Enrolled")),
            ("ended", _("Ended")),
            ("all", _("All")),
        ],
        method="in_state",
    )
    program = django_filters.ModelChoiceFilter(
        label=_("Program"), empty_label=_("All programs"), queryset=Program.objects.none()
    )

    def __init__(self, *args: Any, queryset: ProgramEnrollmentQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        programs = Program.objects.filter(pk__in=queryset.values("program"))
        self.filters["program"].field.queryset = programs.order_by("name", "pk")
        self.form.helper = FilterFormHelper("state", "program")

    def filter_queryset(self, queryset: ProgramEnrollmentQuerySet) -> ProgramEnrollmentQuerySet:
        filtered: ProgramEnrollmentQuerySet = super().filter_queryset(queryset)
        return filtered if self.form.cleaned_data.get("state") else filtered.exclude(state__in=ENDED)

    def in_state(
        self, queryset: ProgramEnrollmentQuerySet, name: str, value: str
    ) -> ProgramEnrollmentQuerySet:
        if value == "ended":
            return queryset.filter(Q(state__in=ENDED))
        return queryset if value == "all" else queryset.filter(state=value)
