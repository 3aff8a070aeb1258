"""Forms of the state office about one provider. Each cleans to the arguments of its action."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper
from providers.models import ReviewKind

WHY = _("Write why. The provider reads it.")


class StepForm(forms.Form):
    """A form with the words of its button."""

    button: Any = _("Save")

    def __init__(self, *args: Any, cancel_url: str, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        self.today = today

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=self.button, cancel_url=self.cancel_url)


class ApplicationForm(StepForm):
    received_on = MemorableDateField(label=_("Day the application came"))
    button = _("Record the application")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].latest = self.today  # type: ignore[attr-defined]


class GrantForm(StepForm):
    valid_from = MemorableDateField(label=_("First day"))
    valid_to = MemorableDateField(
        label=_("Last day"), help_text=_("The law says for how many years at most.")
    )
    source = forms.CharField(
        label=_("By what decision"),
        help_text=_("For example the minutes of the State Board, with their day."),
        max_length=200,
        error_messages={"required": _("Say by what decision.")},
    )
    button = _("Authorize the provider")


class DenialForm(StepForm):
    explanation = forms.CharField(
        label=_("Why, and what the provider can do"),
        help_text=_("The provider reads it. It may apply again at any time."),
        widget=forms.Textarea,
        error_messages={"required": _("A denial is explained in writing. Write why.")},
    )
    button = _("Deny the application")


class ReviewForm(StepForm):
    kind = forms.ChoiceField(
        label=_("What was checked"),
        choices=ReviewKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was checked.")},
    )
    done_on = MemorableDateField(label=_("Day of the check"))
    upload = forms.FileField(
        label=_("The paper"),
        help_text=_("A PDF, or a picture (JPEG, PNG or HEIC), of up to 10 MB."),
        required=False,
    )
    reference = forms.CharField(
        label=_("Where the paper is kept"),
        help_text=_("You need not fill this in when you attach the paper."),
        max_length=200,
        required=False,
    )
    button = _("Put the review on file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].latest = self.today  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if not (self.cleaned_data.get("upload") or self.cleaned_data.get("reference") or self.errors):
            self.add_error("reference", _("Attach the paper above, or say here where it is kept."))
        return self.cleaned_data


class NoticeForm(StepForm):
    problem = forms.CharField(
        label=_("What is wrong"), widget=forms.Textarea, error_messages={"required": WHY}
    )
    cure_by = MemorableDateField(label=_("Last day to put it right"))
    button = _("Give notice")


class SuspensionForm(StepForm):
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea, error_messages={"required": WHY})
    is_urgent = forms.BooleanField(
        label=_("It is urgent: students would be harmed by waiting for the day to cure"), required=False
    )
    button = _("Suspend the provider")


class RevocationForm(SuspensionForm):
    button = _("Revoke the authorization")


class ConfirmForm(StepForm):
    """Nothing to fill in: the button says it."""

    def __init__(self, *args: Any, button: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.button = button
