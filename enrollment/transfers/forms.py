"""A student leaves, is received, or does not come."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Lea, School
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import StepForm


class AnnounceForm(StepForm):
    submit = _("Tell the new district")

    to_lea = forms.ModelChoiceField(
        label=_("District that the student moves to"),
        queryset=Lea.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the district.")},
    )
    leaves_on = MemorableDateField(label=_("Last day in your district"))

    def __init__(self, *args: Any, but: int, earliest: dt.date, latest: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to_lea"]
        assert isinstance(field, forms.ModelChoiceField)
        leas = Lea.objects.exclude(pk=but).select_related("organization")
        field.queryset = leas.order_by("organization__name", "pk")
        self.bound("leaves_on", earliest=earliest, latest=latest)


class ReceiveForm(StepForm):
    submit = _("Receive the student")

    school = forms.ModelChoiceField(
        label=_("School"),
        queryset=School.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the school of the student.")},
    )
    starts_on = MemorableDateField(label=_("First day in your district"))

    def __init__(self, *args: Any, lea: int, earliest: dt.date, latest: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = School.objects.filter(lea=lea).order_by("name", "pk")
        self.bound("starts_on", earliest=earliest, latest=latest)


class DeclineForm(StepForm):
    submit = _("The student does not come to us")

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The other district reads this."),
        max_length=300,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Say why.")},
    )
