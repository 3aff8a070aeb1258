"""Which lines district and provider look at. Without a choice: what they have to do."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.models import CourseLine, LineState
from mocap_portal.foundation.ui.forms import FilterFormHelper

from .models import RosterLine, RosterState


class LineFilter(django_filters.FilterSet):
    """Approved courses to send, and those that were sent."""

    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("To send to the provider"),
        choices=[
            ("sent", _("Sent, waiting for the provider")),
            ("confirmed", _("Confirmed by the provider")),
            ("all", _("All approved courses")),
        ],
        method="in_state",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.helper = FilterFormHelper("state")

    def filter_queryset(self, queryset: QuerySet[CourseLine]) -> QuerySet[CourseLine]:
        if not self.form.cleaned_data.get("state"):
            return queryset.filter(state=LineState.APPROVED)
        filtered: QuerySet[CourseLine] = super().filter_queryset(queryset)
        return filtered

    def in_state(self, queryset: QuerySet[CourseLine], name: str, value: str) -> QuerySet[CourseLine]:
        return {
            "sent": queryset.filter(state=LineState.REGISTERED),
            "confirmed": queryset.filter(state=LineState.CONFIRMED),
            "all": queryset,
        }[value]


class RosterFilter(django_filters.FilterSet):
    """Students to confirm, and those that are confirmed."""

    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("To confirm"),
        choices=[("confirmed", _("Confirmed")), ("all", _("The whole roster"))],
        method="in_state",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.helper = FilterFormHelper("state")

    def filter_queryset(self, queryset: QuerySet[RosterLine]) -> QuerySet[RosterLine]:
        if not self.form.cleaned_data.get("state"):
            return queryset.filter(state=RosterState.SENT)
        filtered: QuerySet[RosterLine] = super().filter_queryset(queryset)
        return filtered

    def in_state(self, queryset: QuerySet[RosterLine], name: str, value: str) -> QuerySet[RosterLine]:
        return {"confirmed": queryset.filter(state=RosterState.CONFIRMED), "all": queryset}[value]
