"""Which reports one looks at. DESE sees first what waits for it."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.ui.forms import FilterFormHelper

from .models import MembershipReport, MembershipReportQuerySet, ReportState


class QueueFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("To look at"),
        choices=[
            (ReportState.ACCEPTED, _("Accepted")),
            (ReportState.RETURNED, _("Returned")),
            ("all", _("All")),
        ],
        method="in_state",
    )
    school_year = django_filters.ModelChoiceFilter(
        label=_("School year"), empty_label=_("All years"), queryset=SchoolYear.objects.none()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = MembershipReport.objects.values("school_year")
        self.filters["school_year"].field.queryset = SchoolYear.objects.filter(pk__in=years).order_by("-year")
        self.form.helper = FilterFormHelper("state", "school_year")

    def filter_queryset(self, queryset: MembershipReportQuerySet) -> MembershipReportQuerySet:
        found: MembershipReportQuerySet = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.filter(state=ReportState.SENT)

    def in_state(self, queryset: MembershipReportQuerySet, name: str, value: str) -> MembershipReportQuerySet:
        if value == ReportState.RETURNED:  # also while the host counts anew
            return queryset.filter(state__in=[ReportState.RETURNED, ReportState.DRAFT])
        return queryset if value == "all" else queryset.filter(state=value)
