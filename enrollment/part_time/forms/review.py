"""What reviewers type: words to look for, a colleague, what the team found, advice, a decision."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.records.models import Claim, Guardian
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..actions import (
    ExplanationTooShort,
    InPersonNotConsidered,
    NoFactor,
    NoReason,
    NotAReviewer,
    NoTeamWords,
    NothingChosen,
    NoWords,
)
from ..facts import factor_words
from ..models import REVIEWING_ROLES, Advice, Outcome, TeamOutcome

OTHER = "other"  # the factor that needs words of its own


class FindForm(forms.Form):
    """Sent by POST: a child's name never stands in an address."""

    words = forms.CharField(
        label=_("Request number or student's name"),
        max_length=120,
        error_messages={"required": _("Type a request number or a name.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Find"))


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.user.name} ({obj.get_role_display()})"


class AssignForm(forms.Form):
    """Whose request it is. Nobody who is family of the child can be chosen."""

    to = ColleagueField(
        label=_("Whose request is it?"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Nobody's yet"),
        error_messages={"invalid_choice": _("Choose one of the colleagues on the list.")},
    )

    def __init__(self, *args: Any, claim: Claim, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action = action
        self.fields["to"].queryset = colleagues(claim)  # type: ignore[attr-defined]

    @property
    def helper(self) -> PortalFormHelper:
        helper = PortalFormHelper(submit=_("Save"))
        helper.form_action = self.action
        return helper


def colleagues(claim: Claim) -> QuerySet[Membership]:
    """The hats that may review this child's requests."""
    hats = Membership.objects.in_organization(claim.school.lea_id, *REVIEWING_ROLES)
    hats = hats.exclude(user=claim.claimant_id)
    if claim.student_id is not None:
        hats = hats.exclude(user__in=Guardian.objects.filter(student=claim.student_id).values("user"))
    return hats.select_related("user").order_by("user__name", "role")


class KeysField(forms.Field):
    """Keys of rows, cleaned to a list of int."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: list[str] | None) -> list[int]:
        try:
            return [int(key) for key in value or []]
        except ValueError as error:
            raise forms.ValidationError(str(NothingChosen.sentence)) from error


class HandOverForm(forms.Form):
    """Many requests of one page to a colleague, or to nobody. Ticks are `requests`; `shown` are all of the page."""

    everything = forms.BooleanField(label=_("All on this page"), required=False)
    to = ColleagueField(
        label=_("Hand the chosen requests to"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        error_messages={"invalid_choice": NotAReviewer.sentence},
    )
    requests = KeysField(required=False)
    shown = KeysField(required=False)

    def __init__(self, *args: Any, hat: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert hat.organization_id is not None  # only an LEA's staff hand over
        hats = Membership.objects.in_organization(hat.organization_id, *REVIEWING_ROLES).select_related(
            "user"
        )
        self.fields["to"].queryset = hats.order_by("user__name", "role")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("requests") and not self.cleaned_data.get("everything"):
            raise forms.ValidationError(str(NothingChosen.sentence))
        return self.cleaned_data

    def chosen(self, *, most: int) -> list[int]:
        """The keys of the requests, no more than a page has. Only after is_valid()."""
        name = "shown" if self.cleaned_data["everything"] else "requests"
        keys: list[int] = self.cleaned_data[name]
        return keys[:most]


class UndoForm(forms.Form):
    token = forms.CharField(widget=forms.HiddenInput)


class PauseForm(forms.Form):
    """Why the clock stands still. The family reads it."""

    reason = forms.CharField(
        label=_("What is the IEP or 504 team working on?"),
        help_text=_("The family reads this sentence."),
        max_length=200,
        error_messages={
            "required": _("Say what the team is working on. The family has to know why it waits.")
        },
    )

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Pause the clock"), cancel_url=self.cancel_url)


class TeamForm(forms.Form):
    """What the IEP or 504 team found. With it the clock runs again."""

    met_on = MemorableDateField(label=_("When did the team meet?"))
    outcome = forms.ChoiceField(
        label=_("What did the team find?"),
        choices=TeamOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the team found.")},
    )
    words = forms.CharField(
        label=_("In words"),
        help_text=_(
            "Which help the student needs with this course, or why it does not suit. The family and whoever decides "
            "read it."
        ),
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )

    def __init__(self, *args: Any, sent_on: dt.date, today: dt.date, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        date = self.fields["met_on"]
        date.earliest, date.latest = sent_on, today  # type: ignore[attr-defined]

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Keep it and let the clock run"), cancel_url=self.cancel_url)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("outcome") not in {None, TeamOutcome.SUITS} and not cleaned.get("words"):
            self.add_error("words", forms.ValidationError(str(NoTeamWords.sentence)))
        return cleaned


class AdviceForm(forms.Form):
    """A counselor's advice: consultation, which decides nothing (R-20)."""

    advice = forms.ChoiceField(
        label=_("Your advice"),
        choices=Advice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one. “No view either way” is an answer too.")},
    )
    words = forms.CharField(
        label=_("What does it rest on?"),
        help_text=_(
            "For example: what the student still needs to graduate, what comes before this course, the student's plan, "
            "how earlier virtual courses went. The family may ask to read it."
        ),
        error_messages={"required": NoWords.sentence},
        widget=forms.Textarea({"rows": 6}),
    )

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Give the advice"), cancel_url=self.cancel_url)


class FactorField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: CodeMeaning) -> str:
        return factor_words(obj)


class DecisionForm(forms.Form):
    """Approve or deny one course. The factors are those that hold on the day; price is none of them (R-22)."""

    outcome = forms.ChoiceField(
        label=_("Your decision"),
        choices=[(Outcome.APPROVED, _("Approve the course")), (Outcome.DENIED, _("Deny the course"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose “approve” or “deny”.")},
    )
    in_person_considered = forms.BooleanField(
        label=_("I considered in-person options for this course"),
        error_messages={"required": InPersonNotConsidered.sentence},
    )
    in_person_options = forms.CharField(
        label=_("Which in-person options did you look at?"),
        help_text=_(
            "For example “Astronomy in fourth hour is full”. If you write something, the letter says it."
        ),
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    factors = FactorField(
        label=_("What does the denial rest on?"),
        help_text=_("Choose all that apply."),
        queryset=CodeMeaning.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NoFactor.sentence, "invalid_pk_value": NoFactor.sentence},
    )
    other_factor = forms.CharField(label=_("The other reason, in words"), max_length=200, required=False)
    explanation = forms.CharField(
        label=_("Why is this course not in the student's best educational interest?"),
        help_text=_("Write to the family, in plain words. It stands in the letter as you write it."),
        required=False,
        widget=forms.Textarea({"rows": 6}),
    )
    would_make_it_a_yes = forms.CharField(
        label=_("What would make this a yes?"),
        help_text=_("It stands in the letter too."),
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, *args: Any, on: dt.date, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.cancel_url = cancel_url
        factors = CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=on)
        self.fields["factors"].queryset = factors  # type: ignore[attr-defined]

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(
            "outcome",
            "in_person_considered",
            "in_person_options",
            Fieldset(_("Only if you deny"), "factors", "other_factor", "explanation", "would_make_it_a_yes"),
            submit=_("Preview letter"),
            cancel_url=self.cancel_url,
        )

    def clean(self) -> dict[str, Any]:
        """The preview refuses what the action would refuse, beside the box that is meant."""
        cleaned = self.cleaned_data
        if cleaned.get("outcome") != Outcome.DENIED:
            return cleaned
        if "factors" in cleaned:
            self._check_factors(
                {factor.code for factor in cleaned["factors"]}, cleaned.get("other_factor", "")
            )
        fewest = LegalValue.objects.whole(LegalKey.EXPLANATION_LENGTH, on=self.on)
        if "explanation" in cleaned and len(cleaned["explanation"]) < fewest:
            self._refuse("explanation", ExplanationTooShort(fewest).sentence)
        return cleaned

    def _check_factors(self, codes: set[str], other_factor: str) -> None:
        if not codes:
            self._refuse("factors", NoFactor.sentence)
        elif OTHER in codes and not other_factor:
            self._refuse("other_factor", _("Say in words what the other reason is."))

    def _refuse(self, field: str, sentence: str | Promise) -> None:
        self.add_error(field, forms.ValidationError(str(sentence)))

    @property
    def words(self) -> dict[str, Any]:
        """What the decision says, as `deny`, `supersede` and `preview_letter` take it. Only after is_valid()."""
        cleaned = self.cleaned_data
        if cleaned["outcome"] == Outcome.APPROVED:  # what stands in the boxes of a denial is not meant
            return {"in_person_options": cleaned["in_person_options"]}
        return {
            "in_person_options": cleaned["in_person_options"],
            "factor_ids": [factor.pk for factor in cleaned["factors"]],
            "other_factor": cleaned["other_factor"],
            "explanation": cleaned["explanation"],
            "would_make_it_a_yes": cleaned["would_make_it_a_yes"],
        }


class ReplacementForm(DecisionForm):
    """A decision in place of a mistaken one. An approval can only become a denial; a denial may get a better letter."""

    reason = forms.CharField(
        label=_("What was wrong with the first decision?"),
        help_text=_("The family reads it in the new letter."),
        error_messages={"required": NoReason.sentence},
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, replaced: Outcome, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        denial = (Outcome.DENIED, _("Deny the course"))
        again = (Outcome.DENIED, _("Deny the course again, with another letter"))
        choices = (
            [denial] if replaced == Outcome.APPROVED else [(Outcome.APPROVED, _("Approve the course")), again]
        )
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        self.fields["outcome"].label = _("The decision that holds from now on")

    @property
    def helper(self) -> PortalFormHelper:
        helper = super().helper
        helper.layout.fields.insert(0, "reason")
        return helper

    @property
    def replacement(self) -> dict[str, Any]:
        """As `supersede` takes it. Only after is_valid()."""
        cleaned = self.cleaned_data
        return self.words | {
            "outcome": Outcome(cleaned["outcome"]),
            "reason": cleaned["reason"],
            "in_person_considered": cleaned["in_person_considered"],
        }
