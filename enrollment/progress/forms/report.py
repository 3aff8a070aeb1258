"""A progress report: one block of questions for each course."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from enrollment.registration.forms.teachers import refuse_ssn
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import whatever_is_wrong
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..entries import CourseEntry
from ..models import ProgressReport

A_NUMBER = _("Type a number from 0 to 100.")
YES, NO = "yes", "no"


def percent_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Percent of the course that is complete"),
        min_value=0,
        max_value=100,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=whatever_is_wrong(A_NUMBER),
    )


def grade_field() -> forms.CharField:
    return NameField(
        label=_("Grade so far"),
        help_text=_("For example B+ or 87."),
        max_length=10,
        error_messages={"required": _("Type the grade so far.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )


def engagement_field() -> forms.CharField:
    return NameField(
        label=_("How the student takes part"),
        help_text=_("Minutes or words: 240 minutes a week, comes to live lessons."),
        max_length=200,
        validators=[refuse_ssn],
        error_messages={"required": _("Say how the student takes part.")},
    )


def pace_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Is the student on pace?"),
        help_text=_("On pace: the course will be done by its last day."),
        choices=[(YES, _("Yes, on pace")), (NO, _("No, behind"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )


def comment_field() -> forms.CharField:
    return forms.CharField(
        label=_("Comment for the family"),
        max_length=1000,
        required=False,
        validators=[refuse_ssn],
        widget=forms.Textarea({"rows": 3}),
    )


FIELDS = {
    "percent_complete": percent_field,
    "current_grade": grade_field,
    "engagement": engagement_field,
    "on_pace": pace_field,
    "comment": comment_field,
}


class ReportForm(forms.Form):
    """A block of `FIELDS` for each course; a correction says why besides."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        titles: Sequence[str],
        report: ProgressReport | None,
        earlier: Sequence[CourseEntry],
        cancel_url: str,
        **kwargs: Any,
    ) -> None:
        """`report`: the version to correct, if there is one; `earlier`: what it says."""
        super().__init__(*args, **kwargs)
        self.titles, self.report, self.cancel_url = titles, report, cancel_url
        said = {entry.title: entry for entry in earlier}
        for place, title in enumerate(titles):
            for name, make in FIELDS.items():
                field = make()
                if (entry := said.get(title)) is not None:
                    answer = getattr(entry, name)
                    field.initial = (YES if answer else NO) if name == "on_pace" else answer
                self.fields[_box(place, name)] = field
        self.fields["seen"].initial = report.pk if report else None
        if report is not None:
            self.fields["change"] = NameField(
                label=_("Why does the report change?"),
                help_text=_("The family reads it."),
                max_length=300,
                required=False,  # the same report again, as a second click sends it, needs none
            )

    @property
    def helper(self) -> PortalFormHelper:
        blocks: list[Any] = [
            Fieldset(_legend(title), *(_box(place, name) for name in FIELDS))
            for place, title in enumerate(self.titles)
        ]
        last = ["change", "seen"] if self.report is not None else ["seen"]
        words = _("Send the corrected report") if self.report is not None else _("Send the report")
        helper = PortalFormHelper(submit=words, cancel_url=self.cancel_url)
        helper.layout = Layout(*blocks, *last)
        return helper

    @property
    def entries(self) -> list[CourseEntry]:
        """What was typed, course by course. Only after is_valid()."""
        found = []
        for place, title in enumerate(self.titles):
            answers = {name: self.cleaned_data[_box(place, name)] for name in FIELDS}
            found.append(CourseEntry(title, **{**answers, "on_pace": answers["on_pace"] == YES}))
        return found


def _box(place: int, name: str) -> str:
    return f"course{place}_{name}"


def _legend(title: str) -> str:
    """Crispy reads a legend as a template and escapes nothing: neither a tag nor a variable may come from a title."""
    return escape(title).replace("{", "&#123;")
