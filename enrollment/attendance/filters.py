"""Which full-time students one looks at. Without a choice: those enrolled now."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django.db.models import Case, DateField, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import (
    ENDED,
    EnrollmentState,
    Program,
    ProgramEnrollment,
    ProgramEnrollmentQuerySet,
)
from enrollment.records.filters import MOSIS_ID
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.ui.forms import FilterFormHelper

from .models import AttendanceDay

QUIET = (1, 3, 5, 10)  # school days without activity that can be asked for


class StudentFilter(django_filters.FilterSet):
    """Enrolled now, without activity for some school days, or gone; of a program."""

    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("Enrolled now"),
        choices=[
            ("quiet-1", _("Enrolled, no activity on the last school day")),
            ("quiet-3", _("Enrolled, no activity on the last 3 school days")),
            ("quiet-5", _("Enrolled, no activity on the last 5 school days")),
            ("quiet-10", _("Enrolled, no activity on the last 10 school days")),
            ("ended", _("No longer enrolled")),
        ],
        method="in_state",
    )
    program = django_filters.ModelChoiceFilter(
        label=_("Program"), empty_label=_("All programs"), queryset=Program.objects.none()
    )

    def __init__(
        self, *args: Any, hat: Membership, since: Callable[[int], Mapping[int, dt.date]], **kwargs: Any
    ) -> None:
        """`since`: for one of QUIET the first of so many last school days, by the key of the host; a host whose school
        year has not so many yet is left out."""
        super().__init__(*args, **kwargs)
        self.since = since
        seen = ProgramEnrollment.objects.visible_to(hat)
        programs = Program.objects.filter(pk__in=seen.values("program"))
        self.filters["program"].field.queryset = programs.order_by("name", "pk")
        self.form.helper = FilterFormHelper("state", "program")

    def filter_queryset(self, queryset: ProgramEnrollmentQuerySet) -> ProgramEnrollmentQuerySet:
        filtered: ProgramEnrollmentQuerySet = super().filter_queryset(queryset)
        state = self.form.cleaned_data.get("state")
        return filtered if state else filtered.filter(state=EnrollmentState.ENROLLED)

    def in_state(
        self, queryset: ProgramEnrollmentQuerySet, name: str, value: str
    ) -> ProgramEnrollmentQuerySet:
        if value == "ended":
            return queryset.filter(state__in=ENDED)
        since = self.since(int(value.removeprefix("quiet-")))
        if not since:
            return queryset.none()
        first_days = Case(
            *(When(program__host=host, then=Value(day)) for host, day in since.items()),
            output_field=DateField(),
        )
        active = AttendanceDay.objects.active().filter(enrollment=OuterRef("pk"), day__gte=OuterRef("since"))
        enrolled = queryset.annotate(since=first_days).filter(state=EnrollmentState.ENROLLED)
        return enrolled.filter(~Exists(active), starts_on__lte=F("since"))


def find(students: ProgramEnrollmentQuerySet, words: str) -> ProgramEnrollmentQuerySet:
    """The student with this MOSIS ID, else those that have each of the words in their names."""
    if MOSIS_ID.fullmatch(words.strip()):
        return students.filter(student__mosis_id=words.strip())
    for word in words.split():
        students = students.filter(
            Q(student__first_name__icontains=word) | Q(student__last_name__icontains=word)
        )
    return students
