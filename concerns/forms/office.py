"""What the office fills in about one concern, and how it chooses among many."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.full_time.models import Program
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.ui.fields import LongSelect, NameField, PartyField
from mocap_portal.foundation.ui.forms import FilterFormHelper, PortalFormHelper, StepForm
from providers.models import Course

from ..answers import fill_text, left_open
from ..inbox import NUMBER, Shown
from ..models import Concern, ConcernState, Outcome, ResponseTemplate, Tag, Track
from ..naming import names_in
from ..notices import language_of
from ..words import category_words

LANGUAGES = [
    ("", gettext_lazy("Every language")),
    ("en", gettext_lazy("English")),
    ("es", gettext_lazy("Spanish")),
    ("other", gettext_lazy("Another language")),
]


def _leas() -> QuerySet[Lea]:
    return Lea.objects.select_related("organization").order_by("organization__name")


def _providers() -> QuerySet[Provider]:
    return Provider.objects.select_related("organization").order_by("organization__name")


def reviewers() -> QuerySet[Membership]:
    hats = Membership.objects.active().filter(role__in=DESE_ROLES).select_related("user")
    return hats.order_by("user__name", "role")


def _areas(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.user.name} ({obj.get_role_display()})"


class InboxForm(forms.Form):
    """Which concerns to list. It is sent by GET; names are not searched, so none has a reason to stand there."""

    words = forms.CharField(
        label=gettext_lazy("Words or number"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Of what was written. Names are not searched."),
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    track = forms.ChoiceField(
        label=gettext_lazy("Track"), choices=[("", gettext_lazy("Both")), *Track.choices], required=False
    )
    lea = PartyField(
        label=gettext_lazy("District"),
        queryset=Lea.objects.none(),
        empty_label=gettext_lazy("Every district"),
        required=False,
    )
    provider = PartyField(
        label=gettext_lazy("Provider"),
        queryset=Provider.objects.none(),
        empty_label=gettext_lazy("Every provider"),
        required=False,
    )
    tag = NameField(
        label=gettext_lazy("Tag"),
        queryset=Tag.objects.order_by("name"),
        empty_label=gettext_lazy("Every tag"),
        required=False,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES, required=False)
    with_files = forms.BooleanField(label=gettext_lazy("Only with files"), required=False)
    whose = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, asked: Mapping[str, Any], *, categories: Mapping[str, str]) -> None:
        """`categories`: their words by code, in order."""
        super().__init__(asked)
        _choices(self, "state", [*Shown.choices, *ConcernState.choices])
        _choices(self, "category", [("", _("Everything")), *categories.items()])
        _rows(self, "lea", _leas())
        _rows(self, "provider", _providers())

    @property
    def helper(self) -> FilterFormHelper:
        helper = FilterFormHelper()
        rows = (("words", "state", "category", "track"), ("lea", "provider", "tag", "language"))
        helper.layout = Layout(*(Row(*(Column(name) for name in row)) for row in rows), "with_files", "whose")
        helper.apply_at_once(reverse("concerns:inbox"), typed="words", ticked="with_files")
        return helper


class SeenForm(StepForm):
    """A form that knows which line of the story was the newest when its page was opened."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SortForm(SeenForm):
    """What it is about and about whom, as far as the office knows better than the writer."""

    submit = gettext_lazy("Keep this")

    category = forms.ChoiceField(label=gettext_lazy("What it is about"))
    track = forms.ChoiceField(
        label=gettext_lazy("Track"), choices=[("", gettext_lazy("Not known")), *Track.choices], required=False
    )
    lea = PartyField(
        label=gettext_lazy("District"),
        queryset=Lea.objects.none(),
        empty_label=gettext_lazy("None"),
        required=False,
    )
    provider = PartyField(
        label=gettext_lazy("Provider"),
        queryset=Provider.objects.none(),
        empty_label=gettext_lazy("None"),
        required=False,
    )
    program = NameField(
        label=gettext_lazy("Full-time program"),
        queryset=Program.objects.order_by("name"),
        empty_label=gettext_lazy("None"),
        required=False,
    )
    course = forms.ModelChoiceField(
        label=gettext_lazy("Course"),
        help_text=gettext_lazy("Of the provider above. Keep the provider first if you change it."),
        queryset=Course.objects.none(),
        widget=LongSelect,
        empty_label=gettext_lazy("None"),
        required=False,
    )
    rule = forms.RegexField(
        r"^R-\d{1,3}$",
        label=gettext_lazy("Rule (optional)"),
        help_text=gettext_lazy("The rule that it is about, such as R-15."),
        required=False,
        error_messages={"invalid": gettext_lazy("Write it as R-15: the letter R, a hyphen, a number.")},
    )

    def __init__(self, *args: Any, concern: Concern, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "category", list(category_words().items()))
        _rows(self, "lea", _leas())
        _rows(self, "provider", _providers())
        courses = Course.objects.filter(provider=concern.provider_id) if concern.provider_id else None
        _rows(self, "course", courses.order_by("title") if courses is not None else Course.objects.none())
        if courses is None:
            del self.fields["course"]

    @property
    def values(self) -> dict[str, Any]:
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        course, provider = values.get("course"), values.get("provider")
        if "course" in values and course is not None and course.provider != provider:
            values["course"] = None
        return values


