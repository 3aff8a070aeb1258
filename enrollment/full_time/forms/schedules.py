"""The schedule of a student: a row for each course."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.registration.models import Teacher
from mocap_portal.foundation.directory.models import Term
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.words import long_day

from ..actions import CoursePlan
from ..models import MINUTES_OF_A_DAY, Schedule, ScheduledCourse

ROWS = 8
SCHOOL_DAYS = 5


class MinutesWidget(forms.MultiWidget):
    """Seven boxes, Monday first."""

    use_fieldset = True
    part_labels: Sequence[tuple[str, str | Promise]] = (
        ("mon", _("Mon")),
        ("tue", _("Tue")),
        ("wed", _("Wed")),
        ("thu", _("Thu")),
        ("fri", _("Fri")),
        ("sat", _("Sat")),
        ("sun", _("Sun")),
    )

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        digits = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "4"}
        super().__init__({name: forms.TextInput(attrs=digits) for name, _label in self.part_labels}, attrs)

    def decompress(self, value: Sequence[int] | None) -> list[str | None]:
        return [str(minutes) for minutes in value] if value else [None] * len(self.part_labels)


class MinutesField(forms.MultiValueField):
    """Planned minutes of each weekday, cleaned to seven whole numbers; an empty box is 0."""

    widget = MinutesWidget

    def __init__(self, **kwargs: Any) -> None:
        parts = [forms.CharField(required=False) for _part in MinutesWidget.part_labels]
        super().__init__(fields=parts, require_all_fields=False, required=False, **kwargs)

    def compress(self, data_list: Sequence[str]) -> tuple[int, ...]:
        """Raises ValidationError."""
        texts = [text.strip() or "0" for text in data_list or [""] * len(MinutesWidget.part_labels)]
        if not all(text.isascii() and text.isdigit() for text in texts):
            raise ValidationError(
                _("Enter whole minutes for each day, for example 60, and nothing for a free day.")
            )
        minutes = tuple(int(text) for text in texts)
        if max(minutes) > MINUTES_OF_A_DAY:
            raise ValidationError(_("A day has no more than 1,440 minutes."))
        return minutes


class CourseForm(forms.Form):
    """One course. A row without a title is left out."""

    title = NameField(label=_("Course"), max_length=120, required=False)
    credit = forms.DecimalField(
        label=_("Credit"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(6),
        max_digits=4,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.25", "class": "usa-input--2xs"}),
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value", "max_digits", "max_decimal_places"],
            _("Enter a number from 0 to 6, for example 0.5."),
        ),
    )
    term = forms.TypedChoiceField(label=_("When"), coerce=int, required=False, empty_value=None)
    minutes = MinutesField(label=_("Planned minutes"))
    teacher = forms.ModelChoiceField(
        label=_("Teacher"),
        queryset=Teacher.objects.none(),
        required=False,
        empty_label=_("Not known yet"),
    )

    def __init__(self, *args: Any, terms: Iterable[Term], teachers: Iterable[Teacher], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = {term.pk: term for term in terms}
        choices = [("", _("Choose")), *((term.pk, term.get_code_display()) for term in self.terms.values())]
        self.fields["term"].choices = choices  # type: ignore[attr-defined]
        self.fields["teacher"].queryset = teachers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("title"):
            if cleaned.get("credit") is None and "credit" not in self.errors:
                self.add_error("credit", _("Enter the credit, for example 0.5."))
            if cleaned.get("term") is None and "term" not in self.errors:
                self.add_error("term", _("Choose when the course is taken."))
            if not any(cleaned.get("minutes") or ()) and "minutes" not in self.errors:
                self.add_error("minutes", _("Enter the minutes of at least one day."))
        elif any(cleaned.get("minutes") or ()) or cleaned.get("credit"):
            self.add_error("title", _("Enter the name of the course."))
        return cleaned

    def plan(self, *, starts_on: dt.date) -> CoursePlan | None:
        """The course, from the student's first day on at the earliest; None for an empty row."""
        answers = self.cleaned_data
        if not answers.get("title"):
            return None
        term = self.terms[answers["term"]]
        teacher = answers.get("teacher")
        return CoursePlan(
            title=answers["title"],
            credit=answers["credit"],
            starts_on=max(term.starts_on, min(starts_on, term.ends_on)),
            ends_on=term.ends_on,
            minutes=answers["minutes"],
            teacher_id=teacher.pk if teacher else None,
        )


class ScheduleForm(forms.Form):
    """What holds for the whole schedule."""

    valid_from = MemorableDateField(label=_("It holds from"))
    change = NameField(
        label=_("Why does it change?"),
        max_length=300,
        help_text=_("The version before stays on file. Leave it empty if the courses stay as they are."),
        required=False,  # the action asks for it when something changes
    )
    shortfall = NameField(
        label=_("If it has fewer credits than make a student full-time: why?"), max_length=300, required=False
    )

    expected_graduation = MemorableDateField(
        label=_("When is the student expected to graduate, if you know?"),
        help_text=_("Attendance letters for the federal office print this day."),
        required=False,
    )

    def __init__(self, *args: Any, last: Schedule | None, **kwargs: Any) -> None:
        """`last`: the version before, None for the first."""
        super().__init__(*args, **kwargs)
        if last is None:
            del self.fields["valid_from"]
            del self.fields["change"]
        else:
            self.fields["valid_from"].help_text = _(
                "To correct a slip in version %(version)d, enter its own first day: %(day)s. The new version then "
                "stands in its place, as if it had never held."
            ) % {"version": last.version, "day": long_day(last.valid_from)}


CourseFormSet = forms.formset_factory(CourseForm, extra=0, max_num=20, absolute_max=20)


def rows_of(courses: Sequence[ScheduledCourse], terms: Iterable[Term]) -> list[dict[str, Any]]:
    """The version before as the formset's first rows, and empty ones up to the usual number."""
    by_days = {term.ends_on: term.pk for term in terms}
    rows: list[dict[str, Any]] = [
        {
            "title": course.title,
            "credit": course.credit,
            "term": by_days.get(course.ends_on),
            "minutes": course.minutes,
            "teacher": course.teacher_id,
        }
        for course in courses
    ]
    return rows + [{}] * max(ROWS - len(rows), 2)
