"""What host and DESE type about a membership report."""

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import Program
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from .models import MembershipReport


class MakeForm(forms.Form):
    """Whose students are counted, and of which day."""

    program = forms.ModelChoiceField(
        label=_("Program"),
        queryset=Program.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose the program."), "invalid_choice": _("Choose the program.")},
    )
    count_date = MemorableDateField(
        label=_("Count date"), help_text=_("Who is enrolled on this day is counted.")
    )

    def __init__(self, *args: Any, hat: Membership, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programs = Program.objects.run_by(hat).order_by("name")
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]
        count_date = self.fields["count_date"]
        assert isinstance(count_date, MemorableDateField)
        count_date.latest = today

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Count the students"))


class SendForm(forms.Form):
    """Who sends it, and that they mean it."""

    name = NameField(
        label=_("Your name, as your signature"),
        max_length=120,
        error_messages={"required": _("Type your name.")},
    )
    is_true = forms.BooleanField(
        label=_("I say for my program that this report is complete and true to the best of my knowledge."),
        error_messages={"required": _("Confirm that the report is complete and true.")},
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Send to DESE"))


class GiveBackForm(forms.Form):
    """Why DESE returns a report."""

    reason = NameField(
        label=_("What should the program put right?"),
        help_text=_("The program reads it."),
        max_length=500,
        error_messages={"required": _("Say in a sentence what the program should put right.")},
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, report: MembershipReport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report

    @property
    def helper(self) -> PortalFormHelper:
        back = reverse("membership:report", args=[self.report.pk])
        return PortalFormHelper(submit=_("Return the report"), cancel_url=back)
