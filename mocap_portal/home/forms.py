"""What the clock calculator asks. It is sent by GET: the question stands in the address and can be passed on."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.clocks.explain import explain_days
from mocap_portal.foundation.directory.models import ClosedDay, Lea, LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import Due, Pause
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper
from mocap_portal.foundation.ui.words import long_day

LONGEST = 250  # business days, about a year


class ClockForm(forms.Form):
    """A start, a number of business days, and optionally a district and a pause."""

    start = MemorableDateField(label=_("On which day did it start?"), help_text=_("This day is day 0."))
    days = forms.IntegerField(
        label=_("How many business days?"),
        min_value=1,
        max_value=LONGEST,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages={
            "required": _("Type a number of days."),
            "invalid": _("Type a whole number, such as 10."),
            "min_value": _("Type a number of at least %(limit_value)s."),
            "max_value": _("Type a number of at most %(limit_value)s."),
        },
    )
    district = forms.ChoiceField(
        label=_("District or charter school"),
        help_text=_(
            "Its closed days do not count either. Leave it empty to count by the state's calendar alone."
        ),
        required=False,
        error_messages={"invalid_choice": _("Choose a district of the list.")},
    )
    pause = MemorableDateField(
        label=_("First day of the pause"), help_text=_("It does not count."), required=False
    )
    resume = MemorableDateField(
        label=_("First day on which the clock runs again"),
        help_text=_("Leave it empty if the clock still stands."),
        required=False,
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leas = Lea.objects.on(today).select_related("organization").order_by("organization__name")
        self.leas = {lea.state_district_id: lea for lea in leas}
        self.fields["district"].choices = [  # type: ignore[attr-defined]
            ("", _("None: the state's calendar")),
            *((code, f"{lea.organization.name} ({code})") for code, lea in self.leas.items()),
        ]
        self.due: Due | None = None

    @property
    def helper(self) -> PortalFormHelper:
        helper = PortalFormHelper(
            "start",
            "days",
            "district",
            Fieldset(_("Did the clock stand still? (for a team of an IEP or a 504 plan)"), "pause", "resume"),
            submit=_("Count"),
            method="get",
        )
        helper.form_class = f"{helper.form_class} portal-off-paper"
        return helper

    def clean_district(self) -> Lea | None:
        return self.leas.get(self.cleaned_data["district"])

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        start, pause, resume = (values.get(name) for name in ("start", "pause", "resume"))
        if resume and not pause and "pause" not in self.errors:
            self.add_error("pause", _("Say from which day on the clock stood still."))
        if pause and resume and resume < pause:
            self.add_error("resume", _("The clock cannot run again before it stands still."))
        if pause and start and pause < start:
            self.add_error("pause", _("The clock cannot stand still before it starts."))
        if not self.errors:
            self.count()
        return values

    def count(self) -> None:
        """Fill `due`, or say why it cannot be counted."""
        values = self.cleaned_data
        pauses = [Pause(values["pause"], values["resume"])] if values["pause"] else []
        lea: Lea | None = values["district"]
        try:
            due = explain_days(values["start"], values["days"], lea_id=lea.pk if lea else None, pauses=pauses)
        except ValueError:  # a calendar without a business day, or a day after the last one there is
            self.add_error(None, _("No due day can be counted from this day. Choose another day."))
            return
        first, last = known_days()
        reached = due.on or (due.days[-1].date if due.days else due.start)
        if due.start < first or reached > last:
            sentence = _("The state's calendar is known from %(first)s to %(last)s. Choose days in between.")
            self.add_error("start", sentence % {"first": long_day(first), "last": long_day(last)})
            return
        self.due = due


def known_days() -> tuple[dt.date, dt.date]:
    """The first and the last day of the years whose state holidays are entered."""
    days = ClosedDay.objects.filter(lea=None).order_by("date").values_list("date", flat=True)
    first, last = days.first(), days.last()
    assert first is not None and last is not None  # a migration lays them
    return dt.date(first.year, 1, 1), dt.date(last.year, 12, 31)


def usual_days(on: dt.date) -> int:
    """The business days to decide a part-time request."""
    return LegalValue.objects.whole(LegalKey.DECISION_DAYS, on=on)
