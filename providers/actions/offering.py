"""What a provider keeps itself: its profile, and in which terms its courses take students."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import (
    FEWEST_CONTACT_METHODS,
    POLICY_LINKS,
    Availability,
    AvailabilityState,
    Course,
    ProviderProfile,
)


class TooFewContactMethods(Refusal):
    sentence = _("Students reach their teacher in at least two ways. Check two or more before you attest.")


class FullTimeFactsMissing(Refusal):
    sentence = _(
        "A full-time program names its checklist of accommodations and how many students one teacher has. Enter both."
    )


@transaction.atomic
def change_profile(
    provider_id: int,
    *,
    links: Mapping[str, str],
    contact_methods: Sequence[str],
    attests_weekly_contact: bool,
    is_full_time: bool,
    accommodations_url: str,
    student_teacher_ratio: int | None,
    by: Membership,
    at: dt.datetime,
) -> ProviderProfile:
    """Keep a provider's links, contact methods and attestation. `links`: addresses by the names of POLICY_LINKS.

    An attestation keeps its person and day until it is taken back, or given anew after that. Raises
    TooFewContactMethods (R-102), FullTimeFactsMissing (R-101).
    """
    contact_methods = list(dict.fromkeys(contact_methods))  # one way told twice is one way
    if attests_weekly_contact and len(contact_methods) < FEWEST_CONTACT_METHODS:
        raise TooFewContactMethods
    if is_full_time and not (accommodations_url and student_teacher_ratio):
        raise FullTimeFactsMissing
    ProviderProfile.objects.get_or_create(provider_id=provider_id)
    profile = ProviderProfile.objects.select_for_update(of=("self",)).get(provider=provider_id)
    facts: dict[str, Any] = {name: links.get(name, "") for name in POLICY_LINKS} | {
        "contact_methods": list(contact_methods),
        "is_full_time": is_full_time,
        "accommodations_url": accommodations_url,
        "student_teacher_ratio": student_teacher_ratio,
    }
    for name, value in facts.items():
        setattr(profile, name, value)
    if not attests_weekly_contact:
        profile.weekly_contact_attested_on = profile.weekly_contact_attested_by = None
    elif profile.weekly_contact_attested_on is None:
        profile.weekly_contact_attested_on = central_date(at)
        profile.weekly_contact_attested_by = by
    profile.save()
    return profile


@transaction.atomic
def set_availability(
    course_id: int,
    *,
    states: Mapping[int, AvailabilityState],
    by: Membership,
    at: dt.datetime,
    untouched_since: dt.datetime | None = None,
) -> dict[int, AvailabilityState]:
    """Say for terms (by id) whether a course takes students. Returns what changed: the states before, by term.

    With `untouched_since` a term that somebody changed after that moment stays as it is. Sent twice, the second changes
    nothing. Students who are in the course stay in it.
    """
    course = Course.objects.select_for_update(of=("self",)).get(pk=course_id)
    rows = {row.term_id: row for row in course.availabilities.filter(term__in=states)}
    before: dict[int, AvailabilityState] = {}
    for term_id, state in states.items():
        row = rows.get(term_id) or Availability(course=course, term_id=term_id, state=AvailabilityState.OPEN)
        is_newer = row.pk and untouched_since is not None and row.changed_at > untouched_since
        if row.state == state or is_newer:
            continue
        before[term_id] = AvailabilityState(row.state)
        row.state, row.changed_by, row.changed_at = state, by, at
        row.save()
    return before
