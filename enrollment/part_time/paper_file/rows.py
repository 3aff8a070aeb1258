"""One row of a file of decisions on paper: its texts become values, and what is wrong with them is gathered."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from enrollment.records.age import age_on
from enrollment.records.models import Claim, Guardian, Relationship, Student, mosis_id_format
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import LegalKey, LegalValue, School, Term
from mocap_portal.foundation.shared.names import one_line
from mocap_portal.foundation.shared.tabular import Row, plain_text
from providers.catalog import Problem
from providers.models import Structure

from ..actions.deciding import ExplanationTooShort
from ..actions.paper import terms_to_enter
from ..models import Outcome
from ..rules import eligibility
from .columns import MOST_IN_PERSON


class CourseKey(NamedTuple):
    provider_code: str
    provider_course_code: str
    structure: str


class ChildKey(NamedTuple):
    """A child as two rows name the same one."""

    first_name: str
    last_name: str
    birth_date: dt.date

    @classmethod
    def of(cls, row: Claim | Student) -> "ChildKey":
        return cls(row.first_name.casefold(), row.last_name.casefold(), row.birth_date)


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A row that is right in itself. `values`: what each column means; `course` is on offer on the day of receipt."""

    row: Row
    values: dict[str, Any]
    child: ChildKey
    student: Student | None
    course_key: CourseKey

    def problem(self, column: str | None, message: str, remedy: str) -> Problem:
        value = self.row.values[column] if column else None
        return Problem(self.row.line, column, value, message, remedy)


@dataclass
class Known:
    """What the rows are compared with, looked up once for the whole file."""

    by: Membership
    today: dt.date
    schools: dict[str, School]
    terms: dict[str, Term]
    students: dict[str, Student]
    fewest: int
    own: set[ChildKey]
    ages: dict[dt.date, int] = field(default_factory=dict)

    def too_old(self, day: dt.date) -> int:
        """The age at which a student is too old on a day; one query for each day."""
        if day not in self.ages:
            self.ages[day] = LegalValue.objects.whole(LegalKey.MAXIMUM_AGE, on=day)
        return self.ages[day]

    @classmethod
    def of(
        cls, records: Iterable[list[str]], header: list[str], *, by: Membership, today: dt.date
    ) -> "Known":
        numbers = {cell for cells in records for cell in cells if re.fullmatch(r"[0-9]{10}", cell)}
        students = Student.objects.visible_to(by).filter(mosis_id__in=numbers)
        guardians = Guardian.objects.filter(user=by.user_id).select_related("student")
        return cls(
            by=by,
            today=today,
            schools={
                school.state_school_id: school
                for school in School.objects.on(today).filter(lea=by.organization_id)
            },
            terms={
                f"{term.school_year_id}-{term.code}": term
                for term in terms_to_enter(on=today).select_related("school_year")
            },
            students={student.mosis_id: student for student in students if student.mosis_id},
            fewest=LegalValue.objects.whole(LegalKey.EXPLANATION_LENGTH, on=today),
            own={ChildKey.of(claim) for claim in Claim.objects.filter(claimant=by.user_id)}
            | {ChildKey.of(guardian.student) for guardian in guardians},
        )


