"""Which requests for records a district looks at. Without a choice: those that wait for an answer."""

import datetime as dt
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.ui.forms import FilterFormHelper

from ..models import Program, RecordsRequest, RecordsRequestQuerySet


class RecordsFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("Waiting for an answer"),
        choices=[("late", _("Late")), ("answered", _("Answered")), ("all", _("All"))],
        method="in_state",
    )
    program = django_filters.ModelChoiceFilter(
        label=_("Program"),
        empty_label=_("All programs"),
        field_name="application__program",
        queryset=Program.objects.none(),
    )

    def __init__(self, *args: Any, hat: Membership, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        programs = RecordsRequest.objects.visible_to(hat).values("application__program")
        self.filters["program"].field.queryset = Program.objects.filter(pk__in=programs).order_by("name")
        self.form.helper = FilterFormHelper("state", "program")

    def filter_queryset(self, queryset: RecordsRequestQuerySet) -> RecordsRequestQuerySet:
        filtered: RecordsRequestQuerySet = super().filter_queryset(queryset)
        return filtered if self.form.cleaned_data.get("state") else filtered.wanted()

    def in_state(self, queryset: RecordsRequestQuerySet, name: str, value: str) -> RecordsRequestQuerySet:
        return {
            "late": queryset.wanted().filter(clock__due_on__lt=self.today),
            "answered": queryset.filter(answered_at__isnull=False),
            "all": queryset,
        }[value]
