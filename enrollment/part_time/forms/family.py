"""What a family is asked on its way to a request."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.db.models import Q, QuerySet
from django.forms import BoundField
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment.records.models import Claim, Enrollment, PriorSemester, Relationship
from mocap_portal.foundation.directory.models import GRADES, CodeMeaning, Lea, School, Term
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.names import NameField
from mocap_portal.foundation.ui.fields import MemorableDateField
from mocap_portal.foundation.ui.forms import PortalFormHelper
from mocap_portal.foundation.ui.words import short_day
from providers.models import CourseQuerySet

from ..actions import Told
from ..models import Basis, CourseLine

YES_OR_NO = [("yes", _("Yes")), ("no", _("No"))]
CONTINUE = _("Continue")
AS_YOU_TYPE = "input delay:300ms"
CHOOSE_ONE = {"required": _("Choose one answer.")}
NO_GROUND = _("Answer as it is: a district cannot say no because of this answer alone.")


class YesOrNoField(forms.TypedChoiceField):
    """A question answered by True or False; nothing is chosen beforehand."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=YES_OR_NO, coerce=lambda answer: answer == "yes", error_messages=CHOOSE_ONE, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """True and False as the choices know them."""
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def prior_semester_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_(
            "Did the student go to a Missouri public school or charter school in the semester before this one?"
        ),
        choices=PriorSemester.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE_ONE,
    )


def note_field() -> forms.CharField:
    return forms.CharField(
        label=_("Is there anything else the district should know?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


def term_choices(terms: Iterable[Term]) -> list[tuple[int, str]]:
    return [
        (
            term.pk,
            gettext("%(term)s, %(first)s to %(last)s")
            % {"term": term, "first": short_day(term.starts_on), "last": short_day(term.ends_on)},
        )
        for term in terms
    ]


def term_field(terms: Iterable[Term]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("For which term?"),
        choices=term_choices(terms),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a term.")},
    )


def searching(form_id: str, *, url: str | Promise, target: str) -> PortalFormHelper:
    """A form that filters a list: a plain GET, and as one types where htmx runs."""
    helper = PortalFormHelper(submit=_("Search"), method="get")
    helper.form_id = form_id
    helper.form_class = "portal-filters"
    helper.attrs = {
        "role": "search",
        "hx-get": url,
        "hx-trigger": AS_YOU_TYPE,
        "hx-target": target,
        "hx-replace-url": "true",
        "hx-sync": "this:replace",
    }
    return helper


class SchoolSearch(forms.Form):
    """Schools by their own name or code, or by those of their district. `url` is the page that shows them."""

    url: str | Promise = reverse_lazy("part_time:school")

    q = forms.CharField(
        label=_("Name of the school or the district"),
        help_text=_("Part of the name is enough. The state code works too."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "search"}),
    )

    @property
    def helper(self) -> PortalFormHelper:
        return searching("find-school", url=self.url, target="#schools")

    def found(self, *, on: dt.date) -> QuerySet[School]:
        """The open schools that fit every word; none before something is typed."""
        words = self.cleaned_data["q"].replace("-", " ").split() if self.is_valid() else []
        schools = School.objects.on(on).filter(lea__in=Lea.objects.on(on))
        if not words:
            return schools.none()
        for word in words:
            schools = schools.filter(
                Q(name__icontains=word)
                | Q(lea__organization__name__icontains=word)
                | Q(state_school_id=word)
                | Q(lea__state_district_id=word)
            )
        return schools.select_related("lea__organization").order_by("lea__organization__name", "name", "pk")


class CorrectChildForm(forms.Form):
    """What a family may mend of what it typed about a child, until something was sent."""

    first_name = NameField(
        label=_("Student's first name"),
        max_length=60,
        error_messages={"required": _("Enter the first name.")},
    )
    last_name = NameField(
        label=_("Student's last name"), max_length=60, error_messages={"required": _("Enter the last name.")}
    )
    grade = forms.TypedChoiceField(
        label=_("Grade"), coerce=int, error_messages={"required": _("Choose a grade.")}
    )
    relationship = forms.ChoiceField(
        label=_("Who are you to the student?"),
        choices=[choice for choice in Relationship.choices if choice[0] != Relationship.SELF],
        widget=forms.RadioSelect,
        error_messages=CHOOSE_ONE,
    )

    def __init__(
        self, *args: Any, school: School, own: bool, born_by: dt.date, cancel_url: str = "", **kwargs: Any
    ) -> None:
        """`own`: the student asks for themselves. `born_by`: the last birth date to type."""
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        self.fields["birth_date"] = MemorableDateField(
            label=_("Birth date"), help_text=_("For example April 9 2011."), latest=born_by
        )
        grades = GRADES[school.grades_low : school.grades_high + 1]
        self.fields["grade"].choices = [("", _("Choose")), *grades]  # type: ignore[attr-defined]
        if own:
            self.fields["first_name"].label = _("Your first name")
            self.fields["last_name"].label = _("Your last name")
            del self.fields["relationship"]
        self.order_fields(["first_name", "last_name", "birth_date", "grade"])

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=_("Save the changes"), cancel_url=self.cancel_url)

    def answers(self) -> dict[str, Any]:
        """The answers, with the relationship of a student to themselves, who is not asked."""
        return {"relationship": Relationship.SELF.value} | self.cleaned_data


class ChildForm(CorrectChildForm):
    """Everything about a child and the term, on one page."""

    enrollment = forms.ChoiceField(
        label=_("How does the student go to school now?"),
        choices=Enrollment.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE_ONE,
    )
    missouri_resident = YesOrNoField(label=_("Does the student live in Missouri?"))

    def __init__(self, *args: Any, terms: Sequence[Term], own: bool, **kwargs: Any) -> None:
        super().__init__(*args, own=own, **kwargs)
        if own:
            self.fields["enrollment"].label = _("How do you go to school now?")
            self.fields["missouri_resident"].label = _("Do you live in Missouri?")
        self.fields["term_id"] = term_field(terms)

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=CONTINUE)


class ChildAgainForm(forms.Form):
    """A child that the family told of before: what changes with the years, and the term.

    The grade of an earlier school year is not taken for this one's: the family chooses.
    """

    grade = forms.TypedChoiceField(
        label=_("Grade"), coerce=int, error_messages={"required": _("Choose a grade.")}
    )
    enrollment = forms.ChoiceField(
        label=_("How does the student go to school now?"),
        choices=Enrollment.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE_ONE,
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, claim: Claim, own: bool, terms: Sequence[Term]
    ) -> None:
        """`own`: the student asks for themselves."""
        is_new = bool(terms) and central_date(claim.created_at) >= terms[0].school_year.starts_on
        known = {"enrollment": claim.enrollment} | ({"grade": claim.grade} if is_new else {})
        super().__init__(data, initial=known)
        grades = GRADES[claim.school.grades_low : claim.school.grades_high + 1]
        self.fields["grade"].choices = [("", _("Choose")), *grades]  # type: ignore[attr-defined]
        if own:
            self.fields["enrollment"].label = _("How do you go to school now?")
        self.fields["term_id"] = term_field(terms)

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(submit=CONTINUE)


class CourseSearch(forms.Form):
    """The courses on offer by words and subject."""

    q = forms.CharField(
        label=_("Words in the course or the provider"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "search"}),
    )
    subject = forms.ChoiceField(label=_("Subject"), required=False)

    def __init__(self, *args: Any, url: str, courses: CourseQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = url
        self.courses = courses
        subjects = courses.order_by("subject").values_list("subject", flat=True).distinct()
        self.fields["subject"].choices = [  # type: ignore[attr-defined]
            ("", _("All subjects")),
            *((subject, subject) for subject in subjects),
        ]

    @property
    def helper(self) -> PortalFormHelper:
        return searching("find-course", url=self.url, target="#found")

    def found(self) -> CourseQuerySet:
        """The courses that fit; all of them while nothing, or nothing sensible, is asked for."""
        courses = self.courses
        if self.is_valid():
            courses = courses.matching(self.cleaned_data["q"])
            if self.cleaned_data["subject"]:
                courses = courses.filter(subject=self.cleaned_data["subject"])
        return courses.select_related("provider__organization").order_by("title", "pk")


def in_person_field(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("How many courses does the student take in person at school in this term?"),
        help_text=_("Count all classes of a usual week. Do not count the courses on this page."),
        min_value=0,
        max_value=12,
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value", "required"], _("Enter a whole number from 0 to 12.")
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "usa-input--2xs"}),
        **more,
    )


class LinesForm(forms.Form):
    """What a family tells about each of its courses: why it asks, and who pays above a full load."""

    def __init__(
        self, *args: Any, lines: Sequence[CourseLine], reasons: Iterable[CodeMeaning], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        choices = [("", _("No answer")), *((reason.pk, reason.local_label) for reason in reasons)]
        for line in lines:
            self.fields[self.reason_of(line)] = forms.TypedChoiceField(
                label=_("Why do you ask for this course?"),
                help_text=_("You need not answer. It is no reason to say no."),
                choices=choices,
                coerce=int,
                empty_value=None,
                required=False,
                initial=line.reason_id,
            )
            self.fields[self.words_of(line)] = forms.CharField(
                label=_("If it is another reason: which?"),
                max_length=200,
                required=False,
                initial=line.reason_words,
            )
            if line.over_full_load:
                self.fields[self.basis_of(line)] = forms.ChoiceField(
                    label=_("This course is over a full load. Who should pay?"),
                    choices=[
                        (Basis.ASKED, _("Ask the district whether it pays")),
                        (Basis.PRIVATE, _("We pay the provider ourselves")),
                    ],
                    widget=forms.RadioSelect,
                    required=False,
                    initial=line.basis,
                )

    @property
    def rows(self) -> list[tuple[CourseLine, list[BoundField]]]:
        """Each course with its questions."""
        return [
            (
                line,
                [
                    self[name]
                    for name in (self.basis_of(line), self.reason_of(line), self.words_of(line))
                    if name in self.fields
                ],
            )
            for line in self.lines
        ]

    def told(self) -> dict[int, Told]:
        """The answers by the key of the course, as far as they are right."""
        return {
            line.course_id: Told(
                reason_id=self.cleaned_data.get(self.reason_of(line)),
                reason_words=self.cleaned_data.get(self.words_of(line)) or "",
                basis=Basis(basis) if (basis := self.cleaned_data.get(self.basis_of(line))) else None,
            )
            for line in self.lines
            if self.reason_of(line) in self.data  # a course that this page did not show keeps what it has
        }

    @staticmethod
    def reason_of(line: CourseLine) -> str:
        return f"reason_{line.course_id}"

    @staticmethod
    def words_of(line: CourseLine) -> str:
        return f"words_{line.course_id}"

    @staticmethod
    def basis_of(line: CourseLine) -> str:
        return f"basis_{line.course_id}"


class CoursesForm(LinesForm):
    """One press of a button on the page of courses: add one, remove one, keep what is typed, or go on."""

    add = forms.IntegerField(required=False, widget=forms.HiddenInput)
    remove = forms.IntegerField(required=False, widget=forms.HiddenInput)
    keep = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["in_person_courses"] = in_person_field(required=False)

    @property
    def goes_on(self) -> bool:
        cleaned = self.cleaned_data
        return cleaned.get("add") is None and cleaned.get("remove") is None and not cleaned.get("keep")

    def clean(self) -> dict[str, Any]:
        if self.goes_on and not self.errors and self.cleaned_data["in_person_courses"] is None:
            self.add_error(
                "in_person_courses", _("Enter a number. If the student takes no course in person, enter 0.")
            )
        return self.cleaned_data


class SignForm(forms.Form):
    """The statements of the day, each with its own box, what the school has to know, and the signature."""

    prior_semester = prior_semester_field()
    has_iep_or_504 = YesOrNoField(
        label=_("Does the student have an IEP or a 504 plan?"),
        help_text=_(
            "An IEP is a plan for special education. A 504 plan helps a student with a disability. If you say yes, the "
            "school's team may need time: the clock may then stand still, and we tell you why. A plan is no reason "
            "for the district to deny a course."
        ),
    )
    note = note_field()
    signed_name = NameField(
        label=_("Your full name, as your signature"),
        help_text=_("By typing your name you sign this request and say that your answers are true."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your full name.")},
    )

    def __init__(
        self,
        *args: Any,
        statements: Sequence[CodeMeaning],
        asks_prior_semester: bool = False,
        prior_semester_text: str = "",
        **kwargs: Any,
    ) -> None:
        """`asks_prior_semester`: the state's finding is on (D-02); `prior_semester_text`: the district's own policy."""
        super().__init__(*args, **kwargs)
        self.statements = statements
        if asks_prior_semester:
            self.fields["prior_semester"].help_text = " ".join(
                filter(None, [prior_semester_text, str(NO_GROUND)])
            )
        else:
            del self.fields["prior_semester"]
        for statement in statements:
            self.fields[self.box_of(statement)] = forms.BooleanField(
                label=statement.local_meaning or statement.local_label,
                error_messages={"required": _("Check this box.")},
            )
        self.order_fields([self.box_of(statement) for statement in statements])

    @property
    def helper(self) -> PortalFormHelper:
        boxes = [self.box_of(statement) for statement in self.statements]
        return PortalFormHelper(
            Fieldset(_("Please read each sentence and check its box"), *boxes),
            Fieldset(
                _("What the school has to know"),
                *(name for name in ("prior_semester", "has_iep_or_504", "note") if name in self.fields),
            ),
            Fieldset(_("Sign"), "signed_name"),
            submit=_("Sign and send"),
        )

    def answers(self) -> dict[str, Any]:
        """What `answer_draft` keeps, as far as it is right."""
        return {
            "has_iep_or_504": self.cleaned_data.get("has_iep_or_504"),
            "prior_semester": self.cleaned_data.get("prior_semester") or "",
            "note": self.cleaned_data.get("note") or "",
        }

    @staticmethod
    def box_of(statement: CodeMeaning) -> str:
        return f"statement_{statement.pk}"

    def acknowledged(self) -> list[int]:
        """The ids of the statements that were checked."""
        return [
            statement.pk for statement in self.statements if self.cleaned_data.get(self.box_of(statement))
        ]


def typed(claim: Claim) -> dict[str, Any]:
    """What a family typed about a child, as the form for corrections starts."""
    return {
        "first_name": claim.first_name,
        "last_name": claim.last_name,
        "birth_date": claim.birth_date,
        "grade": claim.grade,
        "relationship": claim.relationship,
    }
