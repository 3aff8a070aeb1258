"""Whom to look for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.forms import PortalFormHelper


class StudentSearchForm(forms.Form):
    """Sent by POST: neither a name nor a MOSIS ID ever stands in an address (R-31)."""

    words = forms.CharField(
        label=_("Name or MOSIS ID"),
        max_length=120,
        error_messages={"required": _("Type a name or a MOSIS ID.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Find"))
