"""What the office fills in, one form for each step."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import StepForm

from ..letters import Official
from ..matching import Terms
from ..models import LookedAt, Place, TranscriptRequest, Way
from .fields import LinesField

MOST_NAMES = 6  # of one kind in one search


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none while it runs
    """Somebody of the office, by name and role."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.name} ({obj.get_role_display()})"


class AssignForm(StepForm):
    to = PersonField(
        queryset=Membership.objects.none(),
        label=_("Who looks after it"),
        empty_label=_("Nobody"),
        required=False,
    )
    submit = _("Save")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, PersonField)
        hats = Membership.objects.active().filter(role__in=DESE_ROLES).select_related("user")
        field.queryset = hats.order_by("user__name", "pk")


class CheckForm(StepForm):
    looked_at = forms.ChoiceField(
        label=_("What did you look at?"), choices=LookedAt.choices, widget=forms.RadioSelect
    )
    what = NameField(
        label=_("What you saw, in a few words"),
        help_text=_("For example: Missouri driver license, name and birth date agree. No numbers of the ID."),
        max_length=300,
        required=False,
    )
    submit = _("Record the identity check")

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("looked_at") == LookedAt.OTHER and not answers.get("what"):
            self.add_error("what", _("Write what you looked at."))
        return answers


class SayForm(StepForm):
    """A sentence that the person reads on the page of the request."""

    text = LinesField(label=_("What the person reads"), max_length=1000, widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, submit: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = submit


class SearchForm(StepForm):
    """Every name the student may stand under. The search itself looks at spellings, parts and short forms."""

    last_names = NameField(
        label=_("Last names"),
        help_text=_("Several with commas between them. Accents, hyphens and spellings are looked at anyway."),
        max_length=300,
    )
    first_names = NameField(
        label=_("First names"),
        help_text=_("Short forms such as Bill for William are looked at anyway."),
        max_length=300,
    )
    birth_date = MemorableDateField(label=_("Date of birth"))
    submit = _("Search the archive")

    def clean_last_names(self) -> tuple[str, ...]:
        return self._names("last_names")

    def clean_first_names(self) -> tuple[str, ...]:
        return self._names("first_names")

    def _names(self, field: str) -> tuple[str, ...]:
        typed = (name.strip() for name in self.cleaned_data[field].split(","))
        names = tuple(dict.fromkeys(name for name in typed if any(sign.isalnum() for sign in name)))
        if not names:
            raise ValidationError(_("Type at least one name."))
        if len(names) > MOST_NAMES:
            raise ValidationError(_("Type at most %(most)d names.") % {"most": MOST_NAMES})
        return names

    @property
    def terms(self) -> Terms:
        answers = self.cleaned_data
        return Terms(answers["last_names"], answers["first_names"], answers["birth_date"])

    @staticmethod
    def of(request: TranscriptRequest) -> dict[str, Any]:
        """What the form begins with: the names then and now."""
        last = dict.fromkeys([request.former_last_name, request.current_last_name])
        first = dict.fromkeys([request.former_first_name, request.current_first_name])
        return {
            "last_names": ", ".join(name for name in last if name),
            "first_names": ", ".join(name for name in first if name),
            "birth_date": request.birth_date,
        }


class LookForm(StepForm):
    place = forms.ChoiceField(
        label=_("Where did you look?"),
        choices=[choice for choice in Place.choices if choice[0] != Place.ARCHIVE],
        widget=forms.RadioSelect,
    )
    what = NameField(
        label=_("What you looked through, and for which names"),
        help_text=_("It stands in the letter if nothing is found."),
        max_length=300,
    )
    found = forms.IntegerField(label=_("How many courses you found"), min_value=0, max_value=100, initial=0)
    submit = _("Record the search")


class OfficialForm(StepForm):
    """Who signs. `seen` carries what was looked at."""

    official_name = NameField(label=_("Signed by"), max_length=120)
    official_title = NameField(label=_("Title"), max_length=120)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, submit: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = submit

    @property
    def official(self) -> Official:
        return Official(self.cleaned_data["official_name"], self.cleaned_data["official_title"])


class SendOnForm(OfficialForm):
    school = NameField(label=_("School of credit"), max_length=120)
    address = NameField(label=_("Its mailing address"), max_length=300)

    field_order = ("school", "address", "official_name", "official_title", "seen")


class HandOutForm(StepForm):
    way = forms.ChoiceField(
        label=_("How did it leave?"),
        choices=[choice for choice in Way.choices if choice[0] != Way.SAVED],
        widget=forms.RadioSelect,
    )
    on = MemorableDateField(label=_("On which day?"))
    submit = _("Record it")

    def within(self, first: dt.date, last: dt.date) -> None:
        self.bound("on", earliest=first, latest=last)
