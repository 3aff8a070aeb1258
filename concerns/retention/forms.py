"""What people fill in to hold records."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, Lea, Provider
from mocap_portal.foundation.ui.fields import MemorableDateField, PartyField, whatever_is_wrong
from mocap_portal.foundation.ui.forms import StepForm

from .models import HoldKind, Table
from .words import Words

LONGEST_AHEAD = dt.timedelta(days=730)  # a later first day is mistyped
OF_CONCERNS_ALONE = ("category", "lea", "provider")


class HoldForm(StepForm):
    """One record by its number, or every record of a kind. `words`: of which table."""

    submit = gettext_lazy("Place the hold")

    kind = forms.ChoiceField(label=gettext_lazy("Because of"), choices=HoldKind.choices)
    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The case, who has asked, and when. Your colleagues read this."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    number = forms.CharField(max_length=21, required=False)
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    lea = PartyField(
        label=gettext_lazy("District"),
        queryset=Lea.objects.select_related("organization").order_by("organization__name"),
        empty_label=gettext_lazy("Every district"),
        required=False,
    )
    provider = PartyField(
        label=gettext_lazy("Provider"),
        queryset=Provider.objects.select_related("organization").order_by("organization__name"),
        empty_label=gettext_lazy("Every provider"),
        required=False,
    )
    received_from = MemorableDateField(label=gettext_lazy("Came in from"), required=False)
    received_to = MemorableDateField(label=gettext_lazy("Came in until"), required=False)
    everything = forms.BooleanField(required=False)
    review_on = MemorableDateField(
        label=gettext_lazy("Look again on"),
        help_text=gettext_lazy("When to ask whether it is still needed. It does not end by itself."),
        required=False,
    )

    def __init__(self, *args: Any, words: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        self.fields["number"].label, self.fields["number"].help_text = words.number, words.number_help
        self.fields["everything"].label = words.everything
        if words.table != Table.CONCERNS:
            for name in OF_CONCERNS_ALONE:
                del self.fields[name]
            return
        rows = CodeMeaning.objects.filter(code_set=CodeSet.CONCERN_CATEGORY).order_by("position", "code")
        names = {row.code: row.local_label for row in rows}
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Every category")), *names.items()]

    def clean_number(self) -> int | None:
        text = self.cleaned_data["number"].strip()
        if not text:
            return None
        if (found := self.words.numbers.fullmatch(text)) is None:
            raise forms.ValidationError(str(self.words.number_wrong))
        return int(found.group(1))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return said
        conditions = [said.get(name) for name in (*OF_CONCERNS_ALONE, "received_from", "received_to")]
        if said["number"] and any(conditions):
            raise forms.ValidationError(str(self.words.both))
        if not said["number"] and not any(conditions) and not said["everything"]:
            raise forms.ValidationError(str(self.words.neither))
        if said["received_from"] and said["received_to"] and said["received_from"] > said["received_to"]:
            self.add_error("received_to", _("This day is before the first one."))
        return said


class RuleForm(StepForm):
    """For how many years, from which day on, and who says so. `words`: of which table.

    `today`: a rule changes nothing that is past.
    """

    submit = gettext_lazy("Change it")

    years = forms.IntegerField(
        min_value=1,
        max_value=100,
        error_messages=whatever_is_wrong(gettext_lazy("Type a number from 1 to 100.")),
    )
    valid_from = MemorableDateField(label=gettext_lazy("First day it holds"))
    source = forms.CharField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("The law, or the decision of the records board with its day."),
        max_length=300,
        error_messages={"required": gettext_lazy("Write who decided it, and when.")},
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, words: Words, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["years"].label = words.years
        self.bound("valid_from", earliest=today, latest=today + LONGEST_AHEAD)


class LiftForm(StepForm):
    """Why a hold is over."""

    submit = gettext_lazy("Lift the hold")

    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Your colleagues read this."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
