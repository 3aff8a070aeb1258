"""How the district says who a child is."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..models import Claim, Student, mosis_id_format

NEW = "new"


class MosisIdField(forms.CharField):
    """Ten digits; blanks around them do not matter."""

    default_validators = [mosis_id_format]

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label=_("MOSIS ID"), widget=widget, **kwargs)


class ConfirmForm(forms.Form):
    """Which student a claim is about: one of those offered, or a new record with the family's data."""

    student = forms.ChoiceField(
        label=_("Who is this child?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the students, or “a new student”."),
            "invalid_choice": _("Choose one of the students, or “a new student”."),
        },
    )
    mosis_id = MosisIdField(
        required=False, help_text=_("Only for a new student: ten digits. You can enter it later too.")
    )

    give_back = forms.CharField(
        label=_("Why is the ended access given back?"),
        help_text=_(
            "Only if it is: for example a later order of the court, and where it is kept. Else leave this empty and do "
            "not confirm this child."
        ),
        max_length=200,
        required=False,
    )

    def __init__(
        self, *args: Any, students: Iterable[Student], is_ended: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_ended:
            del self.fields["give_back"]
        known = [(str(student.pk), label_of(student)) for student in students]
        new = (NEW, gettext("A new student, with what the family typed"))
        self.fields["student"].choices = [*known, new]  # type: ignore[attr-defined]

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Confirm the student"))

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("student", NEW) != NEW and cleaned.get("mosis_id"):
            sentence = _("This student is known already. Set the MOSIS ID on the student's page.")
            self.add_error("mosis_id", forms.ValidationError(sentence))
        return cleaned

    @property
    def answer(self) -> dict[str, Any]:
        """What `confirm_claim` takes. Only after is_valid()."""
        student = self.cleaned_data["student"]
        if student == NEW:
            return {"mosis_id": self.cleaned_data["mosis_id"]}
        return {"student_id": int(student), "give_back": self.cleaned_data.get("give_back", "")}


def label_of(student: Student) -> str:
    if student.mosis_id:
        return gettext("%(name)s, MOSIS ID %(mosis_id)s") % {"name": student, "mosis_id": student.mosis_id}
    return gettext("%(name)s, MOSIS ID not known yet") % {"name": student}


class RefusalForm(forms.Form):
    """Why the district cannot confirm a child. The family reads it."""

    reason = forms.CharField(
        label=_("Why can you not confirm this child?"),
        help_text=_("The family reads this. Say what it can do next."),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Say why. The family has to know what to do.")},
    )

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claim = claim

    @property
    def helper(self) -> PortalFormHelper:
        back = reverse("records:claim", args=[self.claim.pk])
        return PortalFormHelper(submit=_("Do not confirm"), cancel_url=back)


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


class MosisIdForm(forms.Form):
    """A student's MOSIS ID, new or corrected."""

    mosis_id = MosisIdField(
        help_text=_("Ten digits, leading zeros included."),
        error_messages={"required": _("Type the MOSIS ID.")},
    )

    def __init__(self, *args: Any, student: Student, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.student = student

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(cancel_url=reverse("records:student", args=[self.student.pk]))
