"""Which requests the office looks at. Without a choice: all that are open. What one looks at stands in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.forms import FilterFormHelper

from .models import TranscriptRequestQuerySet
from .rules import State
from .verifying import number_in

LATE, TO_MAIL, ALL = "late", "to_mail", "all"
MINE, UNASSIGNED = "mine", "unassigned"


class RequestFilter(django_filters.FilterSet):
    whose = django_filters.ChoiceFilter(
        label=_("Who looks after it"),
        empty_label=_("Anybody or nobody"),
        choices=[(MINE, _("I do")), (UNASSIGNED, _("Nobody yet"))],
        method="of_whom",
    )
    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("All that are open"),
        choices=[
            (LATE, _("Open and overdue")),
            *State.choices,
            (TO_MAIL, _("Still to be mailed")),
            (ALL, _("All requests")),
        ],
        method="in_state",
    )
    number = django_filters.CharFilter(label=_("Number"), method="of_number")

    def __init__(self, *args: Any, hat: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hat = hat
        self.form.helper = FilterFormHelper("whose", "state", "number")

    def filter_queryset(self, queryset: TranscriptRequestQuerySet) -> TranscriptRequestQuerySet:
        chosen = self.form.cleaned_data
        if not chosen.get("state") and not chosen.get("number"):
            queryset = queryset.open()
        filtered: TranscriptRequestQuerySet = super().filter_queryset(queryset)
        return filtered

    def of_whom(
        self, queryset: TranscriptRequestQuerySet, name: str, value: str
    ) -> TranscriptRequestQuerySet:
        return queryset.filter(assigned_to=self.hat if value == MINE else None)

    def in_state(
        self, queryset: TranscriptRequestQuerySet, name: str, value: str
    ) -> TranscriptRequestQuerySet:
        if value == ALL:
            return queryset
        if value == LATE:
            return queryset.overdue(on=central_date(timezone.now()))
        return queryset.to_mail() if value == TO_MAIL else queryset.filter(state=value)

    def of_number(
        self, queryset: TranscriptRequestQuerySet, name: str, value: str
    ) -> TranscriptRequestQuerySet:
        return queryset.filter(pk=number_in(value))
