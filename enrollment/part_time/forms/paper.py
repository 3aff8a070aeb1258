"""What staff are asked when they enter a request for a family."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import Asker, Child
from enrollment.records.models import Claim, Enrollment, Relationship, Student
from mocap_portal.foundation.directory.models import GRADES, CodeMeaning, School
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper

from ..actions import AskedCourse, PaperMissing, TermNotOpen, terms_to_enter
from ..models import Basis, Channel
from ..rules import eligibility
from .family import (
    CHOOSE_ONE,
    CONTINUE,
    YesOrNoField,
    in_person_field,
    note_field,
    prior_semester_field,
    term_choices,
)
from .upload import SCAN_HELP, PaperUpload

ASKERS = [
    (value, _("The student") if value == Relationship.SELF else label)
    for value, label in Relationship.choices
]
CHANNELS = [choice for choice in Channel.choices if choice[0] != Channel.PORTAL]
PAYERS = [
    (Basis.DISTRICT, _("The district; above a full load it is asked to")),
    (Basis.PRIVATE, _("The family pays the provider")),
]


class EntryForm(forms.Form):
    """The child, who asks, how and when it came, and the term. Of a known student name and birth date are known."""

    first_name = NameField(
        label=_("Student's first name"),
        max_length=60,
        error_messages={"required": _("Enter the first name.")},
    )
    last_name = NameField(
        label=_("Student's last name"), max_length=60, error_messages={"required": _("Enter the last name.")}
    )
    school = forms.ModelChoiceField(
        label=_("School"),
        queryset=School.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose a school.")},
    )
    grade = forms.TypedChoiceField(
        label=_("Grade"),
        choices=[("", _("Choose")), *GRADES],
        coerce=int,
        error_messages={"required": _("Choose a grade.")},
    )
    enrollment = forms.ChoiceField(
        label=_("How does the student go to school now?"),
        choices=Enrollment.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE_ONE,
    )
    missouri_resident = YesOrNoField(label=_("Does the student live in Missouri?"))
    prior_semester = prior_semester_field()
    has_iep_or_504 = YesOrNoField(label=_("Does the student have an IEP or a 504 plan?"))
    asker_name = NameField(
        label=_("Full name of whoever asks"),
        max_length=120,
        error_messages={"required": _("Enter the name of whoever asks.")},
    )
    relationship = forms.ChoiceField(
        label=_("Who is this person to the student?"),
        choices=ASKERS,
        widget=forms.RadioSelect,
        error_messages=CHOOSE_ONE,
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, error_messages={"invalid": _("This is not an e-mail address.")}
    )
    phone = forms.CharField(label=_("Phone"), required=False, max_length=30)
    address = forms.CharField(
        label=_("Postal address"),
        required=False,
        max_length=200,
        widget=forms.Textarea({"rows": 3}),
    )
    channel = forms.ChoiceField(
        label=_("How did the request come?"),
        choices=CHANNELS,
        widget=forms.RadioSelect,
        error_messages=CHOOSE_ONE,
    )

    def __init__(
        self,
        *args: Any,
        schools: QuerySet[School],
        student: Student | None,
        today: dt.date,
        asks_prior_semester: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.student, self.today = student, today
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        if student is None:
            self.fields["birth_date"] = MemorableDateField(
                label=_("Birth date"), help_text=_("For example April 9 2011."), latest=today
            )
        else:
            del self.fields["first_name"], self.fields["last_name"]
        if not asks_prior_semester:
            del self.fields["prior_semester"]
        self.fields["came_on"] = MemorableDateField(
            label=_("On which day did it come in?"),
            help_text=_("The days to answer count from this day, also when you enter the request later."),
            latest=today,
        )
        terms = terms_to_enter(on=today).select_related("school_year").order_by("starts_on", "ends_on")
        self.fields["term_id"] = forms.TypedChoiceField(
            label=_("For which term?"),
            choices=term_choices(terms),
            coerce=int,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose a term.")},
        )

    @property
    def helper(self) -> PortalFormHelper:
        names = ["first_name", "last_name", "birth_date"] if self.student is None else []
        return PortalFormHelper(
            Fieldset(
                _("The student"),
                *names,
                "school",
                "grade",
                "enrollment",
                "missouri_resident",
                *(["prior_semester"] if "prior_semester" in self.fields else []),
                "has_iep_or_504",
            ),
            Fieldset(_("Who asks"), "asker_name", "relationship", "email", "phone", "address"),
            Fieldset(_("How it came"), "channel", "came_on", "term_id"),
            submit=CONTINUE,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        ways = {"email", "phone", "address"}
        if ways <= cleaned.keys() and not any(cleaned[way] for way in ways):
            self.add_error("phone", _("Enter an e-mail address, a phone number or a postal address."))
        school, grade = cleaned.get("school"), cleaned.get("grade")
        if school and grade is not None and not school.grades_low <= grade <= school.grades_high:
            self.add_error("grade", _("This school does not have this grade."))
        came_on, term_id = cleaned.get("came_on"), cleaned.get("term_id")
        if came_on and term_id:
            terms = terms_to_enter(came_on=came_on, on=self.today)
            if not terms.filter(pk=term_id).exists():
                self.add_error("term_id", str(TermNotOpen.sentence))
        if not self.errors:
            claim = Claim(
                birth_date=self.child.birth_date or self.student.birth_date,  # type: ignore[union-attr]
                enrollment=self.child.enrollment,
                missouri_resident=self.child.missouri_resident,
            )
            for finding in eligibility(claim, on=cleaned["came_on"]):
                if not finding.met:
                    self.add_error(None, str(finding.sentence))
        return cleaned

    @property
    def child(self) -> Child:
        """Only after is_valid()."""
        cleaned = self.cleaned_data
        return Child(
            first_name=cleaned.get("first_name", ""),
            last_name=cleaned.get("last_name", ""),
            birth_date=cleaned.get("birth_date"),
            student_id=self.student.pk if self.student else None,
            grade=cleaned["grade"],
            school_id=cleaned["school"].pk,
            enrollment=cleaned["enrollment"],
            missouri_resident=cleaned["missouri_resident"],
        )

    @property
    def asker(self) -> Asker:
        """Only after is_valid()."""
        cleaned = self.cleaned_data
        return Asker(
            name=cleaned["asker_name"],
            relationship=cleaned["relationship"],
            email=cleaned["email"],
            phone=cleaned["phone"],
            address=cleaned["address"],
        )

    @property
    def child_name(self) -> str:
        """Only after is_valid()."""
        if self.student is not None:
            return str(self.student)
        return f"{self.cleaned_data['first_name']} {self.cleaned_data['last_name']}"


class EntryCoursesForm(forms.Form):
    """One press of a button on the page of courses: add one, or go on."""

    in_person_courses = in_person_field(required=False)
    add = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("add") is None and not self.errors and cleaned["in_person_courses"] is None:
            self.add_error(
                "in_person_courses", _("Enter a number. If the student takes no course in person, enter 0.")
            )
        return cleaned


class AskedCourseForm(forms.Form):
    """Why a chosen course is asked for and who pays it; its prefix names the course."""

    reason = forms.TypedChoiceField(
        label=_("Why does the family ask for it?"),
        help_text=_("It helps the counselor and is never a ground for the decision."),
        required=False,
        coerce=int,
        empty_value=None,
    )
    reason_words = forms.CharField(label=_("In the family's words"), required=False, max_length=200)
    basis = forms.ChoiceField(label=_("Who pays?"), choices=PAYERS)
    remove = forms.BooleanField(label=_("Take this course off the list"), required=False)

    def __init__(self, *args: Any, reasons: Sequence[CodeMeaning], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(reason.pk, reason.label) for reason in reasons]
        self.fields["reason"].choices = [("", _("Not said")), *known]  # type: ignore[attr-defined]

    def asked(self, course_id: int) -> AskedCourse:
        """Only after is_valid()."""
        return AskedCourse(
            course_id,
            basis=self.cleaned_data["basis"],
            reason_id=self.cleaned_data["reason"],
            reason_words=self.cleaned_data["reason_words"],
        )


class EntrySignForm(PaperUpload):
    """What the family agreed to, who signed or said it, and the paper."""

    note = note_field()
    signed_name = NameField(max_length=120, error_messages={"required": _("Enter the full name.")})

    def __init__(self, *args: Any, statements: Sequence[CodeMeaning], channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statements, self.channel = statements, channel
        for statement in statements:
            self.fields[self.box_of(statement)] = forms.BooleanField(
                label=statement.meaning or statement.label,
                error_messages={"required": _("Check this box when the family agreed.")},
            )
        name = self.fields["signed_name"]
        if channel == Channel.PAPER:
            name.label = _("Name of whoever signed the paper")
            self.fields["scan"].help_text = gettext("The signed page. %(kinds)s") % {"kinds": SCAN_HELP}
        else:
            name.label = _("Name of whoever said it")
            name.help_text = _("It is recorded as said, and marked as not signed on paper.")
            self.fields["scan"].help_text = gettext("Only if there is one. %(kinds)s") % {"kinds": SCAN_HELP}

    @property
    def helper(self) -> PortalFormHelper:
        boxes = [self.box_of(statement) for statement in self.statements]
        heading = (
            _("Find each sentence on the signed paper, or read it to the family and ask")
            if self.channel == Channel.PAPER
            else _("Read each sentence to the family, and check its box when the family agrees")
        )
        return PortalFormHelper(
            Fieldset(heading, *boxes),
            Fieldset(_("Signature"), "signed_name", "scan", "kept"),
            "note",
            submit=_("Enter the request"),
        )

    @staticmethod
    def box_of(statement: CodeMeaning) -> str:
        return f"statement_{statement.pk}"

    def clean(self) -> dict[str, Any]:
        if self.channel == Channel.PAPER and self.upload is None and self.document is None:
            self.add_error("scan", str(PaperMissing.sentence))
        return self.cleaned_data

    def acknowledged(self) -> Collection[int]:
        """The ids of the statements that were checked."""
        return [
            statement.pk for statement in self.statements if self.cleaned_data.get(self.box_of(statement))
        ]
