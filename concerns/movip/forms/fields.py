"""Form fields of strangers: a file that is read by its bytes, and lines without anything that hides in them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from concerns import files
from mocap_portal.foundation.shared.names import one_line
from mocap_portal.foundation.shared.refusals import Refusal


class PaperField(forms.FileField):
    """A file, cleaned to what will be kept of it (`files.Kept`), or to None where there is none."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.FileInput({"accept": files.ACCEPT})
        super().__init__(
            allow_empty_file=True, widget=widget, **kwargs
        )  # what is empty is refused in our words

    def clean(self, data: Any, initial: Any = None) -> files.Kept | None:
        upload = super().clean(data, initial)
        if not upload and data is None:
            return None
        try:
            return files.keep(data)
        except Refusal as refusal:
            raise ValidationError(str(refusal.sentence)) from refusal


class LinesField(forms.CharField):
    """A text of some lines, each cleaned to what one sees of it."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return "\n".join(one_line(line) for line in text.splitlines()).strip()
