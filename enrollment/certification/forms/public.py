"""The page on which whoever holds a letter asks whether it still stands."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.fields import CopiedField
from mocap_portal.foundation.ui.forms import PortalFormHelper


class VerifyForm(forms.Form):
    """Number and code, as they stand on the letter."""

    number = CopiedField(
        label=_("Number of the letter"),
        help_text=_("It stands at the top, for example AL-000123."),
        missing=_("Type the number of the letter."),
        max_length=20,
    )
    code = CopiedField(
        label=_("Code of the letter"),
        help_text=_("It stands at the end of the printed letter: three groups of four signs."),
        missing=_("Type the code of the letter."),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Check the letter"))
