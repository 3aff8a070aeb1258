"""What the host tried, an end, and where a student goes."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import StepForm

from ..models import InterventionKind

AREA = {"rows": 5}


class InterventionForm(StepForm):
    submit = _("Save what was tried")

    kind = forms.ChoiceField(
        label=_("What kind of help"), choices=InterventionKind.choices, widget=forms.RadioSelect
    )
    held_on = MemorableDateField(label=_("Day"))
    tried = forms.CharField(
        label=_("What was tried, and with whom"),
        widget=forms.Textarea(AREA),
        error_messages={"required": _("Say what was tried.")},
    )

    def __init__(self, *args: Any, earliest: dt.date, latest: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound("held_on", earliest=earliest, latest=latest)


class DisenrollForm(StepForm):
    submit = _("Disenroll the student")

    on = MemorableDateField(label=_("Last day in the program"))
    why = forms.CharField(
        label=_("Why"),
        help_text=_("Family and resident district read this in their letters."),
        max_length=300,
        widget=forms.Textarea(AREA),
        error_messages={"required": _("Say why.")},
    )

    def __init__(self, *args: Any, earliest: dt.date, latest: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound("on", earliest=earliest, latest=latest)


class OptionsForm(StepForm):
    submit = _("Send the options to the family")

    options = forms.CharField(
        label=_("Options, one a line"),
        help_text=_("Schools and programs that the student can go to now. The family reads this list."),
        widget=forms.Textarea(AREA),
        error_messages={"required": _("Write at least one option.")},
    )


class ChoiceForm(StepForm):
    submit = _("Save the family's choice")

    choice = NameField(
        label=_("What the family chose"),
        max_length=300,
        error_messages={"required": _("Write what the family chose.")},
    )
    chosen_on = MemorableDateField(label=_("When it said so"))

    def __init__(self, *args: Any, earliest: dt.date, latest: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound("chosen_on", earliest=earliest, latest=latest)


class PlaceForm(StepForm):
    submit = _("Save the first day")

    on = MemorableDateField(label=_("First day in your district"))

    def __init__(self, *args: Any, earliest: dt.date, latest: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound("on", earliest=earliest, latest=latest)
