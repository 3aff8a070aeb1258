"""Why families ask for courses, counted for reports. The answers are never a ground for a decision."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, SchoolYear

from .models import CourseLine, CourseRequest


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """A reason and for how many courses it was given."""

    label: str
    courses: int


def reason_counts(hat: Membership, *, year: SchoolYear, on: dt.date) -> list[ReasonCount]:
    """How often each reason of the day was given in a school year, in the order of the list.

    Then what was given and has left the list since; “no answer” comes last. Only requests that this hat may see and
    whose child the district has confirmed are counted.
    """
    lines = CourseLine.objects.filter(
        request__in=CourseRequest.objects.visible_to(hat).counted().filter(term__school_year=year)
    )
    numbers = dict(lines.values_list("reason__code").annotate(number=Count("pk")).order_by())
    reasons = list(CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=on))
    listed = {reason.code for reason in reasons}
    retired = CodeMeaning.objects.filter(
        code_set=CodeSet.REQUEST_REASON, code__in=numbers.keys() - listed - {None}
    ).order_by("code", "-valid_from")
    counts = [
        ReasonCount(reason.label, numbers.get(reason.code, 0))
        for reason in [*reasons, *retired.distinct("code")]
    ]
    return [*counts, ReasonCount("", numbers.get(None, 0))]


def years_asked_for(hat: Membership) -> list[SchoolYear]:
    """The school years for which this hat sees requests that are counted, the newest first."""
    asked = CourseRequest.objects.visible_to(hat).counted()
    return list(SchoolYear.objects.filter(terms__course_requests__in=asked).distinct().order_by("-year"))
