"""How the district puts right what it keeps of a student."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import GRADES, School
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..models import Student


class CorrectStudentForm(forms.Form):
    """Name, birth date, grade and school. The MOSIS ID has a page of its own."""

    first_name = NameField(
        label=_("First name"), max_length=60, error_messages={"required": _("Enter the first name.")}
    )
    last_name = NameField(
        label=_("Last name"), max_length=60, error_messages={"required": _("Enter the last name.")}
    )
    grade = forms.TypedChoiceField(
        label=_("Grade"), coerce=int, choices=GRADES, error_messages={"required": _("Choose a grade.")}
    )
    school = forms.TypedChoiceField(
        label=_("School"), coerce=int, error_messages={"required": _("Choose a school.")}
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, student: Student, today: dt.date) -> None:
        names = ("first_name", "last_name", "birth_date", "grade")
        kept = {name: getattr(student, name) for name in names}
        super().__init__(data, initial={**kept, "school": student.school_id})
        self.student = student
        self.fields["birth_date"] = MemorableDateField(label=_("Birth date"), latest=today)
        schools = School.objects.on(today).filter(lea=student.lea_id) | School.objects.filter(
            pk=student.school_id
        )
        known = [(school.pk, str(school)) for school in schools.order_by("name", "pk")]
        self.fields["school"].choices = known  # type: ignore[attr-defined]
        self.order_fields(["first_name", "last_name", "birth_date", "grade", "school"])

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(
            submit=_("Save the changes"), cancel_url=reverse("records:student", args=[self.student.pk])
        )

    @property
    def answer(self) -> dict[str, Any]:
        """What `correct_student` takes. Only after is_valid()."""
        answers = dict(self.cleaned_data)
        return {"school_id": answers.pop("school"), **answers}
