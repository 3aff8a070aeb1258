"""How a student stands in a program, for lists and pages alike."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from enrollment.full_time.models import EnrollmentState, ProgramEnrollment
from mocap_portal.foundation.ui.marks import status

register = template.Library()


@register.simple_tag
def standing(enrollment: ProgramEnrollment) -> SafeString:
    state = EnrollmentState(enrollment.state)
    kind = {EnrollmentState.ENROLLED: "good", EnrollmentState.DISENROLLED: "bad"}.get(state, "off")
    return status(kind, str(state.label))
