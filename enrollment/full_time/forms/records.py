"""Asking for records, and answering."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.forms.upload import SCAN_HELP
from mocap_portal.foundation.ui.forms import StepForm

from ..models import RecordsKind


class AskForm(StepForm):
    """Which records the host asks for."""

    submit = _("Ask the resident district")

    kinds = forms.MultipleChoiceField(
        label=_("Which records?"),
        choices=RecordsKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind of record.")},
    )


class AnswerForm(StepForm):
    """A file for each record that was asked for, or words."""

    submit = _("Send the answer")

    words = forms.CharField(
        label=_("Why is something not there?"),
        help_text=_("Needed when a file is missing. The program and the family read it."),
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [RecordsKind(kind) for kind in kinds]
        for kind in self.kinds:
            self.fields[kind.value] = forms.FileField(
                label=kind.label,
                help_text=SCAN_HELP,
                required=False,
                allow_empty_file=True,  # said in our words when it is stored
                max_length=250,
            )
        self.order_fields([kind.value for kind in self.kinds])

    @property
    def uploads(self) -> dict[RecordsKind, File]:  # type: ignore[type-arg]
        """The files that came. Only after is_valid()."""
        return {kind: self.cleaned_data[kind.value] for kind in self.kinds if self.cleaned_data[kind.value]}
