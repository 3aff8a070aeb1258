"""What a family asks for, and what a student of age agrees to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.records.models import Guardian, GuardianQuerySet
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.forms import PortalFormHelper

# A proper name, and what most letters are for: the reader may be another one.
USUAL_READER = "Social Security Administration"
RECORDS = _("Enrollment, schedule, hours, courses, credits and months of attendance")


def reader_field(help_text: Any) -> NameField:
    return NameField(
        label=_("Who is to read it?"),
        help_text=help_text,
        max_length=120,
        initial=USUAL_READER,
        error_messages={"required": _("Type the name of the office or person.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class AskForm(forms.Form):
    """A letter for this reader."""

    recipient = reader_field(_("The office or person who asked for it. Their name stands on the letter."))

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Ask for the letter"), cancel_url=self.cancel_url)


class AskWithConsentForm(AskForm):
    """A parent asks under a consent, which names the reader. `consent`: the one that was shown."""

    consent = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["recipient"]


class ConsentForm(forms.Form):
    """Who may ask for one letter, which records it tells, for what and for whom; signed by name."""

    parent = forms.ModelChoiceField(
        label=_("Who may ask for the letter?"),
        queryset=Guardian.objects.none(),
        empty_label=_("Choose"),
        error_messages={
            "required": _("Choose who may ask."),
            "invalid_choice": _("Choose who may ask."),
        },
    )
    records = forms.CharField(
        label=_("Which records may the letter tell?"),
        initial=RECORDS,
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say which records.")},
    )
    purpose = forms.CharField(
        label=_("What for?"),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say what the letter is for.")},
    )
    recipient = reader_field(_("Besides your parent, nobody else gets the letter."))
    signed_name = NameField(
        label=_("Your first and last name"),
        help_text=_("Typing it is your signature. It holds for one letter."),
        max_length=120,
        error_messages={"required": _("Type your name to sign.")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, parents: GuardianQuerySet, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        field: Any = self.fields["parent"]
        field.queryset = parents
        field.label_from_instance = lambda guardian: guardian.user.name

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Sign"), cancel_url=self.cancel_url)

    @property
    def answer(self) -> dict[str, Any]:
        """As `actions.give_consent` takes it."""
        cleaned = dict(self.cleaned_data)
        return {"parent_id": cleaned.pop("parent").pk, **cleaned}
