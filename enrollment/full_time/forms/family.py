"""What a family is asked when it applies to a program."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.forms.family import NO_GROUND, YesOrNoField, prior_semester_field
from enrollment.part_time.forms.upload import SCAN_HELP
from mocap_portal.foundation.directory.models import CodeMeaning
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..models import PaperKind, ProgramApplication, Whose


class AnswersForm(forms.Form):
    """What the program has to know. No answer refuses by itself."""

    is_homeless = YesOrNoField(
        label=_("Is the student homeless and applies without a parent or guardian?"),
        help_text=_("Then no parent is needed, and missing papers hold nothing up."),
    )
    is_in_foster_care = YesOrNoField(
        label=_("Is the student in foster care?"),
        help_text=_("Then other schools have to send records faster."),
    )
    has_iep_or_504 = YesOrNoField(
        label=_("Does the student have an IEP or a 504 plan?"),
        help_text=_(
            "An IEP is a plan for special education. A 504 plan helps a student with a disability. If you say yes, a "
            "team looks at what the student needs before the program admits. A plan is no reason to refuse."
        ),
    )
    prior_semester = prior_semester_field()
    in_person_courses = NameField(
        label=_("Would the student go on taking courses in a school building? Which?"),
        help_text=_("Leave this empty if not."),
        max_length=300,
        required=False,
    )
    asks_for_sports = YesOrNoField(
        label=_("Does the student want to play on a school team?"),
        help_text=_("Then the program sends a notice to MSHSAA, which decides who may play."),
    )
    note = forms.CharField(
        label=_("Is there anything else the program should know?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, asks_prior_semester: bool, cancel_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        if asks_prior_semester:
            self.fields["prior_semester"].help_text = str(NO_GROUND)
        else:
            del self.fields["prior_semester"]

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Save and continue"), cancel_url=self.cancel_url)

    def answers(self) -> dict[str, Any]:
        """All that `answer_draft` keeps, also what was not asked."""
        return {"prior_semester": ""} | self.cleaned_data


def answers_of(application: ProgramApplication) -> dict[str, Any]:
    """What was answered before; nothing is chosen while the first question of a draft is open."""
    if application.has_iep_or_504 is None:
        return {}
    names = [*AnswersForm.base_fields]
    return {name: getattr(application, name) for name in names}


class PaperForm(forms.Form):
    """One document, and what it is."""

    kind = forms.ChoiceField(
        label=_("What does this document show?"),
        choices=[("", _("Choose")), *PaperKind.choices],
        error_messages={"required": _("Choose what the document shows.")},
    )
    document = forms.FileField(
        label=_("The document"),
        help_text=SCAN_HELP,
        allow_empty_file=True,  # said in our words when it is stored
        max_length=250,
        error_messages={"required": _("Choose a file.")},
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Add the document"))


class SurveyForm(forms.Form):
    """Why the student and the parent choose the program. Words stand apart and are never counted."""

    def __init__(
        self,
        *args: Any,
        reasons: Sequence[CodeMeaning],
        asked: Sequence[Whose],
        cancel_url: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        labels = {
            Whose.STUDENT: _("Why does the student want this program?"),
            Whose.PARENT: _("Why does the parent or guardian want this program?"),
        }
        for whose in asked:
            self.fields[whose.value] = forms.TypedMultipleChoiceField(
                label=labels[whose],
                help_text=_("Check all that fit."),
                choices=[(reason.pk, reason.local_label) for reason in reasons],
                coerce=int,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("Choose at least one reason.")},
            )
        self.fields["words"] = forms.CharField(
            label=_("In your own words, if you like"),
            help_text=_(
                "The program reads this. Please leave out religion, politics, health and income: nobody may ask."
            ),
            max_length=1000,
            required=False,
            widget=forms.Textarea({"rows": 3}),
        )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Save the answers"), cancel_url=self.cancel_url)

    def answers(self) -> dict[str, Any]:
        return {Whose.STUDENT.value: [], Whose.PARENT.value: []} | self.cleaned_data


class SignForm(forms.Form):
    """Consent to the release of records, and the signature."""

    releases_records = forms.BooleanField(
        label=_(
            "I agree that the schools the student has gone to send the student's records (transcript, IEP or 504 plan, "
            "discipline, immunization) to this program, so that it can decide and teach."
        ),
        error_messages={"required": _("Check this box: without the records the program cannot decide.")},
    )
    signed_name = NameField(
        label=_("Your full name, as your signature"),
        help_text=_("By typing your name you sign this application and say that your answers are true."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your full name.")},
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(
            Fieldset(_("Release of records"), "releases_records"),
            Fieldset(_("Sign"), "signed_name"),
            submit=_("Sign and send"),
        )


class ReviewRequestForm(forms.Form):
    """Why the family thinks that the program should look again."""

    reasons = forms.CharField(
        label=_("What should the program look at again, and why?"),
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Say what the program should look at again.")},
    )

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Ask the program to look again"), cancel_url=self.cancel_url)
