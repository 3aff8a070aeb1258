"""How heavy a mismatch weighs and how it stands, for lists and pages alike."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mocap_portal.foundation.ui import marks

from ..catalogue import Severity
from ..models import Mismatch, MismatchState

register = template.Library()

KIND_OF_STATUS = {
    MismatchState.OPEN: "todo",
    MismatchState.ACKNOWLEDGED: "info",
    MismatchState.ANSWERED: "waiting",
    MismatchState.WAIVED: "off",
    MismatchState.RESOLVED: "good",
}


@register.simple_tag
def weight(severity: Severity) -> SafeString:
    kind = {Severity.MUST: "bad", Severity.REVIEW: "todo"}.get(severity, "info")
    return marks.status(kind, str(severity.label))


@register.simple_tag
def standing(mismatch: Mismatch) -> SafeString:
    """The state; of one that is waived, until when."""
    state = MismatchState(mismatch.state)
    shown = marks.status(KIND_OF_STATUS[state], str(state.label))
    if state != MismatchState.WAIVED:
        return shown
    return format_html("{} {}", shown, marks.short_day(mismatch.waived_until))
