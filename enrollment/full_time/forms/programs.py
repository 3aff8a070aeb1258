"""What a host tells about its program."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Provider, School
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..models import PolicyKind, Program


class ProgramForm(forms.ModelForm):  # type: ignore[type-arg]
    """The description. Host, school and contract are set by the state office."""

    class Meta:
        model = Program
        fields = (
            "about",
            "conditions",
            "grades_low",
            "grades_high",
            "review_process",
            "contact_name",
            "contact_email",
            "contact_phone",
            "website",
            "students_per_teacher",
            "operating_basis",
            "attendance_method",
            "interaction",
            "is_correspondence",
            "inactive_days",
        )
        labels = {
            "about": _("What the program is"),
            "conditions": _("Who is admitted, one condition a line"),
            "grades_low": _("From grade (0 is kindergarten)"),
            "grades_high": _("To grade"),
            "review_process": _("How a family asks you to look at a decision again"),
            "contact_name": _("Whom families ask: name"),
            "contact_email": _("E-mail"),
            "contact_phone": _("Phone"),
            "website": _("Website"),
            "students_per_teacher": _("Students per teacher"),
            "operating_basis": _("How your school counts its year"),
            "attendance_method": _("How attendance is taken, in a sentence"),
            "interaction": _("How teachers and students meet, in a sentence"),
            "is_correspondence": _("Lessons by mail without real contact with teachers"),
            "inactive_days": _("School days without activity after which you tell the family"),
        }
        help_texts = {
            "inactive_days": _("As your posted policy says."),
            "is_correspondence": _(
                "Attendance letters name it: such study does not meet the federal standard."
            ),
        }

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Save the description"), cancel_url=self.cancel_url)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        low, high = cleaned.get("grades_low"), cleaned.get("grades_high")
        if low is not None and high is not None and low > high:
            self.add_error("grades_high", _("The last grade is not below the first one."))
        return cleaned


class OpenProgramForm(ProgramForm):
    """A new program, as the state office enters it: whose, under which school code, and the description."""

    name = NameField(
        label=_("Name of the program"), max_length=120, error_messages={"required": _("Enter the name.")}
    )
    district_code = forms.CharField(
        label=_("District code of the host (six digits)"),
        max_length=6,
        error_messages={"required": _("Enter the code.")},
    )
    school_code = forms.CharField(
        label=_("School code of its attendance center (four digits)"),
        max_length=4,
        error_messages={"required": _("Enter the code.")},
    )
    provider = forms.ModelChoiceField(
        label=_("Contract provider"),
        queryset=Provider.objects.none(),
        required=False,
        empty_label=_("None"),
    )
    active_from = MemorableDateField(label=_("First day on which families can apply"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Provider.objects.select_related("organization").order_by("organization__name", "pk")
        self.fields["provider"].queryset = providers  # type: ignore[attr-defined]
        self.order_fields(["name", "district_code", "school_code", "provider", "active_from"])

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Enter the program"), cancel_url=self.cancel_url)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        codes = cleaned.pop("district_code", None), cleaned.pop("school_code", None)
        if all(codes):
            school = School.objects.filter(lea__state_district_id=codes[0], state_school_id=codes[1]).first()
            if school is None:
                self.add_error("school_code", _("No school has these codes. Check both."))
            cleaned["school"] = school
        return cleaned


class CloseProgramForm(forms.Form):
    """The last day on which families can apply."""

    last_day = MemorableDateField(label=_("Last day on which families can apply"))

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Close the program"), cancel_url=self.cancel_url)


class PolicyForm(forms.Form):
    """A version of a policy, by the address where it is posted."""

    kind = forms.ChoiceField(
        label=_("Which policy?"),
        choices=[("", _("Choose")), *PolicyKind.choices],
        error_messages={"required": _("Choose which policy it is.")},
    )
    version = NameField(
        label=_("Version"),
        help_text=_("A number or a day, as it stands on the policy."),
        max_length=40,
        error_messages={"required": _("Enter the version.")},
    )
    url = forms.URLField(
        label=_("Address where everybody can read it"),
        assume_scheme="https",
        error_messages={
            "required": _("Enter the address."),
            "invalid": _("Enter the whole address, for example https://school.example/policy."),
        },
    )
    valid_from = MemorableDateField(label=_("It holds from"))

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Publish this version"), cancel_url=self.cancel_url)


class WindowForm(forms.Form):
    """When the program takes applications for a term."""

    opens_on = MemorableDateField(label=_("First day"))
    closes_on = MemorableDateField(label=_("Last day"))

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Save the dates"), cancel_url=self.cancel_url)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens_on: dt.date | None = cleaned.get("opens_on")
        closes_on: dt.date | None = cleaned.get("closes_on")
        if opens_on and closes_on and closes_on < opens_on:
            self.add_error("closes_on", _("The last day is not before the first one."))
        return cleaned
