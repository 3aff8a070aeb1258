"""The only writer of claims, students, guardians and disclosures."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import LegalKey, LegalValue, Organization, School
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..age import age_on
from ..models import (
    OF_AGE,
    Claim,
    ClaimState,
    Disclosure,
    Enrollment,
    Guardian,
    LearningPlan,
    PlanKind,
    Relationship,
    Student,
)
from .correcting import OtherSchool as OtherSchool
from .correcting import correct_student as correct_student
from .correcting import tell_anew as tell_anew
from .merging import AccessEndedInOne as AccessEndedInOne
from .merging import NotBoth as NotBoth
from .merging import SameStudent as SameStudent
from .merging import merge_students as merge_students
from .moving import MOVING_ROLES as MOVING_ROLES
from .moving import AlreadyThere as AlreadyThere
from .moving import move_student as move_student
from .refusals import OwnChild as OwnChild
from .refusals import WrongLea as WrongLea
from .refusals import student_of


class AlreadyJudged(Refusal):
    sentence = _("This was already answered. Reload the page to see the answer.")


class StudentElsewhere(Refusal):
    sentence = _(
        "This MOSIS ID belongs to a student of another district. Check the number. If it is right, ask that district "
        "to announce that the student moves to yours, on the student's page there. You then receive the student under "
        "“Students”, “Students who move”."
    )


class MosisIdTaken(Refusal):
    """Another student of the same LEA has this MOSIS ID: link or merge instead. `student` is that student."""

    sentence = _("Another student of your district already has this MOSIS ID.")

    def __init__(self, student: Student) -> None:
        super().__init__()
        self.student = student


class SeveralStudents(Refusal):
    sentence = _(
        "The resident district has more than one student with this name and birth date. Ask it to confirm which one "
        "this child is: its people find the child under Children to confirm."
    )


class GrownUp(Refusal):
    sentence = _(
        "This student is of age and asks for themselves, with an account of their own. A parent can ask again once the "
        "district has recorded that the student agreed or is the parent's dependent."
    )


class GuardianshipEnded(Refusal):
    sentence = _("This person's rights have ended before. Reload the page to see why.")


class NothingToGiveBack(Refusal):
    sentence = _(
        "Nobody has ended this person's access, or it was given back before. Reload the page to see it."
    )


class AccessWasEnded(Refusal):
    sentence = _(
        "A district has ended this person's access to this student's record. Say why it is given back, or do not "
        "confirm this child."
    )


class NotAParent(Refusal):
    sentence = _("This is the student's own access. It needs no basis.")


class NoWayToReach(Refusal):
    sentence = _(
        "Say how to reach whoever asks: an e-mail address, a phone number or a postal address. The answer has to get "
        "to the family."
    )


@dataclass(frozen=True, slots=True)
class Child:
    """A child as staff enter it for a family. Of a known student (`student_id`) the record says name and birth date."""

    grade: int
    school_id: int
    first_name: str = ""
    last_name: str = ""
    birth_date: dt.date | None = None
    student_id: int | None = None
    enrollment: str = Enrollment.PUBLIC
    missouri_resident: bool = True


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a child without an account, and how to reach them."""

    name: str
    relationship: str
    email: str = ""
    phone: str = ""
    address: str = ""


RELATIONSHIP_OF = {Role.ADULT_STUDENT: Relationship.SELF, Role.STUDENT_ON_OWN: Relationship.SELF}


