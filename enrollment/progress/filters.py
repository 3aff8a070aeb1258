"""Which students of the progress list one looks at, and which assessments."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.ui.forms import FilterFormHelper

from . import standing
from .models import WRITING_ROLES, StateAssessmentQuerySet
from .points import ReportYear
from .standing import Track

DUE, BEHIND, ALL = ("due", _("Reports to write")), ("behind", _("Who is behind")), ("all", _("All"))


def track_of(hat: Membership, asked: str | None) -> Track:
    """The track that the address asks for; the first one of this hat when it asks for none of its own."""
    tracks = standing.tracks_of(hat)
    return next((track for track in tracks if track.value == asked), tracks[0])


class StudentFilter(django_filters.FilterSet):
    """Writers see first what they have to write, readers who is behind."""

    track = django_filters.ChoiceFilter(label=_("Track"), empty_label=None, method="as_it_is")
    which = django_filters.ChoiceFilter(label=_("Which"), empty_label=None, method="as_it_is")

    def __init__(
        self, *args: Any, hat: Membership, track: Track, year: ReportYear, today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.track, self.year, self.today = track, year, today
        tracks = standing.tracks_of(hat)
        choices = [DUE, BEHIND, ALL] if hat.role in WRITING_ROLES else [BEHIND, ALL]
        self.first = choices[0][0]
        form = self.form
        form.fields["track"].choices = [(one.value, one.label) for one in tracks]
        form.fields["which"].choices = choices
        form.fields["track"].initial, form.fields["which"].initial = track.value, self.first
        names = ["track", "which"] if len(tracks) > 1 else ["which"]
        form.helper = FilterFormHelper(*names)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        which = self.form.cleaned_data.get("which") or self.first
        if which == DUE[0]:
            return standing.missing(queryset, self.track, self.year, until=self.today + standing.AHEAD)
        if which == BEHIND[0]:
            return standing.behind(queryset, self.track, self.year, today=self.today)
        return queryset

    def as_it_is(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset


class AssessmentFilter(django_filters.FilterSet):
    """Without a choice those of which somebody has to say whether the student took part."""

    which = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("To answer"),
        choices=[
            ("late", _("Window over, not answered")),
            ("coming", _("Still to come")),
            ("taken", _("Taken")),
            ("missed", _("Not taken")),
            ("all", _("All")),
        ],
        method="as_it_is",
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.form.helper = FilterFormHelper("which")

    def filter_queryset(self, queryset: StateAssessmentQuerySet) -> StateAssessmentQuerySet:
        return {
            "late": queryset.filter(taken__isnull=True, closes_on__lt=self.today),
            "coming": queryset.filter(taken__isnull=True, opens_on__gt=self.today),
            "taken": queryset.filter(taken=True),
            "missed": queryset.filter(taken=False),
            "all": queryset,
        }.get(self.form.cleaned_data.get("which", ""), queryset.due_on(self.today))

    def as_it_is(self, queryset: StateAssessmentQuerySet, name: str, value: str) -> StateAssessmentQuerySet:
        return queryset
