"""A learning plan, by where it is kept."""

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..models import PlanKind, Student


class LearningPlanForm(forms.Form):
    """Kind, day and place of a plan. The plan itself is not asked for."""

    kind = forms.ChoiceField(
        label=_("Which plan?"),
        choices=PlanKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which plan it is.")},
    )
    reference = NameField(
        label=_("Where is it kept?"),
        help_text=_("A place or a number by which a colleague finds it."),
        max_length=200,
        error_messages={"required": _("Say where a colleague finds the plan.")},
    )
    made_on = MemorableDateField(label=_("Day of the plan"))

    def __init__(self, *args: Any, student: Student, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.student = student
        made_on = self.fields["made_on"]
        assert isinstance(made_on, MemorableDateField)
        made_on.latest = today

    @property
    def helper(self) -> PortalFormHelper:
        back = reverse("records:student", args=[self.student.pk])
        return PortalFormHelper(submit=_("Put the plan on file"), cancel_url=back)
