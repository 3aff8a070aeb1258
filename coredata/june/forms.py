"""What people ask of the June list and type on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.ui.forms import FilterFormHelper, PortalFormHelper, StepForm

from .actions import Entry
from .cells import CellProblem
from .expected import OF_A_JUNE_FILE, Expected, Key, Shown
from .files import as_text
from .models import TypedOutcome
from .typed import OUTCOME, TYPED, Cells

MOST_ROWS = 100  # that are saved at once
ALMOST_A_NUMBER = re.compile(r"[0-9 -]+")
LABELS = {
    "grade_earned": gettext_lazy("Grade earned"),
    "credits_earned": gettext_lazy("Credits earned"),
    "assignment_number": gettext_lazy("Assignment number"),
    "school_code": gettext_lazy("School code"),
    "grade_level": gettext_lazy("Grade level"),
}
GRADES = "grades"  # the id of the list of grades that the browser offers
MINE, THEIRS = "mine", "theirs"
UPPER = ("grade_earned", "grade_level")


class ShownForm(forms.Form):
    """Which part of the list to look at."""

    shown = forms.ChoiceField(label=gettext_lazy("Show"), required=False)

    def __init__(self, *args: Any, has_june: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = [part for part in Shown if has_june or part not in OF_A_JUNE_FILE]
        field = self.fields["shown"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("The whole list")), *((part.value, part.label) for part in parts)]

    @property
    def helper(self) -> FilterFormHelper:
        return FilterFormHelper("shown")


class WhoForm(forms.Form):
    """Whose rows to look for. By POST: neither a name nor a MOSIS ID stands in an address."""

    who = forms.CharField(
        label=gettext_lazy("Name or MOSIS ID"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_who(self) -> str:
        who = " ".join(self.cleaned_data["who"].split())
        if ALMOST_A_NUMBER.fullmatch(who) and not re.fullmatch(r"[0-9]{10}", who):
            raise forms.ValidationError(_("A MOSIS ID has ten digits, zeros in front included."))
        return who

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Find"))


class AcceptForm(StepForm):
    """Asks before proposals are taken over. `seen`: what of; `shown`: the part of the list."""

    submit = gettext_lazy("Take them over")
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    shown = forms.ChoiceField(choices=[("", ""), *Shown.choices], required=False, widget=forms.HiddenInput)


class RowForm(forms.Form):
    """The boxes of one student-course. The empty texts are not required: a row may stay empty."""

    mosis_id = forms.CharField(max_length=10, widget=forms.HiddenInput)
    course_code = forms.CharField(max_length=6, required=False, widget=forms.HiddenInput)
    semester = forms.CharField(max_length=2, required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    offered_grade = forms.CharField(required=False, widget=forms.HiddenInput)
    offered_credits = forms.CharField(required=False, widget=forms.HiddenInput)
    is_asked = forms.BooleanField(required=False, widget=forms.HiddenInput)
    keep = forms.ChoiceField(choices=[(MINE, MINE), (THEIRS, THEIRS)], required=False)

    def __init__(self, *args: Any, row: Expected | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            self.fields[name] = forms.CharField(required=False, label=label, widget=_box(name, label, row))
        self.row = row
        self.problems: dict[str, list[CellProblem]] = {}
        self.theirs: TypedOutcome | None = None
        self.is_taking_over = False

    @classmethod
    def of(
        cls, row: Expected, number: int, *, typed: Cells | None = None, theirs: TypedOutcome | None = None
    ) -> RowForm:
        """The boxes of a row of the list: as they stand, or as somebody has `typed` them and could not save.

        `theirs`: what somebody else has saved meanwhile, to be asked about.
        """
        initial = {
            **row.key._asdict(),
            **(typed or row.cells).by_field,
            "version": theirs.version if theirs else row.version,
            "offered_grade": row.proposed_grade,
            "offered_credits": as_text(row.proposed_credits),
            "is_asked": theirs is not None,
        }
        form = cls(prefix=f"r{number}", row=row, initial=initial)
        form.theirs = theirs
        return form

    @property
    def key(self) -> Key:
        data = self.cleaned_data
        return Key(data["mosis_id"], data["course_code"], data["semester"])

    @property
    def cells(self) -> Cells:
        """What was typed, written as the file has it; the proposal where that is wanted."""
        data = self.cleaned_data
        typed = {name: " ".join(data[name].split()) for name in TYPED}
        if self.is_taking_over:
            typed |= {"grade_earned": data["offered_grade"], "credits_earned": data["offered_credits"]}
        return Cells(**typed | {name: typed[name].upper() for name in UPPER})

    @property
    def entry(self) -> Entry:
        """What to save. Who was asked whose value counts and did not answer is asked again."""
        data = self.cleaned_data
        is_open = data["is_asked"] and not data["keep"]
        return Entry(self.key, -1 if is_open else data["version"], self.cells)

    @property
    def gives_way(self) -> bool:
        """Asked, the person has left the other one's value."""
        return bool(self.cleaned_data["keep"] == THEIRS)

    @property
    def others(self) -> list[dict[str, Any]]:
        """The boxes beside grade and credits, each with what is wrong in it."""
        names = [name for name in TYPED if name not in OUTCOME and not self[name].is_hidden]
        return [{"box": self[name], "found": self.problems.get(name, [])} for name in names]

    @property
    def in_words(self) -> str:
        """What was sent."""
        return cells_in_words(self.cells)

    @property
    def choices_in_words(self) -> dict[str, str]:
        """Their value and one's own, where it is asked which one counts."""
        assert self.theirs is not None and self.initial is not None
        mine = Cells(**{name: self.initial[name] for name in TYPED})
        return {THEIRS: cells_in_words(Cells.of(self.theirs)), MINE: cells_in_words(mine)}

    def put(self, problems: Sequence[CellProblem]) -> RowForm:
        """With what is wrong in its cells."""
        for problem in problems:
            self.problems.setdefault(problem.field, []).append(problem)
            if problem.is_error:
                self.fields[problem.field].widget.attrs["aria-invalid"] = "true"
        for name in self.problems:
            self.fields[name].widget.attrs["aria-describedby"] = f"{self.prefix}-{name}-problems"
        return self


