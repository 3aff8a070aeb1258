"""Whose program and whose student it is; and one at a time."""

from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import Program, ProgramEnrollment
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.refusals import Refusal


class NotYourProgram(Refusal):
    sentence = _("This program is not one of your host's. Choose one of your own.")


class NotYourStudent(Refusal):
    sentence = _("This student is not in a program of your host, or is a child of your own.")


def locked_program(program_id: int, *, by: Membership) -> Program:
    """A program of this person's host, kept for whoever writes days of its students. Raises NotYourProgram.

    Whoever writes a day reads first what stands there: two at once would lose what one of them wrote.
    """
    programs = Program.objects.run_by(by).select_for_update(of=("self",), no_key=True)
    program = programs.filter(pk=program_id).first()
    if program is None:
        raise NotYourProgram
    return program


def locked_enrollment(enrollment_id: int, *, by: Membership) -> ProgramEnrollment:
    """An enrollment that this person's host looks after, locked. Raises NotYourStudent."""
    enrollments = ProgramEnrollment.objects.run_by(by).select_for_update(of=("self",))
    enrollment = (
        enrollments.select_related("program", "student", "resident_lea").filter(pk=enrollment_id).first()
    )
    if enrollment is None:
        raise NotYourStudent
    return enrollment
