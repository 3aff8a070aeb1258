"""Forms for agreements with providers and other districts."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import FilterFormHelper, PortalFormHelper
from providers.models import AgreementKind

NO_CLAUSE = _(
    "Without this clause no student's data may go to the provider. Ask for an agreement that has it."
)
CLAUSES = ("forbids_sale", "forbids_advertising")
ATTESTATION = ("attested_name", "attested_title")


class AgreementForm(forms.Form):
    """A signed agreement of one kind: a data agreement has its clauses (R-137), the others an attestation."""

    provider = forms.ModelChoiceField(
        label=_("Provider"),
        empty_label=_("Choose"),
        queryset=Provider.objects.none(),
        error_messages={"required": _("Choose the provider that signed.")},
    )
    partner_lea = forms.ModelChoiceField(
        label=_("The other district"),
        empty_label=_("Choose"),
        queryset=Lea.objects.none(),
        error_messages={"required": _("Choose the district that signed.")},
    )
    upload = forms.FileField(
        label=_("The signed paper"),
        help_text=_("A PDF, or a picture (JPEG, PNG or HEIC), of up to 10 MB."),
        required=False,
    )
    reference = forms.CharField(
        label=_("Where the signed paper is kept"),
        help_text=_(
            "A file number, a folder or a link. You need not fill this in when you attach the paper."
        ),
        max_length=200,
        required=False,
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
    attested_name = forms.CharField(
        label=_("Who attests the courses: full name"),
        help_text=_(
            "This person says that the courses follow the Missouri Learning Standards and that educators with a "
            "Missouri certificate teach them."
        ),
        max_length=120,
        error_messages={"required": _("Enter the name of the person who attests it.")},
    )
    attested_title = forms.CharField(
        label=_("Their title"),
        help_text=_("For example: superintendent."),
        max_length=120,
        error_messages={"required": _("Enter that person's title.")},
    )

    def __init__(self, *args: Any, kind: AgreementKind, lea_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Provider.objects.select_related("organization").order_by("organization__name")
        others = Lea.objects.exclude(pk=lea_id).select_related("organization").order_by("organization__name")
        self.fields["provider"].queryset = providers  # type: ignore[attr-defined]
        self.fields["partner_lea"].queryset = others  # type: ignore[attr-defined]
        del self.fields["provider" if kind == AgreementKind.COOPERATIVE else "partner_lea"]
        for name in ATTESTATION if kind == AgreementKind.DATA else CLAUSES:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        if not (self.cleaned_data.get("upload") or self.cleaned_data.get("reference") or self.errors):
            self.add_error("reference", _("Attach the signed paper above, or say here where it is kept."))
        return self.cleaned_data

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Put on file"), cancel_url=reverse("providers:agreements"))


class EndAgreementForm(forms.Form):
    last_day = MemorableDateField(
        label=_("Last day"), help_text=_("The agreement holds on this day, not after.")
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("End the agreement"), cancel_url=reverse("providers:agreements"))


class AgreementFilterForm(forms.Form):
    """What the state office looks for among all agreements; a district has kind and provider only."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *AgreementKind.choices], required=False
    )
    lea = forms.ModelChoiceField(
        label=_("District"), empty_label=_("All districts"), queryset=Lea.objects.none(), required=False
    )
    provider = forms.ModelChoiceField(
        label=_("Provider"), empty_label=_("All providers"), queryset=Provider.objects.none(), required=False
    )

    def __init__(self, *args: Any, by_lea: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lea"].queryset = Lea.objects.select_related("organization").order_by(  # type: ignore[attr-defined]
            "organization__name"
        )
        self.fields["provider"].queryset = Provider.objects.select_related("organization").order_by(  # type: ignore[attr-defined]
            "organization__name"
        )
        if not by_lea:
            del self.fields["lea"]

    @property
    def helper(self) -> FilterFormHelper:
        return FilterFormHelper(*self.fields)

    def chosen(self) -> dict[str, Any]:
        """The filters that say something sensible."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}
