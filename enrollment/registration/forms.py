"""What a provider answers."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper
from providers.models import Instruction

from .models import RosterLine


class ConfirmForm(forms.Form):
    """First day, section and teacher. Where the district's own teacher teaches, the provider names none."""

    starts_on = MemorableDateField(
        label=_("First day of the course"), help_text=_("For example January 11 2027.")
    )
    section = NameField(
        label=_("Section"),
        help_text=_("The name or number of the group."),
        max_length=40,
        error_messages={"required": _("Type the section.")},
    )
    teacher_name = NameField(
        label=_("Teacher"),
        help_text=_("First and last name of the teacher with a Missouri certificate."),
        max_length=120,
        error_messages={"required": _("Type the teacher's name.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, roster_line: RosterLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        term = roster_line.line.request.term
        starts_on = self.fields["starts_on"]
        assert isinstance(starts_on, MemorableDateField)
        starts_on.earliest, starts_on.latest = term.school_year.starts_on, term.ends_on
        if roster_line.line.course.instruction == Instruction.CURRICULUM_ONLY:
            del self.fields["teacher_name"]

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Confirm the student"), cancel_url=reverse("registration:roster"))
