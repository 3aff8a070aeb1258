"""What people fill in in the room of a mismatch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.part_time.forms.upload import SCAN_HELP
from mocap_portal.foundation.ui.forms import StepForm

from .models import NEED_WORDS, REASONS, Reason, RemarkKind, Side
from .seats import Seat

SHARED, OWN = "shared", "own"
GIVE_BACK = "back"


class PositionForm(StepForm):
    """One reason of the side's list, and words where it has none that fits."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )
    text = forms.CharField(
        label=gettext_lazy("In your words (needed for another reason)"),
        help_text=gettext_lazy(
            "Everybody in this room reads this, and it cannot be changed. Name no student."
        ),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, side: Side, kind: RemarkKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = _("Agree") if kind == RemarkKind.AGREE else _("Contest")
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(reason.value, reason.label) for reason in REASONS[side][kind]]

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("reason") in NEED_WORDS and not self.cleaned_data.get("text"):
            self.add_error("text", _("Explain the other reason."))

    @property
    def chosen(self) -> Reason:
        return Reason(self.cleaned_data["reason"])


class NoteForm(StepForm):
    """A note, a file or both, and who reads them."""

    submit = gettext_lazy("Send")

    readers = forms.ChoiceField(
        label=gettext_lazy("Who reads it"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who reads it.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("It cannot be changed or deleted later."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    file = forms.FileField(
        label=gettext_lazy("File (optional)"),
        help_text=SCAN_HELP,
        required=False,
        allow_empty_file=True,  # said in our words when it is stored
        max_length=250,
    )

    def __init__(self, *args: Any, names: Sequence[str], own: str, keeps_files: bool, **kwargs: Any) -> None:
        """`names`: the others in the room. `keeps_files`: two districts are in it, so files go to the office only."""
        super().__init__(*args, **kwargs)
        readers = self.fields["readers"]
        assert isinstance(readers, forms.ChoiceField)
        everybody = _("Everybody in this room: %(names)s") % {"names": ", ".join(names)}
        only_own = _("Only my own organization: %(own)s") % {"own": own}
        readers.choices = [(SHARED, everybody), (OWN, only_own)]
        if keeps_files:
            self.fields["file"].help_text = _(
                "%(kinds)s Two districts are in this room: of a file that you share, only the MOCAP office gets more "
                "than that it is there."
            ) % {"kinds": SCAN_HELP}

    def clean(self) -> None:
        super().clean()
        if not self.cleaned_data.get("text") and self.upload is None and "file" not in self.errors:
            self.add_error("text", _("Write a note or choose a file."))

    @property
    def upload(self) -> File | None:  # type: ignore[type-arg]
        return self.cleaned_data.get("file")

    @property
    def is_shared(self) -> bool:
        return bool(self.cleaned_data["readers"] == SHARED)


class RulingForm(StepForm):
    """Whose data are right, who corrects what, and why."""

    submit = gettext_lazy("Decide")

    right = forms.ChoiceField(
        label=gettext_lazy("Whose data are right"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whose data are right.")},
    )
    must_correct = forms.ChoiceField(
        label=gettext_lazy("Who has to correct"), widget=forms.RadioSelect, required=False
    )
    what = forms.CharField(
        label=gettext_lazy("What has to be corrected"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why you decide so"),
        help_text=gettext_lazy("All sides read this, and it cannot be changed. Name no student."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write why.")},
    )

    def __init__(self, *args: Any, parties: Sequence[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(seat.side.value, f"{seat.side.label}: {seat.organization}") for seat in parties]
        back = (GIVE_BACK, _("Not decided: the sides settle it between them"))
        for name, choices in (("right", [*names, back]), ("must_correct", names)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> None:
        super().clean()
        right, must_correct = self.cleaned_data.get("right"), self.cleaned_data.get("must_correct")
        if right == GIVE_BACK:
            self.cleaned_data |= {"must_correct": "", "what": ""}
        elif right:
            if not must_correct:
                self.add_error("must_correct", _("Choose who has to correct."))
            elif must_correct == right:
                self.add_error(
                    "must_correct", _("Whose data are right has nothing to correct. Choose another.")
                )
            if not self.cleaned_data.get("what"):
                self.add_error("what", _("Write what has to be corrected."))

    @property
    def right_side(self) -> Side | None:
        right = self.cleaned_data["right"]
        return None if right == GIVE_BACK else Side(right)

    @property
    def correcting_side(self) -> Side | None:
        return Side(self.cleaned_data["must_correct"]) if self.cleaned_data["must_correct"] else None
