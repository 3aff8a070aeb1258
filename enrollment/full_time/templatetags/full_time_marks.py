"""How a student stands in a program, for lists and pages alike."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from mocap_portal.foundation.ui.marks import status

from ..models import EnrollmentState, ProgramEnrollment

register = template.Library()
KINDS = {
    EnrollmentState.ENROLLED: "good",
    EnrollmentState.MOVING: "waiting",
    EnrollmentState.DISENROLLED: "bad",
}


@register.simple_tag
def standing(enrollment: ProgramEnrollment) -> SafeString:
    state = EnrollmentState(enrollment.state)
    return status(KINDS.get(state, "off"), str(state.label))
