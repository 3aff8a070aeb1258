"""Forms of the state's map. Each cleans what one action takes."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import AppealLadder, DecisionBy
from mocap_portal.foundation.shared.calendar import SATURDAY
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper, StepForm

# A closed day entered later than this can no longer matter to a clock; one further ahead is a slip of the pen.
LONGEST_BACK = dt.timedelta(days=60)
LONGEST_AHEAD = dt.timedelta(days=730)

NO_SOURCE = {"required": _("Name the law, rule or decision that says so.")}


class WebAddressField(forms.URLField):
    """The address of a page that everybody can open in a browser."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def __init__(self, **kwargs: Any) -> None:
        invalid = _("Enter a whole web address, such as https://www.example.org/mocap.")
        super().__init__(max_length=200, error_messages={"invalid": invalid}, **kwargs)


class LegalValueForm(StepForm):
    """A number that holds from a day on."""

    number = forms.DecimalField(
        label=_("Number"),
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=4,
        error_messages={"min_value": _("Enter a number that is not below 0.")},
    )
    valid_from = MemorableDateField(label=_("First day it holds"))
    source = forms.CharField(label=_("Source"), max_length=300, error_messages=NO_SOURCE)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)


class CodeMeaningForm(StepForm):
    """What a code is called and means from a day on."""

    label = forms.CharField(label=_("Name"), max_length=120)
    label_es = forms.CharField(
        label=_("Name in Spanish"),
        help_text=_("Left empty, families who read Spanish see the English."),
        max_length=120,
        required=False,
    )
    meaning = forms.CharField(label=_("Meaning"), required=False, widget=forms.Textarea)
    meaning_es = forms.CharField(label=_("Meaning in Spanish"), required=False, widget=forms.Textarea)
    valid_from = MemorableDateField(label=_("First day it holds"))
    source = forms.CharField(label=_("Source"), max_length=300, error_messages=NO_SOURCE)


class CodeFileForm(StepForm):
    """A set of codes as a CSV file, from a day on."""

    submit = _("Look at what changes")

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_(
            "With the columns code and label, and if you like meaning, group, label_es and meaning_es (in Spanish). "
            "Saved as CSV UTF-8."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv"}),
    )
    is_whole = forms.BooleanField(
        label=_("The file is the whole set: a code that is not in it ends the day before"), required=False
    )
    valid_from = MemorableDateField(label=_("First day it holds"))
    source = forms.CharField(label=_("Source"), max_length=300, error_messages=NO_SOURCE)


class TermForm(StepForm):
    """The usual first and last day of a term."""

    starts_on = MemorableDateField(label=_("First day"))
    ends_on = MemorableDateField(label=_("Last day"))

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if "starts_on" in values and "ends_on" in values and values["ends_on"] <= values["starts_on"]:
            self.add_error("ends_on", _("The last day must come after the first."))
        return values


class ClosedDayForm(StepForm):
    """A day on which a district, or the state, is closed."""

    submit = _("Close the day")

    date = MemorableDateField(label=_("Day"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=120,
        help_text=_("For example: winter break."),
        error_messages={"required": _("Say why the day is closed. Families read it.")},
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"] = MemorableDateField(
            label=_("Day"), earliest=today - LONGEST_BACK, latest=today + LONGEST_AHEAD
        )

    def clean_date(self) -> dt.date:
        date: dt.date = self.cleaned_data["date"]
        if date.weekday() >= SATURDAY:
            raise ValidationError(
                _("This day is on a weekend. Weekends never count, so it need not be closed.")
            )
        return date


class StateClosedDayForm(ClosedDayForm):
    """The state closes for a reason that somebody has published."""

    source = forms.CharField(label=_("Source"), max_length=200, error_messages=NO_SOURCE)


class PolicyForm(StepForm):
    """What a district's board has decided about MOCAP."""

    decision_by = forms.ChoiceField(
        label=_("Who decides about a course?"), choices=DecisionBy.choices, widget=forms.RadioSelect
    )
    appeal_ladder = forms.ChoiceField(
        label=_("Where does a family appeal?"), choices=AppealLadder.choices, widget=forms.RadioSelect
    )
    appeal_instructions = forms.CharField(
        label=_("How a family appeals"),
        help_text=_("Whom the family writes to, and how. Denial letters print it."),
        widget=forms.Textarea,
    )
    prior_semester_text = forms.CharField(
        label=_("Your policy on a semester in public school before"), required=False, widget=forms.Textarea
    )
    window_text = forms.CharField(
        label=_("When you would like to get requests"),
        required=False,
        help_text=_("Families read it."),
        widget=forms.Textarea,
    )
    window_blocks = forms.BooleanField(
        label=_("Refuse requests outside the days that you have set for the term"),
        required=False,
        help_text=_("If this is off, families can ask on every day of the year."),
    )
    valid_from = MemorableDateField(label=_("First day it holds"))
    source = forms.CharField(label=_("Source"), max_length=200, help_text=_("Policy number or minutes."))


class LinksForm(StepForm):
    """Where families read the district's guidance and policies; the first three every district has (R-143)."""

    guidance_url = WebAddressField(
        label=_("Guidance about MOCAP"), help_text=_("The page or document that you give to families.")
    )
    policy_part_time_url = WebAddressField(
        label=_("Policy on part-time virtual courses"), help_text=_("Policy 6190, IGCD or its like.")
    )
    policy_full_time_url = WebAddressField(
        label=_("Policy on full-time virtual programs"), help_text=_("Policy 6191, IGCDA or its like.")
    )
    website = WebAddressField(label=_("Home page of the district"), required=False)


class WindowForm(StepForm):
    """When a district would like to get requests for a term. Without dates it has no window."""

    opens_on = MemorableDateField(label=_("First day"), required=False)
    closes_on = MemorableDateField(label=_("Last day"), required=False)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if "opens_on" in values and "closes_on" in values:
            first, last = values["opens_on"], values["closes_on"]
            if bool(first) != bool(last):
                missing = "closes_on" if first else "opens_on"
                self.add_error(missing, _("Enter both days, or leave both empty."))
            elif first and last < first:
                self.add_error("closes_on", _("The last day must not come before the first."))
        return values


class DistrictSearch(forms.Form):
    """A district by words of its name, or by its state code. It stands in the address."""

    q = forms.CharField(
        label=_("Name of the district or charter school"),
        help_text=_("Part of the name is enough. The state code works too."),
        required=False,
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "search"}),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Find"), method="get")


class ContactForm(StepForm):
    """Whom families, providers and DESE turn to in a district."""

    name = NameField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"))
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput({"type": "tel"})
    )
