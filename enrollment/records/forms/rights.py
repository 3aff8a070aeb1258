"""How the district says whose rights in a student's record go on, and whose end."""

from typing import Any

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..models import AdultBasis, Guardian


class RightsForm(forms.Form):
    """A form about one person's rights, with the way back to the student."""

    submit = _("Save")

    def __init__(self, *args: Any, guardian: Guardian, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guardian = guardian

    @property
    def helper(self) -> PortalFormHelper:
        back = reverse("records:student", args=[self.guardian.student_id])
        return PortalFormHelper(submit=self.submit, cancel_url=back)


class AdultBasisForm(RightsForm):
    """Why a parent may read the record of a student of age, or that nothing allows it."""

    NONE = "none"

    basis = forms.ChoiceField(
        label=_("What allows this parent to read the record when the student is of age?"),
        choices=[*AdultBasis.choices, (NONE, _("Nothing: the access ends on the day the student is of age"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )

    def clean_basis(self) -> str:
        basis: str = self.cleaned_data["basis"]
        return "" if basis == self.NONE else basis


class GiveBackForm(RightsForm):
    """Access that a district had ended is given back only for a reason that others can look up (R-133)."""

    submit = _("Give the access back")

    reason = forms.CharField(
        label=_("Why is the ended access given back?"),
        help_text=_("For example: order of the circuit court of May 4, 2026, in the student's file."),
        max_length=200,
        error_messages={"required": _("Say why, and where the document is kept.")},
    )


class EndReason(models.TextChoices):
    COURT = "court", _("A court document is on file")
    MISTAKE = "mistake", _("This person was confirmed by mistake")


class EndForm(RightsForm):
    """Both parents have equal rights: only a court document, or a mistake, ends one's (R-133)."""

    submit = _("End the access")

    why = forms.ChoiceField(
        label=_("Why do this person's rights end?"),
        choices=EndReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why. A wish of the other parent is not enough.")},
    )
    where = forms.CharField(
        label=_("Which document, and where is it kept? Or what was the mistake?"),
        help_text=_("For example: order of the circuit court of March 2, 2026, in the student's file."),
        max_length=120,
        error_messages={
            "required": _("Say which document it is and where it is kept, or what was the mistake.")
        },
    )

    @property
    def reason(self) -> str:
        """One sentence for the student's page. Only after is_valid()."""
        return f"{EndReason(self.cleaned_data['why']).label}: {self.cleaned_data['where']}"