@transaction.atomic
def add_claim(
    *,
    by: Membership,
    relationship: str,
    first_name: str,
    last_name: str,
    birth_date: dt.date,
    grade: int,
    school: School,
    enrollment: str = Enrollment.PUBLIC,
    missouri_resident: bool = True,
    at: dt.datetime,
) -> Claim:
    """Stores what a family typed about a child. The same child typed twice by one person is one claim.

    What is typed later counts, for grade and school change with the years; who somebody is to the child only until the
    claim is sent. A student's own hat always claims for itself, whatever relationship was sent. Raises GrownUp for a
    parent of a student of age, unless the district has recorded a basis.
    """
    names = {"first_name": first_name.strip(), "last_name": last_name.strip()}
    if by.role == Role.PARENT:
        _refuse_grown_up(by, birth_date=birth_date, on=central_date(at), **names)
    answers = {"grade": grade, "enrollment": enrollment, "missouri_resident": missouri_resident}
    is_to_child = {"relationship": RELATIONSHIP_OF.get(Role(by.role), relationship)}
    claim, is_new = Claim.objects.select_for_update().get_or_create(
        claimant=by.user,
        **names,
        birth_date=birth_date,
        school=school,
        defaults={**answers, **is_to_child, "created_at": at},
    )
    if claim.state == ClaimState.UNSENT:
        answers |= is_to_child
    if not is_new and any(getattr(claim, name) != answer for name, answer in answers.items()):
        for name, answer in answers.items():
            setattr(claim, name, answer)
        claim.save()
    return claim


@transaction.atomic
def add_claim_for_family(child: Child, asker: Asker, *, by: Membership, at: dt.datetime) -> Claim:
    """Stores what staff enter about a child for whoever asks without an account: a claim that is sent at once.

    About a known student it is confirmed, for who enters it says who the child is; about another child it waits for
    the district. The same words twice are one claim. Nobody becomes a guardian by it.
    Raises NoWayToReach, WrongLea, OwnChild.
    """
    if not (asker.email or asker.phone or asker.address):
        raise NoWayToReach
    school = School.objects.get(pk=child.school_id)
    if school.lea_id != by.organization_id:
        raise WrongLea
    student = student_of(by, child.student_id) if child.student_id else None
    who = student or child
    answers = {
        "claimant": None,
        "asker_name": asker.name.strip(),
        "asker_email": asker.email,
        "asker_phone": asker.phone,
        "asker_address": asker.address,
        "relationship": asker.relationship,
        "first_name": who.first_name.strip(),
        "last_name": who.last_name.strip(),
        "birth_date": who.birth_date,
        "grade": child.grade,
        "school": school,
        "enrollment": child.enrollment,
        "missouri_resident": child.missouri_resident,
    }
    same = Claim.objects.exclude(state=ClaimState.REFUSED).filter(**answers)
    if student is not None:
        same = same.filter(student=student)
    claim = same.order_by("pk").first()
    if claim is None:
        claim = Claim(**answers, entered_by=by, created_at=at, state=ClaimState.TYPED)
        if student is not None:
            claim.state, claim.student, claim.judged_by, claim.judged_at = (
                ClaimState.CONFIRMED,
                student,
                by,
                at,
            )
        claim.save()
    refuse_own_child(claim.pk, by=by)
    return claim


@transaction.atomic
def ask_to_confirm(claim_id: int) -> Claim:
    """The claim goes to the district alone, as a second guardian's does. Twice changes nothing."""
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    send_claim(claim)
    return claim


def send_claim(claim: Claim) -> None:
    """The claim goes to the district. Call it in the transaction that sends its first request."""
    if claim.state == ClaimState.UNSENT:
        claim.state = ClaimState.TYPED
        claim.save()


def forget_unsent(claim: Claim) -> None:
    """Removes a claim that nobody but its family has seen and that no request needs."""
    if claim.state == ClaimState.UNSENT:
        claim.delete()


@transaction.atomic
def confirm_claim(
    claim_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    student_id: int | None = None,
    mosis_id: str = "",
    give_back: str = "",
) -> Claim:
    """The district says who this child is: an existing student (`student_id`), or a new record.

    A new record takes the claim's data and, if known, a MOSIS ID. The claimant becomes a guardian. `give_back`: why,
    where a district had ended this person's rights in the student's record (R-133).
    Raises AlreadyJudged, OwnChild, WrongLea, MosisIdTaken, StudentElsewhere, AccessWasEnded.
    """
    claim = _claim_to_judge(claim_id, by=by)
    student = student_of(by, student_id) if student_id else _new_student(claim, mosis_id=mosis_id)
    if _is_ended(claim, student) and not give_back:
        raise AccessWasEnded
    _link(claim, student, by=by, at=at, give_back=give_back)
    return claim


