"""What the host and the resident district write about an application."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.forms.upload import SCAN_HELP
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..models import EnrollmentState, Outcome, ReviewOutcome

A_YEAR = dt.timedelta(days=366)


def long_text(label: Any, help_text: Any = "", *, required: Any, rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=6000,
        widget=forms.Textarea({"rows": rows}),
        error_messages={"required": required},
    )


class InformForm(forms.Form):
    """What the resident district knows that the program should know. There is no yes and no no (R-35)."""

    information = long_text(
        _("What should the program know about this student?"),
        _("For example how the student learns best, and which support works. You do not approve or deny."),
        required=_("Write what the program should know, or that there is nothing to add."),
    )
    document = forms.FileField(
        label=_("A document, if there is one"),
        help_text=SCAN_HELP,
        required=False,
        allow_empty_file=True,  # said in our words when it is stored
        max_length=250,
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Send to the program"))


class DecidingForm(forms.Form):
    """A form that may admit, from a first day within a year on. `submit`: the words on its button."""

    submit: Any = ""

    def __init__(self, *args: Any, today: dt.date, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        starts_on = self.fields["starts_on"]
        assert isinstance(starts_on, MemorableDateField)
        starts_on.earliest, starts_on.latest = today, today + A_YEAR

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=self.submit, cancel_url=self.cancel_url)


class DetermineForm(DecidingForm):
    """The decision with its basis. The page shows the letter before it is sent."""

    submit = _("Read the letter before it is sent")

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (Outcome.ADMITTED, _("Admit the student")),
            (Outcome.REFUSED, _("Do not admit the student")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one answer.")},
    )
    starts_on = MemorableDateField(
        label=_("First day with you, if you admit"),
        required=False,
        help_text=_("The resident district's last day lies before it."),
    )
    basis = long_text(
        _("Basis of the decision"),
        _("Student, parent and resident district read this. Say what the student needs, and what you found."),
        required=_("Say what the decision rests on."),
    )
    in_person_options = long_text(
        _("Which options in a school building did you look at?"),
        required=_("Say which options in a school building you looked at."),
        rows=3,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (
            cleaned.get("outcome") == Outcome.ADMITTED
            and not cleaned.get("starts_on")
            and "starts_on" not in self.errors
        ):
            self.add_error("starts_on", _("Enter the student's first day with you."))
        return cleaned


class LookAgainForm(DecidingForm):
    """The answer to a family that asked the host to look at a refusal again."""

    submit = _("Send the answer")

    outcome = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (ReviewOutcome.UPHELD, _("The decision stands")),
            (ReviewOutcome.REVERSED, _("The decision is reversed: admit the student")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one answer.")},
    )
    starts_on = MemorableDateField(label=_("First day with you, if you admit"), required=False)
    answer = long_text(_("Why"), _("The family reads this."), required=_("Say why."))


class ExitForm(forms.Form):
    """The last day on the resident district's roll."""

    last_day = MemorableDateField(label=_("Last day on your roll"))

    def __init__(self, *args: Any, before: dt.date, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        last_day = self.fields["last_day"]
        assert isinstance(last_day, MemorableDateField)
        last_day.latest = before - dt.timedelta(days=1)

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Record the exit"), cancel_url=self.cancel_url)


class EndForm(forms.Form):
    """How an enrollment ends, its last day, and why."""

    how = forms.ChoiceField(
        label=_("How does it end?"),
        choices=[
            (EnrollmentState.WITHDRAWN, _("The family withdraws")),
            (EnrollmentState.GRADUATED, _("The student graduates")),
            (EnrollmentState.AGED_OUT, _("The student is too old for school")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one answer.")},
    )
    last_day = MemorableDateField(label=_("Last day"))
    why = NameField(
        label=_("Why, and where to, if it is known"),
        max_length=300,
        error_messages={"required": _("Say why, in a sentence.")},
    )

    def __init__(self, *args: Any, today: dt.date, is_family: bool, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        self.is_family = is_family
        last_day = self.fields["last_day"]
        assert isinstance(last_day, MemorableDateField)
        last_day.latest = today
        if is_family:
            del self.fields["how"]

    @property
    def helper(self) -> PortalFormHelper:
        submit = _("Withdraw from the program") if self.is_family else _("End the enrollment")
        return PortalFormHelper(submit=submit, cancel_url=self.cancel_url)


class SportsNoticeForm(forms.Form):
    """When the host sent its notice to MSHSAA."""

    sent_on = MemorableDateField(label=_("When did you send the notice?"))

    def __init__(self, *args: Any, earliest: dt.date, today: dt.date, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        sent_on = self.fields["sent_on"]
        assert isinstance(sent_on, MemorableDateField)
        sent_on.earliest, sent_on.latest = earliest, today

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Record the notice"), cancel_url=self.cancel_url)
