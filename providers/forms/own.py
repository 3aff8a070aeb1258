"""Forms of a provider about itself."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.forms import FilterFormHelper, PortalFormHelper
from providers.choice import TermChoice
from providers.models import POLICY_LINKS, AvailabilityState, ContactMethod, ProviderProfile


class ProfileForm(forms.Form):
    """Links to policies, contact methods, the attestation, and what a full-time program adds."""

    contact_methods = forms.MultipleChoiceField(
        label=_("How do students and parents reach the teacher of a course?"),
        choices=ContactMethod.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    attests_weekly_contact = forms.BooleanField(
        label=_("We attest that a teacher is in contact with every student every week"), required=False
    )
    is_full_time = forms.BooleanField(label=_("We also run a full-time program"), required=False)
    accommodations_url = forms.URLField(
        label=_("Checklist of accommodations (full-time program)"), required=False, assume_scheme="https"
    )
    student_teacher_ratio = forms.IntegerField(
        label=_("Students per teacher (full-time program)"),
        min_value=1,
        max_value=500,
        required=False,
        widget=forms.NumberInput(attrs={"class": "usa-input--2xs"}),
    )

    def __init__(self, *args: Any, profile: ProviderProfile | None, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _as_typed(profile), **kwargs})
        for name, label in POLICY_LINKS.items():
            self.fields[name] = forms.URLField(label=label, required=False, assume_scheme="https")

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(
            Fieldset(_("Links to your policies: a renewal needs all of them"), *POLICY_LINKS),
            Fieldset(_("Contact with teachers"), "contact_methods", "attests_weekly_contact"),
            Fieldset(_("Full-time program"), "is_full_time", "accommodations_url", "student_teacher_ratio"),
            cancel_url=reverse("providers:profile"),
        )

    def answers(self) -> dict[str, Any]:
        """The arguments of actions.change_profile."""
        answers = dict(self.cleaned_data)
        return {"links": {name: answers.pop(name) for name in POLICY_LINKS}, **answers}


def _as_typed(profile: ProviderProfile | None) -> dict[str, Any]:
    if profile is None:
        return {}
    names = (*POLICY_LINKS, "contact_methods", "is_full_time", "accommodations_url", "student_teacher_ratio")
    typed = {name: getattr(profile, name) for name in names}
    return {**typed, "attests_weekly_contact": profile.weekly_contact_attested_on is not None}


class OwnCoursesForm(forms.Form):
    q = forms.CharField(label=_("Words in the title, subject or code"), max_length=100, required=False)

    @property
    def helper(self) -> FilterFormHelper:
        return FilterFormHelper("q")


class AvailabilityForm(forms.Form):
    """One group of radio buttons per coming term."""

    def __init__(self, *args: Any, choices: Sequence[TermChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = {f"term_{choice.term.pk}": choice.term.pk for choice in choices}
        for choice in choices:
            self.fields[f"term_{choice.term.pk}"] = forms.ChoiceField(
                label=str(choice.term),
                choices=AvailabilityState.choices,
                initial=choice.state,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose open, closed or full.")},
            )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(cancel_url=reverse("providers:own_courses"))

    def states(self) -> dict[int, AvailabilityState]:
        return {term: AvailabilityState(self.cleaned_data[name]) for name, term in self.terms.items()}
