"""A student leaves, is received, or does not come."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Lea, School
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper


class MoveForm(forms.Form):
    """A form about a move: `cancel_url` leads back."""

    submit: Any = _("Save")

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=self.submit, cancel_url=self.cancel_url)

    def bound(self, name: str, *, earliest: dt.date, latest: dt.date) -> None:
        """Says between which days a date lies."""
        field = self.fields[name]
        assert isinstance(field, MemorableDateField)
        field.earliest, field.latest = earliest, latest


class AnnounceForm(MoveForm):
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


class ReceiveForm(MoveForm):
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


class DeclineForm(MoveForm):
    submit = _("The student does not come to us")

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The other district reads this."),
        max_length=300,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Say why.")},
    )
