"""Before the concern: what it is about. After it: what opens it, and how its writer goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import CodeMeaning
from mocap_portal.foundation.ui.fields import CopiedField
from mocap_portal.foundation.ui.forms import PortalFormHelper, StepForm

from .writing import files_field, words_field


class CategoryForm(forms.Form):
    """What it is about, by GET: the category stands in the address and names nobody."""

    category = forms.ChoiceField(
        label=_("What is it about?"),
        help_text=_("Choose what fits best. If several fit, choose the most important one."),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose what it is about.")),
    )
    course = forms.CharField(required=False, widget=forms.HiddenInput)
    lea = forms.CharField(required=False, widget=forms.HiddenInput)
    provider = forms.CharField(required=False, widget=forms.HiddenInput)
    program = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, categories: Sequence[CodeMeaning], url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = url
        choices = [(category.code, category.local_label) for category in categories]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]

    @property
    def helper(self) -> PortalFormHelper:
        helper = PortalFormHelper(submit=_("Continue"), method="get")
        # The right office is shown as soon as something is chosen, where htmx runs; else on the next page.
        helper.attrs = {
            "hx-get": self.url,
            "hx-trigger": "change",
            "hx-target": "#office",
            "hx-push-url": "false",
        }
        return helper


class OpenForm(forms.Form):
    """Number and secret, as they stand on the receipt."""

    number = CopiedField(
        label=_("Number"),
        help_text=_("For example C-000123."),
        missing=_("Type the number."),
        max_length=20,
    )
    secret = CopiedField(
        label=_("Secret"),
        help_text=_("Three groups of four signs, such as ABCD-EFGH-JKMN. Small letters will do."),
        missing=_("Type the secret."),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Open"))


class WriteOnForm(forms.Form):
    text = words_field(
        _("Write to the office"), most=4000, rows=5, required=False, help_text=_("Only the office reads it.")
    )
    attached = files_field()

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Send"))


class TakeBackForm(StepForm):
    submit = _("Take it back")

    text = words_field(_("Why? You need not say."), most=2000, rows=3, required=False)


class ReopenForm(StepForm):
    submit = _("Open it again")

    text = words_field(
        _("What is still wrong?"),
        most=4000,
        rows=5,
        error_messages={"required": _("Write what is still wrong, in a few words.")},
    )


RATINGS = [
    (5, _("5, very good")),
    (4, _("4, good")),
    (3, _("3, so-so")),
    (2, _("2, not good")),
    (1, _("1, poor")),
]


class RateForm(StepForm):
    submit = _("Send")

    rating = forms.TypedChoiceField(
        label=_("How good was our answer?"),
        choices=RATINGS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one answer.")},
    )
    text = words_field(_("What could be better? You need not say."), most=2000, rows=3, required=False)
