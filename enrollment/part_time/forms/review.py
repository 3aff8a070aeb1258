"""What reviewers type: words to look for, a colleague, a reason for a pause, a decision."""

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
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..actions import ExplanationTooShort, InPersonNotConsidered, NoFactor
from ..facts import factor_words
from ..models import REVIEWING_ROLES, Outcome

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
            self._check_factors({factor.code for factor in cleaned["factors"]}, cleaned["other_factor"])
        fewest = LegalValue.objects.whole(LegalKey.EXPLANATION_LENGTH, on=self.on)
        if len(cleaned["explanation"]) < fewest:
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
    def denial(self) -> dict[str, Any]:
        """What a denial says, as `deny` and `preview_letter` take it. Only after is_valid()."""
        cleaned = self.cleaned_data
        return {
            "factor_ids": [factor.pk for factor in cleaned["factors"]],
            "other_factor": cleaned["other_factor"],
            "explanation": cleaned["explanation"],
            "would_make_it_a_yes": cleaned["would_make_it_a_yes"],
        }
