"""What an administrator fills in about how concerns are sorted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.ui.fields import MemorableDateField, PartyField
from mocap_portal.foundation.ui.forms import FilterFormHelper, StepForm

from ..models import Track, Writer
from ..routing import Facts
from ..words import category_words
from .office import ColleagueField, reviewers


class _Conditions(forms.Form):
    """What a rule looks at."""

    category = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    track = forms.ChoiceField(
        label=gettext_lazy("Track"), choices=[("", gettext_lazy("Any")), *Track.choices], required=False
    )
    writer = forms.ChoiceField(
        label=gettext_lazy("Who wrote"),
        choices=[("", gettext_lazy("Anybody")), *Writer.choices],
        required=False,
    )
    lea = PartyField(
        label=gettext_lazy("District"),
        queryset=Lea.objects.none(),
        empty_label=gettext_lazy("Any or none"),
        required=False,
    )
    provider = PartyField(
        label=gettext_lazy("Provider"),
        queryset=Provider.objects.none(),
        empty_label=gettext_lazy("Any or none"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category, lea, provider = (self.fields[name] for name in ("category", "lea", "provider"))
        assert isinstance(category, forms.ChoiceField)
        assert isinstance(lea, forms.ModelChoiceField)
        assert isinstance(provider, forms.ModelChoiceField)
        category.choices = [("", _("Anything")), *category_words().items()]
        lea.queryset = Lea.objects.select_related("organization").order_by("organization__name")
        provider.queryset = Provider.objects.select_related("organization").order_by("organization__name")


class TryForm(_Conditions):
    """A concern as it might be: which rule wins stands below. Sent by GET."""

    @property
    def helper(self) -> FilterFormHelper:
        return FilterFormHelper("category", "track", "writer", "lea", "provider")

    @property
    def facts(self) -> Facts:
        lea, provider = self.cleaned_data["lea"], self.cleaned_data["provider"]
        return Facts(
            self.cleaned_data["category"],
            self.cleaned_data["track"],
            self.cleaned_data["writer"],
            lea.pk if lea else None,
            provider.pk if provider else None,
        )


class RuleForm(_Conditions, StepForm):
    """Conditions, to whom, how fast, from when on, and why."""

    submit = gettext_lazy("Add the rule")

    to = ColleagueField(
        label=gettext_lazy("Goes to"),
        queryset=Membership.objects.none(),
        empty_label=gettext_lazy("Nobody: the common inbox"),
        required=False,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Business days to the first reply (optional)"),
        help_text=gettext_lazy("Only if fewer than usual."),
        min_value=1,
        max_value=60,
        required=False,
    )
    valid_from = MemorableDateField(label=gettext_lazy("First day"))
    note = forms.CharField(label=gettext_lazy("Why it is sorted so"), max_length=300)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)
        to.queryset = reviewers()
        self.bound("valid_from", earliest=today, latest=today + dt.timedelta(days=366))


class EndForm(StepForm):
    submit = gettext_lazy("End the rule")

    last_day = MemorableDateField(label=gettext_lazy("Last day"))

    def __init__(self, *args: Any, earliest: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound("last_day", earliest=earliest, latest=earliest + dt.timedelta(days=3660))
