"""Teachers and their certificates."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..actions import LooksLikeAnSsn, looks_like_an_ssn
from ..models import Teacher, TeacherQuerySet


def refuse_ssn(text: str) -> None:
    """A validator: no field takes what looks like a Social Security number (R-141)."""
    if looks_like_an_ssn(text):
        raise forms.ValidationError(LooksLikeAnSsn.sentence)


class CertificateForm(forms.Form):
    """What stands on a Missouri certificate."""

    certificate_number = NameField(
        label=_("Number of the Missouri certificate"),
        help_text=_("As it stands on the certificate. Never a Social Security number."),
        max_length=20,
        validators=[refuse_ssn],
        error_messages={"required": _("Type the number of the certificate.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    certificate_kind = NameField(
        label=_("Kind of certificate"),
        help_text=_("As it is called on the certificate."),
        max_length=80,
        validators=[refuse_ssn],
        required=False,
    )
    valid_from = MemorableDateField(
        label=_("First valid day"),
        help_text=_("When the certificate was renewed without a gap, the day stays as it is."),
    )
    valid_to = MemorableDateField(label=_("Last valid day"))

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Save the certificate"), cancel_url=reverse("registration:teachers"))

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last valid day is before the first valid day. Check both."))
        return cleaned


class TeacherForm(CertificateForm):
    """A teacher who is not on file yet."""

    name = NameField(
        label=_("First and last name"),
        max_length=120,
        validators=[refuse_ssn],
        error_messages={"required": _("Type the teacher's name.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    field_order = ["name", "certificate_number", "certificate_kind", "valid_from", "valid_to"]

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Put on file"), cancel_url=reverse("registration:teachers"))


class NameTeacherForm(forms.Form):
    """Who teaches a student: one of the teachers on file."""

    teacher = forms.ModelChoiceField(
        label=_("Teacher"),
        queryset=Teacher.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the teacher."), "invalid_choice": _("Choose the teacher.")},
    )

    def __init__(self, *args: Any, teachers: TeacherQuerySet, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        self.fields["teacher"].queryset = teachers  # type: ignore[attr-defined]

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Name the teacher"), cancel_url=self.cancel_url)
