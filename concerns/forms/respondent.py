"""What a district or a provider answers the state office."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.ui.forms import StepForm

from .. import files
from .writing import SeveralFilesField, SeveralFilesInput


class AnswerForm(StepForm):
    submit = gettext_lazy("Send the answer")

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("The state office reads it. You cannot change it after it is sent."),
        max_length=8000,
        widget=forms.Textarea({"rows": 10}),
    )
    papers = SeveralFilesField(
        label=gettext_lazy("Files (optional)"),
        help_text=gettext_lazy("Up to three PDF, JPEG or PNG files of 10 MB each."),
        required=False,
        allow_empty_file=True,  # said in our words
        widget=SeveralFilesInput({"accept": files.ACCEPT}),
    )
