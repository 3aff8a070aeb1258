"""A student's LEA of record changes."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import School
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import Move, Student

# Who lets a student go to another LEA, and who takes one in.
MOVING_ROLES = frozenset({Role.COUNSELOR, Role.COORDINATOR, Role.LEA_ADMIN})


class AlreadyThere(Refusal):
    sentence = _("The student is at this school already. Reload the page to see it.")


@transaction.atomic
def move_student(
    student_id: int, *, to_school_id: int, on: dt.date, why: str, by: Membership, at: dt.datetime
) -> Move:
    """From this day on the school's LEA is the student's LEA of record. Raises AlreadyThere.

    Who may do so is the business of the action that calls. The old LEA keeps what it did: requests, letters, its log.
    """
    student = Student.objects.select_for_update(of=("self",)).select_related("school").get(pk=student_id)
    school = School.objects.select_related("lea").get(pk=to_school_id)
    if student.school_id == school.pk:
        raise AlreadyThere
    move = Move.objects.create(
        student=student,
        from_lea_id=student.lea_id,
        from_school_id=student.school_id,
        to_lea=school.lea,
        to_school=school,
        moved_on=on,
        why=why,
        recorded_at=at,
        recorded_by=by,
    )
    student.lea, student.school = school.lea, school
    student.save()
    return move
