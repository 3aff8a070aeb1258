"""What people fill in about patterns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concerns.models import Outcome
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.ui.fields import PartyField
from mocap_portal.foundation.ui.forms import FilterFormHelper, StepForm

from .trends import BY, categories


class TrendForm(forms.Form):
    """Which concerns to count, and over months or weeks."""

    by = forms.ChoiceField(label=gettext_lazy("By"), choices=list(BY.items()), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    provider = PartyField(
        label=gettext_lazy("Provider"),
        queryset=Provider.objects.select_related("organization").order_by("organization__name"),
        empty_label=gettext_lazy("Every provider"),
        required=False,
    )
    lea = PartyField(
        label=gettext_lazy("District"),
        queryset=Lea.objects.select_related("organization").order_by("organization__name"),
        empty_label=gettext_lazy("Every district"),
        required=False,
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[("", gettext_lazy("Every outcome")), *Outcome.choices],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Every category")), *categories().items()]

    @property
    def helper(self) -> FilterFormHelper:
        return FilterFormHelper(*self.fields)


class DismissForm(StepForm):
    """Why nothing follows from a note."""

    submit = gettext_lazy("Dismiss the note")

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Your colleagues read this. Name nobody."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
