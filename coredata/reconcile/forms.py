"""What people fill in about mismatches."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.ui.fields import MemorableDateField, PartyField
from mocap_portal.foundation.ui.forms import FilterFormHelper, StepForm

from .catalogue import CATALOGUE, Family, Severity
from .lists import Age, Shown
from .models import AnswerKind
from .standing import SHOWN_TO_DESE, SHOWN_TO_DISTRICTS, SHOWN_TO_PROVIDERS

MOST_IN_A_ROW = 5  # filters side by side


class ListForm(forms.Form):
    """Which mismatches to list. What a hat cannot ask for is not there."""

    code = forms.ChoiceField(label=gettext_lazy("Cause"), required=False)
    family = forms.ChoiceField(
        label=gettext_lazy("About"),
        choices=[("", gettext_lazy("Everything")), *Family.choices],
        required=False,
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("Weight"),
        choices=[("", gettext_lazy("Every weight")), *Severity.choices],
        required=False,
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("To do")), *Shown.choices],
        required=False,
    )
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
    age = forms.ChoiceField(
        label=gettext_lazy("Open for"),
        choices=[("", gettext_lazy("Any time")), *Age.choices],
        required=False,
    )

    def __init__(self, *args: Any, hat: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = SHOWN_TO_DISTRICTS
        if hat.is_dese:
            codes = SHOWN_TO_DESE
        else:
            del self.fields["lea"], self.fields["age"]
        if hat.is_provider:
            codes = SHOWN_TO_PROVIDERS
            for name in ("family", "severity", "provider"):
                del self.fields[name]
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)
        kinds = [(kind.id, f"{kind.id} {kind.name}") for kind in CATALOGUE.values() if kind.id in codes]
        field.choices = [("", _("Every cause")), *kinds]

    @property
    def helper(self) -> FilterFormHelper:
        helper, names = FilterFormHelper(), list(self.fields)
        rows = [names] if len(names) <= MOST_IN_A_ROW else [names[:4], names[4:]]
        helper.layout = Layout(*(Row(*(Column(name) for name in row)) for row in rows))
        return helper


REASONS = {
    AnswerKind.SEEN: gettext_lazy("Your colleagues and the MOCAP office read this."),
    AnswerKind.DENIED: gettext_lazy("The provider reads this. Name no student."),
    AnswerKind.NOT_OURS: gettext_lazy("The provider reads this. Name no student."),
    AnswerKind.ASK: gettext_lazy("Your question. The MOCAP office reads it, the provider does not."),
    AnswerKind.HARMLESS: gettext_lazy("Why it is right as it is. The MOCAP office reads this."),
    AnswerKind.WAIVE: gettext_lazy(
        "Why nothing has to be done. The district and the MOCAP office read this."
    ),
}
NEEDS_A_REASON = (AnswerKind.ASK, AnswerKind.HARMLESS, AnswerKind.WAIVE)
TITLES = {
    AnswerKind.SEEN: gettext_lazy("Seen"),
    AnswerKind.DENIED: gettext_lazy("We denied this course"),
    AnswerKind.NOT_OURS: gettext_lazy("Not our student"),
    AnswerKind.ASK: gettext_lazy("Ask the MOCAP office"),
    AnswerKind.HARMLESS: gettext_lazy("Known and harmless"),
    AnswerKind.WAIVE: gettext_lazy("Waive until a day"),
}
INTROS = {
    AnswerKind.SEEN: gettext_lazy("It stays on your list, marked as seen."),
    AnswerKind.DENIED: gettext_lazy("The provider is told, and it leaves your list of what is to do."),
    AnswerKind.NOT_OURS: gettext_lazy("The provider is told, and it leaves your list of what is to do."),
    AnswerKind.ASK: gettext_lazy("It stays on your list until the data agree."),
    AnswerKind.HARMLESS: gettext_lazy("It leaves your list of what is to do. The MOCAP office sees why."),
    AnswerKind.WAIVE: gettext_lazy("It leaves the list until that day, and comes back if it is still so."),
}


class AnswerForm(StepForm):
    """A reason, and the last day of a waiver."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    until = MemorableDateField(label=gettext_lazy("Last day"))

    def __init__(
        self, *args: Any, kind: AnswerKind, earliest: dt.date, latest: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.submit = TITLES[kind]
        reason = self.fields["reason"]
        reason.help_text = REASONS[kind]
        reason.required = kind in NEEDS_A_REASON
        if kind == AnswerKind.ASK:
            reason.label = _("Question")
        elif not reason.required:
            reason.label = _("Note (optional)")
        if kind == AnswerKind.WAIVE:
            self.bound("until", earliest=earliest, latest=latest)
        else:
            del self.fields["until"]


class ManyForm(AnswerForm):
    """The same for several at once; which ones goes along hidden."""

    ones = forms.CharField(widget=forms.HiddenInput)


class UseRowsForm(StepForm):
    """Which mismatches' rows to put aside goes along hidden."""

    submit = gettext_lazy("Put these rows aside")

    ones = forms.CharField(widget=forms.HiddenInput)
