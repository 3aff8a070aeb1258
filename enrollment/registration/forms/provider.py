"""What a provider answers: the place, the teacher, how the course ended."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField, whatever_is_wrong
from mocap_portal.foundation.ui.forms import PortalFormHelper
from providers.models import Instruction

from ..models import Result, RosterLine, Teacher, TeacherQuerySet
from .teachers import refuse_ssn

A_YEAR = dt.timedelta(days=366)
NEW_TEACHER = ("name", "certificate_number", "valid_from", "valid_to")


class ConfirmForm(forms.Form):
    """First and last day, section and teacher. Where the district's own teacher teaches, the provider names none."""

    starts_on = MemorableDateField(
        label=_("First day of the course"), help_text=_("For example January 11 2027.")
    )
    ends_on = MemorableDateField(
        label=_("Last day of the course"), help_text=_("The end of the term, unless you change it.")
    )
    section = NameField(
        label=_("Section"),
        help_text=_("The name or number of the group."),
        max_length=40,
        error_messages={"required": _("Type the section.")},
    )
    teacher = forms.ModelChoiceField(
        label=_("Teacher"),
        help_text=_("One of your teachers with a Missouri certificate."),
        queryset=Teacher.objects.none(),
        required=False,
        empty_label=_("Choose, or enter a new one below"),
    )
    name = NameField(
        label=_("First and last name"),
        max_length=120,
        required=False,
        validators=[refuse_ssn],
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    certificate_number = NameField(
        label=_("Number of the Missouri certificate"),
        help_text=_("As it stands on the certificate. Never a Social Security number."),
        max_length=20,
        required=False,
        validators=[refuse_ssn],
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    valid_from = MemorableDateField(label=_("First valid day"), required=False)
    valid_to = MemorableDateField(label=_("Last valid day"), required=False)

    def __init__(self, *args: Any, roster_line: RosterLine, teachers: TeacherQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        term = roster_line.line.request.term
        starts_on, ends_on = self.fields["starts_on"], self.fields["ends_on"]
        assert isinstance(starts_on, MemorableDateField)
        assert isinstance(ends_on, MemorableDateField)
        starts_on.earliest, starts_on.latest = term.school_year.starts_on, term.ends_on
        ends_on.earliest, ends_on.latest = term.school_year.starts_on, term.ends_on + A_YEAR
        ends_on.initial = term.ends_on
        self.names_teacher = roster_line.line.course.instruction == Instruction.PROVIDER
        if self.names_teacher:
            self.fields["teacher"].queryset = teachers  # type: ignore[attr-defined]
        else:
            for field in ("teacher", *NEW_TEACHER):
                del self.fields[field]

    @property
    def helper(self) -> PortalFormHelper:
        layout: list[Any] = ["starts_on", "ends_on", "section"]
        if self.names_teacher:
            layout += ["teacher", Fieldset(_("A teacher who is not in the list yet"), *NEW_TEACHER)]
        return PortalFormHelper(
            *layout, submit=_("Confirm the student"), cancel_url=reverse("registration:roster")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day of the course is before its first day. Check both."))
        if self.names_teacher and not cleaned.get("teacher") and "teacher" not in self.errors:
            self._clean_new_teacher(cleaned)
        return cleaned

    def _clean_new_teacher(self, cleaned: dict[str, Any]) -> None:
        missing = [name for name in NEW_TEACHER if not cleaned.get(name) and name not in self.errors]
        if len(missing) == len(NEW_TEACHER):
            self.add_error("teacher", _("Choose the teacher, or enter a new one below."))
            return
        words = {
            "name": _("Type the teacher's name."),
            "certificate_number": _("Type the number of the certificate."),
            "valid_from": _("Enter the month, the day and the year."),
            "valid_to": _("Enter the month, the day and the year."),
        }
        for name in missing:
            self.add_error(name, words[name])
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last valid day is before the first valid day. Check both."))

    @property
    def place(self) -> dict[str, Any]:
        """First and last day and section, as `confirm` takes them. Only after is_valid()."""
        return {name: self.cleaned_data[name] for name in ("starts_on", "ends_on", "section")}

    @property
    def new_teacher(self) -> dict[str, Any] | None:
        """What `add_teacher` takes, when a teacher was entered and none chosen. Only after is_valid()."""
        if not self.names_teacher or self.cleaned_data["teacher"]:
            return None
        return {name: self.cleaned_data[name] for name in NEW_TEACHER}


class FinishForm(forms.Form):
    """How a course ended."""

    on = MemorableDateField(label=_("Last day of the student in the course"))
    result = forms.ChoiceField(
        label=_("How far did the student come?"),
        choices=Result.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how far the student came.")},
    )
    percent_complete = forms.IntegerField(
        label=_("Percent of the course that is complete"),
        min_value=0,
        max_value=100,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=whatever_is_wrong(_("Type a number from 0 to 100.")),
    )
    final_grade = NameField(
        label=_("Final grade"),
        help_text=_("For example B+ or 87."),
        max_length=10,
        error_messages={"required": _("Type the final grade.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, roster_line: RosterLine, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roster_line = roster_line
        on = self.fields["on"]
        assert isinstance(on, MemorableDateField)
        assert roster_line.line.started_on is not None  # only what runs can be finished
        on.earliest, on.latest = roster_line.line.started_on, today

    @property
    def helper(self) -> PortalFormHelper:
        back = reverse("registration:confirm", args=[self.roster_line.pk])
        return PortalFormHelper(submit=_("Report the result"), cancel_url=back)


class RosterSearchForm(forms.Form):
    """Sent by POST: neither a name nor a MOSIS ID ever stands in an address (R-31)."""

    words = forms.CharField(
        label=_("Name, MOSIS ID, course or section"),
        max_length=120,
        error_messages={"required": _("Type a name, a MOSIS ID, a course or a section.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Find"))