class AssignForm(SeenForm):
    submit = gettext_lazy("Give it to this person")

    to = ColleagueField(
        label=gettext_lazy("Who looks after it"),
        queryset=Membership.objects.none(),
        empty_label=gettext_lazy("Nobody: the common inbox"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _rows(self, "to", reviewers())


class NoteForm(SeenForm):
    submit = gettext_lazy("Keep the note")

    text = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Only the state office reads it. It cannot be changed later."),
        max_length=4000,
        widget=_areas(6),
    )


class TagForm(StepForm):
    submit = gettext_lazy("Keep these tags")

    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Words with commas between them, such as: billing, spring 2027."),
        max_length=500,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    @property
    def names(self) -> list[str]:
        return str(self.cleaned_data["tags"]).split(",")


class JoinForm(SeenForm):
    submit = gettext_lazy("Join them")

    number = forms.CharField(
        label=gettext_lazy("Number of the other concern, with which you go on working"),
        help_text=gettext_lazy("Such as C-000123."),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean_number(self) -> int:
        typed = NUMBER.fullmatch(self.cleaned_data["number"])
        if typed is None or not Concern.objects.filter(pk=int(typed[1])).exists():
            raise forms.ValidationError(_("No concern has this number. Look at it again."))
        return int(typed[1])


class FindForm(forms.Form):
    """Sent by POST: a child's name never stands in an address."""

    words = forms.CharField(
        label=gettext_lazy("Request, application or mismatch number, or the student's name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Type a number or a name.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Find"))


class WordsForm(SeenForm):
    """Words to the writer. They are shown as they will be read before they are sent: the same words, sent twice."""

    submit: Any = gettext_lazy("Look at it first")

    text = forms.CharField(
        label=gettext_lazy("What the writer reads"),
        help_text=gettext_lazy("{number}, {due} and {name} are filled in."),
        max_length=6000,
        widget=_areas(12),
    )
    looked_at = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, concern: Concern, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.concern = concern

    def clean_text(self) -> str:
        text = fill_text(self.cleaned_data["text"], self.concern, language=language_of(self.concern))
        if open_words := left_open(text):
            raise forms.ValidationError(
                _("Nothing is known for %(words)s. Write it out, or take it away.")
                % {"words": ", ".join(open_words)}
            )
        return text

    @property
    def mark(self) -> str:
        """Stands for everything that was looked at."""
        said = [
            str(self.cleaned_data.get(name, "")) for name in self.fields if name not in ("seen", "looked_at")
        ]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]

    @property
    def is_looked_at(self) -> bool:
        return bool(self.cleaned_data.get("looked_at") == self.mark)

    def show(self) -> None:
        """What is shown next is this text, filled in, to be sent with another click."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["looked_at"] = self.mark  # type: ignore[index]
        self.data["text"] = self.cleaned_data["text"]  # type: ignore[index]


class CloseForm(WordsForm):
    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how it ended.")},
    )

    field_order = ["seen", "outcome", "text", "looked_at"]

    @property
    def chosen(self) -> Outcome:
        return Outcome(self.cleaned_data["outcome"])


class ReopenForm(StepForm):
    submit = gettext_lazy("Open it again")

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The writer reads it."),
        max_length=2000,
        widget=_areas(4),
    )


class AskForm(SeenForm):
    """Whom, what it is about, what is asked. `sure`: only where the words hold a name."""

    submit = gettext_lazy("Ask")

    whom = forms.ChoiceField(
        label=gettext_lazy("Whom you ask"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whom you ask.")},
    )
    summary = forms.CharField(
        label=gettext_lazy("What it is about"),
        help_text=gettext_lazy(
            "They read this and your question, and nothing of the concern itself. Write only what they need to answer."
        ),
        max_length=4000,
        widget=_areas(8),
    )
    question = forms.CharField(label=gettext_lazy("Your question"), max_length=4000, widget=_areas(4))
    sure = forms.BooleanField(
        label=gettext_lazy(
            "I have read these names again: the other side needs them, or they are somebody else's"
        ),
        required=False,
    )

    def __init__(
        self, *args: Any, concern: Concern, sides: Sequence[tuple[str, str]], consents: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.concern, self.consents = concern, consents
        _choices(self, "whom", sides)
        if len(sides) == 1:
            self.fields["whom"].initial = sides[0][0]
        self.names: list[str] = []
        self._sure = self.fields.pop("sure")
        if self.is_bound and "sure" in self.data:
            self.fields["sure"] = self._sure

    def clean(self) -> None:
        super().clean()
        words = f"{self.cleaned_data.get('summary', '')}\n{self.cleaned_data.get('question', '')}"
        self.names = [] if self.consents else names_in(words, self.concern)
        if self.names and not self.cleaned_data.get("sure"):
            self.fields["sure"] = self._sure
            self.add_error(
                "sure",
                _(
                    "Your words hold %(names)s, and the writer has not agreed to be named. "
                    "Take it out, or tick the box."
                )
                % {"names": ", ".join(self.names)},
            )


class TogetherForm(StepForm):
    """The same for several concerns; which ones goes along hidden."""

    ones = forms.CharField(widget=forms.HiddenInput)


class AssignManyForm(TogetherForm):
    submit = gettext_lazy("Give them to this person")

    to = ColleagueField(
        label=gettext_lazy("Who looks after them"),
        queryset=Membership.objects.none(),
        error_messages={"required": gettext_lazy("Choose a colleague.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _rows(self, "to", reviewers())


class CloseManyForm(TogetherForm):
    submit = gettext_lazy("Close them")

    outcome = forms.ChoiceField(
        label=gettext_lazy("How they ended"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how they ended.")},
    )
    text = forms.CharField(
        label=gettext_lazy("What each writer reads"),
        help_text=gettext_lazy("Every one of them reads the same words. Name nobody."),
        max_length=4000,
        widget=_areas(6),
    )


class TemplateForm(StepForm):
    """A text in both languages."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    category = forms.ChoiceField(label=gettext_lazy("For concerns about"), required=False)
    text_en = forms.CharField(
        label=gettext_lazy("In English"),
        help_text=gettext_lazy("{number}, {due} and {name} are filled in when somebody uses it."),
        max_length=4000,
        widget=_areas(10),
    )
    text_es = forms.CharField(label=gettext_lazy("In Spanish"), max_length=4000, widget=_areas(10))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "category", [("", _("Everything")), *category_words().items()])

    def clean(self) -> None:
        super().clean()
        known = {"{number}", "{due}", "{name}"}
        for name in ("text_en", "text_es"):
            unknown = [word for word in left_open(self.cleaned_data.get(name, "")) if word not in known]
            if unknown:
                self.add_error(
                    name,
                    _("Nothing is filled in for %(words)s. Use {number}, {due} or {name}.")
                    % {"words": ", ".join(unknown)},
                )


class ChooseTemplateForm(forms.Form):
    """Sent by GET: the text then begins with this template."""

    template = forms.ModelChoiceField(
        label=gettext_lazy("Begin with a template"),
        queryset=ResponseTemplate.objects.none(),
        empty_label=gettext_lazy("None"),
        required=False,
    )

    def __init__(self, *args: Any, concern: Concern, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = ResponseTemplate.objects.filter(is_retired=False, category__in=["", concern.category])
        _rows(self, "template", fitting.order_by("title"))

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Use it"), method="get")


def _choices(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _rows(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
