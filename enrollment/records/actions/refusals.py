"""What several actions about a student refuse."""

from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import Guardian, Student


class OwnChild(Refusal):
    sentence = _("This is about a child of your own. A colleague has to do it.")


class WrongLea(Refusal):
    sentence = _("This student is not a student of your district.")


def student_of(by: Membership, student_id: int) -> Student:
    """A student of this person's LEA, locked until the transaction ends. Raises WrongLea, OwnChild."""
    student = Student.objects.current().select_for_update().filter(pk=student_id).first()
    if student is None or student.lea_id != by.organization_id:
        raise WrongLea
    if Guardian.objects.filter(student=student, user=by.user_id).exists():
        raise OwnChild
    return student
