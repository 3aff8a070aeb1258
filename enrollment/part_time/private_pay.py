"""Whom a family can buy a course from when the district does not pay (R-05)."""

import datetime as dt

from django.db.models import Count, QuerySet

from mocap_portal.foundation.directory.models import Provider
from providers.models import Course


def providers_to_ask(*, on: dt.date) -> QuerySet[Provider]:
    """The providers with courses on offer on this day, each with how many: `courses`."""
    offered = Course.objects.on_offer(starting=on)
    return (
        Provider.objects.filter(courses__in=offered)
        .annotate(courses_on_offer=Count("courses", distinct=True))
        .select_related("organization")
        .order_by("organization__name")
    )
