"""What a report says, and how a state assessment stands, for lists and pages alike."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from mocap_portal.foundation.ui.marks import filled, short_day, status

from ..models import ProgressReport, StateAssessment

register = template.Library()


@register.simple_tag
def pace(report: ProgressReport) -> SafeString:
    """What a report says."""
    return status("bad", gettext("Behind")) if report.is_behind else status("good", gettext("On pace"))


@register.simple_tag
def window(assessment: StateAssessment) -> SafeString:
    first, last = short_day(assessment.opens_on), short_day(assessment.closes_on)
    return filled(gettext("%(first)s to %(last)s"), first=first, last=last)


@register.simple_tag
def answer(assessment: StateAssessment, today: dt.date) -> SafeString:
    if assessment.taken:
        return status("good", gettext("Taken"))
    if assessment.taken is False:
        return format_html("{} {}", status("bad", gettext("Not taken")), assessment.reason)
    if assessment.closes_on < today:
        return status("todo", gettext("Window over, not answered"))
    if assessment.opens_on > today:
        return status("off", gettext("Still to come"))
    return status("waiting", gettext("Window open"))
