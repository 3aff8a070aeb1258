"""Forms for agreements with providers."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

NO_CLAUSE = _(
    "Without this clause no student's data may go to the provider. Ask for an agreement that has it."
)


class DataAgreementForm(forms.Form):
    """A signed data agreement with a provider (R-137)."""

    provider = forms.ModelChoiceField(
        label=_("Provider"),
        empty_label=_("Choose"),
        queryset=Provider.objects.none(),
        error_messages={"required": _("Choose the provider that signed.")},
    )
    reference = forms.CharField(
        label=_("Where the signed paper is kept"),
        help_text=_("A file number, a folder or a link."),
        max_length=200,
        error_messages={"required": _("Say where somebody finds it.")},
    )
    valid_from = MemorableDateField(label=_("First day"))
    valid_to = MemorableDateField(
        label=_("Last day"), help_text=_("Leave it empty when the agreement has no end."), required=False
    )
    forbids_sale = forms.BooleanField(
        label=_("The agreement forbids the provider to sell student data"),
        error_messages={"required": NO_CLAUSE},
    )
    forbids_advertising = forms.BooleanField(
        label=_("The agreement forbids the provider to use student data for advertising"),
        error_messages={"required": NO_CLAUSE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Provider.objects.select_related("organization").order_by("organization__name")
        self.fields["provider"].queryset = providers  # type: ignore[attr-defined]

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Put on file"), cancel_url=reverse("providers:agreements"))


class EndAgreementForm(forms.Form):
    last_day = MemorableDateField(
        label=_("Last day"), help_text=_("After this day no student can be registered with the provider.")
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("End the agreement"), cancel_url=reverse("providers:agreements"))