@transaction.atomic
def identify_applicant(claim_id: int, *, by: Membership, at: dt.datetime) -> Claim:
    """The host of a full-time program says who an applicant is, from the papers it saw.

    The resident district may do so before (`confirm_claim`); its silence or refusal holds nothing up, for it has no
    say in an admission (R-35). The only student of that district with this name and birth date is the one; without
    any a record is made there. Rights in it that a district had ended stay ended, and the student's district is asked
    to look (R-133). Twice changes nothing. Raises OwnChild, SeveralStudents.
    """
    claim = (
        Claim.objects.select_for_update(of=("self",)).select_related("school", "claimant").get(pk=claim_id)
    )
    refuse_own_child(claim.pk, by=by)
    if claim.state == ClaimState.CONFIRMED:
        return claim
    same = Student.objects.current().filter(
        lea=claim.school.lea_id,
        first_name__iexact=claim.first_name,
        last_name__iexact=claim.last_name,
        birth_date=claim.birth_date,
    )
    found = list(same.select_for_update().order_by("pk")[:2])
    if len(found) > 1:
        raise SeveralStudents
    claim.refusal = ""
    student = found[0] if found else _new_student(claim, mosis_id="")
    _link(claim, student, by=by, at=at)
    if _is_ended(claim, student):
        notices.tell_stays_ended(claim, student, at=at)
    return claim


def _is_ended(claim: Claim, student: Student) -> bool:
    """Whether a district ended the claimant's rights in this student's record and has not given them back."""
    return claim.claimant_id is not None and bool(
        Guardian.objects.taken_from([claim.claimant_id], [student.pk])
    )


def _link(claim: Claim, student: Student, *, by: Membership, at: dt.datetime, give_back: str = "") -> None:
    """The claim is about this student, and its claimant becomes a guardian.

    Not one whose rights a district has ended, unless `give_back` says why they are given back (R-133).
    """
    claim.state = ClaimState.CONFIRMED
    claim.student = student
    claim.judged_by = by
    claim.judged_at = at
    claim.save()
    # Whoever has no account becomes a guardian when they come with one: the district confirms that claim as well.
    is_known = Guardian.objects.active().filter(student=student, user=claim.claimant_id).exists()
    if claim.claimant is None or is_known:
        return
    is_ended = _is_ended(claim, student)
    if is_ended and not give_back:
        return
    Guardian.objects.create(
        student=student,
        user=claim.claimant,
        relationship=claim.relationship,
        started_on=central_date(at),
        given_back_because=give_back if is_ended else "",
        given_back_by=by if is_ended else None,
    )


@transaction.atomic
def refuse_claim(claim_id: int, *, by: Membership, at: dt.datetime, reason: str) -> Claim:
    """The district does not know this child, or not this person as a guardian. Raises AlreadyJudged, OwnChild."""
    claim = _claim_to_judge(claim_id, by=by)
    claim.state = ClaimState.REFUSED
    claim.refusal = reason
    claim.judged_by = by
    claim.judged_at = at
    claim.save()
    notices.tell_refused(claim, at=at)
    return claim


@transaction.atomic
def reopen_claim(claim_id: int, *, by: Membership, at: dt.datetime) -> Claim:
    """Takes a refusal back: the claim waits for the district again. Twice changes nothing.

    Raises AlreadyJudged once it is confirmed, WrongLea, OwnChild.
    """
    claim = _claim_of(by, claim_id)
    if claim.state == ClaimState.CONFIRMED:
        raise AlreadyJudged
    if claim.state == ClaimState.REFUSED:
        claim.state = ClaimState.TYPED
        claim.refusal = ""
        claim.judged_by = None
        claim.judged_at = None
        claim.save()
        notices.tell_looked_at_again(claim, at=at)
    return claim


