"""A student, or a parent with the right to, asks for a letter; a student of age lets a parent ask (R-152)."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import EnrollmentState, ProgramEnrollment
from enrollment.records.age import age_on
from enrollment.records.models import Guardian, GuardianQuerySet, Relationship, Student
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import Lea, LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..facts import payer_of, running_lines
from ..models import LetterConsent, LetterRequest


class NotYourStudent(Refusal):
    sentence = _("This is not a student of yours.")


class NothingToCertify(Refusal):
    sentence = _(
        "There is nothing to certify: the student neither has entered a full-time program nor takes a course of the "
        "portal that runs."
    )


class NotOfAge(Refusal):
    sentence = _("You are not 18 yet. Until then a parent or guardian asks for the letter.")


class ConsentMissing(Refusal):
    sentence = _(
        "This student is of age and asks personally. A parent can ask when the student has agreed in the portal, for "
        "one letter at a time."
    )


class AlreadyAsked(Refusal):
    sentence = _("A letter for this reader was asked for before and is not issued yet.")


class OnlyTheStudentAgrees(Refusal):
    sentence = _("Only the student, at 18 or over, can agree to this.")


class NoParentToAgreeTo(Refusal):
    sentence = _("This person may not read the record. Ask your school to record your parent first.")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a letter is about, and who issues it. `enrollment` is None for combined study."""

    lea: Lea
    enrollment: ProgramEnrollment | None


def subject_of(student: Student, *, on: dt.date) -> Subject | None:
    """The student's program while they attend; else courses that run; else the program they left last (R-144)."""
    entered = (
        ProgramEnrollment.objects.filter(student=student, entered_at__isnull=False, starts_on__lte=on)
        .select_related("program__host")
        .order_by("-starts_on", "-pk")
    )
    last = entered.first()
    if last is not None and last.state == EnrollmentState.ENROLLED:
        return Subject(last.program.host, last)
    lines = running_lines(student.pk)
    if lines:
        return Subject(payer_of(lines[0]), None)
    return Subject(last.program.host, last) if last is not None else None


def is_of_age(student: Student, *, on: dt.date) -> bool:
    return age_on(student.birth_date, on) >= LegalValue.objects.whole(LegalKey.ADULT_AGE, on=on)


def consent_for(student: Student, *, by: Membership) -> LetterConsent | None:
    """The oldest consent of this student with which this parent has not asked yet."""
    return (
        LetterConsent.objects.unused()
        .filter(student=student, parent__user=by.user_id, parent__in=Guardian.objects.with_access())
        .order_by("pk")
        .first()
    )


@transaction.atomic
def ask(
    student_id: int, *, by: Membership, at: dt.datetime, recipient: str, consent_id: int | None = None
) -> LetterRequest:
    """Asks for a letter that `recipient` is to read. A parent's letter goes to whom the student's consent names.

    `consent_id`: the consent that the parent saw; None where none is needed. Raises NotYourStudent, NotOfAge,
    ConsentMissing, NothingToCertify, AlreadyAsked.
    """
    student = _student_of(by, student_id)
    today = central_date(at)
    consent = None
    if is_self(student, by=by):
        if by.role != Role.STUDENT_ON_OWN and not is_of_age(student, on=today):
            raise NotOfAge
    elif is_of_age(student, on=today):
        consent = consent_for(student, by=by)
        if consent is None or consent.pk != consent_id:
            raise ConsentMissing
        recipient = consent.recipient
    subject = subject_of(student, on=today)
    if subject is None:
        raise NothingToCertify
    asked = LetterRequest.objects.waiting().filter(
        student=student, enrollment=subject.enrollment, lea=subject.lea, recipient__iexact=recipient
    )
    if asked.exists():
        raise AlreadyAsked
    request = LetterRequest.objects.create(
        student=student,
        enrollment=subject.enrollment,
        lea=subject.lea,
        recipient=recipient,
        asked_by=by,
        asked_at=at,
        consent=consent,
    )
    notices.tell_asked(request, at=at)
    return request


@transaction.atomic
def give_consent(
    student_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    parent_id: int,
    records: str,
    purpose: str,
    recipient: str,
    signed_name: str,
) -> LetterConsent:
    """The student agrees that this parent (a Guardian row) asks for one letter (R-136).

    Raises NotYourStudent, OnlyTheStudentAgrees, NoParentToAgreeTo.
    """
    student = _student_of(by, student_id)
    if not is_self(student, by=by) or not is_of_age(student, on=central_date(at)):
        raise OnlyTheStudentAgrees
    parent = parents_of(student).filter(pk=parent_id).first()
    if parent is None:
        raise NoParentToAgreeTo
    consent = LetterConsent.objects.create(
        student=student,
        parent=parent,
        records=records,
        purpose=purpose,
        recipient=recipient,
        signed_name=signed_name,
        signed_at=at,
        signed_by=by,
    )
    notices.tell_consent(consent, at=at)
    return consent


def parents_of(student: Student) -> GuardianQuerySet:
    """Who may read the record besides the student."""
    rows = Guardian.objects.with_access().filter(student=student)
    return rows.exclude(relationship=Relationship.SELF).select_related("user").order_by("pk")


def is_self(student: Student, *, by: Membership) -> bool:
    """Whether this hat's person is the student."""
    if by.role == Role.PARENT:
        return False
    rows = Guardian.objects.active().filter(student=student, relationship=Relationship.SELF)
    return rows.filter(user=by.user_id).exists()


def _student_of(by: Membership, student_id: int) -> Student:
    """The student, locked, so that two of the same family ask one after the other.

    `current` is asked of the locked row: of a record that a merge just emptied nothing can be asked.
    """
    student = (
        Student.objects.current()
        .select_for_update(of=("self",))
        .filter(pk__in=Student.objects.visible_to(by).values("pk"), pk=student_id)
        .first()
    )
    if student is None or not by.is_family:
        raise NotYourStudent
    return student
