"""Which letters an official looks at. Without a choice: those to issue."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.forms import FilterFormHelper

from .models import LetterRequestQuerySet


class LetterFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("To issue"),
        choices=[("issued", _("Issued")), ("taken_back", _("Taken back")), ("all", _("All letters"))],
        method="in_state",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.helper = FilterFormHelper("state")

    def filter_queryset(self, queryset: LetterRequestQuerySet) -> LetterRequestQuerySet:
        if not self.form.cleaned_data.get("state"):
            return queryset.waiting()
        filtered: LetterRequestQuerySet = super().filter_queryset(queryset)
        return filtered

    def in_state(self, queryset: LetterRequestQuerySet, name: str, value: str) -> LetterRequestQuerySet:
        if value == "taken_back":
            return queryset.taken_back()
        return queryset if value == "all" else queryset.filter(certification__isnull=False)