@transaction.atomic
def set_mosis_id(student_id: int, *, by: Membership, mosis_id: str) -> Student:
    """Records or corrects a student's MOSIS ID.

    Raises MosisIdTaken when a student of the same LEA has it (they may be one: see `merge_students`),
    StudentElsewhere when a student of another LEA has it.
    """
    student = student_of(by, student_id)
    _refuse_taken(mosis_id, lea_id=student.lea_id, student=student)
    student.mosis_id = mosis_id
    _save_unless_taken(student)
    return student


# Whose rights end (34 CFR 99.4, 99.5) ---------------------------------------------------------------


@transaction.atomic
def record_adult_basis(guardian_id: int, *, basis: str, by: Membership, at: dt.datetime) -> Guardian:
    """The district records why a parent may read the record of a student of age; an empty basis takes that back.

    A parent whose rights ended with the student's birthday gets them again by a new row; the ended one stays.
    Raises GuardianshipEnded, NotAParent, WrongLea, OwnChild.
    """
    guardian = _guardian_of(by, guardian_id)
    if guardian.relationship == Relationship.SELF:
        raise NotAParent
    if guardian.ended_on is not None:
        others = Guardian.objects.active().filter(student=guardian.student_id, user=guardian.user_id)
        if not guardian.is_outgrown or not basis or others.exists():
            raise GuardianshipEnded
        guardian = Guardian(
            student=guardian.student,
            user=guardian.user,
            relationship=guardian.relationship,
            started_on=central_date(at),
        )
    guardian.adult_basis, guardian.adult_basis_by, guardian.adult_basis_at = basis, by, at
    guardian.save()
    return guardian


@transaction.atomic
def end_guardianship(guardian_id: int, *, reason: str, by: Membership, at: dt.datetime) -> Guardian:
    """Somebody has no rights in this record any more: a court document is on file, or they never had any (R-133).

    They are told, without a name. Raises GuardianshipEnded, WrongLea, OwnChild.
    """
    guardian = _guardian_of(by, guardian_id)
    if guardian.ended_on is not None:
        raise GuardianshipEnded
    guardian.ended_on, guardian.end_basis, guardian.ended_by = central_date(at), reason, by
    guardian.save()
    notices.tell_ended(guardian, at=at)
    return guardian


@transaction.atomic
def give_back(guardian_id: int, *, reason: str, by: Membership, at: dt.datetime) -> Guardian:
    """The district gives rights back that it, or the district before it, had ended; a new row says why and by whom.

    Raises NothingToGiveBack, WrongLea, OwnChild.
    """
    ended = _guardian_of(by, guardian_id)
    if not Guardian.objects.taken_from([ended.user_id], [ended.student_id]):
        raise NothingToGiveBack
    return Guardian.objects.create(
        student=ended.student,
        user=ended.user,
        relationship=ended.relationship,
        started_on=central_date(at),
        given_back_because=reason,
        given_back_by=by,
    )


@transaction.atomic
def end_outgrown(guardian_id: int, *, on: dt.date, at: dt.datetime) -> bool:
    """A parent's rights end because the student is of age on this day; both are told. True when they ended now."""
    row = Guardian.objects.outgrown(on=on).select_for_update(of=("self",)).filter(pk=guardian_id).first()
    if row is None:  # ended before, or the district has recorded a basis
        return False
    row.ended_on, row.end_basis = max(on, row.started_on), OF_AGE
    row.save()
    notices.tell_of_age(row, at=at)
    return True


@transaction.atomic
def record_learning_plan(
    student_id: int, *, by: Membership, at: dt.datetime, kind: PlanKind, reference: str, made_on: dt.date
) -> LearningPlan:
    """Where the district keeps a plan of this student (R-08). The same plan again is the one on file.

    Raises WrongLea, OwnChild.
    """
    student = student_of(by, student_id)
    plan, _is_new = LearningPlan.objects.get_or_create(
        student=student,
        kind=kind,
        reference=reference.strip(),
        made_on=made_on,
        defaults={"recorded_at": at, "recorded_by": by},
    )
    return plan


