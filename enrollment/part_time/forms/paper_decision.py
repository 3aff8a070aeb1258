"""What staff are asked when they record what a paper decided, or send a file of such decisions."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..actions import ExplanationTooShort, Paper, PaperNotFound, PaperOutcome
from ..models import CourseLine, Outcome
from ..paper_file import MOST_BYTES
from .review import FactorField
from .upload import PaperUpload

NAME_LENGTH, ROLE_LENGTH = 80, 38  # together with a comma they fit the column


class PaperDecisionForm(PaperUpload):
    """One paper: when, by whom, and where it is."""

    decided_by = NameField(
        label=_("Name of whoever decided"),
        max_length=NAME_LENGTH,
        error_messages={"required": _("Enter the name of whoever decided.")},
    )
    role = NameField(
        label=_("Role of this person"),
        help_text=_("For example principal, counselor."),
        max_length=ROLE_LENGTH,
        error_messages={"required": _("Enter the role of whoever decided.")},
    )
    in_person_considered = forms.BooleanField(
        label=_("The paper says that in-person options were considered"), required=False
    )
    reference = forms.CharField(
        label=_("Where the paper is kept"),
        help_text=_("For example a file, a drawer, a folder. Needed when you add no scan."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, came_on: dt.date, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decided_on"] = MemorableDateField(
            label=_("Day of the decision"), earliest=came_on, latest=today
        )
        self.order_fields(
            ["decided_on", "decided_by", "role", "in_person_considered", "scan", "kept", "reference"]
        )

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("reference") and self.upload is None and self.document is None:
            self.add_error("reference", str(PaperNotFound.sentence))
        return self.cleaned_data

    @property
    def paper(self) -> Paper:
        """Only after is_valid()."""
        cleaned = self.cleaned_data
        return Paper(
            decided_on=cleaned["decided_on"],
            decided_by_name=f"{cleaned['decided_by']}, {cleaned['role']}",
            scan_id=self.scan_id,
            reference=cleaned["reference"],
            in_person_considered=cleaned["in_person_considered"],
        )


NOT_DECIDED = ""


class PaperOutcomeForm(forms.Form):
    """How the paper decides one course; its prefix names the line."""

    outcome = forms.ChoiceField(
        label=_("The paper says"),
        choices=[
            (NOT_DECIDED, _("Nothing about this course")),
            (Outcome.APPROVED, _("Approved")),
            (Outcome.DENIED, _("Denied")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    explanation = forms.CharField(
        help_text=_("Needed for a denial. The family reads it."),
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    factors = FactorField(
        label=_("Factors that the paper names, if it does"),
        queryset=CodeMeaning.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, line: CourseLine, today: dt.date) -> None:
        super().__init__(data, prefix=f"line-{line.pk}")
        self.line, self.today = line, today
        factors = CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=today)
        self.fields["factors"].queryset = factors  # type: ignore[attr-defined]
        # The list of problems names the box alone, so the box names the course.
        self.fields["explanation"].label = gettext("Why “%(course)s” was denied, as the paper says it") % {
            "course": line.course.title
        }

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("outcome") == Outcome.DENIED:
            fewest = LegalValue.objects.whole(LegalKey.EXPLANATION_LENGTH, on=self.today)
            if "explanation" in cleaned and len(cleaned["explanation"]) < fewest:
                self.add_error("explanation", str(ExplanationTooShort(fewest).sentence))
        return cleaned

    @property
    def said(self) -> PaperOutcome | None:
        """What the paper says of the line; None for nothing. Only after is_valid()."""
        cleaned = self.cleaned_data
        if cleaned["outcome"] == NOT_DECIDED:
            return None
        is_denial = cleaned["outcome"] == Outcome.DENIED
        return PaperOutcome(
            self.line.pk,
            cleaned["outcome"],
            explanation=cleaned["explanation"] if is_denial else "",
            factor_ids=[factor.pk for factor in cleaned["factors"]] if is_denial else [],
        )


class PaperFileForm(forms.Form):
    """A file of decisions on paper."""

    file = forms.FileField(
        label=_("The file"),
        help_text=_("A CSV file in UTF-8, up to 1 MB."),
        allow_empty_file=True,  # said in our words when it is read
        error_messages={"required": _("Choose a file.")},
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Look at the file"))

    def clean_file(self) -> File:  # type: ignore[type-arg]
        file: File = self.cleaned_data["file"]  # type: ignore[type-arg]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 1 MB. Send it in parts."))
        return file