def _box(name: str, label: Any, row: Expected | None) -> forms.Widget:
    lacks = {
        "assignment_number": row is None or row.lacks_assignment,
        "school_code": row is None or row.lacks_school,
        "grade_level": row is None or row.lacks_level,
    }
    if not lacks.get(name, True):
        return forms.HiddenInput()
    whose = ", ".join(filter(None, [row.student, row.title, row.semester])) if row else ""
    attrs = {"autocomplete": "off", "class": "portal-cell", "aria-label": f"{label}: {whose}"}
    if name == "grade_earned":
        attrs["list"] = GRADES
    if name == "credits_earned":
        attrs["inputmode"] = "decimal"
    return forms.TextInput(attrs=attrs)


def typed_rows(data: QueryDict) -> list[RowForm]:
    """The rows of a page that was sent, a hundred at most. `use`: the one whose proposal is wanted."""
    forms_of_page = [RowForm(data, prefix=prefix) for prefix in data.getlist("row")[:MOST_ROWS]]
    for form in forms_of_page:
        form.is_taking_over = form.prefix == data.get("use")
    return forms_of_page


def cells_in_words(cells: Cells) -> str:
    """All that is typed for a row, as one reads it."""
    others = [
        f"{LABELS[name]}: {value}" for name, value in cells.by_field.items() if value and name not in OUTCOME
    ]
    return ", ".join([outcome_in_words(*cells.outcome), *others])


def outcome_in_words(grade: str, earned: Decimal | str | None) -> str:
    """Grade and credits as one reads them together."""
    text = earned if isinstance(earned, str) else as_text(earned)
    if not grade:
        return _("nothing")
    return _("%(grade)s, credits: %(credits)s") % {"grade": grade, "credits": text} if text else grade
