"""The concern as its writer fills it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import BaseRenderer
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from enrollment.full_time.models import Program
from mocap_portal.foundation.directory.models import GRADES, CodeMeaning, Lea, Provider
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.fields import LongSelect, MemorableDateField, PartyField
from mocap_portal.foundation.ui.forms import PortalFormHelper
from providers.models import Course

from .. import files
from ..actions.sending import Said
from ..models import Contact, Format, Track, Writer
from ..questions import Kind, Question, questions_of

MOST_FILES = 3
CONSENT = _(
    "The MOCAP office may tell the district, provider or program that this is about who I am, so that it can answer."
)
NAMED, ANONYMOUS = "named", "anonymous"
OTHER = "other"
CHOOSE = {"required": _("Choose one answer.")}


class SearchSelect(LongSelect):
    """A long select that one searches by typing, where the script of the design system runs."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        select = super().render(name, value, attrs, renderer)
        chosen = next(iter(self.format_value(value)), "")
        return format_html('<div class="usa-combo-box" data-default-value="{}">{}</div>', chosen, select)


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Up to `MOST_FILES` files, cleaned to what is kept of each: a list of files.Kept."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        uploads: Sequence[UploadedFile[Any]] = data if isinstance(data, list) else [data] if data else []
        if len(uploads) > MOST_FILES:
            raise forms.ValidationError(
                ngettext_lazy(
                    "Choose at most %(most)s file. Send the others later, from the page of your concern.",
                    "Choose at most %(most)s files. Send the others later, from the page of your concern.",
                    MOST_FILES,
                )
                % {"most": MOST_FILES}
            )
        kept = []
        for upload in uploads:
            super().clean(upload, initial)
            try:
                kept.append(files.keep(upload))
            except Refusal as refusal:
                sentence = _("%(name)s: %(problem)s") % {"name": upload.name, "problem": refusal.sentence}
                raise forms.ValidationError(sentence) from refusal
        return kept


def files_field() -> SeveralFilesField:
    return SeveralFilesField(
        label=_("Files"),
        help_text=_(
            "Up to three PDF, JPEG or PNG files of 10 MB each, such as a letter or a picture of the screen. We take "
            "the place and the camera out of pictures."
        ),
        required=False,
        widget=SeveralFilesInput({"accept": files.ACCEPT}),
    )


def words_field(label: Any, *, most: int, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea({"rows": rows}), **more)


