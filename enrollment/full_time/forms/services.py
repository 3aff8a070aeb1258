"""What both districts write about services: the team's finding, the agreement, a signature, a review of goals."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from enrollment.registration.forms.changes import reason_field
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField, whatever_is_wrong
from mocap_portal.foundation.ui.forms import StepForm

from ..actions.services import PlannedService, Terms
from ..models import MINUTES_OF_A_DAY, WEEKDAYS, Body, FindingOutcome

MOST_SERVICES = 20
ONLY_MINUTES = _("Enter the minutes of a week as a number, for example 90.")


def words_field(label: Any, help_text: Any = "", *, required: bool = True, say: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": say or _("Say it in a sentence or more.")},
    )


class FindingForm(StepForm):
    """What the team found. `after` says which finding the writer has seen."""

    submit = _("Record the finding")

    outcome = forms.ChoiceField(
        label=_("What did the team find?"),
        choices=FindingOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the team found.")},
    )
    met_on = MemorableDateField(label=_("On which day did the team meet?"))
    finding = words_field(
        _("The finding in words"),
        _("Both districts and the family read it."),
        say=_("Say what the team found, and why."),
    )
    accommodations = words_field(
        _("Accommodations (optional)"),
        _("What the student needs in every course, for example more time."),
        required=False,
    )
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        met_on = self.fields["met_on"]
        assert isinstance(met_on, MemorableDateField)
        met_on.latest = today


class AgreementForm(forms.Form):
    """The terms of an agreement. A later version says why it changes."""

    change = reason_field(_("Why does the agreement change?"), _("Both districts and the family read it."))
    starts_on = MemorableDateField(label=_("First day of the agreement"))
    ends_on = MemorableDateField(label=_("Last day of the agreement"))
    place = forms.CharField(
        label=_("Where is the student served?"),
        help_text=_("For example: at home, and on Tuesdays in room 4 of the middle school."),
        max_length=300,
        error_messages={"required": _("Say where the student is served.")},
    )
    host_does = words_field(_("What does the host do?"), say=_("Say what the host does."))
    resident_does = words_field(
        _("What does the resident district do?"), say=_("Say what the resident district does.")
    )
    money = words_field(
        _("Money"),
        _("Who pays whom, how much and when. The family never pays."),
        say=_("Say who pays whom, how much and when; or that nobody pays anything."),
    )
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["change"]

    def clean(self) -> dict[str, Any]:
        starts_on, ends_on = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The last day is before the first day."))
        return self.cleaned_data

    @property
    def terms(self) -> Terms:
        """Only after is_valid()."""
        names = ("starts_on", "ends_on", "place", "money", "host_does", "resident_does")
        return Terms(**{name: self.cleaned_data[name] for name in names})


class ServiceForm(forms.Form):
    """One service. An empty one is left out."""

    what = forms.CharField(
        label=_("Service"),
        help_text=_("For example: speech therapy, in a group of three."),
        max_length=200,
        error_messages={"required": _("Say which service it is.")},
    )
    minutes_a_week = forms.IntegerField(
        label=_("Minutes a week"),
        min_value=1,
        max_value=WEEKDAYS * MINUTES_OF_A_DAY,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=whatever_is_wrong(ONLY_MINUTES)
        | {"max_value": _("A week has no more than %(limit_value)s minutes.")},
    )
    served_by = forms.ChoiceField(
        label=_("Who gives it?"),
        choices=Body.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who gives the service.")},
    )
    paid_by = forms.ChoiceField(
        label=_("Who pays for it?"),
        choices=Body.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who pays for the service.")},
    )
    body = NameField(
        label=_("Name of the other body"),
        help_text=_("Only if another body gives it or pays for it."),
        max_length=120,
        required=False,
    )
    place = forms.CharField(
        label=_("Where?"), max_length=200, error_messages={"required": _("Say where the service is given.")}
    )
    starts_on = MemorableDateField(
        label=_("First day"),
        help_text=_("Leave it empty when it is that of the agreement."),
        required=False,
    )
    ends_on = MemorableDateField(
        label=_("Last day"),
        help_text=_("Leave it empty when it is that of the agreement."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if Body.OTHER in {cleaned.get("served_by"), cleaned.get("paid_by")} and not cleaned.get("body"):
            self.add_error("body", _("Enter the name of the other body."))
        return cleaned

    @property
    def planned(self) -> PlannedService:
        """Only after is_valid()."""
        return PlannedService(**{name: self.cleaned_data[name] for name in self.base_fields})


class Services(BaseFormSet):  # type: ignore[type-arg]
    """The services of an agreement; those of the version before can be left out of the new one."""

    default_error_messages = {
        **BaseFormSet.default_error_messages,
        "too_many_forms": _("An agreement has no more than %(num)d services. Put some of them together."),
    }

    def add_fields(self, form: ServiceForm, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Leave this service out")

    @property
    def planned(self) -> list[PlannedService]:
        """What stands there and is not left out. Only after is_valid()."""
        known = self.initial_form_count()
        return [
            form.planned
            for number, form in enumerate(self.forms)
            if (number < known or form.has_changed()) and not form.cleaned_data.get("DELETE")
        ]


ServiceFormSet = cast(
    "type[Services]",
    formset_factory(
        ServiceForm,
        formset=Services,
        extra=1,
        max_num=MOST_SERVICES,
        validate_max=True,
        can_delete=True,
        can_delete_extra=False,
    ),
)


class SignForm(StepForm):
    """A typed name is the signature of one's side."""

    submit = _("Sign for your side")

    name = NameField(
        label=_("Your full name"),
        help_text=_("Typing it signs the agreement for your organization."),
        max_length=120,
        error_messages={"required": _("Type your full name to sign.")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )


class ReviewForm(StepForm):
    """How goals and accommodations are doing."""

    submit = _("Record the review")

    reviewed_on = MemorableDateField(label=_("Day of the review"))
    goals = words_field(
        _("How are the student's goals doing?"), say=_("Say how the student's goals are doing.")
    )
    accommodations = words_field(
        _("How are the accommodations working?"), say=_("Say how the accommodations are working.")
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reviewed_on = self.fields["reviewed_on"]
        assert isinstance(reviewed_on, MemorableDateField)
        reviewed_on.latest = reviewed_on.initial = today
