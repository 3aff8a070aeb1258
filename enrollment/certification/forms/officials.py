"""What an official adds to a letter, and what is recorded after a student has stopped."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import OperatingBasis
from enrollment.part_time.forms.upload import SCAN_HELP
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..actions import HoursInWords
from ..facts import CombinedWords
from ..letters import Official
from ..models import MINUTES_OF_A_WEEK, Signer, StudyKind
from ..rules import MINUTES_OF_AN_HOUR, names_hours
from .family import reader_field


def refuse_hours(text: str) -> None:
    """A validator: hours come from the schedule, never from a typed sentence (R-149)."""
    if names_hours(text):
        raise forms.ValidationError(HoursInWords.sentence)


def sentence_field(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=300,
        validators=[refuse_hours],
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say it in a sentence.")},
    )


class IssueForm(forms.Form):
    """Who signs. `seen`: the digest of the facts in the preview, empty before it."""

    title = NameField(
        label=_("Your title"),
        help_text=_("As it stands under your name, for example: manager of counseling services."),
        max_length=120,
        error_messages={"required": _("Type your title.")},
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    phone = NameField(
        label=_("Phone"),
        help_text=_("Under which the reader of the letter can reach you."),
        max_length=30,
        error_messages={"required": _("Type a phone number.")},
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("See the letter"), cancel_url=self.cancel_url)

    @property
    def words(self) -> CombinedWords | None:
        return None

    def official(self, name: str) -> Official:
        """Who signs, under their own name."""
        return Official(name, self.cleaned_data["title"], self.cleaned_data["phone"])

    def carrying(self, seen: str) -> "IssueForm":
        """The same answers to send along with a preview."""
        return type(self)(initial={**self.cleaned_data, "seen": seen}, cancel_url=self.cancel_url)


class IssueCombinedForm(IssueForm):
    """Of combined study no program's page says these."""

    attendance = sentence_field(
        _("How is attendance taken?"), _("In a sentence, without hours: those come from the courses.")
    )
    interaction = sentence_field(
        _("How do teachers and the student meet?"), _("Of the courses in the portal, in a sentence.")
    )
    basis = forms.ChoiceField(
        label=_("How does the school count its year?"),
        choices=[("", _("Choose")), *OperatingBasis.choices],
        error_messages={"required": _("Choose one.")},
    )

    @property
    def words(self) -> CombinedWords:
        cleaned = self.cleaned_data
        return CombinedWords(cleaned["attendance"], cleaned["interaction"], cleaned["basis"])


class PaperForm(forms.Form):
    """A letter asked for on paper: who signed, when, for whom, and the paper itself."""

    signer = forms.ChoiceField(
        label=_("Who signed?"),
        help_text=_("From 18 on the student signs. Before that a parent or guardian does."),
        choices=Signer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who signed.")},
    )
    signed_name = NameField(
        label=_("Name of who signed"),
        max_length=120,
        error_messages={"required": _("Type the name as it stands on the paper.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    signed_on = MemorableDateField(label=_("When was it signed?"))
    recipient = reader_field(_("The office or person that the paper names. Their name stands on the letter."))
    scan = forms.FileField(
        label=_("Scan or photograph of the paper"),
        help_text=SCAN_HELP,
        allow_empty_file=True,  # said in our words when it is stored
        max_length=250,
        error_messages={"required": _("Choose the scan of the signed paper.")},
    )

    def __init__(self, *args: Any, today: dt.date, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        day: Any = self.fields["signed_on"]
        day.latest = today

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Record the paper"), cancel_url=self.cancel_url)

    @property
    def answer(self) -> dict[str, Any]:
        """As `actions.record_paper` takes it."""
        cleaned = dict(self.cleaned_data)
        return {"upload": cleaned.pop("scan"), **cleaned}


class StatedHoursForm(forms.Form):
    """Hours of study outside the portal, as somebody stated them."""

    kind = forms.ChoiceField(
        label=_("Where is it?"),
        choices=StudyKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where the study takes place.")},
    )
    hours = forms.DecimalField(
        label=_("Hours a week"),
        help_text=_("Quarters of an hour are enough, for example 12.25."),
        min_value=Decimal("0.25"),
        max_value=Decimal(MINUTES_OF_A_WEEK) / MINUTES_OF_AN_HOUR,
        decimal_places=2,
        localize=False,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("Type the hours."), "invalid": _("Type a number, for example 12.25.")},
    )
    stated_by = NameField(
        label=_("Who stated them?"),
        help_text=_("Name, and who that is. It stands on the letter, and that you do not certify the hours."),
        max_length=160,
        error_messages={"required": _("Type who stated the hours.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    stated_on = MemorableDateField(label=_("When were they stated?"))

    def __init__(self, *args: Any, today: dt.date, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        day: Any = self.fields["stated_on"]
        day.latest = today

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("List these hours"), cancel_url=self.cancel_url)

    @property
    def answer(self) -> dict[str, Any]:
        """As `actions.state_hours` takes it."""
        cleaned = dict(self.cleaned_data)
        return {"minutes": round(cleaned.pop("hours") * MINUTES_OF_AN_HOUR), **cleaned}


class SentForm(forms.Form):
    """When the notice of cessation was sent."""

    sent_on = MemorableDateField(label=_("When did you send the notice?"))

    def __init__(self, *args: Any, today: dt.date, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        day: Any = self.fields["sent_on"]
        day.latest = today

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Record it"), cancel_url=self.cancel_url)
