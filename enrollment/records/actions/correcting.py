"""What is on file about a child is put right: by the family that typed it, and by the district that keeps it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import School
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import Claim, Student
from .refusals import student_of


class OtherSchool(Refusal):
    sentence = _("This school is of another district. A student who goes there moves to that district.")


@transaction.atomic
def tell_anew(claim_id: int, *, grade: int, enrollment: str) -> Claim:
    """The family says in which grade its child is now, and how it goes to school: both change with the years.

    Also of a claim that was sent or confirmed; what the district keeps of the student is the district's to correct.
    """
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim_id)
    if (claim.grade, claim.enrollment) != (grade, enrollment):
        claim.grade, claim.enrollment = grade, enrollment
        claim.save(update_fields=["grade", "enrollment"])
    return claim


@transaction.atomic
def correct_student(
    student_id: int,
    *,
    first_name: str,
    last_name: str,
    birth_date: dt.date,
    grade: int,
    school_id: int,
    by: Membership,
) -> Student:
    """The district corrects what it keeps of a student (34 CFR 99.20), or writes the grade of a new school year.

    What families typed stays as they typed it, and so does what left the portal before; the history says what was
    when, and who changed it. Twice changes nothing. Raises WrongLea, OwnChild, OtherSchool.
    """
    student = student_of(by, student_id)
    if not School.objects.filter(pk=school_id, lea=student.lea_id).exists():
        raise OtherSchool
    new = {
        "first_name": first_name.strip(),
        "last_name": last_name.strip(),
        "birth_date": birth_date,
        "grade": grade,
        "school_id": school_id,
    }
    changed = [name for name, value in new.items() if getattr(student, name) != value]
    for name in changed:
        setattr(student, name, new[name])
    if changed:
        student.save()
    return student
