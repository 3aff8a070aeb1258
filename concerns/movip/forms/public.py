"""What a person without an account fills in: the request, number and secret, a paper, number and code."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from crispy_forms.layout import HTML, Column, Fieldset, Row
from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from concerns import files
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import CopiedField, MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper, StepForm

from ..actions import Asked
from ..models import Asker, Delivery, PaperKind
from .fields import LinesField, PaperField

SIGNER = Signer(salt="movip.form")
RECORDS = _("My MoVIP transcript: courses, terms, work completed, credit and grades")
LONGEST_NAME = 80


def new_key() -> str:
    """The key of a form that is opened: signed, so that nobody makes one up."""
    return SIGNER.sign(uuid4().hex)


class AskForm(forms.Form):
    """The whole request on one page. What is not needed for the answers given is left out of it."""

    key = forms.CharField(widget=forms.HiddenInput)
    former_first_name = NameField(
        label=_("First name then"), max_length=LONGEST_NAME, widget=forms.TextInput({"autocomplete": "off"})
    )
    former_last_name = NameField(
        label=_("Last name then"),
        help_text=_("The name under which the student took the courses, before a marriage for example."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    current_first_name = NameField(
        label=_("First name now, if it is another"), max_length=LONGEST_NAME, required=False
    )
    current_last_name = NameField(
        label=_("Last name now, if it is another"), max_length=LONGEST_NAME, required=False
    )
    birth_date = MemorableDateField(label=_("Date of birth of the student"))
    years = NameField(
        label=_("Years in which the courses were taken"),
        help_text=_("As well as you remember, for example 2009 to 2011. MoVIP began in August 2007."),
        max_length=40,
    )
    school_then = NameField(
        label=_("School at that time"),
        help_text=_("Name and place of the school that gave the credit."),
        max_length=120,
    )
    courses = LinesField(
        label=_("Courses, if you remember them"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    asker = forms.ChoiceField(label=_("Who are you?"), choices=Asker.choices, widget=forms.RadioSelect)
    asker_name = NameField(label=_("Your name, if you ask for somebody else"), max_length=120, required=False)
    delivery = forms.ChoiceField(
        label=_("Who gets the transcript?"), choices=Delivery.choices, widget=forms.RadioSelect
    )
    recipient = NameField(
        label=_("Name of the school, college or employer"),
        help_text=_("Only if it goes there by mail."),
        max_length=120,
        required=False,
    )
    recipient_address = LinesField(
        label=_("Mailing address"),
        help_text=_("Street, city, state, ZIP code, and the office or person that expects it."),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    consent_records = NameField(label=_("Which records"), initial=RECORDS, max_length=300, required=False)
    consent_purpose = NameField(
        label=_("What for"),
        help_text=_("For example: admission to a college."),
        max_length=300,
        required=False,
    )
    consent_signed_name = NameField(
        label=_("Signature of the former student"),
        help_text=_(
            "The full name. Typed here by the student, it is the signature; else as it stands on the paper."
        ),
        max_length=120,
        required=False,
    )
    consent_signed_on = MemorableDateField(label=_("Signed on"), required=False)
    proof = PaperField(
        label=_("A picture or scan of an ID of the former student"),
        help_text=_("PDF, JPEG or PNG, up to 10 MB. You can also add it later, or show it in another way."),
        required=False,
    )
    consent = PaperField(
        label=_("The consent that the student signed, if you ask for somebody else"),
        help_text=_("PDF, JPEG or PNG, up to 10 MB."),
        required=False,
    )
    email = forms.EmailField(
        label=_("Email, if you want to hear of each step"),
        help_text=_("The mails name nobody. Without an address, look at the page of your request."),
        required=False,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    phone = NameField(
        label=_("Phone, if the office may call you"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("birth_date", "consent_signed_on"):
            field = self.fields[name]
            assert isinstance(field, MemorableDateField)
            field.latest = today

    def clean_key(self) -> UUID:
        try:
            return UUID(SIGNER.unsign(self.cleaned_data["key"]))
        except (BadSignature, ValueError) as error:
            raise ValidationError(_("This page is not whole. Open it again and fill it in again.")) from error

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        is_other = answers.get("asker") == Asker.OTHER
        is_mailed = answers.get("delivery") in (Delivery.SCHOOL, Delivery.COLLEGE)
        if is_other:
            self._need("asker_name", _("Write your name: you ask for somebody else."))
            self._need("consent", _("Add the consent that the former student signed."))
        if is_mailed:
            self._need("recipient", _("Write who gets the transcript."))
            self._need("recipient_address", _("Write the address to which it is mailed."))
        if is_other or is_mailed:
            self._need("consent_records", _("Write which records may be given."))
            self._need("consent_purpose", _("Write what they are for."))
            self._need("consent_signed_name", _("A consent needs the former student's signature."))
            self._need("consent_signed_on", _("A consent needs the day on which it was signed."))
        return answers

    def _need(self, name: str, sentence: Any) -> None:
        if not self.errors.get(name) and not self.cleaned_data.get(name):
            self.add_error(name, sentence)

    def asked(self) -> Asked:
        """What the action keeps; answers that the others make needless are left out."""
        answers = self.cleaned_data
        asker, delivery = Asker(answers["asker"]), Delivery(answers["delivery"])
        said = {
            name: answers[name]
            for name in (
                "former_last_name", "former_first_name", "current_last_name", "current_first_name", "birth_date",
                "years", "school_then", "courses", "email", "phone",
            )
        }  # fmt: skip
        if asker == Asker.OTHER:
            said["asker_name"] = answers["asker_name"]
        if delivery != Delivery.SELF:
            said |= {name: answers[name] for name in ("recipient", "recipient_address")}
        if asker == Asker.OTHER or delivery != Delivery.SELF:
            said |= {
                f"consent_{name}": answers[f"consent_{name}"]
                for name in ("records", "purpose", "signed_name", "signed_on")
            }
        return Asked(asker=asker, delivery=delivery, **said)

    def papers(self) -> dict[PaperKind, files.Kept]:
        found = {
            PaperKind.PROOF: self.cleaned_data["proof"],
            PaperKind.CONSENT: self.cleaned_data["consent"],
        }
        return {kind: kept for kind, kept in found.items() if kept is not None}

    @property
    def helper(self) -> PortalFormHelper:
        consent = gettext(
            "You need this part if the transcript goes to a school, a college or an employer, or if you ask for "
            "somebody else. Leave it empty if you are the former student and get the transcript yourself."
        )
        return PortalFormHelper(
            "key",
            Fieldset(
                gettext("The student at that time"),
                Row(Column("former_first_name"), Column("former_last_name")),
                Row(Column("current_first_name"), Column("current_last_name")),
                "birth_date",
                "years",
                "school_then",
                "courses",
            ),
            Fieldset(gettext("Who asks"), "asker", "asker_name"),
            Fieldset(gettext("Where it goes"), "delivery", "recipient", "recipient_address"),
            Fieldset(
                gettext("Consent of the former student"),
                HTML(format_html("<p>{}</p>", consent)),
                "consent_records",
                "consent_purpose",
                "consent_signed_name",
                "consent_signed_on",
            ),
            Fieldset(gettext("Papers"), "proof", "consent"),
            Fieldset(gettext("How to reach you"), "email", "phone"),
            submit=_("Send the request"),
        )


class OpenForm(forms.Form):
    """Number and secret, as the receipt shows them."""

    number = CopiedField(
        label=_("Number of the request"),
        help_text=_("It stands on your receipt, for example T-000123."),
        missing=_("Type the number of the request."),
        max_length=20,
    )
    secret = CopiedField(
        label=_("Secret"),
        help_text=_("It stands on your receipt: three groups of four signs."),
        missing=_("Type the secret of the request."),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Open the request"))


class AddPaperForm(StepForm):
    """One more paper of the person who asks."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=PaperKind.choices, widget=forms.RadioSelect)
    paper = PaperField(
        label=_("File"),
        help_text=_("PDF, JPEG or PNG, up to 10 MB."),
        error_messages={"required": _("Choose a file.")},
    )
    submit = _("Add the paper")


class VerifyForm(forms.Form):
    """Number and code, as they stand on a transcript."""

    number = CopiedField(
        label=_("Number of the transcript"),
        help_text=_("It stands at the top, for example T-000123."),
        missing=_("Type the number of the transcript."),
        max_length=20,
    )
    code = CopiedField(
        label=_("Code of the transcript"),
        help_text=_("It stands at the end of the printed transcript: three groups of four signs."),
        missing=_("Type the code of the transcript."),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=pgettext_lazy("a button", "Check the transcript"))
