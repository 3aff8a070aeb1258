"""What people ask of the June list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.ui.forms import FilterFormHelper

from .expected import Shown


class ShownForm(forms.Form):
    """Which part of the list to look at."""

    shown = forms.ChoiceField(
        label=gettext_lazy("Show"),
        choices=[("", gettext_lazy("The whole list")), *Shown.choices],
        required=False,
    )

    @property
    def helper(self) -> FilterFormHelper:
        return FilterFormHelper("shown")
