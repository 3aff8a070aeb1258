"""State assessments: what is planned, and who took part."""

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import Program
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import GRADES, SchoolYear
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..models import StateAssessment

YES, NO, OPEN = "yes", "no", ""


def place_field() -> forms.CharField:
    return NameField(
        label=_("Place"),
        help_text=_("Where the student takes it: a school, a library, at home."),
        max_length=200,
        error_messages={"required": _("Type the place.")},
    )


class PlanForm(forms.Form):
    """One assessment for the students of some grades."""

    program = forms.ModelChoiceField(
        label=_("Program"),
        queryset=Program.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose the program."), "invalid_choice": _("Choose the program.")},
    )
    name = NameField(
        label=_("Name of the assessment"),
        help_text=_("For example End-of-Course English II."),
        max_length=120,
        error_messages={"required": _("Type the name of the assessment.")},
    )
    opens_on = MemorableDateField(label=_("First day of the window"))
    closes_on = MemorableDateField(label=_("Last day of the window"))
    place = place_field()
    grades = forms.TypedMultipleChoiceField(
        label=_("Grades"),
        choices=GRADES,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one grade.")},
    )

    def __init__(self, *args: Any, hat: Membership, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programs = Program.objects.run_by(hat).order_by("name")
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]
        year = SchoolYear.objects.get(starts_on__lte=today, ends_on__gte=today)
        for name in ("opens_on", "closes_on"):
            field = self.fields[name]
            assert isinstance(field, MemorableDateField)
            field.earliest, field.latest = year.starts_on, year.ends_on

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Plan it"), cancel_url=reverse("progress:assessments"))

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        first, last = cleaned.get("opens_on"), cleaned.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", _("The last day of the window is before its first day. Check both."))
        return cleaned


class AssessmentForm(forms.Form):
    """What became of the assessment of one student."""

    taken = forms.ChoiceField(
        label=_("Did the student take part?"),
        choices=[(YES, _("Yes")), (NO, _("No")), (OPEN, _("Not known yet"))],
        widget=forms.RadioSelect,
        required=False,
    )
    reason = NameField(label=_("If not: why?"), max_length=300, required=False)
    place = place_field()

    def __init__(self, *args: Any, assessment: StateAssessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taken"].initial = {True: YES, False: NO, None: OPEN}[assessment.taken]
        self.fields["reason"].initial = assessment.reason
        self.fields["place"].initial = assessment.place

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(cancel_url=reverse("progress:assessments"))

    @property
    def answer(self) -> dict[str, Any]:
        """As `record_assessment` takes it. Only after is_valid()."""
        taken = {YES: True, NO: False, OPEN: None}[self.cleaned_data["taken"]]
        return {
            "taken": taken,
            "reason": self.cleaned_data["reason"],
            "place": self.cleaned_data["place"],
        }

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("taken") == NO and not self.cleaned_data.get("reason"):
            self.add_error("reason", _("Say why the student did not take part."))
        return self.cleaned_data
