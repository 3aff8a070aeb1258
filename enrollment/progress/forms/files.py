"""A file of progress reports."""

from django import forms
from django.core.files.base import File
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..report_file import MOST_BYTES


class ReportFileForm(forms.Form):
    """One CSV file."""

    file = forms.FileField(
        label=_("The file"),
        help_text=_("A CSV file in UTF-8, up to 1 MB."),
        allow_empty_file=True,  # said in our words when it is read
        error_messages={"required": _("Choose a file.")},
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Store the reports"), cancel_url=reverse("progress:students"))

    def clean_file(self) -> File:  # type: ignore[type-arg]
        file: File = self.cleaned_data["file"]  # type: ignore[type-arg]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 1 MB. Send it in parts."))
        return file
