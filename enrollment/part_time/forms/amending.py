"""What a family may still change after it has sent a request. Each change is signed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.names import NameField

from ..models import CourseRequest
from .family import NO_GROUND, LinesForm, YesOrNoField, in_person_field, note_field, prior_semester_field


def signature_field() -> NameField:
    return NameField(
        label=_("Your full name, as your signature"),
        help_text=_("By typing your name you sign this change and say that your answers are true."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your full name.")},
    )


class AmendForm(LinesForm):
    """The answers of a request that waits, filled in as they stand."""

    def __init__(self, *args: Any, request: CourseRequest, asks_prior_semester: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["in_person_courses"] = in_person_field(initial=request.in_person_courses)
        self.fields["has_iep_or_504"] = YesOrNoField(
            label=_("Does the student have an IEP or a 504 plan?"), initial=request.has_iep_or_504
        )
        if asks_prior_semester:
            field = prior_semester_field()
            field.initial = request.prior_semester
            field.help_text = str(NO_GROUND)
            self.fields["prior_semester"] = field
        note = note_field()
        note.initial = request.note
        self.fields["note"] = note
        self.fields["signed_name"] = signature_field()
        self.kept_prior_semester = request.prior_semester

    @property
    def general(self) -> list[forms.BoundField]:
        """The questions that are not about one course, in their order."""
        names = ("in_person_courses", "prior_semester", "has_iep_or_504", "note", "signed_name")
        return [self[name] for name in names if name in self.fields]

    def answers(self) -> dict[str, Any]:
        """What `amend` takes. Only after is_valid()."""
        cleaned = self.cleaned_data
        return {
            "signed_name": cleaned["signed_name"],
            "in_person_courses": cleaned["in_person_courses"],
            "has_iep_or_504": cleaned["has_iep_or_504"],
            "prior_semester": cleaned.get("prior_semester", self.kept_prior_semester),
            "note": cleaned["note"],
            "told": self.told(),
        }


class ExchangeForm(forms.Form):
    """Another course in the place of one that is not decided."""

    course_id = forms.TypedChoiceField(
        label=_("Which course would you like instead?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a course from the list, or look for another one."),
            "invalid_choice": _("Choose a course from the list, or look for another one."),
        },
    )

    def __init__(self, *args: Any, courses: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course_id"].choices = list(courses)  # type: ignore[attr-defined]
        self.fields["signed_name"] = signature_field()
