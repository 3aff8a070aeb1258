"""What changes in a course: another one, a later last day, the end, the credit, the taking back."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.models import OPEN_LINES, CourseLine, LineState
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField, whatever_is_wrong
from mocap_portal.foundation.ui.forms import StepForm
from providers.models import Course, CourseQuerySet

from ..models import Party, Result

A_YEAR = dt.timedelta(days=366)


def reason_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Say why, in a sentence.")},
    )


class SwapForm(StepForm):
    """Another course of the same provider, and who asked for it."""

    submit = _("Exchange the course")

    course = forms.ModelChoiceField(
        label=_("The other course"),
        queryset=Course.objects.none(),
        empty_label=_("Choose"),
        error_messages={
            "required": _("Choose the other course."),
            "invalid_choice": _("Choose the other course."),
        },
    )
    asked_by = forms.ChoiceField(
        label=_("Who asked for it?"),
        choices=Party.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who asked for it.")},
    )
    asked_name = NameField(
        label=_("Name of that person"),
        max_length=120,
        error_messages={"required": _("Type the name of that person.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    reason = reason_field(_("Why?"), _("The family reads this."))
    in_person_considered = forms.BooleanField(
        label=_("In-person options were considered for the other course, too."),
        error_messages={
            "required": _("Say that in-person options were considered. Every decision needs it.")
        },
    )

    def __init__(self, *args: Any, courses: CourseQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses  # type: ignore[attr-defined]


class ExtendForm(StepForm):
    """A later last day, why, and who agreed."""

    submit = _("Move the last day")

    ends_on = MemorableDateField(label=_("New last day of the course"))
    reason = reason_field(_("Why?"), _("Family, district and provider read this."))
    agreed_by = forms.ChoiceField(
        label=_("Who agreed?"),
        choices=Party.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who agreed.")},
    )
    agreed_name = NameField(
        label=_("Name and role of that person"),
        help_text=_("For example Dana Whitlock, mother."),
        max_length=120,
        error_messages={"required": _("Type the name and the role of that person.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, line: CourseLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends_on = self.fields["ends_on"]
        assert isinstance(ends_on, MemorableDateField)
        assert line.ends_on is not None  # confirmed with one
        ends_on.earliest, ends_on.latest = line.ends_on + dt.timedelta(days=1), line.ends_on + A_YEAR


class RemoveForm(StepForm):
    """The last day and the documented reason."""

    submit = _("End the course")

    on = MemorableDateField(label=_("Last day of the student in the course"))
    reason = reason_field(
        _("Why does the course not serve the student?"),
        _("Say what was tried. The family reads this, and it stays on record."),
    )

    def __init__(self, *args: Any, line: CourseLine, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on = self.fields["on"]
        assert isinstance(on, MemorableDateField)
        on.earliest, on.latest = line.started_on or min(line.starts_on or today, today), today
        on.initial = today


class CreditForm(StepForm):
    """The credit that the district gives."""

    submit = _("Confirm the credit")

    credit_earned = forms.DecimalField(
        label=_("Credit earned"),
        min_value=0,
        max_digits=3,
        decimal_places=2,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages=whatever_is_wrong(_("Type the credit, for example 0.50. Type 0 for none.")),
    )

    def __init__(self, *args: Any, line: CourseLine, result: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        credit = line.course.credits
        field = self.fields["credit_earned"]
        field.initial = {Result.COMPLETED: credit, Result.HALF: credit / 2}.get(Result(result), 0)
        field.help_text = _("From 0 to %(most)s, what the course earns.") % {"most": credit}


class ReturnForm(StepForm):
    """Why the district does not take the result."""

    submit = _("Send it back")

    reason = reason_field(_("What has to be mended?"), _("The provider reads this."))


class LinesField(forms.MultipleChoiceField):
    """The choices are what can be taken back now; `known` also what could be when the page was drawn.

    So a second click is answered by the action, and not by a complaint about the list.
    """

    widget = forms.CheckboxSelectMultiple
    known: Collection[str] = ()

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.known


class WithdrawForm(StepForm):
    """Which courses, the last day of those that run, and why."""

    submit = _("Take these courses back")

    lines = LinesField(
        label=_("Which courses?"),
        error_messages={
            "required": _("Choose at least one course."),
            "invalid_choice": _("A course of this list was changed meanwhile. Look at the list again."),
        },
    )
    last_day = MemorableDateField(
        label=_("Last day of the student in a course that runs"),
        help_text=_("Only for courses that have started. Today or a day before."),
        required=False,
    )
    reason = reason_field(_("Why? (optional)"), _("District and provider read this."), required=False)

    def __init__(self, *args: Any, lines: Sequence[CourseLine], today: dt.date, **kwargs: Any) -> None:
        """`lines`: all lines of the request, in their order."""
        super().__init__(*args, **kwargs)
        self.running = {str(line.pk) for line in lines if line.state == LineState.ACTIVE}
        field = self.fields["lines"]
        assert isinstance(field, LinesField)
        field.known = {str(line.pk) for line in lines}
        field.choices = [(str(line.pk), label_of(line)) for line in lines if line.state in OPEN_LINES]
        if not self.running:
            del self.fields["last_day"]
            return
        last_day = self.fields["last_day"]
        assert isinstance(last_day, MemorableDateField)
        last_day.earliest = min(
            line.started_on for line in lines if line.started_on and str(line.pk) in self.running
        )
        last_day.latest = last_day.initial = today

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        stops = self.running.intersection(cleaned.get("lines", []))
        if stops and not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("Enter the last day on which the student works on the course."))
        return cleaned

    @property
    def answer(self) -> dict[str, Any]:
        """What `withdraw` takes. Only after is_valid()."""
        return {
            "line_ids": [int(key) for key in self.cleaned_data["lines"]],
            "last_day": self.cleaned_data.get("last_day"),
            "reason": self.cleaned_data["reason"],
        }


def label_of(line: CourseLine) -> str:
    return f"{line.course.title} ({line.course.provider.organization.name}): {line.get_state_display()}"
