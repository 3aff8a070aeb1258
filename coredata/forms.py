"""What people fill in about core data files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.ui.fields import MemorableDateField, PartyField
from mocap_portal.foundation.ui.forms import FilterFormHelper, PortalFormHelper

from .board import CellState
from .coding import CodingBasis, CodingTeacher
from .layouts import Cycle, Kind
from .models import ReportedEnrollment
from .uploading import SealedFile


class UploadForm(forms.Form):
    """One file. What it is, it says itself."""

    file = forms.FileField(
        label=gettext_lazy("Core data file"),
        help_text=gettext_lazy(
            "CSV, tab-separated or XLSX, as your student information system exports it: Course Assignment, Student "
            "Assignment, Student Core or Student Course Completion."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Send the file"))

    def clean_file(self) -> SealedFile:
        file: SealedFile = self.cleaned_data["file"]
        if file.sealed is None:
            raise forms.ValidationError(
                _(
                    "The file is larger than %(most)d MB, more than any district's. Send one file of one district."
                ),
                params={"most": settings.CORE_DATA_MOST_BYTES // 1_000_000},
            )
        return file


class ReportForm(UploadForm):
    """A provider's report."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Report")
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,.xlsx,.zip"
        self.fields["file"].help_text = _(
            "CSV, tab-separated or XLSX with the columns of the template, or a OneRoster zip: all enrollments of a "
            "school year in one file."
        )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Send and check"))


class QueueForm(forms.Form):
    """Which reports to look at."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            ("", gettext_lazy("Waiting for a decision")),
            ("accepted", gettext_lazy("Accepted")),
            ("returned", gettext_lazy("Returned")),
            ("retracted", gettext_lazy("Retracted")),
            ("every", gettext_lazy("All that were sent")),
        ],
        required=False,
    )
    words = forms.CharField(label=gettext_lazy("Name of the provider"), max_length=80, required=False)

    @property
    def helper(self) -> FilterFormHelper:
        return FilterFormHelper("state", "words")


class ReasonForm(forms.Form):
    """Why a report does not count."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The provider reads this. Name no student."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, submit: str, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit, self.cancel_url = submit, cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=self.submit, cancel_url=self.cancel_url)


class ReportedForm(forms.Form):
    """Which of a district's reported enrollments to list."""

    words = forms.CharField(label=gettext_lazy("Name of the student"), max_length=80, required=False)
    provider = forms.ModelChoiceField(
        label=gettext_lazy("Provider"),
        queryset=Provider.objects.none(),
        empty_label=gettext_lazy("Every provider"),
        required=False,
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    is_gone = forms.BooleanField(
        label=gettext_lazy("Also those that the last report no longer has"), required=False
    )

    def __init__(
        self,
        *args: Any,
        statuses: Mapping[str, str],
        rows: QuerySet[ReportedEnrollment],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        provider, status = self.fields["provider"], self.fields["status"]
        assert isinstance(provider, forms.ModelChoiceField)
        assert isinstance(status, forms.ChoiceField)
        known = Provider.objects.filter(pk__in=rows.order_by().values("provider"))
        provider.queryset = known.select_related("organization").order_by("organization__name")
        status.choices = [("", _("Every status")), *statuses.items()]

    @property
    def helper(self) -> FilterFormHelper:
        return FilterFormHelper("words", "provider", "status", "is_gone")


class StudentForm(forms.Form):
    """Whose rows to look for."""

    mosis_id = forms.RegexField(
        r"^[0-9]{10}$",
        label=gettext_lazy("MOSIS ID"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("A MOSIS ID has ten digits, zeros in front included.")},
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Find"))


class RulesForm(forms.Form):
    """Which rules to list."""

    kind = forms.ChoiceField(
        label=gettext_lazy("File"), choices=[("", gettext_lazy("Every file")), *Kind.choices], required=False
    )
    words = forms.CharField(label=gettext_lazy("Words or number of the rule"), max_length=60, required=False)

    @property
    def helper(self) -> FilterFormHelper:
        return FilterFormHelper("kind", "words")


class CodingForm(forms.Form):
    """What a course rests on and who teaches it. Sent by GET: the answer has an address."""

    basis = forms.ChoiceField(
        label=gettext_lazy("What does the course rest on?"),
        choices=CodingBasis.choices,
        widget=forms.RadioSelect,
    )
    teacher = forms.ChoiceField(
        label=gettext_lazy("Who teaches it?"), choices=CodingTeacher.choices, widget=forms.RadioSelect
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Show the codes"), method="get")


class BoardForm(forms.Form):
    """Which files of which LEAs to look at."""

    cycle = forms.ChoiceField(label=gettext_lazy("Files"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            ("", gettext_lazy("Every state")),
            ("owed", gettext_lazy("Something is owed")),
            ("overdue", gettext_lazy("Something is overdue")),
            *CellState.choices,
        ],
        required=False,
    )
    words = forms.CharField(label=gettext_lazy("Name or code of the district"), max_length=80, required=False)

    def __init__(self, *args: Any, cycles: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["cycle"]
        assert isinstance(choices, forms.ChoiceField)
        choices.choices = [
            (f"{year}-{cycle}", f"{Cycle(cycle).label} {year - 1}-{year % 100:02}") for year, cycle in cycles
        ]

    @property
    def helper(self) -> FilterFormHelper:
        return FilterFormHelper("cycle", "state", "words")


class WindowForm(forms.Form):
    """When a collection takes files."""

    opens_on = MemorableDateField(label=gettext_lazy("Opens"))
    due_on = MemorableDateField(label=gettext_lazy("Due"))
    closes_on = MemorableDateField(
        label=gettext_lazy("Last day on which files are taken"),
        help_text=gettext_lazy("Leave it empty to take corrections until you close it."),
        required=False,
    )
    source = forms.CharField(label=gettext_lazy("Source"), max_length=300)

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(cancel_url=self.cancel_url)


class WaiverForm(forms.Form):
    """For which LEA a rule is waived, why, and until when."""

    lea = PartyField(
        label=gettext_lazy("District or charter school"),
        queryset=Lea.objects.select_related("organization").order_by("organization__name"),
        empty_label=gettext_lazy("Choose"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The district reads this. Name no student."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = MemorableDateField(label=gettext_lazy("Last day"))

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Waive the rule"), cancel_url=self.cancel_url)


class CertifyForm(forms.Form):
    """Who certifies, and that they mean it. `seen` carries what they looked at."""

    name = forms.CharField(label=gettext_lazy("Your name, as your signature"), max_length=120)
    is_true = forms.BooleanField(
        label=gettext_lazy(
            "I certify for my district that this file is complete and true to the best of my knowledge."
        )
    )
    has_seen_warnings = forms.BooleanField(label=gettext_lazy("I have seen the warnings."), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, has_warnings: bool, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        if has_warnings:
            self.fields["has_seen_warnings"].required = True
        else:
            del self.fields["has_seen_warnings"]

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Certify"), cancel_url=self.cancel_url)

    @property
    def statement(self) -> str:
        """The words that were agreed to, as they stood there."""
        return str(self.fields["is_true"].label)
