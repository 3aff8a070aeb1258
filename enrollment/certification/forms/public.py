"""The page on which whoever holds a letter asks whether it still stands."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.forms import PortalFormHelper


class VerifyForm(forms.Form):
    """Number and code, as they stand on the letter."""

    number = forms.CharField(
        label=_("Number of the letter"),
        help_text=_("It stands at the top, for example AL-000123."),
        max_length=20,
        error_messages={"required": _("Type the number of the letter.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("Code of the letter"),
        help_text=_("It stands at the end of the printed letter: three groups of four signs."),
        max_length=30,
        error_messages={"required": _("Type the code of the letter.")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Check the letter"))