class ConcernForm(forms.Form):
    """Everything but the category, which was chosen before. `said()` is what `send` takes."""

    form = forms.CharField(widget=forms.HiddenInput)
    website = forms.CharField(
        label=_("Leave this box empty"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )

    writer = forms.ChoiceField(
        label=_("Who are you?"), choices=Writer.choices, widget=forms.RadioSelect, error_messages=CHOOSE
    )
    who = forms.ChoiceField(
        label=_("Do you give your name?"),
        choices=[(NAMED, _("Yes")), (ANONYMOUS, _("No, I stay anonymous"))],
        help_text=_(
            "If you stay anonymous, nobody knows who you are, and nobody can write to you or call you. You can still "
            "read our answer here with the number and the secret that you get at the end, and write on."
        ),
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    name = NameField(
        label=_("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    contact = forms.ChoiceField(
        label=_("How may we reach you?"),
        choices=[
            (Contact.EMAIL, Contact.EMAIL.label),
            (Contact.PHONE, Contact.PHONE.label),
            (Contact.NONE, _("Not at all, I look here myself")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_("Our mails only say that there is something new here, never what."),
        required=False,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    phone = NameField(
        label=_("Your telephone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
    )

    lea = PartyField(
        label=_("School district or charter school"),
        help_text=_("Type part of its name, or choose it from the list."),
        empty_label=_("No district, or I don't know"),
        queryset=Lea.objects.none(),
        required=False,
        widget=SearchSelect,
    )
    provider = PartyField(
        label=_("Provider of an online course"),
        empty_label=_("No provider, or I don't know"),
        queryset=Provider.objects.none(),
        required=False,
        widget=SearchSelect,
    )
    program = forms.ModelChoiceField(
        label=_("Full-time virtual program"),
        empty_label=_("No program, or I don't know"),
        queryset=Program.objects.none(),
        required=False,
        widget=SearchSelect,
    )
    course = forms.ModelChoiceField(
        queryset=Course.objects.all(), required=False, widget=forms.HiddenInput, blank=True
    )
    course_title = NameField(
        label=_("Course"), help_text=_("As you know it."), max_length=120, required=False
    )
    track = forms.ChoiceField(
        label=_("Is it part-time or full-time?"),
        choices=[*Track.choices, ("", _("Neither, or I don't know"))],
        required=False,
        widget=forms.RadioSelect,
    )
    student_name = NameField(
        label=_("Student's name"),
        help_text=_("Only if it is about one student. Never a Social Security number."),
        max_length=120,
        required=False,
    )
    student_grade = forms.ChoiceField(
        label=_("Grade"),
        choices=[("", _("No answer")), *((str(number), words) for number, words in GRADES)],
        required=False,
    )

    what_happened = words_field(
        _("What happened?"),
        most=8000,
        rows=8,
        help_text=_("Write in any language. A few sentences are enough."),
        error_messages={"required": _("Write what happened, in a few words.")},
    )
    tried = words_field(
        _("What have you tried so far?"),
        most=4000,
        rows=4,
        required=False,
        help_text=_("For example whom you asked at the school, and what they said."),
    )
    wanted = words_field(_("What would put it right?"), most=4000, rows=4, required=False)
    attached = files_field()

    language = forms.ChoiceField(
        label=_("Language of our answer"),
        choices=[("en", "English"), ("es", "Español"), (OTHER, _("Another language"))],
        initial="en",
    )
    other_language = NameField(label=_("If another: which?"), max_length=40, required=False)
    format = forms.ChoiceField(
        label=_("How can you best read it?"), choices=Format.choices, initial=Format.USUAL
    )
    may_be_named = forms.BooleanField(label=CONSENT, required=False)

    def __init__(self, *args: Any, category: CodeMeaning, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category = category
        self.questions = questions_of(category.code)
        for name, queryset in (
            ("lea", Lea.objects.on(on).order_by("organization__name", "pk")),
            (
                "provider",
                Provider.objects.order_by("organization__name", "pk"),
            ),
            ("program", Program.objects.order_by("name", "pk")),
        ):
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        for question in self.questions:
            self.fields[_box(question)] = _answer_field(question, on=on)
        example = _("For example November 9 2026. Leave it empty if you don't know.")
        for name, label in (
            ("happened_from", _("When did it begin?")),
            ("happened_to", _("When did it end?")),
        ):
            self.fields[name] = MemorableDateField(label=label, required=False, latest=on)
        self.fields["happened_from"].help_text = example
        self.fields["happened_to"].help_text = _("Leave it empty if it has not ended.")

    @property
    def helper(self) -> PortalFormHelper:
        helper = PortalFormHelper(
            "form",
            "course",
            # For programs that fill in forms: nobody sees it, and no screen reader says it.
            "website"
            if self.errors.get("website")
            else Div("website", css_class="portal-away", aria_hidden="true"),
            Fieldset(
                _("You"),
                "writer",
                "who",
                Div("name", "contact", "email", "phone", css_class="portal-if-named"),
            ),
            Fieldset(
                _("Whom it is about"),
                *("lea", "provider", "program", "course_title", "track", "student_name", "student_grade"),
            ),
            Fieldset(
                _("What happened"),
                *map(_box, self.questions),
                *("happened_from", "happened_to", "what_happened", "tried", "wanted", "attached"),
            ),
            Fieldset(_("Our answer"), "language", "other_language", "format"),
            Fieldset(_("May we name you?"), "may_be_named", css_class="portal-if-named"),
            submit=_("Send"),
        )
        helper.attrs = {"data-draft": "concern"}
        if self.is_bound:
            helper.attrs["data-draft-typed"] = "yes"
        return helper

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("who") == NAMED:
            if not cleaned.get("name") and "name" not in self.errors:
                self.add_error("name", _("Type your name, or choose above to stay anonymous."))
            contact = cleaned.get("contact")
            if not contact and "contact" not in self.errors:
                self.add_error("contact", _("Choose one answer."))
            if contact == Contact.EMAIL and not cleaned.get("email") and "email" not in self.errors:
                self.add_error("email", _("Type your email address, or choose another way to reach you."))
            if contact == Contact.PHONE and not cleaned.get("phone") and "phone" not in self.errors:
                self.add_error("phone", _("Type your telephone number, or choose another way to reach you."))
        elif cleaned.get("who") == ANONYMOUS:
            for name in (
                "name",
                "contact",
                "email",
                "phone",
            ):  # nobody asks, so nothing can be wrong with them
                self.errors.pop(name, None)
        if cleaned.get("language") == OTHER and not cleaned.get("other_language"):
            self.add_error("other_language", _("Type the name of the language."))
        first, last = cleaned.get("happened_from"), cleaned.get("happened_to")
        if last and first is None and "happened_from" not in self.errors:
            self.add_error("happened_from", _("Say when it began, or leave the end empty."))
        elif first and last and last < first:
            self.add_error("happened_to", _("The end lies before the beginning. Check both dates."))
        return cleaned

    def said(self) -> Said:
        """Call it when the form is valid."""
        answers = self.cleaned_data
        named = answers["who"] == NAMED
        course: Course | None = answers["course"]
        if course and course.title != answers["course_title"]:  # they speak of another one
            course = None
        rows = {name: answers[name].pk if answers[name] else None for name in ("lea", "provider", "program")}
        return Said(
            writer=answers["writer"],
            category=self.category.code,
            is_anonymous=not named,
            **{name: answers[name] if named else "" for name in ("name", "email", "phone")},
            contact=answers["contact"] if named else Contact.NONE,
            language=answers["other_language"] if answers["language"] == OTHER else answers["language"],
            format=answers["format"],
            lea_id=rows["lea"],
            provider_id=rows["provider"],
            program_id=rows["program"],
            course_id=course.pk if course else None,
            course_title=answers["course_title"],
            track=answers["track"],
            student_name=answers["student_name"],
            student_grade=answers["student_grade"],
            answers=self._answers(),
            happened_from=answers["happened_from"],
            happened_to=answers["happened_to"],
            what_happened=answers["what_happened"],
            tried=answers["tried"],
            wanted=answers["wanted"],
        )

    def consent(self) -> str:
        """The sentence that the writer agreed to, as they read it; empty without consent."""
        agreed = self.cleaned_data["may_be_named"] and self.cleaned_data["who"] == NAMED
        return str(CONSENT) if agreed else ""

    def _answers(self) -> dict[str, Any]:
        given = {question.name: self.cleaned_data[_box(question)] for question in self.questions}
        return {
            name: answer.isoformat() if isinstance(answer, dt.date) else answer
            for name, answer in given.items()
            if answer not in (None, "")
        }


def _box(question: Question) -> str:
    return f"answer_{question.name}"


def _answer_field(question: Question, *, on: dt.date) -> forms.Field:
    label = question.local_label
    match question.kind:
        case Kind.DATE:
            return MemorableDateField(label=label, required=False, latest=on)
        case Kind.TEXT:
            return NameField(label=label, max_length=200, required=False)
        case Kind.YES_NO:
            return forms.TypedChoiceField(
                label=label,
                choices=[("yes", _("Yes")), ("no", _("No"))],
                coerce=lambda answer: answer == "yes",
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
        case Kind.CHOICE:
            return forms.ChoiceField(
                label=label, choices=question.local_choices, required=False, widget=forms.RadioSelect
            )
