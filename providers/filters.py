"""What somebody looks for in the catalog: all of it stands in the address."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import GRADES
from mocap_portal.foundation.ui.fields import LongSelect

from . import facets
from .days import CatalogDay
from .models import CourseQuerySet, Instruction, Structure, Timing

LONGEST_SEARCH = 100  # characters
MOST_COMPARED = 4  # courses side by side

Choices = list[tuple[str, str | Promise]]

LONGEST_SUBJECT = 60  # characters

FIXED: dict[str, Choices] = {
    "grade": [(str(grade), label) for grade, label in GRADES],
    "structure": list(Structure.choices),
    "instruction": [
        (Instruction.PROVIDER, _("With a teacher")),
        (Instruction.CURRICULUM_ONLY, _("Curriculum only")),
    ],
    "ap": [("yes", _("AP courses"))],
    "timing": [(Timing.SYNCHRONOUS, _("At set times")), (Timing.ASYNCHRONOUS, _("At any time"))],
}


class CatalogForm(forms.Form):
    """Words, and one choice per facet."""

    q = forms.CharField(
        label=_("Words in the title, subject or provider"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"class": "usa-input", "autocomplete": "off", "inputmode": "search"}),
    )
    subject = forms.ChoiceField(label=_("Subject"), required=False, widget=LongSelect)
    grade = forms.ChoiceField(label=_("Grade"), required=False, widget=LongSelect)
    structure = forms.ChoiceField(label=_("Length"), required=False, widget=LongSelect)
    instruction = forms.ChoiceField(label=_("Teacher"), required=False, widget=LongSelect)
    provider = forms.ChoiceField(label=_("Provider"), required=False, widget=LongSelect)
    ap = forms.ChoiceField(label=_("Advanced Placement"), required=False, widget=LongSelect)
    timing = forms.ChoiceField(label=_("Time of day"), required=False, widget=LongSelect)

    EVERYTHING = {
        "subject": _("All subjects"),
        "grade": _("All grades"),
        "structure": _("All lengths"),
        "instruction": _("All courses"),
        "provider": _("All providers"),
        "ap": _("All courses"),
        "timing": _("All courses"),
    }

    def __init__(self, *args: Any, choices: dict[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in facets.FACETS:
            self.fields[name].widget.attrs["class"] = "usa-select"
            self.offer(name, choices[name])

    def offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = [("", self.EVERYTHING[name]), *choices]  # type: ignore[attr-defined]

    @property
    def facets(self) -> list[forms.BoundField]:
        return [self[name] for name in facets.FACETS]


class CatalogSearch:
    """One search: its form with the counts beside the choices, what was found, and how much of it."""

    def __init__(self, data: QueryDict, day: CatalogDay) -> None:
        self.day = day
        self.data = data
        self.words = " ".join(data.get("q", "")[:LONGEST_SEARCH].replace("\0", "").split())
        chosen = {name: text for name in facets.FACETS if (text := data.get(name, ""))}
        self.chosen = {name: value for name, value in chosen.items() if _is_a_choice(name, value)}
        self.answer = facets.ask(day, self.words, self.chosen)
        self.form = CatalogForm(data, choices=self._choices())
        # A provider that never was is no choice; its number alone does not tell.
        if not self.form.is_valid() and self.chosen.keys() & self.form.errors.keys():
            self.chosen = {name: value for name, value in self.chosen.items() if name not in self.form.errors}
            self.answer = facets.ask(day, self.words, self.chosen)
        self.count = self.answer.total
        for name, values in self._choices().items():
            counts = self.answer.counts[name]
            self.form.offer(name, [(value, f"{label} ({counts.get(value, 0)})") for value, label in values])

    def _choices(self) -> dict[str, Choices]:
        """The values one can choose: those the words find, and what is chosen already."""
        subjects = {*self.answer.subjects, *filter(None, [self.chosen.get("subject")])}
        providers = dict(self.answer.providers)
        if (provider := self.chosen.get("provider")) and provider not in providers:
            providers |= facets.provider_names([provider])
        return {
            **FIXED,
            "subject": [(subject, subject) for subject in sorted(subjects)],
            "provider": list(providers.items()),
        }

    @property
    def guesses(self) -> list[tuple[str, str]]:
        """The words that stand nowhere, each with those it was taken for."""
        pairs = zip(self.words.split(), self.answer.words, strict=False)
        return [
            (typed, ", ".join(spelling.text for spelling in word.spellings))
            for typed, word in pairs
            if [spelling.text for spelling in word.spellings] not in ([], [typed.lower()])
        ]

    @property
    def kept(self) -> dict[str, str]:
        """What the address says about the search alone, for a form that asks something else about it."""
        return {"q": self.words, **self.chosen} if self.words else self.chosen

    @cached_property
    def courses(self) -> CourseQuerySet:
        """The best first."""
        found = facets.narrow(self.day.courses().having(self.answer.words), self.chosen)
        return found.select_related("provider__organization").ranked(self.answer.words)

    @cached_property
    def compared(self) -> list[int]:
        """The courses that wait to be compared, each once, as the address has them."""
        return course_ids(self.data.getlist("course"))


def course_ids(texts: Iterable[str]) -> list[int]:
    """The ids in an address, each once, in their order; what is no id is passed over."""
    ids = (int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19)
    return list(dict.fromkeys(ids))


def _is_a_choice(name: str, value: str) -> bool:
    """Whether a value can be looked for at all; the form says what is wrong with it otherwise."""
    if name == "subject":
        return len(value) <= LONGEST_SUBJECT and "\0" not in value
    if name == "provider":
        return course_ids([value]) != []
    return any(value == known for known, _label in FIXED[name])
