"""Somebody who is in a program or applies to one moves within Missouri: the resident district is another one (R-72)."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import School

from .. import notices
from ..models import ENDED, ApplicationState, ProgramApplication, ProgramEnrollment


@transaction.atomic
def change_resident(
    student_id: int, *, from_lea_id: int, to_school_id: int, on: dt.date, by: Membership, at: dt.datetime
) -> ProgramEnrollment | None:
    """The student's program goes on; its resident district is the school's LEA from now on, which reads how the
    student gets on and places the student if the program ends. Who had it before, its history says.

    None when the student is in no program as a resident of `from_lea_id`. The caller has moved the student.
    """
    enrollment = (
        ProgramEnrollment.objects.select_for_update(of=("self",))
        .select_related("program__host__organization", "student")
        .filter(student=student_id, resident_lea=from_lea_id)
        .exclude(state__in=ENDED)
        .first()
    )
    if enrollment is None:
        return None
    school = School.objects.select_related("lea__organization").get(pk=to_school_id)
    enrollment.resident_lea, enrollment.resident_school = school.lea, school
    enrollment.save()
    notices.tell_resident_changed(enrollment, on=on, at=at)
    return enrollment


@transaction.atomic
def move_applications(
    student_id: int, *, from_lea_id: int, to_school_id: int, on: dt.date, at: dt.datetime
) -> list[ProgramApplication]:
    """What a program has not decided yet goes along: from now on the school's LEA informs the program, and is told so.

    The days to inform run on: a family that moves does not wait longer for its answer. Twice changes nothing.
    """
    waiting = Q(state__in=[ApplicationState.DRAFT, ApplicationState.APPLIED]) | Q(
        state=ApplicationState.REFUSED, reviews__outcome=""
    )
    applications = list(
        ProgramApplication.objects.select_for_update(of=("self",))
        .select_related("program__host__organization", "input_clock", "claim")
        .filter(waiting, claim__student=student_id, resident_lea=from_lea_id)
        .order_by("pk")
    )
    school = School.objects.select_related("lea__organization").get(pk=to_school_id)
    for application in applications:
        application.resident_lea = school.lea
        application.save()
        if application.state != ApplicationState.DRAFT:
            notices.tell_moved_applicant(application, on=on, at=at)
    return applications
