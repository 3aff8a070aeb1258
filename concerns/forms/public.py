"""What a writer types: the concern itself, and later what opens it and goes on with it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.forms import PortalFormHelper


class OpenForm(forms.Form):
    """Number and secret, as they stand on the receipt."""

    number = forms.CharField(
        label=_("Number"),
        help_text=_("For example C-000123."),
        max_length=20,
        error_messages={"required": _("Type the number.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=_("Secret"),
        help_text=_("Three groups of four signs, such as ABCD-EFGH-JKMN. Small letters will do."),
        max_length=30,
        error_messages={"required": _("Type the secret.")},
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Open"))