class RowReader:
    """Turns the texts of one row into values and gathers what is wrong with them."""

    def __init__(self, row: Row, known: Known) -> None:
        self.row, self.known = row, known
        self.problems: list[Problem] = []
        self.texts = {column: plain_text(text) for column, text in row.values.items()}

    def read(self) -> PaperRow | None:
        """The row, None where not even the request it belongs to can be told. It holds only without `problems`."""
        values: dict[str, Any] = {
            "student_first_name": self.name("student_first_name", 60),
            "student_last_name": self.name("student_last_name", 60),
            "birth_date": self.day("birth_date"),
            "grade": self.grade(),
            "state_school_id": self.one_of(
                "state_school_id",
                self.known.schools,
                _("Write the four digits of a school of your district."),
            ),
            "asked_by": self.name("asked_by", 120),
            "relationship": self.one_of(
                "relationship",
                {value: value for value in Relationship.values},
                one_of_words(Relationship.values),
            ),
            "phone": self.short("phone", 30),
            "email": self.email(),
            "received_on": self.day("received_on"),
            "term": self.one_of("term", self.known.terms, one_of_words(self.known.terms)),
            "structure": self.one_of(
                "structure", {value: value for value in Structure.values}, one_of_words(Structure.values)
            ),
            "provider_code": self.name("provider_code", 20),
            "provider_course_code": self.name("provider_course_code", 40),
            "in_person_courses": self.number("in_person_courses", MOST_IN_PERSON),
            "outcome": self.one_of(
                "outcome", {value: value for value in Outcome.values}, one_of_words(Outcome.values)
            ),
            "decided_on": self.day("decided_on"),
            "decided_by": self.name("decided_by", 120),
            "explanation": self.texts["explanation"],
            "paper_reference": self.name("paper_reference", 200),
        }
        student = self.student(values["birth_date"])
        self.check_together(values)
        needed = ("student_first_name", "student_last_name", "birth_date", "received_on", "term", "structure")
        if any(not values[column] for column in needed):
            return None
        child = (
            ChildKey.of(student)
            if student
            else ChildKey(
                values["student_first_name"].casefold(),
                values["student_last_name"].casefold(),
                values["birth_date"],
            )
        )
        if child in self.known.own:
            self.refuse(None, _("This is about a child of your own."), _("A colleague has to enter it."))
        key = CourseKey(values["provider_code"], values["provider_course_code"], values["structure"])
        return PaperRow(self.row, values, child, student, key)

    # One value -------------------------------------------------------------------------------------

    def refuse(self, column: str | None, message: str, remedy: str) -> None:
        value = self.row.values[column] if column else None
        self.problems.append(Problem(self.row.line, column, value, message, remedy))

    def name(self, column: str, longest: int) -> str:
        text = self.short(column, longest)
        if not text:
            self.refuse(column, _("This is empty."), _("Fill it in."))
        return text

    def short(self, column: str, longest: int) -> str:
        text = one_line(self.texts[column])
        if len(text) > longest:
            message = _("This has %(length)d characters; %(longest)d fit.")
            self.refuse(column, message % {"length": len(text), "longest": longest}, _("Shorten it."))
        return text

    def day(self, column: str) -> dt.date | None:
        try:
            day = dt.date.fromisoformat(self.texts[column])
        except ValueError:
            self.refuse(column, _("This is not a date."), _("Write year, month and day, such as 2026-11-02."))
            return None
        if day > self.known.today:
            self.refuse(column, _("This day is in the future."), _("Enter the day on which it happened."))
        return day

    def grade(self) -> int:
        text = self.texts["grade"].upper()
        if text == "K":
            return 0
        if not re.fullmatch(r"[0-9]|1[0-2]", text):
            self.refuse("grade", _("This is not a grade."), _("Write K or a number from 0 to 12."))
            return 0
        return int(text)

    def number(self, column: str, most: int) -> int:
        text = self.texts[column]
        if not (re.fullmatch(r"[0-9]{1,2}", text) and int(text) <= most):
            remedy = _("Write a whole number from 0 to %(most)d.") % {"most": most}
            self.refuse(column, _("This is not a number of courses."), remedy)
            return 0
        return int(text)

    def one_of(self, column: str, known: Mapping[str, Any], remedy: str) -> Any:
        """What `known` has by this text, whatever its capitals; None for any other text."""
        plain = {text.casefold(): value for text, value in known.items()}
        found = plain.get(self.texts[column].casefold())
        if found is None:
            self.refuse(column, _("This is not one of the values known here."), remedy)
        return found

    def email(self) -> str:
        text = self.texts["email"]
        if text:
            try:
                validate_email(text)
            except ValidationError:
                self.refuse("email", _("This is not an e-mail address."), _("Correct it, or leave it empty."))
        return text

    def student(self, birth_date: dt.date | None) -> Student | None:
        """The student of this district with the MOSIS ID. Any other number leaves the child to be confirmed."""
        text = self.texts["mosis_id"]
        if not text:
            return None
        try:
            mosis_id_format(text)
        except ValidationError as error:
            self.refuse("mosis_id", error.messages[0], _("Correct it, or leave it empty."))
            return None
        student = self.known.students.get(text)
        if student is not None and birth_date is not None and student.birth_date != birth_date:
            self.refuse(
                "mosis_id",
                _("The student with this MOSIS ID has another birth date."),
                _("Check the number and the birth date."),
            )
        return student

    # Values together -------------------------------------------------------------------------------

    def check_together(self, values: dict[str, Any]) -> None:
        if not (values["phone"] or values["email"]):
            self.refuse("phone", _("Nobody can be reached."), _("Write a phone number or an e-mail address."))
        school, received_on, decided_on = (
            values["state_school_id"],
            values["received_on"],
            values["decided_on"],
        )
        if school and not school.grades_low <= values["grade"] <= school.grades_high:
            self.refuse(
                "grade", _("This school does not have this grade."), _("Check the grade and the school.")
            )
        if received_on and decided_on and decided_on < received_on:
            self.refuse("decided_on", _("The decision is older than the request."), _("Check the two days."))
        if values["outcome"] == Outcome.DENIED and len(values["explanation"]) < self.known.fewest:
            sentence = str(ExplanationTooShort(self.known.fewest).sentence)
            self.refuse("explanation", sentence, _("Write what the paper says."))
        if values["birth_date"] and received_on:
            self.check_age(values["birth_date"], received_on)

    def check_age(self, birth_date: dt.date, day: dt.date) -> None:
        """Only who is too old costs a look at the other findings, for the sentence (R-01)."""
        if age_on(birth_date, day) >= self.known.too_old(day):
            for finding in eligibility(Claim(birth_date=birth_date), on=day):
                if not finding.met:
                    self.refuse("birth_date", str(finding.sentence), _("Check the birth date."))


def one_of_words(values: Iterable[str]) -> str:
    return _("Write one of: %s.") % ", ".join(values)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A record and what was found in it; nothing where not even its request can be told."""

    row: Row
    found: PaperRow | None
    is_wrong: bool

    @property
    def name(self) -> tuple[str, ...]:
        return name_in(self.row)


def name_in(row: Row) -> tuple[str, ...]:
    """The child's name as the row writes it."""
    return tuple(row.values[column].casefold() for column in ("student_first_name", "student_last_name"))
