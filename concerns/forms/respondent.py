"""What a district or a provider answers the state office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.forms import StepForm

from .. import files

MOST_FILES = 3


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Some files, cleaned to what is kept of each."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        uploads: Sequence[Any] = data if isinstance(data, list) else [data] if data else []
        if len(uploads) > MOST_FILES:
            raise forms.ValidationError(gettext_lazy("Choose at most three files."))
        try:
            return [files.keep(super(SeveralFilesField, self).clean(upload, initial)) for upload in uploads]
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.sentence)) from refusal


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