def log_disclosure(
    *, student: Student, recipient: Organization, by: Membership, at: dt.datetime, what: str, why: str
) -> Disclosure:
    """Logs what leaves the district about a student (R-130). Call it in the transaction that sends it."""
    return Disclosure.objects.create(
        student=student, recipient=recipient, disclosed_by=by, at=at, what=what, why=why
    )


def log_disclosures(
    *,
    students: Collection[int],
    recipient: Organization,
    by: Membership,
    at: dt.datetime,
    what: str,
    why: str,
) -> None:
    """The same about many students, by primary key: one entry each. Call it in the transaction that sends it."""
    Disclosure.objects.bulk_create(
        Disclosure(student_id=key, recipient=recipient, disclosed_by=by, at=at, what=what, why=why)
        for key in sorted(students)
    )


def _claim_to_judge(claim_id: int, *, by: Membership) -> Claim:
    claim = _claim_of(by, claim_id)
    if claim.state != ClaimState.TYPED:
        raise AlreadyJudged
    return claim


def refuse_own_child(claim_id: int, *, by: Membership) -> None:
    """Nobody judges, decides or registers for a child of their own (R-134). Raises OwnChild."""
    if Claim.objects.is_own_child(claim_id, of=by.user_id):
        raise OwnChild


def _claim_of(by: Membership, claim_id: int) -> Claim:
    claim = Claim.objects.select_for_update(of=("self",)).select_related("school").get(pk=claim_id)
    if claim.school.lea_id != by.organization_id:
        raise WrongLea
    refuse_own_child(claim.pk, by=by)
    return claim


def _guardian_of(by: Membership, guardian_id: int) -> Guardian:
    guardian = Guardian.objects.select_for_update(of=("self",)).get(pk=guardian_id)
    student_of(by, guardian.student_id)
    return guardian


def _refuse_grown_up(
    by: Membership, *, first_name: str, last_name: str, birth_date: dt.date, on: dt.date
) -> None:
    """A student of age asks for themselves, unless their parent has a recorded basis (R-132).

    Who is too old for any course is told that instead, when the request is begun (R-01).
    """
    age = age_on(birth_date, on)
    if age < LegalValue.objects.whole(LegalKey.ADULT_AGE, on=on):
        return
    if age >= LegalValue.objects.whole(LegalKey.MAXIMUM_AGE, on=on):
        return
    with_a_basis = Guardian.objects.with_access(on=on).filter(
        user=by.user_id,
        student__first_name__iexact=first_name,
        student__last_name__iexact=last_name,
        student__birth_date=birth_date,
    )
    if not with_a_basis.exists():
        raise GrownUp


def _new_student(claim: Claim, *, mosis_id: str) -> Student:
    _refuse_taken(mosis_id, lea_id=claim.school.lea_id)
    student = Student(
        mosis_id=mosis_id or None,
        first_name=claim.first_name,
        last_name=claim.last_name,
        birth_date=claim.birth_date,
        grade=claim.grade,
        school=claim.school,
        lea_id=claim.school.lea_id,
    )
    _save_unless_taken(student)
    return student


def _refuse_taken(mosis_id: str, *, lea_id: int, student: Student | None = None) -> None:
    if not mosis_id:
        return
    holder = Student.objects.filter(mosis_id=mosis_id).first()
    if holder is None or holder == student:
        return
    if holder.lea_id != lea_id:
        raise StudentElsewhere
    raise MosisIdTaken(holder)


def _save_unless_taken(student: Student) -> None:
    """Two colleagues may enter the same MOSIS ID at once: the constraint decides, the loser is told."""
    try:
        with transaction.atomic():
            student.save()
    except IntegrityError:
        _refuse_taken(student.mosis_id or "", lea_id=student.lea_id, student=student)
        raise
