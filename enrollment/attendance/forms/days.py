"""A file of days, a day of a student, and whom to look for."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Column, Fieldset, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import MINUTES_OF_A_DAY, Program, ScheduledCourse
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..file import MOST_BYTES
from ..models import Entry

SPARE = 3  # empty lines below those that are filled
FEWEST = 6


class AttendanceFileForm(forms.Form):
    """A file for a program of the host."""

    program = forms.ModelChoiceField(
        label=_("Program"),
        queryset=Program.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the program."), "invalid_choice": _("Choose the program.")},
    )
    file = forms.FileField(
        label=_("Attendance file"),
        help_text=_("CSV in UTF-8 with the columns below, up to 50 MB."),
        allow_empty_file=True,  # said in our words when it is read
        max_length=250,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt"}),
        error_messages={"required": _("Choose a file.")},
    )

    def __init__(self, *args: Any, programs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["program"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = programs
        if len(programs) == 1:
            field.initial = programs[0].pk

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Send the file"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 50 MB. Send one file for each day or week.")
            )
        return file


class WhichDayForm(forms.Form):
    """The day to enter."""

    day = MemorableDateField(label=_("Day"))

    def __init__(self, *args: Any, first: dt.date, last: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["day"]
        assert isinstance(field, MemorableDateField)
        field.earliest, field.latest = first, last

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Enter this day"))


class DayForm(forms.Form):
    """The whole of a student's day: lines of course, activity and minutes. Empty lines are passed over."""

    def __init__(
        self,
        *args: Any,
        entries: Sequence[Entry],
        courses: Sequence[ScheduledCourse],
        activities: Sequence[tuple[str, str]],
        cancel_url: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        self.lines = max(FEWEST, len(entries) + SPARE)
        for number in range(self.lines):
            entry = entries[number] if number < len(entries) else None
            self.fields[f"course_{number}"] = forms.ChoiceField(
                label=_("Course"),
                choices=[("", _("No course")), *((str(course.pk), course.title) for course in courses)],
                initial=str(entry.course_id or "") if entry else "",
                required=False,
                error_messages={"invalid_choice": _("Choose a course of the list.")},
            )
            self.fields[f"activity_{number}"] = forms.ChoiceField(
                label=_("Activity"),
                choices=[("", _("Choose")), *activities],
                initial=entry.activity if entry else "",
                required=False,
                error_messages={"invalid_choice": _("Choose an activity of the list.")},
            )
            self.fields[f"minutes_{number}"] = forms.IntegerField(
                label=_("Minutes"),
                min_value=1,
                max_value=MINUTES_OF_A_DAY,
                initial=entry.minutes if entry else None,
                required=False,
                error_messages={"invalid": _("Type whole minutes, for example 45.")},
                widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
            )

    @property
    def helper(self) -> PortalFormHelper:
        lines = [
            Fieldset(
                _("Activity %(number)d") % {"number": number + 1},
                Row(*(Column(f"{name}_{number}") for name in ("course", "activity", "minutes"))),
            )
            for number in range(self.lines)
        ]
        return PortalFormHelper(*lines, submit=_("Save the day"), cancel_url=self.cancel_url)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for number in range(self.lines):
            activity, minutes = cleaned.get(f"activity_{number}"), cleaned.get(f"minutes_{number}")
            if minutes and not activity and f"activity_{number}" not in self.errors:
                self.add_error(f"activity_{number}", _("Choose what the student did."))
            if activity and minutes is None and f"minutes_{number}" not in self.errors:
                self.add_error(f"minutes_{number}", _("Type how many minutes it took."))
        return cleaned

    @property
    def entries(self) -> list[Entry]:
        """The lines that are filled."""
        found = []
        for number in range(self.lines):
            minutes = self.cleaned_data.get(f"minutes_{number}")
            if minutes:
                course = self.cleaned_data[f"course_{number}"]
                found.append(
                    Entry(int(course) if course else None, self.cleaned_data[f"activity_{number}"], minutes)
                )
        return found
